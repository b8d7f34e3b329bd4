//! Kinds of calls that an export leaves out whole: no day, line or count of rows shows that (gate G1).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::day_join::DayJoin;
use super::gates::{Part, Span, change_hash, report};
use super::roll_up::{Outcome, is_known_result};
use crate::domain::{Gate, GateReport, GateStatus};

/// Calls of under so many seconds (missed ones, wrong numbers, a box that answers) are in every company's log.
const SHORT_SECONDS: i64 = 20;
/// Rows among which chance leaves out neither: of shares that are seldom under a tenth.
const FEWEST_ROWS: u64 = 300;
/// On ten business days, where the other days have a tenth or more.
const FEWEST_ROWS_OF_TEN_DAYS: u64 = 100;
const USUAL_FROM_ONE_IN: u64 = 10;

/// Legs of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CallKinds {
    /// Legs that say how long they took; of those, short ones, and lengths of whole minutes.
    pub timed: u64,
    pub short: u64,
    pub whole_minutes: u64,
    pub shortest: Option<i64>,
    /// Legs whose result is known; of those, calls that nobody answered.
    pub told: u64,
    pub unanswered: u64,
    /// Legs whose two ends are the company's own.
    pub between_own: u64,
}

impl CallKinds {
    pub fn add(
        &mut self,
        (result, outcome): (Option<&str>, Outcome),
        seconds: Option<i64>,
        is_between_own: bool,
    ) {
        if let Some(seconds) = seconds {
            self.timed += 1;
            self.short += u64::from(seconds < SHORT_SECONDS);
            self.whole_minutes += u64::from(seconds % 60 == 0);
            self.shortest = Some(self.shortest.map_or(seconds, |shortest| shortest.min(seconds)));
        }
        if result.is_some_and(is_known_result) {
            self.told += 1;
            self.unanswered += u64::from(outcome == Outcome::Demand);
        }
        self.between_own += u64::from(is_between_own);
    }

    pub fn and(self, other: CallKinds) -> CallKinds {
        CallKinds {
            timed: self.timed + other.timed,
            short: self.short + other.short,
            whole_minutes: self.whole_minutes + other.whole_minutes,
            shortest: match (self.shortest, other.shortest) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            },
            told: self.told + other.told,
            unanswered: self.unanswered + other.unanswered,
            between_own: self.between_own + other.between_own,
        }
    }

    /// Of how many rows all are long enough to be told by, and how many are not.
    fn of(self, kind: Kind) -> (u64, u64) {
        match kind {
            // Lengths that are rounded up to the minute leave nothing out.
            Kind::Short if self.whole_minutes == self.timed => (0, 0),
            Kind::Short => (self.timed, self.short),
            Kind::Unanswered => (self.told, self.unanswered),
        }
    }
}

/// What may be left out, the graver first: short calls hold those that nobody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Short,
    Unanswered,
}

impl Kind {
    const ALL: [Kind; 2] = [Kind::Short, Kind::Unanswered];

    /// What a person confirms: that there are none.
    fn scope(self) -> &'static str {
        match self {
            Kind::Short => "no short calls",
            Kind::Unanswered => "no unanswered calls",
        }
    }
}

/// A kind of calls that the rows of all days lack, or those of the last ten business days alone.
fn lacking(window: &DayJoin, parts: &[Part]) -> Option<(Kind, CallKinds, Option<Span>)> {
    let lacks = |kinds: CallKinds, kind: Kind, fewest: u64| {
        let (rows, of_kind) = kinds.of(kind);
        rows >= fewest && of_kind == 0
    };
    let is_usual = |kinds: CallKinds, kind: Kind| {
        let (rows, of_kind) = kinds.of(kind);
        rows >= FEWEST_ROWS && of_kind * USUAL_FROM_ONE_IN >= rows
    };
    let lately = parts.iter().find(|part| part.span == Span::LastTenBusinessDays);
    Kind::ALL.into_iter().find_map(|kind| {
        if let Some(kinds) = window.kinds.filter(|kinds| lacks(*kinds, kind, FEWEST_ROWS)) {
            return Some((kind, kinds, None));
        }
        let part = lately?;
        let kinds = part.join.kinds?;
        let is_lost = lacks(kinds, kind, FEWEST_ROWS_OF_TEN_DAYS) && is_usual(part.others.kinds?, kind);
        is_lost.then_some((kind, kinds, Some(part.span)))
    })
}

/// G1: a kind of calls that every company has is missing whole; and what a person confirms by its hash. It holds no night: a
/// company may be like that, and most lines are used by other calls too.
pub fn gate_kinds(
    account_id: &str,
    (window, parts): (&DayJoin, &[Part]),
    confirmed: &BTreeMap<String, BTreeSet<NaiveDate>>,
    accepted: &[String],
) -> Option<(GateReport, Option<&'static str>)> {
    let (kind, kinds, span) = lacking(window, parts)?;
    let scope = kind.scope();
    if confirmed.contains_key(scope) {
        return None;
    }
    let hash = change_hash(["left out".to_owned(), account_id.to_owned(), scope.to_owned()]);
    let when = span.map_or_else(String::new, |span| format!("{}, ", span.told()));
    let what = match kind {
        Kind::Short => format!(
            "none of {} call rows took less than {} seconds; was the export filtered by length? Lines that had short calls \
             alone look unused",
            kinds.timed,
            kinds.shortest.unwrap_or(SHORT_SECONDS)
        ),
        Kind::Unanswered => format!(
            "none of {} call rows was missed, busy or went to voicemail; was the export filtered to answered calls? Lines that \
             called and reached nobody look unused",
            kinds.told
        ),
    };
    let is_accepted = accepted.contains(&hash);
    let detail = match is_accepted {
        true => format!("accepted ({hash}): account {account_id}: {when}{what}"),
        false => format!(
            "account {account_id}: {when}{what}; hand in the whole export, or, if these are all calls, --accept-change {hash}"
        ),
    };
    let gate = report(Gate::G1Completeness, GateStatus::Warn, detail);
    Some((gate, is_accepted.then_some(scope)))
}

/// That many rows name nobody, where that may be why lines look unused. Main numbers, menus and queues take some in any company, so
/// that it is no gate's.
pub fn naming_nobody(window: &DayJoin, has_unused: bool) -> Option<String> {
    let nobody = window.nameless();
    (has_unused && window.legs >= FEWEST_ROWS && nobody * 4 > window.legs).then(|| {
        format!(
            "{nobody} of {} call rows name no line and no user: calls to a main number or a menu, or calls that show the company's \
             number alone. Who made or took these looks unused. If a column of the export says whose call it is, name it \
             (map = {{ \"its heading\" = \"user\" }}); else ask before you take a line.",
            window.legs
        )
    })
}

/// That no call between two of the company's own lines is known, where that may be why lines look unused. Many companies have
/// none in their logs, so that it is no gate's.
pub fn without_internal(window: &DayJoin, has_unused: bool) -> Option<String> {
    let kinds = window.kinds?;
    (has_unused && window.with_line_end >= FEWEST_ROWS && kinds.between_own == 0).then(|| {
        format!(
            "None of {} call rows is a call between two lines of the account. If the export leaves these out, a line that only \
             calls colleagues looks unused: ask before you take it.",
            window.with_line_end
        )
    })
}
