//! The same money in every file, to the cent.

use std::collections::{BTreeMap, BTreeSet};

use crate::year::report::{Report, Row, cents, cents_of, is_waste};

pub fn check(report: &Report, say: &mut impl FnMut(&'static str, String)) {
    let account = &report.account;
    let of = |row: &Row| cents(&row["monthly_cost"]);
    for (verdict, count) in account["lines"].as_object().unwrap() {
        let listed = match verdict.as_str() {
            "total" => report.lines.len(),
            verdict => report
                .lines
                .iter()
                .filter(|line| line["verdict"] == verdict)
                .count(),
        };
        if count.as_u64() != Some(listed as u64) {
            say(
                "sum-verdicts",
                format!("{verdict}: summary {count}, lines.csv {listed}"),
            );
        }
    }
    let idle: i64 = report
        .lines
        .iter()
        .filter(|line| is_waste(&line["verdict"]))
        .map(of)
        .sum();
    if idle != cents_of(&account["idle_monthly"]) {
        say(
            "sum-idle",
            format!("summary {}, lines.csv {idle} cents", account["idle_monthly"]),
        );
    }
    let bridge: i64 = account["bridge"]
        .as_object()
        .unwrap()
        .values()
        .map(cents_of)
        .sum();
    if bridge != cents_of(&account["billed_total"]) {
        say(
            "sum-bridge",
            format!(
                "the parts give {bridge} cents, billed {}",
                account["billed_total"]
            ),
        );
    }
    for (bucket, told) in account["recoverable"].as_object().unwrap() {
        let rows = report.findings.iter().filter(|row| row["recoverable"] == *bucket);
        let sum: i64 = rows.map(|row| cents(&row["monthly_amount"])).sum();
        if sum != cents_of(&told["amount"]) {
            say(
                "sum-bucket",
                format!("{bucket}: summary {}, findings.csv {sum} cents", told["amount"]),
            );
        }
    }
    for (kind, told) in account["findings"].as_object().unwrap() {
        let open =
            |row: &&Row| row["kind"] == *kind && !["dismissed", "expired"].contains(&row["state"].as_str());
        let rows: Vec<&Row> = report.findings.iter().filter(open).collect();
        let sum: i64 = rows.iter().map(|row| cents(&row["monthly_amount"])).sum();
        if told["count"].as_u64() != Some(rows.len() as u64) || sum != cents_of(&told["monthly_amount"]) {
            say(
                "sum-findings",
                format!(
                    "{kind}: summary {told}, findings.csv {} rows, {sum} cents",
                    rows.len()
                ),
            );
        }
    }
    for told in account["by_tier_term"].as_array().unwrap() {
        let word = |key: &str| told[key].as_str().unwrap_or_default();
        let rows = report
            .lines
            .iter()
            .filter(|line| line["tier"] == word("tier") && line["term"] == word("term"));
        let (count, sum) = rows.fold((0, 0), |(count, sum), row| (count + 1, sum + of(row)));
        if told["lines"].as_u64() != Some(count) || cents_of(&told["monthly_cost"]) != sum {
            say(
                "sum-tiers",
                format!("{} {}: {count} lines, {sum} cents", told["tier"], told["term"]),
            );
        }
    }
    the_list_is_of_the_lines(report, say);
}

fn the_list_is_of_the_lines(report: &Report, say: &mut impl FnMut(&'static str, String)) {
    let lines: BTreeMap<&str, &Row> = report
        .lines
        .iter()
        .map(|line| (line["line_id"].as_str(), line))
        .collect();
    let mut seen = BTreeSet::new();
    for seat in &report.seats {
        let id = seat["line_id"].as_str();
        if !seen.insert(id) {
            say("list-twice", format!("{id} stands twice in idle_seats.csv"));
        }
        let same =
            |line: &&Row| line["monthly_cost"] == seat["monthly_cost"] && line["verdict"] == seat["verdict"];
        if !lines.get(id).is_some_and(same) {
            say(
                "list-differs",
                format!("{id} in idle_seats.csv is not what lines.csv says"),
            );
        }
    }
    let of_waste = |row: &&Row| {
        ["idle_line", "never_used_line", "unassigned_line", "leaver_line"].contains(&row["kind"].as_str())
            && !["", "none"].contains(&row["recoverable"].as_str())
    };
    for row in report.findings.iter().filter(of_waste) {
        if !seen.contains(row["line_id"].as_str()) {
            say(
                "finding-not-listed",
                format!("{} of line {}", row["finding_id"], row["line_id"]),
            );
        }
    }
}
