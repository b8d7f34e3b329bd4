//! The bill: the true total, every planted fault found, and none invented.

use std::collections::BTreeSet;

use super::Truth;
use crate::year::report::{Report, Row, cents_of};

/// Kinds that say a bill is wrong.
const OF_THE_BILL: [&str; 10] = [
    "billed_after_removal",
    "duplicate_charge",
    "rate_above_contract",
    "ghost_charge",
    "unbilled_line",
    "orphan_number",
    "tier_mismatch",
    "term_mismatch",
    "proration_error",
    "promotion_ended",
];

pub fn check(truth: &Truth<'_>, report: &Report, say: &mut impl FnMut(&'static str, String)) {
    let Some(bill) = truth.bill() else { return };
    let account = &report.account;
    let ids: Vec<&str> = account["invoice_ids"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|id| id.as_str())
        .collect();
    if ids != [bill.id.as_str()] {
        say(
            "bill-newest",
            format!("figures rest on {ids:?}, the newest is {}", bill.id),
        );
        return;
    }
    if cents_of(&account["billed_total"]) != bill.total() {
        say(
            "bill-total",
            format!(
                "{}: said {}, truly {} cents",
                bill.id,
                account["billed_total"],
                bill.total()
            ),
        );
    }
    if cents_of(&account["bridge"]["unexplained"]) != 0 {
        say(
            "unexplained",
            format!("{}: {}", bill.id, account["bridge"]["unexplained"]),
        );
    }
    let lines = &truth.company.lines;
    let of_line = |uid: usize| lines[uid].extension.clone();
    let mut planted: BTreeSet<(&str, String)> = bill
        .faults
        .iter()
        .map(|(kind, uid)| (*kind, of_line(*uid)))
        .collect();
    let is_unseen = |uid: usize| {
        lines[uid]
            .removed
            .is_some_and(|gone| !truth.is_seen_gone(gone, bill))
    };
    let mut may_be_found: BTreeSet<(&str, String)> = bill
        .faults
        .iter()
        .filter(|(kind, uid)| *kind == "billed_after_removal" && is_unseen(*uid))
        // To whoever has not seen it go it is a line with a price.
        .flat_map(|(kind, uid)| [*kind, "rate_above_contract"].map(|kind| (kind, of_line(*uid))))
        .collect();
    let gone: BTreeSet<usize> = bill
        .faults
        .iter()
        .filter(|(kind, _)| *kind == "billed_after_removal")
        .map(|(_, uid)| lines[*uid].seat)
        .collect();
    // Held against the company's own table of contracts, which may know less than the vendor.
    for charged in bill
        .rows
        .iter()
        .filter(|row| row.kind == "line_mrc" && row.seat.is_none_or(|seat| !gone.contains(&seat)))
    {
        let line = lines.iter().rev().find(|line| Some(line.seat) == charged.seat);
        let Some(line) = line else { continue };
        let known = truth.company.contracts.known(line.contract);
        let is_too_dear = charged.cents > known.price_on(charged.tier, bill.date);
        let is_in_force = known.start <= bill.date;
        if !line.is_held(truth.day) || !is_in_force {
            // What was billed wrongly while it was there may be asked back afterwards, and a renewed table tells no earlier price.
            may_be_found.extend(is_too_dear.then(|| ("rate_above_contract", line.extension.clone())));
        } else if is_too_dear {
            planted.insert(("rate_above_contract", line.extension.clone()));
        } else if known.promotion_ends.is_some_and(|end| end < bill.date)
            && charged.cents > known.signed_price(charged.tier)
        {
            planted.insert(("promotion_ended", line.contract.to_owned()));
        }
    }
    // The vendor bills a part of the month before at the price of the term that has begun since.
    let is_renewed = |line: &&crate::year::company::Line| {
        truth.company.contracts.of(line.contract).start == bill.date && line.seat_since < bill.date
    };
    for line in lines.iter().filter(is_renewed) {
        may_be_found.insert(("proration_error", line.extension.clone()));
    }
    for extension in lines.iter().flat_map(|line| truth.lost_extensions(line)) {
        planted.retain(|(_, subject)| subject != extension);
        may_be_found.extend(OF_THE_BILL.map(|kind| (kind, extension.to_owned())));
    }
    let subject_of = |row: &Row| match row["kind"].as_str() {
        "promotion_ended" => row["subject"]
            .split([' ', ':'])
            .nth(1)
            .unwrap_or_default()
            .to_owned(),
        _ => row["extension"].clone(),
    };
    let of_bill = || {
        report
            .findings
            .iter()
            .filter(|row| OF_THE_BILL.contains(&row["kind"].as_str()))
    };
    let found: BTreeSet<(&str, String)> = of_bill()
        .map(|row| (row["kind"].as_str(), subject_of(row)))
        .collect();
    for (kind, subject) in planted.difference(&found).filter(|of| !may_be_found.contains(of)) {
        say("fault-not-found", format!("{kind} of {subject} on {}", bill.id));
    }
    for line in lines.iter().filter(|line| truth.is_blurred(line, bill)) {
        let of_price = ["rate_above_contract", "tier_mismatch", "term_mismatch"];
        may_be_found.extend(of_price.map(|kind| (kind, line.extension.clone())));
    }
    let is_planted = |row: &Row| {
        let of = (row["kind"].as_str(), subject_of(row));
        planted.contains(&of) || may_be_found.contains(&of)
    };
    for row in of_bill().filter(|row| !is_planted(row)) {
        // The number of a removed line is asked about until a bill without it.
        let outlived = |line: &&crate::year::company::Line| {
            line.removed.is_some_and(|gone| gone > bill.date)
                && line.numbers.iter().any(|number| row["subject"].contains(number))
        };
        if row["kind"] != "orphan_number" || !lines.iter().any(|line| outlived(&line)) {
            say(
                "fault-invented",
                format!("{} {}: {}", row["kind"], row["subject"], row["evidence"]),
            );
        }
    }
}
