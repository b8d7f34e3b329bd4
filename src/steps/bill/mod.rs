//! Invoices: what each row is, whose it is, what is wrong with it, and what each line costs.

pub mod audit;
pub(super) mod audited;
pub mod bridge;
pub mod charges;
pub(super) mod contract_lines;
pub mod cost;
pub mod focus;
pub mod held_extensions;
pub(super) mod invoices;
pub(super) mod line_finder;
pub mod not_listed;
pub(super) mod own_words;
pub mod proof;
pub mod rates;
pub(super) mod removed_strangers;
pub(super) mod renamed_seats;
pub(super) mod shared_rows;
pub(super) mod trend;
