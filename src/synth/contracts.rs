//! What the account signed: two annual contracts, one of them near its notice deadline, and one from month to month.

use chrono::{Datelike, NaiveDate};

use super::SynthOptions;
use super::days::shift;
use super::population::Population;
use crate::domain::{Cents, Contract, MidTermCredit, Term, Tier, add_months};

/// The contract that covers a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ContractId {
    Annual,
    /// Ends 45 days after the span: notice is due in 15.
    Renewing,
    Monthly,
}

impl ContractId {
    pub(super) const ALL: [ContractId; 3] = [ContractId::Annual, ContractId::Renewing, ContractId::Monthly];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            ContractId::Annual => "CT-2001",
            ContractId::Renewing => "CT-1001",
            ContractId::Monthly => "CT-3001",
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

/// A row for each contract and tier that covers a line at the span's end.
pub(super) fn contracts(options: &SynthOptions, population: &Population) -> Vec<Contract> {
    let mut rows = Vec::new();
    for id in ContractId::ALL {
        for tier in Tier::ALL {
            let lines = covered(population, id, *tier);
            if lines > 0 {
                rows.push(contract(options, id, *tier, lines));
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

fn contract(options: &SynthOptions, id: ContractId, tier: Tier, lines: u32) -> Contract {
    let (start_on, end_on) = dates(id, options.last_day);
    let annual = id.term() == Term::Annual;
    Contract {
        account_id: options.account_id.clone(),
        contract_id: id.as_str().to_owned(),
        term: id.term(),
        start_on,
        end_on,
        tier: Some(tier),
        committed_lines: annual.then(|| (lines * 9 / 10).max(1)),
        unit_price: Some(price(tier, id.term())),
        list_price: annual.then(|| price(tier, Term::Monthly)),
        promo_ends_on: end_on.filter(|_| id == ContractId::Renewing),
        auto_renew: annual.then_some(true),
        notice_days: annual.then_some(30),
        mid_term_credit: Some(if annual {
            MidTermCredit::None
        } else {
            MidTermCredit::Prorated
        }),
        min_tier_reason: None,
    }
}

/// First and last day of the term in force on `last_day`.
fn dates(id: ContractId, last_day: NaiveDate) -> (NaiveDate, Option<NaiveDate>) {
    let month = last_day.with_day(1).unwrap_or(last_day);
    match id {
        ContractId::Annual => {
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
