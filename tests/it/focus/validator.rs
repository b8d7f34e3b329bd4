//! The public validator's word on the sample's export. Switched on by `.ci/run`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{rows, sample};

/// Checks of its rules for 1.0 that no file of that version can pass. It reads a CSV as it guesses, so an account id of
/// digits is a number; it asks for four columns under names of earlier versions; and it looks a price up by ChargeType,
/// which became ChargeCategory.
const NOT_OURS: [&str; 6] = [
    "BillingAccountId_IsString",
    "InvoiceIssuer_Required",
    "Provider_Required",
    "Publisher_Required",
    "ResourceID_Required",
    "SkuPriceId_Nullable",
];
const EARLIER_NAMES: [(&str, &str); 5] = [
    ("InvoiceIssuer", "InvoiceIssuerName"),
    ("Provider", "ProviderName"),
    ("Publisher", "PublisherName"),
    ("ResourceID", "ResourceId"),
    ("ChargeType", "ChargeCategory"),
];

fn validator() -> Option<PathBuf> {
    let folder = std::env::var_os("QUIETLINE_FOCUS_VALIDATOR").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("SKIPPED: set QUIETLINE_FOCUS_VALIDATOR to what .ci/focus.sh prints");
    }
    folder
}

/// The checks that failed. It exits with 0 whatever it finds: its words must be read.
fn failed(validator: &Path, file: &Path) -> BTreeSet<String> {
    let output = Command::new(validator.join("bin/focus-validator"))
        .args(["--validate-version", "1.0", "--data-file"])
        .arg(file)
        .current_dir(validator.join("packages"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed: BTreeSet<String> = said
        .lines()
        .filter_map(|line| line.strip_suffix(" failed:"))
        .map(str::to_owned)
        .collect();
    let verdict = if failed.is_empty() {
        "Validation succeeded."
    } else {
        "Validation failed!"
    };
    assert!(
        said.contains(verdict),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    failed
}

#[test]
fn the_public_validator_finds_only_what_no_file_can_mend() {
    let Some(validator) = validator() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("focus.csv");
    std::fs::write(&file, sample("1.0")).unwrap();
    assert_eq!(
        failed(&validator, &file),
        BTreeSet::from(NOT_OURS.map(str::to_owned))
    );
}

/// So that its checks on the values of these columns are made, too.
#[test]
fn under_the_names_that_the_validator_expects_nothing_fails() {
    let Some(validator) = validator() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("focus.csv");
    let mut renamed = rows(&sample("1.0"));
    for row in &mut renamed {
        row.insert("BillingAccountId".into(), "account 913874".into());
        for (earlier, name) in EARLIER_NAMES {
            row.insert(earlier.into(), row[name].clone());
        }
    }
    write(&file, &renamed);
    assert_eq!(failed(&validator, &file), BTreeSet::new());
    renamed[0].insert("PricingCategory".into(), "Cheap".into());
    write(&file, &renamed);
    assert_eq!(
        failed(&validator, &file),
        BTreeSet::from(["PricingCategory_Enum_1.0".to_owned()])
    );
}

fn write(file: &Path, rows: &[BTreeMap<String, String>]) {
    let mut writer = csv::Writer::from_path(file).unwrap();
    writer.write_record(rows[0].keys()).unwrap();
    for row in rows {
        writer.write_record(row.values()).unwrap();
    }
    writer.flush().unwrap();
}
