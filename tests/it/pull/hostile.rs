//! The hostile files of quality.md: each gives a clear error or a quarantined row, never a panic, and nothing is lost.

use std::io::Write;

use proptest::prelude::*;
use quietline::domain::{DecimalMark, TableName};
use quietline::pull::read_tables;

use super::{account, read, read_as, source, write};

const HEAD: &str = "invoice_id,invoice_date,period_start,period_end,description,amount,currency,extension\n";
const GOOD: &str = "I-1,2026-09-01,2026-09-01,2026-09-30,Line,20.99,USD,1001\n";

fn charge(amount: &str, currency: &str, extension: &str, date: &str) -> String {
    format!("I-1,{date},2026-09-01,2026-09-30,Line,\"{amount}\",{currency},{extension}\n")
}

/// A row among good ones is quarantined, in this column and for this reason.
#[track_caller]
fn assert_quarantined(row: &str, column: &str, reason: &str) {
    let text = format!("{HEAD}{GOOD}{row}{GOOD}");
    let tables = read(TableName::Charges, "charges.csv", &text).unwrap();
    assert_eq!(tables.charges.len(), 2);
    assert_eq!(tables.quarantine.len(), 1);
    let found = &tables.quarantine[0];
    assert_eq!((found.row, found.column.as_str()), (3, column));
    assert!(found.reason.contains(reason), "{}", found.reason);
    assert!(found.as_read.len() < 1500);
}

#[test]
fn rows_that_cannot_be_used_are_quarantined_with_their_reason() {
    let date = "2026-09-01";
    assert_quarantined("I-1,2026-09-01\n", "", "has 2 cells where the heading line has 8");
    assert_quarantined(&format!("{},7,8\n", GOOD.trim_end()), "", "has 10 cells");
    assert_quarantined(&GOOD.replace("Line", "Li\0ne"), "", "NUL");
    assert_quarantined(&GOOD.replace("Line", &"x".repeat(10 << 20)), "", "is longer than");
    assert_quarantined(
        &charge("1.234", "USD", "1001", date),
        "amount",
        "sources.charges.decimal",
    );
    assert_quarantined(
        &charge("1,234", "USD", "1001", date),
        "amount",
        "as a thousand or as a decimal",
    );
    assert_quarantined(
        &charge("12.345678", "USD", "1001", date),
        "amount",
        "two decimals",
    );
    assert_quarantined(&charge("twelve", "USD", "1001", date), "amount", "not an amount");
    assert_quarantined(
        &charge("12.00", "Dollars", "1001", date),
        "currency",
        "not a currency code",
    );
    let foreign = charge("12.00", "EUR", "1001", date).replace("I-1", "I-2");
    assert_quarantined(&foreign, "currency", "which is USD");
    assert_quarantined(&charge("12.00", "", "1001", date), "currency", "is blank");
    assert_quarantined(
        &charge("12.00", "USD", &"9".repeat(64), date),
        "extension",
        "up to 20",
    );
    assert_quarantined(
        &charge("12.00", "USD", "1001", "46300"),
        "invoice_date",
        "serial day",
    );
    assert_quarantined(&charge("12.00", "USD", "1001", "44838"), "invoice_date", "1904");
    assert_quarantined(
        &charge("12.00", "USD", "1001", "9999-01-01"),
        "invoice_date",
        "between 1990 and 2199",
    );
    assert_quarantined(
        &charge("12.00", "USD", "1001", "09/01/2026"),
        "invoice_date",
        "date_order",
    );
    assert_quarantined("Total,,,,,20.99,USD,\n", "invoice_id", "totals line");
    assert_quarantined(",,,,Total,20.99,USD,\n", "invoice_id", "totals line");
    assert_quarantined(
        &GOOD.replace("2026-09-30", "2026-08-30"),
        "period_end",
        "before it starts",
    );
}

#[test]
fn a_declared_decimal_mark_settles_what_is_ambiguous() {
    let text = format!("{HEAD}{}", charge("1.234", "USD", "1001", "2026-09-01"));
    let tables = read_as(TableName::Charges, "charges.csv", text, |source| {
        source.decimal = DecimalMark::Comma
    });
    assert_eq!(tables.unwrap().charges[0].amount.to_string(), "1234.00");
}

#[test]
fn totals_lines_do_not_use_up_the_limit() {
    let text = format!("{HEAD}{GOOD}{}", ",,,,Total,20.99,USD,\n".repeat(9));
    let tables = read(TableName::Charges, "charges.csv", text).unwrap();
    assert_eq!((tables.charges.len(), tables.quarantine.len()), (1, 9));
}

#[test]
fn more_bad_rows_than_the_limit_stop_the_night_and_are_listed() {
    let text = format!(
        "{HEAD}{GOOD}{}",
        charge("nothing", "USD", "1001", "2026-09-01").repeat(6)
    );
    let error = read(TableName::Charges, "charges.csv", text).unwrap_err();
    assert_eq!(error.exit_code(), 65);
    let said = error.to_string();
    assert!(
        said.contains("6 of 7 rows") && said.contains("charges.csv, row 3, column amount"),
        "{said}"
    );
}

#[test]
fn outside_numbers_are_not_repeated_in_the_quarantine() {
    let text = "extension,dids,tier\n1001,+1 (732) 555-0142;call me,gold\n1002,,\n";
    let tables = read(TableName::Lines, "lines.csv", text).unwrap();
    let shown = format!("{:?}", tables.quarantine);
    assert!(shown.contains("42") && !shown.contains("555"), "{shown}");
}

#[test]
fn odd_names_are_kept_and_cannot_turn_the_text() {
    let text = "extension,first_name,last_name\n1001,\u{1F98A} Foxy,\u{202E}eve\n";
    let line = read(TableName::Lines, "lines.csv", text).unwrap().lines.remove(0);
    assert_eq!(line.user_name(), "\u{1F98A} Foxy eve");
}

const CUT_JSON: &str = r#"[{"invoice_id":"I-1","invoice_date":"2026-09-01","period_start":"2026-09-01",
    "period_end":"2026-09-30","description":"Line","amount":20.99,"currency":"USD"},{"#;

#[test]
fn files_that_are_no_table_are_refused_by_name() {
    let gzip_bomb = |level| {
        let mut bomb = flate2::write::GzEncoder::new(Vec::new(), level);
        bomb.write_all(HEAD.as_bytes()).unwrap();
        (0..64).for_each(|_| bomb.write_all(&vec![b'x'; 1 << 20]).unwrap());
        bomb.finish().unwrap()
    };
    let bomb = gzip_bomb(flate2::Compression::best());
    let fast_bomb = gzip_bomb(flate2::Compression::fast());
    let packed = super::gzip(format!("{HEAD}{GOOD}").as_bytes());
    for (name, bytes, code, words) in [
        ("empty", Vec::new(), 65, "has no rows"),
        ("blank lines", b"\n\r\n\n".to_vec(), 65, "has no rows"),
        ("header only", HEAD.into(), 65, "has no rows"),
        ("empty array", b"[]".to_vec(), 65, "has no rows"),
        ("bomb", bomb, 65, "stopped at 32 MB"),
        ("fast bomb", fast_bomb, 65, "stopped at 32 MB"),
        ("cut gzip", packed[..packed.len() / 2].to_vec(), 65, "cut off"),
        ("twice packed", super::gzip(&packed), 65, "packed twice"),
        ("workbook", b"PK\x03\x04rest".to_vec(), 65, "cut off"),
        (
            "damaged parquet",
            b"PAR1\0\0\0\0\x40\0\0\0PAR1".to_vec(),
            65,
            "Parquet",
        ),
        (
            "duplicate headings",
            b"Amount,amount,x\n1,2,3\n".to_vec(),
            76,
            "stands twice",
        ),
        (
            "other table",
            b"day,location\n2026-01-01,x\n".to_vec(),
            76,
            "missing: invoice_id",
        ),
        (
            "utf-16 without mark",
            HEAD.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            65,
            "utf-16le",
        ),
        (
            "open quote",
            format!("{HEAD}{GOOD}I-1,\"x\n{GOOD}").into_bytes(),
            65,
            "row 3: a quote",
        ),
        ("cut json", CUT_JSON.into(), 65, "cut off"),
        (
            "page.xls",
            b"\xef\xbb\xbf\n<TABLE border=1><tr><td>invoice_id</td></tr></TABLE>".to_vec(),
            65,
            "is a web page, whatever its name says",
        ),
        (
            "login.csv",
            b"<!DOCTYPE html>\n<html><body>Sign in".to_vec(),
            65,
            "is a web page",
        ),
        (
            "sheet.xls",
            b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">"
                .to_vec(),
            65,
            "is XML",
        ),
    ] {
        let error = read(TableName::Charges, name, bytes).unwrap_err();
        assert_eq!(error.exit_code(), code, "{name}: {error}");
        assert!(error.to_string().contains(words), "{name}: {error}");
        assert!(error.to_string().contains(name), "{name}: {error}");
    }
}

#[test]
fn a_malformed_json_line_costs_that_line_only() {
    let text = "{\"extension\":1001}\n{\"extension\":10\n{\"extension\":1002}\n{\"extension\":1,\"extension\":2}\n[3]\n";
    let tables = read(TableName::Lines, "lines.jsonl", text).unwrap();
    assert_eq!(tables.lines.len(), 2);
    let rows: Vec<u64> = tables.quarantine.iter().map(|row| row.row).collect();
    assert_eq!(rows, [2, 4, 5]);
}

#[test]
fn files_that_are_not_there_name_the_job_key() {
    let folder = tempfile::tempdir().unwrap();
    let missing = |name: &str, optional: bool| {
        let mut source = source(TableName::Lines, &[folder.path().join(name)]);
        source.optional = optional;
        read_tables(&[source], &[account()], 5)
    };
    for name in ["lines.csv", "lines-*.csv"] {
        let error = missing(name, false).unwrap_err();
        assert_eq!(error.exit_code(), 69);
        assert!(
            error.to_string().contains("sources.lines.files") && error.to_string().contains(name),
            "{error}"
        );
        assert!(missing(name, true).unwrap().lines.is_empty());
    }
    assert_eq!(
        missing("", false).unwrap_err().exit_code(),
        69,
        "a folder is no list of lines"
    );
}

#[test]
fn a_folder_for_lists_handed_back_may_wait_empty() {
    let folder = tempfile::tempdir().unwrap();
    let handed_back = || {
        let source = source(TableName::Decisions, &[folder.path().to_path_buf()]);
        read_tables(&[source], &[account()], 5).unwrap().decisions.len()
    };
    assert_eq!(handed_back(), 0);
    let row =
        "line_id,decision,reason,owner,decided_on,expires_on\n1001,keep,spare,Greta,2026-10-01,2026-12-31\n";
    write(folder.path(), "idle_seats.csv", row);
    write(folder.path(), ".idle_seats.csv.swp", "what an editor left behind");
    assert_eq!(handed_back(), 1);
}

#[test]
fn what_lies_among_the_lists_and_is_none_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let row =
        "line_id,decision,reason,owner,decided_on,expires_on\n1001,keep,spare,Greta,2026-10-01,2026-12-31\n";
    write(folder.path(), "idle_seats.csv", row);
    let strays = [
        ("Thumbs.db", "\u{1}\u{2}\u{0}"),
        ("a lock.csv", ""),
        ("desktop.ini", "[.ShellClassInfo]\nIconResource=shell32.dll,4\n"),
        (
            "emptied.csv",
            "line_id,decision,reason,owner,decided_on,expires_on\n",
        ),
        ("minutes.pdf", "%PDF-1.7\n%\u{e2}\u{e3}\n1 0 obj\n"),
    ];
    for (name, text) in strays {
        write(folder.path(), name, text);
    }
    let of_folder = source(TableName::Decisions, &[folder.path().to_path_buf()]);
    let tables = read_tables(&[of_folder], &[account()], 5).unwrap();
    assert_eq!(tables.decisions.len(), 1);
    for (name, _) in strays {
        let input = tables.inputs.iter().find(|input| input.name == name).unwrap();
        assert!(!input.notes.is_empty(), "{name}");
    }
    // Only the folder is a place for anything: a file that the job names is meant.
    let named = source(TableName::Decisions, &[folder.path().join("minutes.pdf")]);
    assert!(read_tables(&[named], &[account()], 5).is_err());
}

#[test]
fn a_folder_whose_name_looks_like_a_pattern_is_that_folder() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["Exports [Voice]", "which?", "all*"] {
        let exports = folder.path().join(name);
        std::fs::create_dir(&exports).unwrap();
        write(&exports, "lines [1].csv", "extension\n1001\n");
        for pattern in ["lines*.csv", "lines [1].csv", "*"] {
            let of_pattern = source(TableName::Lines, &[exports.join(pattern)]);
            let lines = read_tables(&[of_pattern], &[account()], 5).unwrap().lines;
            assert_eq!(lines.len(), 1, "{name}/{pattern}");
        }
        let optional = quietline::domain::Source {
            optional: true,
            ..source(TableName::Directory, &[exports.join("people*.csv")])
        };
        let tables = read_tables(&[optional], &[account()], 5).unwrap();
        assert!(
            tables.inputs[0].notes[0].contains("people*.csv"),
            "{:?}",
            tables.inputs
        );
    }
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_of_its_folder_is_refused() {
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let secret = write(outside.path(), "secret.csv", "extension\n1001\n");
    let inner = write(folder.path(), "real.csv", "extension\n1002\n");
    std::os::unix::fs::symlink(&secret, folder.path().join("out.csv")).unwrap();
    std::os::unix::fs::symlink(&inner, folder.path().join("in.csv")).unwrap();
    let read = |name: &str| {
        read_tables(
            &[source(TableName::Lines, &[folder.path().join(name)])],
            &[account()],
            5,
        )
    };
    assert_eq!(read("in.csv").unwrap().lines[0].extension, "1002");
    for name in ["out.csv", "o*.csv"] {
        assert!(
            read(name)
                .unwrap_err()
                .to_string()
                .contains("leads out of its folder")
        );
    }
}

#[test]
fn rows_of_other_accounts_are_quarantined() {
    let text = "account_id,extension\n4711,1001\n,1002\n9999,1003\n";
    let tables = read(TableName::Lines, "lines.csv", text).unwrap();
    assert_eq!(tables.lines.len(), 2);
    assert_eq!(tables.quarantine[0].column, "account_id");
}

const SOME: [TableName; 7] = [
    TableName::Lines,
    TableName::Charges,
    TableName::Contracts,
    TableName::PriceBook,
    TableName::Directory,
    TableName::Decisions,
    TableName::Holidays,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_panic_any_reader(bytes in prop::collection::vec(any::<u8>(), 0..400), magic in 0_usize..6, table in 0_usize..7) {
        let heads: [&[u8]; 6] = [b"", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\xff\xfe", b"[{", HEAD.as_bytes()];
        let _ = read(SOME[table], "any", [heads[magic], &bytes].concat());
    }

    #[test]
    fn no_text_panics_any_table(cells in prop::collection::vec("[ -~\u{e9}\u{202e}\n\"]{0,12}", 1..40), table in 0_usize..7) {
        let head = "extension,email,status,invoice_id,invoice_date,period_start,period_end,description,amount,currency,\
            term,start_on,end_on,tier,valid_from,price,line_id,decision,expires_on,day\n";
        let rows: String = cells.chunks(20).map(|row| row.join(",") + "\n").collect();
        let _ = read(SOME[table], "any", format!("{head}{rows}"));
    }
}
