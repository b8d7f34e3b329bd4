//! The job's own headings and words.

use std::collections::BTreeMap;

use quietline::domain::{Source, Status, TableName, Term, Tier};

use super::calls::Bench;
use super::read_as;

#[test]
fn headings_are_found_by_alias_and_by_the_jobs_own_map() {
    let text = "Nebenstelle,E-Mail Address,Calling Plan,Colour\n1001,Ana@Example.com,Premium,red\n";
    let tables = read_as(TableName::Lines, "lines.csv", text, |source| {
        source.map = BTreeMap::from([("Nebenstelle".into(), "extension".into())]);
    })
    .unwrap();
    assert_eq!(tables.lines[0].email.as_deref(), Some("ana@example.com"));
    assert_eq!(tables.lines[0].extension, "1001");
    assert_eq!(tables.inputs[0].notes, ["headings that are not used: Colour"]);
    let wrong = read_as(TableName::Lines, "lines.csv", text, |source| {
        source.map = BTreeMap::from([("Nebenstelle".into(), "extnsion".into())]);
    });
    assert_eq!(wrong.unwrap_err().exit_code(), 78);
}

/// Words of the job's own, by column.
fn words(source: &mut Source, column: &str, words: &[(&str, &str)]) {
    let own = words
        .iter()
        .map(|(word, meant)| (word.to_string(), meant.to_string()));
    source.values.insert(column.to_owned(), own.collect());
}

#[test]
fn words_are_known_as_vendors_write_them_and_as_the_job_says() {
    let text = "extension,email,status,term\n\
        1001,a@example.com,Enabled,Month-to-Month\n\
        1002,b@example.com,Inactive,12 Months\n\
        1003,c@example.com,Locked,1 Year\n\
        1004,d@example.com,On hold,Evergreen\n\
        1005,e@example.com,ACTIVE,none agreed\n";
    let tables = read_as(TableName::Lines, "lines.csv", text, |source| {
        words(source, "Status", &[("on hold", "suspended")]);
        words(source, "term", &[("Evergreen", "monthly"), ("none agreed", "")]);
    })
    .unwrap();
    let read: Vec<(Status, Option<Term>)> =
        tables.lines.iter().map(|line| (line.status, line.term)).collect();
    assert_eq!(
        read,
        [
            (Status::Active, Some(Term::Monthly)),
            (Status::Suspended, Some(Term::Annual)),
            (Status::Suspended, Some(Term::Annual)),
            (Status::Suspended, Some(Term::Monthly)),
            (Status::Active, None),
        ]
    );
    assert_eq!(tables.inputs[0].notes, [""; 0]);
}

#[test]
fn a_column_of_words_that_the_table_does_not_have_is_named() {
    let wrong = read_as(
        TableName::Lines,
        "lines.csv",
        "extension,email\n1001,a@example.com\n",
        |source| {
            words(source, "state", &[("off", "suspended")]);
        },
    );
    let error = wrong.unwrap_err();
    assert_eq!(error.exit_code(), 78);
    assert!(
        error.to_string().contains("sources.lines.values.state"),
        "{error}"
    );
}

#[test]
fn calls_have_words_of_the_jobs_own_too() {
    let text = "Call ID,Direction,Date/Time,Duration,Result,From,To,Source UserId\n\
        1,Ankommend,10/05/2026 1:02:03 PM,0:01:00,Angenommen,1001,1002,ana\n\
        2,Abgehend,10/05/2026 2:02:03 PM,0:01:00,Angenommen,1001,1002,ana\n";
    let read = Bench::new()
        .read_as("calls.csv", text, |source| {
            words(
                source,
                "direction",
                &[("ankommend", "inbound"), ("Abgehend", "outbound")],
            );
            words(source, "result", &[("angenommen", "answered")]);
        })
        .unwrap();
    assert_eq!((read.input.used, read.input.quarantined), (2, 0));
    assert_eq!(read.results, BTreeMap::from([("answered".to_owned(), 2)]));
}

#[test]
fn a_list_of_licences_tells_a_tier_where_it_names_one_and_no_other_product() {
    let cells = [
        ("Premium", Some(Tier::Premium)),
        ("VBC Mobile", Some(Tier::Mobile)),
        ("Vonage Advanced Plan", Some(Tier::Advanced)),
        ("Business Premium", None),
        ("Microsoft 365 Business Premium", None),
        ("iPhone mobile", None),
        ("Premium; Mobile", None),
        ("Standard", None),
        ("", None),
    ];
    for heading in ["License", "Licence", "Licenses", "Product"] {
        let rows = cells
            .iter()
            .enumerate()
            .map(|(at, (cell, _))| format!("10{at},{cell}\n"));
        let text = format!("extension,{heading}\n{}", rows.collect::<String>());
        let tables = read_as(TableName::Lines, "lines.csv", text, |_| {}).unwrap();
        let tiers: Vec<Option<Tier>> = tables.lines.iter().map(|line| line.tier).collect();
        assert_eq!(tiers, cells.map(|(_, tier)| tier), "{heading}");
        let notes = &tables.inputs[0].notes;
        assert!(
            notes[0].starts_with("5 cells of license cannot be read and are left out"),
            "{notes:?}"
        );
    }
    let text = "extension,License,Plan\n101,Advanced,Premium Plan\n102,Standard,\n";
    let tables = read_as(TableName::Lines, "lines.csv", text, |source| {
        words(source, "license", &[("standard", "mobile")]);
    })
    .unwrap();
    let tiers: Vec<Option<Tier>> = tables.lines.iter().map(|line| line.tier).collect();
    assert_eq!(tiers, [Some(Tier::Premium), Some(Tier::Mobile)]);
}
