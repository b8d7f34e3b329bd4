//! A person is forgotten: no byte that is kept names them, and no figure moves.

use std::fs;
use std::path::{Path, PathBuf};

use quietline::night::{Options, forget};

use super::{Company, world};

const SPELLINGS: [&str; 3] = ["stefan ito", "stefan.ito", "ito, stefan"];

pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.is_symlink());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files_below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// Files of store, reports and outbox in whose bytes the person stands.
fn naming(company: &Company) -> Vec<PathBuf> {
    let folders = ["store", "reports", "outbox"];
    let files = folders
        .iter()
        .flat_map(|folder| files_below(&company.path(folder)));
    files
        .filter(|path| is_named_in(&fs::read(path).unwrap()))
        .collect()
}

pub fn is_named_in(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    SPELLINGS.iter().any(|spelling| text.contains(spelling))
}

#[test]
fn no_byte_names_the_person_afterwards_and_the_next_night_counts_the_same() {
    let (company, undisturbed) = (Company::new(), Company::new());
    for as_of in ["2026-10-14", "2026-10-15"] {
        company.good(&[("job.as_of", as_of)]);
        undisturbed.good(&[("job.as_of", as_of)]);
    }
    let job = company.job(&[]);
    let before = naming(&company);
    assert!(!before.is_empty());

    let unknown = forget(&job, "nobody.at.all", true, &world()).err().unwrap();
    assert_eq!(unknown.exit_code(), 2);
    assert!(unknown.to_string().contains("nobody is known"), "{unknown}");
    let shown = forget(&job, "Stefan Ito", false, &world()).unwrap().shown();
    for words in [
        "Would go",
        "raw calls of account 913874",
        "lines.csv",
        "your own files",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert_eq!(naming(&company), before, "looking changes nothing");

    let done = forget(&job, "Stefan.Ito", true, &world()).unwrap();
    assert!(done.remains.is_empty(), "{}", done.shown());
    assert_eq!(naming(&company), Vec::<PathBuf>::new(), "{}", done.shown());
    let again = forget(&job, "stefan.ito", true, &world()).unwrap().shown();
    assert!(again.contains("Nothing is kept of the person"), "{again}");

    let (after, same) = (company.good(&[]), undisturbed.good(&[]));
    let counts = |statement: &quietline::domain::Statement| {
        let lines = statement.accounts[0].lines.iter();
        let counts = lines.map(|line| (line.line.line_id.clone(), line.activity.clone(), line.verdict));
        (
            counts.collect::<Vec<_>>(),
            statement.exit_code,
            statement.accounts[0].bridge.clone(),
        )
    };
    assert_eq!(counts(&after), counts(&same));
}

#[test]
fn a_name_that_two_people_bear_is_refused_with_both() {
    let company = Company::new();
    company.edit("sample_data/lines.csv", |text| {
        text.replace(",Clara,Nunes,", ",Basil,Chandra,")
    });
    company.run(&[], &Options::default()).unwrap();
    let two = forget(&company.job(&[]), "Basil Chandra", true, &world())
        .err()
        .unwrap();
    assert_eq!(two.exit_code(), 2);
    for words in [
        "fits 2 people",
        "clara.nunes@harbour-pine.example",
        "basil.chandra@harbour-pine.example",
    ] {
        assert!(two.to_string().contains(words), "{words}: {two}");
    }
}
