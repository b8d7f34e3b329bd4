//! The money of made-up companies, reckoned a second time: from the same files by the text of money.md, in plain loops over
//! rows, and with nothing of the program's own but its verdicts. Both must agree to the cent.

mod bill;
mod findings;
mod night;
mod otherwise;
mod prices;
mod recovery;
mod rows;
mod seeds;

use std::collections::BTreeMap;

use quietline::synth::{CallShape, Mix};
use serde_json::Value;

use bill::bridge;
use findings::{Found, findings};
use night::{Made, Night};
use otherwise::{billed_in_other_ways, signed_in_other_ways};
use recovery::{exposure, savings};
use rows::{amount, cents, maybe_day};

/// What the program finds today. A kind that it learns is added here, and is then held to the oracle and to what was planted.
const FOUND_TODAY: [&str; 19] = [
    "idle_line",
    "never_used_line",
    "unassigned_line",
    "leaver_line",
    "orphan_number",
    "ghost_charge",
    "billed_after_removal",
    "duplicate_charge",
    "tier_mismatch",
    "term_mismatch",
    "rate_above_contract",
    "proration_error",
    "promotion_ended",
    "unbilled_line",
    "addon_unused",
    "commitment_shortfall",
    "renewal_notice",
    "invoice_residual",
    "extra_line",
];
/// What a made-up company with faults bears, beside its idle lines.
const PLANTED: [&str; 15] = [
    "orphan_number",
    "ghost_charge",
    "billed_after_removal",
    "duplicate_charge",
    "tier_mismatch",
    "term_mismatch",
    "rate_above_contract",
    "proration_error",
    "promotion_ended",
    "unbilled_line",
    "addon_unused",
    "commitment_shortfall",
    "renewal_notice",
    "invoice_residual",
    "extra_line",
];

#[test]
fn a_company_without_faults() {
    let night = Night::run(Made {
        lines: 120,
        days: 130,
        seed: 7,
        mix: Mix::Sparse,
        shape: CallShape::Reports,
        faults: false,
        sign: signed_in_other_ways,
        bill: |_| {},
    });
    agrees(&night);
}

#[test]
fn a_company_with_faults() {
    let night = Night::run(Made {
        lines: 100,
        days: 100,
        seed: 1,
        mix: Mix::Office,
        shape: CallShape::Reports,
        faults: true,
        sign: |contracts| contracts,
        bill: |_| {},
    });
    agrees(&night);
    bears_what_was_planted(&night);
}

#[test]
fn a_small_company_with_faults() {
    let night = Night::run(Made {
        lines: 60,
        days: 130,
        seed: 23,
        mix: Mix::Sparse,
        shape: CallShape::Reports,
        faults: true,
        sign: |contracts| contracts,
        bill: |_| {},
    });
    agrees(&night);
    bears_what_was_planted(&night);
}

#[test]
fn a_company_billed_in_other_ways() {
    let night = Night::run(Made {
        lines: 80,
        days: 95,
        seed: 5,
        mix: Mix::Sparse,
        shape: CallShape::Reports,
        faults: true,
        sign: |contracts| contracts,
        bill: billed_in_other_ways,
    });
    agrees(&night);
}

fn agrees(night: &Night) {
    let text = std::fs::read_to_string(night.output("summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&text).unwrap();
    let account = &summary["accounts"][0];
    let money = |cents: i64| Value::from(amount(cents));

    let total = night.newest().iter().map(|row| row.charge.amount).sum();
    assert_eq!(account["billed_total"], money(total), "billed_total");
    for (part, cents) in bridge(night.newest(), &night.seats, |seat| night.verdict(seat)) {
        assert_eq!(account["bridge"][&part], money(cents), "bridge.{part}");
    }
    lines_agree(night, account);

    let expected = findings(night, &FOUND_TODAY);
    let told = told_findings(night);
    for kind in told.iter().map(|found| &found.kind) {
        assert!(
            FOUND_TODAY.contains(&kind.as_str()),
            "{kind} is new: add it to FOUND_TODAY"
        );
    }
    let beyond = |some: &[Found], others: &[Found]| -> Vec<Found> {
        some.iter()
            .filter(|found| !others.contains(found))
            .cloned()
            .collect()
    };
    let apart = (beyond(&told, &expected), beyond(&expected, &told));
    assert_eq!(apart, (vec![], vec![]), "told, and not so; so, and not told");
    assert_eq!(told.len(), expected.len(), "admin_findings.csv");
    finance_is_told_the_same_money(night);
    let mut told_kinds = account["findings"].as_object().unwrap().clone();
    told_kinds.remove("right_size");
    let mut kinds: BTreeMap<&str, (u64, i64, i64)> = BTreeMap::new();
    for found in &expected {
        let sum = kinds.entry(as_finance_reads(&found.kind)).or_default();
        *sum = (sum.0 + 1, sum.1 + found.monthly, sum.2 + found.to_date);
    }
    let kinds: BTreeMap<&str, Value> = kinds
        .into_iter()
        .map(|(kind, (count, monthly, to_date))| {
            let sums = serde_json::json!({
                "count": count, "monthly_amount": amount(monthly), "amount_to_date": amount(to_date)
            });
            (kind, sums)
        })
        .collect();
    assert_eq!(Value::from(told_kinds), serde_json::json!(kinds), "findings");
    for bucket in ["now", "next_bill", "at_renewal", "reassign_only", "undetermined"] {
        assert_eq!(
            account["recoverable"][bucket],
            bucket_of(&expected, bucket),
            "recoverable.{bucket}"
        );
    }
}

/// Cost, saving, bucket, dates and exposure of every line, their sums, and those of each tier and term.
fn lines_agree(night: &Night, account: &Value) {
    let savings: BTreeMap<String, _> = savings(night)
        .into_iter()
        .map(|saving| (saving.line_id.clone(), saving))
        .collect();
    let (mut idle, mut exposed) = (0, 0);
    let mut cells: BTreeMap<(&str, &str), [i64; 6]> = BTreeMap::new();
    let told = rows::rows(&night.output("lines.csv"));
    assert_eq!(told.len(), night.scored.len());
    for (line, told) in night.scored.iter().zip(&told) {
        let cost = night.cost(line).all;
        // Blank is "not known"; the oracle has no price then either.
        let told_cost = Some(told["monthly_cost"].as_str()).filter(|cell| !cell.is_empty());
        assert_eq!(told_cost.map_or(0, cents), cost, "cost of line {}", line.line_id);
        // Nor is there anything to save of a cost that nobody knows.
        let printed = |cents: i64| told_cost.map_or_else(String::new, |_| amount(cents));
        let saving = savings.get(&line.line_id);
        let recovery = saving.map(|saving| &saving.recovery);
        let still_owed = exposure(
            cost,
            recovery.and_then(|recovery| recovery.term_end),
            night.next_period,
        );
        // Nobody knows what is owed to the end of a term that no contract tells.
        let has_end = recovery.is_none_or(|recovery| recovery.term_end.is_some() || line.term == "monthly");
        let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
        let expected = [
            (
                "monthly_saving",
                printed(saving.map_or(0, |saving| saving.monthly)),
            ),
            (
                "recoverable",
                recovery.map_or("none", |recovery| recovery.bucket).to_owned(),
            ),
            ("recoverable_on", day(recovery.and_then(|recovery| recovery.on))),
            ("notice_by", day(recovery.and_then(|recovery| recovery.notice_by))),
            (
                "exposure_to_term_end",
                if has_end {
                    printed(still_owed)
                } else {
                    String::new()
                },
            ),
        ];
        for (column, expected) in expected {
            assert_eq!(told[column], expected, "{column} of line {}", line.line_id);
        }
        let cell = cells.entry((&line.tier, &line.term)).or_default();
        let is_known = i64::from(told_cost.is_some());
        cell[0] += 1;
        cell[2] += cost;
        cell[4] += is_known;
        if night.is_wasted(line) {
            idle += cost;
            exposed += still_owed;
            cell[1] += 1;
            cell[3] += cost;
            cell[5] += is_known;
        }
    }
    assert_eq!(account["idle_monthly"], amount(idle), "idle_monthly");
    assert_eq!(
        account["exposure_to_term_end"],
        amount(exposed),
        "exposure_to_term_end"
    );
    let told = account["by_tier_term"].as_array().unwrap();
    assert_eq!(told.len(), cells.len());
    for told in told {
        let key = (
            told["tier"].as_str().unwrap_or(""),
            told["term"].as_str().unwrap_or(""),
        );
        let [lines, idle_lines, cost, idle_cost, known, idle_known] = cells[&key];
        // Of lines of which nobody knows what one of them costs there is no sum.
        let sum = |lines: i64, known: i64, sum: i64| match lines > 0 && known == 0 {
            true => Value::Null,
            false => Value::from(amount(sum)),
        };
        assert_eq!(told["lines"], lines, "{key:?}");
        assert_eq!(told["idle_lines"], idle_lines, "{key:?}");
        assert_eq!(told["monthly_cost"], sum(lines, known, cost), "{key:?}");
        assert_eq!(
            told["idle_cost"],
            sum(idle_lines, idle_known, idle_cost),
            "{key:?}"
        );
    }
}

fn told_findings(night: &Night) -> Vec<Found> {
    let rows = rows::rows(&night.output("admin_findings.csv"));
    let mut found: Vec<Found> = rows
        .into_iter()
        // What a keep sets aside is in no sum; questions about tiers have an oracle of their own.
        .filter(|row| row["state"] != "dismissed" && row["kind"] != "right_size")
        .map(|row| Found {
            // Blank where nobody knows what its line costs; the oracle has no price then either.
            monthly: Some(&row["monthly_amount"])
                .filter(|cell| !cell.is_empty())
                .map_or(0, |cell| cents(cell)),
            to_date: cents(&row["amount_to_date"]),
            on: maybe_day(&row["recoverable_on"]),
            notice_by: maybe_day(&row["notice_by"]),
            kind: row["kind"].clone(),
            line_id: row["line_id"].clone(),
            bucket: row["recoverable"].clone(),
        })
        .collect();
    found.sort();
    found
}

/// A line that nobody uses is one kind for finance, whatever the reason.
fn as_finance_reads(kind: &str) -> &str {
    match kind {
        "never_used_line" | "unassigned_line" | "leaver_line" | "extra_line" => "idle_line",
        kind => kind,
    }
}

/// findings.csv leaves reasons out, and no finding, amount or day.
fn finance_is_told_the_same_money(night: &Night) {
    let told = |file: &str| -> BTreeMap<String, Vec<String>> {
        let columns = [
            "monthly_amount",
            "recoverable",
            "recoverable_on",
            "notice_by",
            "state",
        ];
        let row = |row: rows::Row| {
            let kind = as_finance_reads(&row["kind"]).to_owned();
            let cells = columns.iter().map(|column| row[*column].clone());
            (
                row["finding_id"].clone(),
                std::iter::once(kind).chain(cells).collect(),
            )
        };
        rows::rows(&night.output(file)).into_iter().map(row).collect()
    };
    assert_eq!(told("findings.csv"), told("admin_findings.csv"));
}

fn bucket_of(findings: &[Found], bucket: &str) -> Value {
    let of_bucket = || findings.iter().filter(|found| found.bucket == bucket);
    let lines: std::collections::BTreeSet<&str> = of_bucket()
        .map(|found| found.line_id.as_str())
        .filter(|line_id| !line_id.is_empty())
        .collect();
    serde_json::json!({
        "amount": amount(of_bucket().map(|found| found.monthly).sum()),
        "lines": lines.len(),
        "earliest_on": of_bucket().filter_map(|found| found.on).min(),
        "notice_by": of_bucket().filter_map(|found| found.notice_by).min(),
    })
}

/// Kind, line, extension where no line bears it, and monthly amount of every planted fault: all of them, and no others.
fn bears_what_was_planted(night: &Night) {
    let planted = rows::rows(&night.input("truth_findings.csv"));
    let mut truth: Vec<(String, String, i64)> = Vec::new();
    for row in &planted {
        let monthly = Some(row["monthly_amount"].as_str()).filter(|cell| !cell.is_empty());
        truth.push((
            row["kind"].clone(),
            row["line_id"].clone(),
            monthly.map_or(0, cents),
        ));
    }
    truth.sort();
    for kind in PLANTED {
        assert!(
            truth.iter().any(|(planted, ..)| planted == kind),
            "no {kind} is planted"
        );
    }
    let of_kinds = |found: Vec<Found>, kinds: &[&str]| -> Vec<(String, String, i64)> {
        let planted = |kind: &str| PLANTED.contains(&kind) && kinds.contains(&kind);
        let found = found.into_iter().filter(|found| planted(&found.kind));
        found
            .map(|found| (found.kind, found.line_id, found.monthly))
            .collect()
    };
    assert_eq!(of_kinds(findings(night, &PLANTED), &PLANTED), truth, "the oracle");
    truth.retain(|(kind, ..)| FOUND_TODAY.contains(&kind.as_str()));
    assert_eq!(of_kinds(told_findings(night), &FOUND_TODAY), truth, "the program");
    rows_are_cited(night, &planted);
}

/// The row that the truth names stands in the file where it says, and in the program's sentence.
fn rows_are_cited(night: &Night, planted: &[rows::Row]) {
    let charges = rows::rows(&night.input("charges.csv"));
    let findings = rows::rows(&night.output("admin_findings.csv"));
    for row in planted.iter().filter(|row| !row["invoice_row"].is_empty()) {
        let number: usize = row["invoice_row"].parse().unwrap();
        let charge = &charges[number - 2];
        assert_eq!(charge["invoice_id"], row["invoice_id"], "{row:?}");
        assert_eq!(charge["extension"], row["extension"], "{row:?}");
        assert_eq!(charge["phone_number"], row["phone_number"], "{row:?}");
        let cited = [format!("row {number} of our file"), format!("row {number} (")];
        let found = findings.iter().any(|found| {
            found["kind"] == row["kind"] && cited.iter().any(|cited| found["evidence"].contains(cited))
        });
        assert_eq!(found, FOUND_TODAY.contains(&row["kind"].as_str()), "{row:?}");
    }
}
