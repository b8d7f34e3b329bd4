//! docs/rules.md says what the code does where it is a table.

use std::fs;

use quietline::domain::{BRIDGE_PARTS, Recoverable, VERDICT_ORDER};

use crate::night::checkout;

/// The words in back quotes that the rows of the table below a heading begin with; a number may stand before.
fn first_words(heading: &str) -> Vec<String> {
    let rules = fs::read_to_string(checkout().join("docs/rules.md")).unwrap();
    let table = rules.split(heading).nth(1).unwrap();
    let rows = table
        .lines()
        .skip(1)
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2);
    rows.map(|row| row.split('`').nth(1).unwrap().to_owned())
        .collect()
}

#[test]
fn the_verdict_table_has_the_order_of_the_code() {
    let order = VERDICT_ORDER.map(|verdict| verdict.to_string());
    assert_eq!(first_words("## How a line is judged"), order);
}

#[test]
fn each_part_of_the_bridge_and_each_bucket_has_its_row() {
    let parts: Vec<String> = BRIDGE_PARTS.iter().map(|part| part.to_string()).collect();
    assert_eq!(first_words("**The bridge**"), parts);
    let buckets: Vec<String> = Recoverable::ALL.iter().map(|bucket| bucket.to_string()).collect();
    assert_eq!(first_words("## When it can be recovered"), buckets);
}

/// A document that is named is in the repository.
#[test]
fn comments_and_documents_cite_what_is_there() {
    let mut folders = vec![checkout().join("src"), checkout().join("docs")];
    let mut cited = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            let is_of_name = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
            let words = text.split(|c: char| !is_of_name(c));
            for word in words.map(|word| word.trim_end_matches('.')) {
                if !word.ends_with(".md") || word.len() < 4 {
                    continue;
                }
                cited += 1;
                let beside = path.parent().unwrap().join(word);
                let is_there = checkout().join(word).is_file() || beside.is_file();
                assert!(is_there, "{} cites {word}", path.display());
            }
        }
    }
    assert!(cited > 20, "{cited}");
}
