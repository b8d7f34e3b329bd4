//! The way of every small table: files -> rows -> items, with each row used, duplicate or quarantined.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    Account, InputRead, Origin, Quarantined, Source, TableName, UnreadContract, UnreadDecision, UnreadSeat,
    counted,
};

use crate::pull::PullError;
use crate::pull::cells::Cells;
use crate::pull::cells::nothing;
use crate::pull::fault::{CellFault, PartOf, Weight};
use crate::pull::files::filled::{no_rows, open_filled};
use crate::pull::files::headings::{Column, Mapping};
use crate::pull::files::pages::check_pages_of;
use crate::pull::files::{Found, Page, Row, Stamp, expand, file_digest};
use crate::pull::tables::row_names::{hidden_seats, whom_it_names};

/// One input table: its columns, and how a row is read. Parsing does no I/O.
pub(in crate::pull) trait Table {
    type Item: PartialEq;
    const NAME: TableName;
    const COLUMNS: &'static [Column];
    /// Whether a file with headings and no rows says something true.
    const MAY_BE_EMPTY: bool;

    /// None: the row was understood and says nothing (an action list's row without a decision).
    fn parse(cells: &Cells) -> Result<Option<Self::Item>, CellFault>;

    /// The column to name where the row sums up the rows above it.
    fn foot(cells: &Cells) -> Option<&'static str> {
        nothing::is_foot(cells.row).then_some("")
    }

    /// Whom a row names that cannot be used, as `extension 101` or `login ann`.
    fn names(_cells: &Cells) -> Vec<String> {
        Vec::new()
    }

    /// Account and names of an item that cannot stay, as [`Table::names`] gives them.
    fn named(_item: &Self::Item) -> Vec<(String, String)> {
        Vec::new()
    }

    /// What a row meant that cannot be used, where somebody acts on lines that it may have held back.
    fn unread_decision(_cells: &Cells, _fault: &CellFault) -> Option<UnreadDecision> {
        None
    }

    /// What a row is a row of that cannot be used, where lines rest on it.
    fn unread_contract(_cells: &Cells) -> Option<UnreadContract> {
        None
    }

    /// Whether a row, used or not, is somebody's and does not tell which seat is meant.
    fn hides_seat(_cells: &Cells, _fault: Option<&CellFault>) -> bool {
        false
    }

    /// A fault with what else its row says, where the table must know that the row is missing.
    fn in_context(_cells: &Cells, fault: CellFault) -> CellFault {
        fault
    }
}

/// An item, and where it stood.
pub(in crate::pull) struct Placed<T> {
    pub item: T,
    /// Index of its file among the inputs.
    pub file: usize,
    /// Whether the file is the API's own.
    pub from: Origin,
    pub row: u64,
    as_read: String,
}

/// All rows of one table, over all its files.
pub(in crate::pull) struct Gathered<T> {
    pub table: TableName,
    pub items: Vec<Placed<T>>,
    pub inputs: Vec<InputRead>,
    pub quarantine: Vec<Quarantined>,
    /// Quarantined rows that leave a hole in something, each with its index in the quarantine.
    pub holes: Vec<(usize, PartOf)>,
    /// Accounts, and whom rows of them name that could not be used.
    pub unread: BTreeSet<(String, String)>,
    /// What whoever acts on lines must hear of.
    pub unread_decisions: Vec<UnreadDecision>,
    pub unread_contracts: Vec<UnreadContract>,
    pub unread_seats: Vec<UnreadSeat>,
    /// Accounts, and what their administrators must hear of the files.
    pub told: Vec<(String, String)>,
    named: fn(&T) -> Vec<(String, String)>,
    /// Rows that were understood and say nothing, for each file.
    pub(in crate::pull) silent: Vec<u64>,
    /// Rows whose values went into another row, for each file.
    pub(in crate::pull) absorbed: Vec<u64>,
    /// Quarantined rows that do not count against the limit.
    pub(in crate::pull) expected: u64,
}

/// Reads every file of a table.
pub(in crate::pull) fn gather<T: Table>(
    sources: &[Source],
    accounts: &[Account],
) -> Result<Gathered<T::Item>, PullError> {
    let mut gathered = Gathered {
        table: T::NAME,
        items: Vec::new(),
        inputs: Vec::new(),
        quarantine: Vec::new(),
        holes: Vec::new(),
        unread: BTreeSet::new(),
        unread_decisions: Vec::new(),
        unread_contracts: Vec::new(),
        unread_seats: Vec::new(),
        told: Vec::new(),
        named: T::named,
        silent: Vec::new(),
        absorbed: Vec::new(),
        expected: 0,
    };
    for source in sources.iter().filter(|source| source.table == T::NAME) {
        let mut pages = Vec::new();
        let expanded = expand(source)?;
        for file in &expanded.files {
            let begun = gathered.inputs.len();
            let read = || read_file::<T>(source, accounts, file, &mut gathered);
            // Half a list is worse than none: who stands in its other half would be gone, and what is decided there forgotten.
            let read = Stamp::unless_it_changes(&file.path, read)
                .unwrap_or_else(|| Err(PullError::changing(&source.name, &file.path)));
            pages.push(match read {
                Err(error) if file.is_handed_in => {
                    match gathered.inputs.len() == begun {
                        true => gathered.begin(file, String::new()),
                        false => gathered.give_back(begun),
                    }
                    gathered.note(&error.left_alone()?);
                    Vec::new()
                }
                read => read?,
            });
        }
        check_pages_of(source, &gathered.inputs, &pages)?;
        for (name, told) in expanded.without_files {
            gathered.begin_named(name, String::new());
            gathered.note(&told);
        }
    }
    Ok(gathered)
}

/// For each column, how many cells were left out, and the first.
type LeftOut = BTreeMap<String, (u64, String)>;

/// What the file says of its pages.
fn read_file<T: Table>(
    source: &Source,
    accounts: &[Account],
    file: &Found,
    gathered: &mut Gathered<T::Item>,
) -> Result<Vec<Page>, PullError> {
    let fail = |error: crate::pull::files::ReadError| error.of_file(&source.name, &file.name, &file.path);
    let Some(mut reader) = open_filled(source, file, T::COLUMNS)? else {
        gathered.begin(file, String::new());
        gathered.note("is empty, and the source is optional");
        return Ok(Vec::new());
    };
    gathered.begin(file, file_digest(&file.path)?);
    let place = reader.place(&file.name);
    let mut mapping = Mapping::find(T::COLUMNS, reader.headings(), source, &place)?;
    let mut row = Row::default();
    let mut told = LeftOut::new();
    let left_out = RefCell::new(Vec::new());
    while reader.next(&mut row).map_err(fail)? {
        if reader.headings().len() != mapping.width {
            mapping = Mapping::find(T::COLUMNS, reader.headings(), source, &place)?;
        }
        let cells = Cells {
            row: &row,
            mapping: &mapping,
            source,
            accounts,
            file: &file.name,
            left_out: &left_out,
        };
        let is_heading = row.fault.is_none() && nothing::repeats_headings(&row, reader.headings());
        let parsed = match &row.fault {
            Some(fault) => Err(CellFault::new("", fault)),
            None if is_heading => Err(CellFault::new("", "repeats the headings").weighing(Weight::Expected)),
            None => parse_row::<T>(&cells),
        };
        if let Err(fault) = &parsed
            && !is_heading
        {
            gathered.hear_of::<T>(&cells, fault);
        }
        if !is_heading && T::hides_seat(&cells, parsed.as_ref().err()) {
            gathered.unread_seats.extend(hidden_seats::<T>(&cells));
        }
        let is_used = parsed.is_ok();
        gathered.take(&row, source.from, parsed)?;
        for fault in left_out.take().into_iter().filter(|_| is_used) {
            let first = || (0, format!("row {}: {}", row.number, fault.reason));
            told.entry(fault.column).or_insert_with(first).0 += 1;
        }
    }
    let nothing = gathered.inputs.last().is_none_or(|input| input.rows_read == 0);
    if nothing && !T::MAY_BE_EMPTY && !source.optional {
        return Err(no_rows(source, file));
    }
    if nothing && T::NAME == TableName::Decisions {
        gathered.note("has its headings and no row below them; decisions that stood there hold no more. Were they meant to go?");
    }
    for (column, (cells, first)) in told {
        gathered.note(&format!(
            "{} of {column} cannot be read and {} used; the first: {first}",
            counted(cells, "cell", "cells"),
            match cells {
                1 => "is left out, its row is",
                _ => "are left out, their rows are",
            }
        ));
    }
    if let Some(input) = gathered.inputs.last_mut() {
        input.sheets = reader.sheets();
    }
    for note in mapping.notes.iter().chain(&reader.notes()) {
        gathered.note(note);
    }
    Ok(reader.pages().to_vec())
}

/// A cell that says itself why it cannot be used gives the reason, whatever was made of its text.
fn parse_row<T: Table>(cells: &Cells) -> Result<Option<T::Item>, CellFault> {
    if let Some(column) = T::foot(cells) {
        let fault = CellFault::new(column, "is a totals line that sums up the rows above it");
        return Err(fault.weighing(Weight::Expected));
    }
    if let Some(fault) = cells.mapping.merged_sum(cells.row) {
        return Err(fault);
    }
    let parsed = T::parse(cells);
    let Some(bad) = cells.mapping.bad_cell(cells.row) else {
        return parsed;
    };
    match parsed {
        Err(fault) if fault.weight == Weight::Counted => Err(CellFault {
            part_of: fault.part_of,
            ..bad
        }),
        Ok(Some(_)) => Err(T::in_context(cells, bad)),
        other => other,
    }
}

impl<I: PartialEq> Gathered<I> {
    /// Whom a row names that cannot be used, and what it decides.
    fn hear_of<T: Table<Item = I>>(&mut self, cells: &Cells, fault: &CellFault) {
        if fault.weight == Weight::Counted && cells.row.fault.is_none() {
            self.unread.extend(whom_it_names::<T>(cells));
        }
        self.unread_decisions.extend(T::unread_decision(cells, fault));
        self.unread_contracts.extend(T::unread_contract(cells));
    }
}

impl<T: PartialEq> Gathered<T> {
    fn begin(&mut self, file: &Found, digest: String) {
        self.begin_named(file.name.clone(), digest);
    }

    fn begin_named(&mut self, name: String, digest: String) {
        self.silent.push(0);
        self.absorbed.push(0);
        self.inputs.push(InputRead {
            table: self.table.to_string(),
            name,
            digest,
            rows_read: 0,
            used: 0,
            duplicates: 0,
            quarantined: 0,
            notes: Vec::new(),
            sheets: None,
        });
    }

    pub(crate) fn note(&mut self, note: &str) {
        self.note_on(self.inputs.len().saturating_sub(1), note);
    }

    pub(crate) fn note_on(&mut self, file: usize, note: &str) {
        if let Some(input) = self.inputs.get_mut(file)
            && !input.notes.iter().any(|known| known == note)
        {
            input.notes.push(note.to_string());
        }
    }

    fn take(
        &mut self,
        row: &Row,
        from: Origin,
        parsed: Result<Option<T>, CellFault>,
    ) -> Result<(), PullError> {
        let file = self.inputs.len() - 1;
        self.inputs[file].rows_read += 1;
        match parsed {
            Ok(Some(item)) => self.items.push(Placed {
                item,
                file,
                from,
                row: row.number,
                as_read: row.as_read(),
            }),
            Ok(None) => self.silent[file] += 1,
            Err(fault) => self.refuse(file, row.number, row.as_read(), fault)?,
        }
        Ok(())
    }

    /// The rows that were read of a file before it turned out that it cannot be read.
    fn give_back(&mut self, file: usize) {
        let before = self.items.len();
        self.items.retain(|placed| placed.file != file);
        self.inputs[file].rows_read -= (before - self.items.len()) as u64;
    }

    fn refuse(&mut self, file: usize, row: u64, as_read: String, fault: CellFault) -> Result<(), PullError> {
        let name = self.inputs[file].name.clone();
        if fault.weight == Weight::Fatal {
            return Err(PullError::Data {
                file: name,
                row: Some(row),
                column: Some(fault.column),
                what: fault.reason,
            });
        }
        self.expected += u64::from(fault.weight == Weight::Expected);
        self.holes
            .extend(fault.part_of.map(|part| (self.quarantine.len(), *part)));
        self.inputs[file].quarantined += 1;
        self.quarantine.push(Quarantined {
            table: self.table.to_string(),
            file: name,
            row,
            column: fault.column,
            reason: fault.reason,
            as_read,
        });
        Ok(())
    }

    /// Whom an item names is somebody, also where it cannot stay.
    pub(in crate::pull) fn set_aside(
        &mut self,
        placed: Placed<T>,
        fault: CellFault,
    ) -> Result<(), PullError> {
        if fault.weight == Weight::Counted {
            self.unread.extend((self.named)(&placed.item));
        }
        self.refuse(placed.file, placed.row, placed.as_read, fault)
    }
}
