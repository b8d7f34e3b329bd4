//! Workbooks: every table reads from them what it reads from text.

use quietline::domain::{Cents, DecimalMark, TableName};
use quietline::pull::Tables;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use super::calls::Bench;
use super::{read, read_as};

fn xlsx(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}

fn one_sheet(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    xlsx(|book| fill(book.add_worksheet()))
}

/// A cell as a person would have it in Excel: days and numbers by type, the rest as text.
fn put(sheet: &mut Worksheet, row: u32, column: u16, text: &str) {
    let is_id = text.starts_with('0') && text.len() > 1 && !text.contains('.');
    if let Ok(day) = ExcelDateTime::parse_from_str(text)
        && text.len() == 10
    {
        let format = Format::new().set_num_format("m/d/yyyy");
        sheet.write_with_format(row, column, &day, &format).unwrap();
    } else if let Ok(number) = text.parse::<f64>()
        && !is_id
    {
        sheet.write(row, column, number).unwrap();
    } else if !text.is_empty() {
        sheet.write(row, column, text).unwrap();
    }
}

pub fn as_workbook(csv: &str) -> Vec<u8> {
    one_sheet(|sheet| {
        for (row, line) in csv.lines().enumerate() {
            for (column, text) in line.split(',').enumerate() {
                put(sheet, row as u32, column as u16, text);
            }
        }
    })
}

pub(super) const LINES: &str = "extension,external_id,email,first_name,status,kind,tier,term,seat_since,seat_until,dids,sip_ids\n\
    1001,X1,ana@example.com,Ana,active,person,premium,annual,2025-01-31,,17325550101,vh1;vh2\n\
    0042,,bo@example.com,Zo\u{eb},suspended,,mobile,monthly,2024-02-29,2026-12-31,17325550102;17325550103,\n\
    1003,,,,,fax,,,,,,\n";
const CHARGES: &str = "invoice_id,invoice_date,period_start,period_end,description,amount,currency,extension,quantity,unit_price\n\
    I-1,2026-09-01,2026-09-01,2026-09-30,Premium line,20.99,USD,1001,1,20.99\n\
    I-1,2026-09-01,2026-09-01,2026-09-30,Mobile line,13.99,USD,42,1,13.99\n\
    77,2026-09-01,2026-09-01,2026-09-30,Credit,-1234567.05,USD,,1,\n\
    77,2026-09-01,2026-09-01,2026-09-30,Usage,0.1,USD,,12.5,0.125\n";
const CONTRACTS: &str = "account_id,term,start_on,end_on,tier,committed_lines,unit_price,auto_renew,notice_days\n\
    4711,annual,2026-01-01,2026-12-31,premium,40,20.99,true,60\n4711,monthly,2026-01-01,,,5,19.9,no,30\n";

#[test]
fn a_workbook_says_what_its_text_says() {
    for (table, csv) in [
        (TableName::Lines, LINES),
        (TableName::Charges, CHARGES),
        (TableName::Contracts, CONTRACTS),
    ] {
        let wanted = read(table, "table.csv", csv).unwrap();
        // The ending does not matter: the content says what it is.
        for name in ["table.xlsx", "table.csv", "table"] {
            let found = read(table, name, as_workbook(csv)).unwrap();
            assert_eq!(found.lines, wanted.lines);
            assert_eq!(found.charges, wanted.charges);
            assert_eq!(found.contracts, wanted.contracts);
            assert_eq!((found.quarantine, wanted.quarantine.len()), (Vec::new(), 0));
        }
    }
}

#[test]
fn a_number_means_the_same_whatever_mark_the_job_declares() {
    let csv = CHARGES.replace("13.99,USD", "1.5,USD");
    for mark in [DecimalMark::Auto, DecimalMark::Point, DecimalMark::Comma] {
        let bytes = one_sheet(|sheet| {
            for (row, line) in csv.lines().enumerate() {
                for (column, text) in line.split(',').enumerate() {
                    put(sheet, row as u32, column as u16, text);
                }
            }
            sheet.write(2, 5, 0.1 + 0.2 + 1234.0).unwrap();
        });
        let mut tables = read_as(TableName::Charges, "bill.xlsx", bytes, |source| {
            source.decimal = mark
        })
        .unwrap();
        tables.charges.sort_by_key(|charge| charge.row);
        let amounts: Vec<Cents> = tables.charges.iter().map(|charge| charge.amount).collect();
        assert_eq!(
            amounts,
            [Cents(2099), Cents(123_430), Cents(-123_456_705), Cents(10)],
            "{mark}"
        );
    }
}

const PORTAL: &str =
    "Call ID,Direction,Source UserId,Destination UserId,Location,Date/Time,Duration,Result,From,To";

/// Calls of the portal's export; the start and the length as the test writes them.
fn portal(fill: impl Fn(&mut Worksheet)) -> Vec<u8> {
    one_sheet(|sheet| {
        sheet.set_name("Company Summary").unwrap();
        for (column, heading) in PORTAL.split(',').enumerate() {
            sheet.write(0, column as u16, heading).unwrap();
        }
        for row in 1..=5 {
            sheet.write(row, 0, format!("c{row}")).unwrap();
            sheet.write(row, 1, "inbound").unwrap();
            sheet.write(row, 3, "ana").unwrap();
            sheet.write(row, 7, "answered").unwrap();
            sheet.write(row, 8, 17_325_550_142.0).unwrap();
        }
        fill(sheet);
    })
}

#[test]
fn the_portals_export_mixes_text_and_date_cells() {
    let clock = Format::new().set_num_format("m/d/yyyy h:mm:ss AM/PM");
    let time = Format::new().set_num_format("h:mm:ss");
    let long = Format::new().set_num_format("[h]:mm:ss");
    let at = |text: &str| ExcelDateTime::parse_from_str(text).unwrap();
    let bytes = portal(|sheet| {
        sheet.write(1, 5, "10/05/2026 1:02:03 PM").unwrap();
        sheet.write_with_format(1, 6, 205.0 / 86_400.0, &time).unwrap();
        sheet
            .write_with_format(2, 5, at("2026-10-05 13:02:03"), &clock)
            .unwrap();
        sheet.write(2, 6, "0:03:25").unwrap();
        sheet.write_with_format(3, 5, at("2026-10-05"), &clock).unwrap();
        sheet.write_with_format(3, 6, 25.5 / 24.0, &long).unwrap();
        sheet.write(4, 5, "10/05/2026 12:00:00 AM").unwrap();
        sheet.write(4, 6, 205).unwrap();
        sheet.write(5, 5, 46_300.5).unwrap();
    });
    let bench = Bench::new();
    let read = bench.read_bytes("calls.xlsx", &bytes).unwrap();
    let legs = bench.starts_and_lengths();
    assert_eq!(
        legs,
        [
            "c1 2026-10-05 17:02:03 205",
            "c2 2026-10-05 17:02:03 205",
            "c3 2026-10-05 04:00:00 91800",
            "c4 2026-10-05 04:00:00 205",
        ]
    );
    // A bare number is no time.
    assert_eq!((read.quarantined.len(), read.quarantined[0].row), (1, 6));
    assert_eq!(read.quarantined[0].column, "local_start");
}

#[test]
fn headings_are_found_below_a_title_and_in_merged_cells() {
    let bytes = xlsx(|book| {
        let bold = Format::new();
        let sheet = book.add_worksheet();
        sheet
            .merge_range(1, 0, 1, 5, "Users of Harbor Dental", &bold)
            .unwrap();
        sheet.write(2, 0, "From").unwrap();
        sheet.merge_range(4, 0, 5, 0, "Extension", &bold).unwrap();
        sheet.merge_range(4, 1, 4, 2, "Holder", &bold).unwrap();
        sheet.write(5, 1, "First name").unwrap();
        sheet.write(5, 2, "E-mail").unwrap();
        sheet.write(6, 0, 1001).unwrap();
        sheet.write(6, 1, "Ana").unwrap();
        sheet.write(6, 2, "ana@example.com").unwrap();
        sheet.write(6, 9, "a remark").unwrap();
        sheet.write(1_048_575, 0, 1002).unwrap();
        sheet.write(1_048_575, 16_383, "far").unwrap();
    });
    let tables = read(TableName::Lines, "users.xlsx", bytes).unwrap();
    assert_eq!(tables.lines[0].email.as_deref(), Some("ana@example.com"));
    assert_eq!(
        (tables.lines.len(), tables.lines[1].extension.as_str()),
        (2, "1002")
    );
    let notes = tables.inputs[0].notes.join("; ");
    assert!(
        notes.contains("stand in row 6") && notes.contains("cell J7"),
        "{notes}"
    );
}

#[test]
fn a_sheet_without_the_headings_says_what_is_missing_and_which_others_there_are() {
    let bytes = xlsx(|book| {
        book.add_worksheet().set_name("Lists").unwrap().set_hidden(true);
        let cover = book.add_worksheet().set_name("Cover").unwrap();
        cover.set_active(true);
        cover.write(3, 1, "October").unwrap();
        let users = book.add_worksheet().set_name("Users").unwrap();
        users.write(0, 0, "Extension").unwrap();
        users.write(1, 0, 1001).unwrap();
    });
    let read = |sheet: Option<&str>| {
        read_as(TableName::Lines, "users.xlsx", &bytes, |source| {
            source.sheet = sheet.map(str::to_owned)
        })
    };
    let error = read(None).unwrap_err();
    assert_eq!(error.exit_code(), 76);
    let words = error.to_string();
    for word in [
        "users.xlsx, sheet \"Cover\"",
        "\"Lists\" (hidden), \"Users\"",
        "missing: extension",
        "October",
    ] {
        assert!(words.contains(word), "{words}");
    }
    assert_eq!(read(Some("users")).unwrap().lines[0].extension, "1001");
    assert!(read(Some("Lists")).unwrap_err().to_string().contains("is empty"));
    let error = read(Some("Bill")).unwrap_err();
    assert_eq!(error.exit_code(), 78);
    assert!(
        error.to_string().contains("sources.lines.sheet")
            && error.to_string().contains("\"Cover\", \"Users\"")
    );
}

#[test]
fn formulas_count_by_the_value_that_was_saved_with_them() {
    let amount = |fill: &dyn Fn(&mut Worksheet)| -> Tables {
        let bytes = one_sheet(|sheet| {
            for (row, line) in CHARGES.lines().take(3).enumerate() {
                for (column, text) in line.split(',').enumerate() {
                    put(sheet, row as u32, column as u16, text);
                }
            }
            fill(sheet);
        });
        read(TableName::Charges, "bill.xlsx", bytes).unwrap()
    };
    let with_value = amount(&|sheet| {
        sheet
            .write(2, 5, Formula::new("=10*1.399").set_result("13.99"))
            .unwrap();
    });
    assert_eq!(with_value.charges[1].amount, Cents(1399));
    let without = amount(&|sheet| {
        sheet.write(2, 5, Formula::new("=10*1.399")).unwrap();
    });
    let row = &without.quarantine[0];
    assert_eq!((row.row, row.column.as_str()), (3, "amount"));
    assert!(
        row.reason.contains("cell F3 of sheet \"Sheet1\"") && row.reason.contains("save it"),
        "{}",
        row.reason
    );
    // The bill is short by a row, and says so.
    assert!(without.charges[0].set_aside[0].contains("row 3"));
    let error = amount(&|sheet| {
        sheet
            .write(2, 4, Formula::new("=A9").set_result("#REF!"))
            .unwrap();
        // A column that no table reads costs no row.
        sheet.write(0, 12, "Check").unwrap();
        sheet
            .write(1, 12, Formula::new("=A9").set_result("#N/A"))
            .unwrap();
    });
    assert_eq!((error.charges.len(), error.quarantine.len()), (1, 1));
    assert_eq!(error.quarantine[0].column, "description");
    assert!(error.quarantine[0].reason.contains("#REF!"));
}
