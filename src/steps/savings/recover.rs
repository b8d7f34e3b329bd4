//! When a line's money comes back: one bucket, by the contract that covers the line (docs/rules.md).

use chrono::{Days, NaiveDate};

use crate::domain::{
    Cents, Contract, InForce, Line, MidTermCredit, Recoverable, Term, Tier, add_months, counted,
};

/// Bucket and dates of one line, and until when it must be paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    pub bucket: Recoverable,
    pub recoverable_on: Option<NaiveDate>,
    pub notice_by: Option<NaiveDate>,
    /// The last day of an annual term as it stands, renewed or not.
    pub term_end: Option<NaiveDate>,
    /// Why the bucket is `undetermined`: the question to ask.
    pub question: Option<String>,
}

impl Recovery {
    fn undetermined(question: String) -> Recovery {
        Recovery {
            bucket: Recoverable::Undetermined,
            recoverable_on: None,
            notice_by: None,
            term_end: None,
            question: Some(question),
        }
    }
}

/// The bucket of a line of this tier before its contract's commitment is looked at. `next_period` is the first day of the
/// next billing period.
pub fn recovery(
    line: &Line,
    tier: Option<Tier>,
    contracts: &InForce<'_>,
    as_of: NaiveDate,
    next_period: NaiveDate,
) -> Recovery {
    let id = line.contract_id.as_deref();
    let Some(contract) = contracts.covering(id, tier) else {
        return Recovery::undetermined(match (id, contracts.unread_of(id, tier)) {
            (Some(id), Some(unread)) => format!(
                "contract {id} could not be read ({}): what are its term and notice?",
                unread.origin
            ),
            (Some(id), None) if contracts.rows().iter().any(|row| row.contract_id == id) => format!(
                "contract {id} says nothing of {} lines: what are their term and notice?",
                tier.map_or("such", Tier::as_str)
            ),
            (Some(id), None) => {
                format!("contract {id} is not in the contracts table: what are its term and notice?")
            }
            (None, _) => "which contract covers this line?".to_owned(),
        });
    };
    let next_bill = |term_end| Recovery {
        bucket: Recoverable::NextBill,
        recoverable_on: Some(next_period),
        notice_by: None,
        term_end,
        question: None,
    };
    match (contract.term, contract.mid_term_credit) {
        (Term::Monthly, _) => month_to_month(contract, as_of, next_period),
        (Term::Annual, Some(MidTermCredit::Prorated)) => {
            next_bill(contract.end_on.filter(|end| *end > as_of))
        }
        (Term::Annual, Some(MidTermCredit::None)) => at_renewal(contract, as_of),
        // Without a credit it would stay for another term: the notice is told all the same.
        (Term::Annual, None) => Recovery {
            notice_by: at_renewal(contract, as_of).notice_by,
            ..Recovery::undetermined(format!(
                "does contract {} give a credit for a line removed in the middle of the term?",
                contract.contract_id
            ))
        },
    }
}

/// A month-to-month line leaves with the first period before which its notice can still be given.
fn month_to_month(contract: &Contract, as_of: NaiveDate, next_period: NaiveDate) -> Recovery {
    let days = u64::from(contract.notice_days.unwrap_or(0));
    let notice_of = |start: NaiveDate| start.pred_opt()?.checked_sub_days(Days::new(days));
    let mut starts = (0..200).map(|month| add_months(next_period, month));
    let open = starts.find(|start| days == 0 || notice_of(*start).is_some_and(|by| by > as_of));
    match open {
        Some(start) => Recovery {
            bucket: Recoverable::NextBill,
            recoverable_on: Some(start),
            notice_by: notice_of(start).filter(|_| days > 0),
            term_end: None,
            question: None,
        },
        None => Recovery::undetermined(format!(
            "does contract {} really ask for {} of notice?",
            contract.contract_id,
            counted(days, "day", "days")
        )),
    }
}

/// An annual term without credit ends at its end; a missed notice moves both dates one term on where it renews itself.
pub(in crate::steps) fn at_renewal(contract: &Contract, as_of: NaiveDate) -> Recovery {
    let id = &contract.contract_id;
    let Some(signed_end) = contract.end_on else {
        return Recovery::undetermined(format!("when does the term of contract {id} end?"));
    };
    let renewal = |end: NaiveDate, notice_by| Recovery {
        bucket: Recoverable::AtRenewal,
        recoverable_on: end.succ_opt(),
        notice_by,
        term_end: Some(end),
        question: None,
    };
    let notice_of = |end: NaiveDate| end.checked_sub_days(Days::new(u64::from(contract.notice_days?)));
    match (contract.auto_renew, notice_of(signed_end)) {
        // Still in time on the day itself, which is the day after as_of at the earliest.
        (_, Some(notice_by)) if notice_by > as_of => renewal(signed_end, Some(notice_by)),
        (Some(false), _) if signed_end > as_of => renewal(signed_end, None),
        (Some(false), _) => Recovery::undetermined(format!(
            "contract {id} ended on {signed_end}: what covers this line now?"
        )),
        (Some(true), Some(_)) => {
            let term_months = months_of(contract.start_on, signed_end);
            // Counted from the day after, since the ends of months are not equally long.
            let after = signed_end.succ_opt().unwrap_or(signed_end);
            let mut ends = (1..200).filter_map(|terms| add_months(after, terms * term_months).pred_opt());
            let open = ends.find(|end| notice_of(*end).is_some_and(|notice_by| notice_by > as_of));
            open.map_or_else(
                || {
                    Recovery::undetermined(format!(
                        "contract {id}: its dates lie too far back; when does it end now?"
                    ))
                },
                |end| renewal(end, notice_of(end)),
            )
        }
        (Some(true), None) => {
            Recovery::undetermined(format!("how many days of notice does contract {id} ask for?"))
        }
        (None, _) => Recovery::undetermined(format!(
            "does contract {id} renew by itself, and with what notice?"
        )),
    }
}

/// The length of a term in months, both ends included; a year where the dates make no whole months.
fn months_of(start: NaiveDate, end: NaiveDate) -> i32 {
    let after = end.succ_opt().unwrap_or(end);
    (1..=120)
        .find(|months| add_months(start, *months) == after)
        .unwrap_or(12)
}

/// What an idle annual line will still cost: its cost for each monthly billing period that starts after `as_of` and on
/// or before the term's end. Periods start on the day of the month on which the newest invoice's did.
pub fn exposure(
    monthly_cost: Cents,
    term_end: Option<NaiveDate>,
    as_of: NaiveDate,
    next_period: NaiveDate,
) -> Cents {
    let Some(end) = term_end else { return Cents::ZERO };
    let starts = (0..600)
        .map(|month| add_months(next_period, month))
        .skip_while(|start| *start <= as_of);
    monthly_cost.times(starts.take_while(|start| *start <= end).count() as i64)
}

/// The first billing period that starts after `as_of`, in steps of a month from the newest invoice's period.
pub fn next_period(period: Option<(NaiveDate, NaiveDate)>, as_of: NaiveDate) -> NaiveDate {
    let anchor = match period {
        Some((_, end)) => end.succ_opt().unwrap_or(end),
        None => chrono::Datelike::with_day(&as_of, 1).unwrap_or(as_of),
    };
    (0..1200)
        .map(|month| add_months(anchor, month))
        .find(|start| *start > as_of)
        .unwrap_or(anchor)
}

/// A candidate for `next_bill` under a contract with a commitment.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    pub line_id: &'a str,
    pub monthly_saving: Cents,
}

/// Which candidates would fall below `committed_lines`: the dearest lines first, then by line id, fill the room that is
/// left; the rest can only be reassigned.
pub fn beyond_commitment<'a>(
    mut candidates: Vec<Candidate<'a>>,
    covered_lines: u32,
    committed_lines: u32,
) -> Vec<&'a str> {
    let room = covered_lines.saturating_sub(committed_lines) as usize;
    candidates.sort_by(|a, b| {
        b.monthly_saving
            .cmp(&a.monthly_saving)
            .then_with(|| a.line_id.cmp(b.line_id))
    });
    candidates
        .into_iter()
        .skip(room)
        .map(|candidate| candidate.line_id)
        .collect()
}
