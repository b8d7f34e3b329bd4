//! What people act on: findings of lines and of bills, and what becomes of them from night to night.

pub(super) mod addons;
pub mod change;
pub(super) mod fault_findings;
pub mod ledger;
pub(super) mod ledger_update;
pub(super) mod line_findings;
pub(super) mod renewals;
pub(super) mod unbilled;
