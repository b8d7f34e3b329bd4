//! `[sources.<name>]`: where the tables come from.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::accounts::zone;
use super::load::Base;
use super::section::Section;
use crate::domain::{CallShape, DateOrder, DecimalMark, Origin, Source, TableName};

pub(super) fn read(mut section: Section<'_>, base: &Base, accounts: &[&str]) -> Vec<Source> {
    let mut sources: Vec<Source> = section
        .children()
        .into_iter()
        .filter_map(|(name, source)| read_one(name, source, base, accounts))
        .collect();
    for table in [TableName::Lines, TableName::Calls] {
        if !sources.iter().any(|source| source.table == table) {
            section.fault(
                table.as_str(),
                "is missing; without it nothing can be said of any line",
            );
        }
    }
    sources.sort_by(|a, b| (a.table, &a.name).cmp(&(b.table, &b.name)));
    sources
}

fn read_one(name: String, mut section: Section<'_>, base: &Base, accounts: &[&str]) -> Option<Source> {
    let table = table(&name, &mut section);
    let from = section.word("from").unwrap_or(Origin::Files);
    let source = Source {
        from,
        // Stands in for an unknown table, which is a fault by now.
        table: table.unwrap_or(TableName::Lines),
        files: match from {
            Origin::Files => files(&mut section, base),
            Origin::Vonage => Vec::new(),
        },
        account: account(&mut section, accounts),
        map: section.texts("map"),
        values: values(&mut section),
        delimiter: section.parsed("delimiter", delimiter),
        encoding: section.parsed("encoding", encoding),
        sheet: section.parsed("sheet", sheet),
        decimal: section.word("decimal").unwrap_or(DecimalMark::Auto),
        date_order: section.word("date_order").unwrap_or(DateOrder::Iso),
        issuer: section.text("issuer"),
        shape: section.word("shape").unwrap_or(CallShape::Auto),
        time_zone: section.parsed("time_zone", zone),
        covers_from: section.day("covers_from"),
        covers_to: section.day("covers_to"),
        optional: section.flag("optional", false),
        name,
    };
    if source.covers_from > source.covers_to && source.covers_to.is_some() {
        section.fault("covers_from", "must not be after covers_to");
    }
    if table.is_some_and(|table| table != TableName::Calls) {
        for key in ["shape", "covers_from", "covers_to"] {
            if !section.lacks(&[key]) {
                section.fault(key, "is for sources of calls only");
            }
        }
    }
    if table.is_some_and(|table| table != TableName::Charges) && !section.lacks(&["issuer"]) {
        section.fault("issuer", "is for sources of charges only");
    }
    if from == Origin::Vonage {
        from_api(&mut section, table, accounts);
    }
    section.finish();
    table.map(|_| source)
}

/// The API has lines and calls only, and says itself what they are and for which days.
fn from_api(section: &mut Section<'_>, table: Option<TableName>, accounts: &[&str]) {
    if table.is_some_and(|table| !matches!(table, TableName::Lines | TableName::Calls)) {
        section.fault(
            "from",
            "the API has lines and calls only; name files for this table",
        );
    }
    if accounts.len() > 1 && section.lacks(&["account"]) {
        section.fault(
            "account",
            "is missing; the job has several accounts, and the API is asked for one",
        );
    }
    let of_files = [
        "files",
        "map",
        "values",
        "delimiter",
        "encoding",
        "sheet",
        "decimal",
        "date_order",
        "shape",
        "time_zone",
        "covers_from",
        "covers_to",
        "optional",
    ];
    for key in of_files {
        if !section.lacks(&[key]) {
            section.fault(key, "is for sources of files only");
        }
    }
}

/// The table that the source says, else the one that its name says.
fn table(name: &str, section: &mut Section<'_>) -> Option<TableName> {
    if section.lacks(&["table"]) && name.parse::<TableName>().is_err() {
        let tables: Vec<&str> = TableName::ALL.iter().map(|table| table.as_str()).collect();
        section.fault(
            "table",
            format!(
                "is missing, and \"{name}\" names no table; the tables are {}",
                tables.join(", ")
            ),
        );
    }
    match section.word("table") {
        Some(table) => Some(table),
        None => name.parse().ok().filter(|_| section.lacks(&["table"])),
    }
}

fn values(section: &mut Section<'_>) -> BTreeMap<String, BTreeMap<String, String>> {
    let columns = section.child("values").children();
    columns
        .into_iter()
        .map(|(column, words)| (column, words.every_text()))
        .collect()
}

fn files(section: &mut Section<'_>, base: &Base) -> Vec<PathBuf> {
    let files = section.list("files");
    if files.is_empty() {
        section.fault(
            "files",
            "is missing; name a file, a list of files or a pattern such as \"calls/*.csv\"",
        );
    }
    for file in &files {
        if file.contains("://") {
            // An address may bear a password, so it is not repeated.
            section.fault(
                "files",
                "is an address; only files are read: fetch it first, into a file of its own",
            );
        } else if let Err(error) = glob::Pattern::new(file) {
            section.fault("files", format!("{file:?} is not a pattern: {}", error.msg));
        }
    }
    files.iter().map(|file| base.join(file)).collect()
}

/// The account of rows that name none: the one given, else the job's only one.
fn account(section: &mut Section<'_>, accounts: &[&str]) -> Option<String> {
    let given = section.parsed("account", |text| {
        if accounts.contains(&text) {
            Ok(text.to_owned())
        } else {
            Err(format!("is none of the job's accounts ({})", accounts.join(", ")))
        }
    });
    match accounts {
        [only] => given.or_else(|| Some((*only).to_owned())),
        _ => given,
    }
}

fn delimiter(text: &str) -> Result<u8, &'static str> {
    match text {
        "comma" => Ok(b','),
        "semicolon" => Ok(b';'),
        "tab" => Ok(b'\t'),
        "bar" => Ok(b'|'),
        _ => match text.as_bytes() {
            [byte] if byte.is_ascii_punctuation() && *byte != b'"' => Ok(*byte),
            _ => Err("must be comma, semicolon, tab, bar, or one such character"),
        },
    }
}

fn encoding(text: &str) -> Result<String, &'static str> {
    encoding_rs::Encoding::for_label(text.as_bytes())
        .map(|encoding| encoding.name().to_ascii_lowercase())
        .ok_or("is not an encoding such as utf-8, utf-16le or windows-1252")
}

/// Excel's own rules for the name of a sheet.
fn sheet(text: &str) -> Result<String, &'static str> {
    const LONGEST: usize = 31;
    let fits = (1..=LONGEST).contains(&text.chars().count());
    match fits && !text.contains(['\\', '/', '?', '*', '[', ']', ':']) {
        true => Ok(text.to_owned()),
        false => Err("is no name of a sheet: 1 to 31 characters without \\ / ? * [ ] :"),
    }
}
