//! Workbooks of the old kind: a bill that LibreOffice wrote (`tests/data/bill.xls`: a title above the headings, a number merged
//! over three rows, days, a formula, a second sheet), and records by hand.

use std::io::{Cursor, Read, Write};

use cfb::CompoundFile;
use proptest::prelude::*;
use quietline::domain::{Cents, TableName};

use super::read;

const BILL: &[u8] = include_bytes!("../../data/bill.xls");

/// The records of a workbook in its container.
fn records_of(book: &[u8]) -> Vec<u8> {
    let mut records = Vec::new();
    let mut container = CompoundFile::open(Cursor::new(book)).unwrap();
    container
        .open_stream("/Workbook")
        .unwrap()
        .read_to_end(&mut records)
        .unwrap();
    records
}

fn contained(stream: &str, bytes: &[u8]) -> Vec<u8> {
    let mut container = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    container
        .create_stream(format!("/{stream}"))
        .unwrap()
        .write_all(bytes)
        .unwrap();
    container.flush().unwrap();
    container.into_inner().into_inner()
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&kind.to_le_bytes(), &length.to_le_bytes(), data].concat()
}

/// A workbook of lists of extensions, as text in the first column: a sheet for each, with more records behind its cells.
fn book(sheets: &[&[&str]], more: &[u8]) -> Vec<u8> {
    let (begin, end) = (
        |kind: u8| record(0x0809, &[0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        record(0x000A, &[]),
    );
    let names: usize = (0..sheets.len()).map(|at| 12 + format!("S{at}").len()).sum();
    let mut at = begin(5).len() + names + end.len();
    let mut globals = begin(5);
    let mut all = Vec::new();
    for (number, sheet) in sheets.iter().enumerate() {
        let name = format!("S{number}");
        let head = [
            (at as u32).to_le_bytes().as_slice(),
            &[0, 0, name.len() as u8, 0],
            name.as_bytes(),
        ]
        .concat();
        globals.extend(record(0x0085, &head));
        let mut own = begin(16);
        for (row, text) in sheet.iter().enumerate() {
            let place = [
                (row as u16).to_le_bytes(),
                [0, 0],
                [0, 0],
                (text.len() as u16).to_le_bytes(),
            ]
            .concat();
            own.extend(record(0x0204, &[&place, &[0][..], text.as_bytes()].concat()));
        }
        own.extend_from_slice(more);
        own.extend_from_slice(&end);
        at += own.len();
        all.extend(own);
    }
    globals.extend(end);
    contained("Workbook", &[globals, all].concat())
}

/// The workbook of one sheet with a further record behind the first; the sheet begins so much later.
fn with_global(book: &[u8], more: &[u8]) -> Vec<u8> {
    let mut records = records_of(book);
    let begin = 20;
    let place = begin + 4;
    let at = u32::from_le_bytes(records[place..place + 4].try_into().unwrap()) + more.len() as u32;
    records[place..place + 4].copy_from_slice(&at.to_le_bytes());
    records.splice(begin..begin, more.iter().copied());
    contained("Workbook", &records)
}

#[test]
fn a_bill_of_the_old_kind_is_read_as_a_new_one_is() {
    for name in ["bill.xls", "bill.xlsx", "bill"] {
        let tables = read(TableName::Charges, name, BILL).unwrap();
        let mut charges: Vec<(u64, &str, Option<&str>, Cents, String)> = tables
            .charges
            .iter()
            .map(|charge| {
                let day = charge.period_start.to_string();
                (
                    charge.row,
                    charge.invoice_id.as_str(),
                    charge.extension.as_deref(),
                    charge.amount,
                    day,
                )
            })
            .collect();
        charges.sort();
        let day = "2026-10-01".to_string();
        assert_eq!(
            charges,
            [
                (4, "4711", Some("1001"), Cents(2999), day.clone()),
                (5, "4711", Some("1002"), Cents(2999), day.clone()),
                (6, "4711", Some("1003"), Cents(5998), day),
            ]
        );
        assert_eq!(tables.charges[0].description, "Süd – VBC Premium 電話");
        let told = tables.inputs[0].notes.join("; ");
        for words in ["headings stand in row 3", "Notes", "merged downwards"] {
            assert!(told.contains(words), "{told}");
        }
    }
}

#[test]
fn what_is_locked_or_no_workbook_is_named() {
    for (name, bytes, words) in [
        (
            "new.xlsx",
            contained("EncryptedPackage", b"?"),
            "locked with a password",
        ),
        (
            "old.xls",
            with_global(&book(&[&["extension"]], &[]), &record(0x002F, &[1, 0])),
            "locked with a password",
        ),
        ("letter.doc", contained("WordDocument", b"?"), "no workbook"),
        ("cut.xls", BILL[..700].to_vec(), "not readable as a workbook"),
    ] {
        let error = read(TableName::Lines, name, bytes).unwrap_err();
        assert_eq!(error.exit_code(), 65, "{error}");
        assert!(
            error.to_string().contains(words) && error.to_string().contains(name),
            "{error}"
        );
    }
}

/// The parser keeps every sheet as a full rectangle: what would take the memory of the machine is refused before.
#[test]
fn what_would_not_fit_into_memory_is_refused() {
    let far = |row: u16, column: u16| {
        let place = [row.to_le_bytes(), column.to_le_bytes(), [0, 0], [1, 0]].concat();
        record(0x0204, &[&place, &b"\0x"[..]].concat())
    };
    let sized = |rows: u32| {
        record(
            0x0200,
            &[&[0; 4][..], &rows.to_le_bytes(), &[0, 0, 255, 0, 0, 0]].concat(),
        )
    };
    let list: &[&str] = &["extension", "1001"];
    let good = read(TableName::Lines, "lines.xls", book(&[list], &far(60_000, 3))).unwrap();
    assert_eq!(good.lines.len(), 1);
    for (name, bytes) in [
        ("one far cell", book(&[list], &far(65_535, 255))),
        ("many sheets", book(&[list; 60], &far(65_535, 3))),
        ("beyond the last column", book(&[list], &far(9, 9000))),
        ("a size that none has", book(&[list], &sized(u32::MAX))),
    ] {
        let error = read(TableName::Lines, name, bytes).unwrap_err().to_string();
        assert!(
            error.contains("bomb") || error.contains("damaged"),
            "{name}: {error}"
        );
    }
}

/// One long text that very many cells name.
#[test]
fn a_text_counts_once_for_each_cell_that_names_it() {
    let text = "9".repeat(8_000);
    let shared = [
        &[0; 8][..],
        &(text.len() as u16).to_le_bytes(),
        &[0],
        text.as_bytes(),
    ]
    .concat();
    let cells = |count: u16| -> Vec<u8> {
        (2..count)
            .flat_map(|row| record(0x00FD, &[&row.to_le_bytes()[..], &[0; 8]].concat()))
            .collect()
    };
    let with_texts = |count| {
        with_global(
            &book(&[&["extension", "1001"]], &cells(count)),
            &record(0x00FC, &shared),
        )
    };
    let few = read(TableName::Lines, "few.xls", with_texts(4)).unwrap();
    assert_eq!((few.lines.len(), few.quarantine.len()), (1, 2));
    let error = read(TableName::Lines, "many.xls", with_texts(60_000))
        .unwrap_err()
        .to_string();
    assert!(error.contains("bomb"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    /// Damage ends in words.
    #[test]
    fn a_damaged_workbook_panics_nowhere(at in 0..BILL.len(), byte: u8, cut in 0..BILL.len(), of_records: bool) {
        let mut bytes = if of_records { records_of(BILL) } else { BILL.to_vec() };
        let at = at % bytes.len();
        bytes[at] = byte;
        if cut % 5 == 0 {
            bytes.truncate(cut);
        }
        let bytes = if of_records { contained("Workbook", &bytes) } else { bytes };
        if let Err(error) = read(TableName::Charges, "bill.xls", bytes) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
