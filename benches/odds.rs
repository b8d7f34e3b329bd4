//! How long the model takes: the fit, 100,000 lines scored from the usage table, the rolling back-test of 10,000 lines.
//! `cargo bench --bench odds`: prints the figures and the most memory held; judges nothing.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use polars::prelude::*;
use quietline::domain::{Calendar, Cents, DayState, Line, Model, Scoring};
use quietline::frames::usage::{self, Usage};
use quietline::odds::{Day, fit};
use quietline::steps::backtest::{Past, PastLine, origins};
use quietline::steps::chances::history::Clock;
use quietline::steps::chances::outlook::{self, Asked, account_fleet};
use quietline::steps::chances::removal_test::RemovalTest;
use quietline::steps::coverage::{Coverage, Place};
use quietline::steps::usage::measure::{Measured, Subject, measured as measured_lines};
use quietline::steps::usage::tally::tally;
use rayon::prelude::*;

const WEEK: [Weekday; 5] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
];
const COST: Cents = Cents(2_799);

fn main() {
    time_fit();
    time_scoring(100_000, 400);
    time_backtest(10_000, 500);
    println!("most memory held: {} MiB", peak_mib());
}

fn time_fit() {
    let histories: Vec<Vec<Day>> = (0..800).map(|line| days_of(line, 400)).collect();
    let begun = Instant::now();
    let fitted = fit(&histories.iter().map(Vec::as_slice).collect::<Vec<_>>());
    println!(
        "fit of 800 lines by 400 business days: {:.2} s ({} steps, log-likelihood {:.0})",
        begun.elapsed().as_secs_f64(),
        fitted.path.len() - 1,
        fitted.log_likelihood()
    );
}

/// What a night does with its usage table: measures, builds histories, fits, gives every line its chances.
fn time_scoring(lines: u32, days: u64) {
    let as_of = NaiveDate::from_ymd_opt(2026, 10, 16).unwrap();
    let first = as_of - Days::new(days - 1);
    let usage = usage_table(lines, first, days);
    let lines_of_it: Vec<Line> = (0..lines).map(line).collect();
    println!(
        "usage table of {lines} lines by {days} days: {} rows, {} MiB held",
        usage.height(),
        peak_mib()
    );
    let begun = Instant::now();
    let usage = Usage::parse(usage.lazy()).unwrap();
    let calendar = Calendar::new(first, &vec![DayState::Complete; days as usize], &WEEK, &[]);
    let measured = measured(usage, &lines_of_it, &calendar, as_of);
    let at = begun.elapsed();
    let clock = Clock::new(&calendar, &WEEK);
    let histories: Vec<Vec<Day>> = measured
        .iter()
        .map(|line| clock.history(&line.used, first))
        .collect();
    let subjects: Vec<outlook::Subject> = measured
        .iter()
        .zip(&histories)
        .map(|(measured, days)| outlook::Subject {
            line_id: &measured.line.line_id,
            is_person: true,
            days,
        })
        .collect();
    let fleet = account_fleet(&subjects);
    let fitted = begun.elapsed();
    let asked: Vec<Asked> = measured
        .iter()
        .zip(&histories)
        .map(|(line, days)| Asked {
            days,
            known_business_days: line.activity.known_business_days,
            silent_business_days: line.activity.silent_business_days,
            monthly_cost: Some(COST),
        })
        .collect();
    let decision = RemovalTest::of(&scoring());
    let outlooks: Vec<_> = asked
        .par_iter()
        .map(|asked| fleet.outlook(asked, &decision))
        .collect();
    let all = begun.elapsed();
    println!(
        "  scored in {:.2} s: measured {:.2}, histories and fit {:.2}, chances {:.2}; {} lines to remove",
        all.as_secs_f64(),
        at.as_secs_f64(),
        (fitted - at).as_secs_f64(),
        (all - fitted).as_secs_f64(),
        outlooks
            .iter()
            .flatten()
            .filter(|outlook| outlook.idle_in == Some(0))
            .count()
    );
}

fn measured<'a>(usage: Usage, lines: &'a [Line], calendar: &Calendar, as_of: NaiveDate) -> Vec<Measured<'a>> {
    let since = calendar.first();
    measured_lines(tally(usage, lines, as_of).unwrap(), |_| Subject {
        since,
        calendar,
        lately_from: calendar.known_business_days_back(10).unwrap_or(since),
    })
}

fn time_backtest(lines: u32, days: u64) {
    let as_of = NaiveDate::from_ymd_opt(2026, 10, 16).unwrap();
    let first = as_of - Days::new(days - 1);
    let usage = usage_table(lines, first, days);
    let inventory: Vec<Line> = (0..lines).map(line).collect();
    let coverage = Coverage {
        first,
        as_of,
        states: vec![DayState::Complete; days as usize],
        ..Coverage::default()
    };
    let scoring = scoring();
    let begun = Instant::now();
    let measured = measured(
        Usage::parse(usage.lazy()).unwrap(),
        &inventory,
        &coverage.calendar(&scoring, &Place::default()),
        as_of,
    );
    let lines: Vec<PastLine> = measured
        .iter()
        .map(|measured| PastLine {
            line_id: &measured.line.line_id,
            is_person: true,
            since: first,
            until: None,
            used: &measured.used,
            location: 0,
        })
        .collect();
    let mut used_lines: HashMap<NaiveDate, u32> = HashMap::new();
    for day in measured.iter().flat_map(|line| &line.used) {
        *used_lines.entry(*day).or_default() += 1;
    }
    let past = Past {
        lines: &lines,
        vanished: (0, 0),
        coverage: &coverage,
        places: &[Place::default()],
        used_lines: &used_lines,
        scoring: &scoring,
        costs_on: &|_| {
            let ids = inventory.iter().map(|line| line.line_id.clone());
            ids.map(|id| (id, COST)).collect()
        },
        kept_on: &|_| HashSet::new(),
    };
    let (first_time, computed) = origins(&past, &HashMap::new());
    let once = begun.elapsed();
    let remembered = first_time
        .iter()
        .map(|origin| (origin.key.clone(), origin.clone()))
        .collect();
    let again = Instant::now();
    let (_, anew) = origins(&past, &remembered);
    println!(
        "back-test of {} lines: {computed} origins in {:.2} s; remembered, {anew} computed: {:.2} s",
        inventory.len(),
        once.as_secs_f64(),
        again.elapsed().as_secs_f64()
    );
}

fn scoring() -> Scoring {
    Scoring {
        model: Model::Probability,
        wrong_removal_cost: Cents(25_000),
        min_confidence: 800_000,
        sure: 950_000,
        window_days: 90,
        watch_days_before: 30,
        grace_business_days: 30,
        min_known_business_days: 63,
        min_known_percent: 80,
        protected_kinds: Vec::new(),
        weekdays: WEEK.to_vec(),
        kind_rules: Vec::new(),
        keep_rules: Vec::new(),
    }
}

fn line(line: u32) -> Line {
    serde_json::from_value(serde_json::json!({
        "account_id": "1", "line_id": id(line), "extension": id(line), "status": "active", "sip_ids": [], "dids": []
    }))
    .unwrap()
}

fn id(line: u32) -> String {
    format!("{:06}", 100_000 + line)
}

/// A fixed mixing function (splitmix64), so that every run measures the same table.
fn mixed(line: u32, day: u64) -> u64 {
    let mut z = (u64::from(line) << 32 | day).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// An office: most lines are used on most days, some weekly or monthly; one in eight has fallen silent.
fn is_used(line: u32, day: u64, days: u64) -> bool {
    let per_mille = [900, 700, 500, 350, 200, 120, 60, 20][line as usize % 8];
    let silent_from = if line % 8 == line / 8 % 8 {
        mixed(line, 1 << 40) % days
    } else {
        days
    };
    day < silent_from && mixed(line, day) % 1_000 < per_mille
}

fn days_of(line: u32, days: u64) -> Vec<Day> {
    let sign = |day| {
        if is_used(line, day, days) {
            Day::Used
        } else {
            Day::Silent
        }
    };
    (0..days).map(sign).collect()
}

fn usage_table(lines: u32, first: NaiveDate, days: u64) -> DataFrame {
    let (mut ids, mut dates): (Vec<u32>, Vec<i32>) = (Vec::new(), Vec::new());
    for (offset, date) in (0..days).zip(first.iter_days()) {
        if !WEEK.contains(&date.weekday()) {
            continue;
        }
        let epoch = (date - NaiveDate::default()).num_days() as i32;
        for line in (0..lines).filter(|line| is_used(*line, offset, days)) {
            ids.push(line);
            dates.push(epoch);
        }
    }
    let height = ids.len();
    let names: StringChunked = ids.iter().map(|line| Some(id(*line))).collect();
    drop(ids);
    let mut columns = vec![
        names.with_name(usage::LINE_ID.into()).into_column(),
        Column::new(usage::DAY.into(), dates)
            .cast(&DataType::Date)
            .unwrap(),
    ];
    for (name, dtype) in usage::SCHEMA.iter().skip(2) {
        let one = Column::new(name.clone(), vec![1_u32; height]);
        columns.push(one.cast(dtype).unwrap());
    }
    DataFrame::new_infer_height(columns).unwrap()
}

/// The most memory that this process has held, as Linux tells it.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap_or_default();
    let kib: u64 = line
        .split_whitespace()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .unwrap_or(0);
    kib / 1024
}
