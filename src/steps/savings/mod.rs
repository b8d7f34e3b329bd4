//! What can be saved, and when: the step for each line, the day its money comes back, and what to commit to.

pub mod commitment;
pub(super) mod commitments;
pub mod expected_waste;
pub mod recommend;
pub mod recover;
pub mod tier_terms;
