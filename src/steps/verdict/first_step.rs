//! What comes before a line is taken: whoever kept it or may still need it is asked, and its callers are led elsewhere.

use crate::domain::{Action, LapsedKeep};
use crate::steps::verdict::Case;
use crate::steps::verdict::reasons::{demand, newer_sign_of_life};

/// The step for a line that nobody uses, and the words for it.
pub(crate) struct FirstStep {
    pub action: Action,
    pub words: String,
}

/// `sure`: its silence alone asks for no question. A seat without a user has nobody to be asked, and is looked at.
pub(crate) fn first_step(case: &Case, sure: bool) -> FirstStep {
    let lapsed = case.lapsed_keep.map(lapsed);
    let newer = newer_sign_of_life(case);
    let has_somebody = case.line.has_user() || case.line.is_named() || lapsed.is_some();
    let passed_on = (case.may_hide_passed_on && case.activity.calls_missed_30 > 0).then(|| {
        " The call rows bear no ids: a call that it passed on to a mobile looks missed, so its holder is asked.".to_owned()
    });
    let action = match lapsed.is_some() || newer.is_some() || passed_on.is_some() || case.was_held || !sure {
        true if has_somebody => Action::AskHolder,
        true => Action::Review,
        false if case.activity.calls_missed_30 > 0 => Action::RerouteThenReclaim,
        false => Action::Reclaim,
    };
    FirstStep {
        action,
        words: [Some(demand(case)), newer, passed_on, lapsed]
            .into_iter()
            .flatten()
            .collect(),
    }
}

/// Why a line that nobody has used yet may be younger than so many known business days, whatever days of calls we have.
pub(crate) fn may_be_young(case: &Case, business_days: u32) -> Option<&'static str> {
    let seen_for = |since| case.calendar.known_business_between(since, case.as_of);
    let is_old = case.line.seat_since.is_some()
        || case
            .seen_since
            .is_some_and(|since| seen_for(since) > business_days);
    (!is_old).then_some(
        " Nothing tells since when it has its seat (seat_since), and one given out last week looks the same.",
    )
}

/// " The decision to keep it lapsed on 2026-09-30: ask Greta Holm again, before anything is taken."
pub(crate) fn lapsed(keep: &LapsedKeep) -> String {
    let whom = keep.owner.as_deref().unwrap_or("whoever kept it");
    format!(
        " The decision to keep it lapsed on {}: ask {whom} again, before anything is taken.",
        keep.until
    )
}
