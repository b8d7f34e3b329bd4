//! The house's own rules, read off the text of the sources. Each message says what to do instead.

use std::fs;
use std::path::{Path, PathBuf};

const LONGEST_FILE_LINES: usize = 400;
const SHORTEST_REASON_CHARS: usize = 15;

/// Who may speak of whom. What stands in neither list (commands, night, failure, main) sees both ends.
const MAY_USE: [(&str, &[&str]); 15] = [
    ("domain", &[]),
    ("frames", &["domain"]),
    (
        "pull",
        &["domain", "durable", "frames", "http", "secret", "zones"],
    ),
    ("odds", &[]),
    ("steps", &["domain", "frames", "odds"]),
    ("render", &["domain"]),
    ("deliver", &["domain", "durable", "http", "secret"]),
    ("record", &["domain", "frames", "durable"]),
    ("job", &["domain", "http", "secret", "zones"]),
    ("synth", &["domain"]),
    ("durable", &[]),
    ("secret", &[]),
    ("http", &[]),
    ("progress", &[]),
    ("zones", &["domain"]),
];
/// The parts of a folder as they are read: each may speak of those before it.
const ORDERS: [(&str, &[&str]); 4] = [
    (
        "pull",
        &[
            "error", "fault", "files", "cells", "tables", "calls", "look", "vonage",
        ],
    ),
    (
        "steps",
        &[
            "finding",
            "gate_report",
            "usage",
            "coverage",
            "roster",
            "input",
            "chances",
            "backtest",
            "verdict",
            "bill",
            "savings",
            "right_size",
            "findings",
            "gates",
            "account",
            "cadence",
        ],
    ),
    (
        "render",
        &[
            "values",
            "for_finance",
            "words",
            "page",
            "backtest",
            "finance",
            "admins",
            "pages",
            "tables",
            "workbook",
            "terminal",
            "mails",
        ],
    ),
    (
        "night",
        &[
            "plan",
            "read",
            "usage",
            "accounts",
            "attempt",
            "memory",
            "mail",
            "publish",
            "quarantine",
            "failed",
            "asked",
            "forget",
        ],
    ),
];
/// Those whose figures and pages are plain values: tables live in the middle only.
const WITHOUT_POLARS: [&str; 11] = [
    "domain", "odds", "render", "deliver", "job", "commands", "synth", "durable", "progress", "secret",
    "http",
];

/// What finance reads is rendered here, from `render::for_finance` alone.
const FINANCE_READS: [&str; 12] = [
    "finance/",
    "workbook/",
    "mails/mod.rs",
    "mails/finance.rs",
    "mails/deadlines.rs",
    "mails/webhook.rs",
    "tables/findings.rs",
    "words/change.rs",
    "words/sentences.rs",
    "backtest/section.rs",
    "backtest/tables.rs",
    "backtest/words.rs",
];
/// What names, calls, facts of the directory and reasons stand in.
const ADMINISTRATORS_WORDS: [&str; 8] = [
    "Statement",
    "AccountStatement",
    "ScoredLine",
    "Finding",
    "Line",
    "Activity",
    "Forecast",
    "Verdict",
];

struct Source {
    /// `src/render/html.rs`
    path: String,
    /// `render`; the name of the file for those directly under `src/`.
    module: String,
    text: String,
}

impl Source {
    /// What runs outside tests, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_test = self.path.ends_with("tests.rs") || self.path.contains("tests/");
        let end = if is_test {
            Some(0)
        } else {
            self.text.find("#[cfg(test)]\nmod tests {")
        };
        let lines = self.text[..end.unwrap_or(self.text.len())].lines().enumerate();
        lines
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .map(|(index, line)| (index + 1, line))
    }
}

fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let list = if path.is_dir() { &mut folders } else { &mut files };
            list.push(path);
        }
    }
    files.retain(|path| path.extension().is_some_and(|ending| ending == "rs"));
    files.sort();
    assert!(!files.is_empty());
    files
        .iter()
        .map(|path| {
            let path_in_clone = path.strip_prefix(root).unwrap().to_str().unwrap();
            let module = path_in_clone.split('/').nth(1).unwrap().trim_end_matches(".rs");
            Source {
                path: path_in_clone.to_owned(),
                module: module.to_owned(),
                text: fs::read_to_string(path).unwrap(),
            }
        })
        .collect()
}

fn assert_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// The modules of ours that a line names, as in `crate::frames::legs`.
fn named(line: &str) -> impl Iterator<Item = &str> {
    let after = line.split("crate::").skip(1);
    after.map(|rest| {
        rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .next()
            .unwrap_or("")
    })
}

#[test]
fn no_stage_imports_another() {
    let mut faults = Vec::new();
    for source in sources("src") {
        let Some((_, allowed)) = MAY_USE.iter().find(|(module, _)| *module == source.module) else {
            continue;
        };
        for (number, line) in source.code() {
            let strangers = named(line).filter(|name| *name != source.module && !allowed.contains(name));
            faults.extend(strangers.map(|name| {
                format!(
                    "{}:{number}: {} may not use crate::{name} (only {allowed:?}): pass the value in as an argument from \
                     src/night, or move the word that both need into src/domain",
                    source.path, source.module
                )
            }));
        }
    }
    assert_none(faults);
}

#[test]
fn no_part_speaks_of_a_later_one() {
    let mut faults = Vec::new();
    for (folder, order) in ORDERS {
        let place = |part: &str| order.iter().position(|known| *known == part);
        let root = format!("src/{folder}/mod.rs");
        for source in sources(&format!("src/{folder}"))
            .iter()
            .filter(|source| source.path != root)
        {
            let part = source.path.split('/').nth(2).unwrap().trim_end_matches(".rs");
            let Some(own) = place(part) else {
                faults.push(format!("{}: give {part} its place in ORDERS", source.path));
                continue;
            };
            // From here `super` is the folder itself.
            let is_top = [
                format!("src/{folder}/{part}.rs"),
                format!("src/{folder}/{part}/mod.rs"),
            ]
            .contains(&source.path);
            for (number, line) in source.code() {
                if is_top && line.contains("super::") {
                    faults.push(format!("{}:{number}: write crate::{folder}:: here", source.path));
                }
                let own_items = format!("crate::{folder}::");
                let named = line.split(&own_items).skip(1).flat_map(|rest| {
                    let names = rest
                        .strip_prefix('{')
                        .map_or(rest, |list| list.split('}').next().unwrap());
                    let is_list = rest.starts_with('{');
                    let name = |letter: char| !letter.is_alphanumeric() && letter != '_';
                    names.split(name).take(if is_list { usize::MAX } else { 1 })
                });
                // What the folder itself gives out begins with a capital, or is the function that tells the way.
                let is_function = |named: &str| ["night", "rehearsed"].contains(&named) && folder == "night";
                let parts = named.filter(|named| {
                    named.starts_with(|letter: char| letter.is_lowercase()) && !is_function(named)
                });
                for later in parts.filter(|other| place(other).is_none_or(|place| place > own)) {
                    faults.push(format!(
                        "{}:{number}: {part} comes before {later}: pass the value in, or move what both need to an earlier part",
                        source.path
                    ));
                }
            }
        }
    }
    assert_none(faults);
}

#[test]
fn what_finance_reads_is_rendered_from_what_finance_may_see() {
    let is_for_finance = |path: &str| {
        let in_render = path.strip_prefix("src/render/").unwrap_or_default();
        FINANCE_READS.iter().any(|of| in_render.starts_with(of))
    };
    let read: Vec<Source> = sources("src")
        .into_iter()
        .filter(|source| is_for_finance(&source.path))
        .collect();
    for of in FINANCE_READS {
        assert!(
            read.iter()
                .any(|source| source.path.starts_with(&format!("src/render/{of}"))),
            "{of} has another name"
        );
    }
    let mut faults = Vec::new();
    for source in &read {
        for (number, line) in source.code() {
            let words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            let theirs = words.filter(|word| ADMINISTRATORS_WORDS.contains(word));
            faults.extend(theirs.map(|word| {
                format!(
                    "{}:{number}: {word} holds what only administrators may read: take what finance needs from \
                     src/render/for_finance",
                    source.path
                )
            }));
        }
    }
    assert_none(faults);
}

#[test]
fn polars_stays_in_the_middle() {
    let mut faults = Vec::new();
    for source in sources("src")
        .into_iter()
        .filter(|source| WITHOUT_POLARS.contains(&source.module.as_str()))
    {
        let lines = source.code().filter(|(_, line)| line.contains("polars"));
        faults.extend(lines.map(|(number, _)| {
            format!("{}:{number}: no polars here: collect once, at the end of src/steps, into the plain structs of src/domain", source.path)
        }));
    }
    assert_none(faults);
}

#[test]
fn nothing_panics_on_input() {
    let refused = [
        ".unwrap()",
        "panic!(",
        "todo!(",
        "unimplemented!(",
        "dbg!(",
        "unreachable!(",
    ];
    let mut faults = Vec::new();
    for source in sources("src") {
        for (number, line) in source.code() {
            for word in refused.iter().filter(|word| line.contains(**word)) {
                faults.push(format!(
                    "{}:{number}: {word}: return an error that says what to do",
                    source.path
                ));
            }
            let reason = line
                .split(".expect(\"")
                .nth(1)
                .map(|rest| rest.split('"').next().unwrap_or(""));
            if reason.is_some_and(|reason| reason.chars().count() < SHORTEST_REASON_CHARS) {
                faults.push(format!(
                    "{}:{number}: expect(): say why it cannot fail, or return an error",
                    source.path
                ));
            }
        }
    }
    assert_none(faults);
}

#[test]
fn files_are_short_and_named_after_what_they_hold() {
    let mut faults = Vec::new();
    for source in sources("src").into_iter().chain(sources("tests")) {
        let lines = source.text.lines().count();
        if lines > LONGEST_FILE_LINES {
            faults.push(format!(
                "{}: {lines} lines, at most {LONGEST_FILE_LINES}: split it by what its parts know",
                source.path
            ));
        }
        let stem = Path::new(&source.path)
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap();
        if ["utils", "util", "helpers", "helper", "common", "misc"].contains(&stem) {
            faults.push(format!(
                "{}: name it after what it holds, or move its parts to where they are used",
                source.path
            ));
        }
    }
    assert_none(faults);
}
