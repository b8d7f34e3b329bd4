//! The account's lines as they are judged: kinds, the people behind them, decisions in force, and what earlier nights knew.

pub mod cautions;
pub mod in_force;
pub(super) mod kinds;
pub mod line_ids;
pub mod lost_keeps;
pub mod lost_leaves;
pub mod lost_sign_ins;
pub mod named_elsewhere;
pub mod normalise;
pub(super) mod people;
