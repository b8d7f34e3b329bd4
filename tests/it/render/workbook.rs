use std::collections::BTreeMap;
use std::io::Read;
use std::process::Command;

use quietline::domain::{Cents, NightStatus, Statement};
use quietline::render::report_xlsx;
use regex::Regex;

use super::chances::night_by_chance;
use super::night::{SECRETS_OF_PEOPLE, large, night, stopped};

/// The workbook's parts as text, by path.
fn parts(statement: &Statement) -> BTreeMap<String, String> {
    let bytes = report_xlsx(statement).unwrap();
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
    let parts = parts(&night());
    let all = parts.values().cloned().collect::<String>();
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
    assert_eq!(report_xlsx(&night()).unwrap(), report_xlsx(&night()).unwrap());
    assert!(parts(&night())["docProps/core.xml"].contains("2026-10-16T00:00:00Z"));
}

#[test]
fn a_stopped_night_s_workbook_holds_headings_only() {
    let all: String = parts(&stopped(NightStatus::Held)).into_values().collect();
    assert!(all.contains("No figure tonight") && !all.contains("next_bill") && !all.contains("INV-10"));
}

#[test]
fn ten_thousand_lines_fit() {
    assert!(report_xlsx(&large(10_000)).unwrap().len() > 100_000);
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
    std::fs::write(folder.path().join("report.xlsx"), report_xlsx(statement).unwrap()).unwrap();
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
    [
        "summary",
        "bridge",
        "savings calendar",
        "lines",
        "findings",
        "contracts",
        "back-test",
        "method",
    ]
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
    insta::assert_snapshot!(sheets[..2].join("\n"));
    assert_eq!(sheets[3].lines().count(), 17);
    assert!(
        sheets
            .iter()
            .all(|sheet| !sheet.contains("#NAME?") && !sheet.contains("#VALUE!") && !sheet.contains("Err:"))
    );
}
