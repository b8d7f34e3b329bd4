//! Tables for machines and spreadsheets: one file, one kind of row.

pub(super) mod admin_findings;
pub(super) mod findings;
pub(super) mod focus;
pub(super) mod idle_seats;
pub(super) mod lines;
pub(super) mod money_json;
pub(super) mod portal_actions;
pub(super) mod quarantine;
pub(super) mod summary;
