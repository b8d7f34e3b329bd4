//! Whom the line list lacks and who is there all the same: a charge for one of these is no ghost, and no money is claimed back.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::account::AccountInput;
use super::audit::ghost;
use super::audited::Audited;
use crate::domain::{Charge, extension_name, login_name, number_name, sought_name};

#[derive(Debug, Clone, Default)]
pub struct NotListed {
    /// Named by rows that could not be used.
    unread: BTreeSet<String>,
    /// Named by calls, with the last day.
    called: BTreeMap<String, NaiveDate>,
    /// The last day with calls of people to whom the list gives no extension, where rows name no extensions: any that the list lacks
    /// may be theirs.
    seatless_called_on: Option<NaiveDate>,
}

impl NotListed {
    pub(super) fn of(input: &AccountInput<'_>) -> NotListed {
        let of_lists = input.unread.iter().filter(|(_, days)| days.span.is_none());
        let seatless: BTreeSet<&str> = of_lists
            .map(|(name, _)| name.as_str())
            .chain(input.roster.seatless_names.iter().map(String::as_str))
            .collect();
        let found = input.named_by.found;
        let by_seatless = input
            .unlisted
            .iter()
            .filter(|named| seatless.contains(named.name.as_str()));
        NotListed {
            unread: input.unread.keys().map(|name| sought(name)).collect(),
            called: input
                .unlisted
                .iter()
                .map(|named| (sought(&named.name), named.last_on))
                .collect(),
            seatless_called_on: by_seatless
                .map(|named| named.last_on)
                .filter(|_| !found.uses(found.extension))
                .max(),
        }
    }

    pub(super) fn has(&self, charge: &Charge) -> bool {
        names(charge).any(|name| self.unread.contains(&name)) || self.is_called(charge)
    }

    /// Whether calls name it in the charge's own time or later.
    fn is_called(&self, charge: &Charge) -> bool {
        let called = names(charge).filter_map(|name| self.called.get(&name).copied());
        let perhaps = self.seatless_called_on.filter(|_| charge.extension.is_some());
        called
            .chain(perhaps)
            .any(|last_on| last_on >= charge.period_start)
    }

    /// The charges that are no ghosts since calls are made there.
    pub(super) fn told(&self, newest: &Audited<'_>) -> Vec<String> {
        let rows = newest.charges.iter();
        let called = rows.filter(|row| self.is_called(&row.charge) && ghost(row).is_some());
        called
            .map(|row| {
                let charge = &row.charge;
                let whom = match &charge.extension {
                    Some(extension) => format!("extension {extension}"),
                    None => "somebody".to_owned(),
                };
                format!(
                    "Row {} of the charges bills {whom} ({} {}), whom the line list lacks, while call rows name it or people \
                     without an extension: it is not asked back. Add the line to the list, or ask Vonage whose it is.",
                    charge.row, charge.currency, charge.amount
                )
            })
            .collect()
    }
}

fn names(charge: &Charge) -> impl Iterator<Item = String> {
    let extension = charge.extension.as_deref().map(extension_name);
    let email = charge.email.as_deref().map(login_name);
    let number = charge.phone_number.as_deref().map(number_name);
    let names = [extension, email, number].into_iter().flatten();
    names.map(|name| sought(&name))
}

fn sought(name: &str) -> String {
    sought_name(name).into_owned()
}
