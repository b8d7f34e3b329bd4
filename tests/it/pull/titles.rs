//! A title above the headings of delimited text.

use quietline::domain::TableName;

use super::read;

#[test]
fn headings_are_found_below_a_title() {
    let rows = "extension;email;department\n101;ada@example.test;Board\n102;ben@example.test\n";
    for title in [
        "Table 1\n",
        "idle_seats\r\n\r\n",
        "Users, all of them\nFrom 2026-09-01, to 2026-09-30\n\n",
        "\"A title\nof two lines, email\"\n",
    ] {
        let tables = read(TableName::Lines, "lines.csv", format!("{title}{rows}")).unwrap();
        assert_eq!(tables.lines[0].department.as_deref(), Some("Board"), "{title:?}");
        // Rows keep the numbers that a spreadsheet shows.
        let line = 3 + title.matches('\n').count() as u64;
        assert_eq!(tables.quarantine[0].row, line, "{title:?}");
        let notes = tables.inputs[0].notes.join("; ");
        let stands = match line - 3 {
            1 => "1 line of a title stands above the headings and is not read".to_owned(),
            lines => format!("{lines} lines of a title stand above the headings and are not read"),
        };
        assert!(notes.contains(&stands), "{notes}");
    }
    let tables = read(TableName::Lines, "lines.csv", rows).unwrap();
    assert!(tables.inputs[0].notes.is_empty(), "{:?}", tables.inputs[0].notes);
}

#[test]
fn a_keep_below_a_title_is_read() {
    let list =
        "idle_seats\naccount_id,line_id,holder,decision,expires_on\n4711,L1,Ada Birch,keep,2027-01-31\n";
    let decisions = read(TableName::Decisions, "idle_seats.csv", list)
        .unwrap()
        .decisions;
    assert_eq!(decisions[0].line_id.as_deref(), Some("L1"));
}

#[test]
fn what_names_no_columns_is_still_no_table() {
    let error = read(
        TableName::Lines,
        "lines.csv",
        "a title\nsome,more,words\nextension of ada,101\n",
    )
    .unwrap_err();
    assert_eq!(error.exit_code(), 76);
}
