//! A company whose tables say things twice and otherwise: where its rows stand, and in which file, changes no report but for row
//! numbers.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use regex::Regex;

use super::files_of;
use super::phones::{Phones, row};
use super::several_rows::{HEADINGS, second_holder, shuffled};

/// Each table's headings and rows.
type Tables = BTreeMap<&'static str, (&'static str, Vec<String>)>;

const CHARGES: &str = "invoice_id,invoice_date,period_start,period_end,description,amount,currency,extension,phone_number,charge_kind";

fn company() -> (Phones, Tables) {
    let mut phones = Phones::named_by(&["user", "extension"]);
    for (at, line) in phones.lines.iter_mut().enumerate() {
        let (tier, contract) = if at % 4 == 3 {
            ("advanced", "C-2")
        } else {
            ("premium", "C-1")
        };
        line.insert("tier", tier.to_owned());
        line.insert("contract_id", contract.to_owned());
        line.insert("dids", format!("1212555{:04}", 1_000 + at));
    }
    second_holder(&mut phones, "114", "2026-10-01");
    second_holder(&mut phones, "113", "");
    let twice = phones.line("112").clone();
    let mut otherwise = phones.line("111").clone();
    otherwise.insert("tier", "mobile".to_owned());
    phones.lines.extend([twice, otherwise]);
    let mut again = phones.calls[40].clone();
    again.insert("length", "0".to_owned());
    let same = phones.calls[41].clone();
    let stranger = row([
        ("id", "x1"),
        ("direction", "Outbound"),
        ("start", "2026-10-15 15:00:00"),
        ("length", "60"),
        ("result", "Answered"),
        ("source_user", "nobody.known"),
    ]);
    phones.calls.extend([again, same, stranger]);

    let seat = |invoice: &str, day: &str, end: &str, extension: &str, amount: &str| {
        format!("{invoice},{day},{day},{end},VBC Premium monthly,{amount},USD,{extension},,line_mrc")
    };
    let mut charges: Vec<String> = (101..=116)
        .flat_map(|extension| {
            let extension = extension.to_string();
            [
                seat("INV-9", "2026-09-01", "2026-09-30", &extension, "29.99"),
                seat("INV-10", "2026-10-01", "2026-10-31", &extension, "32.99"),
            ]
        })
        .collect();
    charges.extend([
        seat("INV-10", "2026-10-01", "2026-10-31", "101", "31.99"),
        seat("INV-10", "2026-10-01", "2026-10-31", "102", "34.99"),
        seat("INV-10", "2026-10-01", "2026-10-31", "777", "32.99"),
        seat("INV-10", "2026-10-01", "2026-10-31", "778", "twelve"),
        seat("INV-10", "2026-10-01", "2026-10-31", "779", "a dozen"),
        seat("INV-8", "2026-08-01", "2026-08-31", "104", "unread"),
        "INV-10,2026-10-01,2026-10-01,2026-10-31,Local number,4.99,USD,,12125551003,did".to_owned(),
        "INV-10,2026-10-01,2026-10-01,2026-10-31,Local number,4.99,USD,,12125559999,did".to_owned(),
        "INV-10,2026-10-01,2026-10-05,2026-10-31,VBC Premium proration,30.00,USD,103,,proration".to_owned(),
        "INV-10,2026-10-01,2026-10-01,2026-10-31,Call recording,4.99,USD,105,,line_addon".to_owned(),
        "INV-10,2026-10-01,2026-10-01,2026-10-31,Call recording,3.99,USD,105,,line_addon".to_owned(),
        "INV-10,2026-10-01,2026-10-01,2026-10-31,Call recording,5.99,USD,116,,line_addon".to_owned(),
        "INV-10,2026-10-01,2026-10-01,2026-10-31,Contact center seat,9.99,USD,115,,line_addon".to_owned(),
        "INV-10,2026-10-01,2026-10-01,2026-10-31,Company call recording,49.99,USD,,,account_addon".to_owned(),
        "INV-10,2026-10-01,2026-10-01,2026-10-31,Company call recording,39.99,USD,,,account_addon".to_owned(),
        "INV-10,2026-10-01,2026-10-01,2026-10-31,State tax,12.00,USD,,,state_tax".to_owned(),
        "INV-10,2026-10-01,2026-10-01,2026-10-31,Curious item,7.00,USD,,,".to_owned(),
        "INV-10,2026-10-01,2026-10-01,2026-10-31,Another item,7.00,USD,,,".to_owned(),
    ]);
    let text = |rows: &[&str]| rows.iter().map(|row| (*row).to_owned()).collect();
    let tables = BTreeMap::from([
        ("charges", (CHARGES, charges)),
        (
            "contracts",
            (
                "contract_id,term,tier,start_on,end_on,unit_price,auto_renew,notice_days,mid_term_credit,committed_lines",
                text(&[
                    "C-1,monthly,premium,2024-01-01,2026-06-30,29.99,,,,",
                    "C-1,monthly,premium,2026-07-01,,31.99,,,,9",
                    "C-1,monthly,premium,2026-07-01,,31.99,,,,9",
                    "C-1,monthly,mobile,2026-07-01,,19.99,,,,",
                    "C-2,annual,advanced,2025-12-01,2026-11-30,39.99,true,30,none,4",
                    "C-2,annual,premium,2025-12-15,2026-12-14,28.99,true,30,none,",
                    "C-3,monthly,mobile,2026-01-01,,18.99,,40,,",
                    "C-4,monthly,mobile,2026-01-01,,17.99,,50,,",
                ]),
            ),
        ),
        (
            "price_book",
            (
                "tier,term,valid_from,price",
                text(&[
                    "premium,monthly,2025-01-01,28.99",
                    "premium,monthly,2026-05-01,33.99",
                    "premium,monthly,2026-05-01,33.99",
                    "advanced,annual,2025-01-01,41.99",
                ]),
            ),
        ),
        (
            "holidays",
            (
                "day,location,name",
                text(&[
                    "2026-09-07,,Labor Day",
                    "2026-09-07,,Labour Day",
                    "2026-09-07,,",
                    "2026-07-03,,Independence Day",
                ]),
            ),
        ),
        (
            "directory",
            (
                HEADINGS,
                text(&[
                    "ada.birch@example.test,,departed,2026-03-01,,Sales",
                    "ada.birch@example.test,,active,,,Board",
                    "ADA.birch@example.test,,active,,2026-12-31,Works",
                    "oona.pike@example.test,,disabled,,,",
                    "oona.pike@example.test,,departed,,,",
                    "paul.quist@example.test,,departed,2026-03-01,,",
                    "paul.quist@example.test,,departed,2026-05-20,,",
                    "leo.marsh@example.test,leo@corp.example.test,active,,,Sales",
                    "leo@corp.example.test,,active,,,Works",
                ]),
            ),
        ),
        (
            "leave",
            (
                HEADINGS,
                text(&[
                    "ada.birch@example.test,,active,,2027-02-28,",
                    "oona.pike@example.test,,active,,2026-12-31,",
                    "oona.pike@example.test,,active,,2027-01-15,",
                    "leo@corp.example.test,,active,,2026-11-30,Works",
                ]),
            ),
        ),
        (
            "decisions",
            (
                "line_id,decision,expires_on,decided_on,user_name,reason",
                text(&[
                    "115,reclaim,,2026-10-01,Oona Pike,no",
                    "115,reassign,,2026-10-01,Oona Pike,no",
                    "116,keep,2027-01-31,2026-10-01,Paul Quist,one",
                    "116,keep,2027-01-31,2026-10-01,Paul Quist,two",
                    "116,keep,2027-03-31,2026-09-01,Paul Quist,three",
                ]),
            ),
        ),
    ]);
    (phones, tables)
}

/// The workbook's sheet of how many rows and files of each table were read.
const COUNTS_FILES: [&str; 1] = ["report.xlsx/xl/worksheets/sheet12.xml"];

fn without_numbers(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let numbered = Regex::new(r#"\brow \d+|-\d\.csv(,\d+)?|"(inputs|report)": "[0-9a-f]+"#).unwrap();
    let text = numbered.replace_all(&text, "N").into_owned();
    let counts_files = |line: &&str| line.contains("data-label=\"Files\"");
    let mut lines: Vec<&str> = text.lines().filter(|line| !counts_files(line)).collect();
    // Rows set aside stand by file.
    let is_by_file = |line: &&str| line.contains("data-label=\"File\"");
    let mut by_file: Vec<&str> = lines.iter().copied().filter(is_by_file).collect();
    by_file.sort_unstable();
    let mut by_file = by_file.into_iter();
    for line in lines.iter_mut().filter(|line| is_by_file(line)) {
        *line = by_file.next().unwrap_or_default();
    }
    lines.join("\n")
}

/// The report's files as text, without row numbers and names of files. Mails and the Parquet file say what stands
/// beside them.
fn report(model: &str, seed: u64, parts: usize) -> BTreeMap<String, String> {
    let (mut phones, mut tables) = company();
    if seed > 0 {
        shuffled(&mut phones.lines, seed);
        shuffled(&mut phones.calls, seed);
        tables.values_mut().for_each(|(_, rows)| shuffled(rows, seed));
    }
    for (table, (headings, rows)) in tables {
        phones
            .files
            .insert(table, format!("{headings}\n{}\n", rows.join("\n")));
    }
    let folder = tempfile::tempdir().unwrap();
    phones.night_in(folder.path(), model, parts);
    let mut shown = BTreeMap::new();
    for (name, bytes) in files_of(&folder.path().join("reports/phones/latest")) {
        match name.rsplit('.').next() {
            Some("xlsx") => {
                let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
                for at in 0..package.len() {
                    let mut part = package.by_index(at).unwrap();
                    let mut bytes = Vec::new();
                    part.read_to_end(&mut bytes).unwrap();
                    shown.insert(
                        format!("{name}/{}", part.name().unwrap()),
                        without_numbers(&bytes),
                    );
                }
            }
            Some("eml" | "parquet") => {}
            _ if name == "quarantine.csv" => {
                let text = without_numbers(&bytes);
                let mut rows: Vec<&str> = text.lines().collect();
                rows.sort_unstable();
                shown.insert(name, rows.join("\n"));
            }
            _ => {
                shown.insert(name, without_numbers(&bytes));
            }
        }
    }
    shown
}

#[test]
fn rows_in_any_order_and_any_file_give_the_same_report() {
    for model in ["rule", "probability"] {
        let plain = report(model, 0, 1);
        assert!(plain.len() > 10, "{:?}", plain.keys());
        for (seed, parts) in [(1, 1), (2, 2)] {
            let other = report(model, seed, parts);
            assert!(plain.keys().eq(other.keys()));
            let first_of = |name: &String| {
                let mut lines = plain[name].lines().zip(other[name].lines());
                (
                    name.clone(),
                    lines
                        .find(|(a, b)| a != b)
                        .map(|(a, b)| (a.to_owned(), b.to_owned())),
                )
            };
            let is_told = |name: &&String| parts == 1 || !COUNTS_FILES.contains(&name.as_str());
            let differ: Vec<_> = plain
                .keys()
                .filter(is_told)
                .filter(|name| plain[*name] != other[*name])
                .collect();
            let differ: Vec<_> = differ.into_iter().map(first_of).collect();
            assert!(differ.is_empty(), "{model}, {seed}: {differ:#?}");
        }
    }
}
