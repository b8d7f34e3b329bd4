//! Nights that end badly: recorded with their reason, and told to those who must know.

pub(super) mod alarm;
pub(super) mod killed;
pub(super) mod net;
pub(super) mod record;
pub(super) mod turned_away;
pub(super) mod unrecorded;
pub(super) mod watchdog;
