//! What unknown days mean for the night (gates G1, G2 and G7), and what a person may confirm.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};

use super::{Coverage, Scope};
use crate::domain::{Calendar, DayState, Gate, GateReport, GateStatus, Scoring, counted};
use crate::steps::gate_report::{change_hash, report};

/// Suspect days in a row, and within 30 days, that block.
const BLOCK_IN_A_ROW: usize = 5;
const BLOCK_IN_30_DAYS: usize = 10;

/// Days that are not known for want of rows. A person may say that they are right as they are, by `hash`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub hash: String,
    pub days: Vec<(Scope, NaiveDate)>,
}

impl Question {
    fn of(
        account_id: &str,
        short: &BTreeMap<Scope, BTreeSet<NaiveDate>>,
        is_asked: impl Fn(&Scope) -> bool,
    ) -> Option<Question> {
        let asked = short.iter().filter(|(scope, _)| is_asked(scope));
        let days = asked.flat_map(|(scope, days)| days.iter().map(move |day| (scope.clone(), *day)));
        let days: Vec<(Scope, NaiveDate)> = days.collect();
        let words = days.iter().map(|(scope, day)| format!("{scope} {day}"));
        let parts = ["days".to_owned(), account_id.to_owned()]
            .into_iter()
            .chain(words);
        let hash = change_hash(parts);
        (!days.is_empty()).then_some(Question { hash, days })
    }
}

impl Coverage {
    /// What a person can confirm: all of the account's days, so that the hash releases what the sentence names, and those of each
    /// location that lacks some of the last `window_days`.
    pub fn questions(&self, account_id: &str, window_days: u32) -> Vec<Question> {
        let places = self.short.keys().filter(|scope| is_place(scope));
        let places = places.filter_map(|place| self.question_of_place(account_id, place, window_days));
        self.question_of_all(account_id)
            .into_iter()
            .chain(places)
            .collect()
    }

    fn question_of_all(&self, account_id: &str) -> Option<Question> {
        let mut short = self.short.clone();
        short.entry(Scope::Account).or_default().extend(self.suspects());
        Question::of(account_id, &short, |scope| !is_place(scope))
    }

    fn question_of_place(&self, account_id: &str, place: &Scope, window_days: u32) -> Option<Question> {
        let from = self.window_start(window_days);
        let is_recent = self.short.get(place)?.range(from..).next().is_some();
        Question::of(account_id, &self.short, |scope| is_recent && scope == place)
    }

    fn window_start(&self, window_days: u32) -> NaiveDate {
        self.as_of + Days::new(1) - Days::new(u64::from(window_days))
    }

    /// The suspect days that count against the night. Those with rows before the first known business day do not: the
    /// history begins after them.
    fn counted_suspects(&self) -> BTreeSet<NaiveDate> {
        let is_known = |(day, state): &(NaiveDate, DayState)| {
            *state == DayState::Complete && day.weekday().num_days_from_monday() < 5
        };
        let begins = self.days().find(is_known).map(|(day, _)| day);
        let counts = |day: &NaiveDate| self.empty.contains(day) || begins.is_none_or(|begins| *day > begins);
        self.suspects().into_iter().filter(counts).collect()
    }
}

fn is_place(scope: &Scope) -> bool {
    matches!(scope, Scope::Location(_))
}

/// G2: what the suspect days of the scoring window mean for the night. Older ones are left out of every count and only told.
pub fn gate_empty(account_id: &str, coverage: &Coverage, window_days: u32, has_calls: bool) -> GateReport {
    let report = |status, detail| report(Gate::G2Empty, status, detail);
    if !has_calls {
        return report(
            GateStatus::Block,
            format!(
                "account {account_id}: no call at all was read; is the export empty, or of another account?"
            ),
        );
    }
    let suspects = coverage.suspects();
    let counted = coverage.counted_suspects();
    let recent = coverage.window_start(window_days);
    let in_a_row = longest_run(coverage, &counted, recent);
    let in_30_days = most_in_30_days(&counted.range(recent..).copied().collect::<Vec<_>>());
    let (Some(oldest), Some(newest)) = (suspects.first(), suspects.last()) else {
        return report(
            GateStatus::Ok,
            format!("account {account_id}: no day has far fewer calls than expected"),
        );
    };
    let blocks = in_a_row >= BLOCK_IN_A_ROW || in_30_days > BLOCK_IN_30_DAYS;
    let question = coverage.question_of_all(account_id);
    let hash = question.map(|question| question.hash);
    let advice = match (&hash, blocks) {
        (_, true) => {
            "; hand in the missing export, set covers_from where one stray old row makes a file look longer than it is, \
             or list the days as holidays"
                .to_owned()
        }
        (Some(hash), false) => {
            format!("; hand in the missing export, or, if these days are right as they are, --accept-change {hash}")
        }
        (None, false) => String::new(),
    };
    let tell = format!(
        "account {account_id}: {}, {}{advice}",
        what_is_short(coverage, &suspects),
        match oldest == newest {
            true => format!("{oldest}; it counts as unknown"),
            false => format!("{oldest} to {newest}; they count as unknown"),
        }
    );
    GateReport {
        accept: hash.filter(|_| blocks),
        ..report(
            if blocks {
                GateStatus::Block
            } else {
                GateStatus::Warn
            },
            tell,
        )
    }
}

/// Such as "3 days have no call where calls were expected, and 2 far fewer than expected (outbound)".
fn what_is_short(coverage: &Coverage, suspects: &[NaiveDate]) -> String {
    let empty = coverage.empty.len();
    let few = suspects.len() - empty.min(suspects.len());
    let parts: Vec<String> = coverage
        .short
        .keys()
        .filter(|scope| !is_place(scope) && **scope != Scope::Account)
        .map(|scope| scope.to_string())
        .collect();
    let missing = match parts.is_empty() {
        true => String::new(),
        false => format!(" (missing: {})", parts.join(", ")),
    };
    match (empty, few) {
        (0, few) => format!(
            "{} far fewer calls than expected{missing}",
            counted(few, "day has", "days have")
        ),
        (empty, 0) => format!(
            "{} no call where calls were expected",
            counted(empty, "business day has", "business days have")
        ),
        (empty, few) => format!(
            "{} no call where calls were expected, and {} far fewer than expected{missing}",
            counted(empty, "business day has", "business days have"),
            counted(few, "day", "days")
        ),
    }
}

/// G2, by location: days on which a location's own calls are missing are not known for its lines. The night goes on.
pub fn gate_places(account_id: &str, coverage: &Coverage, window_days: u32) -> Vec<GateReport> {
    let places = coverage.short.iter().filter(|(scope, _)| is_place(scope));
    let told = places.filter_map(|(place, _)| {
        let question = coverage.question_of_place(account_id, place, window_days)?;
        let (first, last) = (question.days.first()?.1, question.days.last()?.1);
        let detail = format!(
            "account {account_id}, {place}: its lines have no or far fewer calls than expected on {}, {first} to {last}, \
             while others have theirs; these days count as unknown for its lines; hand in the missing export, or, if the {place} \
             truly fell silent, --accept-change {}",
            counted(question.days.len(), "day", "days"),
            question.hash
        );
        Some(report(Gate::G2Empty, GateStatus::Warn, detail))
    });
    told.collect()
}

/// Counted days in a row of which the last is not before `recent`: days between them that expect no calls do not break the
/// row.
fn longest_run(coverage: &Coverage, counted: &BTreeSet<NaiveDate>, recent: NaiveDate) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for (day, _) in coverage.days() {
        if counted.contains(&day) {
            run += 1;
            if day >= recent {
                longest = longest.max(run);
            }
        } else if day.weekday().num_days_from_monday() < 5 {
            run = 0;
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
    let is_unknown = |(day, state): &(NaiveDate, DayState)| {
        *day > window_start && matches!(state, DayState::Missing | DayState::Suspect)
    };
    let unknown_in_window: Vec<NaiveDate> = coverage.days().filter(is_unknown).map(|(day, _)| day).collect();
    // A file ends with its last row: on days without calls as a rule nothing is missed.
    let is_missed =
        |day: &NaiveDate| coverage.own_days.expects_calls(*day) || coverage.own_days.is_business(*day);
    let is_fine = !unknown_in_window.iter().any(is_missed);
    let warned_unless = |fine: bool| if fine { GateStatus::Ok } else { GateStatus::Warn };
    let completeness = report(
        Gate::G1Completeness,
        warned_unless(is_fine),
        format!(
            "account {account_id}: {} known since {}, {unknown} unknown ({} of them in the last {}); \
             silence is counted on known days only",
            counted(coverage.count(DayState::Complete), "day", "days"),
            coverage.first,
            unknown_in_window.len(),
            counted(scoring.window_days, "day", "days")
        ),
    );
    let known = calendar.known_business_between(calendar.first(), calendar.last());
    let enough = known >= scoring.min_known_business_days;
    let history = report(
        Gate::G7History,
        warned_unless(enough),
        format!(
            "account {account_id}: {known} known business days, {} needed{}",
            scoring.min_known_business_days,
            if enough {
                ""
            } else {
                "; no line is recommended yet"
            }
        ),
    );
    [completeness, history]
}
