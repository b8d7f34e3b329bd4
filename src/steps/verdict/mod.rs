//! Each line's verdict: what its calls tell, its chances, the verdict table, and how right such verdicts were.

pub(super) mod by_chance;
pub(super) mod by_window;
pub(super) mod first_step;
pub(super) mod judging;
pub(super) mod reasons;
mod table;
pub(super) mod tellable;
pub mod track_record;

pub use self::table::{Case, Judgement, held_back, idle_score, judge, judgement};
