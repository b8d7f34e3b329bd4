//! A night that is made again says what it said, whatever it has added to the ledger itself.

use quietline::night::Options;

use super::office::{Office, Row};

fn reclaim(line_id: &str) -> Row {
    [
        ("line_id", line_id),
        ("decision", "reclaim"),
        ("reason", "agreed"),
        ("decided_on", "2026-10-05"),
    ]
    .map(|(column, cell)| (column.to_owned(), cell.to_owned()))
    .into()
}

#[test]
fn a_redo_tells_the_same_and_an_older_night_that_others_rest_on_is_not_made_again() {
    let office = Office::new(26, "rule");
    let first = office.good("2026-10-05");
    let idle = first.lines.iter().find(|line| line.verdict.is_waste()).unwrap();
    let (id, extension) = (idle.line.line_id.clone(), idle.line.extension.clone());
    office.edit("decisions", |rows| rows.push(reclaim(&id)));
    office.good("2026-10-06");

    // It is somebody's first line now: not idle any more.
    office.edit_line(&extension, |row| {
        row.insert("seat_since".into(), "2026-10-06".into());
    });
    let told = office.good("2026-10-07");
    let is_off = |notice: &&String| notice.contains(&format!("line {id} is off"));
    assert!(
        told.notices.iter().any(|notice| is_off(&notice)),
        "{:?}",
        told.notices
    );

    let redo = Options {
        redo: true,
        ..Options::default()
    };
    for _ in 0..2 {
        let again = office.run_with("2026-10-07", &redo).unwrap().statement.unwrap();
        let again = &again.accounts[0];
        assert_eq!(again.notices, told.notices);
        assert_eq!(again.ledger, told.ledger);
        assert_eq!(again.findings, told.findings);
    }
    let refused = office.run_with("2026-10-06", &redo).err().unwrap();
    assert_eq!(refused.exit_code(), 2);
    assert!(
        refused.to_string().contains("2026-10-07 has been reported since"),
        "{refused}"
    );
}
