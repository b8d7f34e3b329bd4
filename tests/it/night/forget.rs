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

#[test]
fn what_is_kept_of_an_account_that_the_job_names_no_more_goes_too() {
    let company = Company::new();
    company.good(&[("job.as_of", "2026-10-14")]);
    company.edit("jobs/sample.toml", |text| text.replace("913874", "913000"));
    for table in [
        "lines",
        "charges",
        "contracts",
        "directory",
        "decisions",
        "holidays",
    ] {
        company.edit(&format!("sample_data/{table}.csv"), |text| {
            text.replace("913874", "913000")
        });
    }
    let legs = |path: &PathBuf| path.to_string_lossy().contains("/legs/913874/");
    assert!(naming(&company).iter().any(legs));
    let done = forget(&company.job(&[]), "stefan.ito", true, &world()).unwrap();
    assert_eq!(naming(&company), Vec::<PathBuf>::new(), "{}", done.shown());
    assert!(done.remains.is_empty() && done.shown().contains("raw calls of account 913874"));
}

/// In wide letters, in two pieces, with marks and blanks that nobody sees, as people and portals write a name.
#[test]
fn a_name_is_found_however_it_is_written() {
    let company = Company::new();
    let spellings = [
        "\u{ff33}tefan It\u{14d}",
        "Ste\u{ad}fan\u{a0}It\u{14d}",
        "ITO\u{304}, Stefan",
    ];
    company.edit("sample_data/lines.csv", |text| {
        text.replace(",Stefan,Ito,", ",Stefan,It\u{14d},")
    });
    company.edit("sample_data/decisions.csv", |text| {
        let [wide, soft, parts] = spellings;
        text.replace(
            "Sabbatical cover",
            &format!("Cover for {soft} and \"\"{parts}\"\""),
        )
        .replace("Greta Holm", wide)
        .replace(&format!("Cover for {soft}"), &format!("\"Cover for {soft}"))
        .replace("in January,", "in January\",")
    });
    company.good(&[]);
    let holding = || {
        let plain = files_below(company.folder())
            .into_iter()
            .filter(|path| !path.starts_with(company.path("sample_data")));
        let texts = plain.filter_map(|path| Some((fs::read_to_string(&path).ok()?, path)));
        let spelled = |text: &str| {
            spellings
                .iter()
                .filter(|spelling| text.contains(**spelling))
                .count()
        };
        texts
            .filter(|(text, _)| spelled(text) > 0)
            .map(|(_, path)| path)
            .collect::<Vec<_>>()
    };
    let before = holding();
    let shown = |file: &str| before.iter().any(|path| path.ends_with(file));
    assert!(shown("admin.html") && shown("lines.csv"), "{before:?}");
    let done = forget(&company.job(&[]), "Stefan Ito\u{304}", true, &world()).unwrap();
    assert_eq!(holding(), Vec::<PathBuf>::new(), "{}", done.shown());
    assert!(done.remains.is_empty(), "{}", done.shown());
    assert!(
        !company.path("outbox/sample-2026-10-16-r1-admin.eml").exists(),
        "{}",
        done.shown()
    );
}
