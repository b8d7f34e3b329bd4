//! What the account signed: two annual contracts, one of them near its notice deadline, and one from month to month; with
//! faults, two more annual ones.

use chrono::{Datelike, NaiveDate};

use super::SynthOptions;
use super::days::shift;
use super::planted::{Planted, newest_invoice};
use super::population::Population;
use crate::domain::{Cents, Contract, MidTermCredit, Term, Tier, add_months};

/// The contract that covers a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ContractId {
    Annual,
    /// Ends 45 days after the span: notice is due in 15.
    Renewing,
    Monthly,
    /// Made with faults only: its promotion has ended.
    Promotional,
    /// Made with faults only: commits to more lines than it covers, and gives credit in mid-term.
    Committed,
}

/// Lines that a contract made with faults commits to beyond those it covers.
const COMMITTED_BEYOND: u32 = 2;

impl ContractId {
    pub(super) const ALL: [ContractId; 5] = [
        ContractId::Annual,
        ContractId::Renewing,
        ContractId::Monthly,
        ContractId::Promotional,
        ContractId::Committed,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            ContractId::Annual => "CT-2001",
            ContractId::Renewing => "CT-1001",
            ContractId::Monthly => "CT-3001",
            ContractId::Promotional => "CT-4001",
            ContractId::Committed => "CT-5001",
        }
    }

    pub(super) fn term(self) -> Term {
        match self {
            ContractId::Monthly => Term::Monthly,
            _ => Term::Annual,
        }
    }
}

/// List prices of a line for a month, in US dollars.
pub(super) fn price(tier: Tier, term: Term) -> Cents {
    Cents(match (tier, term) {
        (Tier::Mobile, Term::Annual) => 1399,
        (Tier::Premium, Term::Annual) => 2099,
        (Tier::Advanced, Term::Annual) => 2799,
        (Tier::Mobile, Term::Monthly) => 1999,
        (Tier::Premium, Term::Monthly) => 2999,
        (Tier::Advanced, Term::Monthly) => 3999,
    })
}

/// What a line costs where no promotion holds.
pub(super) fn list_price(tier: Tier) -> Cents {
    price(tier, Term::Monthly)
}

/// The last day of the promotion of [`ContractId::Promotional`]: before the newest invoice and the one before it.
pub(super) fn promotion_end(last_day: NaiveDate) -> NaiveDate {
    shift(newest_invoice(last_day), -40)
}

/// A row for each contract and tier that covers a line at the span's end.
pub(super) fn contracts(options: &SynthOptions, population: &Population) -> Vec<Contract> {
    let mut rows = Vec::new();
    for id in ContractId::ALL {
        for tier in Tier::ALL {
            let lines = covered(population, id, *tier);
            if lines > 0 {
                let committed = committed(population, id, *tier, lines);
                rows.push(contract(options, id, *tier, committed));
            }
        }
    }
    rows
}

fn covered(population: &Population, id: ContractId, tier: Tier) -> u32 {
    let last = population.span.last;
    let lines = population.lines.iter().filter(|line| line.life.holds(last));
    lines
        .filter(|line| line.contract == id && line.line.tier == Some(tier))
        .count() as u32
}

/// Nine in ten of the lines covered; with faults, of those alone that the newest invoice bills beyond question.
fn committed(population: &Population, id: ContractId, tier: Tier, lines: u32) -> Option<u32> {
    match id {
        ContractId::Monthly => None,
        ContractId::Committed => Some(lines + COMMITTED_BEYOND),
        _ if !population.with_faults => Some((lines * 9 / 10).max(1)),
        _ => {
            let (last, invoice_date) = (population.span.last, newest_invoice(population.span.last));
            let questioned = [Planted::Unbilled, Planted::TierMismatch, Planted::TermMismatch].map(Some);
            let billed = population.lines.iter().filter(|line| {
                let held = line.life.holds(last) && line.life.holds(invoice_date);
                held && line.contract == id
                    && line.line.tier == Some(tier)
                    && !questioned.contains(&line.planted)
            });
            Some(billed.count() as u32 * 9 / 10).filter(|lines| *lines > 0)
        }
    }
}

fn contract(options: &SynthOptions, id: ContractId, tier: Tier, committed_lines: Option<u32>) -> Contract {
    let (start_on, end_on) = dates(id, options.last_day);
    let annual = id.term() == Term::Annual;
    Contract {
        account_id: options.account_id.clone(),
        contract_id: id.as_str().to_owned(),
        term: id.term(),
        start_on,
        end_on,
        tier: Some(tier),
        committed_lines,
        unit_price: Some(price(tier, id.term())),
        list_price: annual.then(|| list_price(tier)),
        promo_ends_on: match id {
            ContractId::Renewing => end_on,
            ContractId::Promotional => Some(promotion_end(options.last_day)),
            _ => None,
        },
        auto_renew: annual.then_some(true),
        notice_days: annual.then_some(30),
        mid_term_credit: Some(match id {
            ContractId::Monthly | ContractId::Committed => MidTermCredit::Prorated,
            _ => MidTermCredit::None,
        }),
        min_tier_reason: None,
    }
}

/// First and last day of the term in force on `last_day`.
fn dates(id: ContractId, last_day: NaiveDate) -> (NaiveDate, Option<NaiveDate>) {
    let month = last_day.with_day(1).unwrap_or(last_day);
    match id {
        ContractId::Annual | ContractId::Promotional | ContractId::Committed => {
            let start_on = add_months(month, -5);
            (start_on, Some(shift(add_months(start_on, 12), -1)))
        }
        ContractId::Renewing => {
            let end_on = shift(last_day, 45);
            (add_months(shift(end_on, 1), -12), Some(end_on))
        }
        ContractId::Monthly => (add_months(month, -30), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_cover_the_last_day_and_annual_ones_last_a_year() {
        for text in ["2026-10-16", "2024-02-29", "2025-01-15"] {
            let last_day: NaiveDate = text.parse().unwrap();
            for id in ContractId::ALL {
                let (start_on, end_on) = dates(id, last_day);
                assert!(start_on < last_day, "{id:?} on {text}");
                assert_eq!(end_on.is_none(), id == ContractId::Monthly);
                if let Some(end_on) = end_on {
                    assert!(end_on > last_day, "{id:?} on {text}");
                    assert!(
                        (364..=366).contains(&(end_on - start_on).num_days()),
                        "{id:?} on {text}"
                    );
                }
            }
        }
    }
}
