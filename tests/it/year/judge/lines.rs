//! Each line against what was lived: who is on the list, when it was used, what it costs, when its money comes back.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use super::Truth;
use crate::year::company::{Line, is_business_day, months_before};
use crate::year::report::{Report, Row, cents};

/// Nothing used within so many business days is ever called waste.
const RECENT_BUSINESS_DAYS: usize = 9;

pub fn check(truth: &Truth<'_>, report: &Report, say: &mut impl FnMut(&'static str, String)) {
    let day = truth.day;
    let held: Vec<&Line> = truth
        .company
        .lines
        .iter()
        .filter(|line| line.is_held(day))
        .collect();
    let here: BTreeSet<String> = held.iter().map(|line| line.id()).collect();
    let said: BTreeSet<String> = report.lines.iter().map(|line| line["line_id"].clone()).collect();
    if here != said {
        let missing: Vec<_> = here.difference(&said).collect();
        let extra: Vec<_> = said.difference(&here).collect();
        say("lines-differ", format!("missing {missing:?}, too many {extra:?}"));
    }
    for line in held {
        if let Some(row) = report.line(&line.id()) {
            use_of(truth, line, row, say);
            cost_of(truth, line, row, say);
            if row["reason"].trim().is_empty() {
                say("no-reason", format!("line {}", line.id()));
            }
        }
    }
    for seat in &report.seats {
        let line = truth
            .company
            .lines
            .iter()
            .find(|line| line.is_held(day) && line.id() == seat["line_id"]);
        if let Some(line) = line {
            money_back(truth, line, seat, say);
        }
    }
}

fn use_of(truth: &Truth<'_>, line: &Line, row: &Row, say: &mut impl FnMut(&'static str, String)) {
    let day = truth.day;
    let used: Vec<NaiveDate> = truth
        .company
        .used_days(line.uid)
        .filter(|used| *used <= day)
        .collect();
    // Use that no export shows cannot be known.
    let shown: Vec<NaiveDate> = used
        .iter()
        .copied()
        .filter(|used| truth.delivery.has_whole(*used))
        .collect();
    let newest = shown.last().copied();
    let is_silent = ["idle", "never_used", "unassigned"].contains(&row["verdict"].as_str());
    let told = || format!("{} is {}: {}", line.id(), row["verdict"], row["reason"]);
    if let Some(newest) = newest.filter(|_| is_silent) {
        if newest >= recent(day) {
            say(
                "used-recently-called-waste",
                format!("used on {newest}; {}", told()),
            );
        } else if truth.plan.model == "rule" && newest > day - Days::new(truth.window_days) {
            say(
                "used-in-the-window-called-waste",
                format!("used on {newest}; {}", told()),
            );
        }
    }
    let after_departure = line.departed.zip(newest).is_some_and(|(gone, used)| used > gone);
    if row["verdict"] == "leaver" && after_departure && row["action"] != "review" {
        say(
            "leaver-in-use-taken",
            format!(
                "used on {newest:?}, departed {:?}: {}",
                line.departed, row["action"]
            ),
        );
    }
    if truth.delivery.is_whole(day) {
        let last = used.last().map(|used| used.to_string()).unwrap_or_default();
        if row["last_used_on"] != last {
            say(
                "last-use",
                format!("{}: said {:?}, truly {last:?}", line.id(), row["last_used_on"]),
            );
        }
        let days = used.iter().filter(|used| **used > day - Days::new(90)).count();
        if row["active_days_90"] != days.to_string() {
            say(
                "used-days",
                format!("{}: said {}, truly {days}", line.id(), row["active_days_90"]),
            );
        }
    }
}

/// The first of the last business days up to `day`.
fn recent(day: NaiveDate) -> NaiveDate {
    let back = (0..60)
        .map(|days| day - Days::new(days))
        .filter(|day| is_business_day(*day));
    back.take(RECENT_BUSINESS_DAYS).last().unwrap()
}

/// What the newest bill says of the line, where nothing of it is at fault.
fn cost_of(truth: &Truth<'_>, line: &Line, row: &Row, say: &mut impl FnMut(&'static str, String)) {
    let Some(bill) = truth.bill().filter(|_| row["cost_source"] == "invoice") else {
        return;
    };
    let known = truth.company.contracts.known(line.contract);
    let seats = bill
        .rows
        .iter()
        .filter(|charged| charged.kind == "line_mrc" && charged.seat == Some(line.seat));
    let mut prices = seats.map(|charged| charged.cents);
    if prices.any(|price| price != known.price_on(line.tier, bill.date))
        || bill
            .faults
            .iter()
            .any(|(_, uid)| truth.company.lines[*uid].seat == line.seat)
        || truth.is_blurred(line, bill)
        || !truth.lost_extensions(line).is_empty()
    {
        return;
    }
    let is_own = |charged: &&crate::year::vendor::Row| match charged.kind {
        "line_mrc" => charged.seat == Some(line.seat),
        "did" => line.numbers.contains(&charged.number),
        _ => false,
    };
    let billed: i64 = bill.rows.iter().filter(is_own).map(|charged| charged.cents).sum();
    if cents(&row["monthly_cost"]) != billed {
        say(
            "cost",
            format!(
                "{}: said {}, bill {} has {billed} cents",
                line.id(),
                row["monthly_cost"],
                bill.id
            ),
        );
    }
}

/// Bucket, day and notice of a line whose money can be had back, by its contract.
fn money_back(truth: &Truth<'_>, line: &Line, seat: &Row, say: &mut impl FnMut(&'static str, String)) {
    let contract = truth.company.contracts.known(line.contract);
    let text = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let next_month = months_before(truth.day, 0) + chrono::Months::new(1);
    let by_term = contract.term == "annual" && !contract.gives_credit;
    let expected = match by_term {
        true => {
            let (end, notice_by) = contract.next_end(truth.day).unwrap();
            (
                "at_renewal",
                text(Some(end + Days::new(1))),
                text(Some(notice_by)),
            )
        }
        false => ("next_bill", text(Some(next_month)), String::new()),
    };
    let said = (
        seat["recoverable"].as_str(),
        seat["recoverable_on"].clone(),
        seat["notice_by"].clone(),
    );
    if !["", "none"].contains(&said.0) && said != expected {
        say(
            "money-back",
            format!(
                "{} under {}: said {said:?}, truly {expected:?}",
                line.id(),
                contract.id
            ),
        );
    }
}
