use std::collections::BTreeMap;
use std::io::Read;
use std::process::Command;

use calamine::Reader;
use quietline::domain::{
    Cents, ChargeKind, Commitment, CommitmentCost, FindingKind, FindingState, InvoiceTrend, LedgerEntry,
    NightStatus, Statement, Tier,
};
use quietline::render::FinanceNight;
use quietline::render::report_xlsx;
use regex::Regex;

use super::chances::night_by_chance;
use super::night::{SECRETS_OF_PEOPLE, large, night, stopped};

/// The workbook's parts as text, by path.
fn parts(statement: &Statement) -> BTreeMap<String, String> {
    let bytes = report_xlsx(&FinanceNight::of(statement)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.xlsx");
    std::fs::write(&path, bytes).unwrap();
    let mut parts = BTreeMap::new();
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        parts.insert(name, text);
    }
    parts
}

#[test]
fn the_workbook_bears_no_names_and_text_never_becomes_a_formula() {
    let parts = parts(&night_with_a_past());
    let all = parts.values().cloned().collect::<String>();
    assert!(
        !all.contains("4200 Support"),
        "a cost centre of few people is named"
    );
    for secret in SECRETS_OF_PEOPLE {
        assert!(!all.contains(secret), "report.xlsx holds {secret}");
    }
    assert!(all.contains("=HYPERLINK"), "the hostile subject is missing");
    let formulas = Regex::new("<f>([^<]*)</f>").unwrap();
    for found in formulas.captures_iter(&all) {
        assert!(
            !found[1].contains("HYPERLINK"),
            "text became the formula {}",
            &found[1]
        );
    }
}

#[test]
fn the_bridge_s_rows_sum_to_the_total_that_is_kept_beside_the_formula() {
    let sheet = &parts(&night())["xl/worksheets/sheet2.xml"];
    let cents = |text: &str| -> Cents { text.parse().unwrap() };
    let values: Vec<Cents> = Regex::new(r#"<c r="C\d+" s="\d+"><v>([^<]+)</v>"#)
        .unwrap()
        .captures_iter(sheet)
        .map(|found| cents(&found[1]))
        .collect();
    let totals: Vec<Cents> = Regex::new(r"<f>ROUND\(SUM\(C\d+:C\d+\),2\)</f><v>([^<]+)</v>")
        .unwrap()
        .captures_iter(sheet)
        .map(|found| cents(&found[1]))
        .collect();
    let sums: Vec<Cents> = values
        .chunks(12)
        .map(|parts| parts.iter().copied().sum())
        .collect();
    assert_eq!(sums, [Cents(40174), Cents(5999)]);
    assert_eq!(totals, sums);
}

#[test]
fn the_same_statement_gives_the_same_workbook() {
    assert_eq!(
        report_xlsx(&FinanceNight::of(&night())).unwrap(),
        report_xlsx(&FinanceNight::of(&night())).unwrap()
    );
    assert!(parts(&night())["docProps/core.xml"].contains("2026-10-16T00:00:00Z"));
}

#[test]
fn a_stopped_night_s_workbook_holds_headings_only() {
    let all: String = parts(&stopped(NightStatus::Held)).into_values().collect();
    assert!(all.contains("No figure tonight") && !all.contains("next_bill") && !all.contains("INV-10"));
}

#[test]
fn ten_thousand_lines_fit() {
    assert!(report_xlsx(&FinanceNight::of(&large(10_000))).unwrap().len() > 100_000);
}

const SHEETS: [&str; 13] = [
    "summary",
    "bridge",
    "savings calendar",
    "lines",
    "findings",
    "contracts",
    "commitments",
    "invoices",
    "savings",
    "ledger",
    "back-test",
    "method",
    "columns",
];

/// A night with invoices to compare, something to commit to, and findings that have come some way.
fn night_with_a_past() -> Statement {
    let mut statement = night();
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    let account = &mut statement.accounts[0];
    let invoice = |date, lines, fees, fault| InvoiceTrend {
        invoice_date: day(date),
        billed: Cents(lines + fees),
        by_kind: [
            (ChargeKind::LineMrc, Cents(lines)),
            (ChargeKind::StateTax, Cents(fees)),
        ]
        .into(),
        faults: [(FindingKind::DuplicateCharge, Cents(fault))].into(),
    };
    account.trend = vec![
        invoice("2026-09-01", 30_010, 4_001, 0),
        invoice("2026-10-01", 31_013, -250, 2_999),
    ];
    let demand = [4, 3, 5, 3];
    let cost = |lines: i64| {
        let beyond: i64 = demand.iter().map(|used| (used - lines).max(0)).sum();
        CommitmentCost {
            lines: lines as u32,
            cost: Cents(1_399 * lines * 4 + 1_999 * beyond),
        }
    };
    account.commitments = vec![Commitment {
        tiers: vec![Tier::Mobile],
        annual: Cents(1_399),
        monthly: Cents(1_999),
        demand: (6..)
            .map(|month| day(&format!("2026-0{month}-01")))
            .zip(demand.map(|used| used as u32))
            .collect(),
        today: Some(cost(5)),
        best: cost(3),
        low: 3,
        high: 4,
        plateau: (3, 3),
        break_even_months: 3,
        curve: (0..=5).map(cost).collect(),
        assumptions: vec!["Months are as they were.".into()],
    }];
    let entry = |id: &str, amount, realised: Option<&str>| LedgerEntry {
        finding_id: id.into(),
        kind: FindingKind::IdleLine,
        account_id: account.account_id.clone(),
        line_id: Some(id.into()),
        cost_center: Some("4200 Support".into()),
        tier: Some(Tier::Mobile),
        first_seen: day("2026-08-01"),
        last_seen: day("2026-09-30"),
        invoice_date: None,
        monthly_amount: Cents(amount),
        currency: account.currency,
        state: FindingState::Actioned,
        approved_on: Some(day("2026-08-15")),
        actioned_on: Some(day("2026-09-01")),
        realised_on: realised.map(day),
        slipped_back_on: None,
        taken_back_by: None,
        dismissed_on: Some(day("2026-08-10")),
    };
    account.ledger = vec![
        entry("1001", 1_399, Some("2026-10-01")),
        entry("1002", 2_099, None),
        entry("1003", 0, Some("2026-11-30")),
    ];
    statement
}

/// Row by row, as a person sees the sheet; formulas by the values kept in them.
fn sheet(statement: &Statement, name: &str) -> Vec<Vec<String>> {
    let bytes = std::io::Cursor::new(report_xlsx(&FinanceNight::of(statement)).unwrap());
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(bytes).unwrap();
    let range = book.worksheet_range(name).unwrap();
    range
        .rows()
        .map(|row| row.iter().map(ToString::to_string).collect())
        .collect()
}

#[test]
fn every_column_of_every_sheet_is_explained() {
    let explained: Vec<(String, String)> = sheet(&night_with_a_past(), "columns")
        .into_iter()
        .map(|row| {
            assert!(!row[2].is_empty(), "{} of {} has no meaning", row[1], row[0]);
            (row[0].clone(), row[1].clone())
        })
        .collect();
    let mut faults = Vec::new();
    for name in &SHEETS[1..10] {
        let heads = sheet(&night_with_a_past(), name).swap_remove(0);
        let is_day = |head: &String| head.starts_with(|letter: char| letter.is_ascii_digit());
        let told = |head: &String| explained.contains(&((*name).to_owned(), head.clone()));
        faults.extend(
            heads
                .iter()
                .filter(|head| !head.is_empty() && !is_day(head) && !told(head))
                .map(|head| format!("{name}: {head}")),
        );
    }
    for (name, night) in [("back-test", night_by_chance()), ("method", night())] {
        let strong = heads_of(&night, name);
        assert!(strong.len() > 10, "{name} has the headings {strong:?}");
        faults.extend(
            strong
                .into_iter()
                .filter(|head| !explained.contains(&(name.to_owned(), head.clone())))
                .map(|head| format!("{name}: {head}")),
        );
    }
    assert!(faults.is_empty(), "not explained: {faults:#?}");
}

/// Rows whose every cell is text, two or more of them, under a caption that stands alone.
fn heads_of(statement: &Statement, name: &str) -> Vec<String> {
    let rows = sheet(statement, name);
    let filled = |row: &[String]| row.iter().filter(|cell| !cell.is_empty()).count();
    rows.windows(3)
        .filter(|rows| filled(&rows[0]) == 1 && filled(&rows[1]) > 1 && filled(&rows[2]) > 0)
        .flat_map(|rows| rows[1].iter().filter(|cell| !cell.is_empty()).cloned())
        .collect()
}

#[test]
fn rows_that_want_an_eye_are_marked_and_tables_have_filters_and_charts() {
    let parts = parts(&night_with_a_past());
    let part = |number: usize| &parts[&format!("xl/worksheets/sheet{number}.xml")];
    for (number, marked) in [
        (3, true),
        (4, true),
        (5, true),
        (6, true),
        (7, true),
        (8, false),
        (9, false),
        (10, false),
    ] {
        assert_eq!(
            part(number).contains("<conditionalFormatting"),
            marked,
            "{}",
            SHEETS[number - 1]
        );
        assert!(
            part(number).contains("<autoFilter") && part(number).contains("state=\"frozen\""),
            "{}",
            SHEETS[number - 1]
        );
    }
    for (number, sheet) in [(2, "bridge"), (7, "commitments"), (8, "invoices"), (9, "savings")] {
        assert!(part(number).contains("<drawing"), "no chart on {sheet}");
    }
}

#[test]
fn what_has_come_of_it_is_summed_from_the_ledger_as_of_the_night() {
    let rows = sheet(&night_with_a_past(), "savings");
    let stages: Vec<[&str; 3]> = rows[1..7]
        .iter()
        .map(|row| [row[1].as_str(), row[2].as_str(), row[3].as_str()])
        .collect();
    assert_eq!(
        stages,
        [
            ["identified", "2", "34.98"],
            ["approved", "2", "34.98"],
            ["actioned", "2", "34.98"],
            ["realised", "1", "13.99"],
            ["slipped back", "0", "0"],
            ["dismissed", "0", "0"],
        ]
    );
}

/// LibreOffice's settings: 0 recomputes every formula on opening, 1 shows the values kept in the file.
fn office_profile(recalculate: u8) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>{recalculate}</value></prop></item></oor:items>"#
    )
}

/// Every sheet as LibreOffice reads it.
fn as_office_reads_it(statement: &Statement, recalculate: u8) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile/user");
    std::fs::create_dir_all(&profile).unwrap();
    std::fs::write(
        profile.join("registrymodifications.xcu"),
        office_profile(recalculate),
    )
    .unwrap();
    std::fs::write(
        folder.path().join("report.xlsx"),
        report_xlsx(&FinanceNight::of(statement)).unwrap(),
    )
    .unwrap();
    let done = Command::new("soffice")
        .args([
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
        ])
        .arg(format!(
            "-env:UserInstallation=file://{}/profile",
            folder.path().display()
        ))
        .args(["--outdir", "."])
        .arg("report.xlsx")
        .current_dir(folder.path())
        .output()
        .expect("QUIETLINE_OFFICE=1 needs soffice");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    SHEETS
        .iter()
        .map(|sheet| std::fs::read_to_string(folder.path().join(format!("report-{sheet}.csv"))).unwrap())
        .collect()
}

#[test]
fn libreoffice_reads_the_same_totals() {
    if std::env::var("QUIETLINE_OFFICE").as_deref() != Ok("1") {
        eprintln!("skipped: set QUIETLINE_OFFICE=1 to open the workbook with LibreOffice");
        return;
    }
    let sheets = as_office_reads_it(&night(), 0);
    assert_eq!(
        sheets,
        as_office_reads_it(&night(), 1),
        "kept and recomputed values differ"
    );
    assert_eq!(
        as_office_reads_it(&night_by_chance(), 0),
        as_office_reads_it(&night_by_chance(), 1),
        "kept and recomputed values of expected waste differ"
    );
    let past = as_office_reads_it(&night_with_a_past(), 0);
    assert_eq!(
        past,
        as_office_reads_it(&night_with_a_past(), 1),
        "kept and recomputed values of commitments, invoices and savings differ"
    );
    insta::assert_snapshot!(sheets[..2].join("\n"));
    insta::assert_snapshot!("commitments_invoices_and_savings", past[6..9].join("\n"));
    assert_eq!(sheets[3].lines().count(), 17);
    assert!(
        sheets
            .iter()
            .chain(&past)
            .all(|sheet| !sheet.contains("#NAME?") && !sheet.contains("#VALUE!") && !sheet.contains("Err:"))
    );
}
