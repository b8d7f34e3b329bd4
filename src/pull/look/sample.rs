//! What stands below the headings of a file that no table knows: by that a first job proposes what they may be.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::domain::{DateOrder, TableName, Term, Zone, folded};
use crate::pull::calls::{direction, instant, seconds};
use crate::pull::cells::days::day;
use crate::pull::cells::texts::{extension, phone_digits, product_tier};
use crate::pull::files::headings::{Column, fold, join_headings};
use crate::pull::files::{Layout, Row, RowReader};
use crate::pull::look::{columns_of, plain_source};

/// Rows that are looked at.
const MOST_ROWS: usize = 500;
/// Under so many cells anything may look like anything.
const FEWEST_CELLS: usize = 2;
const DIGITS_OF_EXTENSIONS: std::ops::RangeInclusive<usize> = 2..=6;
const FEWEST_DIGITS_OF_A_NUMBER: usize = 7;

/// The first rows of a file, by heading.
pub struct Sample {
    /// The file's, then those that are read best as one: `Date + Time`.
    headings: Vec<String>,
    /// For each heading, its cells that are not blank.
    cells: Vec<Vec<String>>,
    /// Headings of calls that say the half of a time.
    halves: BTreeSet<usize>,
}

/// A heading, and the column that it may be.
pub type Proposal = (String, &'static str);

impl Sample {
    /// None where the file cannot be read, or has no heading or no row.
    pub fn of(path: &Path, table: TableName) -> Option<Sample> {
        let layout = Layout::of(&plain_source(table, path), columns_of(table)).ok()?;
        let mut reader = RowReader::open(path, &layout).ok()?;
        let mut row = Row::default();
        let mut rows: Vec<Vec<String>> = Vec::new();
        for _ in 0..MOST_ROWS {
            if !reader.next(&mut row).ok()? {
                break;
            }
            let width = reader.headings().len();
            let cells = (0..width).map(|at| row.get(at).unwrap_or_default().to_owned());
            rows.push(cells.collect());
        }
        let headings = reader.headings().to_vec();
        (headings.len() > 1 && !rows.is_empty()).then(|| Sample::read(table, headings, &rows))
    }

    fn read(table: TableName, headings: Vec<String>, rows: &[Vec<String>]) -> Sample {
        let filled = |at: usize| {
            let cells = rows.iter().filter_map(|row| row.get(at));
            cells.filter(|cell| !cell.is_empty()).cloned().collect()
        };
        let cells = (0..headings.len()).map(filled).collect();
        let mut sample = Sample {
            headings,
            cells,
            halves: BTreeSet::new(),
        };
        for (one, other) in sample.pairs(table) {
            let both = rows
                .iter()
                .filter_map(|row| Some([row.get(one)?, row.get(other)?]));
            let joined: Vec<String> = both
                .map(|[one, other]| format!("{one} {other}").trim().to_owned())
                .filter(|cell| !cell.is_empty())
                .collect();
            if table == TableName::Calls {
                if joined.len() < FEWEST_CELLS || !joined.iter().all(|cell| is_time(cell)) {
                    continue;
                }
                sample.halves.extend([one, other]);
            }
            let heading = join_headings(&sample.headings[one], &sample.headings[other]);
            sample.headings.push(heading);
            sample.cells.push(joined);
        }
        sample
    }

    /// Columns that may be the halves of one: the first and the last name, a day and a time.
    fn pairs(&self, table: TableName) -> Vec<(usize, usize)> {
        if table == TableName::Lines {
            let names = self
                .place(table, "first_name")
                .zip(self.place(table, "last_name"));
            return names.into_iter().collect();
        }
        if table != TableName::Calls {
            return Vec::new();
        }
        let is_known = |heading: &str| {
            columns_of(table)
                .iter()
                .any(|column| spellings(column).contains(&fold(heading)))
        };
        let all = 0..self.headings.len();
        let open: Vec<usize> = all.filter(|at| !is_known(&self.headings[*at])).collect();
        let has_clock = |at: &&usize| self.all(**at, |cell| cell.contains(':') && !is_time(cell));
        let clocks: Vec<usize> = open.iter().filter(has_clock).copied().collect();
        let days = open.iter().filter(|at| !clocks.contains(at));
        days.flat_map(|day| clocks.iter().map(|clock| (*day, *clock)))
            .collect()
    }

    /// Where the column stands that the table knows by this name.
    fn place(&self, table: TableName, column: &str) -> Option<usize> {
        let column = columns_of(table).iter().find(|known| known.name == column)?;
        let known = spellings(column);
        (0..self.headings.len()).find(|at| known.contains(&fold(&self.headings[*at])))
    }

    /// The heading of these lines under which stands what the calls name people by, where that is none that is read as a login.
    pub fn names_in(&self, calls: &Sample) -> Option<Proposal> {
        let columns = ["source_user", "destination_user", "user"];
        let users: BTreeSet<String> = columns
            .iter()
            .filter_map(|column| calls.place(TableName::Calls, column))
            .flat_map(|at| calls.cells[at].iter().map(|cell| folded(cell).into_owned()))
            .collect();
        let fits = |at: usize| {
            let own: BTreeSet<Cow<str>> = self.cells[at].iter().map(|cell| folded(cell)).collect();
            users.iter().filter(|user| own.contains(user.as_str())).count()
        };
        let logins = ["login_name", "email", "user_id"];
        let logins: Vec<usize> = logins
            .iter()
            .filter_map(|column| self.place(TableName::Lines, column))
            .collect();
        let by_login = logins.iter().map(|at| fits(*at)).max().unwrap_or(0);
        let others = (0..self.headings.len()).filter(|at| !logins.contains(at));
        let (at, by_name) = others.map(|at| (at, fits(at))).max_by_key(|(_, fits)| *fits)?;
        let most = |fits: usize| fits * 2 > users.len();
        (users.len() >= FEWEST_CELLS && most(by_name) && !most(by_login))
            .then(|| (self.headings[at].clone(), "login_name"))
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
        let at = self.place(TableName::Lines, "extension");
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
            if self.halves.contains(&at) {
                continue;
            }
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

    /// The only days of the list may be those on which the seats began.
    fn is_only_day(&self, at: usize) -> bool {
        let is_day = |at: usize| {
            let mut orders = DateOrder::ALL.iter();
            orders.any(|order| self.all(at, |cell| day(cell, *order).is_ok()))
        };
        is_day(at) && (0..self.headings.len()).all(|other| other == at || !is_day(other))
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
            () if self.is_only_day(at) => Some("seat_since"),
            () => None,
        }
    }

    fn of_calls(
        &self,
        at: usize,
        taken: &BTreeMap<&'static str, usize>,
        extensions: &BTreeSet<String>,
    ) -> Option<&'static str> {
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

fn is_time(cell: &str) -> bool {
    let mut orders = DateOrder::ALL.iter();
    orders.any(|order| instant(cell, *order, &Zone::UTC).is_some())
}

fn spellings(column: &Column) -> Vec<String> {
    let words = std::iter::once(&column.name).chain(column.aliases);
    words.map(|word| fold(word)).collect()
}
