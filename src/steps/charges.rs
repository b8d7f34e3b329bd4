//! Charge rows: what kind they are, and which line they belong to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use regex::Regex;

use super::audit::Fault;
use super::shared_rows::{spread_quantities, take_back_reversed};
use crate::domain::{
    Cents, Charge, ChargeKind, FindingKind, Kind, Line, MatchedBy, PriceBook, Term, Tier, add_months,
};

/// The price book's rules, compiled.
pub struct Classifier {
    rules: Vec<(Regex, ChargeKind, Option<Tier>, Option<Term>)>,
}

impl Classifier {
    /// Errors: a pattern that is no regular expression (the job has checked its own before).
    pub fn new(book: &PriceBook) -> Result<Classifier, regex::Error> {
        let rules = book
            .charge_rules
            .iter()
            .map(|rule| Ok((Regex::new(&rule.pattern)?, rule.kind, rule.tier, rule.term)));
        Ok(Classifier {
            rules: rules.collect::<Result<_, _>>()?,
        })
    }

    /// Fills what the row leaves blank from the first rule that matches its description; what no rule knows is `other`.
    pub fn classify(&self, charge: &Charge) -> Charge {
        let rule = self
            .rules
            .iter()
            .find(|(pattern, ..)| pattern.is_match(&charge.description));
        let (kind, tier, term) = rule.map_or((ChargeKind::Other, None, None), |(_, kind, tier, term)| {
            (*kind, *tier, *term)
        });
        let kind = charge.charge_kind.unwrap_or(kind);
        // What is given back is no price of anything.
        let kind = match kind.is_line_recurring() && charge.amount < Cents::ZERO {
            true => ChargeKind::Credit,
            false => kind,
        };
        Charge {
            charge_kind: Some(kind),
            tier: charge.tier.or(tier),
            term: charge.term.or(term),
            ..charge.clone()
        }
    }
}

/// A charge and where it went. `shares` are the parts of the amount that lines bear; what they leave is `rest`: the whole
/// amount where nothing matched.
#[derive(Debug, Clone)]
pub struct MatchedCharge<'a> {
    pub charge: Charge,
    pub kind: ChargeKind,
    pub shares: Vec<(&'a Line, Cents)>,
    pub rest: Cents,
    pub by: Option<MatchedBy>,
    /// The row names an extension, number or address that no line ever had: more than "could not be matched".
    pub names_a_stranger: bool,
    /// What is wrong with it, once the audit has looked.
    pub fault: Option<Fault<'a>>,
}

impl<'a> MatchedCharge<'a> {
    /// Its fault, where the whole of it is one: it is no cost of its line but a billing error.
    pub(super) fn disputed_whole(&self) -> Option<FindingKind> {
        let fault = self.fault.as_ref()?;
        Some(fault.kind).filter(|kind| kind.is_whole_charge())
    }

    pub(super) fn names_nobody(&self) -> bool {
        let charge = &self.charge;
        !self.names_a_stranger
            && charge.extension.is_none()
            && charge.phone_number.is_none()
            && charge.email.is_none()
    }

    /// A seat that is billed without saying whose, or for more lines than there are.
    pub fn is_seat_of_nobody(&self) -> bool {
        self.kind == ChargeKind::LineMrc && !self.rest.is_zero() && !self.names_a_stranger
    }

    /// The only line of the charge, where it belongs to one.
    pub fn line(&self) -> Option<&'a Line> {
        match self.shares[..] {
            [(line, _)] => Some(line),
            _ => None,
        }
    }
}

/// The newest invoice of an account: all rows of the latest invoice date on or before `as_of`.
#[derive(Debug, Clone)]
pub struct Invoice {
    pub invoice_date: NaiveDate,
    /// First and last day of the month that it bills.
    pub period: (NaiveDate, NaiveDate),
    pub ids: Vec<String>,
    /// Its rows that could not be used, in words: it is short by them.
    pub set_aside: Vec<String>,
    pub charges: Vec<Charge>,
}

/// The account's invoices up to `as_of`, newest first; rows in the order of invoice and row.
pub fn invoices(charges: &[Charge], as_of: NaiveDate) -> Vec<Invoice> {
    let mut dates: Vec<NaiveDate> = charges
        .iter()
        .map(|charge| charge.invoice_date)
        .filter(|date| *date <= as_of)
        .collect();
    dates.sort_unstable();
    dates.dedup();
    dates
        .into_iter()
        .rev()
        .filter_map(|date| invoice_of(charges, date))
        .collect()
}

fn invoice_of(charges: &[Charge], invoice_date: NaiveDate) -> Option<Invoice> {
    let mut rows: Vec<Charge> = charges
        .iter()
        .filter(|charge| charge.invoice_date == invoice_date)
        .cloned()
        .collect();
    rows.sort_by(|a, b| (&a.invoice_id, a.row).cmp(&(&b.invoice_id, b.row)));
    let period = billing_period(&rows)?;
    let mut ids: Vec<String> = rows.iter().map(|row| row.invoice_id.clone()).collect();
    ids.dedup();
    let mut set_aside: Vec<String> = rows.iter().flat_map(|row| row.set_aside.clone()).collect();
    set_aside.sort_unstable();
    set_aside.dedup();
    Some(Invoice {
        invoice_date,
        period,
        ids,
        set_aside,
        charges: rows,
    })
}

/// The period that most monthly seats bear: one annual number or one proration must not move every deadline.
fn billing_period(rows: &[Charge]) -> Option<(NaiveDate, NaiveDate)> {
    let is_month = |row: &Charge| row.period_end.succ_opt() == Some(add_months(row.period_start, 1));
    let seat = |row: &Charge| row.charge_kind == Some(ChargeKind::LineMrc) && is_month(row);
    let recurring = |row: &Charge| row.charge_kind.is_some_and(ChargeKind::is_line_recurring);
    borne_by_most(rows, seat)
        .or_else(|| borne_by_most(rows, recurring))
        .or_else(|| borne_by_most(rows, |_| true))
}

/// Of periods that equally many rows bear, the latest.
fn borne_by_most(rows: &[Charge], wanted: impl Fn(&Charge) -> bool) -> Option<(NaiveDate, NaiveDate)> {
    let mut bearers: BTreeMap<(NaiveDate, NaiveDate), usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| wanted(row)) {
        *bearers.entry((row.period_end, row.period_start)).or_default() += 1;
    }
    let most = bearers.into_iter().max_by_key(|(period, rows)| (*rows, *period));
    most.map(|((end, start), _)| (start, end))
}

/// Matches classified charges to lines: extension, then DID, then e-mail, then what the description names, and last by
/// quantity. Live lines come before ended ones; `as_of` tells which are which.
pub fn match_charges<'a>(
    charges: &[Charge],
    lines: impl IntoIterator<Item = &'a Line>,
    as_of: NaiveDate,
) -> Vec<MatchedCharge<'a>> {
    let lines: Vec<&Line> = lines.into_iter().collect();
    let finder = Finder::new(&lines, as_of);
    let mut matched: Vec<MatchedCharge> = charges.iter().map(|charge| finder.place(charge)).collect();
    spread_quantities(&mut matched, &lines, as_of);
    take_back_reversed(&mut matched);
    matched
}

struct Finder<'a> {
    as_of: NaiveDate,
    by_extension: HashMap<&'a str, Vec<&'a Line>>,
    /// Without leading zeros, which spreadsheets drop.
    by_trimmed: HashMap<&'a str, Vec<&'a Line>>,
    by_did: HashMap<&'a str, Vec<&'a Line>>,
    by_email: HashMap<String, Vec<&'a Line>>,
    extension_in_text: Option<Regex>,
    number_in_text: Option<Regex>,
}

impl<'a> Finder<'a> {
    fn new(lines: &[&'a Line], as_of: NaiveDate) -> Finder<'a> {
        let mut finder = Finder {
            as_of,
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
                let trimmed = extension.trim_start_matches('0');
                finder.by_trimmed.entry(trimmed).or_default().push(line);
            }
            for did in &line.dids {
                finder.by_did.entry(did).or_default().push(line);
            }
            // A login that is the e-mail address is one address of one line.
            let addresses: BTreeSet<String> = [&line.email, &line.login_name]
                .into_iter()
                .flatten()
                .map(|address| address.to_lowercase())
                .collect();
            for address in addresses {
                finder.by_email.entry(address).or_default().push(line);
            }
        }
        finder
    }

    fn place(&self, charge: &Charge) -> MatchedCharge<'a> {
        let kind = charge.charge_kind.unwrap_or(ChargeKind::Other);
        let (extension, number) = self.named_in(&charge.description);
        let email = charge.email.as_ref().map(|email| email.to_lowercase());
        let tries = [
            (
                MatchedBy::Extension,
                charge.extension.as_deref().map(|key| self.of_extension(key)),
            ),
            (
                MatchedBy::Did,
                charge.phone_number.as_deref().map(|key| self.by_did.get(key)),
            ),
            (MatchedBy::Email, email.as_ref().map(|key| self.by_email.get(key))),
            (
                MatchedBy::Description,
                extension.as_deref().map(|key| self.of_extension(key)),
            ),
            (
                MatchedBy::Description,
                number.as_deref().map(|key| self.by_did.get(key)),
            ),
        ];
        let names_a_stranger = tries.iter().any(|(_, named)| named.is_some())
            && !tries.iter().any(|(_, named)| matches!(named, Some(Some(_))));
        let found = tries
            .into_iter()
            .find_map(|(by, named)| Some((by, self.holder(named??, charge)?)));
        // A number that stands in words alone is still the one that is billed: two numbers are two charges.
        let in_words = number.filter(|_| is_number(charge));
        let charge = Charge {
            phone_number: charge.phone_number.clone().or(in_words),
            ..charge.clone()
        };
        match found {
            Some((by, line)) => MatchedCharge {
                kind,
                shares: vec![(line, charge.amount)],
                rest: Cents::ZERO,
                by: Some(by),
                names_a_stranger,
                fault: None,
                charge,
            },
            None => MatchedCharge {
                kind,
                shares: Vec::new(),
                rest: charge.amount,
                by: None,
                names_a_stranger,
                fault: None,
                charge,
            },
        }
    }

    fn of_extension(&self, key: &str) -> Option<&Vec<&'a Line>> {
        let exact = self.by_extension.get(key);
        exact.or_else(|| self.by_trimmed.get(key.trim_start_matches('0')))
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
            .find(|(digits, whole)| *whole || self.by_did.contains_key(digits.as_str()));
        (extension, number.map(|(digits, _)| digits))
    }
}

/// The digits with their country code, and whether they are a telephone number for sure: a service period such as
/// `2026-10-01 to 2026-10-31` looks like one and names nobody.
fn dialled(text: &str) -> (String, bool) {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match digits.len() {
        10 => (format!("1{digits}"), true),
        11 if digits.starts_with('1') => (digits, true),
        _ => (digits, text.starts_with('+')),
    }
}

fn is_number(charge: &Charge) -> bool {
    matches!(charge.charge_kind, Some(ChargeKind::Did | ChargeKind::TollFree))
}

/// An add-on that names a queue's extension is an add-on of the account, not a cost of the queue.
pub fn is_queue_addon(kind: ChargeKind, line: &Line) -> bool {
    kind == ChargeKind::LineAddon && line.kind == Some(Kind::Queue)
}
