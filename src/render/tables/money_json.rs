//! Commitments and invoices as `summary.json` has them.

use chrono::NaiveDate;
use serde::Serialize;

use crate::domain::{Cents, ChangeCause, Commitment, CommitmentCost, InvoiceTrend, SinceLast, Tier};
use crate::render::tables::summary::Ordered;

/// How many lines to commit to; costs are of the months in `demand`.
#[derive(Serialize)]
pub(crate) struct CommitmentJson<'a> {
    tiers: &'a [Tier],
    annual: Cents,
    monthly: Cents,
    demand: Vec<Demand>,
    committed: Option<Point>,
    best: Point,
    best_low: u32,
    best_high: u32,
    within_one_percent: [u32; 2],
    break_even_months: u32,
    cost_by_lines: Vec<Cents>,
    assumptions: &'a [String],
}

#[derive(Serialize)]
struct Demand {
    month: String,
    lines: u32,
}

#[derive(Serialize)]
struct Point {
    lines: u32,
    cost: Cents,
}

impl From<CommitmentCost> for Point {
    fn from(point: CommitmentCost) -> Point {
        Point {
            lines: point.lines,
            cost: point.cost,
        }
    }
}

impl CommitmentJson<'_> {
    pub(crate) fn of(commitment: &Commitment) -> CommitmentJson<'_> {
        let month = |(first, lines): &(NaiveDate, u32)| Demand {
            month: first.format("%Y-%m").to_string(),
            lines: *lines,
        };
        CommitmentJson {
            tiers: &commitment.tiers,
            annual: commitment.annual,
            monthly: commitment.monthly,
            demand: commitment.demand.iter().map(month).collect(),
            committed: commitment.today.map(Point::from),
            best: commitment.best.into(),
            best_low: commitment.low,
            best_high: commitment.high,
            within_one_percent: [commitment.plateau.0, commitment.plateau.1],
            break_even_months: commitment.break_even_months,
            cost_by_lines: commitment.curve.iter().map(|point| point.cost).collect(),
            assumptions: &commitment.assumptions,
        }
    }
}

/// Idle money against the last comparable night; of one that cannot be compared, why.
#[derive(Serialize)]
pub(crate) struct ChangeJson<'a> {
    since: Option<NaiveDate>,
    not_compared: Option<&'a str>,
    before: Option<Cents>,
    causes: Vec<CauseJson>,
}

#[derive(Serialize)]
struct CauseJson {
    cause: ChangeCause,
    lines: u32,
    amount: Option<Cents>,
}

impl ChangeJson<'_> {
    pub(crate) fn of(since_last: &SinceLast) -> ChangeJson<'_> {
        let none = ChangeJson {
            since: None,
            not_compared: None,
            before: None,
            causes: Vec::new(),
        };
        match since_last {
            SinceLast::First => none,
            SinceLast::Unlike(day, why) => ChangeJson {
                since: Some(*day),
                not_compared: Some(why),
                ..none
            },
            SinceLast::Compared(change) => ChangeJson {
                since: Some(change.since),
                before: change.before.known_total(),
                causes: change
                    .causes
                    .iter()
                    .map(|(cause, sum)| CauseJson {
                        cause: *cause,
                        lines: sum.parts(),
                        amount: sum.known_total(),
                    })
                    .collect(),
                ..none
            },
        }
    }
}

/// One invoice: what it billed by kind, and what of it was at fault.
#[derive(Serialize)]
pub(crate) struct InvoiceJson {
    invoice_date: NaiveDate,
    billed: Cents,
    by_kind: Ordered<Cents>,
    faults: Ordered<Cents>,
}

impl InvoiceJson {
    pub(crate) fn of(invoice: &InvoiceTrend) -> InvoiceJson {
        let InvoiceTrend {
            invoice_date,
            billed,
            by_kind,
            faults,
        } = invoice;
        InvoiceJson {
            invoice_date: *invoice_date,
            billed: *billed,
            by_kind: Ordered(by_kind.iter().map(|(kind, sum)| (kind.as_str(), *sum)).collect()),
            faults: Ordered(faults.iter().map(|(kind, sum)| (kind.as_str(), *sum)).collect()),
        }
    }
}
