//! The section of finance's page, and its short form for admins.

use super::{tables, words};
use crate::domain::{Backtest, BacktestReport};
use crate::render::for_finance::FinanceAccount;
use crate::render::page::{Item, Table};

pub(crate) fn items(account: &FinanceAccount, prefix: &str) -> Vec<Item> {
    let mut items = match &account.backtest {
        Backtest::ByRule => vec![Item::Text(words::BY_RULE.to_owned())],
        Backtest::NobodyToJudge => vec![Item::Text(words::NOBODY.to_owned())],
        Backtest::TooLittle(little) => vec![Item::Text(words::too_little(little))],
        Backtest::Made(report) => made(account, report, prefix),
    };
    items.push(Item::Text(words::track_record(account.track_record)));
    items.extend(tables::track_record(account.track_record, prefix).map(Item::Table));
    if matches!(account.backtest, Backtest::Made(_)) {
        items.push(Item::Text(words::WEAK_HEAD.to_owned()));
        items.push(Item::List(
            words::WEAK_SPOTS.iter().map(|spot| (*spot).to_owned()).collect(),
        ));
    }
    items
}

/// Sentences only: the figures stand in finance's page.
pub(crate) fn admin_items(account: &FinanceAccount) -> Vec<Item> {
    let mut items: Vec<Item> = match &account.backtest {
        Backtest::ByRule => vec![Item::Text(words::BY_RULE.to_owned())],
        Backtest::NobodyToJudge => vec![Item::Text(words::NOBODY.to_owned())],
        Backtest::TooLittle(little) => vec![Item::Text(words::too_little(little))],
        Backtest::Made(report) => vec![
            Item::Text(said(report)),
            Item::Small("The tables and charts are in report.html.".to_owned()),
        ],
    };
    items.push(Item::Text(words::track_record(account.track_record)));
    items
}

fn said(report: &BacktestReport) -> String {
    std::iter::once(words::would_have(report))
        .chain(words::windows(report))
        .collect::<Vec<_>>()
        .join(" ")
}

fn made(account: &FinanceAccount, report: &BacktestReport, prefix: &str) -> Vec<Item> {
    let is_filled = |table: &Table| !table.rows.is_empty();
    let mut items = vec![
        Item::Text(said(report)),
        Item::Text(words::how(report)),
        Item::Table(tables::comparison(account, report, prefix)),
        Item::Small(format!("{} {}", words::removed(report), words::COUNTED_EACH_TIME)),
    ];
    let calibration = tables::calibration(report, prefix);
    if is_filled(&calibration) {
        items.push(Item::Plot(tables::calibration_plot(report, prefix)));
        items.push(Item::Table(calibration));
    }
    let frontier = tables::frontier(account, report, prefix, 5);
    if is_filled(&frontier) {
        items.push(Item::Plot(tables::frontier_plot(account, report, prefix)));
        items.push(Item::Table(frontier));
    }
    items.push(Item::Table(tables::scores(report, prefix)));
    items.push(Item::Small(words::WHAT_SCORES_MEAN.to_owned()));
    items
}
