//! Cells that are merged downwards in a workbook: their value holds for the whole range, or the file is refused with the range.

use proptest::prelude::*;
use quietline::domain::{DecisionKind, TableName};
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::xlsx::as_workbook;
use super::{read, read_as};

/// A sheet of texts, and then what is merged: first row, first column, last row, last column, text.
fn sheet(csv: &str, merged: &[(u32, u16, u32, u16, &str)]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet: &mut Worksheet = book.add_worksheet();
    for (row, line) in csv.lines().enumerate() {
        for (column, text) in line.split(',').enumerate().filter(|(_, text)| !text.is_empty()) {
            sheet.write(row as u32, column as u16, text).unwrap();
        }
    }
    for (top, left, bottom, right, text) in merged {
        let plain = Format::new();
        sheet
            .merge_range(*top, *left, *bottom, *right, text, &plain)
            .unwrap();
    }
    book.save_to_buffer().unwrap()
}

const HEAD: &str = "extension,email,department,location";

#[test]
fn a_merged_department_is_everybodys() {
    let rows = format!("{HEAD}\n101,ada@example.test\n102,ben@example.test\n103,cleo@example.test,Sales\n");
    let tables = read(
        TableName::Lines,
        "lines.xlsx",
        sheet(&rows, &[(1, 2, 2, 2, "Board")]),
    )
    .unwrap();
    let departments: Vec<Option<&str>> = tables
        .lines
        .iter()
        .map(|line| line.department.as_deref())
        .collect();
    assert_eq!(departments, [Some("Board"), Some("Board"), Some("Sales")]);
    let notes = tables.inputs[0].notes.join("; ");
    assert!(
        notes.contains("merged downwards") && notes.contains("as in C2:C3"),
        "{notes}"
    );
}

#[test]
fn a_range_over_rows_and_columns_holds_in_each_of_them_and_adds_no_row() {
    let rows =
        format!("Phones of the house\n\n{HEAD}\n101,ada@example.test\n102,ben@example.test,,hidden\n\n");
    let merged = [
        (3, 2, 4, 3, "Board"),
        (5, 0, 8, 3, "Notes: ask the desk before a phone is moved"),
    ];
    let tables = read(TableName::Lines, "lines.xlsx", sheet(&rows, &merged)).unwrap();
    let told: Vec<_> = tables
        .lines
        .iter()
        .map(|line| (line.department.as_deref(), line.location.as_deref()))
        .collect();
    assert_eq!(told, [(Some("Board"), Some("Board")); 2]);
    assert!(tables.quarantine.len() <= 1, "{:?}", tables.quarantine);
}

#[test]
fn a_merged_leave_and_a_merged_keep_hold_for_all_their_rows() {
    let rows = "email,status,on_leave_until\nada@example.test,active\nben@example.test,active\n";
    let directory = read(
        TableName::Directory,
        "people.xlsx",
        sheet(rows, &[(1, 2, 2, 2, "2026-12-31")]),
    )
    .unwrap()
    .directory;
    assert!(directory.iter().all(|person| person.on_leave_until.is_some()));

    let rows = "line_id,holder,decision,expires_on\nL115,Ada Birch\nL116,Ben Cole\nL117,Cleo Dow\n";
    let merged = [(1, 2, 2, 2, "keep"), (1, 3, 2, 3, "2027-01-31")];
    let decisions = read(TableName::Decisions, "list.xlsx", sheet(rows, &merged))
        .unwrap()
        .decisions;
    let kept: Vec<_> = decisions
        .iter()
        .map(|decision| (decision.line_id.as_deref(), decision.decision))
        .collect();
    assert_eq!(
        kept,
        [
            (Some("L115"), DecisionKind::Keep),
            (Some("L116"), DecisionKind::Keep)
        ]
    );
}

#[test]
fn a_bill_whose_number_and_days_are_merged_is_read_and_a_merged_amount_is_refused() {
    let head = "invoice_id,invoice_date,period_start,period_end,currency,description,amount,extension\n";
    let rows = format!(
        "{head},,,,,Premium line,20.99,101\n,,,,,Premium line,20.99,102\n,,,,,Mobile line,13.99,103\n"
    );
    let days = [
        (1, 0, 3, 0, "I-1"),
        (1, 1, 3, 1, "2026-09-01"),
        (1, 2, 3, 2, "2026-09-01"),
        (1, 3, 3, 3, "2026-09-30"),
        (1, 4, 3, 4, "USD"),
    ];
    let charges = read(TableName::Charges, "bill.xlsx", sheet(&rows, &days))
        .unwrap()
        .charges;
    assert_eq!(charges.iter().map(|charge| charge.amount.0).sum::<i64>(), 5597);

    let rows = format!("{head},,,,,Premium line,,101\n,,,,,Premium line,,102\n,,,,,Mobile line,13.99,103\n");
    let merged = [days.as_slice(), &[(1, 6, 2, 6, "41.98")]].concat();
    let error = read(TableName::Charges, "bill.xlsx", sheet(&rows, &merged)).unwrap_err();
    assert_eq!(error.exit_code(), 65);
    assert!(
        error
            .to_string()
            .contains("amount: is merged over the cells G2:G3"),
        "{error}"
    );

    let rows = "account_id,term,start_on,tier,committed_lines\n4711,annual,2026-01-01,premium\n4711,annual,2026-01-01,mobile\n";
    let merged = [(1, 4, 2, 4, "40")];
    let error = read(TableName::Contracts, "contracts.xlsx", sheet(rows, &merged)).unwrap_err();
    assert!(error.to_string().contains("E2:E3"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// However a column's equal neighbours are merged, the table says what it says with every cell written out.
    #[test]
    fn merged_or_written_out_it_is_the_same(runs in prop::collection::vec((2_u32..6, 0_usize..4), 1..6), column in 2_u16..4) {
        let words = ["Board", "Sales", "Lab", "Clinic"];
        let (mut plain, mut bare, mut merged) = (format!("{HEAD}\n"), format!("{HEAD}\n"), Vec::new());
        let mut row = 1;
        for (length, word) in runs {
            merged.push((row, column, row + length - 1, column, words[word]));
            for at in row..row + length {
                let cells = if column == 2 { format!("{},", words[word]) } else { format!(",{}", words[word]) };
                plain.push_str(&format!("{0},p{0}@example.test,{cells}\n", 1000 + at));
                bare.push_str(&format!("{0},p{0}@example.test,,\n", 1000 + at));
            }
            row += length;
        }
        let written_out = read(TableName::Lines, "lines.xlsx", as_workbook(&plain)).unwrap();
        let found = read(TableName::Lines, "lines.xlsx", sheet(&bare, &merged)).unwrap();
        prop_assert_eq!(found.lines, written_out.lines);
    }
}

#[test]
fn a_sheet_is_named_and_its_own_ranges_are_used() {
    let mut book = Workbook::new();
    let plain = Format::new();
    let cover = book.add_worksheet().set_name("Cover").unwrap();
    cover.merge_range(1, 2, 9, 2, "Cover", &plain).unwrap();
    let lines = book.add_worksheet().set_name("Lines").unwrap();
    for (column, heading) in HEAD.split(',').enumerate() {
        lines.write(0, column as u16, heading).unwrap();
    }
    lines.write(1, 0, 101).unwrap();
    lines.write(2, 0, 102).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let tables = read_as(TableName::Lines, "lines.xlsx", bytes, |source| {
        source.sheet = Some("Lines".into());
    })
    .unwrap();
    assert!(tables.lines.iter().all(|line| line.department.is_none()));
}
