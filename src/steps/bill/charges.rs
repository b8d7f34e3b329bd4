//! Charge rows: what kind they are, and which line they belong to.

use std::collections::HashMap;

use chrono::NaiveDate;
use regex::Regex;

use crate::domain::{
    Cents, Charge, ChargeKind, FindingKind, Kind, Line, MatchedBy, PriceBook, Term, Tier, folded,
};
use crate::steps::bill::audit::ChargeFault;
use crate::steps::bill::held_extensions::HeldExtensions;
pub use crate::steps::bill::invoices::{Invoice, invoices};
use crate::steps::bill::line_finder::LineFinder;
use crate::steps::bill::shared_rows::spread_quantities;

/// The price book's rules, compiled, and what the lines are called.
pub struct Classifier {
    rules: Vec<Rule>,
    /// By extension, as folded words: of each of its holders.
    names: HashMap<String, Vec<Vec<String>>>,
}

struct Rule {
    pattern: Regex,
    kind: ChargeKind,
    tier: Option<Tier>,
    term: Option<Term>,
    /// Folded; none: of all issuers.
    issuer: Option<String>,
}

impl Rule {
    fn is_for(&self, charge: &Charge) -> bool {
        let Some(issuer) = &self.issuer else { return true };
        let billed_by = charge.issuer.as_deref().map(folded);
        billed_by.is_some_and(|billed_by| billed_by == issuer.as_str())
    }
}

impl Classifier {
    /// Errors: a pattern that is no regular expression (the job has checked its own before).
    pub fn new<'a>(
        book: &PriceBook,
        lines: impl IntoIterator<Item = &'a Line>,
    ) -> Result<Classifier, regex::Error> {
        let rules = book.charge_rules.iter().map(|rule| {
            Ok(Rule {
                pattern: Regex::new(&rule.pattern)?,
                kind: rule.kind,
                tier: rule.tier,
                term: rule.term,
                issuer: rule.issuer.as_deref().map(|issuer| folded(issuer).into_owned()),
            })
        });
        let mut names: HashMap<String, Vec<Vec<String>>> = HashMap::new();
        for line in lines.into_iter().filter(|line| line.is_named()) {
            let of_extension = names.entry(line.extension.clone()).or_default();
            of_extension.push(words(&line.user_name()));
        }
        Ok(Classifier {
            rules: rules.collect::<Result<_, _>>()?,
            names,
        })
    }

    /// The first rule of the charge's issuer that fits. What is given back, and what takes off a price, is below zero.
    fn rule(&self, description: &str, charge: &Charge) -> Option<&Rule> {
        let is_possible = |kind: ChargeKind| {
            charge.amount <= Cents::ZERO || !matches!(kind, ChargeKind::Credit | ChargeKind::Promotion)
        };
        let mut rules = self.rules.iter().filter(|rule| rule.is_for(charge));
        rules.find(|rule| is_possible(rule.kind) && rule.pattern.is_match(description))
    }

    /// The rule for a charge. What a line or a queue is called says nothing of the kind: `Auto queue: Credit control`. Money that
    /// is given back says so somewhere in its description.
    fn rule_of(&self, charge: &Charge) -> Option<&Rule> {
        let whole = charge.description.as_str();
        if charge.amount <= Cents::ZERO {
            return self.rule(whole, charge);
        }
        let head = whole.split([':', '(']).next().unwrap_or(whole);
        let head = head.split(" - ").next().unwrap_or(head);
        let for_all = self.rule(head, charge);
        let extension = charge.extension.as_ref();
        let names = extension.and_then(|extension| self.names.get(extension));
        for_all
            .filter(|rule| rule.kind == ChargeKind::AccountAddon)
            .or_else(|| self.rule(&without_names(whole, names?), charge))
            .or_else(|| self.rule(whole, charge))
    }

    /// Fills what the row leaves blank from the first rule that matches its description; what no rule knows is `other`.
    pub fn classify(&self, charge: &Charge) -> Charge {
        let rule = self.rule_of(charge);
        let (kind, tier, term) = rule.map_or((ChargeKind::Other, None, None), |rule| {
            (rule.kind, rule.tier, rule.term)
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

fn words(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(|word| folded(word).into_owned())
        .collect()
}

fn without_names(description: &str, names: &[Vec<String>]) -> String {
    let without = |text: String, name: &Vec<String>| without_name(&text, name);
    names.iter().fold(description.to_owned(), without)
}

fn without_name(description: &str, name: &[String]) -> String {
    let (shown, folded): (Vec<&str>, Vec<String>) =
        (description.split_whitespace().collect(), words(description));
    match folded.windows(name.len()).position(|window| window == name) {
        Some(at) => [&shown[..at], &shown[at + name.len()..]].concat().join(" "),
        None => description.to_owned(),
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
    /// It is, or may be, of a line that stands in the list and could not be read there.
    pub unread: Option<Unread>,
    /// A number on it may be one that a line has, however it is written.
    pub may_be_held: bool,
    /// What the invoice calls it, without names.
    pub words: Option<String>,
    /// No rule knows its words: its price says that it is the line's seat.
    pub is_renamed: bool,
    /// How many of the lines that share it, and rows like it, it bills no seat for: which, nothing says.
    pub lines_left_out: usize,
    /// What is wrong with it, once the audit has looked.
    pub fault: Option<ChargeFault<'a>>,
}

/// How a charge is of a row of the line list that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It names whom such a row names.
    Named,
    /// It names a user who has no seat in the list.
    Unseated,
    /// Such a row tells no extension, and nobody else has the charge's.
    Perhaps,
}

impl<'a> MatchedCharge<'a> {
    /// The whole of it is this line's.
    pub(in crate::steps) fn give_to(&mut self, line: &'a Line, by: MatchedBy) {
        self.shares = vec![(line, self.charge.amount)];
        self.rest = Cents::ZERO;
        self.by = Some(by);
    }

    /// Its fault, where the whole of it is one: it is no cost of its line but a billing error.
    pub(in crate::steps) fn disputed_whole(&self) -> Option<FindingKind> {
        let fault = self.fault.as_ref()?;
        Some(fault.kind).filter(|kind| kind.is_whole_charge())
    }

    pub(in crate::steps) fn names_nobody(&self) -> bool {
        let charge = &self.charge;
        !self.names_a_stranger
            && charge.extension.is_none()
            && charge.phone_number.is_none()
            && charge.email.is_none()
    }

    /// Nothing tells what it is for, or whose it is.
    pub fn is_unexplained(&self) -> bool {
        let is_seat = self.kind == ChargeKind::LineMrc && !self.rest.is_zero();
        self.kind == ChargeKind::Other || is_seat && self.disputed_whole().is_none()
    }

    /// The only line of the charge, where it belongs to one.
    pub fn line(&self) -> Option<&'a Line> {
        match self.shares[..] {
            [(line, _)] => Some(line),
            _ => None,
        }
    }
}

/// Matches classified charges to lines: extension, then DID, then e-mail, then what the description names, and last by
/// quantity. Live lines come before ended ones; `as_of` tells which are which. A line is found by the extension that it had on
/// the day of the bill, as far as `held` tells.
pub fn match_charges<'a>(
    charges: &[Charge],
    lines: impl IntoIterator<Item = &'a Line>,
    held: &HeldExtensions<'a>,
    as_of: NaiveDate,
) -> Vec<MatchedCharge<'a>> {
    let lines: Vec<&Line> = lines.into_iter().collect();
    let finder = LineFinder::new(&lines, held, as_of);
    let mut matched: Vec<MatchedCharge> = charges.iter().map(|charge| finder.place(charge)).collect();
    finder.place_beside_seats(&mut matched);
    finder.place_renumbered(&mut matched);
    spread_quantities(&mut matched, &lines, as_of);
    matched
}

/// An add-on that names a queue's extension is an add-on of the account, not a cost of the queue.
pub fn is_queue_addon(kind: ChargeKind, line: &Line) -> bool {
    kind == ChargeKind::LineAddon && line.kind == Some(Kind::Queue)
}
