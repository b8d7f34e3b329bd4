//! What several outputs say in the same words.

pub(super) mod change;
pub(super) mod figures;
pub(super) mod prices;
pub(super) mod sentences;
pub(super) mod trust;
