//! Whom a row names that cannot be used, or not wholly.

use crate::domain::{Account, UnreadSeat};

use crate::pull::cells::Cells;
use crate::pull::tables::table::Table;

/// The account that a row names; all where it names none of the job's.
fn accounts_of<'a>(cells: &Cells<'a>) -> &'a [Account] {
    match cells.account() {
        Ok(account) => std::slice::from_ref(account),
        Err(_) => cells.accounts,
    }
}

/// A row that does not tell whose extension it is, with whom else it names.
pub(in crate::pull) fn hidden_seats<T: Table>(cells: &Cells) -> Vec<UnreadSeat> {
    let names = match cells.row.fault {
        Some(_) => Vec::new(),
        None => T::names(cells),
    };
    let of = |account: &Account| UnreadSeat {
        account_id: account.account_id.clone(),
        names: names.clone(),
        origin: format!("{}, row {}", cells.file, cells.row.number),
    };
    accounts_of(cells).iter().map(of).collect()
}

/// Asked of tables alone whose rows name somebody: others have no account.
pub(in crate::pull) fn whom_it_names<T: Table>(cells: &Cells) -> Vec<(String, String)> {
    let names = T::names(cells);
    if names.is_empty() {
        return Vec::new();
    }
    let accounts = accounts_of(cells);
    let of = |account: &Account| {
        names
            .iter()
            .map(|name| (account.account_id.clone(), name.clone()))
            .collect::<Vec<_>>()
    };
    accounts.iter().flat_map(of).collect()
}
