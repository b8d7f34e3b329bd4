//! The FOCUS export: the sample through the binary, odd charges through the steps, and the public validator.

mod mapping;
mod validator;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::night::{checkout, csv_rows};

fn export(words: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quietline"))
        .args(["export", "focus"])
        .args(words)
        .env_clear()
        .current_dir(folder)
        .output()
        .unwrap()
}

/// The sample's charges, as that version's file.
fn sample(version: &str) -> String {
    let output = export(&["--version", version, "jobs/sample.toml"], &checkout());
    assert_eq!(
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).as_ref()
        ),
        (Some(0), "")
    );
    String::from_utf8(output.stdout).unwrap()
}

fn rows(file: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// Cents of an amount as it stands in a file, read without the program's own money.
fn cents(amount: &str) -> i64 {
    let (whole, hundredths) = amount.split_once('.').unwrap();
    assert_eq!(hundredths.len(), 2, "{amount}");
    format!("{whole}{hundredths}").parse().unwrap()
}

fn by_invoice(rows: &[BTreeMap<String, String>], invoice: &str, amount: &str) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for row in rows {
        *sums.entry(row[invoice].clone()).or_default() += cents(&row[amount]);
    }
    sums
}

#[test]
fn every_charge_is_a_row_and_every_invoice_adds_up() {
    let charges = csv_rows(&checkout().join("sample_data/charges.csv"));
    let billed = by_invoice(&charges, "invoice_id", "amount");
    for (version, invoice) in [("1.0", "x_InvoiceId"), ("1.2", "InvoiceId")] {
        let rows = rows(&sample(version));
        assert_eq!(rows.len(), charges.len());
        for cost in ["BilledCost", "EffectiveCost"] {
            assert_eq!(by_invoice(&rows, invoice, cost), billed, "{version} {cost}");
        }
    }
}

#[test]
fn whoever_bills_is_named_as_the_charges_name_them() {
    let words = [
        "--set",
        "sources.charges.issuer=Harbor Telecom",
        "jobs/sample.toml",
    ];
    let billed = export(&words, &checkout());
    let file = String::from_utf8(billed.stdout).unwrap();
    for (file, issuer) in [(file, "Harbor Telecom"), (sample("1.2"), "Vonage")] {
        let rows = rows(&file);
        assert!(!rows.is_empty());
        assert!(
            rows.iter()
                .all(|row| row["InvoiceIssuerName"] == issuer && row["PublisherName"] == "Vonage")
        );
    }
}

#[test]
fn each_version_has_its_columns_in_order() {
    let headings = |version| sample(version).lines().next().unwrap().replace(',', "\n");
    insta::assert_snapshot!("columns_of_1.0", headings("1.0"));
    insta::assert_snapshot!("columns_of_1.2", headings("1.2"));
}

#[test]
fn the_first_row_of_each_kind() {
    let file = sample("1.2");
    let headings: Vec<&str> = file.lines().next().unwrap().split(',').collect();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for row in rows(&file) {
        let told = headings.iter().map(|name| format!("  {name}: {}", row[*name]));
        let told: Vec<String> = told.map(|line| line.trim_end().to_owned()).collect();
        seen.entry(row["x_ChargeKind"].clone())
            .or_insert_with(|| told.join("\n"));
    }
    let told: Vec<String> = seen.iter().map(|(kind, row)| format!("{kind}\n{row}")).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn nobody_of_the_lines_file_is_named() {
    let people = csv_rows(&checkout().join("sample_data/lines.csv"));
    let mut looked_for = 0;
    for version in ["1.0", "1.2"] {
        let file = sample(version).to_lowercase();
        assert!(!file.contains('@'), "{version}");
        for person in &people {
            let name = format!("{} {}", person["first_name"], person["last_name"]);
            let names = [name.as_str(), &person["login_name"], &person["email"]];
            // A login such as 1001 is an extension too.
            for name in names.iter().filter(|name| name.contains(['.', ' ', '@'])) {
                let name = name.trim().to_lowercase();
                looked_for += usize::from(!name.is_empty());
                assert!(name.is_empty() || !file.contains(&name), "{version}: {name}");
            }
        }
    }
    assert!(looked_for > 200, "{looked_for}");
}

/// A small job in a folder of its own.
fn job(folder: &Path, lines: &str, charges: &str) {
    fs::write(
        folder.join("quietline.toml"),
        format!(
            "[accounts.\"1\"]\nname = \"Example\"\ntime_zone = \"Europe/Berlin\"\n[sources.lines]\n{lines}\n\
             [sources.calls]\nfiles = \"calls.csv\"\n{charges}\n"
        ),
    )
    .unwrap();
    fs::write(
        folder.join("lines.csv"),
        "extension,login_name,email,first_name,last_name\n101,a.smith,anna@example.com,Anna,Smith\n",
    )
    .unwrap();
    fs::write(
        folder.join("charges.csv"),
        "invoice_id,invoice_date,period_start,period_end,description,amount,currency,extension\n\
         I-1,2026-10-01,2026-10-01,2026-10-31,\"Premium line annual, Smith, Anna (anna@example.com)\",20.99,USD,101\n\
         I-1,2026-10-01,2026-10-01,2026-10-31,Calls to +44 20 7946 0958 by a.smith,3.10,USD,\n\
         I-1,2026-10-01,2026-10-01,2026-10-31,Premium line annual,1 dollar,USD,101\n",
    )
    .unwrap();
}

const LINES: &str = "files = \"lines.csv\"";
const CHARGES: &str = "[sources.charges]\nfiles = \"charges.csv\"";

#[test]
fn holders_and_outside_numbers_leave_the_descriptions_and_a_missing_row_is_told() {
    let folder = tempfile::tempdir().unwrap();
    job(folder.path(), LINES, CHARGES);
    let output = export(&["--out", "focus.csv"], folder.path());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        (output.status.code(), output.stdout.len()),
        (Some(0), 0),
        "{said}"
    );
    assert!(
        said.contains("the export is short by a row: ") && said.contains("row 4"),
        "{said}"
    );
    let file = fs::read_to_string(folder.path().join("focus.csv")).unwrap();
    let told: Vec<String> = rows(&file)
        .iter()
        .map(|row| format!("{} | {}", row["ChargeDescription"], row["BillingPeriodStart"]))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    Premium line annual, ... | 2026-10-01T00:00:00Z
    Calls to +** ** **** **58 by ... | 2026-10-01T00:00:00Z
    ");
    assert!(!folder.path().join("store").exists(), "the store was touched");
}

#[test]
fn an_extension_that_no_line_has_is_named_where_it_is_a_number() {
    let folder = tempfile::tempdir().unwrap();
    job(folder.path(), LINES, CHARGES);
    let seat = |extension: &str| {
        format!("I-1,2026-10-01,2026-10-01,2026-10-31,Premium line annual,20.99,USD,{extension}\n")
    };
    let path = folder.path().join("charges.csv");
    let bill = fs::read_to_string(&path).unwrap() + &seat("canary7") + &seat("777");
    fs::write(&path, bill).unwrap();
    let file = String::from_utf8(export(&[], folder.path()).stdout).unwrap();
    assert!(!file.contains("canary"), "{file}");
    let named: Vec<String> = rows(&file)
        .iter()
        .map(|row| row["ResourceName"].clone())
        .collect();
    assert_eq!(
        named,
        ["Extension 101", "", "Extension [holder]", "Extension 777"]
    );
}

#[test]
fn a_name_leaves_the_description_however_it_is_written_and_whoever_bears_it() {
    let written = [
        "Zqsmith,Zqanna",
        "Z. Zqsmith",
        "Zqsmith",
        "Zqanna  Zqsmith",
        "Line:Zqanna Zqsmith",
        "Zqanna_Zqsmith",
        "Zqanna/Zqsmith",
        "Zqanna-Zqsmith's",
        "ZqannaZqsmith",
        "user=zqanna.zqsmith.15",
        "zqanna.zqsmith.15@localhost",
        "Extension 1014(Zqanna Zqsmith)",
        "zqlog6",
        "Zqnobody Zqgone - Ext. 1999",
    ];
    let folder = tempfile::tempdir().unwrap();
    job(folder.path(), LINES, CHARGES);
    fs::write(
        folder.path().join("lines.csv"),
        "extension,login_name,email,first_name,last_name\n101,zqlog6,zqanna@example.com,Zqanna,Zqsmith\n",
    )
    .unwrap();
    let row =
        |text: &str| format!("I-1,2026-10-01,2026-10-01,2026-10-31,\"{text}\",4.99,USD,101,line_addon\n");
    let mut charges =
        "invoice_id,invoice_date,period_start,period_end,description,amount,currency,extension,charge_kind\n"
            .to_owned();
    for name in written {
        charges += &row(&format!("Call recording - {name}"));
        charges += &row(name);
    }
    fs::write(folder.path().join("charges.csv"), charges).unwrap();
    for version in ["1.0", "1.2"] {
        let output = export(&["--version", version], folder.path());
        let file = String::from_utf8(output.stdout).unwrap();
        assert!(!file.to_lowercase().contains("zq"), "{version}: {file}");
        let rows = rows(&file);
        assert_eq!(rows.len(), 2 * written.len());
        assert!(rows.iter().all(|row| !row["ChargeDescription"].is_empty()));
        let named = rows
            .iter()
            .filter(|row| row["SkuId"] == "line_addon.call-recording");
        assert_eq!(named.count(), written.len() - 2, "one text, one id: {file}");
    }
}

#[test]
fn what_cannot_be_exported_is_said() {
    let pulled = "from = \"vonage\"\n[vonage]\nusername = \"u\"\nclient_id = \"c\"";
    let table = [
        (LINES, "", vec![], 78, "no charges to export"),
        (pulled, CHARGES, vec![], 65, "has not been pulled from Vonage yet"),
        (
            LINES,
            CHARGES,
            vec!["--version", "1.1"],
            2,
            "is none of: 1.0, 1.2",
        ),
        (
            LINES,
            CHARGES,
            vec!["--out", "gone/x.csv"],
            73,
            "folder is missing",
        ),
    ];
    for (lines, charges, words, code, says) in table {
        let folder = tempfile::tempdir().unwrap();
        job(folder.path(), lines, charges);
        let output = export(&words, folder.path());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (output.status.code(), output.stdout.len()),
            (Some(code), 0),
            "{said}"
        );
        assert!(said.contains(says), "{says:?} is not in: {said}");
        assert!(!folder.path().join("store").exists(), "the store was touched");
    }
}
