//! Which days are known (gates G1 and G2): silence is counted on these only.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{Datelike, Days, NaiveDate};

use crate::domain::{Calendar, DayState, Gate, GatePolicy, GateReport, GateStatus, Scoring};

/// Weeks that the expectation for a weekday looks back.
const EXPECTATION_WEEKS: usize = 8;
/// Times that an empty day has been read again until it is taken as quiet.
const QUIET_AFTER_READS: u32 = 7;
/// What stands for such a count once a person has confirmed the day.
pub const CONFIRMED: u32 = 1_000;
/// Business days in a row without any call in the whole account: data that is missing, not a company that is silent. Only a
/// person or a holiday says otherwise.
const NO_SILENCE_BUSINESS_DAYS: usize = 10;
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
    /// How often a suspect day was read again and still empty, or [`CONFIRMED`].
    pub empty_reads: BTreeMap<NaiveDate, u32>,
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
        self.calendar_until(self.as_of, scoring, holidays)
    }

    /// The same as it stood on an earlier day.
    pub fn calendar_until(&self, last: NaiveDate, scoring: &Scoring, holidays: &[NaiveDate]) -> Calendar {
        let days = (last - self.first).num_days() + 1;
        let days = usize::try_from(days).unwrap_or(0).min(self.states.len());
        Calendar::new(self.first, &self.states[..days], &scoring.weekdays, holidays)
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
    let days = DayJudge {
        ledger,
        scoring,
        gates,
    };
    Coverage {
        first,
        as_of,
        states: days.states(first, as_of),
    }
}

/// The days of an account as they are judged, one after the other.
struct DayJudge<'a> {
    ledger: &'a Ledger,
    scoring: &'a Scoring,
    gates: &'a GatePolicy,
}

impl DayJudge<'_> {
    fn states(&self, first: NaiveDate, as_of: NaiveDate) -> Vec<DayState> {
        let missing = self.long_gaps(first, as_of);
        let mut weekdays: [VecDeque<u64>; 7] = Default::default();
        let mut states = Vec::new();
        for day in first.iter_days().take_while(|day| *day <= as_of) {
            let history = &mut weekdays[day.weekday().num_days_from_monday() as usize];
            let state = match missing.get(&day) {
                Some(state) => *state,
                None => self.state(day, history),
            };
            // A day that is not known says nothing of what to expect.
            if state == DayState::Complete {
                history.push_back(self.rows(day));
                if history.len() > EXPECTATION_WEEKS {
                    history.pop_front();
                }
            }
            states.push(state);
        }
        states
    }

    fn rows(&self, day: NaiveDate) -> u64 {
        self.ledger.rows.get(&day).copied().unwrap_or(0)
    }

    fn is_business(&self, day: NaiveDate) -> bool {
        self.scoring.weekdays.contains(&day.weekday())
    }

    fn is_confirmed(&self, day: NaiveDate) -> bool {
        self.ledger.holidays.contains(&day)
            || self.gates.accept_empty.contains(&day)
            || self
                .ledger
                .empty_reads
                .get(&day)
                .is_some_and(|reads| *reads >= CONFIRMED)
    }

    fn state(&self, day: NaiveDate, history: &VecDeque<u64>) -> DayState {
        if self.ledger.provisional.contains(&day) {
            return DayState::Provisional;
        }
        if !self.ledger.covered.contains(&day) {
            return DayState::Missing;
        }
        let expected = self.is_business(day) && expects_calls(history);
        let read_again = self
            .ledger
            .empty_reads
            .get(&day)
            .is_some_and(|reads| *reads >= QUIET_AFTER_READS);
        match self.rows(day) == 0 && expected && !self.is_confirmed(day) && !read_again {
            true => DayState::Suspect,
            false => DayState::Complete,
        }
    }

    /// The covered days of stretches without any row that are too long for silence, whatever the weeks before say.
    fn long_gaps(&self, first: NaiveDate, as_of: NaiveDate) -> BTreeMap<NaiveDate, DayState> {
        let mut gaps = BTreeMap::new();
        let mut open: Vec<NaiveDate> = Vec::new();
        let ends_a_gap = |day: NaiveDate| {
            let ledger = self.ledger;
            self.rows(day) > 0 || !ledger.covered.contains(&day) || ledger.provisional.contains(&day)
        };
        for day in first.iter_days().take_while(|day| *day <= as_of + Days::new(1)) {
            if day <= as_of && !ends_a_gap(day) {
                open.push(day);
                continue;
            }
            let counted = |day: &&NaiveDate| self.is_business(**day) && !self.is_confirmed(**day);
            if open.iter().filter(counted).count() >= NO_SILENCE_BUSINESS_DAYS {
                let state = |day: NaiveDate| match (self.is_confirmed(day), self.is_business(day)) {
                    (true, _) => None,
                    (false, true) => Some(DayState::Suspect),
                    (false, false) => Some(DayState::Missing),
                };
                gaps.extend(open.iter().filter_map(|day| Some((*day, state(*day)?))));
            }
            open.clear();
        }
        gaps
    }
}

/// Whether the median of the weekday's last eight known weeks is above 0.
fn expects_calls(history: &VecDeque<u64>) -> bool {
    let mut rows: Vec<u64> = history.iter().copied().collect();
    rows.sort_unstable();
    // The upper of two middles: in doubt the day was expected to have calls, and is not read as silence.
    rows.get(rows.len() / 2).is_some_and(|median| *median > 0)
}

/// G2: what the suspect days of the scoring window mean for the night. Older ones are left out of every count and only told.
pub fn gate_empty(account_id: &str, coverage: &Coverage, window_days: u32, has_calls: bool) -> GateReport {
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
    let recent = coverage.as_of - Days::new(u64::from(window_days));
    let recent_suspects: Vec<NaiveDate> = suspects.iter().copied().filter(|day| *day > recent).collect();
    let (in_a_row, in_30_days) = (longest_run(coverage, recent), most_in_30_days(&recent_suspects));
    let Some(newest) = suspects.last() else {
        return report(
            GateStatus::Ok,
            format!("account {account_id}: no business day is empty against expectation"),
        );
    };
    let blocks = in_a_row >= BLOCK_IN_A_ROW || in_30_days > BLOCK_IN_30_DAYS;
    let advice = match blocks {
        true => {
            "; hand in the missing export, set covers_from where one stray old row makes a file look longer than it is, \
                 list the days as holidays, or confirm them with --accept-empty"
        }
        false => "",
    };
    let tell = format!(
        "account {account_id}: {} business days have no call where calls were expected, {} to {newest}; \
         they count as unknown{advice}",
        suspects.len(),
        suspects[0]
    );
    report(
        if blocks {
            GateStatus::Block
        } else {
            GateStatus::Warn
        },
        tell,
    )
}

/// Suspect business days in a row of which the last is newer than `recent`: days between them that expect no calls do not
/// break the row.
fn longest_run(coverage: &Coverage, recent: NaiveDate) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for (day, state) in coverage.days() {
        match state {
            DayState::Suspect => run += 1,
            _ if day.weekday().num_days_from_monday() < 5 => run = 0,
            _ => {}
        }
        if day > recent {
            longest = longest.max(run);
        }
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
