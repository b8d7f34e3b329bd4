//! Where tables come from, as the job says it; checked when the job is read.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;

use super::{Currency, Zone, words};

words! {
    /// The input tables of docs/tables.md, in the order in which they are read.
    TableName {
        Lines => "lines", Charges => "charges", Contracts => "contracts", PriceBook => "price_book",
        Directory => "directory", Decisions => "decisions", Holidays => "holidays", Calls => "calls",
    }
}
words! {
    /// The shape of a call file: the Reports API's fields (UTC) or the portal's export (account-local time).
    CallShape { Auto => "auto", Reports => "reports", Portal => "portal" }
}
words! {
    /// What a lone separator in an amount means. `auto` refuses what could be read both ways.
    DecimalMark { Auto => "auto", Point => "point", Comma => "comma" }
}
words! {
    /// How days that are not ISO are written.
    DateOrder { Iso => "iso", Mdy => "mdy", Dmy => "dmy" }
}

words! {
    /// Where a source's rows come from.
    Origin { Files => "files", Vonage => "vonage" }
}

/// One account of the job. Its zone is the only zone for days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub account_id: String,
    pub name: String,
    pub time_zone: Zone,
    pub currency: Currency,
}

/// One `[sources.<name>]` of the job: files of one table, or the API (lines and calls).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub name: String,
    pub table: TableName,
    pub from: Origin,
    /// Paths or globs, made absolute from the job file's folder; none where the rows come from the API.
    pub files: Vec<PathBuf>,
    /// The account of rows that do not name one; the job's only account where it has one.
    pub account: Option<String>,
    /// Heading in the file -> column of the table.
    pub map: BTreeMap<String, String>,
    /// Column of the table -> word in the file -> the table's word.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// None: sniffed from the heading line among comma, semicolon, tab and bar.
    pub delimiter: Option<u8>,
    /// An encoding label such as "windows-1252"; none: BOM, else UTF-8, else Windows-1252 with a note.
    pub encoding: Option<String>,
    /// The sheet of a workbook; none: the first visible one.
    pub sheet: Option<String>,
    pub decimal: DecimalMark,
    pub date_order: DateOrder,
    /// Who issues the bills of the files, where their rows do not say it.
    pub issuer: Option<String>,
    pub shape: CallShape,
    /// The zone of local times in the files; the account's where not given.
    pub time_zone: Option<Zone>,
    /// Days for which a call file is complete, where it is not simply its first to its last day.
    pub covers_from: Option<NaiveDate>,
    pub covers_to: Option<NaiveDate>,
    /// A job that lists the source but has no file for it: an error unless optional.
    pub optional: bool,
}
