//! Whom the line list lacks and who is there all the same: a charge for one of these is no ghost, and no money is claimed back.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::{
    Charge, ChargeKind, FindingKind, Line, UnreadSeat, extension_name, login_name, number_name, sought_name,
};
use crate::steps::bill::audit::ghost;
use crate::steps::bill::audited::Audited;
use crate::steps::bill::charges::{MatchedCharge, Unread};
use crate::steps::input::AccountInput;
use crate::steps::usage::line_keys::users_of;
use crate::steps::usage::unlisted::Unlisted;

#[derive(Debug, Clone, Default)]
pub struct NotListed<'a> {
    /// Named by rows that could not be used.
    unread: BTreeSet<String>,
    /// Users to whom the list gives no extension.
    seatless: BTreeSet<String>,
    /// Named by calls, with the last day.
    called: BTreeMap<String, NaiveDate>,
    /// The last day with calls of people to whom the list gives no extension, where rows name no extensions: any that the list lacks
    /// may be theirs.
    seatless_called_on: Option<NaiveDate>,
    /// Rows of the list that do not tell whose extension they are.
    unread_rows: Vec<UnreadRow<'a>>,
    /// Lines with letters among the digits of their extension, by line id: a misread one is the seat of another.
    lettered: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
struct UnreadRow<'a> {
    seat: &'a UnreadSeat,
    /// Whom it names, and the extension that calls name beside them.
    names: BTreeSet<String>,
}

impl<'a> UnreadRow<'a> {
    fn of(seat: &'a UnreadSeat, unlisted: &[Unlisted]) -> UnreadRow<'a> {
        let own = seat.names.iter().map(|name| sought(name));
        let beside = seat.names.iter().filter_map(|name| called_beside(name, unlisted));
        UnreadRow {
            seat,
            names: own.chain(beside).collect(),
        }
    }
}

/// The only extension that the list lacks and that is called whenever this name is, and never without it.
fn called_beside(name: &str, unlisted: &[Unlisted]) -> Option<String> {
    let trail = |named: &Unlisted| (named.first_on, named.last_on, named.days, named.rows);
    let own = unlisted.iter().find(|named| named.name == name).map(trail)?;
    let is_beside = |named: &&Unlisted| named.name.starts_with("extension ") && trail(named) == own;
    let mut beside = unlisted.iter().filter(is_beside);
    match (beside.next(), beside.next()) {
        (Some(only), None) => Some(sought(&only.name)),
        _ => None,
    }
}

impl<'a> NotListed<'a> {
    pub(in crate::steps) fn of(input: &AccountInput<'a>) -> NotListed<'a> {
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
        let unread_rows = input.unread_seats.iter();
        let unread_rows: Vec<UnreadRow<'a>> = unread_rows
            .map(|seat| UnreadRow::of(seat, input.unlisted))
            .collect();
        let of_rows = unread_rows.iter().flat_map(|row| row.names.iter().cloned());
        NotListed {
            unread: input
                .unread
                .keys()
                .map(|name| sought(name))
                .chain(of_rows)
                .collect(),
            seatless: input
                .roster
                .seatless_names
                .iter()
                .map(|name| sought(name))
                .collect(),
            called: input
                .unlisted
                .iter()
                .map(|named| (sought(&named.name), named.last_on))
                .collect(),
            seatless_called_on: by_seatless
                .map(|named| named.last_on)
                .filter(|_| !found.uses(found.extension))
                .max(),
            unread_rows,
            lettered: input
                .roster
                .lines
                .iter()
                .filter(|line| is_lettered(&line.extension))
                .map(|line| (line.line_id.clone(), line.extension.clone()))
                .collect(),
        }
    }

    /// Whether a row without a readable extension names the line's holder or number, or nobody at all: it may be the line's, which
    /// then has not left the list.
    pub(in crate::steps) fn stands_in_list(&self, line: &Line) -> bool {
        let users = users_of(line).map(|user| login_name(&user));
        let numbers = line.dids.iter().map(|number| number_name(number));
        let own: BTreeSet<String> = users.chain(numbers).map(|name| sought(&name)).collect();
        let mut rows = self.unread_rows.iter();
        rows.any(|row| row.names.is_empty() || !row.names.is_disjoint(&own))
    }

    /// Takes back what is claimed for want of a line in the list, where a row of the list may be that line.
    pub(in crate::steps) fn ask_what_may_be_listed(&self, audited: &mut [Audited<'_>]) {
        for bill in audited {
            let open = self.without_a_charge(&bill.charges);
            let numbers_too = open.iter().any(|row| row.seat.names_no_number());
            let lettered = self.lettered_without_a_charge(&bill.charges);
            for row in &mut bill.charges {
                let may_be_listed = row.fault.as_ref().is_some_and(|fault| match fault.kind {
                    FindingKind::GhostCharge => {
                        !open.is_empty() || misread_as(&lettered, &row.charge).is_some()
                    }
                    FindingKind::OrphanNumber => numbers_too,
                    _ => false,
                });
                if may_be_listed {
                    (row.fault, row.unread) = (None, Some(Unread::Perhaps));
                }
            }
        }
    }

    /// The rows without a readable extension whose seat nothing on the bill names.
    fn without_a_charge(&self, charges: &[MatchedCharge<'_>]) -> Vec<&UnreadRow<'a>> {
        let seats = charges
            .iter()
            .filter(|row| row.kind == ChargeKind::LineMrc && row.by.is_none());
        let billed: BTreeSet<String> = seats.flat_map(|row| names(&row.charge)).collect();
        let rows = self.unread_rows.iter();
        rows.filter(|row| row.names.is_disjoint(&billed)).collect()
    }

    /// The lettered extensions whose line bears no seat of the bill.
    fn lettered_without_a_charge(&self, charges: &[MatchedCharge<'_>]) -> Vec<&str> {
        let seats = charges.iter().filter(|row| row.kind == ChargeKind::LineMrc);
        let billed: BTreeSet<&str> = seats
            .flat_map(|row| &row.shares)
            .map(|(line, _)| line.line_id.as_str())
            .collect();
        let open = self.lettered.iter();
        open.filter(|(line_id, _)| !billed.contains(line_id.as_str()))
            .map(|(_, extension)| extension.as_str())
            .collect()
    }

    /// How a charge that no line bears is of somebody who is there all the same.
    pub(in crate::steps) fn whose(&self, charge: &Charge) -> Option<Unread> {
        let names_one_of = |those: &BTreeSet<String>| names(charge).any(|name| those.contains(&name));
        if names_one_of(&self.unread) || self.is_called(charge) {
            return Some(Unread::Named);
        }
        names_one_of(&self.seatless).then_some(Unread::Unseated)
    }

    /// Whether calls name it in the charge's own time or later.
    fn is_called(&self, charge: &Charge) -> bool {
        let called = names(charge).filter_map(|name| self.called.get(&name).copied());
        let perhaps = self.seatless_called_on.filter(|_| charge.extension.is_some());
        called
            .chain(perhaps)
            .any(|last_on| last_on >= charge.period_start)
    }

    /// The charges that are no ghosts since calls are made there, or since the list may have them.
    pub(in crate::steps) fn notices(&self, newest: &Audited<'_>) -> Vec<String> {
        let rows = newest.charges.iter();
        let perhaps = self.told_of_rows(newest);
        let called = rows.filter(|row| self.is_called(&row.charge) && ghost(row).is_some());
        called
            .map(|row| {
                let (charge, whom) = (&row.charge, whom(&row.charge));
                format!(
                    "Row {} of the charges bills {whom} ({} {}), whom the line list lacks, while call rows name it or people \
                     without an extension: it is not asked back. Add the line to the list, or ask Vonage whose it is.",
                    charge.row, charge.currency, charge.amount
                )
            })
            .chain(perhaps)
            .collect()
    }

    /// What is asked of the rows of the list, and not asked back.
    fn told_of_rows(&self, newest: &Audited<'_>) -> Vec<String> {
        const NAMED: usize = 5;
        let origins = |rows: &[&UnreadRow<'_>]| {
            let named = rows.iter().take(NAMED).map(|row| row.seat.origin.as_str());
            let named: Vec<&str> = named.collect();
            match rows.len() - named.len() {
                0 => named.join("; "),
                more => format!("{} and {more} more", named.join("; ")),
            }
        };
        let open = self.without_a_charge(&newest.charges);
        let lettered = self.lettered_without_a_charge(&newest.charges);
        let told = |row: &MatchedCharge<'_>| {
            let charge = &row.charge;
            let own: BTreeSet<String> = names(charge).collect();
            let is_its = |row: &&UnreadRow<'_>| !row.names.is_disjoint(&own);
            let its: Vec<&UnreadRow<'_>> = self.unread_rows.iter().filter(is_its).collect();
            let billed = format!(
                "Row {} of the charges bills {} ({} {}), which the line list lacks",
                charge.row,
                whom(charge),
                charge.currency,
                charge.amount
            );
            match row.unread? {
                Unread::Perhaps if let Some(extension) = misread_as(&lettered, charge) => Some(format!(
                    "{billed}, while the list has extension {extension}, which no row bills: it is not asked back. Correct the \
                     extension; where it is right, tell Vonage that {} is not yours.",
                    whom(charge)
                )),
                Unread::Perhaps => Some(format!(
                    "{billed}, while no extension can be read in {}: it is not asked back. Mend the row; where it is another's, \
                     the charge is asked back from then on.",
                    origins(&open)
                )),
                Unread::Unseated => Some(format!(
                    "{billed}, and names a user to whom the list gives no extension: it is not asked back. Give that user's row \
                     the extension, or ask Vonage whose it is."
                )),
                Unread::Named if its.is_empty() => None,
                Unread::Named => Some(format!(
                    "{billed}, and is of whom {} names, where no extension can be read: it is not asked back. Mend the row.",
                    origins(&its)
                )),
            }
        };
        newest.charges.iter().filter_map(told).collect()
    }
}

fn is_lettered(extension: &str) -> bool {
    let has = |is: fn(char) -> bool| extension.contains(is);
    has(|c| c.is_ascii_alphabetic()) && has(|c| c.is_ascii_digit())
}

/// The extension of the list that is the charge's where its letters stand for digits: `1l5` for 115.
fn misread_as<'l>(lettered: &[&'l str], charge: &Charge) -> Option<&'l str> {
    let billed = charge.extension.as_deref()?;
    let fits = |(listed, billed): (u8, u8)| {
        listed == billed || listed.is_ascii_alphabetic() && billed.is_ascii_digit()
    };
    let is_it = |listed: &&&str| listed.len() == billed.len() && listed.bytes().zip(billed.bytes()).all(fits);
    lettered.iter().find(is_it).copied()
}

fn whom(charge: &Charge) -> String {
    match (&charge.extension, &charge.phone_number) {
        (Some(extension), _) => format!("extension {extension}"),
        (None, Some(number)) => format!("number {number}"),
        (None, None) => "somebody".to_owned(),
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
