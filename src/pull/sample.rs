//! What stands below the headings of a file that no table knows: by that a first job proposes what they may be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::calls::{direction, instant, seconds};
use super::files::{Layout, Row, RowReader};
use super::headings::{Column, fold};
use super::look::{columns_of, plain_source};
use super::texts::{extension, phone_digits, product_tier};
use crate::domain::{DateOrder, TableName, Term, Zone};

/// Rows that are looked at.
const MOST_ROWS: usize = 500;
/// Under so many cells anything may look like anything.
const FEWEST_CELLS: usize = 2;
const DIGITS_OF_EXTENSIONS: std::ops::RangeInclusive<usize> = 2..=6;
const FEWEST_DIGITS_OF_A_NUMBER: usize = 7;

/// The first rows of a file, by heading.
pub struct Sample {
    headings: Vec<String>,
    /// For each heading, its cells that are not blank.
    cells: Vec<Vec<String>>,
}

/// A heading, and the column that it may be.
pub type Proposal = (String, &'static str);

impl Sample {
    /// None where the file cannot be read, or has no heading or no row.
    pub fn of(path: &Path, table: TableName) -> Option<Sample> {
        let layout = Layout::of(&plain_source(table, path), columns_of(table)).ok()?;
        let mut reader = RowReader::open(path, &layout).ok()?;
        let mut row = Row::default();
        let mut cells: Vec<Vec<String>> = Vec::new();
        for _ in 0..MOST_ROWS {
            if !reader.next(&mut row).ok()? {
                break;
            }
            cells.resize(cells.len().max(reader.headings().len()), Vec::new());
            for (at, cells) in cells.iter_mut().enumerate() {
                cells.extend(row.get(at).map(str::to_owned));
            }
        }
        let headings = reader.headings().to_vec();
        let has_rows = headings.len() > 1 && !cells.is_empty();
        has_rows.then_some(Sample { headings, cells })
    }

    /// The table that a file is of whose headings tell none: calls have times, and lines have extensions.
    pub fn table_of(path: &Path) -> Option<TableName> {
        let proposes = |table, column: &str| {
            let proposals = Sample::of(path, table).map(|sample| sample.proposals(table, &BTreeSet::new()));
            proposals.is_some_and(|proposals| proposals.iter().any(|(_, proposed)| *proposed == column))
        };
        [(TableName::Calls, "local_start"), (TableName::Lines, "extension")]
            .into_iter()
            .find_map(|(table, column)| proposes(table, column).then_some(table))
    }

    /// How the days of the times are written that are proposed, where that has to be said; both ways where nothing tells.
    pub fn date_orders(&self, proposals: &[Proposal]) -> Vec<DateOrder> {
        let of_times = |(_, column): &&Proposal| *column == "local_start";
        let time = proposals.iter().find(of_times);
        let at = time.and_then(|(heading, _)| self.headings.iter().position(|known| known == heading));
        let fits = |order: &DateOrder| {
            at.is_some_and(|at| self.all(at, |cell| instant(cell, *order, &Zone::UTC).is_some()))
        };
        match fits(&DateOrder::Iso) {
            true => Vec::new(),
            false => [DateOrder::Dmy, DateOrder::Mdy]
                .into_iter()
                .filter(fits)
                .collect(),
        }
    }

    /// What could be extensions of the lines in this list.
    pub fn extensions(&self) -> BTreeSet<String> {
        let columns = columns_of(TableName::Lines).iter();
        let known = columns.filter(|column| column.name == "extension");
        let known: Vec<String> = known.flat_map(spellings).collect();
        let at = (0..self.headings.len()).find(|at| known.contains(&fold(&self.headings[*at])));
        let at = at.or_else(|| (0..self.headings.len()).find(|at| self.are_extensions(*at)));
        let cells = at.and_then(|at| self.cells.get(at)).into_iter().flatten();
        cells
            .filter_map(|cell| extension("extension", cell).ok())
            .collect()
    }

    /// What the headings that the table does not know may be, each column once; `extensions` are those of the lines.
    pub fn proposals(&self, table: TableName, extensions: &BTreeSet<String>) -> Vec<Proposal> {
        let mut taken: BTreeMap<&'static str, usize> = BTreeMap::new();
        let mut open = Vec::new();
        let columns = columns_of(table);
        for (at, heading) in self.headings.iter().enumerate() {
            match columns
                .iter()
                .find(|column| spellings(column).contains(&fold(heading)))
            {
                Some(column) => {
                    taken.insert(column.name, at);
                }
                None => open.push(at),
            }
        }
        let mut proposals = Vec::new();
        for at in open {
            let column = match table {
                TableName::Lines => self.of_lines(at),
                TableName::Calls => self.of_calls(at, &taken, extensions),
                _ => None,
            };
            if let Some(column) = column.filter(|column| !taken.contains_key(column)) {
                taken.insert(column, at);
                proposals.push((self.headings[at].clone(), column));
            }
        }
        proposals
    }

    fn all(&self, at: usize, is: impl Fn(&str) -> bool) -> bool {
        let cells = self.cells.get(at).map(Vec::as_slice).unwrap_or_default();
        cells.len() >= FEWEST_CELLS && cells.iter().all(|cell| is(cell))
    }

    /// Numbers, of which the short ones are mostly lines': among lengths some are by chance.
    fn are_ends(&self, at: usize, extensions: &BTreeSet<String>) -> bool {
        let cells = self.cells.get(at).into_iter().flatten();
        let short = cells.filter(|cell| cell.len() <= *DIGITS_OF_EXTENSIONS.end());
        let (of_lines, others): (Vec<&String>, Vec<&String>) =
            short.partition(|cell| extension("extension", cell).is_ok_and(|cell| extensions.contains(&cell)));
        self.all(at, |cell| phone_digits(cell).is_some()) && of_lines.len() > others.len()
    }

    /// Short numbers of which none stands twice.
    fn are_extensions(&self, at: usize) -> bool {
        let is_short = |cell: &str| {
            DIGITS_OF_EXTENSIONS.contains(&cell.len()) && cell.bytes().all(|byte| byte.is_ascii_digit())
        };
        let cells = self.cells.get(at);
        let different: BTreeSet<&String> = cells.into_iter().flatten().collect();
        self.all(at, is_short) && cells.is_some_and(|cells| cells.len() == different.len())
    }

    /// Seconds stand twice, and running numbers do not.
    fn are_lengths(&self, at: usize) -> bool {
        let cells = self.cells.get(at);
        let different: BTreeSet<&String> = cells.into_iter().flatten().collect();
        let is_repeated = cells.is_some_and(|cells| cells.len() > different.len());
        self.all(at, |cell| seconds(cell).is_some())
            && (is_repeated || self.all(at, |cell| cell.contains(':')))
    }

    fn of_lines(&self, at: usize) -> Option<&'static str> {
        let is_address = |cell: &str| cell.split_once('@').is_some_and(|(_, host)| host.contains('.'));
        let is_number =
            |cell: &str| phone_digits(cell).is_some_and(|digits| digits.len() >= FEWEST_DIGITS_OF_A_NUMBER);
        match () {
            () if self.are_extensions(at) => Some("extension"),
            () if self.all(at, is_address) => Some("email"),
            () if self.all(at, is_number) => Some("dids"),
            () if self.all(at, |cell| product_tier(cell).is_some()) => Some("tier"),
            () if self.all(at, |cell| cell.parse::<Term>().is_ok()) => Some("term"),
            () => None,
        }
    }

    fn of_calls(
        &self,
        at: usize,
        taken: &BTreeMap<&'static str, usize>,
        extensions: &BTreeSet<String>,
    ) -> Option<&'static str> {
        let is_time = |cell: &str| {
            DateOrder::ALL
                .iter()
                .any(|order| instant(cell, *order, &Zone::UTC).is_some())
        };
        match () {
            () if self.all(at, is_time) => Some("local_start"),
            () if self.all(at, |cell| direction(cell).is_some()) => Some("direction"),
            () if self.are_ends(at, extensions) => {
                Some(if taken.contains_key("from") { "to" } else { "from" })
            }
            () if self.are_lengths(at) => Some("length"),
            () => None,
        }
    }
}

fn spellings(column: &Column) -> Vec<String> {
    let words = std::iter::once(&column.name).chain(column.aliases);
    words.map(|word| fold(word)).collect()
}
