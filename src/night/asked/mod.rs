//! What is asked between nights: commands that look, and save nothing.

pub(super) mod check;
pub(super) mod explain;
pub(super) mod export;
pub(super) mod exports;
pub(super) mod odds;
pub(super) mod preview;
pub(super) mod status;
