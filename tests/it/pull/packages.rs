//! Packages by hand: what hides in them is refused by name, and damage never passes for other rows.

use std::io::Write;

use proptest::prelude::*;
use quietline::domain::TableName;

use super::read;
use super::xlsx::{LINES, as_workbook};

const BOOK: &str = "<workbook xmlns:r=\"r\"><workbookPr date1904=\"1\"/><sheets><sheet name=\"Bill\" sheetId=\"1\" r:id=\"a\"/></sheets></workbook>";
const STYLES: &str = "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";

/// A package by hand: a sheet's rows, further parts, and what replaces the usual ones.
fn package(rows: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"a\" Type=\"http://x/relationships/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let (root, book) = (
        relation("officeDocument", "xl/workbook.xml"),
        relation("worksheet", "worksheets/sheet1.xml"),
    );
    let usual = [
        ("_rels/.rels", root.as_str()),
        ("xl/_rels/workbook.xml.rels", &book),
        ("xl/workbook.xml", BOOK),
        ("xl/styles.xml", STYLES),
        ("xl/worksheets/sheet1.xml", &sheet),
    ];
    let kept = usual
        .iter()
        .filter(|(name, _)| !parts.iter().any(|(other, _)| other == name));
    zipped(&kept.chain(parts).copied().collect::<Vec<_>>())
}

fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn text(cell: &str, text: &str) -> String {
    format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn head() -> String {
    format!(
        "<row r=\"1\">{}{}{}</row>",
        text("A1", "extension"),
        text("B1", "seat_since"),
        text("C1", "email")
    )
}

#[test]
fn days_may_count_from_1904() {
    let rows = format!(
        "{}<row r=\"2\"><c r=\"A2\"><v>1001</v></c><c r=\"B2\" s=\"1\"><v>44838</v></c></row>",
        head()
    );
    let lines = read(TableName::Lines, "lines.xlsx", package(&rows, &[]))
        .unwrap()
        .lines;
    assert_eq!(lines[0].seat_since.unwrap().to_string(), "2026-10-05");
}

#[test]
fn numbers_that_a_workbook_cannot_keep_are_not_taken_for_others() {
    let rows = format!(
        "{}<row r=\"2\"><c r=\"A2\"><v>12345678901234567890</v></c></row><row><c r=\"A3\"><v>7</v></c></row>",
        head()
    );
    let tables = read(TableName::Lines, "lines.xlsx", package(&rows, &[])).unwrap();
    assert_eq!((tables.lines.len(), tables.quarantine[0].row), (1, 2));
    // Leading zeros are the writer's loss; calls find the line without them.
    assert_eq!(tables.lines[0].extension, "7");
    assert!(tables.quarantine[0].reason.contains("15 digits"));
}

#[test]
fn packages_that_are_no_workbook_or_too_much_of_one_are_refused_by_name() {
    let good = format!("{}<row r=\"2\"><c r=\"A2\"><v>1001</v></c></row>", head());
    let deep = " ".repeat(48 << 20);
    let many: Vec<String> = (0..10_001).map(|at| format!("xl/media/{at}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "")).collect();
    let strings = "<sst uniqueCount=\"4000000000000\"><si><t>a</t></si></sst>";
    let dtd = format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{BOOK}");
    let whole = package(&good, &[]);
    let mut locked = whole.clone();
    // The flag of an encrypted part, in the directory's first entry.
    let entry = locked
        .windows(4)
        .position(|bytes| bytes == b"PK\x01\x02")
        .unwrap();
    locked[entry + 8] |= 1;
    for (name, bytes, words) in [
        (
            "deep",
            package(&good, &[("xl/worksheets/sheet2.xml", &deep)]),
            "bomb",
        ),
        ("many", package(&good, &many), "more than 10000 parts"),
        (
            "strings",
            package(&good, &[("xl/sharedStrings.xml", strings)]),
            "million different texts",
        ),
        (
            "feigned",
            package(
                &good,
                &[("xl/worksheets/a.xml", "<worksheet><sst><si/></sst></worksheet>")],
            ),
            "no sheet holds",
        ),
        ("dtd", package(&good, &[("xl/workbook.xml", &dtd)]), "DTD"),
        (
            "long",
            package(&text("A1", &"x".repeat(2 << 20)), &[]),
            "more than 1 MB",
        ),
        ("cut", whole[..whole.len() - 30].to_vec(), "cut off"),
        ("cut early", whole[..whole.len() / 2].to_vec(), "cut off"),
        ("locked", locked, "without a password"),
        (
            "backwards",
            package(
                "<row r=\"5\"><c r=\"A5\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row>",
                &[],
            ),
            "row 2",
        ),
        (
            "outside",
            package("<row r=\"1\"><c r=\"ZZZZ1\"><v>1</v></c></row>", &[]),
            "where none can",
        ),
        ("no cells", package("", &[]), "has no rows"),
        (
            "no sheet",
            package(&good, &[("xl/workbook.xml", "<workbook></workbook>")]),
            "no sheet of cells",
        ),
        (
            "broken sheet",
            package(&format!("{good}<row><c>"), &[]),
            "not readable as a workbook",
        ),
        ("xlsb", zipped(&[("xl/workbook.bin", "x")]), ".xlsb"),
        (
            "ods",
            zipped(&[("mimetype", "x"), ("content.xml", "<a/>")]),
            "OpenDocument",
        ),
        ("docx", zipped(&[("word/document.xml", "<a/>")]), "not a workbook"),
        (
            "zip",
            zipped(&[("lines.csv", "extension\n1001\n")]),
            "ZIP archive",
        ),
        ("empty zip", zipped(&[]), "ZIP archive"),
        ("packed", super::gzip(&whole), "unpack it first"),
    ] {
        let error = read(TableName::Lines, name, bytes).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains(name), "{name}: {error}");
    }
    // Macros and links to other workbooks are parts like any others, and never opened.
    let more = [
        ("xl/vbaProject.bin", "code"),
        ("xl/externalLinks/externalLink1.xml", "<externalLink/>"),
    ];
    assert_eq!(
        read(TableName::Lines, "macro.xlsm", package(&good, &more))
            .unwrap()
            .lines
            .len(),
        1
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_damage_panics_or_passes_for_other_rows(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut bytes = as_workbook(LINES);
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let wanted = read(TableName::Lines, "lines.csv", LINES).unwrap().lines;
        if let Ok(tables) = read(TableName::Lines, "lines.xlsx", bytes) {
            // What the damage made unreadable is told row by row; what is read is what was written.
            prop_assert_eq!(tables.lines.len() + tables.quarantine.len(), wanted.len());
            for line in &tables.lines {
                prop_assert!(wanted.contains(line), "{line:?}");
            }
        }
    }

    #[test]
    fn no_markup_panics(rows in "(<(row|c|v|f|is|t|/row|/c|/v|/f|/is|/t)( (r|s|t|si|ref)=\"[A-Za-z0-9:]{0,9}\"){0,3}/?>|[0-9.]{0,3}){0,40}") {
        let _ = read(TableName::Lines, "lines.xlsx", package(&rows, &[]));
    }
}
