//! A line that is named by its extension alone, and gets another extension, has another id and is the same line.

use quietline::domain::{
    AccountStatement, CostSource, FindingKind, FindingState, IdleChange, LedgerEntry, LineCost, ScoredLine,
    SinceLast,
};

use super::office::{Office, Row};

fn line<'a>(account: &'a AccountStatement, extension: &str) -> &'a ScoredLine {
    let mut lines = account.lines.iter();
    lines.find(|line| line.line.extension == extension).unwrap()
}

/// Findings that no renumbering brings.
fn false_claims(account: &AccountStatement) -> Vec<&str> {
    use FindingKind::{BilledAfterRemoval, DuplicateCharge, GhostCharge, TierMismatch, UnbilledLine};
    let claims = [
        GhostCharge,
        BilledAfterRemoval,
        DuplicateCharge,
        TierMismatch,
        UnbilledLine,
    ];
    let findings = account.findings.iter();
    let claimed = findings.filter(|finding| claims.contains(&finding.kind));
    claimed.map(|finding| finding.evidence.as_str()).collect()
}

fn billed(account: &AccountStatement, extension: &str) -> LineCost {
    let cost = line(account, extension).cost.clone();
    assert_eq!(cost.source, Some(CostSource::Invoice), "{extension}");
    cost
}

fn rename(office: &Office, from: &str, to: &str) {
    office.edit_line(from, |row| {
        row.insert("extension".into(), to.into());
        row.insert("sip_ids".into(), String::new());
    });
}

fn waste_entry<'a>(account: &'a AccountStatement, line_id: &str) -> &'a LedgerEntry {
    let mut entries = account.ledger.iter();
    entries
        .find(|entry| entry.kind.is_waste_line() && entry.line_id.as_deref() == Some(line_id))
        .unwrap()
}

fn idle_change(account: &AccountStatement) -> &IdleChange {
    match &account.since_last {
        SinceLast::Compared(change) => change,
        other => panic!("{other:?}"),
    }
}

/// A company whose list tells no external id, and its first night.
fn office() -> (Office, AccountStatement) {
    let office = Office::new(26, "rule");
    let blank = |row: &mut Row| row.insert("external_id".into(), String::new());
    office.edit("lines", |rows| {
        for row in rows {
            blank(row);
        }
    });
    let before = office.good("2026-10-05");
    assert_eq!(false_claims(&before), [""; 0]);
    (office, before)
}

/// The extensions of lines that somebody holds, with no number of their own.
fn held(account: &AccountStatement, fits: impl Fn(&ScoredLine) -> bool) -> Vec<String> {
    let is_held = |line: &&ScoredLine| line.line.has_user() && line.line.dids.is_empty();
    let lines = account.lines.iter().filter(is_held).filter(|line| fits(line));
    lines.map(|line| line.line.extension.clone()).collect()
}

#[test]
fn whoever_gets_another_extension_is_neither_gone_nor_new() {
    let (office, before) = office();
    let used = held(&before, |line| line.activity.used_lately);
    let idle = held(&before, |line| {
        line.verdict.is_waste() && !line.cost.monthly_cost.is_zero()
    });
    let (a, idle) = (used[0].as_str(), idle[0].as_str());
    let was = line(&before, a).clone();
    let entry = waste_entry(&before, idle).clone();

    // A chain, and once with another name on the same night: the id that a user signs in with stays.
    for (night, [from, to], [idle_from, idle_to]) in [
        ("2026-10-06", [a, "7701"], [idle, "7801"]),
        ("2026-10-07", ["7701", "7701"], ["7801", "7801"]),
        ("2026-10-08", ["7701", "7702"], ["7801", "7802"]),
    ] {
        rename(&office, from, to);
        rename(&office, idle_from, idle_to);
        if night == "2026-10-08" {
            office.edit_line(to, |row| {
                row.insert("last_name".into(), "Anders".into());
                row.insert("email".into(), "anders@office.example".into());
            });
        }
        let night = office.good(night);
        assert_eq!(false_claims(&night), [""; 0]);
        assert_eq!(billed(&night, to), billed(&before, a));
        assert_eq!(line(&night, to).line.line_id, to);
        let used = &line(&night, to).activity;
        assert!(
            used.active_days_all >= was.activity.active_days_all && used.since == was.activity.since,
            "{used:?} {:?}",
            was.activity
        );
        assert_eq!(billed(&night, idle_to), billed(&before, idle));
        let moved = waste_entry(&night, idle_to);
        assert_eq!(
            (moved.first_seen, moved.state, moved.actioned_on),
            (entry.first_seen, entry.state, None),
            "nobody has taken it away"
        );
        let left = waste_entry(&night, idle);
        assert_eq!((left.state, left.actioned_on), (FindingState::Expired, None));
        assert_eq!(idle_change(&night).causes, []);
        let flags = night.flags.iter().filter(|flag| flag.line_id.starts_with("780"));
        let days: Vec<_> = flags.map(|flag| flag.flagged_on).collect();
        assert_eq!(days, ["2026-10-05".parse().unwrap()]);
    }

    // When the line leaves, what bills it under any of its numbers bills it after its removal, once.
    office.edit("lines", |rows| rows.retain(|row| row["extension"] != "7802"));
    let night = office.good("2026-10-09");
    assert!(waste_entry(&night, "7802").actioned_on.is_some());
    assert_eq!(waste_entry(&night, idle).actioned_on, None);
    assert_eq!(idle_change(&night).causes.len(), 1);
}

#[test]
fn two_that_change_places_are_billed_as_they_were() {
    let (office, before) = office();
    let used = held(&before, |line| {
        !line.verdict.is_waste() && line.line.tier.is_some()
    });
    let tier = |extension: &str| line(&before, extension).line.tier;
    let differs = |a: &&String| used.iter().any(|b| tier(b) != tier(a));
    let a = used.iter().find(differs).unwrap().as_str();
    let b = used.iter().find(|b| tier(b) != tier(a)).unwrap();
    rename(&office, a, "7701");
    rename(&office, b, a);
    rename(&office, "7701", b);
    for night in ["2026-10-06", "2026-10-07"] {
        let night = office.good(night);
        assert_eq!(false_claims(&night), [""; 0]);
        assert_eq!(billed(&night, a).monthly_cost, billed(&before, b).monthly_cost);
        assert_eq!(billed(&night, b).monthly_cost, billed(&before, a).monthly_cost);
        assert!(!line(&night, a).verdict.is_waste() && !line(&night, b).verdict.is_waste());
    }
}

#[test]
fn an_extension_that_its_line_has_left_may_be_somebody_elses() {
    let (office, before) = office();
    let used = held(&before, |line| line.activity.used_lately);
    let (a, b) = (used[0].as_str(), used[1].as_str());
    let mut next = office
        .rows("lines")
        .into_iter()
        .find(|row| row["extension"] == a)
        .unwrap();
    rename(&office, a, "7701");
    office.edit("lines", |rows| {
        for (cell, value) in [
            ("user_id", "new.joiner"),
            ("login_name", "new.joiner"),
            ("email", "new.joiner@office.example"),
            ("first_name", "New"),
            ("last_name", "Joiner"),
            ("sip_ids", ""),
            ("seat_since", "2026-10-06"),
            ("activated_on", "2026-10-06"),
        ] {
            next.insert(cell.into(), value.into());
        }
        rows.push(next);
        // Another one is gone, and nobody has its user: that is no renumbering.
        rows.retain(|row| row["extension"] != b);
    });
    for night in ["2026-10-06", "2026-10-07"] {
        let night = office.good(night);
        assert_eq!(false_claims(&night), [""; 0]);
        assert_eq!(billed(&night, "7701"), billed(&before, a));
        assert_ne!(line(&night, a).cost.source, Some(CostSource::Invoice));
        assert!(line(&night, "7701").activity.active_days_all > line(&night, a).activity.active_days_all);
    }
}
