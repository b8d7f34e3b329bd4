//! Kinds of calls that an export leaves out whole: no day, line or count of rows shows that (gate G1).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::{Gate, GateReport, GateStatus};
use crate::steps::gate_report::{change_hash, report};
use crate::steps::gates::{Part, Span};
use crate::steps::usage::call_kinds::{CallKinds, SHORT_SECONDS};
use crate::steps::usage::day_join::DayJoin;

/// Rows among which chance leaves out neither: of shares that are seldom under a tenth.
const FEWEST_ROWS: u64 = 300;
/// On ten business days, where the other days have a tenth or more.
const FEWEST_ROWS_OF_TEN_DAYS: u64 = 100;
const USUAL_FROM_ONE_IN: u64 = 10;

/// Of how many rows all are long enough to be told by, and how many are not.
fn rows_of(kinds: CallKinds, kind: Kind) -> (u64, u64) {
    match kind {
        // Lengths that are rounded up to the minute leave nothing out.
        Kind::Short if kinds.whole_minutes == kinds.timed => (0, 0),
        Kind::Short => (kinds.timed, kinds.short),
        Kind::Unanswered => (kinds.told, kinds.unanswered),
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
        let (rows, of_kind) = rows_of(kinds, kind);
        rows >= fewest && of_kind == 0
    };
    let is_usual = |kinds: CallKinds, kind: Kind| {
        let (rows, of_kind) = rows_of(kinds, kind);
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
