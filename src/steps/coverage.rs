//! Which days are known (gates G1 and G2): silence is counted on these only.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};

use crate::domain::{Calendar, DayState, Gate, GatePolicy, GateReport, GateStatus, Scoring};

/// Weeks that the expectation for a weekday looks back, and nights of reading an empty day again until it is taken as quiet.
const EXPECTATION_WEEKS: u64 = 8;
const QUIET_AFTER_NIGHTS: i64 = 7;
/// Suspect days in a row, and within 30 days, that block.
const BLOCK_IN_A_ROW: usize = 5;
const BLOCK_IN_30_DAYS: usize = 10;

/// What is known of an account's days before they are judged.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// Days that some source covers to their end.
    pub covered: BTreeSet<NaiveDate>,
    /// Days that a source covers but that may still change (the settle lag of an API).
    pub provisional: BTreeSet<NaiveDate>,
    /// Rows read for a day, of any kind.
    pub rows: BTreeMap<NaiveDate, u64>,
    /// The night on which a day was first found suspect.
    pub suspect_since: BTreeMap<NaiveDate, NaiveDate>,
    /// Holidays of any location: an empty one is quiet, not suspect.
    pub holidays: BTreeSet<NaiveDate>,
}

/// The judged days of an account, from its first covered day to `as_of`.
#[derive(Debug, Clone)]
pub struct Coverage {
    pub first: NaiveDate,
    pub as_of: NaiveDate,
    pub states: Vec<DayState>,
}

impl Coverage {
    pub fn count(&self, state: DayState) -> u32 {
        self.states.iter().filter(|other| **other == state).count() as u32
    }

    pub fn days(&self) -> impl Iterator<Item = (NaiveDate, DayState)> + '_ {
        self.first.iter_days().zip(self.states.iter().copied())
    }

    pub fn suspects(&self) -> Vec<NaiveDate> {
        self.days()
            .filter(|(_, state)| *state == DayState::Suspect)
            .map(|(day, _)| day)
            .collect()
    }

    /// The days for one location: its own holidays are no business days.
    pub fn calendar(&self, scoring: &Scoring, holidays: &[NaiveDate]) -> Calendar {
        Calendar::new(self.first, &self.states, &scoring.weekdays, holidays)
    }
}

/// Judges each day up to `as_of`. With no covered day at all the coverage is one missing day.
pub fn judge(ledger: &Ledger, as_of: NaiveDate, scoring: &Scoring, gates: &GatePolicy) -> Coverage {
    let covered = || ledger.covered.iter().chain(&ledger.provisional);
    let first = covered()
        .copied()
        .filter(|day| *day <= as_of)
        .min()
        .unwrap_or(as_of);
    let states = first
        .iter_days()
        .take_while(|day| *day <= as_of)
        .map(|day| state_of(day, ledger, as_of, scoring, gates));
    Coverage {
        first,
        as_of,
        states: states.collect(),
    }
}

fn state_of(
    day: NaiveDate,
    ledger: &Ledger,
    as_of: NaiveDate,
    scoring: &Scoring,
    gates: &GatePolicy,
) -> DayState {
    if ledger.provisional.contains(&day) {
        return DayState::Provisional;
    }
    if !ledger.covered.contains(&day) {
        return DayState::Missing;
    }
    let empty = ledger.rows.get(&day).copied().unwrap_or(0) == 0;
    let expected = scoring.weekdays.contains(&day.weekday()) && expects_calls(day, ledger);
    let explained = ledger.holidays.contains(&day)
        || gates.accept_empty.contains(&day)
        || ledger
            .suspect_since
            .get(&day)
            .is_some_and(|since| (as_of - *since).num_days() >= QUIET_AFTER_NIGHTS);
    if empty && expected && !explained {
        DayState::Suspect
    } else {
        DayState::Complete
    }
}

/// Whether the median of the weekday's last eight covered weeks is above 0.
fn expects_calls(day: NaiveDate, ledger: &Ledger) -> bool {
    let mut rows: Vec<u64> = (1..=EXPECTATION_WEEKS)
        .filter_map(|week| day.checked_sub_days(Days::new(7 * week)))
        .filter(|earlier| ledger.covered.contains(earlier))
        .map(|earlier| ledger.rows.get(&earlier).copied().unwrap_or(0))
        .collect();
    rows.sort_unstable();
    // The upper of two middles: in doubt the day was expected to have calls, and is not read as silence.
    rows.get(rows.len() / 2).is_some_and(|median| *median > 0)
}

/// G2: what the suspect days of the last weeks mean for the night. Old ones are left out of every count and only told.
pub fn gate_empty(account_id: &str, coverage: &Coverage, has_calls: bool) -> GateReport {
    let report = |status, detail| GateReport {
        gate: Gate::G2Empty,
        status,
        detail,
        accept: None,
    };
    if !has_calls {
        return report(
            GateStatus::Block,
            format!(
                "account {account_id}: no call at all was read; is the export empty, or of another account?"
            ),
        );
    }
    let suspects = coverage.suspects();
    let (in_a_row, in_30_days) = (longest_run(coverage), most_in_30_days(&suspects));
    let Some(newest) = suspects.last() else {
        return report(
            GateStatus::Ok,
            format!("account {account_id}: no business day is empty against expectation"),
        );
    };
    let tell = format!(
        "account {account_id}: {} business days have no call where calls were expected, the newest {newest}; \
         they count as unknown",
        suspects.len()
    );
    let blocks = in_a_row >= BLOCK_IN_A_ROW || in_30_days > BLOCK_IN_30_DAYS;
    report(
        if blocks {
            GateStatus::Block
        } else {
            GateStatus::Warn
        },
        tell,
    )
}

/// Suspect business days in a row: days between them that expect no calls do not break the row.
fn longest_run(coverage: &Coverage) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for (day, state) in coverage.days() {
        match state {
            DayState::Suspect => run += 1,
            _ if day.weekday().num_days_from_monday() < 5 => run = 0,
            _ => {}
        }
        longest = longest.max(run);
    }
    longest
}

fn most_in_30_days(suspects: &[NaiveDate]) -> usize {
    let within = |from: NaiveDate| {
        suspects
            .iter()
            .filter(|day| (0..30).contains(&(**day - from).num_days()))
            .count()
    };
    suspects.iter().map(|from| within(*from)).max().unwrap_or(0)
}

/// G1 and G7: how much of what the rule needs is known.
pub fn gate_history(
    account_id: &str,
    coverage: &Coverage,
    calendar: &Calendar,
    scoring: &Scoring,
) -> [GateReport; 2] {
    let unknown = coverage.count(DayState::Missing) + coverage.count(DayState::Suspect);
    let window_start = coverage.as_of - Days::new(u64::from(scoring.window_days));
    let unknown_in_window = coverage
        .days()
        .filter(|(day, state)| *day > window_start && matches!(state, DayState::Missing | DayState::Suspect))
        .count();
    let completeness = GateReport {
        gate: Gate::G1Completeness,
        status: if unknown_in_window == 0 {
            GateStatus::Ok
        } else {
            GateStatus::Warn
        },
        detail: format!(
            "account {account_id}: {} days known since {}, {unknown} unknown ({unknown_in_window} of them in the last {} days); \
             silence is counted on known days only",
            coverage.count(DayState::Complete),
            coverage.first,
            scoring.window_days
        ),
        accept: None,
    };
    let known = calendar.known_business_between(calendar.first(), calendar.last());
    let enough = known >= scoring.min_known_business_days;
    let history = GateReport {
        gate: Gate::G7History,
        status: if enough { GateStatus::Ok } else { GateStatus::Warn },
        detail: format!(
            "account {account_id}: {known} known business days, {} needed{}",
            scoring.min_known_business_days,
            if enough {
                ""
            } else {
                "; no line is recommended yet"
            }
        ),
        accept: None,
    };
    [completeness, history]
}
