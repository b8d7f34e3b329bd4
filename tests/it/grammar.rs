//! Numbers and articles fit their words, wherever the program says something.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use calamine::{DataType, Reader};
use quietline::domain::{AccountStatement, Cents, ChargeKind, DayState, FindingKind, Statement, Tier};
use quietline::steps::coverage::Coverage;
use regex::Regex;

use crate::money::account_kinds::{office, only};
use crate::night::checkout;

/// What may follow "1 " and ends with an s all the same.
const ONE: [&str; 16] = [
    "is",
    "was",
    "has",
    "does",
    "names",
    "fits",
    "stands",
    "lies",
    "business",
    "less",
    "plus",
    "holds",
    "bills",
    "contradicts",
    "bears",
    "rests",
];
/// What a number before it names, so that it counts nothing.
const NAMED: [&str; 9] = [
    "extension",
    "row",
    "line",
    "queue",
    "version",
    "invoice",
    "account",
    "contract",
    "revision",
];
/// A letter that sounds otherwise than it looks.
const SOUNDS: [&str; 12] = [
    "user", "use", "used", "usual", "unique", "unit", "union", "one", "once", "euro", "hour", "honest",
];

static COUNTED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:\b([A-Za-z]+) |^|[^0-9A-Za-z.,:/#-])1 ([a-z]+s)\b").unwrap());
static ARTICLE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(a|an) ([a-z][a-z]+)\b").unwrap());

/// The first thing in it that is no English.
fn wrong(text: &str) -> Option<String> {
    let around = |at: usize| {
        let begin = (0..=at.saturating_sub(40))
            .rev()
            .find(|at| text.is_char_boundary(*at));
        text[begin.unwrap_or(0)..].chars().take(110).collect::<String>()
    };
    for found in COUNTED.captures_iter(text) {
        let named = found
            .get(1)
            .is_some_and(|word| NAMED.contains(&word.as_str().to_lowercase().as_str()));
        if !named && !ONE.contains(&&found[2]) {
            return Some(around(found.get(0).unwrap().start()));
        }
    }
    for found in ARTICLE.captures_iter(text) {
        let is_vowel = found[2].starts_with(['a', 'e', 'i', 'o', 'u']);
        let sounds = SOUNDS.contains(&&found[2]);
        if ((&found[1] == "an") != is_vowel) != sounds {
            return Some(around(found.get(0).unwrap().start()));
        }
    }
    text.find("(s)").map(around)
}

#[track_caller]
pub fn assert_plain(whence: &str, text: &str) {
    if let Some(words) = wrong(text) {
        panic!("{whence}: {words:?}");
    }
}

#[track_caller]
pub fn assert_account(account: &AccountStatement) {
    let notices = account.notices.iter().map(String::as_str);
    let findings = account
        .findings
        .iter()
        .flat_map(|found| [found.subject.as_str(), &found.evidence]);
    let reasons = account.lines.iter().map(|line| line.reason.as_str());
    let ending = account.promotions_ending.iter().map(String::as_str);
    for text in notices.chain(findings).chain(reasons).chain(ending) {
        assert_plain("account", text);
    }
}

#[track_caller]
pub fn assert_statement(statement: &Statement) {
    statement.accounts.iter().for_each(assert_account);
    for gate in &statement.gates {
        assert_plain(gate.gate.as_str(), &gate.detail);
    }
    let notes = statement.inputs.iter().flat_map(|input| &input.notes);
    notes.for_each(|note| assert_plain("input", note));
}

#[test]
fn what_is_no_english_is_seen() {
    for text in [
        "and 1 days far fewer",
        "1 lines",
        "a advanced seat",
        "an premium seat",
        "1 call(s)",
        "(1 rows)",
        "an user",
    ] {
        assert!(wrong(text).is_some(), "{text}");
    }
    for text in [
        "1 line is",
        "21 lines",
        "1.1 lines",
        "row 1 costs",
        "1 of them is",
        "1 business day",
        "a user",
        "an hour",
        "an advanced seat",
        "2026-10-01 lines",
    ] {
        assert_eq!(wrong(text), None, "{text}");
    }
}

fn files_in(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files_in(&path, found),
            false => found.push(path),
        }
    }
}

/// Pages, mails, lists and terminal of the scenarios whose words are kept.
#[test]
fn kept_words_are_plain() {
    let mut files = Vec::new();
    files_in(&checkout().join("tests/it"), &mut files);
    files.retain(|path| path.extension().is_some_and(|ending| ending == "snap"));
    files_in(&checkout().join("reports/sample"), &mut files);
    files.push(checkout().join("README.md"));
    assert!(files.len() > 50, "{}", files.len());
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".xlsx") {
            let mut book: calamine::Xlsx<_> = calamine::open_workbook(&path).unwrap();
            for (sheet, range) in book.worksheets() {
                for cell in range.used_cells().filter_map(|(_, _, cell)| cell.as_string()) {
                    assert_plain(&format!("{name}, {sheet}"), &cell);
                }
            }
        } else if let Ok(text) = fs::read_to_string(&path) {
            // A mail breaks its lines where they are full.
            assert_plain(&name, &text.replace("=\r\n", "").replace("=\n", ""));
        }
    }
}

/// One of each where there are mostly several.
#[test]
fn one_of_a_kind_is_said_as_one() {
    let (first, as_of) = (crate::money::day("2026-10-01"), crate::money::day("2026-10-16"));
    let mut coverage = Coverage {
        first,
        as_of,
        states: vec![DayState::Complete; 16],
        ..Coverage::default()
    };
    (coverage.states[5], coverage.states[6]) = (DayState::Suspect, DayState::Suspect);
    coverage.empty.insert(crate::money::day("2026-10-06"));
    let fresh = quietline::steps::gates::freshness::invoice_is_fresh(
        "1",
        Some(crate::money::day("2026-10-15")),
        false,
        as_of,
        &crate::gates::POLICY,
        &[],
    );
    assert!(fresh.detail.contains("1 day before"), "{}", fresh.detail);
    let empty = quietline::steps::coverage::gate_empty("1", &coverage, 90, true);
    assert!(
        empty
            .detail
            .contains("and 1 day far fewer than expected, 2026-10-06 to 2026-10-07;"),
        "{}",
        empty.detail
    );
    coverage.states[6] = DayState::Complete;
    let empty = quietline::steps::coverage::gate_empty("1", &coverage, 90, true);
    let told = "1 business day has no call where calls were expected, 2026-10-06; it counts as unknown";
    assert!(empty.detail.contains(told), "{}", empty.detail);

    let mut books = office(2);
    books.contracts[0].committed_lines = Some(3);
    books.contracts[0].tier = Some(Tier::Premium);
    let one = only(books.found(FindingKind::CommitmentShortfall));
    assert_plain("shortfall", &one.evidence);
    books.charges = vec![crate::money::charge(1, ChargeKind::LineMrc, 2_099)];
    books.charges[0].quantity = Some(1);
    books.charges[0].amount = Cents(2_099);
    assert_account(&books.stated());
}
