//! What has changed since the last good night, by cause: as two lists of lines give it, and as it was lived.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Truth;
use crate::year::report::{Report, Row, cents, cents_of, is_waste};

pub fn check(
    truth: &Truth<'_>,
    last: Option<&(NaiveDate, Report)>,
    starts_anew: Option<&'static str>,
    report: &Report,
    say: &mut impl FnMut(&'static str, String),
) {
    let said = &report.account["since_last"];
    let Some((since, before)) = last else { return };
    if let Some(why) = said["not_compared"].as_str() {
        if starts_anew.is_none() {
            say("since-not-compared", why.to_owned());
        }
        return;
    }
    if said["since"].as_str() != Some(since.to_string().as_str()) {
        say(
            "since-day",
            format!("compared with {}, the last good night is {since}", said["since"]),
        );
        return;
    }
    let mut causes: BTreeMap<String, (u64, i64)> = BTreeMap::new();
    let mut add = |cause: &str, moved: i64| {
        let sum = causes.entry(cause.to_owned()).or_default();
        *sum = (sum.0 + 1, sum.1 + moved);
    };
    // A line that has another id by now is the same line.
    let held = || truth.company.lines.iter().filter(|line| line.is_held(truth.day));
    let moved: BTreeMap<String, String> = held().map(|line| (line.id_on(*since), line.id())).collect();
    let back: BTreeMap<&str, &str> = moved
        .iter()
        .map(|(from, to)| (to.as_str(), from.as_str()))
        .collect();
    let was_waste = |id: &str| before.line(id).is_some_and(|line| is_waste(&line["verdict"]));
    for line in before.lines.iter().filter(|line| is_waste(&line["verdict"])) {
        let (id, cost) = (line["line_id"].as_str(), cents(&line["monthly_cost"]));
        match report.line(moved.get(id).map_or(id, String::as_str)) {
            None => {
                add("removed", -cost);
                is_gone(truth, (id, *since), say);
            }
            Some(now) if is_waste(&now["verdict"]) => {
                let moved = cents(&now["monthly_cost"]) - cost;
                if moved != 0 {
                    add("cost_changed", moved);
                }
            }
            Some(now) => add(went(truth, line, now, say), -cost),
        }
    }
    for line in report.lines.iter().filter(|line| {
        is_waste(&line["verdict"])
            && !was_waste(
                back.get(line["line_id"].as_str())
                    .unwrap_or(&line["line_id"].as_str()),
            )
    }) {
        add("newly_idle", cents(&line["monthly_cost"]));
    }
    let told = said["causes"].as_array().unwrap().iter();
    let mut by_cause: BTreeMap<String, (u64, i64)> = BTreeMap::new();
    for told in told {
        let cause = told["cause"].as_str().unwrap_or_default();
        let cause = if AS_SILENT.contains(&cause) {
            AS_SILENT[0]
        } else {
            cause
        };
        let sum = by_cause.entry(cause.to_owned()).or_default();
        sum.0 += told["lines"].as_u64().unwrap_or_default();
        sum.1 += cents_of(&told["amount"]);
    }
    let told = by_cause;
    if told != causes {
        say(
            "since-causes",
            format!("said {told:?}, the two lists say {causes:?}"),
        );
    }
    let sum: i64 = told.values().map(|(_, moved)| moved).sum();
    if cents_of(&said["before"]) + sum != cents_of(&report.account["idle_monthly"]) {
        say(
            "since-sum",
            format!(
                "{} and {sum} cents are not {}",
                said["before"], report.account["idle_monthly"]
            ),
        );
    }
}

/// Causes that take a line off the list although it is as silent as before: which of them, two lists do not tell.
const AS_SILENT: [&str; 3] = ["held_back", "other_price", "other_data"];

/// Why a line is no longer waste; "used again" needs a call.
fn went(
    truth: &Truth<'_>,
    before: &Row,
    now: &Row,
    say: &mut impl FnMut(&'static str, String),
) -> &'static str {
    match now["verdict"].as_str() {
        "in_use" | "watch" => {
            let last_used = |row: &Row| row["last_used_on"].parse::<NaiveDate>().ok();
            if last_used(now) <= last_used(before) {
                return AS_SILENT[0];
            }
            let id = &now["line_id"];
            let line = truth
                .company
                .lines
                .iter()
                .find(|line| line.is_held(truth.day) && line.id() == *id);
            let is_later = |used: NaiveDate| Some(used) > last_used(before);
            if line.is_some_and(|line| !truth.company.used_days(line.uid).any(is_later)) {
                say(
                    "used-again-untrue",
                    format!(
                        "{id} was {} and is {}: {}",
                        before["verdict"], now["verdict"], now["reason"]
                    ),
                );
            }
            "used_again"
        }
        "exempt" => "kept_by_decision",
        _ => "not_judged",
    }
}

/// `id` is the line's of that day: it may have had another one when it went.
fn is_gone(truth: &Truth<'_>, (id, on): (&str, NaiveDate), say: &mut impl FnMut(&'static str, String)) {
    let own = |line: &&crate::year::company::Line| {
        line.id_on(on) == id || line.id() == id || line.id().split('@').next() == Some(id)
    };
    let mut lines = truth.company.lines.iter().filter(own);
    if !lines.any(|line| !line.is_held(truth.day)) {
        say("removed-untrue", format!("{id} is called removed"));
    }
}
