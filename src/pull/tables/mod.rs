//! The small tables: files -> rows -> items, with each row used, duplicate or quarantined.

pub(super) mod charges;
pub(super) mod contracts;
pub(super) mod decisions;
pub(super) mod directory;
pub(super) mod holders;
pub(super) mod holidays;
pub(super) mod line_overlay;
pub(super) mod lines;
pub(super) mod older_lists;
pub(super) mod one_bill;
pub(super) mod prices;
pub(super) mod reconciling;
pub(super) mod row_counts;
pub(super) mod row_names;
pub(super) mod table;
pub(super) mod totals;

use std::collections::BTreeSet;

use crate::domain::{
    Account, Charge, Contract, Decision, DirectoryEntry, Holiday, InputRead, Line, Price, Quarantined,
    Source, UnreadContract, UnreadDecision, UnreadSeat,
};
use crate::pull::PullError;

/// Every table but the calls. For each file of `inputs`: used + duplicates + quarantined = read.
#[derive(Debug, Default)]
pub struct Tables {
    pub lines: Vec<Line>,
    pub charges: Vec<Charge>,
    pub contracts: Vec<Contract>,
    pub prices: Vec<Price>,
    pub directory: Vec<DirectoryEntry>,
    pub decisions: Vec<Decision>,
    pub holidays: Vec<Holiday>,
    pub inputs: Vec<InputRead>,
    pub quarantine: Vec<Quarantined>,
    /// Accounts, and the `extension 101` or `login ann` that rows of the line list and the directory name which could not be
    /// used.
    pub unread_lines: BTreeSet<(String, String)>,
    pub unread_decisions: Vec<UnreadDecision>,
    pub unread_contracts: Vec<UnreadContract>,
    pub unread_seats: Vec<UnreadSeat>,
    /// Accounts, and what their administrators must hear of the files.
    pub told: Vec<(String, String)>,
}

impl Tables {
    /// Those that name the account, and those that name none.
    pub fn unread_contracts_of(&self, account_id: &str) -> Vec<UnreadContract> {
        let is_of = |row: &&UnreadContract| row.account_id.as_deref().is_none_or(|id| id == account_id);
        self.unread_contracts.iter().filter(is_of).cloned().collect()
    }

    pub fn told_to(&self, account_id: &str) -> impl Iterator<Item = String> {
        let of_account = self.told.iter().filter(move |(account, _)| account == account_id);
        of_account.map(|(_, told)| told.clone())
    }

    pub fn unread_seats_of(&self, account_id: &str) -> Vec<UnreadSeat> {
        let is_of = |row: &&UnreadSeat| row.account_id == account_id;
        self.unread_seats.iter().filter(is_of).cloned().collect()
    }
}

/// Reads the small tables from the sources' files. Fails on a file that is missing, unreadable or not what its table
/// is, on rows that make a table worthless, and on more quarantined rows than are allowed.
pub fn read_tables(
    sources: &[Source],
    accounts: &[Account],
    max_quarantined_rows: u32,
) -> Result<Tables, PullError> {
    let mut tables = Tables::default();
    macro_rules! read {
        ($field:ident, $table:ty, $reconcile:path) => {{
            let mut gathered = table::gather::<$table>(sources, accounts)?;
            $reconcile(&mut gathered)?;
            let finished = gathered.finish(max_quarantined_rows)?;
            tables.$field = finished.items;
            tables.inputs.extend(finished.inputs);
            tables.quarantine.extend(finished.quarantine);
            tables.unread_lines.extend(finished.unread);
            tables.unread_decisions.extend(finished.unread_decisions);
            tables.unread_contracts.extend(finished.unread_contracts);
            tables.unread_seats.extend(finished.unread_seats);
            tables.told.extend(finished.told);
        }};
    }
    read!(lines, lines::Lines, lines::reconcile);
    read!(charges, charges::Charges, charges::reconcile);
    read!(contracts, contracts::Contracts, contracts::reconcile);
    read!(prices, prices::Prices, prices::reconcile);
    read!(directory, directory::Directory, directory::reconcile);
    read!(decisions, decisions::Decisions, decisions::reconcile);
    read!(holidays, holidays::Holidays, holidays::reconcile);
    Ok(tables)
}
