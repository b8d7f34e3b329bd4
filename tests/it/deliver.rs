//! Delivery against a server that fails in every stage: nothing is lost, nothing is sent twice unseen.

pub mod fault_server;
mod heartbeat;
mod killed;
mod mails;
mod postfix;
mod stages;
mod tokens;
pub mod webhook_server;
