//! One verdict a line: the first row of the verdict table (docs/rules.md) that holds. Rows 9 to 11 are judged by chance or by a window.

use chrono::NaiveDate;

use crate::domain::{
    Action, Activity, Calendar, Cents, Currency, Decision, DirectoryEntry, LapsedKeep, Line, Model, Scoring,
    UnreadDays, VERDICT_ORDER, Verdict, counted,
};
use crate::steps::chances::outlook::Outlook;
use crate::steps::chances::removal_test::QUIET_BUSINESS_DAYS;
use crate::steps::verdict::by_chance;
use crate::steps::verdict::by_window;
use crate::steps::verdict::first_step::{first_step, lapsed, may_be_young};
use crate::steps::verdict::reasons::{a_line_of, could_not_be_read, day_of, seen, silence};

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
    /// The same of a sign-in that may have failed.
    pub last_sign_in_tried_on: Option<NaiveDate>,
    /// A keep decision that is valid on `as_of`.
    pub keep: Option<&'a Decision>,
    /// A keep that was the last word on it, and has lapsed.
    pub lapsed_keep: Option<&'a LapsedKeep>,
    /// A keep or a leave that an earlier night knew stands in none of tonight's lists: nobody has said that it is over.
    pub was_held: bool,
    /// Billed, or listed with a tier: more than a number on a queue.
    pub is_seat: bool,
    /// Whether the call rows name their ends by a key that this line has.
    pub joinable: bool,
    /// Calls that it passed on may look missed.
    pub may_hide_passed_on: bool,
    /// Call rows that could not be used name it.
    pub unread_rows: Option<&'a UnreadDays>,
    /// Why its silence may be its own use under another name.
    pub doubt: Option<&'a str>,
    /// None where no price is known.
    pub monthly_cost: Option<Cents>,
    pub currency: Currency,
    /// The first night that reported the line, where one before this did.
    pub seen_since: Option<NaiveDate>,
    /// The model's word on the line; none by rule, and for a line too young for a chance.
    pub outlook: Option<&'a Outlook>,
    /// Since when it has been called idle, where nothing of the line itself is otherwise than on the last reported night.
    pub idle_since: Option<NaiveDate>,
}

/// A verdict with the words that let a person check it, and the action that follows before the contract is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    pub action: Action,
    pub reason: String,
    pub counterfactual: String,
    /// The last day on which a decision or a leave keeps the line, where one does.
    pub stays_until: Option<NaiveDate>,
    /// Idle but for its youth or the season.
    pub is_held_back: bool,
}

/// The first verdict that holds. `in_use` always does, so there is always one.
pub fn judge(case: &Case) -> Judgement {
    let mut rows = VERDICT_ORDER.iter().map(|verdict| rule_of(*verdict));
    rows.find_map(|row| row(case)).unwrap_or_else(|| lively(case))
}

fn rule_of(verdict: Verdict) -> fn(&Case) -> Option<Judgement> {
    match verdict {
        Verdict::Exempt => exempt,
        Verdict::Protected => protected,
        Verdict::Leaver => leaver,
        Verdict::OnLeave => on_leave,
        Verdict::New => new,
        Verdict::Unknown => unknown,
        Verdict::Unassigned => unassigned,
        Verdict::NeverUsed => never_used,
        Verdict::Idle => idle,
        Verdict::Watch => watch,
        Verdict::InUse => |case| Some(lively(case)),
    }
}

/// 0 to 100. By chance: that of 90 silent days in percent. By rule: 50 is a line that has been silent for the whole window,
/// 100 for twice the window or more.
pub fn idle_score(case: &Case) -> Option<u32> {
    match case.scoring.model {
        Model::Probability => case
            .outlook
            .map(|outlook| (100.0 * outlook.now.silent_90).round() as u32),
        Model::Rule => {
            let window = case.scoring.window_days.max(1);
            Some(((50 * case.activity.days_silent + window / 2) / window).min(100))
        }
    }
}

pub fn judgement(
    verdict: Verdict,
    action: Action,
    reason: String,
    counterfactual: &str,
) -> Option<Judgement> {
    Some(Judgement {
        verdict,
        action,
        reason,
        counterfactual: counterfactual.to_owned(),
        stays_until: None,
        is_held_back: false,
    })
}

/// A line that is not taken before the day after `until`, whatever its calls say.
fn stays(verdict: Verdict, until: Option<NaiveDate>, reason: String, after: &str) -> Option<Judgement> {
    let judged = judgement(verdict, Action::Keep, reason, after)?;
    Some(Judgement {
        stays_until: until,
        ..judged
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
    stays(
        Verdict::Exempt,
        keep.expires_on,
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
    judgement(
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
        .filter(|entry| entry.has_left())
        // Whose line it is may be just what could not be read.
        .filter(|_| case.unread_rows.is_none())?;
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
    // A holder who has left cannot be asked; whoever kept the line can.
    let (action, reason) = match case.lapsed_keep {
        Some(keep) => (Action::Review, reason + &lapsed(keep)),
        None => (action, reason),
    };
    judgement(
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
    stays(
        Verdict::OnLeave,
        Some(until),
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
    judgement(
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
            "Only {} known, {needed} are needed; {}",
            counted(
                case.account_business_days,
                "business day of calls is",
                "business days of calls are"
            ),
            seen(case)
        )
    } else if u64::from(known) * 100 < u64::from(case.scoring.min_known_percent) * u64::from(of) {
        format!(
            "Only {known} of the line's last {} {} known; {}",
            counted(of, "day", "days"),
            if known == 1 { "is" } else { "are" },
            seen(case)
        )
    } else if !case.joinable {
        format!(
            "Its calls cannot be told: the call rows name lines by a key (extension, SIP id or login) that the line list \
             does not give for it; {}",
            seen(case)
        )
    } else if let Some(rows) = case.unread_rows {
        format!("{}; {}", could_not_be_read(rows), seen(case))
    } else if let Some(doubt) = case.doubt {
        format!("{doubt}; {}", seen(case))
    } else if let Some(status) = case.line.unread_cell("status") {
        format!(
            "Its status in the line list, {status:?}, is none that is known: somebody may be away. Give the source a word for it \
             (values); {}",
            seen(case)
        )
    } else if case.line.is_bare_label() {
        format!(
            "It has a name and no user (user_id, login or e-mail), and no rule knows the name: it may be a person's, or a thing's \
             that must not be taken away. Say its kind in the line list; {}",
            seen(case)
        )
    } else if !case.line.has_user() && !case.line.is_named() && !case.is_seat {
        format!(
            "No user, no tier and no charge: it may be a queue, a branch phone or a paid seat; {}",
            seen(case)
        )
    } else {
        return None;
    };
    judgement(
        Verdict::Unknown,
        Action::Review,
        reason,
        "Judged once enough is known; missing data is never read as silence.",
    )
}

fn unassigned(case: &Case) -> Option<Judgement> {
    if case.line.has_user() || case.line.is_named() || case.activity.active_days_90 > 0 {
        return None;
    }
    let first = first_step(case, true);
    judgement(
        Verdict::Unassigned,
        first.action,
        format!("A paid seat without a user. {}{}", silence(case), first.words),
        "In use with a call placed or answered in the last 90 days; offer the seat to joiners first.",
    )
}

fn never_used(case: &Case) -> Option<Judgement> {
    let activity = case.activity;
    if activity.last_used_on.is_some() {
        return None;
    }
    let first_day = case.calendar.first();
    let second_grace = 2 * case.scoring.grace_business_days;
    let young = may_be_young(case, second_grace);
    let is_old = young.is_none() && activity.known_business_days > second_grace;
    let first = first_step(case, is_old);
    let since_when = match (case.line.seat_since, activity.since) {
        (Some(seat), Some(since)) if seat < first_day => {
            format!("the first day that we can see, {since} (seat since {seat})")
        }
        // Nothing tells when it began: it may have come yesterday.
        (None, Some(since)) if since <= first_day => format!("the first day that we can see, {since}"),
        (_, since) => format!("its seat began on {}", day_of(since)),
    };
    judgement(
        Verdict::NeverUsed,
        first.action,
        format!(
            "No call placed or answered on any of {} since {since_when}.{}{}",
            counted(activity.known_days, "known day", "known days"),
            young.unwrap_or_default(),
            first.words
        ),
        "A single call placed or answered since then would have kept it out of this list.",
    )
}

fn idle(case: &Case) -> Option<Judgement> {
    match case.scoring.model {
        Model::Probability => by_chance::idle(case),
        Model::Rule => by_window::idle(case),
    }
}

fn watch(case: &Case) -> Option<Judgement> {
    match case.scoring.model {
        _ if case.activity.silent_business_days < QUIET_BUSINESS_DAYS => None,
        Model::Probability => by_chance::watch(case),
        Model::Rule => by_window::watch(case),
    }
}

fn lively(case: &Case) -> Judgement {
    match case.scoring.model {
        Model::Probability => by_chance::lively(case),
        Model::Rule => by_window::lively(case),
    }
}

/// What keeps a silent line at `watch`: its youth, or the season.
pub fn held_back(case: &Case) -> Option<String> {
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
