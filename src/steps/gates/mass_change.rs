//! G4: did too much change at once since the good nights before?

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use super::unmeasured::{first_night_of, unmeasured_night};
use crate::domain::{
    AccountBaseline, AccountStatement, Baseline, Gate, GatePolicy, GateReport, GateStatus, GoodNights,
    Scoring, counted,
};
use crate::steps::gate_report::{change_hash, report, unless_accepted};

/// Fewer lines than these may fall silent together, or be waste at first, without holding a small company's night.
pub(super) const FEW_LINES: u32 = 3;
/// From so many lines on, `mass_flag_lines` are lines; in a smaller account they are percent of its lines.
const LARGE_ACCOUNT: u32 = 100;
/// How far back the good nights lie that a night is held against beside the last: what changes a little each night is
/// much by then.
const OLDER_DAYS: [u64; 2] = [7, MEASURED_DAYS];
pub const MEASURED_DAYS: u64 = 30;

/// What G4 says of a night.
#[derive(Debug, Clone)]
pub struct MassChange {
    pub gates: Vec<GateReport>,
    /// By account, the last night on which its change was accepted.
    pub accepted_on: BTreeMap<String, NaiveDate>,
}

/// G4: did too much change at once since the good nights before?
pub fn mass_change(
    accounts: &[AccountStatement],
    scoring: &Scoring,
    scoring_digest: &str,
    as_of: NaiveDate,
    good: &GoodNights,
    policy: &GatePolicy,
    accepted: &[String],
) -> MassChange {
    let of_last = good.last.iter().flat_map(|(_, last)| &last.accounts);
    let mut accepted_on: BTreeMap<String, NaiveDate> = of_last
        .filter_map(|(id, last)| Some((id.clone(), last.accepted_on?)))
        .collect();
    let unmeasured = |within, why| MassChange {
        gates: unmeasured_night(accounts, scoring, within, why, accepted),
        accepted_on: accepted_on.clone(),
    };
    let Some((_, last)) = &good.last else {
        return unmeasured(GateStatus::Ok, "first good night: this is the baseline");
    };
    if last.scoring_digest != scoring_digest {
        let why = "the scoring settings changed: this night is a new baseline";
        return unmeasured(GateStatus::Warn, why);
    }
    let mut gates = Vec::new();
    for account in accounts {
        let id = &account.account_id;
        let alike = |night: &Baseline| night.scoring_digest == scoring_digest;
        let accepted_change = accepted_on.get(id).copied().unwrap_or_default();
        let older = OLDER_DAYS.into_iter().filter_map(|days| {
            let from = (as_of - Days::new(days)).max(accepted_change);
            let mut nights = good.lately.range(from..).filter(|(_, night)| alike(night));
            nights.find_map(|(day, night)| Some((*day, night.accounts.get(id)?)))
        });
        let older: Vec<Older<'_>> = older.collect();
        let (gate, is_accepted) = match last.accounts.get(id) {
            Some(last) => mass_change_of(account, last, &older, policy, accepted),
            None => (first_night_of(account, scoring, accepted), false),
        };
        if is_accepted {
            accepted_on.insert(id.clone(), as_of);
        }
        gates.push(gate);
    }
    MassChange { gates, accepted_on }
}

/// An account's figures on a good night further back than the last.
type Older<'a> = (NaiveDate, &'a AccountBaseline);

/// The account's gate, and whether its change was accepted.
fn mass_change_of(
    account: &AccountStatement,
    last: &AccountBaseline,
    older: &[Older<'_>],
    policy: &GatePolicy,
    accepted: &[String],
) -> (GateReport, bool) {
    let id = &account.account_id;
    let now = baseline_of(account, None);
    let limit = flag_limit(now.lines, policy);
    let newly_since = |before: &AccountBaseline| -> Vec<String> {
        now.flagged.difference(&before.flagged).cloned().collect()
    };
    let mut newly = newly_since(last);
    let since_last = newly.len();
    let shrank =
        |now: i64, before: i64| before > 0 && now * 100 < before * i64::from(100 - policy.max_shrink_percent);
    let fewer_used = |used: u32| {
        now.active_lines + FEW_LINES <= used && shrank(i64::from(now.active_lines), i64::from(used))
    };
    let mut faults = Vec::new();
    // What a person accepts is what holds the night: figures that are in bounds change each night and are nobody's question.
    let mut key = vec![id.clone()];
    let is_held_by_flags = |newly: &[String]| newly.len() as u32 > limit;
    if is_held_by_flags(&newly) {
        faults.push(format!(
            "{} newly flagged, more than {limit}",
            counted(since_last, "line is", "lines are")
        ));
    } else if let Some((day, since)) = older
        .iter()
        .map(|(day, before)| (day, newly_since(before)))
        .find(|(_, since)| is_held_by_flags(since))
    {
        faults.push(format!(
            "{} newly flagged since {day}, more than {limit}",
            counted(since.len(), "line is", "lines are")
        ));
        newly = since;
    }
    if is_held_by_flags(&newly) {
        key.extend(newly);
    }
    let few_used = format!("{} lines used", now.active_lines);
    if fewer_used(last.active_lines) {
        key.push(few_used);
        faults.push(format!(
            "{} used in the last 30 days, against {} on the last good night: a part of the calls may be missing",
            counted(now.active_lines, "line was", "lines were"),
            last.active_lines
        ));
    } else if let Some((day, before)) = older
        .iter()
        .find(|(_, before)| fewer_used(used_of_as_many(before, now.lines)))
    {
        key.push(few_used);
        faults.push(format!(
            "{} used in the last 30 days, against {} on {day}: a part of the calls may be missing",
            counted(now.active_lines, "line was", "lines were"),
            before.active_lines
        ));
    }
    for ((one, what), now, before) in [
        (("user", "users"), i64::from(now.users), i64::from(last.users)),
        (("line", "lines"), i64::from(now.lines), i64::from(last.lines)),
        (
            ("cent billed", "cents billed"),
            now.billed_total.0,
            last.billed_total.0,
        ),
    ] {
        if shrank(now, before) {
            key.push(format!("{now} {what}"));
            faults.push(format!(
                "{} against {before} on the last good night",
                counted(now, one, what)
            ));
        }
    }
    if faults.is_empty() {
        let detail = format!(
            "account {id}: {} newly flagged since the last good night",
            counted(since_last, "line", "lines")
        );
        return (report(Gate::G4MassFlag, GateStatus::Ok, detail), false);
    }
    let hash = change_hash(key);
    let hold = report(
        Gate::G4MassFlag,
        GateStatus::Hold,
        format!("account {id}: {}", faults.join("; ")),
    );
    let is_accepted = accepted.contains(&hash);
    (unless_accepted(hold, hash, accepted), is_accepted)
}

/// How many lines may be newly flagged: ten, or five percent; in a small account a tenth of its lines, or the few that may
/// fall silent together.
fn flag_limit(lines: u32, policy: &GatePolicy) -> u32 {
    let part = policy.mass_flag_lines * lines.min(LARGE_ACCOUNT) / LARGE_ACCOUNT;
    let floor = part.max(policy.mass_flag_lines.min(FEW_LINES));
    floor.max(lines * policy.mass_flag_percent / 100)
}

/// The lines that were used on a night before, where lines have left the list since: these are not missed.
fn used_of_as_many(before: &AccountBaseline, lines: u32) -> u32 {
    let part = u64::from(before.active_lines) * u64::from(lines.min(before.lines));
    (part / u64::from(before.lines.max(1))) as u32
}

/// What this night leaves for the next.
pub fn baseline_of(account: &AccountStatement, joined_basis_points: Option<u32>) -> AccountBaseline {
    let users: BTreeSet<String> = account
        .lines
        .iter()
        .map(|line| line.line.user_name())
        .filter(|name| !name.is_empty())
        .collect();
    AccountBaseline {
        flagged: account
            .lines
            .iter()
            .filter(|line| line.verdict.is_waste())
            .map(|line| line.line.line_id.clone())
            .collect(),
        idle_costs: account
            .lines
            .iter()
            .filter(|line| line.verdict.is_waste())
            .map(|line| (line.line.line_id.clone(), line.cost.known()))
            .collect(),
        idle_last_used: account
            .lines
            .iter()
            .filter(|line| line.verdict.is_waste())
            .map(|line| (line.line.line_id.clone(), line.activity.last_used_on))
            .collect(),
        kept: BTreeMap::new(),
        away: BTreeMap::new(),
        signed_in: BTreeMap::new(),
        users: users.len() as u32 + account.seatless_users,
        lines: account.lines.len() as u32,
        active_lines: account
            .lines
            .iter()
            .filter(|line| line.activity.active_days_30 > 0)
            .count() as u32,
        billed_total: account.billed_total,
        joined_basis_points,
        accepted_nameless_basis_points: None,
        accepted_on: None,
    }
}
