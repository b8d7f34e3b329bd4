//! Monthly invoices: dated the 1st, a month in advance, with prorations for the month before.

mod planted;

pub(super) use planted::PlantedFault;

use chrono::{Datelike, NaiveDate};

use super::SynthOptions;
use super::contracts::{ContractId, price};
use super::days::shift;
use super::people::{TOLL_FREE_NUMBER, direct_number};
use super::planted::{Planted, newest_invoice};
use super::population::{Population, SynthLine};
use super::prng::{Rng, Topic};
use crate::domain::{Cents, Charge, ChargeKind, Currency, FindingKind, Term, Tier, add_months};

const INVOICES: i32 = 6;
const DID_PRICE: Cents = Cents(499);
const QUEUE_PRICE: Cents = Cents(1499);
const COMPANY_RECORDING_PRICE: Cents = Cents(4999);
const REGULATORY_FEE_PER_LINE: Cents = Cents(225);
const E911_FEE_PER_LINE: Cents = Cents(99);
/// Taxes in parts of ten thousand of what is billed before fees.
const FEDERAL_USF: i64 = 1_230;
const STATE_TAX: i64 = 400;
const LOCAL_TAX: i64 = 225;
/// A number of nobody's, still billed: one for so many lines.
const LINES_PER_ORPHAN: u32 = 200;
const LINE_ADDONS: [(&str, Cents); 3] = [
    ("On-Demand Call Recording", Cents(499)),
    ("Paperless Fax", Cents(799)),
    ("CRM Connector", Cents(499)),
];

/// One invoice as it is written, with the total that it was made to have.
pub(super) struct Invoice {
    pub(super) charges: Vec<Charge>,
    pub(super) invoice_id: String,
    pub(super) invoice_date: NaiveDate,
    pub(super) total: Cents,
    /// What was planted among its charges.
    pub(super) faults: Vec<PlantedFault>,
}

/// The invoices of the last six months, oldest first. The newest is dated on or before the span's last day.
pub(super) fn invoices(options: &SynthOptions, population: &Population) -> Vec<Invoice> {
    let newest = newest_invoice(options.last_day);
    let dates = (0..INVOICES).rev().map(|back| add_months(newest, -back));
    dates
        .map(|date| Builder::new(options, date).build(population))
        .collect()
}

/// The invoice while it is made.
struct Builder<'a> {
    options: &'a SynthOptions,
    rng: Rng,
    charges: Vec<Charge>,
    invoice_id: String,
    invoice_date: NaiveDate,
    period_end: NaiveDate,
    is_newest: bool,
    seats_billed: i64,
    faults: Vec<PlantedFault>,
}

impl<'a> Builder<'a> {
    fn new(options: &'a SynthOptions, invoice_date: NaiveDate) -> Builder<'a> {
        let (year, month) = (invoice_date.year(), invoice_date.month());
        let key = u64::from(year.unsigned_abs() * 12 + month);
        Builder {
            options,
            rng: Rng::stream(options.seed, Topic::Billing, key, 0),
            charges: Vec::new(),
            invoice_id: format!("INV-{}-{year:04}{month:02}", options.account_id),
            invoice_date,
            period_end: shift(add_months(invoice_date, 1), -1),
            is_newest: invoice_date == newest_invoice(options.last_day),
            seats_billed: 0,
            faults: Vec::new(),
        }
    }

    fn build(mut self, population: &Population) -> Invoice {
        for (index, line) in population.lines.iter().enumerate() {
            self.line(index, line);
        }
        self.orphan_numbers();
        self.account_addons(population);
        if self.options.faults && self.is_newest {
            self.strangers();
        }
        let subtotal: Cents = self.charges.iter().map(|charge| charge.amount).sum();
        let fees = self.fees(subtotal);
        Invoice {
            charges: self.charges,
            invoice_id: self.invoice_id,
            invoice_date: self.invoice_date,
            total: subtotal + fees,
            faults: self.faults,
        }
    }

    fn line(&mut self, index: usize, line: &SynthLine) {
        let (Some(tier), term) = (line.line.tier, line.contract.term()) else {
            return;
        };
        let month_before = add_months(self.invoice_date, -1);
        if line.life.holds(self.invoice_date) {
            self.full_month(index, line, tier, term);
        } else if self.is_newest && line.planted == Some(Planted::AfterRemoval) {
            self.seat(line, tier, term);
        }
        let joined = line.life.seat_since;
        if joined > month_before && joined < self.invoice_date && line.life.seat_until.is_none() {
            self.part_month(line, tier, term, joined, ChargeKind::Proration);
        }
        let ended = line
            .life
            .seat_until
            .filter(|until| *until > month_before && *until < self.invoice_date);
        if let Some(ended) = ended.filter(|_| joined <= month_before && line.contract == ContractId::Monthly)
        {
            self.part_month(line, tier, term, ended, ChargeKind::Credit);
        }
    }

    fn full_month(&mut self, index: usize, line: &SynthLine, tier: Tier, term: Term) {
        if self.is_newest && line.planted == Some(Planted::Unbilled) {
            return;
        }
        self.seat(line, tier, term);
        // The same line has the same extras in every month: they are drawn from the line alone.
        let mut rng = Rng::stream(self.options.seed, Topic::Billing, 0, index as u64);
        let first_number_billed = rng.per_mille(350);
        let included = usize::from(!first_number_billed);
        for number in line.line.dids.iter().skip(included) {
            let description = format!("Additional Local Number {number}");
            let charge = self.of_line(line, ChargeKind::Did, description, DID_PRICE);
            self.add(Charge {
                phone_number: Some(number.clone()),
                ..charge
            });
        }
        if rng.per_mille(80) {
            let (name, amount) = rng.pick(&LINE_ADDONS);
            let description = format!("{name} Add-on - Ext. {}", line.line.extension);
            self.add(self.of_line(line, ChargeKind::LineAddon, description, amount));
        }
    }

    /// The days of the month before, from `from` to its end, both included: charged to a joiner, given back to a leaver.
    fn part_month(&mut self, line: &SynthLine, tier: Tier, term: Term, from: NaiveDate, kind: ChargeKind) {
        let month_end = shift(self.invoice_date, -1);
        let days = (month_end - from).num_days() + 1;
        let month = price(tier, term);
        let due = month.ratio(days, i64::from(month_end.day()));
        let is_wrong = self.is_newest && line.planted == Some(Planted::ProrationError);
        let (word, amount) = match kind {
            ChargeKind::Credit => ("Credit for unused days", -due),
            _ if is_wrong => ("Prorated charge", month),
            _ => ("Prorated charge", due),
        };
        let (seat, extension) = (seat_name(tier), &line.line.extension);
        let description = format!(
            "{word}: {seat} - {} - Ext. {extension} ({from} to {month_end})",
            term_name(term)
        );
        self.add(Charge {
            period_start: from,
            period_end: month_end,
            tier: Some(tier),
            term: Some(term),
            ..self.of_line(line, kind, description, amount)
        });
        if is_wrong {
            let note = format!("{days} days come to {due}, not {month}");
            self.fault(FindingKind::ProrationError, Some(line), month - due, note);
        }
    }

    fn orphan_numbers(&mut self) {
        for orphan in 0..self.options.lines.div_ceil(LINES_PER_ORPHAN) {
            let number = direct_number(super::people::MAX_DIRECT_NUMBERS - 1 - orphan);
            let description = format!("Additional Local Number {number}");
            let charge = self.of_account(ChargeKind::Did, description, 1, DID_PRICE);
            self.add(Charge {
                phone_number: Some(number),
                ..charge
            });
        }
    }

    fn account_addons(&mut self, population: &Population) {
        let recording = "Company Call Recording".to_owned();
        self.add(self.of_account(ChargeKind::AccountAddon, recording, 1, COMPANY_RECORDING_PRICE));
        for queue in population.queues.iter().chain(&population.silent_queues) {
            let description = format!("Auto Queue - Ext. {}", queue.extension);
            let charge = self.of_account(ChargeKind::AccountAddon, description, 1, QUEUE_PRICE);
            self.add(Charge {
                extension: Some(queue.extension.clone()),
                ..charge
            });
            if self.is_newest && population.silent_queues.contains(queue) {
                let note = "no call reaches the queue".to_owned();
                self.fault(FindingKind::AddonUnused, None, QUEUE_PRICE, note);
            }
        }
        let description = format!("Toll Free Number {TOLL_FREE_NUMBER}");
        let charge = self.of_account(ChargeKind::TollFree, description, 1, DID_PRICE);
        self.add(Charge {
            phone_number: Some(TOLL_FREE_NUMBER.to_owned()),
            ..charge
        });
        let minutes = self.rng.between(80, 900);
        let usage = self.of_account(
            ChargeKind::Usage,
            "Toll Free Usage (minutes)".to_owned(),
            minutes,
            Cents(4),
        );
        let before = add_months(self.invoice_date, -1);
        self.add(Charge {
            period_start: before,
            period_end: shift(self.invoice_date, -1),
            ..usage
        });
    }

    /// Adds fees and taxes, and says what they come to.
    fn fees(&mut self, subtotal: Cents) -> Cents {
        let seats = self.seats_billed;
        let mut sum = Cents::ZERO;
        for (kind, description, unit_price) in [
            (
                ChargeKind::RegulatoryRecovery,
                "Regulatory Recovery Fee",
                REGULATORY_FEE_PER_LINE,
            ),
            (ChargeKind::E911, "Emergency 911 Service Fee", E911_FEE_PER_LINE),
        ] {
            sum += unit_price.times(seats);
            self.add(self.of_account(kind, description.to_owned(), seats, unit_price));
        }
        for (kind, description, share) in [
            (
                ChargeKind::FederalUsf,
                "Federal Universal Service Fund",
                FEDERAL_USF,
            ),
            (ChargeKind::StateTax, "State Communications Sales Tax", STATE_TAX),
            (
                ChargeKind::LocalTax,
                "Local Utility Tax - City and County",
                LOCAL_TAX,
            ),
        ] {
            let amount = subtotal.ratio(share, 10_000);
            sum += amount;
            self.add(self.of_account(kind, description.to_owned(), 1, amount));
        }
        sum
    }

    fn of_line(&self, line: &SynthLine, kind: ChargeKind, description: String, amount: Cents) -> Charge {
        Charge {
            extension: Some(line.line.extension.clone()),
            email: line.line.email.clone(),
            ..self.of_account(kind, description, 1, amount)
        }
    }

    fn of_account(&self, kind: ChargeKind, description: String, quantity: i64, unit_price: Cents) -> Charge {
        Charge {
            account_id: self.options.account_id.clone(),
            invoice_id: self.invoice_id.clone(),
            row: self.charges.len() as u64 + 1,
            invoice_date: self.invoice_date,
            period_start: self.invoice_date,
            period_end: self.period_end,
            description,
            amount: unit_price.times(quantity),
            currency: Currency::USD,
            charge_kind: Some(kind),
            extension: None,
            phone_number: None,
            email: None,
            tier: None,
            term: None,
            quantity: u32::try_from(quantity).ok(),
            unit_price: Some(unit_price),
            issuer: None,
            set_aside: Vec::new(),
        }
    }

    /// Half of the rows say what they are in their description alone, as an invoice typed off by hand does.
    fn add(&mut self, mut charge: Charge) {
        if self.rng.per_mille(500) {
            charge.charge_kind = None;
            charge.tier = None;
            charge.term = None;
            charge.email = None;
        }
        self.charges.push(charge);
    }
}

fn seat_name(tier: Tier) -> &'static str {
    match tier {
        Tier::Mobile => "Mobile Line",
        Tier::Premium => "Premium Line",
        Tier::Advanced => "Advanced Line",
    }
}

fn term_name(term: Term) -> &'static str {
    match term {
        Term::Annual => "Annual Plan",
        Term::Monthly => "Monthly Plan",
    }
}
