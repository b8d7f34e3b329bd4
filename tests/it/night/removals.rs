//! Lines leave the list, as the report told them to: the nights after it are right.

use quietline::domain::{
    AccountStatement, ChangeCause, FindingKind, FindingState, IdleChange, NightStatus, ScoredLine, SinceLast,
    Verdict,
};

use super::office::{Office, Row};

fn found(account: &AccountStatement, kind: FindingKind) -> Vec<&str> {
    let findings = account.findings.iter().filter(|finding| finding.kind == kind);
    findings
        .filter_map(|finding| finding.line_id.as_deref())
        .collect()
}

fn ids(account: &AccountStatement) -> Vec<String> {
    account
        .lines
        .iter()
        .map(|line| line.line.line_id.clone())
        .collect()
}

/// The lines without a holder, by id and extension.
fn held_by_nobody(account: &AccountStatement) -> Vec<(String, String)> {
    let is_nobodys = |line: &&ScoredLine| matches!(line.verdict, Verdict::Unassigned | Verdict::Leaver);
    let lines = account.lines.iter().filter(is_nobodys);
    lines
        .map(|line| (line.line.line_id.clone(), line.line.extension.clone()))
        .collect()
}

fn states(account: &AccountStatement, line_id: &str) -> Vec<FindingState> {
    let entries = account.ledger.iter();
    entries
        .filter(|entry| entry.kind.is_waste_line() && entry.line_id.as_deref() == Some(line_id))
        .map(|entry| entry.state)
        .collect()
}

fn since(account: &AccountStatement) -> &IdleChange {
    match &account.since_last {
        SinceLast::Compared(change) => change,
        other => panic!("{other:?}"),
    }
}

fn keep(line_id: &str) -> Row {
    [
        ("line_id", line_id),
        ("decision", "keep"),
        ("reason", "back in spring"),
        ("decided_on", "2026-09-01"),
        ("expires_on", "2026-12-31"),
    ]
    .map(|(column, cell)| (column.to_owned(), cell.to_owned()))
    .into()
}

/// Bills of five months lie there when the first of them leaves.
fn a_week_of_removals(model: &'static str) {
    let office = Office::new(26, model);
    // Seats end by the nights of this story alone.
    office.edit("lines", |rows| {
        let ends = |row: &&mut Row| row["seat_until"].as_str() > "2026-09-26";
        for row in rows.iter_mut().filter(ends) {
            row.insert("seat_until".into(), String::new());
        }
    });
    let first = office.good("2026-09-27");
    let idle = held_by_nobody(&first);
    let [(a, a_ext), (b, b_ext), (c, c_ext), ..] = &idle[..] else {
        panic!("{idle:?}");
    };
    let removed = |gone: &[&String]| {
        let there = |id: &String| !gone.contains(&id);
        ids(&first).into_iter().filter(there).collect::<Vec<_>>()
    };
    let take_away =
        |extension: &String| office.edit("lines", |rows| rows.retain(|row| row["extension"] != *extension));
    let list = office.rows("lines");

    // One that a decision names, and the directory.
    office.edit("decisions", |rows| rows.push(keep(a)));
    assert!(
        !held_by_nobody(&office.good("2026-09-28")).contains(&idle[0]),
        "kept"
    );
    take_away(a_ext);
    let night = office.good("2026-09-29");
    assert_eq!(ids(&night), removed(&[a]));
    assert_eq!(
        found(&night, FindingKind::BilledAfterRemoval),
        [""; 0],
        "September saw it"
    );
    assert_eq!(found(&night, FindingKind::GhostCharge), [""; 0]);
    assert!(
        !night.notices.iter().any(|notice| notice.contains(a.as_str())),
        "{:?}",
        night.notices
    );

    // Two more.
    take_away(b_ext);
    take_away(c_ext);
    let night = office.good("2026-09-30");
    assert_eq!(ids(&night), removed(&[a, b, c]));
    assert_eq!(states(&night, b), [FindingState::Actioned]);
    let causes: Vec<_> = since(&night)
        .causes
        .iter()
        .map(|(cause, sum)| (*cause, sum.parts()))
        .collect();
    assert!(causes.contains(&(ChangeCause::Removed, 2)), "{causes:?}");

    // October's bill bears them all the same: what was removed is asked back, of the others nothing.
    let night = office.good("2026-10-01");
    let mut asked = found(&night, FindingKind::BilledAfterRemoval);
    asked.sort_unstable();
    asked.dedup();
    let mut wanted = [a.as_str(), b.as_str(), c.as_str()];
    wanted.sort_unstable();
    assert_eq!(asked, wanted);
    assert_eq!(found(&night, FindingKind::GhostCharge), [""; 0]);
    assert_eq!(
        states(&night, b),
        [FindingState::Actioned],
        "billed: nothing is saved yet"
    );

    // One comes back, as it was.
    office.edit("lines", |rows| {
        rows.extend(list.iter().filter(|row| row["extension"] == *c_ext).cloned());
    });
    let night = office.good("2026-10-02");
    assert_eq!(ids(&night), removed(&[a, b]));
    assert!(held_by_nobody(&night).contains(&idle[2]));
    assert!(!found(&night, FindingKind::BilledAfterRemoval).contains(&c.as_str()));
    let quiet = office.good("2026-10-03");
    assert_eq!(ids(&quiet), removed(&[a, b]));
    assert_eq!(since(&quiet).before.known_total(), Some(night.idle_monthly));

    // All leave but one: no figure, and no fault of ours.
    office.edit("lines", |rows| rows.truncate(1));
    let night = office.run("2026-10-04");
    assert!(night.status > NightStatus::Warned, "{:?}", night.gates);
    office.edit("lines", |rows| {
        rows.clone_from(&list);
        rows.retain(|row| row["extension"] != *a_ext && row["extension"] != *b_ext);
    });
    let night = office.good("2026-10-05");
    assert_eq!(ids(&night), removed(&[a, b]));
    let claimed = found(&night, FindingKind::BilledAfterRemoval).len();
    assert!(claimed >= 2, "a and b: {claimed}");

    // A row that names nobody may be of either: nothing is asked back while it stands.
    office.edit("lines", |rows| {
        let mut unread = rows[0].clone();
        unread.retain(|column, _| ["account_id", "status", "tier", "term"].contains(&column.as_str()));
        unread.insert("extension".into(), "#REF!".into());
        rows.push(unread);
    });
    let night = office.run("2026-10-06").accounts.remove(0);
    assert_eq!(found(&night, FindingKind::BilledAfterRemoval), [""; 0]);
    assert_eq!(found(&night, FindingKind::GhostCharge), [""; 0]);
    office.edit("lines", |rows| rows.retain(|row| row["extension"] != "#REF!"));
    let night = office.good("2026-10-07");
    assert_eq!(found(&night, FindingKind::BilledAfterRemoval).len(), claimed);
}

#[test]
fn a_week_of_removals_by_the_rule() {
    a_week_of_removals("rule");
}

#[test]
fn a_week_of_removals_by_chance() {
    a_week_of_removals("probability");
}
