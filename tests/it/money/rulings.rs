//! Decisions on lines and on their findings: which holds, and which words mean anything.

use quietline::domain::{Decision, DecisionKind, Finding, FindingKind, FindingState, LedgerEntry};

use super::account_kinds::office;
use super::books::Books;
use super::day;

fn idle_office() -> (Books, Finding) {
    let mut books = office(2);
    let idle_since = books.days_before(200);
    books.used_until.insert("102".into(), idle_since);
    let found = books.found(FindingKind::IdleLine).remove(0);
    (books, found)
}

fn made(decision: DecisionKind, on: Option<&str>) -> Decision {
    Decision {
        account_id: "1".into(),
        line_id: Some("102".into()),
        finding_id: None,
        decision,
        reason: Some("because".into()),
        owner: Some("Greta".into()),
        decided_on: on.map(day),
        expires_on: (decision == DecisionKind::Keep).then(|| day("2026-12-31")),
        holder: None,
        origin: "list, row 2".into(),
    }
}

fn on_finding(finding: &Finding, decision: Decision) -> Decision {
    Decision {
        finding_id: Some(finding.finding_id.clone()),
        ..decision
    }
}

/// The state of the finding on line 102, and what was told.
fn settled(decide: impl Fn(&Finding) -> Vec<Decision>) -> (FindingState, Vec<String>) {
    let (mut books, found) = idle_office();
    books.decisions = decide(&found);
    let stated = books.stated();
    let of_line = |finding: &&Finding| finding.finding_id == found.finding_id;
    (
        stated.findings.iter().find(of_line).unwrap().state,
        stated.notices,
    )
}

#[test]
fn of_a_line_s_decision_and_its_finding_s_the_later_holds() {
    use DecisionKind::*;
    let (early, late) = (Some("2026-10-01"), Some("2026-10-10"));
    for (on_line, of_finding, state) in [
        (made(Reclaim, early), made(Dismiss, late), FindingState::Dismissed),
        (made(Reclaim, early), made(Keep, late), FindingState::Dismissed),
        (made(Dismiss, late), made(Reclaim, early), FindingState::Dismissed),
        (made(Dismiss, early), made(Reclaim, late), FindingState::Approved),
        (made(Reclaim, late), made(Dismiss, late), FindingState::Dismissed),
    ] {
        let (found, _) = settled(|finding| vec![on_line.clone(), on_finding(finding, of_finding.clone())]);
        assert_eq!(found, state, "{on_line:?} {of_finding:?}");
    }
}

#[test]
fn a_keep_without_a_day_holds_before_a_dated_reclaim() {
    let (state, _) = settled(|_| {
        vec![
            made(DecisionKind::Reclaim, Some("2026-10-10")),
            made(DecisionKind::Keep, None),
        ]
    });
    assert_eq!(state, FindingState::Dismissed);
}

#[test]
fn words_that_settle_nothing_of_the_kind_are_told_and_not_used() {
    use DecisionKind::*;
    let day = Some("2026-10-01");
    for (decide, told) in [
        (made(Downgrade, day), "nobody uses the line"),
        (made(Dispute, day), "is decided by its own id"),
    ] {
        let (state, notices) = settled(|_| vec![decide.clone()]);
        assert_eq!(state, FindingState::Identified);
        assert!(
            notices.iter().any(|notice| notice.contains(told)),
            "{told}: {notices:?}"
        );
    }
    let (state, notices) = settled(|finding| vec![on_finding(finding, made(Dispute, day))]);
    assert_eq!(state, FindingState::Identified);
    assert!(
        notices
            .iter()
            .any(|notice| notice.contains("is not settled by dispute")),
        "{notices:?}"
    );
}

#[test]
fn a_shifted_list_of_findings_is_known_by_its_lines() {
    let (state, notices) = settled(|finding| {
        vec![Decision {
            line_id: Some("101".into()),
            ..on_finding(finding, made(DecisionKind::Reclaim, Some("2026-10-01")))
        }]
    });
    assert_eq!(state, FindingState::Identified);
    assert!(
        notices
            .iter()
            .any(|notice| notice.contains("Has the sheet shifted?")),
        "{notices:?}"
    );
}

#[test]
fn what_was_approved_and_is_used_again_is_told() {
    let (mut books, found) = idle_office();
    books.decisions = vec![made(DecisionKind::Reclaim, Some("2026-10-01"))];
    books.ledger = books.stated().ledger;
    books.used_until.insert("102".into(), books.as_of);
    let stated = books.stated();
    let entry = stated
        .ledger
        .iter()
        .find(|entry| entry.finding_id == found.finding_id)
        .unwrap();
    assert_eq!(entry.state, FindingState::Expired);
    assert!(
        stated
            .notices
            .iter()
            .any(|notice| notice.contains("Nothing is taken")),
        "{:?}",
        stated.notices
    );
}

#[test]
fn a_night_made_up_for_later_goes_by_what_was_decided_before_it() {
    let (mut books, found) = idle_office();
    books.decisions = vec![made(DecisionKind::Dismiss, Some("2026-10-01"))];
    let ledger = books.stated().ledger;
    // What a later night has made of it: nobody reads that it was decided.
    let later = LedgerEntry {
        last_seen: books.as_of + chrono::Days::new(2),
        state: FindingState::Expired,
        ..ledger
            .into_iter()
            .find(|entry| entry.finding_id == found.finding_id)
            .unwrap()
    };
    books.ledger = vec![later.clone()];
    let stated = books.stated();
    let finding = stated
        .findings
        .iter()
        .find(|finding| finding.finding_id == found.finding_id);
    assert_eq!(finding.unwrap().state, FindingState::Dismissed);
    assert!(
        stated.ledger.contains(&later),
        "the ledger keeps what later nights know"
    );
}
