//! What goes out: who hears of the night, the mails, the outbox, and how its rows are delivered.

pub(super) mod delivery;
pub(super) mod incident;
pub(super) mod mails;
pub(super) mod occasions;
pub mod outbox;
