//! The public validator's word on the sample's export. Switched on by `.ci/run`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{rows, sample};

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
fn the_public_validator_finds_nothing_but_what_is_planted() {
    let Some(validator) = validator() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("focus.csv");
    std::fs::write(&file, sample("1.0")).unwrap();
    assert_eq!(failed(&validator, &file), BTreeSet::new());
    let mut planted = rows(&sample("1.0"));
    planted[0].insert("PricingCategory".into(), "Cheap".into());
    write(&file, &planted);
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
