//! The back-test's tables and plots, the same on the page, in the workbook and on the terminal.

use super::words;
use crate::domain::{BacktestReport, Cents, Flags, FrontierPoint, Scores, TrackRecord};
use crate::render::Cell;
use crate::render::for_finance::FinanceAccount;
use crate::render::page::plot::{money_axis, share_axis};
use crate::render::page::{Axis, Heading, Mark, MarkKind, Plot, Table, figure, words as text};
use crate::render::values::cell;
use crate::render::words::prices;

pub(crate) const OURS: &str = "Tonight's setting";

/// Where columns of the comparison and the frontier stand, for the workbook's charts.
pub(crate) mod columns {
    pub(crate) const COMPARED_SHARE: u16 = 3;
    pub(crate) const COMPARED_MONEY: u16 = 5;
    pub(crate) const BIN_SAID: u16 = 1;
    pub(crate) const BIN_SILENT: u16 = 2;
    pub(crate) const FRONTIER_MONEY: u16 = 2;
    pub(crate) const FRONTIER_SHARE: u16 = 3;
}

fn table(id: String, caption: String, columns: &[Heading], rows: Vec<Vec<Cell>>) -> Table {
    Table {
        id,
        caption,
        columns: columns.to_vec(),
        rows,
        total: None,
        whole_in: "report.xlsx",
        wide: false,
        sortable: false,
    }
}

/// A month's money, an average over the days looked back from: so that it can stand beside a bill.
pub(crate) fn a_month(report: &BacktestReport, sum: Cents) -> Cents {
    sum.ratio(1, report.origins.max(1).into())
}

/// Every way of flagging, with its flags.
pub(crate) fn ways(report: &BacktestReport) -> Vec<(&'static str, &Flags)> {
    let mut ways = vec![(OURS, &report.flags)];
    ways.extend(
        report
            .windows
            .iter()
            .map(|window| (window_name(window.window_days), &window.flags)),
    );
    ways.push(("Longest silent, same flags", &report.window_at_equal_flags));
    ways.push(("Longest silent, same savings", &report.window_at_equal_savings));
    ways
}

fn window_name(days: u32) -> &'static str {
    match days {
        30 => "30-day window",
        60 => "60-day window",
        90 => "90-day window",
        _ => "another window",
    }
}

fn flag_count(number: f64) -> Cell {
    match number.fract() == 0.0 {
        true => Cell::decimal(number, 0),
        false => Cell::decimal(number, 1),
    }
}

fn maybe_share(share: Option<f64>) -> Cell {
    share.map_or(Cell::Blank, Cell::share)
}

/// Not known where no line of the account has a price.
fn priced(account: &FinanceAccount, amount: Cents) -> Cell {
    let told = prices::cost(account, false).known_total();
    Cell::known(told.map(|_| amount), account.currency)
}

pub(crate) fn comparison(account: &FinanceAccount, report: &BacktestReport, prefix: &str) -> Table {
    let money = |sum: Cents| priced(account, a_month(report, sum));
    let rows = ways(report).into_iter().map(|(name, flags)| {
        vec![
            Cell::Word(name),
            flag_count(flags.flagged),
            flag_count(flags.came_back),
            maybe_share(flags.came_back_share),
            words::interval(flags).map_or(Cell::Blank, Cell::Text),
            money(flags.monthly_flagged),
            money(flags.monthly_wrong),
        ]
    });
    table(
        format!("{prefix}-ways"),
        "Tonight's setting beside fixed windows on the same days; money is a month's, on average over these days".to_owned(),
        &[
            text("Flagged by"),
            figure("Flags"),
            figure("Wrong: used again in 90 days"),
            figure("Share of the flags"),
            figure("95 % interval of it"),
            figure("Flagged, a month"),
            figure("Of it wrongly"),
        ],
        rows.collect(),
    )
}

pub(crate) fn scores(report: &BacktestReport, prefix: &str) -> Table {
    let row = |name: Cell, judged: u32, scores: &Scores, ece: Cell| {
        vec![
            name,
            Cell::count(judged),
            Cell::decimal(scores.log_loss, 3),
            Cell::decimal(scores.brier, 3),
            scores.auc.map_or(Cell::Blank, |auc| Cell::decimal(auc, 3)),
            ece,
        ]
    };
    let mut rows = vec![row(
        Cell::Word("The chances"),
        report.predictions,
        &report.scores,
        Cell::decimal(report.ece, 3),
    )];
    for window in &report.windows {
        let Some(made) = &window.recalibrated else {
            continue;
        };
        let name = window_name(window.window_days);
        rows.push(row(
            Cell::Text(format!("{name} as a chance")),
            made.predictions,
            &made.scores,
            Cell::Blank,
        ));
        rows.push(row(
            Cell::Word("The chances, same judgements"),
            made.predictions,
            &made.model_scores,
            Cell::Blank,
        ));
    }
    table(
        format!("{prefix}-scores"),
        "How good the chances were, for those who know these measures".to_owned(),
        &[
            text("What is measured"),
            figure("Judgements"),
            figure("Log loss"),
            figure("Brier score"),
            figure("AUC"),
            figure("ECE"),
        ],
        rows,
    )
}

pub(crate) fn calibration(report: &BacktestReport, prefix: &str) -> Table {
    let rows = report.calibration.iter().map(|bin| {
        vec![
            Cell::count(bin.predictions),
            Cell::share(bin.mean_p_silent_90),
            Cell::share(bin.silent_share),
        ]
    });
    table(
        format!("{prefix}-calibration"),
        "Chance of 90 silent days that was said, and the share of these lines that stayed silent".to_owned(),
        &[
            figure("Judgements"),
            figure("Chance said, on average"),
            figure("Stayed silent"),
        ],
        rows.collect(),
    )
}

/// `every` 1 holds all thresholds, 5 each twentieth.
pub(crate) fn frontier(account: &FinanceAccount, report: &BacktestReport, prefix: &str, every: u32) -> Table {
    let last = report.frontier.len().saturating_sub(1);
    let is_shown = |(index, point): &(usize, &FrontierPoint)| {
        let hundredths = (point.threshold * 100.0).round() as u32;
        every <= 1 || hundredths.is_multiple_of(every) || *index == last
    };
    let rows = report
        .frontier
        .iter()
        .enumerate()
        .filter(is_shown)
        .map(|(_, point)| {
            vec![
                Cell::share(point.threshold),
                Cell::count(point.flagged),
                priced(account, point.monthly_flagged),
                Cell::share(point.came_back_share),
            ]
        });
    let rest = match every > 1 {
        true => "; every step is in report.xlsx",
        false => "",
    };
    table(
        format!("{prefix}-frontier"),
        format!("If every line from a chance of 90 silent days on were flagged, whatever it costs{rest}"),
        &[
            figure("From a chance of"),
            figure("Flags"),
            figure("Flagged, a month"),
            figure("Wrong, share of the flags"),
        ],
        rows.collect(),
    )
}

pub(crate) fn track_record(record: &TrackRecord, prefix: &str) -> Option<Table> {
    let row = |name, count: u32| {
        vec![
            Cell::Word(name),
            Cell::count(count),
            Cell::Percent(count.into(), record.flags.into()),
        ]
    };
    (record.flags > 0).then(|| Table {
        total: Some(row("Flags sent", record.flags)),
        ..table(
            format!("{prefix}-sent"),
            "Flags as they were sent, and what became of the lines".to_owned(),
            &[
                text("What became of it"),
                figure("Flags"),
                figure("Share of the flags"),
            ],
            vec![
                row("still silent", record.still_silent),
                row("used again", record.came_back),
                row("removed", record.removed),
                row("kept by decision", record.exempted),
            ],
        )
    })
}

pub(crate) fn calibration_plot(report: &BacktestReport, prefix: &str) -> Plot {
    let marks = report.calibration.iter().map(|bin| Mark {
        x: millionths(bin.mean_p_silent_90),
        y: millionths(bin.silent_share),
        kind: MarkKind::Dot,
        label: "",
    });
    Plot {
        id: format!("{prefix}-calibration-plot"),
        title: "Chances said against what happened".to_owned(),
        description: format!(
            "{} of about the same number of judgements. On the dashed line, chance and outcome agree; above it, more lines stayed \
             silent than was said; below it, fewer did. The numbers are in the table.",
            cell::counted(report.calibration.len() as u32, "group", "groups")
        ),
        hint: "Above the dashed line, more lines stayed silent than was said; below it, fewer.",
        x: share_axis("Chance of 90 silent days that was said", 1_000_000),
        y: share_axis("Stayed silent", 1_000_000),
        diagonal: true,
        path: Vec::new(),
        series: Vec::new(),
        marks: marks.collect(),
    }
}

pub(crate) fn frontier_plot(account: &FinanceAccount, report: &BacktestReport, prefix: &str) -> Plot {
    let path: Vec<(i64, i64)> = report
        .frontier
        .iter()
        .map(|point| (point.monthly_flagged.0, millionths(point.came_back_share)))
        .collect();
    let ours = std::iter::once(("today's setting", MarkKind::Ours, &report.flags));
    let windows = report.windows.iter().map(|window| {
        let name = window_label(window.window_days);
        (name, MarkKind::Other, &window.flags)
    });
    let marks: Vec<Mark> = ours
        .chain(windows)
        .filter_map(|(label, kind, flags)| {
            Some(Mark {
                x: a_month(report, flags.monthly_flagged).0,
                y: millionths(flags.came_back_share?),
                kind,
                label,
            })
        })
        .collect();
    let points = || {
        path.iter()
            .copied()
            .chain(marks.iter().map(|mark| (mark.x, mark.y)))
    };
    let x = points().map(|(x, _)| x).max().unwrap_or_default();
    let y = points().map(|(_, y)| y).max().unwrap_or_default();
    Plot {
        id: format!("{prefix}-frontier-plot"),
        title: "More money flagged against more lines flagged wrongly".to_owned(),
        description: "The line shows every threshold on the chance of silence, the strictest at the left. Lower and further right is \
                      better. The dot is today's setting, the squares are fixed windows. The numbers are in the tables."
            .to_owned(),
        hint: "Further right and lower is better. The line is every threshold on the chance; today's setting also asks what a line \
               costs, so it need not lie on it.",
        x: money_axis("Flagged a month", Cents(x), account.currency),
        y: Axis {
            label: "Share of the flags that were wrong".to_owned(),
            ..share_axis("", y)
        },
        diagonal: false,
        path,
        series: Vec::new(),
        marks,
    }
}

fn window_label(days: u32) -> &'static str {
    match days {
        30 => "30 days",
        60 => "60 days",
        90 => "90 days",
        _ => "a window",
    }
}

fn millionths(share: f64) -> i64 {
    match share.is_finite() {
        true => (share * 1e6).round() as i64,
        false => 0,
    }
}
