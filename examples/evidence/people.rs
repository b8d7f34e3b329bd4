//! The report over real people: the product's own back-test on each year, and the same cells as over made-up companies.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::path::Path;

use chrono::NaiveDate;
use quietline::domain::{BacktestOrigin, BacktestReport, Flags, add_months};
use quietline::steps::backtest::{self, Past, PastLine, Ranked, flags_of, report as report_of};

use crate::cell::{Cell, Figure};
use crate::company::{Company, People, read_people, slice, slice_of_months};
use crate::generator::known_throughout;
use crate::judge::scoring;
use crate::money::WRONG_REMOVALS;
use crate::tables::{Row, costs_table, figure, flags_table, gaps_table, scores_table, table};

const MONTHS: [usize; 4] = [3, 6, 12, 18];

pub fn report(file: &Path) -> Result<String, Box<dyn Error>> {
    let people = read_people(file)?;
    let last = people
        .values()
        .filter_map(|days| days.last())
        .max()
        .ok_or("no day in the file")?;
    let cells: Vec<(usize, Cell)> = MONTHS
        .iter()
        .map(|months| (*months, Cell::of(&slices_of(&people, *months, *last))))
        .collect();
    let rows: Vec<Row> = cells
        .iter()
        .map(|(months, cell)| (format!("{} slices, {months} months", cell.companies.len()), cell))
        .collect();
    let mut text = format!("### Back-test of each year\n\n{}", years(&people, *last)?);
    text += &format!(
        "### Slices that end half a year apart\n\nThe model:\n\n{}",
        scores_table(&rows)
    );
    text += &format!(
        "Log loss of the rivals less the model's (above 0 the model is better):\n\n{}",
        gaps_table(&rows)
    );
    text += &format!("People who came back within 90 days:\n\n{}", flags_table(&rows));
    for wrong in WRONG_REMOVALS {
        text += &format!(
            "Cost per person and month, a wrong removal at {wrong}:\n\n{}",
            costs_table(&rows, wrong)
        );
    }
    Ok(text)
}

fn slices_of(people: &People, months: usize, last: NaiveDate) -> Vec<Company> {
    let ends = (0..).map(|number| add_months(last, -6 * number));
    ends.map_while(|end| slice_of_months(people, months, end))
        .collect()
}

fn years(people: &People, last: NaiveDate) -> Result<String, Box<dyn Error>> {
    let begin = people
        .values()
        .filter_map(|days| days.first())
        .min()
        .ok_or("no day in the file")?;
    let ends = (0..).map(|years| add_months(last, -12 * years));
    let mut ends: Vec<NaiveDate> = ends
        .take_while(|end| add_months(*end, -12) >= begin.pred_opt().unwrap_or(*begin))
        .collect();
    ends.reverse();
    let (mut rows, mut all) = (Vec::new(), Vec::new());
    for end in ends {
        let first = add_months(end, -12) + chrono::Days::new(1);
        let origins = year(&slice(people, first, end));
        let report = report_of(&origins, 0).ok_or("a year without a prediction")?;
        rows.push(row(&format!("{first} to {end}"), &report, &origins));
        all.push(origins);
    }
    let pooled: Vec<BacktestOrigin> = all.concat();
    let report = report_of(&pooled, 0).ok_or("no prediction")?;
    rows.push(row("all", &report, &pooled));
    let headings = [
        "year",
        "predictions",
        "stayed silent, %",
        "log loss",
        "Brier",
        "AUC",
        "ECE",
        "flagged",
        "came back, % (95 %)",
        "90-day: flagged, came back %",
        "model at as many flags, %",
        "model at as much saved, %",
        "log loss: model, 90-day recalibrated",
    ];
    let text = table(&headings, rows);
    Ok(text + &gap_of_years(&all) + &calibration(&report))
}

fn year(company: &Company) -> Vec<BacktestOrigin> {
    let lines: Vec<PastLine> = company
        .lines
        .iter()
        .map(|line| PastLine {
            line_id: &line.line_id,
            is_person: true,
            since: line.since,
            until: None,
            used: &line.used,
            location: 0,
        })
        .collect();
    let [wrong, _] = WRONG_REMOVALS;
    let past = Past {
        lines: &lines,
        vanished: (0, 0),
        coverage: &known_throughout(company),
        places: &[quietline::steps::coverage::Place::default()],
        used_lines: &company.used_lines(),
        scoring: &scoring(wrong),
        costs_on: &|_| company.costs(),
        kept_on: &|_| HashSet::new(),
    };
    backtest::origins(&past, &HashMap::new()).0
}

fn row(name: &str, report: &BacktestReport, origins: &[BacktestOrigin]) -> Vec<String> {
    let share = |flags: &Flags| {
        flags
            .came_back_share
            .map_or("none".to_owned(), |share| format!("{:.1}", 100.0 * share))
    };
    let interval = match (report.flags.came_back_low, report.flags.came_back_high) {
        (Some(low), Some(high)) => format!(" ({:.0} to {:.0})", 100.0 * low, 100.0 * high),
        _ => String::new(),
    };
    let all = || origins.iter().flat_map(|origin| &origin.predictions);
    let window = flags_of(all().filter(|prediction| prediction.days_silent >= 90));
    let ranked = Ranked::by(all(), |prediction| prediction.p_silent_90);
    let recalibrated = report.windows.iter().find(|window| window.window_days == 90);
    let recalibrated = recalibrated.and_then(|window| window.recalibrated);
    let auc = report.scores.auc.unwrap_or(f64::NAN);
    vec![
        name.to_owned(),
        report.predictions.to_string(),
        format!("{:.1}", 100.0 * report.base_rate),
        format!("{:.3}", report.scores.log_loss),
        format!("{:.3}", report.scores.brier),
        format!("{auc:.3}"),
        format!("{:.3}", report.ece),
        format!("{}", report.flags.flagged),
        share(&report.flags) + &interval,
        format!("{}, {}", window.flagged, share(&window)),
        share(&ranked.at_count(window.flagged)),
        share(&ranked.at_savings(window.monthly_flagged - window.monthly_wrong)),
        recalibrated.map_or("none".to_owned(), |both| {
            format!("{:.3}, {:.3}", both.model_scores.log_loss, both.scores.log_loss)
        }),
    ]
}

/// The mean over the years of the recalibrated window's log loss less the model's, each year on its own past.
fn gap_of_years(years: &[Vec<BacktestOrigin>]) -> String {
    let gap = |origins: &Vec<BacktestOrigin>| {
        let both = backtest::recalibrated(origins, 90)?;
        Some(both.scores.log_loss - both.model_scores.log_loss)
    };
    let gaps: Vec<f64> = years.iter().filter_map(gap).collect();
    let count = gaps.len() as f64;
    let value = gaps.iter().sum::<f64>() / count;
    let squares = gaps.iter().map(|gap| (gap - value).powi(2)).sum::<f64>();
    let error = (squares / (count - 1.0) / count).sqrt();
    let gap = figure(
        Some(Figure {
            value,
            error: Some(error),
        }),
        3,
    );
    format!(
        "Log loss of the recalibrated 90-day window less the model's, mean of {} years: {gap}.\n\n",
        gaps.len()
    )
}

fn calibration(report: &BacktestReport) -> String {
    let rows = report.calibration.iter().map(|bin| {
        vec![
            bin.predictions.to_string(),
            format!("{:.3}", bin.mean_p_silent_90),
            format!("{:.3}", bin.silent_share),
        ]
    });
    table(
        &[
            "predictions",
            "mean chance of silence",
            "share that stayed silent",
        ],
        rows,
    )
}
