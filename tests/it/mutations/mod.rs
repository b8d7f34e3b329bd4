//! A healthy job, each corruption, and what becomes of it on the first, the second and the thirtieth night: no line that
//! is in use is called waste, or the night is held and the gate named.

mod handed;
mod nights;
mod rows;
mod table;
mod wire;

use std::fs;

pub use nights::copy;
use nights::{Lived, Medium, NIGHTS};
use table::{How, Mutation, TABLE};

use crate::night::checkout;

/// Of the table as it is printed.
const HEADING: &str = "| what is broken | files: night 1 | night 2 | night 30 | API: night 1 | night 2 | night 30 |\n|---|---|---|---|---|---|---|";

/// How one night of a corruption ended, and what is wrong with that; none where it is not played.
fn played(lived: &Lived, mutation: &Mutation, at: usize, wrong: &mut Vec<String>) -> Option<String> {
    let expected = mutation.end(lived.medium, at)?;
    let ended = lived.broken(mutation, at)?;
    if !is_kept(&ended.words(), expected) {
        let (name, medium, night) = (mutation.name, lived.medium, NIGHTS[at]);
        wrong.push(format!(
            "{name}, {medium:?}, night {night}: expected {expected:?}, found {ended:?}"
        ));
    }
    Some(ended.words())
}

/// A night that passes flags just as many; one that is stopped is stopped by all that the table names, whatever else finds fault.
fn is_kept(found: &str, expected: &str) -> bool {
    let words: Vec<&str> = found.split([' ', ',']).collect();
    let is_passed = |words: &str| words.ends_with(" new");
    is_passed(found) == is_passed(expected) && expected.split([' ', ',']).all(|word| words.contains(&word))
}

/// Each corruption once: its place in the table chooses the medium, where it has both, and the night.
fn each_once(medium: Medium) {
    let lived = Lived::new(medium, [1, 2, 8, 15, 22, 28, 29, 30]);
    let mut wrong = Vec::new();
    for (place, mutation) in TABLE.iter().enumerate() {
        let is_of_both = matches!(mutation.how, How::Rows(_) | How::Each(..));
        if !is_of_both || (place % 2 == 0) == (medium == Medium::Api) {
            played(&lived, mutation, place % 3, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_corruption_of_files_is_held_or_flags_nobody() {
    each_once(Medium::Files);
}

#[test]
fn each_corruption_of_the_api_is_held_or_flags_nobody() {
    each_once(Medium::Api);
}

/// All corruptions, or those of which `QUIETLINE_MUTATIONS` holds a part of the name, between commas.
fn asked_for() -> impl Iterator<Item = &'static Mutation> {
    let asked = std::env::var("QUIETLINE_MUTATIONS").unwrap_or_default();
    let is_asked = move |name: &str| asked.is_empty() || asked.split(',').any(|part| name.contains(part));
    TABLE.iter().filter(move |mutation| is_asked(mutation.name))
}

/// Every night of every corruption: how each ended, and what is wrong.
fn every_night(medium: Medium) -> (Vec<String>, Vec<String>) {
    let lived = Lived::new(medium, 1..=30);
    let mut wrong = Vec::new();
    let rows = asked_for().map(|mutation| {
        let cells: Vec<String> = (0..NIGHTS.len())
            .map(|at| played(&lived, mutation, at, &mut wrong).unwrap_or_else(|| "-".to_owned()))
            .collect();
        eprintln!("{medium:?}: {} | {}", mutation.name, cells.join(" | "));
        cells.join(" | ")
    });
    (rows.collect(), wrong)
}

#[test]
#[ignore = "minutes; `just mutations` runs it"]
fn every_corruption_on_every_night() {
    let (files, api) = std::thread::scope(|scope| {
        let of_files = scope.spawn(|| every_night(Medium::Files));
        let of_api = every_night(Medium::Api);
        (of_files.join().unwrap(), of_api)
    });
    println!("{HEADING}");
    let wrong = [files.1, api.1].concat();
    for (mutation, (of_files, of_api)) in asked_for().zip(files.0.iter().zip(&api.0)) {
        println!("| {} | {of_files} | {of_api} |", mutation.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_manual_says_what_the_table_says() {
    let manual = fs::read_to_string(checkout().join("docs/gates.md")).unwrap();
    let (_, told) = manual.split_once(HEADING).unwrap();
    let told: Vec<&str> = told
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .collect();
    let rows: Vec<String> = TABLE
        .iter()
        .map(|row| format!("| {} | {} | {} |", row.name, row.files, row.api))
        .collect();
    assert_eq!(told, rows, "docs/gates.md");
}
