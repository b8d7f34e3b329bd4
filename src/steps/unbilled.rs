//! What the newest invoice leaves out, and what of it nobody can explain.

use std::collections::HashSet;

use super::audit::finding_id;
use super::audited::{Audited, Prepaid};
use super::fault_findings::blank;
use crate::domain::{
    Account, BridgePart, ByLine, Cents, ChargeKind, Finding, FindingKind, Line, LineCost, Tier, Verdict,
};
use chrono::NaiveDate;

/// Paid seats in the inventory that the newest invoice does not bill: they may be billed later, at once. None where the
/// invoice has rows that may be theirs: unread ones, and seats billed to nobody. A line that has ended has no
/// verdict.
pub(super) fn unbilled_lines(
    newest: &Audited<'_>,
    prepaid: &[Prepaid<'_, '_>],
    lines: &[Line],
    verdicts: &ByLine<'_, Verdict>,
    listed: impl Fn(&Line) -> LineCost,
    account: &Account,
    as_of: NaiveDate,
) -> Vec<Finding> {
    let (first_day, _) = newest.invoice.period;
    let seat = |kind| matches!(kind, ChargeKind::LineMrc | ChargeKind::Proration);
    let seats = || newest.charges.iter().filter(|row| seat(row.kind));
    if !newest.invoice.set_aside.is_empty() || seats().any(|row| row.by.is_none() && !row.names_a_stranger) {
        return Vec::new();
    }
    let billed: HashSet<&str> = seats()
        .flat_map(|row| &row.shares)
        .map(|(line, _)| line.line_id.as_str())
        .chain(prepaid.iter().map(|seat| seat.line.line_id.as_str()))
        .collect();
    let found = lines.iter().filter(|line| {
        let since = line.seat_since.or(line.activated_on);
        let was_there = since.is_some_and(|since| since < first_day);
        let is_billed = billed.contains(line.line_id.as_str());
        verdicts.get(line).is_some() && !is_billed && was_there && line.tier.is_some()
    });
    let told = |line: &Line| {
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
                "The inventory has extension {} as a {} seat since {}, and invoice {} of {} does not bill it.{worth}",
                line.extension,
                line.tier.map_or("paid", Tier::as_str),
                line.seat_since
                    .or(line.activated_on)
                    .map_or_else(String::new, |day| day.to_string()),
                newest.invoice.ids.join(", "),
                newest.invoice.invoice_date,
            ),
            // What may still come: none of it can be had back.
            monthly_amount: price,
            amount_to_date: price,
            confidence: "medium".to_owned(),
            ..blank(FindingKind::UnbilledLine, account, as_of)
        }
    };
    found.map(told).collect()
}

/// What no rule, line or contract explains of the newest invoice.
pub(super) fn residual(
    newest: &Audited<'_>,
    amount: Cents,
    account: &Account,
    as_of: NaiveDate,
) -> Option<Finding> {
    let unexplained = newest
        .charges
        .iter()
        .filter(|row| row.kind == ChargeKind::Other || row.is_seat_of_nobody());
    let rows: Vec<String> = unexplained
        .map(|row| format!("row {} ({})", row.charge.row, row.charge.amount))
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
             What are they? A rule for each description goes into the price book.",
            newest.invoice.ids.join(", "),
            newest.invoice.invoice_date,
            rows.join(", ")
        ),
        monthly_amount: amount,
        amount_to_date: amount,
        ..blank(FindingKind::InvoiceResidual, account, as_of)
    })
}
