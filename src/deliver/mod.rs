//! From finished bytes to where people find them: the report folder, the outbox, the mail server.
//!
//! Nothing here decides what a report says; bytes come in and go out unchanged. A mail's bytes are frozen in the
//! [`outbox`] before anything is sent, and each recipient is one row with one state.

pub mod file;
pub mod folder;
mod login;
pub mod message;
mod oauth;
pub mod outbox;
pub mod ping;
mod post;
mod readdress;
mod session;
pub mod smtp;
pub mod webhook;

pub use crate::secret::Secret;
pub use oauth::TokenOrder;
pub use post::{Delivery, Fate, Halted, Parcel};
pub use smtp::{SmtpSettings, Tls};
