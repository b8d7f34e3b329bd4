//! A night made by hand: every verdict and bucket, two accounts with two currencies, and names that want out.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use quietline::domain::*;

use super::lines::{acme_lines, line, wasted};
use crate::money::bridge_total;

pub fn day(text: &str) -> NaiveDate {
    parse_day(text).unwrap()
}

/// Names, addresses and numbers that no file of finance's may hold.
pub const SECRETS_OF_PEOPLE: &[&str] = &[
    "Ayşe",
    "Yılmaz",
    "cmd|",
    "alert(1)",
    "ayse@example.com",
    "Zoë",
    "zoe@example.com",
    "Grace",
    "Okafor",
    "+49 30 1234567",
    "moved in with",
    "manager@example.com",
    "jonas.weber",
    "Weber",
];

fn finding(id: &str, kind: FindingKind, bucket: Recoverable, amount: i64) -> Finding {
    Finding {
        finding_id: id.into(),
        kind,
        account_id: "1001".into(),
        line_id: None,
        extension: None,
        invoice_id: None,
        contract_id: None,
        subject: "extension".into(),
        evidence: "No call placed or answered on 127 known days.".into(),
        monthly_amount: Cents(amount),
        amount_to_date: Cents(amount),
        currency: Currency::USD,
        recoverable: bucket,
        recoverable_on: None,
        notice_by: None,
        confidence: "high".into(),
        action: Action::Review,
        first_seen: day("2026-10-16"),
        state: FindingState::Identified,
        decided: None,
    }
}

fn line_findings(lines: &[ScoredLine]) -> Vec<Finding> {
    let kind = |scored: &ScoredLine| match scored.verdict {
        Verdict::NeverUsed => FindingKind::NeverUsedLine,
        Verdict::Unassigned => FindingKind::UnassignedLine,
        Verdict::Leaver => FindingKind::LeaverLine,
        Verdict::InUse => FindingKind::RightSize,
        _ => FindingKind::IdleLine,
    };
    lines
        .iter()
        .filter(|scored| scored.recoverable != Recoverable::None)
        .map(|scored| Finding {
            line_id: Some(scored.line.line_id.clone()),
            extension: Some(scored.line.extension.clone()),
            subject: format!("extension {}", scored.line.extension),
            recoverable_on: scored.recoverable_on,
            notice_by: scored.notice_by,
            action: scored.action,
            ..finding(
                &format!("f-{}", scored.line.line_id),
                kind(scored),
                scored.recoverable,
                scored.monthly_saving.0,
            )
        })
        .collect()
}

fn acme_findings(lines: &[ScoredLine]) -> Vec<Finding> {
    let mut findings = line_findings(lines);
    findings.push(Finding {
        line_id: Some("1001".into()),
        extension: Some("1001".into()),
        invoice_id: Some("INV-10".into()),
        subject: "=HYPERLINK(\"http://evil\") Advanced annual, Yılmaz, Ayşe".into(),
        evidence: "Please credit USD 27.99: invoice INV-10 charges extension 1001 twice for 2026-10-01 to 2026-10-31 \
                   (rows 12 and 13), once for jonas.weber@example.com."
            .into(),
        amount_to_date: Cents(5598),
        recoverable_on: Some(day("2026-10-16")),
        action: Action::Dispute,
        ..finding("f-dup-1001", FindingKind::DuplicateCharge, Recoverable::Now, 2799)
    });
    findings.push(Finding {
        subject: "number without a line".into(),
        recoverable_on: Some(day("2026-11-01")),
        action: Action::ReleaseNumber,
        ..finding("f-number", FindingKind::OrphanNumber, Recoverable::NextBill, 499)
    });
    findings
}

fn buckets(findings: &[Finding]) -> BTreeMap<Recoverable, Bucket> {
    let mut buckets: BTreeMap<Recoverable, Bucket> = BTreeMap::new();
    for finding in findings {
        let bucket = buckets.entry(finding.recoverable).or_default();
        bucket.amount += finding.monthly_amount;
        bucket.lines += u32::from(finding.line_id.is_some());
        bucket.earliest_on = [bucket.earliest_on, finding.recoverable_on]
            .into_iter()
            .flatten()
            .min();
        bucket.notice_by = [bucket.notice_by, finding.notice_by].into_iter().flatten().min();
    }
    buckets
}

fn tier_terms(lines: &[ScoredLine]) -> Vec<TierTerm> {
    let mut cells: BTreeMap<(Option<Tier>, Option<Term>), TierTerm> = BTreeMap::new();
    for scored in lines {
        let (tier, term) = (scored.cost.tier, scored.cost.term);
        let empty = TierTerm {
            tier,
            term,
            lines: 0,
            idle_lines: 0,
            monthly_cost: KnownSum::default(),
            idle_cost: KnownSum::default(),
            expected_waste: None,
        };
        let cell = cells.entry((tier, term)).or_insert(empty);
        cell.lines += 1;
        cell.monthly_cost.add(scored.cost.known());
        if scored.verdict.is_waste() {
            cell.idle_lines += 1;
            cell.idle_cost.add(scored.cost.known());
        }
    }
    cells.into_values().collect()
}

pub fn account(
    id: &str,
    currency: Currency,
    lines: Vec<ScoredLine>,
    findings: Vec<Finding>,
    bridge: Bridge,
) -> AccountStatement {
    let waste = lines.iter().filter(|scored| scored.verdict.is_waste());
    AccountStatement {
        account_id: id.into(),
        name: "Acme <& Söhne>".into(),
        time_zone: "Europe/Berlin".into(),
        currency,
        seatless_users: 2,
        invoice_ids: vec!["INV-10".into()],
        invoice_date: Some(day("2026-10-01")),
        period: Some((day("2026-10-01"), day("2026-10-31"))),
        billed_total: bridge_total(&bridge),
        idle_monthly: waste.map(|scored| scored.cost.monthly_cost).sum(),
        recoverable: buckets(&findings),
        by_tier_term: tier_terms(&lines),
        book_dated: Some(day("2026-01-01")),
        expected_waste: None,
        model: AccountModel {
            source: LineModel::Rule,
            lines_fitted: 0,
            log_likelihood: None,
            transition: None,
            initial: None,
        },
        backtest: Backtest::ByRule,
        flags: Vec::new(),
        track_record: TrackRecord::default(),
        since_last: SinceLast::First,
        ledger: Vec::new(),
        promotions_ending: Vec::new(),
        trend: Vec::new(),
        commitments: Vec::new(),
        set_aside: Vec::new(),
        unclassified: vec!["invoice INV-10, row 12: 6.50".into()],
        notices: vec!["The decision on line 1002 (Jonas Weber) lapsed on 2026-10-01: decide again.".into()],
        named_elsewhere: BTreeSet::new(),
        lines,
        findings,
        bridge,
    }
}

pub fn acme() -> AccountStatement {
    let lines = acme_lines();
    let findings = acme_findings(&lines);
    account(
        "1001",
        Currency::USD,
        lines,
        findings,
        bridge(&[
            8797, 6297, 4098, 10395, 1000, 2799, 499, 4999, 1840, 650, -1200, 0,
        ]),
    )
}

/// A small second account in another currency, with a part of the invoice that nothing explains.
pub fn zurich() -> AccountStatement {
    let mut idle = wasted(
        line("77", Verdict::Idle),
        Action::Reclaim,
        Recoverable::NextBill,
        Some("2026-11-01"),
        None,
    );
    idle.line.account_id = "2002".into();
    let lines = vec![idle, line("78", Verdict::InUse)];
    let findings = vec![Finding {
        account_id: "2002".into(),
        currency: "EUR".parse().unwrap(),
        line_id: Some("77".into()),
        extension: Some("77".into()),
        recoverable_on: Some(day("2026-11-01")),
        action: Action::Reclaim,
        ..finding("f-77", FindingKind::IdleLine, Recoverable::NextBill, 2999)
    }];
    let bridge = bridge(&[2999, 0, 0, 2999, 0, 0, 0, 0, 0, 0, 0, 1]);
    AccountStatement {
        name: "Zürich".into(),
        ..account("2002", "EUR".parse().unwrap(), lines, findings, bridge)
    }
}

fn bridge(parts: &[i64]) -> Bridge {
    let mut bridge = Bridge::default();
    for (part, cents) in BRIDGE_PARTS.iter().zip(parts) {
        bridge.add(*part, Cents(*cents));
    }
    bridge
}

pub fn night() -> Statement {
    Statement {
        job: "nightly".into(),
        as_of: day("2026-10-16"),
        revision: 1,
        status: NightStatus::Warned,
        exit_code: 0,
        stands: Some(day("2026-10-15")),
        gates: vec![
            gate(
                Gate::G1Completeness,
                GateStatus::Ok,
                "every day of the window is known",
            ),
            gate(
                Gate::G2Empty,
                GateStatus::Warn,
                "2026-05-14 has no call where 120 were expected: not known",
            ),
        ],
        coverage: vec![CoverageSummary {
            account_id: "1001".into(),
            source: "calls".into(),
            known_days: 400,
            partial_days: 2,
            missing_days: 1,
            newest_event: Some("2026-10-16T21:14:00Z".into()),
        }],
        accounts: vec![acme(), zurich()],
        inputs: vec![InputRead {
            table: "charges".into(),
            name: "invoice-10.csv".into(),
            digest: "5e0c".repeat(16),
            rows_read: 40,
            used: 38,
            duplicates: 1,
            quarantined: 1,
            notes: vec!["read as Windows-1252".into()],
            sheets: None,
        }],
        quarantine: vec![Quarantined {
            table: "charges".into(),
            file: "invoice-10.csv".into(),
            row: 17,
            column: "amount".into(),
            reason: "is not an amount such as 13.99 or -5.00".into(),
            as_read: "INV-10,\"=1+1\",*********67".into(),
        }],
        unmatched_calls: 1234,
        model: "rule".into(),
        method: vec![
            ("scoring.model".into(), "rule".into()),
            ("scoring.window_days".into(), "90".into()),
            ("gates.mass_flag_lines".into(), "10".into()),
            ("keep.cover.reason".into(), "Ayşe Yılmaz is on leave".into()),
        ],
        inputs_digest: "11".repeat(32),
        settings_digest: "22".repeat(32),
    }
}

pub fn gate(gate: Gate, status: GateStatus, detail: &str) -> GateReport {
    GateReport {
        gate,
        status,
        detail: detail.into(),
        accept: None,
    }
}

/// The same night, stopped by a gate.
pub fn stopped(status: NightStatus) -> Statement {
    let mut report = gate(
        Gate::G4MassFlag,
        GateStatus::Hold,
        "19 newly idle lines, limit 10",
    );
    report.accept = Some("c0ffee12".into());
    Statement {
        status,
        exit_code: 65,
        gates: vec![report],
        ..night()
    }
}

/// One account of `count` idle lines, each with its finding.
pub fn large(count: usize) -> Statement {
    let lines: Vec<ScoredLine> = (0..count)
        .map(|index| {
            let extension = format!("{}", 10_000 + index);
            wasted(
                line(&extension, Verdict::Idle),
                Action::Reclaim,
                Recoverable::NextBill,
                Some("2026-11-01"),
                None,
            )
        })
        .collect();
    let findings = line_findings(&lines);
    let bridge = bridge(&[0, 0, 0, 2999 * count as i64, 0, 0, 0, 0, 0, 0, 0, 0]);
    Statement {
        accounts: vec![account("1001", Currency::USD, lines, findings, bridge)],
        ..night()
    }
}
