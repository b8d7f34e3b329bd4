//! Which line a row of an invoice names.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use regex::Regex;

use crate::domain::{
    Charge, ChargeKind, Line, MatchedBy, ends_alike, is_same_number, number_end, user_key, users_in,
    with_country, without_zeros,
};
use crate::steps::bill::charges::MatchedCharge;
use crate::steps::bill::held_extensions::HeldExtensions;

pub(in crate::steps) struct LineFinder<'a, 'h> {
    as_of: NaiveDate,
    held: &'h HeldExtensions<'a>,
    by_extension: HashMap<&'a str, Vec<&'a Line>>,
    /// Without leading zeros, which spreadsheets drop.
    by_trimmed: HashMap<&'a str, Vec<&'a Line>>,
    /// By the end of each number, with the number.
    by_did: HashMap<&'a str, Vec<(&'a str, &'a Line)>>,
    by_email: HashMap<String, Vec<&'a Line>>,
    extension_in_text: Option<Regex>,
    number_in_text: Option<Regex>,
}

impl<'a, 'h> LineFinder<'a, 'h> {
    pub(in crate::steps) fn new(
        lines: &[&'a Line],
        held: &'h HeldExtensions<'a>,
        as_of: NaiveDate,
    ) -> LineFinder<'a, 'h> {
        let mut finder = LineFinder {
            as_of,
            held,
            by_extension: HashMap::new(),
            by_trimmed: HashMap::new(),
            by_did: HashMap::new(),
            by_email: HashMap::new(),
            extension_in_text: Regex::new(r"(?i)\b(?:ext|extension|x)[.:#\s]*(\d{2,12})\b").ok(),
            number_in_text: Regex::new(r"\+?\d[\d .()-]{8,16}\d").ok(),
        };
        for line in lines.iter().copied() {
            if !line.extension.is_empty() {
                let extension = line.extension.as_str();
                finder.by_extension.entry(extension).or_default().push(line);
                let trimmed = without_zeros(extension);
                finder.by_trimmed.entry(trimmed).or_default().push(line);
            }
            for did in &line.dids {
                let of_end = finder.by_did.entry(number_end(did)).or_default();
                of_end.push((did, line));
            }
            // A login that is the e-mail address is one address of one line.
            let addresses: BTreeSet<String> = [&line.email, &line.login_name]
                .into_iter()
                .flatten()
                .flat_map(|address| users_in(address))
                .map(Cow::into_owned)
                .collect();
            for address in addresses {
                finder.by_email.entry(address).or_default().push(line);
            }
        }
        finder
    }

    pub(in crate::steps) fn place(&self, charge: &Charge) -> MatchedCharge<'a> {
        let (extension, number) = self.named_in(&charge.description);
        let email = charge.email.as_ref().map(|email| user_key(email).into_owned());
        let of_extension = |key: &str| self.of_extension(key, charge);
        let of_did = |key: &str| self.of_did(key);
        let tries = [
            (
                MatchedBy::Extension,
                charge.extension.as_deref().map(of_extension),
            ),
            (MatchedBy::Did, charge.phone_number.as_deref().map(of_did)),
            (
                MatchedBy::Email,
                email.as_ref().map(|key| self.by_email.get(key).cloned()),
            ),
            (MatchedBy::Description, extension.as_deref().map(of_extension)),
            (MatchedBy::Description, number.as_deref().map(of_did)),
        ];
        let names_a_stranger = tries.iter().any(|(_, named)| named.is_some())
            && !tries.iter().any(|(_, named)| matches!(named, Some(Some(_))));
        let found = tries
            .into_iter()
            .find_map(|(by, named)| Some((by, self.holder(&named??, charge)?)));
        // A number that stands in words alone is still the one that is billed: two numbers are two charges.
        let phone_number = charge
            .phone_number
            .clone()
            .or(number.filter(|_| is_number(charge)));
        let mut matched = MatchedCharge {
            kind: charge.charge_kind.unwrap_or(ChargeKind::Other),
            shares: Vec::new(),
            rest: charge.amount,
            by: None,
            names_a_stranger,
            unread: None,
            may_be_held: phone_number
                .as_deref()
                .is_some_and(|number| self.may_be_held(number)),
            words: None,
            is_renamed: false,
            lines_left_out: 0,
            fault: None,
            charge: Charge {
                phone_number,
                ..charge.clone()
            },
        };
        if let Some((by, line)) = found {
            matched.give_to(line, by);
        }
        matched
    }

    /// The lines that have the number; those with the very digits, else those with the same in its national form.
    fn of_did(&self, number: &str) -> Option<Vec<&'a Line>> {
        let alike = self.by_did.get(number_end(number))?;
        let of = |is_it: &dyn Fn(&str) -> bool| {
            let lines = alike.iter().filter(|(did, _)| is_it(did));
            Some(lines.map(|(_, line)| *line).collect::<Vec<_>>()).filter(|lines| !lines.is_empty())
        };
        of(&|did| did == number).or_else(|| of(&|did| is_same_number(did, number)))
    }

    /// Whether a live line has a number that may be this one.
    fn may_be_held(&self, number: &str) -> bool {
        let alike = self.by_did.get(number_end(number)).into_iter().flatten();
        let mut live = alike.filter(|(_, line)| !line.ended_by(self.as_of));
        live.any(|(did, _)| ends_alike(did, number))
    }

    /// The lines that have the extension; those that had it on the day of the bill, where a line got it from them since.
    fn of_extension(&self, key: &str, charge: &Charge) -> Option<Vec<&'a Line>> {
        let exact = self.by_extension.get(key);
        let now = exact.or_else(|| self.by_trimmed.get(without_zeros(key)));
        let then = self.held.on(key, charge.invoice_date);
        let stays = |line: &&Line| then.iter().any(|other| other.line_id == line.line_id);
        let is_kept = |now: &Vec<&Line>| now.iter().any(|line| !line.ended_by(self.as_of) && stays(line));
        match then.is_empty() {
            true => self.of_unseen_change(key, charge, now).or_else(|| now.cloned()),
            false if now.is_some_and(is_kept) => now.cloned(),
            false => Some(then),
        }
    }

    /// Where the extension changed hands between two nights and the bill was made between them too, nothing but what is billed tells
    /// whose it still was: the one line of its tier and term among those before and after.
    fn of_unseen_change(
        &self,
        key: &str,
        charge: &Charge,
        now: Option<&Vec<&'a Line>>,
    ) -> Option<Vec<&'a Line>> {
        let before = self.held.perhaps_on(key, charge.invoice_date);
        // Whoever has it tonight may have got it from them since.
        let mut after = self.held.perhaps_from(key, charge.invoice_date);
        if after.is_empty() {
            if before.is_empty() {
                return None;
            }
            after.extend(now.into_iter().flatten());
        }
        let fits = |line: &&Line| {
            !line.ended_by(charge.invoice_date)
                && (before.is_empty() || charge.tier.is_some())
                && (charge.tier.is_none() || line.tier == charge.tier)
                && (charge.term.is_none() || line.term == charge.term)
        };
        let is_before = |line: &&Line| before.iter().any(|other| other.line_id == line.line_id);
        let after = after.into_iter().filter(|line| !is_before(line));
        let fitting: Vec<&Line> = before.iter().copied().chain(after).filter(fits).collect();
        (fitting.len() == 1).then_some(fitting)
    }

    /// What stands beside a seat is its line's, where the seat alone tells who had the extension (see `of_unseen_change`).
    pub(in crate::steps) fn place_beside_seats(&self, matched: &mut [MatchedCharge<'a>]) {
        let is_unseen = |row: &MatchedCharge<'a>| {
            let extension = row.charge.extension.as_deref();
            extension.is_some_and(|key| self.held.changed_unseen(key, row.charge.invoice_date))
        };
        let seats = matched
            .iter()
            .filter(|row| row.kind == ChargeKind::LineMrc && is_unseen(row));
        let seats: HashMap<String, &'a Line> = seats
            .filter_map(|row| Some((row.charge.extension.clone()?, row.line()?)))
            .collect();
        let beside = |row: &&mut MatchedCharge<'a>| {
            row.kind != ChargeKind::LineMrc && row.by == Some(MatchedBy::Extension) && is_unseen(row)
        };
        for row in matched.iter_mut().filter(beside) {
            let seat = row.charge.extension.as_ref().and_then(|key| seats.get(key));
            if let Some(line) = seat {
                row.give_to(line, MatchedBy::Extension);
            }
        }
    }

    /// Rows that name an extension which nobody has any more: the seat of the line that had it before, where nothing else on the
    /// invoice is, or of one of that tier and term that changed its extension, or left, around the bill without a night that saw
    /// it; and what stands beside the seat.
    pub(in crate::steps) fn place_renumbered(&self, matched: &mut [MatchedCharge<'a>]) {
        let is_seat = |row: &MatchedCharge<'a>| row.kind == ChargeKind::LineMrc;
        let mut seated: HashSet<&str> = matched
            .iter()
            .filter(|row| is_seat(row))
            .filter_map(|row| Some(row.line()?.line_id.as_str()))
            .collect();
        let mut of_seat: HashMap<String, &'a Line> = HashMap::new();
        for row in matched
            .iter_mut()
            .filter(|row| row.names_a_stranger && is_seat(row))
        {
            let Some(extension) = row.charge.extension.clone() else {
                continue;
            };
            let before = self.before(&extension, &row.charge);
            let line = before.or_else(|| {
                let around = self.held.changed_around(row.charge.invoice_date);
                let is_like = |line: &&Line| {
                    !seated.contains(line.line_id.as_str())
                        && row.charge.tier.is_some()
                        && line.tier == row.charge.tier
                        && (row.charge.term.is_none() || line.term == row.charge.term)
                };
                around.into_iter().find(is_like)
            });
            let Some(line) = line.filter(|line| seated.insert(&line.line_id)) else {
                continue;
            };
            row.give_to(line, MatchedBy::Extension);
            row.names_a_stranger = false;
            of_seat.insert(extension, line);
        }
        for row in matched
            .iter_mut()
            .filter(|row| row.names_a_stranger && !is_seat(row))
        {
            let Some(extension) = row.charge.extension.as_deref() else {
                continue;
            };
            let seat = of_seat.get(extension).copied();
            if let Some(line) = seat.or_else(|| self.before(extension, &row.charge)) {
                row.give_to(line, MatchedBy::Extension);
                row.names_a_stranger = false;
            }
        }
    }

    /// Who had an extension last before a charge's bill, where they were there on its day.
    fn before(&self, extension: &str, charge: &Charge) -> Option<&'a Line> {
        let line = self.held.last_before(extension, charge.invoice_date);
        line.filter(|line| !line.ended_by(charge.invoice_date))
    }

    /// The live line among those that ever held the key; else the one that ended last. A number goes with live lines
    /// only: it outlives its user, which is just what the audit looks for.
    fn holder(&self, candidates: &[&'a Line], charge: &Charge) -> Option<&'a Line> {
        let number = is_number(charge);
        let live: Vec<&Line> = candidates
            .iter()
            .copied()
            .filter(|line| !line.ended_by(self.as_of))
            .collect();
        match live[..] {
            [line] => Some(line),
            [] if number => None,
            [] => candidates.iter().copied().max_by_key(|line| line.seat_until),
            // One address may hold several lines: the row's tier tells which, or nothing does.
            _ => {
                let mut fitting = live
                    .iter()
                    .copied()
                    .filter(|line| charge.tier.is_some() && line.tier == charge.tier);
                match (fitting.next(), fitting.next()) {
                    (Some(line), None) => Some(line),
                    _ => None,
                }
            }
        }
    }

    fn named_in(&self, description: &str) -> (Option<String>, Option<String>) {
        let extension = self
            .extension_in_text
            .as_ref()
            .and_then(|pattern| pattern.captures(description))
            .and_then(|found| found.get(1))
            .map(|found| found.as_str().to_owned());
        let numbers = self
            .number_in_text
            .iter()
            .flat_map(|pattern| pattern.find_iter(description));
        let number = numbers
            .map(|found| dialled(found.as_str()))
            .find(|(digits, whole)| *whole || self.of_did(digits).is_some());
        (extension, number.map(|(digits, _)| digits))
    }
}

/// The digits with their country code, and whether they are a telephone number for sure: a service period such as
/// `2026-10-01 to 2026-10-31` looks like one and names nobody.
fn dialled(text: &str) -> (String, bool) {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_whole = text.starts_with('+');
    let number = with_country(&digits, is_whole);
    let is_north_american = number.len() == 11 && number.starts_with('1');
    (number, is_whole || is_north_american)
}

fn is_number(charge: &Charge) -> bool {
    matches!(charge.charge_kind, Some(ChargeKind::Did | ChargeKind::TollFree))
}
