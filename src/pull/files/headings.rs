//! Which heading of a file is which column of a table.

use std::collections::{HashMap, HashSet};

use crate::domain::{Source, TableName, folded};

use crate::pull::PullError;
use crate::pull::fault::{CellFault, Weight};
use crate::pull::files::Row;

/// A column of a table: its name in docs/tables.md, then its other spellings, best first.
#[derive(Debug, Clone, Copy)]
pub(in crate::pull) struct Column {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    /// The file is refused without it.
    pub required: bool,
    /// Summed up over rows: a cell that is merged over several would count several times.
    pub is_summed: bool,
}

pub(in crate::pull) const fn required(name: &'static str, aliases: &'static [&'static str]) -> Column {
    Column {
        name,
        aliases,
        required: true,
        is_summed: false,
    }
}

pub(in crate::pull) const fn optional(name: &'static str, aliases: &'static [&'static str]) -> Column {
    Column {
        name,
        aliases,
        required: false,
        is_summed: false,
    }
}

pub(in crate::pull) const fn summed(column: Column) -> Column {
    Column {
        is_summed: true,
        ..column
    }
}

/// The columns of a table by all their spellings, for finding the row in which they stand.
#[derive(Debug, Clone, Default)]
pub(in crate::pull) struct Wanted {
    /// Folded spelling -> column.
    spellings: HashMap<String, usize>,
}

impl Wanted {
    pub(crate) fn of(columns: &[Column], source: &Source) -> Wanted {
        let mut spellings = HashMap::new();
        for (at, column) in columns.iter().enumerate() {
            for word in std::iter::once(&column.name).chain(column.aliases) {
                spellings.insert(fold(word), at);
            }
        }
        for (heading, column) in &source.map {
            let at = spellings.get(&fold(column)).copied().unwrap_or(columns.len());
            for part in split_headings(heading) {
                spellings.entry(fold(part)).or_insert(at);
            }
            spellings.insert(fold(heading), at);
        }
        Wanted { spellings }
    }

    pub(crate) fn knows(&self, heading: &str) -> bool {
        self.spellings.contains_key(&fold(heading))
    }

    /// How many columns of the table a row names.
    pub(crate) fn named(&self, headings: &[String]) -> usize {
        let columns: HashSet<&usize> = headings
            .iter()
            .filter_map(|heading| self.spellings.get(&fold(heading)))
            .collect();
        columns.len()
    }
}

/// Where each column of a table stands in one file.
#[derive(Debug)]
pub(in crate::pull) struct Mapping {
    columns: &'static [Column],
    cells: Vec<Option<usize>>,
    /// The job's own words for what a column says, folded, and the table's.
    words: Vec<HashMap<String, String>>,
    /// How many headings were known when this was made.
    pub width: usize,
    /// Headings that no column is.
    pub unused: Vec<String>,
    pub notes: Vec<String>,
}

const JOINS_HEADINGS: &str = " + ";

/// `Date + Time` of a job's `map` is two headings of the file, whose cells are read as one with a blank between them.
pub(in crate::pull) fn split_headings(mapped: &str) -> Vec<&str> {
    mapped.split(JOINS_HEADINGS).map(str::trim).collect()
}

/// Two headings as a `map` names them together.
pub(in crate::pull) fn join_headings(one: &str, other: &str) -> String {
    format!("{one}{JOINS_HEADINGS}{other}")
}

/// Case, spaces and punctuation do not count.
pub(in crate::pull) fn fold(heading: &str) -> String {
    folded_letters(heading).collect()
}

/// The letters of [`fold`], one by one.
pub(in crate::pull) fn folded_letters(heading: &str) -> impl Iterator<Item = char> + '_ {
    let letters = heading.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase)
}

impl Mapping {
    /// Finds the table's columns among a file's headings; refuses a heading that stands twice, and a set in which
    /// a required column is missing.
    pub(crate) fn find(
        columns: &'static [Column],
        headings: &[String],
        source: &Source,
        file: &str,
    ) -> Result<Mapping, PullError> {
        let refuse = |what: String| PullError::Schema {
            source_name: source.name.clone(),
            file: file.to_string(),
            what,
            found: headings.to_vec(),
        };
        let mapped = mapped_columns(columns, source)?;
        let mut by_column: HashMap<String, usize> = HashMap::new();
        let mut used = vec![false; headings.len()];
        let is_mapped = |heading: &&(usize, &String)| mapped.contains_key(&fold(heading.1));
        let (named, others): (Vec<_>, Vec<_>) = headings.iter().enumerate().partition(|one| is_mapped(&one));
        for (cell, heading) in named.iter().chain(&others) {
            let folded = fold(heading);
            let Some(word) = mapped.get(&folded).cloned().unwrap_or(Some(folded)) else {
                used[*cell] = true;
                continue;
            };
            if word.is_empty() {
                continue;
            }
            // What the job names takes the place of the heading that is written as the column is.
            match by_column.get(&word) {
                Some(first)
                    if !mapped.contains_key(&fold(heading))
                        && mapped.contains_key(&fold(&headings[*first])) => {}
                Some(_) => {
                    return Err(refuse(format!(
                        "the heading {heading:?} stands twice, or two headings are mapped to one column"
                    )));
                }
                None => {
                    by_column.insert(word, *cell);
                }
            }
        }
        let find = |column: &Column| {
            let spellings = std::iter::once(&column.name).chain(column.aliases);
            spellings
                .filter_map(|word| by_column.get(&fold(word)).copied())
                .next()
        };
        let cells: Vec<Option<usize>> = columns.iter().map(find).collect();
        let missing: Vec<&str> = columns
            .iter()
            .zip(&cells)
            .filter(|(column, cell)| column.required && cell.is_none())
            .map(|(column, _)| column.name)
            .collect();
        if !missing.is_empty() {
            return Err(refuse(format!(
                "these are not the headings of a {} table; missing: {}",
                source.table,
                missing.join(", ")
            )));
        }
        cells.iter().flatten().for_each(|cell| used[*cell] = true);
        let parts: HashSet<String> = source
            .map
            .keys()
            .flat_map(|heading| split_headings(heading))
            .map(fold)
            .collect();
        for (cell, heading) in headings.iter().enumerate() {
            used[cell] |= is_known_elsewhere(source.table, heading) || parts.contains(&fold(heading));
        }
        let unused = unused_headings(headings, &used);
        let notes = match unused.is_empty() {
            true => Vec::new(),
            false => vec![format!("headings that are not used: {}", unused.join(", "))],
        };
        Ok(Mapping {
            unused,
            columns,
            cells,
            words: own_words(columns, source)?,
            width: headings.len(),
            notes,
        })
    }

    /// The cell of a column that is in the table's list; none where the file does not have it.
    pub(crate) fn cell(&self, column: &str) -> Option<usize> {
        self.cells[self.place(column)?]
    }

    fn place(&self, column: &str) -> Option<usize> {
        let at = self.columns.iter().position(|known| known.name == column);
        debug_assert!(at.is_some(), "{column} is no column of this table");
        at
    }

    /// What a row says in a column, in the table's words; none where it says nothing.
    pub(crate) fn text<'a>(&'a self, row: &'a Row, column: &str) -> Option<&'a str> {
        let at = self.place(column)?;
        self.meaning(at, row.get(self.cells[at]?)?)
    }

    /// What a text in the column at this place of the table's list means; none where the job says that it is nothing.
    pub(crate) fn meaning<'a>(&'a self, at: usize, text: &'a str) -> Option<&'a str> {
        let words = &self.words[at];
        match words.is_empty() {
            true => Some(text),
            false => {
                let meant = words.get(folded(text).as_ref()).map_or(text, String::as_str);
                (!meant.is_empty()).then_some(meant)
            }
        }
    }

    /// A column that is summed up and whose cell in a row is merged with those of other rows.
    pub(crate) fn merged_sum(&self, row: &Row) -> Option<CellFault> {
        let is_merged = |cell: &Option<usize>| row.merged.iter().find(|(merged, _)| Some(*merged) == *cell);
        let mut summed = self
            .columns
            .iter()
            .zip(&self.cells)
            .filter(|(column, _)| column.is_summed);
        let (column, range) = summed.find_map(|(column, cell)| Some((column, &is_merged(cell)?.1)))?;
        let reason = format!(
            "is merged over the cells {range}, and would count once for each row; unmerge them and write each row's own"
        );
        Some(CellFault::new(column.name, reason).weighing(Weight::Fatal))
    }

    /// The first column of the table whose cell in a row cannot be used, and why.
    pub(crate) fn bad_cell(&self, row: &Row) -> Option<CellFault> {
        let (bad, reason) = row
            .bad_cells
            .iter()
            .find(|(bad, _)| self.cells.contains(&Some(*bad)))?;
        let at = self.cells.iter().position(|cell| cell.as_ref() == Some(bad))?;
        Some(CellFault::new(self.columns[at].name, reason))
    }
}

/// Headings that such a file is known to have and that nothing here needs: no news to anybody.
fn is_known_elsewhere(table: TableName, heading: &str) -> bool {
    let known: &[&str] = match table {
        // Vonage's call logs and the portal's export.
        TableName::Calls => &[
            "in_network",
            "charge",
            "rate",
            "custom_tag",
            "source_device_name",
            "source_user_full_name",
            "destination_device_name",
            "destination_user_full_name",
            "Location",
        ],
        // The lists that quietline writes, and takes back with the decisions filled in.
        TableName::Decisions => &[
            "action",
            "amount_to_date",
            "ask",
            "calls_missed_90",
            "confidence",
            "contract_id",
            "counterfactual",
            "currency",
            "days_silent",
            "department",
            "dids",
            "do_by",
            "email",
            "evidence",
            "exposure_to_term_end",
            "extension",
            "first_seen",
            "invoice_id",
            "kind",
            "known_days",
            "last_answered_on",
            "last_missed_on",
            "last_placed_on",
            "manager_email",
            "monthly_amount",
            "monthly_cost",
            "monthly_saving",
            "notice_by",
            "recoverable",
            "recoverable_on",
            "saves_from",
            "standing_decision",
            "state",
            "step",
            "subject",
            "target_tier",
            "term",
            "tier",
            "usual_gap_business_days",
            "verdict",
            "why",
        ],
        _ => &[],
    };
    known.iter().any(|word| fold(word) == fold(heading))
}

fn unused_headings(headings: &[String], used: &[bool]) -> Vec<String> {
    headings
        .iter()
        .zip(used)
        .filter(|(heading, used)| !**used && !heading.is_empty())
        .map(|(heading, _)| heading.clone())
        .take(30)
        .collect()
}

/// The job's own mapping, folded; a heading mapped to nothing is left out.
fn mapped_columns(columns: &[Column], source: &Source) -> Result<HashMap<String, Option<String>>, PullError> {
    let mut mapped = HashMap::new();
    for (heading, column) in &source.map {
        let folded_column = fold(column);
        if !folded_column.is_empty() {
            known_column(columns, source, column, format!("map.{heading}"))?;
        }
        mapped.insert(
            fold(heading),
            (!folded_column.is_empty()).then_some(folded_column),
        );
    }
    Ok(mapped)
}

/// The place of a column that the job names in `key` of the source.
fn known_column(columns: &[Column], source: &Source, column: &str, key: String) -> Result<usize, PullError> {
    let wanted = fold(column);
    columns
        .iter()
        .position(|known| fold(known.name) == wanted)
        .ok_or_else(|| {
            let names: Vec<&str> = columns.iter().map(|known| known.name).collect();
            PullError::Job {
                key: format!("sources.{}.{key}", source.name),
                what: format!(
                    "{column:?} is no column of the {} table; its columns are {}",
                    source.table,
                    names.join(", ")
                ),
            }
        })
}

/// The job's own words by column, folded.
fn own_words(columns: &[Column], source: &Source) -> Result<Vec<HashMap<String, String>>, PullError> {
    let mut all = vec![HashMap::new(); columns.len()];
    for (column, words) in &source.values {
        let at = known_column(columns, source, column, format!("values.{column}"))?;
        let own = words
            .iter()
            .map(|(word, meant)| (folded(word).into_owned(), meant.trim().to_owned()));
        all[at].extend(own);
    }
    Ok(all)
}
