//! The workbook's `columns`: every column of every sheet in words, and what the coloured marks mean.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::grid::{self, Head, Looks};
use super::{bridge, commitments, invoices, lines, marks, savings};
use crate::render::Cell;
use crate::render::tables::findings;

pub(super) const NAME: &str = "columns";
const HEADS: &[Head] = &[
    ("sheet", "The sheet of this workbook."),
    ("column", "Its heading there; or the colour of a mark."),
    ("what it means", "In words."),
];

const SUMMARY: &[Head] = &[
    ("(first column)", "The name of a figure, account by account."),
    (
        "(second column)",
        "The figure: a formula over the other sheets, with the value that we computed kept in it.",
    ),
    ("(third column)", "What the figure means, or its period."),
];
const BACKTEST: &[Head] = &[
    (
        "Flagged by",
        "A way of flagging lines: tonight's setting, or a fixed window of silence.",
    ),
    (
        "Flags",
        "Lines flagged, over all days that were looked back from.",
    ),
    (
        "Wrong: used again in 90 days",
        "Flags whose line was used within the next 90 days.",
    ),
    (
        "Share of the flags",
        "Wrong flags, or flags of which this became, over all flags.",
    ),
    ("95 % interval of it", "Where that share lies with so few flags."),
    (
        "Flagged, a month",
        "A month's money of the flags, an average over the days looked back from.",
    ),
    ("Of it wrongly", "The same of the wrong flags."),
    (
        "What is measured",
        "A chance said before the outcome was known: the model's, or a window's.",
    ),
    (
        "Judgements",
        "A line on a day looked back from, with its outcome.",
    ),
    (
        "Log loss",
        "How far the chances were from what happened; 0 is perfect, smaller is better.",
    ),
    (
        "Brier score",
        "The mean square of that distance; smaller is better.",
    ),
    (
        "AUC",
        "How well lines that stayed silent rank above those that came back; 0.5 is chance, 1 perfect.",
    ),
    (
        "ECE",
        "How far said chances and outcomes lie apart, on average over groups; 0 is perfect.",
    ),
    (
        "Chance said, on average",
        "Of a group of judgements with chances near each other.",
    ),
    ("Stayed silent", "The share of that group that did."),
    (
        "From a chance of",
        "Flagging every line from this chance of 90 silent days on.",
    ),
    (
        "Wrong, share of the flags",
        "Of such flags, those whose line was used again within 90 days.",
    ),
    (
        "What became of it",
        "Of flags as they were sent on earlier nights.",
    ),
];
const METHOD: &[Head] = &[
    (
        "Setting",
        "A setting that matters to the figures, as in the job file.",
    ),
    ("Value", "What it was on this night."),
    ("Check", "A check of the data before anything is said of a line."),
    ("Result", "Whether it passed."),
    ("What it looks at", "In words; operators have what it saw."),
    ("Account", "The account."),
    ("Source", "Where the data comes from."),
    (
        "Days known",
        "Days whose call data is complete; silence is counted on these only.",
    ),
    (
        "Days not complete",
        "Days that may still lack calls: neither use nor silence.",
    ),
    ("Days missing", "Days without data."),
    ("Table", "The kind of rows."),
    ("Files", "How many were read."),
    (
        "Rows read",
        "All rows; used, duplicates and set aside add up to them.",
    ),
    ("Used", "Rows that went into the figures."),
    ("Duplicates", "Rows that say again what another row said."),
    (
        "Set aside",
        "Rows that could not be used; quarantine.csv says why.",
    ),
];

pub(super) fn write(sheet: &mut Worksheet, looks: &Looks) -> Result<(), XlsxError> {
    let row = |sheet, column, meaning| vec![Cell::Word(sheet), Cell::Word(column), Cell::Word(meaning)];
    let mut rows: Vec<Vec<Cell>> = marks::LEGEND
        .iter()
        .map(|(colour, meaning)| row("(marks)", colour, meaning))
        .collect();
    let tables: [(&'static str, &[Head]); 13] = [
        ("summary", SUMMARY),
        (bridge::NAME, bridge::HEADS),
        ("savings calendar", super::CALENDAR_HEADS),
        ("lines", lines::HEADS),
        ("contracts", super::CONTRACT_HEADS),
        (commitments::NAME, commitments::HEADS),
        (commitments::NAME, commitments::CURVE_HEADS),
        (invoices::NAME, invoices::HEADS),
        (invoices::NAME, &[invoices::DATED]),
        (savings::NAME, savings::HEADS),
        (savings::NAME, savings::NIGHT_HEADS),
        (savings::LEDGER, savings::LEDGER_HEADS),
        ("back-test", BACKTEST),
    ];
    for (sheet, heads) in tables.into_iter().chain([("method", METHOD), (NAME, HEADS)]) {
        let named = heads.iter().filter(|(name, _)| !name.is_empty());
        rows.extend(named.map(|(name, meaning)| row(sheet, name, meaning)));
        if sheet == "lines" {
            rows.extend(
                findings::COLUMNS
                    .iter()
                    .map(|column| row("findings", column.name, column.meaning)),
            );
        }
    }
    grid::table(sheet, looks, HEADS, &rows)
}
