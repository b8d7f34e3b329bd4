//! A night that is made again says what it said, whatever it has added to the ledger itself.

use quietline::domain::{AccountStatement, FindingState};
use quietline::night::Options;

use super::office::{Office, Row};

fn reclaim(line_id: &str) -> Row {
    [
        ("line_id", line_id),
        ("decision", "reclaim"),
        ("reason", "agreed"),
        ("owner", "Office"),
        ("decided_on", "2026-10-05"),
    ]
    .map(|(column, cell)| (column.to_owned(), cell.to_owned()))
    .into()
}

#[test]
fn a_night_made_again_or_killed_before_its_end_says_the_same_and_an_older_one_stands() {
    let office = Office::new(26, "rule");
    let first = office.good("2026-10-05");
    let idle = first.lines.iter().find(|line| line.verdict.is_waste()).unwrap();
    let (id, extension) = (idle.line.line_id.clone(), idle.line.extension.clone());
    office.edit("decisions", |rows| rows.push(reclaim(&id)));
    office.good("2026-10-06");

    // It turns out to be the reception's, and another line leaves the list.
    let kind = |word: &str| office.edit_line(&extension, |row| drop(row.insert("kind".into(), word.into())));
    kind("reception");
    office.edit("lines", |rows| {
        let gone = rows.iter().position(|row| row["extension"] != extension).unwrap();
        rows.remove(gone);
    });
    let told = office.good("2026-10-07");
    let is_off = format!("What was decided on line {id} is off");
    assert!(
        told.notices.iter().any(|notice| notice.contains(&is_off)),
        "{:?}",
        told.notices
    );

    let redo = Options {
        redo: true,
        ..Options::default()
    };
    let night = |as_of: &str, options: &Options| -> AccountStatement {
        let outcome = office.run_with(as_of, options).unwrap();
        outcome.statement.unwrap().accounts.remove(0)
    };
    let same = |again: AccountStatement| {
        assert_eq!(again.notices, told.notices);
        assert_eq!(again.ledger, told.ledger);
        assert_eq!(again.findings, told.findings);
        assert_eq!(again.flags, told.flags);
        assert_eq!(again.lines, told.lines);
    };
    same(night("2026-10-07", &redo));
    // Killed after the ledger was written, before the run was closed.
    office.change_store(
        "UPDATE runs SET status = 'running', ended_at = NULL, exit_code = NULL, report_digest = NULL, summary = NULL
         WHERE as_of = '2026-10-07';
         DELETE FROM outbox; DELETE FROM outbox_messages;",
    );
    same(night("2026-10-07", &redo));
    let dry = Options {
        dry_run: true,
        ..Options::default()
    };
    same(night("2026-10-07", &dry));

    // Put right, it has never been off.
    kind("person");
    let right = night("2026-10-07", &redo);
    assert!(!right.notices.iter().any(|notice| notice.contains(&is_off)));
    let state = |account: &AccountStatement| {
        let mut entries = account.ledger.iter();
        let entry = entries.find(|entry| entry.kind.is_waste_line() && entry.line_id.as_ref() == Some(&id));
        entry.unwrap().state
    };
    assert_eq!(state(&told), FindingState::Expired);
    assert_eq!(state(&right), FindingState::Approved);

    let refused = office.run_with("2026-10-06", &redo).err().unwrap();
    assert_eq!(refused.exit_code(), 2);
    let words = "that of 2026-10-07 has been reported since";
    assert!(refused.to_string().contains(words), "{refused}");
}
