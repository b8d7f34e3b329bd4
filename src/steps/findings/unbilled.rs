//! What the newest invoice leaves out, and what of it nobody can explain.

use std::collections::HashSet;

use crate::domain::{
    Account, BridgePart, ByLine, Cents, ChargeKind, Finding, FindingKind, Line, LineCost, Term, Tier,
    Verdict, counted, with_article,
};
use crate::steps::bill::audit::{cite, priced_as};
use crate::steps::bill::audited::{Audited, prepaid};
use crate::steps::bill::bridge::bridge;
use crate::steps::bill::charges::{MatchedCharge, Unread};
use crate::steps::bill::cost::one_month;
use crate::steps::bill::renamed_seats::of_unknown_cost;
use crate::steps::finding::blank;
use crate::steps::finding::finding_id;
use chrono::NaiveDate;

/// Paid seats in the inventory that the newest invoice does not bill: they may be billed later, at once, for every invoice that
/// leaves them out. A line that has ended has no verdict.
pub(in crate::steps) fn unbilled_lines(
    audited: &[Audited<'_>],
    lines: &[Line],
    verdicts: &ByLine<'_, Verdict>,
    listed: impl Fn(&Line) -> LineCost,
    account: &Account,
    as_of: NaiveDate,
) -> Vec<Finding> {
    let Some(newest) = audited.first() else {
        return Vec::new();
    };
    let mut periods = HashSet::new();
    let left_out: Vec<LeftOut> = (0..audited.len())
        .map_while(|at| audited.get(at..))
        .filter(|bills| periods.insert(bills[0].invoice.period))
        .map_while(LeftOut::of)
        .collect();
    let found = lines.iter().filter_map(|line| {
        let is_paid = verdicts.get(line).is_some() && line.tier.is_some();
        let bills = left_out
            .iter()
            .take_while(|bill| is_paid && bill.leaves_out(line));
        Some((line, i64::try_from(bills.count()).ok()?)).filter(|(_, bills)| *bills > 0)
    });
    let told = |(line, bills): (&Line, i64)| {
        let price = listed(line).seat_cost;
        let worth = match price > Cents::ZERO {
            true => format!(
                " At its price, {} {price} a month, it may be billed for later.",
                account.currency
            ),
            false => String::new(),
        };
        Finding {
            finding_id: finding_id(FindingKind::UnbilledLine, &[&account.account_id, &line.line_id]),
            line_id: Some(line.line_id.clone()),
            extension: Some(line.extension.clone()),
            invoice_id: newest.invoice.ids.first().cloned(),
            subject: format!("extension {} is not billed", line.extension),
            evidence: format!(
                "The inventory has extension {} as {} since {}, and invoice {} of {} does not bill it.{worth}",
                line.extension,
                with_article(&format!("{} seat", line.tier.map_or("paid", Tier::as_str))),
                line.seat_since
                    .or(line.activated_on)
                    .map_or_else(String::new, |day| day.to_string()),
                newest.invoice.ids.join(", "),
                newest.invoice.invoice_date,
            ),
            // What may still come: none of it can be had back.
            monthly_amount: price,
            amount_to_date: price.times(bills),
            confidence: "medium".to_owned(),
            ..blank(FindingKind::UnbilledLine, account, as_of)
        }
    };
    let by_number = newest.charges.iter().filter(|row| row.lines_left_out > 0);
    let by_number = by_number.map(|row| unbilled_by_number(row, audited, account, as_of));
    found.map(told).chain(by_number).collect()
}

/// What an invoice bills, where all of it can be told.
struct LeftOut<'a> {
    first_day: NaiveDate,
    billed: HashSet<&'a str>,
}

impl<'a> LeftOut<'a> {
    /// Of the first of these bills. None where it has rows that may be anybody's: unread ones, and seats billed to nobody.
    fn of(bills: &[Audited<'a>]) -> Option<LeftOut<'a>> {
        let bill = bills.first()?;
        let seat = |kind| matches!(kind, ChargeKind::LineMrc | ChargeKind::Proration);
        let seats = || bill.charges.iter().filter(|row| seat(row.kind));
        let may_be_anybody = |row: &MatchedCharge| row.by.is_none() && !row.names_a_stranger;
        if !bill.invoice.set_aside.is_empty() || seats().next().is_none() || seats().any(may_be_anybody) {
            return None;
        }
        let billed = seats()
            .flat_map(|row| &row.shares)
            .map(|(line, _)| line.line_id.as_str())
            .chain(prepaid(bills).iter().map(|seat| seat.line.line_id.as_str()))
            .chain(of_unknown_cost(&bill.charges))
            .collect();
        Some(LeftOut {
            first_day: bill.invoice.period.0,
            billed,
        })
    }

    fn leaves_out(&self, line: &Line) -> bool {
        let since = line.seat_since.or(line.activated_on);
        since.is_some_and(|since| since < self.first_day) && !self.billed.contains(line.line_id.as_str())
    }
}

/// Fewer seats billed by their number than there are lines: one question, since nothing says which line is left out.
fn unbilled_by_number(
    row: &MatchedCharge<'_>,
    audited: &[Audited<'_>],
    account: &Account,
    as_of: NaiveDate,
) -> Finding {
    let (lines, missing) = (row.shares.len(), row.lines_left_out);
    let what = [
        row.charge.tier.map(Tier::as_str),
        row.charge.term.map(Term::as_str),
    ];
    let what = what.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let price = price_of_one(row);
    let amount = price.times(i64::try_from(missing).unwrap_or(0));
    let left_out_on = |bill: &Audited<'_>| -> Cents {
        let short = bill.charges.iter().filter(|other| {
            other.lines_left_out > 0
                && (other.charge.tier, other.charge.term) == (row.charge.tier, row.charge.term)
        });
        short
            .map(|row| price_of_one(row).times(i64::try_from(row.lines_left_out).unwrap_or(0)))
            .sum()
    };
    let to_date = audited
        .iter()
        .map(left_out_on)
        .take_while(|amount| *amount > Cents::ZERO);
    Finding {
        finding_id: finding_id(
            FindingKind::UnbilledLine,
            &[&account.account_id, &what, "by number"],
        ),
        invoice_id: Some(row.charge.invoice_id.clone()),
        subject: format!(
            "{missing} of {lines} {what} lines {} not billed",
            if missing == 1 { "is" } else { "are" }
        ),
        evidence: format!(
            "{} bills {} by their number, and the inventory has {lines}: which {missing} of them {} not billed cannot \
             be told. At {} a seat, {} a month may be billed for later.",
            cite(row),
            counted(lines - missing, &format!("{what} seat"), &format!("{what} seats")),
            if missing == 1 { "is" } else { "are" },
            priced_as(row, price),
            priced_as(row, amount),
        ),
        monthly_amount: amount,
        amount_to_date: to_date.sum(),
        confidence: "medium".to_owned(),
        ..blank(FindingKind::UnbilledLine, account, as_of)
    }
}

fn price_of_one(row: &MatchedCharge<'_>) -> Cents {
    one_month(&row.charge).ratio(1, i64::from(row.charge.count()))
}

/// What no rule, line or contract explains of the newest invoice, and of all at hand to date.
pub(in crate::steps) fn residual(
    audited: &[Audited<'_>],
    account: &Account,
    as_of: NaiveDate,
) -> Option<Finding> {
    let newest = audited.first()?;
    // Whether a line is used decides nothing of what is explained.
    let unexplained =
        |bill: &Audited<'_>| bridge(&bill.charges, &ByLine::default()).get(BridgePart::Unexplained);
    let amount = unexplained(newest);
    let unexplained_rows = || newest.charges.iter().filter(|row| row.is_unexplained());
    let asked = match unexplained_rows().all(|row| row.unread.is_some()) {
        true => "Mend the rows of our list: each charge goes to its line then.",
        false => "What are they? A rule for each description goes into the price book.",
    };
    let rows: Vec<String> = unexplained_rows()
        .map(|row| {
            let whose = match row.unread {
                Some(Unread::Named) => ", of a line whose row in our list could not be read",
                Some(Unread::Perhaps) => ", perhaps of a line whose extension in our list could not be read",
                Some(Unread::Unseated) => ", which names a user who has no seat in our list",
                None => "",
            };
            format!("row {} ({}{whose})", row.charge.row, row.charge.amount)
        })
        .collect();
    if rows.is_empty() && amount.is_zero() {
        return None;
    }
    Some(Finding {
        finding_id: finding_id(FindingKind::InvoiceResidual, &[&account.account_id]),
        invoice_id: newest.invoice.ids.first().cloned(),
        subject: format!(
            "{} {amount} of the bill is {}",
            account.currency,
            BridgePart::Unexplained
        ),
        evidence: format!(
            "Invoice {} of {}: nothing in the inventory, the contracts or the price book's rules explains {}. \
             {asked}",
            newest.invoice.ids.join(", "),
            newest.invoice.invoice_date,
            rows.join(", ") + " of our file"
        ),
        monthly_amount: amount,
        amount_to_date: audited.iter().map(unexplained).sum(),
        ..blank(FindingKind::InvoiceResidual, account, as_of)
    })
}
