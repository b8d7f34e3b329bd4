//! The format-free page: what finance and admins read, written once and free of HTML, workbook and mail.

pub(super) mod html;
pub(super) mod plot;
pub(super) mod waterfall;

use chrono::NaiveDate;

use crate::domain::{BridgePart, Cents, Currency};
use crate::render::Cell;

/// A night as its readers see it. `finance` bears no names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub job: String,
    pub as_of: NaiveDate,
    pub revision: u32,
    /// Set on a held or blocked night: there is no figure and no list, and this says why.
    pub withheld: Option<String>,
    /// The same with what the checks saw, for administrators.
    pub withheld_in_full: Option<String>,
    pub finance: Vec<Block>,
    pub admins: Vec<Block>,
}

/// One account, or what holds for all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub heading: String,
    pub sections: Vec<Section>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Unique on its page.
    pub id: String,
    pub heading: &'static str,
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// What a reader takes home who reads nothing else.
    Lead(String),
    Text(String),
    Warning(String),
    Small(String),
    List(Vec<String>),
    Tiles(Vec<Tile>),
    Table(Table),
    Waterfall(Waterfall),
    Plot(Plot),
}

/// One figure with what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    pub label: &'static str,
    pub figure: Cell,
    pub note: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub id: String,
    pub caption: String,
    pub columns: Vec<Heading>,
    pub rows: Vec<Vec<Cell>>,
    pub total: Option<Vec<Cell>>,
    /// The file that holds every row, where the page does not.
    pub whole_in: &'static str,
    /// Long sentences in the rows: wants the width of the sheet.
    pub wide: bool,
    /// Whether another order of the rows makes sense.
    pub sortable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heading {
    pub text: &'static str,
    /// Numbers stand to the right.
    pub numeric: bool,
}

/// The bridge as steps that add up to the billed total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waterfall {
    pub id: String,
    pub title: String,
    pub description: String,
    pub currency: Currency,
    pub steps: Vec<(BridgePart, Cents)>,
    pub total: Cents,
}

/// Points over two axes, in whole numbers of each axis' own unit; both axes begin at 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plot {
    pub id: String,
    pub title: String,
    pub description: String,
    /// How to read it, under the title.
    pub hint: &'static str,
    pub x: Axis,
    pub y: Axis,
    /// Where both axes agree.
    pub diagonal: bool,
    /// A line through these, in their order.
    pub path: Vec<(i64, i64)>,
    /// Further lines, each in a look of its own.
    pub series: Vec<Series>,
    pub marks: Vec<Mark>,
}

/// One of several lines; `look` names it in the style sheet, and a mark at its end for the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    pub look: &'static str,
    pub points: Vec<(i64, i64)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    pub label: String,
    /// Where the axis ends.
    pub high: i64,
    pub ticks: Vec<(i64, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub x: i64,
    pub y: i64,
    pub kind: MarkKind,
    /// Blank for a point that speaks for itself.
    pub label: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    Dot,
    /// What holds tonight.
    Ours,
    /// What it is compared with.
    Other,
}

pub(super) const fn words(text: &'static str) -> Heading {
    Heading { text, numeric: false }
}

pub(super) const fn figure(text: &'static str) -> Heading {
    Heading { text, numeric: true }
}
