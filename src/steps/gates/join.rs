//! G3: do the calls belong to these lines?

use std::collections::{BTreeMap, BTreeSet};

use super::parts::{Part, Share, Span, percent};
use crate::domain::{
    AccountBaseline, CallKeys, Gate, GatePolicy, GateReport, GateStatus, Kind, Line, counted, extension_name,
    login_name, thousands,
};
use crate::steps::gate_report::{change_hash, report, unless_accepted};
use crate::steps::usage::day_join::DayJoin;

/// Rows of which somebody's own rights show nearly all with their own line at an end.
const OWN_ROWS_PERCENT: u64 = 95;
/// Lines under which one of them may well have most of the calls.
const SEVERAL_LINES: usize = 10;
/// Names that are told of all that fit no line.
pub(super) const MOST_TOLD: usize = 5;
/// Days over which the joins of calls and lines are looked at.
pub const JOINED_DAYS: u64 = 90;
/// Rows of which at least one must name a line.
const SOME_ROWS: u64 = 100;

/// What G3 looks at of one account.
pub struct JoinedCalls<'a> {
    pub account_id: &'a str,
    /// All days looked at, together.
    pub window: &'a DayJoin,
    pub parts: &'a [Part],
    /// Legs of each line on all these days.
    pub legs_by_line: &'a BTreeMap<String, u64>,
    pub lines: &'a [Line],
    /// Names that the list no longer has.
    pub former: &'a [CallKeys],
    /// Lines of the last good night that are gone tonight or have another user altogether.
    pub replaced: &'a [&'a CallKeys],
    pub last: Option<&'a AccountBaseline>,
}

/// Matched share in hundredths of a percent; none without any row that names a line.
pub fn joined_basis_points(join: &DayJoin) -> Option<u32> {
    let named = named(join);
    (named > 0).then(|| (join.matched * 10_000 / named) as u32)
}

/// Rows that name a line, but for those of lines that have left.
fn named(join: &DayJoin) -> u64 {
    join.with_line_end.saturating_sub(join.former)
}

fn strange(join: &DayJoin) -> Share {
    Share {
        rows: named(join).saturating_sub(join.matched),
        of: named(join),
    }
}

fn contradictory(join: &DayJoin) -> Share {
    Share {
        rows: join.contradictory,
        of: join.matched,
    }
}

fn nameless(join: &DayJoin) -> Share {
    Share {
        rows: join.nameless(),
        of: join.legs,
    }
}

/// The highest share of rows without a name that was accepted; kept with the baseline.
pub fn accepted_nameless(calls: &JoinedCalls<'_>, policy: &GatePolicy, accepted: &[String]) -> Option<u32> {
    let risen = nameless_risen(calls, policy);
    let now = risen
        .filter(|risen| accepted.contains(&risen.hash))
        .map(|risen| risen.basis_points);
    now.or(calls.last.and_then(|last| last.accepted_nameless_basis_points))
}

/// G3: do the calls belong to these lines?
pub fn join(calls: &JoinedCalls<'_>, policy: &GatePolicy, accepted: &[String]) -> GateReport {
    let JoinedCalls {
        account_id, window, ..
    } = *calls;
    let accepting = |found: GateReport, hash: String| unless_accepted(found, hash, accepted);
    let facts = facts(calls);
    let block = |why: &str| report(Gate::G3Join, GateStatus::Block, format!("{facts}: {why}"));
    let of_replaced: u64 = legs_of(calls.replaced, calls.legs_by_line);
    if of_replaced * 2 > window.with_line_end {
        let ids: BTreeSet<String> = calls.replaced.iter().map(|keys| keys.line_id.clone()).collect();
        let why = format!(
            "{} left the list or {} another user; is this the account's own list?",
            counted(
                ids.len(),
                "line of the last good night, with most of the calls, has",
                "lines of the last good night, with most of the calls, have"
            ),
            if ids.len() == 1 { "has" } else { "have" }
        );
        let parts = ["replaced".to_owned(), account_id.to_owned()]
            .into_iter()
            .chain(ids);
        return accepting(block(&why), change_hash(parts));
    }
    let Some(joined) = joined_basis_points(window) else {
        let status = match window.legs >= SOME_ROWS {
            true => GateStatus::Block,
            false => GateStatus::Warn,
        };
        let detail = format!("account {account_id}: no call row names a line; were names concealed?");
        return report(Gate::G3Join, status, detail);
    };
    if joined < policy.min_joined_percent * 100 {
        return block(&strangers_told(window, calls.lines));
    }
    let before = calls.last.and_then(|last| last.joined_basis_points);
    if before.is_some_and(|before| before > joined + policy.max_joined_drop_points * 100) {
        return block(&format!(
            "the last good night had {}; were names hidden or numbers changed?",
            percent(u64::from(before.unwrap_or(0)))
        ));
    }
    if contradictory(window).basis_points() > u64::from(policy.max_contradiction_percent) * 100 {
        return block("extension and login disagree; are these another account's calls?");
    }
    if let Some(why) = calls
        .parts
        .iter()
        .find_map(|part| odd_part(part, calls.lines, policy))
    {
        return block(&why);
    }
    if let Some(risen) = nameless_risen(calls, policy) {
        return accepting(block(&risen.why), risen.hash);
    }
    match one_line_has_most(calls, policy) {
        None => report(Gate::G3Join, GateStatus::Ok, facts),
        Some((line_id, why)) => {
            let hash = change_hash(["one line".to_owned(), account_id.to_owned(), line_id]);
            accepting(block(&why), hash)
        }
    }
}

fn facts(calls: &JoinedCalls<'_>) -> String {
    let (account_id, window) = (calls.account_id, calls.window);
    let mut facts = format!(
        "account {account_id}: in the last {JOINED_DAYS} days {} of {} ({}); {}",
        thousands(&window.matched.to_string()),
        match named(window) {
            1 => "1 call row that names a line fits one".to_owned(),
            rows => format!(
                "{} that name a line fit one",
                counted(rows, "call row", "call rows")
            ),
        },
        percent(u64::from(joined_basis_points(window).unwrap_or(0))),
        counted(
            window.contradictory,
            "contradicts itself",
            "contradict themselves"
        )
    );
    let strange = strange(window).rows;
    if strange > 0 {
        facts.push_str(&format!(
            "; {strange} name nobody whom the list has{}",
            most_of_no_person(window)
        ));
    }
    if window.former > 0 {
        facts.push_str(&format!(
            "; {} more are of lines that have left the list, or of names that a line had before",
            window.former
        ));
    }
    for keys in calls.former.iter().filter(|keys| !keys.extension.is_empty()) {
        let rows = window.strangers.0.get(&extension_name(&keys.extension));
        if let Some(rows) = rows {
            let until = keys
                .until
                .map_or_else(String::new, |until| format!(" after {until}"));
            facts.push_str(&format!(
                "; extension {} has left the list and is still called{until} ({})",
                keys.extension,
                counted(rows, "row", "rows")
            ));
        }
    }
    facts
}

/// Finance reads this too: logins are named to the administrators alone.
fn most_of_no_person(join: &DayJoin) -> String {
    let most = join.strangers.most(MOST_TOLD);
    let (logins, others): (Vec<_>, Vec<_>) =
        most.into_iter().partition(|(name, _)| name.starts_with("login "));
    let mut told: Vec<String> = others.into_iter().map(rows_of).collect();
    match logins.len() {
        0 => {}
        1 => told.push("a login that the administrators' list names".to_owned()),
        several => told.push(format!("{several} logins that the administrators' list names")),
    }
    match told.is_empty() {
        true => String::new(),
        false => format!(", most often {}", told.join(", ")),
    }
}

pub(super) fn rows_of((name, rows): (&str, u64)) -> String {
    format!("{name} ({})", counted(rows, "row", "rows"))
}

fn strangers_told(join: &DayJoin, lines: &[Line]) -> String {
    let most = join.strangers.most(MOST_TOLD);
    let names: BTreeSet<String> = lines.iter().map(|line| login_name(&line.user_name())).collect();
    let by_name = most.iter().filter(|(name, _)| names.contains(*name)).count();
    let why = match by_name * 2 > most.len() {
        true => {
            "the calls name people by their names, where the list has other logins: give each line its holder's name as login_name \
             (map = { \"Name\" = \"login_name\" }, or { \"First Name + Last Name\" = \"login_name\" } where two columns have it)."
        }
        false => {
            "are these the calls of this account, and does the line list hold every extension, queues and attendants too, with its \
             login?"
        }
    };
    let strangers = most.into_iter().map(rows_of).collect::<Vec<_>>();
    format!("{why} Most often without a line: {}", strangers.join(", "))
}

fn legs_of(lines: &[&CallKeys], legs_by_line: &BTreeMap<String, u64>) -> u64 {
    let ids: BTreeSet<&str> = lines.iter().map(|keys| keys.line_id.as_str()).collect();
    ids.into_iter().filter_map(|id| legs_by_line.get(id)).sum()
}

/// What is wrong with some of the days, that the others make look small.
fn odd_part(part: &Part, lines: &[Line], policy: &GatePolicy) -> Option<String> {
    let when = part.span.told();
    let drop = policy.max_joined_drop_points;
    if let Some((here, usual)) = part.worse(strange, 100 - policy.min_joined_percent, drop) {
        return Some(format!(
            "{when}, {} of {} rows fit no line ({}, against {} on the others); {}",
            here.rows,
            here.of,
            here.told(),
            usual.told(),
            strangers_told(&part.join, lines)
        ));
    }
    let (here, usual) = part.worse(contradictory, policy.max_contradiction_percent, drop)?;
    Some(format!(
        "{when}, extension and login disagree in {} of {} rows ({}, against {} on the others); are these another account's \
         calls?",
        here.rows,
        here.of,
        here.told(),
        usual.told()
    ))
}

struct Risen {
    why: String,
    hash: String,
    basis_points: u32,
}

/// Rows that name no line at all, where they are suddenly many more.
fn nameless_risen(calls: &JoinedCalls<'_>, policy: &GatePolicy) -> Option<Risen> {
    let known = calls.last.and_then(|last| last.accepted_nameless_basis_points);
    let risen = |part: &Part| {
        let (here, usual) = part.worse(nameless, 0, policy.max_nameless_rise_points)?;
        let basis_points = here.basis_points() as u32;
        let is_known = known
            .is_some_and(|known| basis_points <= known.saturating_add(policy.max_nameless_rise_points * 100));
        let why = format!(
            "{}, {} of {} rows name no line at all ({}, against {} on the others); were names concealed?",
            part.span.told(),
            here.rows,
            here.of,
            here.told(),
            usual.told()
        );
        let parts = [
            "nameless".to_owned(),
            calls.account_id.to_owned(),
            basis_points.to_string(),
        ];
        (!is_known).then(|| Risen {
            why,
            hash: change_hash(parts),
            basis_points,
        })
    };
    calls.parts.iter().find_map(risen)
}

fn one_line_has_most(calls: &JoinedCalls<'_>, policy: &GatePolicy) -> Option<(String, String)> {
    if calls.lines.len() < SEVERAL_LINES {
        return None;
    }
    let persons = || calls.lines.iter().filter(|line| line.kind == Some(Kind::Person));
    let with_over = |legs_by_line: &BTreeMap<String, u64>, legs: u64, percent: u64| {
        persons().find(|line| {
            legs_by_line
                .get(&line.line_id)
                .is_some_and(|own| own * 100 > legs * percent)
        })
    };
    let told = |line: &Line, when: &str, share: &str| {
        let why = format!(
            "one person's line (extension {}) stands in {share} of all rows{when}; was this pulled with a user's own rights?",
            line.extension
        );
        (line.line_id.clone(), why)
    };
    let most = u64::from(policy.max_one_line_percent);
    if let Some(line) = with_over(calls.legs_by_line, calls.window.legs, most) {
        return Some(told(line, "", "more than half"));
    }
    let short = calls
        .parts
        .iter()
        .filter(|part| part.span != Span::LastTenBusinessDays);
    short
        .filter(|part| part.join.legs >= part.span.min_rows())
        .find_map(|part| {
            let line = with_over(&part.legs_by_line, part.join.legs, OWN_ROWS_PERCENT)?;
            Some(told(line, &format!(" {}", part.span.told()), "nearly all"))
        })
}
