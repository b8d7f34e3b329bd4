//! The rows idle, watch and in_use by a fixed window of silence.

use chrono::Days;

use crate::domain::{Action, Activity, Verdict};
use crate::steps::verdict::first_step::first_step;
use crate::steps::verdict::reasons::{silence, used};
use crate::steps::verdict::{Case, Judgement, held_back, judgement};

pub(crate) fn idle(case: &Case) -> Option<Judgement> {
    if !past_window(case, 0) || held_back(case).is_some() {
        return None;
    }
    let first = first_step(case, case.activity.days_silent >= 2 * case.scoring.window_days);
    judgement(
        Verdict::Idle,
        first.action,
        format!("{}{}", silence(case), first.words),
        &format!(
            "One call placed or answered in the last {} known days would have kept it out of this list.",
            case.scoring.window_days
        ),
    )
}

pub(crate) fn watch(case: &Case) -> Option<Judgement> {
    if !past_window(case, case.scoring.watch_days_before) {
        return None;
    }
    let why = held_back(case).filter(|_| past_window(case, 0));
    let is_held_back = why.is_some();
    let (reason, counterfactual) = match why {
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
    let judgement = judgement(Verdict::Watch, Action::Keep, reason, &counterfactual)?;
    Some(Judgement {
        is_held_back,
        ..judgement
    })
}

pub(crate) fn lively(case: &Case) -> Judgement {
    let Activity { days_silent, .. } = case.activity;
    let watch_from = case
        .scoring
        .window_days
        .saturating_sub(case.scoring.watch_days_before);
    let left = watch_from.saturating_sub(*days_silent);
    Judgement {
        verdict: Verdict::InUse,
        action: Action::Keep,
        reason: used(case),
        counterfactual: format!("On watch after {left} more silent days."),
        stays_until: None,
        is_held_back: false,
    }
}

/// Whether the silence has reached the window, or would within `days_more`.
fn past_window(case: &Case, days_more: u32) -> bool {
    case.activity.last_used_on.is_some() && case.activity.days_silent + days_more >= case.scoring.window_days
}
