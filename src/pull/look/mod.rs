//! What a file seems to be, by its headings alone: for whoever begins with files and has no job yet.

pub(super) mod sample;

use std::collections::BTreeMap;
use std::path::Path;

use self::sample::Sample;
use crate::domain::{CallShape, DateOrder, DecimalMark, Origin, Source, TableName};
use crate::pull::calls;
use crate::pull::files::headings::{Column, Mapping, fold};
use crate::pull::files::{Layout, Row, RowReader};
use crate::pull::tables::charges::Charges;
use crate::pull::tables::contracts::Contracts;
use crate::pull::tables::decisions::Decisions;
use crate::pull::tables::directory::Directory;
use crate::pull::tables::holidays::Holidays;
use crate::pull::tables::lines::Lines;
use crate::pull::tables::prices::Prices;
use crate::pull::tables::table::Table;

/// The tables that files are held against, the more telling first: of two that fit a file alike the first holds.
const TABLES: [(TableName, &[Column]); 8] = [
    (TableName::Calls, calls::COLUMNS),
    (TableName::Charges, Charges::COLUMNS),
    (TableName::Lines, Lines::COLUMNS),
    (TableName::Contracts, Contracts::COLUMNS),
    (TableName::Directory, Directory::COLUMNS),
    (TableName::Decisions, Decisions::COLUMNS),
    (TableName::Holidays, Holidays::COLUMNS),
    (TableName::PriceBook, Prices::COLUMNS),
];
/// One heading may stand in any table.
const FEWEST_COLUMNS: usize = 2;

/// What a file seems to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seems {
    /// All that the table needs is there.
    Table {
        table: TableName,
        found: Vec<&'static str>,
        /// Columns of the table that the file does not have.
        absent: Vec<&'static str>,
        /// Headings that no column is.
        unused: Vec<String>,
    },
    /// Its headings are most like those of this table, of which something that is needed is missing.
    Lacking {
        table: TableName,
        missing: Vec<String>,
        /// A column for each of these.
        to_map: Vec<&'static str>,
        headings: Vec<String>,
    },
    /// No table's headings, or no file that can be read; why.
    Neither(String),
}

/// Looks at the headings of a file.
pub fn look_at(path: &Path) -> Seems {
    let fits: Vec<Result<Fit, String>> = TABLES
        .iter()
        .map(|(table, columns)| Fit::of(path, *table, columns))
        .collect();
    let mut best: Option<&Fit> = None;
    for fit in fits.iter().flatten() {
        let is_better = best.is_none_or(|best| fit.rank() > best.rank());
        best = if is_better { Some(fit) } else { best };
    }
    match best {
        Some(fit) if fit.found.len() < FEWEST_COLUMNS => {
            let by_cells = Sample::table_of(path);
            let mut fits = fits.iter().flatten();
            match by_cells.and_then(|table| fits.find(|fit| fit.table == table)) {
                Some(fit) => fit.lacking(),
                None if fit.headings.is_empty() => Seems::Neither("is empty".to_owned()),
                None => Seems::Neither(format!("has headings of no table: {}", shown(&fit.headings))),
            }
        }
        Some(fit) if fit.missing.is_empty() => Seems::Table {
            table: fit.table,
            found: fit.found.clone(),
            absent: fit.absent.clone(),
            unused: fit.unused.clone(),
        },
        Some(fit) => fit.lacking(),
        None => Seems::Neither(fits.into_iter().find_map(Result::err).unwrap_or_default()),
    }
}

/// Headings as a message shows them.
pub fn shown(headings: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut shown: Vec<String> = headings
        .iter()
        .filter(|heading| !heading.trim().is_empty())
        .take(SHOWN)
        .map(|heading| heading.chars().take(40).collect())
        .collect();
    if headings.len() > SHOWN {
        shown.push(format!("and {} more", headings.len() - SHOWN));
    }
    shown.join(", ")
}

/// One file held against one table.
struct Fit {
    table: TableName,
    headings: Vec<String>,
    found: Vec<&'static str>,
    missing: Vec<(&'static str, String)>,
    absent: Vec<&'static str>,
    unused: Vec<String>,
}

impl Fit {
    fn lacking(&self) -> Seems {
        Seems::Lacking {
            table: self.table,
            missing: self.missing.iter().map(|(_, told)| told.clone()).collect(),
            to_map: self.missing.iter().map(|(column, _)| *column).collect(),
            headings: self.headings.clone(),
        }
    }

    fn of(path: &Path, table: TableName, columns: &'static [Column]) -> Result<Fit, String> {
        let source = plain_source(table, path);
        let layout = Layout::of(&source, columns).map_err(|error| error.to_string())?;
        let mut reader = RowReader::open(path, &layout).map_err(|error| error.to_string())?;
        // Of JSON the first row brings the headings.
        let has_row = reader
            .next(&mut Row::default())
            .map_err(|error| error.to_string())?;
        let headings = reader.headings().to_vec();
        if headings.is_empty() || !has_row {
            return Err("has no rows".to_owned());
        }
        let folded: Vec<String> = headings.iter().map(|heading| fold(heading)).collect();
        let is_there = |column: &Column| {
            std::iter::once(&column.name)
                .chain(column.aliases)
                .any(|word| folded.contains(&fold(word)))
        };
        let (found, rest): (Vec<&Column>, Vec<&Column>) = columns.iter().partition(|column| is_there(column));
        let names = |columns: &[&Column]| columns.iter().map(|column| column.name).collect::<Vec<_>>();
        let needed: Vec<&Column> = rest.iter().copied().filter(|column| column.required).collect();
        let named = |column: &&Column| (column.name, column.name.to_owned());
        let mut missing: Vec<(&str, String)> = needed.iter().map(named).collect();
        if table == TableName::Calls {
            missing.extend(calls::missing_beside(|column| {
                found.iter().any(|known| known.name == column)
            }));
        }
        let unused = match Mapping::find(columns, &headings, &source, "") {
            Ok(mapping) => mapping.unused,
            Err(_) => Vec::new(),
        };
        Ok(Fit {
            table,
            found: names(&found),
            absent: names(&rest),
            missing,
            unused,
            headings,
        })
    }

    /// By the columns that are found, then whether all that is needed is there. A list of ours that comes back bears the columns of
    /// lines too.
    fn rank(&self) -> (bool, usize, bool) {
        let is_whole = self.missing.is_empty();
        let is_ours = is_whole && self.table == TableName::Decisions;
        (is_ours, self.found.len(), is_whole)
    }
}

pub(in crate::pull) fn columns_of(table: TableName) -> &'static [Column] {
    let of_table = TABLES.iter().find(|(of, _)| *of == table);
    of_table.map(|(_, columns)| *columns).unwrap_or_default()
}

/// A source that says nothing but its file.
pub(in crate::pull) fn plain_source(table: TableName, path: &Path) -> Source {
    Source {
        name: table.to_string(),
        table,
        from: Origin::Files,
        files: vec![path.to_path_buf()],
        account: None,
        issuer: None,
        map: BTreeMap::new(),
        values: BTreeMap::new(),
        delimiter: None,
        encoding: None,
        sheet: None,
        decimal: DecimalMark::Auto,
        date_order: DateOrder::Iso,
        shape: CallShape::Auto,
        time_zone: None,
        covers_from: None,
        covers_to: None,
        optional: false,
    }
}
