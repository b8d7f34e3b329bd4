//! What the model says: a line's history as it reads it, the chances that follow, and whether removing beats waiting.

pub mod history;
pub mod outlook;
pub mod removal_test;
