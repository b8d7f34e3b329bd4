//! The ledger, kept a second time: each finding's money once in every stage that it has reached.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Truth;
use crate::year::report::{Report, Row, cents, cents_of};

const WASTE: [&str; 5] = [
    "idle_line",
    "never_used_line",
    "unassigned_line",
    "leaver_line",
    "extra_line",
];
const OF_A_CHARGE: [&str; 9] = [
    "orphan_number",
    "ghost_charge",
    "billed_after_removal",
    "duplicate_charge",
    "rate_above_contract",
    "tier_mismatch",
    "term_mismatch",
    "proration_error",
    "promotion_ended",
];

struct Entry {
    kind: String,
    /// Tonight's list has it.
    is_found: bool,
    /// It was no longer found before any step, or on the same invoice: what is done to the line then is not done for it.
    is_expired: bool,
    uid: Option<usize>,
    /// Of a charge after a removal: whose line it was.
    removed: Option<usize>,
    cents: i64,
    invoice: Option<NaiveDate>,
    is_approved: bool,
    actioned: Option<NaiveDate>,
    is_realised: bool,
}

#[derive(Default)]
pub struct Book {
    entries: BTreeMap<String, Entry>,
    /// What was said to be realised never becomes less, but for what slips back.
    realised_before: i64,
    /// The program's memory was taken back to an earlier day: sums are no longer comparable.
    pub is_broken: bool,
}

impl Book {
    pub fn check(&mut self, truth: &Truth<'_>, report: &Report, say: &mut impl FnMut(&'static str, String)) {
        let invoice = report.invoice_date();
        for entry in self.entries.values_mut() {
            entry.is_found = false;
        }
        for row in &report.findings {
            self.found(truth, row, invoice);
        }
        for entry in self.entries.values_mut().filter(|entry| !entry.is_found) {
            entry.not_found(truth, invoice);
        }
        let sum = |stage: &dyn Fn(&Entry) -> bool| -> i64 {
            self.entries
                .values()
                .filter(|entry| stage(entry) && !self.stands_as_the_lines(entry))
                .map(|entry| entry.cents)
                .sum()
        };
        let stages: [(&'static str, &'static str, i64); 4] = [
            ("identified", "ledger-identified", sum(&|_| true)),
            ("approved", "ledger-approved", sum(&|entry| entry.is_approved)),
            (
                "actioned",
                "ledger-actioned",
                sum(&|entry| entry.actioned.is_some()),
            ),
            ("realised", "ledger-realised", sum(&|entry| entry.is_realised)),
        ];
        let said = &report.account["ledger"];
        for (stage, kind, truly) in stages {
            if cents_of(&said[stage]) != truly && !self.is_broken {
                say(kind, format!("said {}, truly {truly} cents", said[stage]));
            }
        }
        let realised = cents_of(&said["realised"]);
        if realised < self.realised_before && !self.is_broken {
            say(
                "ledger-realised-falls",
                format!("{} cents, then {realised}", self.realised_before),
            );
        }
        self.realised_before = realised;
    }

    /// What a removed line is billed all the same is asked back; its money stands there as the line's already.
    fn stands_as_the_lines(&self, entry: &Entry) -> bool {
        let seat = entry
            .removed
            .and_then(|uid| self.entries.get(&format!("seat {uid}")));
        seat.is_some_and(|seat| seat.actioned.is_some())
    }

    fn found(&mut self, truth: &Truth<'_>, row: &Row, invoice: Option<NaiveDate>) {
        let line = truth
            .company
            .lines
            .iter()
            .find(|line| line.is_held(truth.day) && line.id() == row["line_id"]);
        let mut removed = truth.company.lines.iter().rev();
        // What its seat was billed wrongly stays the same thing once the line is gone.
        let billed =
            line.or_else(|| removed.find(|line| line.removed.is_some() && line.id() == row["line_id"]));
        let is_waste = WASTE.contains(&row["kind"].as_str());
        // What is found of a line is one thing, whatever id and extension the line has.
        let key = match (line, row["kind"].as_str()) {
            (Some(line), _) if is_waste => format!("seat {}", line.uid),
            (Some(line), "right_size") => format!("tier {}", line.uid),
            (_, kind) if OF_A_CHARGE.contains(&kind) && billed.is_some() => {
                format!("{kind} {}", billed.unwrap().seat)
            }
            _ => row["finding_id"].clone(),
        };
        let entry = self.entries.entry(key).or_insert_with(|| Entry {
            kind: String::new(),
            is_found: true,
            is_expired: false,
            uid: line.map(|line| line.uid),
            removed: None,
            cents: 0,
            invoice: None,
            is_approved: false,
            actioned: None,
            is_realised: false,
        });
        (entry.is_found, entry.is_expired) = (true, false);
        if row["kind"] == "billed_after_removal" {
            entry.removed = billed.filter(|line| line.removed.is_some()).map(|line| line.uid);
        }
        entry.kind.clone_from(&row["kind"]);
        entry.invoice = invoice;
        let is_booked = row["recoverable"] != "none" || row["state"] == "dismissed";
        let monthly = cents(&row["monthly_amount"]);
        if entry.actioned.is_none() || monthly > entry.cents {
            entry.cents = if is_booked { monthly } else { 0 };
        }
        let in_force = truth.office.in_force(truth.company, truth.day);
        let is_decided = in_force.iter().any(|made| {
            Some(made.uid) == entry.uid && ["reclaim", "reassign"].contains(&made.word) && is_waste
        });
        let is_disputed = |made: &crate::year::office::Disputed| {
            made.finding_id == row["finding_id"] && made.handed_back <= truth.day
        };
        entry.is_approved |= is_decided || truth.office.disputed.iter().any(is_disputed);
    }
}

impl Entry {
    fn not_found(&mut self, truth: &Truth<'_>, invoice: Option<NaiveDate>) {
        let (day, kind) = (truth.day, self.kind.as_str());
        if WASTE.contains(&kind) {
            let line = self.uid.map(|uid| &truth.company.lines[uid]);
            let Some(line) = line.filter(|line| !line.is_held(day) && !self.is_expired) else {
                self.is_expired = true;
                return;
            };
            let actioned = *self.actioned.get_or_insert(day);
            let bill = truth.vendor.arrived(day).find(|bill| Some(bill.date) == invoice);
            let is_later = self
                .invoice
                .is_none_or(|date| invoice.is_some_and(|invoice| invoice > date));
            // Somebody else's line now is billed on, and no bill will ever show the saving.
            let is_proof =
                line.seat_until.is_none() && invoice.is_some_and(|invoice| invoice >= actioned) && is_later;
            self.is_realised |= is_proof && bill.is_some_and(|bill| !bill.bills_seat(line.seat));
        } else if OF_A_CHARGE.contains(&kind) && !self.is_expired {
            let is_later = self
                .invoice
                .is_none_or(|date| invoice.is_some_and(|invoice| invoice > date));
            if is_later {
                self.actioned.get_or_insert(day);
                self.is_realised = true;
            } else {
                // The same invoice: a table was put right.
                self.is_expired = !self.is_realised;
            }
        }
    }
}
