//! `quietline backtest` on a terminal: the page's sentences and tables as aligned text under 100 columns.

use std::fmt::Write;

use super::{tables, words};
use crate::domain::{Backtest, BacktestReport, CalibrationBin, Statement};
use crate::render::Cell;
use crate::render::for_finance::{FinanceAccount, FinanceNight};
use crate::render::page::Table;
use crate::render::values::withheld::is_withheld;
use crate::render::words::sentences;

const WIDTH: usize = 96;
const BAR: usize = 40;

/// Every account's back-test and track record; why there is none on a held or blocked night.
pub fn backtest_text(statement: &Statement) -> String {
    if is_withheld(statement) {
        return format!(
            "{} {}: {}, so there is no figure to look back from.\n",
            statement.job,
            statement.as_of,
            crate::render::values::plain::status(statement.status)
        );
    }
    let night = FinanceNight::of(statement);
    let accounts: Vec<String> = night.accounts.iter().map(account_text).collect();
    accounts.join("\n")
}

fn account_text(account: &FinanceAccount<'_>) -> String {
    let heading = sentences::account_heading(account);
    let mut text = format!("{heading}\n{}\n", "-".repeat(heading.chars().count()));
    match &account.backtest {
        Backtest::ByRule => text.push_str(&wrapped(words::BY_RULE)),
        Backtest::NobodyToJudge => text.push_str(&wrapped(words::NOBODY)),
        Backtest::TooLittle(little) => text.push_str(&wrapped(&words::too_little(little))),
        Backtest::Made(report) => text.push_str(&made(account, report)),
    }
    text.push('\n');
    text.push_str(&wrapped(&words::track_record(account.track_record)));
    if let Some(table) = tables::track_record(account.track_record, "") {
        text.push_str(&aligned(&table, &["", "flags", "share"]));
    }
    text
}

fn made(account: &FinanceAccount<'_>, report: &BacktestReport) -> String {
    let mut text = wrapped(&words::would_have(report));
    for sentence in words::windows(report) {
        text.push_str(&wrapped(&sentence));
    }
    let _ = write!(text, "\n{}", wrapped(&words::how(report)));
    let _ = write!(text, "\nmoney is a month's, on average over these days\n");
    text.push_str(&aligned(
        &tables::comparison(account, report, ""),
        &[
            "flagged by",
            "flags",
            "wrong",
            "share",
            "95 % int.",
            "a month",
            "wrongly",
        ],
    ));
    let _ = write!(
        text,
        "\n{}{}",
        wrapped(&words::removed(report)),
        wrapped(words::COUNTED_EACH_TIME)
    );
    let _ = write!(
        text,
        "\nchance of 90 silent days that was said, and the share that stayed silent (| is the chance said)\n"
    );
    for bin in &report.calibration {
        let _ = writeln!(text, "{}", drawn(bin));
    }
    let _ = write!(
        text,
        "\nif every line from a chance on were flagged, whatever it costs\n"
    );
    text.push_str(&aligned(
        &tables::frontier(account, report, "", 5),
        &["from", "flags", "a month", "wrong"],
    ));
    let _ = write!(text, "\nhow good the chances were\n");
    text.push_str(&aligned(
        &tables::scores(report, ""),
        &["", "judgements", "log loss", "Brier", "AUC", "ECE"],
    ));
    text.push_str(&wrapped(words::WHAT_SCORES_MEAN));
    text.push('\n');
    text.push_str(&wrapped(words::WEAK_HEAD));
    for spot in words::WEAK_SPOTS {
        text.push_str(&wrapped(&format!("- {spot}")));
    }
    text
}

/// A group of judgements as a bar of what happened, with what was said marked in it.
fn drawn(bin: &CalibrationBin) -> String {
    let place = |share: f64| ((share.clamp(0.0, 1.0) * BAR as f64).round() as usize).min(BAR);
    let (said, silent) = (place(bin.mean_p_silent_90), place(bin.silent_share));
    let bar: String = (0..=BAR)
        .map(|at| match at {
            _ if at == said => '|',
            _ if at < silent => '#',
            _ => '.',
        })
        .collect();
    format!(
        "  said {:>7}, silent {:>7}  {bar}  {:>6}",
        Cell::share(bin.mean_p_silent_90).shown(),
        Cell::share(bin.silent_share).shown(),
        Cell::count(bin.predictions).shown()
    )
}

/// Short headings, then rows; numbers to the right.
fn aligned(table: &Table, heads: &[&str]) -> String {
    let mut rows: Vec<Vec<String>> = vec![heads.iter().map(|head| (*head).to_owned()).collect()];
    let shown = |row: &Vec<Cell>| row.iter().map(Cell::shown).collect();
    rows.extend(table.rows.iter().chain(&table.total).map(shown));
    let widths: Vec<usize> = (0..heads.len())
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        })
        .collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::from(" ");
        for ((cell, width), column) in row.iter().zip(&widths).zip(&table.columns) {
            let padded = match column.numeric {
                true => format!(" {cell:>width$}"),
                false => format!(" {cell:<width$}"),
            };
            line.push_str(&padded);
            line.push(' ');
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        match lines[last].is_empty() || lines[last].chars().count() + 1 + word.chars().count() <= WIDTH {
            true if lines[last].is_empty() => lines[last].push_str(word),
            true => {
                lines[last].push(' ');
                lines[last].push_str(word);
            }
            false => lines.push(word.to_owned()),
        }
    }
    lines.join("\n") + "\n"
}
