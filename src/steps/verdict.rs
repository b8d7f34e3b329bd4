//! One verdict a line: the first row of scoring.md's table that holds, by the rule of a fixed window.

use chrono::{Days, NaiveDate};

use super::reasons::{a_line_of, day_of, demand, newer_sign_of_life, seen, silence};
use crate::domain::{
    Action, Activity, Calendar, Decision, DirectoryEntry, DirectoryStatus, Line, Scoring, Verdict,
};

/// Known business days without use that make a line quiet at all, and that count as "lately".
const QUIET_BUSINESS_DAYS: u32 = 10;

/// All that bears on one line's verdict.
pub struct Case<'a> {
    pub line: &'a Line,
    pub activity: &'a Activity,
    pub calendar: &'a Calendar,
    pub scoring: &'a Scoring,
    pub as_of: NaiveDate,
    /// Known business days of the account.
    pub account_business_days: u32,
    pub directory: Option<&'a DirectoryEntry>,
    /// The day of the newest directory sign-in, in the account's zone.
    pub last_sign_in_on: Option<NaiveDate>,
    /// A keep decision that is valid on `as_of`.
    pub keep: Option<&'a Decision>,
    /// Billed, or listed with a tier: more than a number on a queue.
    pub is_seat: bool,
    /// Whether the call rows name their ends by a key that this line has.
    pub joinable: bool,
    /// Call rows that could not be used name it.
    pub has_unread_rows: bool,
}

/// A verdict with the words that let a person check it, and the action that follows before the contract is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    pub action: Action,
    pub reason: String,
    pub counterfactual: String,
}

/// The order of the verdicts, written here and nowhere else.
const ORDER: [fn(&Case) -> Option<Judgement>; 11] = [
    exempt, protected, leaver, on_leave, new, unknown, unassigned, never_used, idle, watch, in_use,
];

/// The first verdict that holds. `in_use` always does, so there is always one.
pub fn judge(case: &Case) -> Judgement {
    ORDER
        .iter()
        .find_map(|row| row(case))
        .unwrap_or_else(|| lively(case))
}

/// 0 to 100: 50 is a line that has been silent for the whole window, 100 for twice the window or more.
pub fn idle_score(activity: &Activity, scoring: &Scoring) -> u32 {
    let window = scoring.window_days.max(1);
    ((50 * activity.days_silent + window / 2) / window).min(100)
}

fn said(verdict: Verdict, action: Action, reason: String, counterfactual: &str) -> Option<Judgement> {
    Some(Judgement {
        verdict,
        action,
        reason,
        counterfactual: counterfactual.to_owned(),
    })
}

fn exempt(case: &Case) -> Option<Judgement> {
    let keep = case.keep?;
    let until = keep
        .expires_on
        .map_or_else(String::new, |day| format!(" until {day}"));
    let why = keep
        .reason
        .as_deref()
        .map_or_else(String::new, |reason| format!(": {reason}"));
    said(
        Verdict::Exempt,
        Action::Keep,
        format!(
            "Kept by decision{until}{why} ({}). {}",
            keep.origin,
            silence(case)
        ),
        "Judged by its calls once the decision has expired.",
    )
}

fn protected(case: &Case) -> Option<Judgement> {
    let kind = case
        .line
        .kind
        .filter(|kind| case.scoring.protected_kinds.contains(kind))?;
    said(
        Verdict::Protected,
        Action::Keep,
        format!(
            "{} is never reclaimed for silence. {}",
            a_line_of(kind),
            silence(case)
        ),
        "Judged by its calls if its kind were person.",
    )
}

fn leaver(case: &Case) -> Option<Judgement> {
    let entry = case
        .directory
        .filter(|entry| entry.status == DirectoryStatus::Departed)?;
    let (action, reason) = match entry.departed_on {
        Some(day) if day > case.as_of => return None,
        Some(day) if case.activity.last_used_on.is_some_and(|used| used > day) => (
            Action::Review,
            format!(
                "The directory says that its holder departed on {day}, but it was used since. {}",
                silence(case)
            ),
        ),
        Some(day) => (
            Action::RerouteThenReclaim,
            format!(
                "The directory says that its holder departed on {day}. {}",
                silence(case)
            ),
        ),
        None => (
            Action::Review,
            format!(
                "The directory says that its holder departed, without a date. {}",
                silence(case)
            ),
        ),
    };
    said(
        Verdict::Leaver,
        action,
        reason,
        "Judged by its calls if the directory showed its holder as active.",
    )
}

fn on_leave(case: &Case) -> Option<Judgement> {
    let until = case
        .directory?
        .on_leave_until
        .filter(|until| *until >= case.as_of)?;
    said(
        Verdict::OnLeave,
        Action::Keep,
        format!("Its holder is on leave until {until}. {}", silence(case)),
        "Judged by its calls after the leave.",
    )
}

fn new(case: &Case) -> Option<Judgement> {
    let Activity {
        known_business_days,
        since,
        last_used_on,
        ..
    } = case.activity;
    let grace = case.scoring.grace_business_days;
    if last_used_on.is_some() || *known_business_days > grace {
        return None;
    }
    said(
        Verdict::New,
        Action::Keep,
        format!(
            "Not used yet, and only {known_business_days} known business days old (since {}).",
            day_of(*since)
        ),
        &format!("Never used, if still silent after {grace} known business days."),
    )
}

fn unknown(case: &Case) -> Option<Judgement> {
    if case.activity.used_lately {
        return None;
    }
    let needed = case.scoring.min_known_business_days;
    let (known, of) = case.activity.recent_known;
    let reason = if case.account_business_days < needed {
        format!(
            "Only {} business days of calls are known, {needed} are needed; {}",
            case.account_business_days,
            seen(case)
        )
    } else if u64::from(known) * 100 < u64::from(case.scoring.min_known_percent) * u64::from(of) {
        format!(
            "Only {known} of the line's last {of} days are known; {}",
            seen(case)
        )
    } else if !case.joinable {
        format!(
            "Its calls cannot be told: the call rows name lines by a key (extension, SIP id or login) that the line list \
             does not give for it; {}",
            seen(case)
        )
    } else if case.has_unread_rows {
        format!(
            "Call rows that name it could not be read (see quarantine.csv); {}",
            seen(case)
        )
    } else if !case.line.has_user() && !case.is_seat {
        format!(
            "No user, no tier and no charge: it may be a queue, a branch phone or a paid seat; {}",
            seen(case)
        )
    } else {
        return None;
    };
    said(
        Verdict::Unknown,
        Action::Review,
        reason,
        "Judged once enough is known; missing data is never read as silence.",
    )
}

fn unassigned(case: &Case) -> Option<Judgement> {
    if case.line.has_user() || case.activity.active_days_90 > 0 {
        return None;
    }
    said(
        Verdict::Unassigned,
        Action::Reclaim,
        format!("A paid seat without a user. {}", silence(case)),
        "In use with a call placed or answered in the last 90 days; offer the seat to joiners first.",
    )
}

fn never_used(case: &Case) -> Option<Judgement> {
    let Activity {
        last_used_on,
        known_days,
        known_business_days,
        since,
        ..
    } = case.activity;
    if last_used_on.is_some() {
        return None;
    }
    let second_grace = 2 * case.scoring.grace_business_days;
    let action = if *known_business_days > second_grace {
        Action::Reclaim
    } else {
        Action::AskHolder
    };
    let since_when = match (case.line.seat_since, since) {
        (Some(seat), Some(since)) if seat < case.calendar.first() => {
            format!("the first day that we can see, {since} (seat since {seat})")
        }
        _ => format!("its seat began on {}", day_of(*since)),
    };
    said(
        Verdict::NeverUsed,
        action,
        format!(
            "No call placed or answered on any of {known_days} known days since {since_when}.{}",
            demand(case)
        ),
        "A single call placed or answered since then would have kept it out of this list.",
    )
}

fn idle(case: &Case) -> Option<Judgement> {
    if !past_window(case, 0) || held_back(case).is_some() {
        return None;
    }
    let newer = newer_sign_of_life(case);
    let sure = case.activity.days_silent >= 2 * case.scoring.window_days;
    let action = match (&newer, sure) {
        (Some(_), _) | (None, false) => Action::AskHolder,
        (None, true) if case.activity.calls_missed_30 > 0 => Action::RerouteThenReclaim,
        (None, true) => Action::Reclaim,
    };
    said(
        Verdict::Idle,
        action,
        format!("{}{}{}", silence(case), demand(case), newer.unwrap_or_default()),
        &format!(
            "One call placed or answered in the last {} known days would have kept it out of this list.",
            case.scoring.window_days
        ),
    )
}

fn watch(case: &Case) -> Option<Judgement> {
    let quiet = case.activity.silent_business_days >= QUIET_BUSINESS_DAYS;
    if !quiet || !past_window(case, case.scoring.watch_days_before) {
        return None;
    }
    let (reason, counterfactual) = match held_back(case).filter(|_| past_window(case, 0)) {
        Some(why) => (
            format!("{} {why}", silence(case)),
            "Idle without that.".to_owned(),
        ),
        None => {
            let left = case.scoring.window_days.saturating_sub(case.activity.days_silent);
            let when = case.as_of + Days::new(u64::from(left));
            (
                silence(case),
                format!("Idle on {when} if the silence goes on; in use again with the next call."),
            )
        }
    };
    said(Verdict::Watch, Action::Keep, reason, &counterfactual)
}

fn in_use(case: &Case) -> Option<Judgement> {
    Some(lively(case))
}

fn lively(case: &Case) -> Judgement {
    let Activity {
        active_days_90,
        last_used_on,
        days_silent,
        ..
    } = case.activity;
    let watch_from = case
        .scoring
        .window_days
        .saturating_sub(case.scoring.watch_days_before);
    let left = watch_from.saturating_sub(*days_silent);
    Judgement {
        verdict: Verdict::InUse,
        action: Action::Keep,
        reason: format!(
            "Used on {active_days_90} of the last 90 days; last on {}.",
            day_of(*last_used_on)
        ),
        counterfactual: format!("On watch after {left} more silent days."),
    }
}

/// Whether the silence has reached the window, or would within `days_more`.
fn past_window(case: &Case, days_more: u32) -> bool {
    case.activity.last_used_on.is_some() && case.activity.days_silent + days_more >= case.scoring.window_days
}

/// What keeps a silent line at `watch`: its youth, or the season.
fn held_back(case: &Case) -> Option<String> {
    let Activity {
        known_business_days,
        silent_business_days,
        came_back_last_year_on,
        ..
    } = case.activity;
    let needed = case.scoring.min_known_business_days;
    if *known_business_days < needed || *silent_business_days < QUIET_BUSINESS_DAYS {
        return Some(format!(
            "Its own history has {known_business_days} known business days, {needed} are needed."
        ));
    }
    came_back_last_year_on
        .map(|day| format!("It was silent at this time last year too, and came back on {day}."))
}
