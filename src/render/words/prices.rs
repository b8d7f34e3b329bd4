//! What is known of prices, and in which words it is told: a sum of which no part has a price is not 0.00, and neither is the part of a
//! bill that nobody has read.

use chrono::NaiveDate;

use crate::domain::{
    AccountStatement, BridgePart, Cents, CostSource, Finding, FindingState, KnownSum, LedgerEntry,
    Recoverable, ledger_sum,
};
use crate::render::for_finance::{FinanceAccount, FinanceFinding, FinanceLine};
use crate::render::values::cell::{counted, money};
use crate::render::words::figures;

/// Of the idle lines, or of all.
pub(crate) fn cost(account: &FinanceAccount<'_>, idle_only: bool) -> KnownSum {
    let lines = account.lines.iter().filter(|line| line.is_idle || !idle_only);
    lines.map(|line| line.cost()).collect()
}

/// The idle money a month; none where no idle line has a price.
pub(crate) fn idle_monthly(account: &FinanceAccount<'_>) -> Option<Cents> {
    cost(account, true).known_total().map(|_| account.idle_monthly)
}

/// What the idle lines will still cost until their terms end.
pub(crate) fn exposure_to_term_end(account: &FinanceAccount<'_>) -> KnownSum {
    let idle = account.lines.iter().filter(|line| line.is_idle);
    idle.map(FinanceLine::exposure).collect()
}

/// None without an invoice.
pub(crate) fn billed_total(account: &FinanceAccount<'_>) -> Option<Cents> {
    of_bill(account, account.billed_total)
}

pub(crate) fn billed(account: &FinanceAccount<'_>, part: BridgePart) -> Option<Cents> {
    of_bill(account, account.bridge.get(part))
}

fn of_bill(account: &FinanceAccount<'_>, amount: Cents) -> Option<Cents> {
    (!account.invoice_ids.is_empty()).then_some(amount)
}

/// What a bucket holds; none where it holds lines and no price, or where only a bill that nobody has read would tell it.
pub(crate) fn bucket(account: &FinanceAccount<'_>, bucket: Recoverable) -> Option<Cents> {
    let sum: KnownSum = held(account, bucket).map(FinanceFinding::amount).collect();
    let amount = account
        .recoverable
        .get(&bucket)
        .map_or(Cents::ZERO, |found| found.amount);
    let is_told = !amount.is_zero()
        || match bucket {
            Recoverable::Now => !account.invoice_ids.is_empty(),
            _ => sum.known_total().is_some() && cost(account, false).known_total().is_some(),
        };
    is_told.then_some(amount)
}

/// The findings whose money a bucket holds.
pub(crate) fn held<'f>(
    account: &'f FinanceAccount<'_>,
    bucket: Recoverable,
) -> impl Iterator<Item = &'f FinanceFinding> {
    let findings = account.findings.iter();
    findings.filter(move |finding| finding.recoverable == bucket && finding.state != FindingState::Dismissed)
}

/// What the invoices at hand bear of a finding; none where there are none.
pub(crate) fn to_date(account: &AccountStatement, finding: &Finding) -> Option<Cents> {
    let is_told = !account.invoice_ids.is_empty() || !finding.amount_to_date.is_zero();
    is_told.then_some(finding.amount_to_date)
}

/// What a finding is worth a month; none of a line without a price.
pub(crate) fn worth(account: &AccountStatement, finding: &Finding) -> Option<Cents> {
    let is_unpriced = finding.kind.is_waste_line()
        && finding.monthly_amount.is_zero()
        && account
            .lines
            .iter()
            .find(|line| Some(&line.line.line_id) == finding.line_id.as_ref())
            .is_some_and(|line| line.cost.source.is_none());
    (!is_unpriced).then_some(finding.monthly_amount)
}

/// What an entry of the ledger was worth a month; none of a line without a price.
pub(crate) fn entry(account: &FinanceAccount<'_>, entry: &LedgerEntry) -> Option<Cents> {
    let is_unpriced = entry.kind.is_waste_line()
        && entry.monthly_amount.is_zero()
        && account
            .lines
            .iter()
            .find(|line| Some(&line.line_id) == entry.line_id.as_ref())
            .is_some_and(|line| line.cost_source.is_none());
    (!is_unpriced).then_some(entry.monthly_amount)
}

/// The money of a stage of the ledger; none where only lines without a price have reached it.
pub(crate) fn ledger(account: &FinanceAccount<'_>, stage: FindingState, by: NaiveDate) -> Option<Cents> {
    let sum = ledger_sum(&account.ledger, stage, by);
    let is_reached = |of: &&LedgerEntry| of.reached(stage).is_some_and(|day| day <= by);
    let mut reached = account.ledger.iter().filter(is_reached);
    let has_no_price = cost(account, false).known_total().is_none();
    let is_unpriced = sum.is_zero() && (has_no_price || reached.any(|of| entry(account, of).is_none()));
    (!is_unpriced).then_some(sum)
}

/// `3 of 14 lines are idle; 2 have no price, the other costs USD 20.99 a month`; none where all of them have one.
pub(crate) fn idle_counted(account: &FinanceAccount<'_>) -> Option<String> {
    let idle = cost(account, true);
    let lines = figures::waste_lines(account);
    (idle.unknown > 0).then(|| {
        let head = format!(
            "{lines} of {} {} idle",
            counted(account.lines.len() as u32, "line", "lines"),
            if lines == 1 { "is" } else { "are" }
        );
        let without = match idle.unknown {
            1 => "1 has no price".to_owned(),
            many => format!("{many} have no price"),
        };
        match idle.known() {
            0 => format!("{head}; {without}"),
            1 => format!(
                "{head}; {without}, the other costs {} a month",
                money(idle.amount, account.currency)
            ),
            _ => format!(
                "{head}; {without}, the others cost {} a month",
                money(idle.amount, account.currency)
            ),
        }
    })
}

/// Where the costs come from, where no bill was read or idle lines have none.
pub(crate) fn told(account: &FinanceAccount<'_>) -> Option<String> {
    let count = |source: Option<CostSource>| {
        let of = account.lines.iter().filter(|line| line.cost_source == source);
        of.count() as u32
    };
    let without = count(None);
    if cost(account, true).unknown == 0 && !account.invoice_ids.is_empty() {
        return None;
    }
    let dated = account
        .book_dated
        .map(|day| format!(" of {day}"))
        .unwrap_or_default();
    let mut parts: Vec<String> = [
        (CostSource::Invoice, "by the newest invoice".to_owned()),
        (CostSource::Contract, "by contract".to_owned()),
        (
            CostSource::PriceBook,
            format!("at the price book's list prices{dated}"),
        ),
        (
            CostSource::Assumed,
            format!(
                "at those{dated} that prices.assume takes them for, since nothing tells their tier or term"
            ),
        ),
    ]
    .into_iter()
    .filter_map(|(source, words)| match count(Some(source)) {
        0 => None,
        lines => Some(format!("{} {words}", counted(lines, "line", "lines"))),
    })
    .collect();
    if without > 0 {
        parts.push(match parts.is_empty() {
            true => "no line has a price".to_owned(),
            false => format!("{} without a price", counted(without, "line", "lines")),
        });
    }
    Some(format!("Prices: {}.", parts.join("; ")))
}
