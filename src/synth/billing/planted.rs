//! Faults and near misses on the newest invoice, each told as it is planted.

use super::{Builder, seat_name, term_name};
use crate::domain::{Cents, Charge, ChargeKind, FindingKind, Term, Tier};
use crate::synth::contracts::{ContractId, list_price, price, promotion_end};
use crate::synth::planted::Planted;
use crate::synth::population::SynthLine;
use crate::synth::seats::stranger_extension;

const ABOVE_CONTRACT: Cents = Cents(250);
const RESIDUAL: Cents = Cents(1_234);
const GHOSTS: [(Tier, Term); 2] = [(Tier::Mobile, Term::Annual), (Tier::Premium, Term::Monthly)];

/// A fault as it was planted, before its charge has a row in a file.
#[derive(Debug, Clone)]
pub(in crate::synth) struct PlantedFault {
    pub(in crate::synth) kind: FindingKind,
    pub(in crate::synth) line_id: Option<String>,
    pub(in crate::synth) extension: Option<String>,
    pub(in crate::synth) phone_number: Option<String>,
    /// The charge's place on the newest invoice, from 0.
    pub(in crate::synth) charge: Option<usize>,
    /// What is at fault of a month's service, in US dollars; none where the specification names no amount.
    pub(in crate::synth) monthly_amount: Option<Cents>,
    pub(in crate::synth) note: String,
}

impl Builder<'_> {
    /// A month of a seat, as agreed or as planted.
    pub(super) fn seat(&mut self, line: &SynthLine, tier: Tier, term: Term) {
        let agreed = price(tier, term);
        let planted = line.planted.filter(|_| self.is_newest);
        let promotion_is_over = line.contract == ContractId::Promotional
            && self.invoice_date > promotion_end(self.options.last_day);
        match planted {
            Some(Planted::Unbilled) => {}
            Some(Planted::TierMismatch) => {
                let above = match tier {
                    Tier::Mobile => Tier::Premium,
                    _ => Tier::Advanced,
                };
                let billed = price(above, term);
                self.seat_row(line, above, term, billed);
                let note = format!("billed as {above} at {billed}, held as {tier} at {agreed}");
                self.fault(FindingKind::TierMismatch, Some(line), billed - agreed, note);
            }
            Some(Planted::TermMismatch) => {
                let billed = price(tier, Term::Monthly);
                self.seat_row(line, tier, Term::Monthly, billed);
                let note = format!("billed as monthly at {billed}, signed as {term} at {agreed}");
                self.fault(FindingKind::TermMismatch, Some(line), billed - agreed, note);
            }
            Some(Planted::RateAboveContract) => {
                self.seat_row(line, tier, term, agreed + ABOVE_CONTRACT);
                let note = format!("the contract says {agreed}");
                self.fault(FindingKind::RateAboveContract, Some(line), ABOVE_CONTRACT, note);
            }
            Some(Planted::Duplicate) => {
                self.seat_row(line, tier, term, agreed);
                let first = self.charges.len();
                self.seat_row(line, tier, term, agreed);
                let note = format!("the same month again, first in row {first} of the invoice");
                self.fault(FindingKind::DuplicateCharge, Some(line), agreed, note);
            }
            Some(Planted::AfterRemoval) => {
                self.seat_row(line, tier, term, agreed);
                let until = line
                    .line
                    .seat_until
                    .map_or_else(String::new, |until| until.to_string());
                let note = format!("ended on {until}");
                self.fault(FindingKind::BilledAfterRemoval, Some(line), agreed, note);
            }
            Some(Planted::Promoted) => {
                self.seat_row(line, tier, term, list_price(tier));
                let extension = &line.line.extension;
                let description = format!("Promotional discount - {} - Ext. {extension}", seat_name(tier));
                let discount = agreed - list_price(tier);
                self.add(self.of_line(line, ChargeKind::Promotion, description, discount));
            }
            _ if promotion_is_over => self.seat_row(line, tier, term, list_price(tier)),
            _ => self.seat_row(line, tier, term, agreed),
        }
    }

    fn seat_row(&mut self, line: &SynthLine, tier: Tier, term: Term, amount: Cents) {
        let description = seat_description(tier, term, &line.line.extension);
        let charge = self.of_line(line, ChargeKind::LineMrc, description, amount);
        self.seats_billed += 1;
        self.add(Charge {
            tier: Some(tier),
            term: Some(term),
            ..charge
        });
    }

    /// Seats of extensions that the inventory does not have, and a row that no rule knows.
    pub(super) fn strangers(&mut self) {
        for ((tier, term), place) in GHOSTS.into_iter().zip(0..) {
            let extension = stranger_extension(self.options, place);
            let description = seat_description(tier, term, &extension);
            let charge = self.of_account(ChargeKind::LineMrc, description, 1, price(tier, term));
            self.seats_billed += 1;
            self.add(Charge {
                extension: Some(extension),
                tier: Some(tier),
                term: Some(term),
                ..charge
            });
            let note = "not in the inventory".to_owned();
            self.fault(FindingKind::GhostCharge, None, price(tier, term), note);
        }
        let description = "Miscellaneous adjustment 7".to_owned();
        let charge = self.of_account(ChargeKind::Other, description, 1, RESIDUAL);
        self.add(Charge {
            charge_kind: None,
            ..charge
        });
        let note = "no rule knows the row".to_owned();
        self.fault(FindingKind::InvoiceResidual, None, RESIDUAL, note);
    }

    /// Tells of the charge that was added last.
    pub(super) fn fault(
        &mut self,
        kind: FindingKind,
        line: Option<&SynthLine>,
        monthly: Cents,
        note: String,
    ) {
        let Some(charge) = self.charges.last() else { return };
        self.faults.push(PlantedFault {
            kind,
            line_id: line.map(|line| line.line.line_id.clone()),
            extension: charge.extension.clone(),
            phone_number: charge.phone_number.clone(),
            charge: Some(self.charges.len() - 1),
            monthly_amount: Some(monthly),
            note,
        });
    }
}

fn seat_description(tier: Tier, term: Term, extension: &str) -> String {
    format!("{} - {} - Ext. {extension}", seat_name(tier), term_name(term))
}
