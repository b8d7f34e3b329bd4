//! The rows idle, watch and in_use by the chance that the silence goes on.

use chrono::NaiveDate;

use crate::domain::{Action, Cents, Verdict, business_days_after};
use crate::steps::chances::outlook::{FEWEST_KNOWN_DAYS, Outlook};
use crate::steps::chances::removal_test::{Odds, RemovalTest};
use crate::steps::verdict::first_step::first_step;
use crate::steps::verdict::reasons::{percent, priced, silent_business_days, used};
use crate::steps::verdict::{Case, Judgement, held_back, judgement};

/// Removing is worth more than waiting (of a line without a price: its silence is likely enough), and neither season nor youth speak against
/// it. What other lines do moves the chance of each: what has been called idle stays so until something of its own speaks for it, or its silence is not likely enough; its
/// holder is asked first.
pub(crate) fn idle(case: &Case) -> Option<Judgement> {
    let outlook = case.outlook.filter(|_| held_back(case).is_none())?;
    let is_worth_it = is_worth_removing(case, outlook.now);
    let (stays, counterfactual) = match stays_idle_since(case, outlook.now) {
        _ if is_worth_it => (String::new(), what_would_have_kept_it(case, outlook.now)),
        Some(day) => (
            format!(
                " It has been idle since {day}, and nothing of its own has changed; by what other lines do, its chance of \
                 a call is higher now, and its holder is asked first."
            ),
            format!(
                "A call placed or answered takes it off this list, another price, or a chance of 90 silent days under {} \
                 (it is {}).",
                percent(f64::from(case.scoring.min_confidence) / 1e6),
                percent(outlook.now.silent_90)
            ),
        ),
        None => return None,
    };
    let is_sure = is_worth_it && decision(case).is_sure(outlook.now);
    let first = first_step(case, is_sure);
    judgement(
        Verdict::Idle,
        first.action,
        format!(
            "{} {}{stays}{}",
            silent_business_days(case),
            weighed(case, outlook.now),
            first.words
        ),
        &counterfactual,
    )
}

fn stays_idle_since(case: &Case, odds: Odds) -> Option<NaiveDate> {
    let may_stay = case.activity.last_used_on.is_some() && !is_free(case);
    case.idle_since
        .filter(|_| may_stay && decision(case).is_confident(odds))
}

/// Idle after 30 more days of silence, or already but for its season or youth.
pub(crate) fn watch(case: &Case) -> Option<Judgement> {
    let outlook = case.outlook.filter(|_| case.activity.last_used_on.is_some())?;
    let is_held_back = is_worth_removing(case, outlook.now);
    let (why, counterfactual) = if is_held_back {
        (format!(" {}", held_back(case)?), "Idle without that.".to_owned())
    } else if is_worth_removing(case, outlook.after_30_more) {
        let goes_on = |day| format!("Idle on {day} if the silence goes on; in use again with the next call.");
        let counterfactual = idle_on(case, outlook).map_or_else(|| never(case), goes_on);
        (String::new(), counterfactual)
    } else if is_free(case) && case.activity.active_days_90 == 0 {
        // Silence is not use, whatever it costs.
        (
            String::new(),
            "Nothing that we know of is paid for it: removing it would save nothing.".to_owned(),
        )
    } else {
        return None;
    };
    let judgement = judgement(
        Verdict::Watch,
        Action::Keep,
        format!(
            "{} {}{why}",
            silent_business_days(case),
            weighed(case, outlook.now)
        ),
        &counterfactual,
    )?;
    Some(Judgement {
        is_held_back,
        ..judgement
    })
}

pub(crate) fn lively(case: &Case) -> Judgement {
    let counterfactual = match case.outlook {
        None => format!(
            "Judged by its chance of silence once {FEWEST_KNOWN_DAYS} of its business days are known; it has {}.",
            case.activity.known_business_days
        ),
        Some(_) if is_free(case) => {
            "Removing it would save nothing: nothing that we know of is paid for it.".to_owned()
        }
        Some(outlook) => match idle_on(case, outlook) {
            None => never(case),
            Some(day) if case.activity.silent_business_days > 0 => {
                format!("Idle on {day} if the silence goes on.")
            }
            Some(day) => format!("Silent from now on, it would be idle on {day}."),
        },
    };
    Judgement {
        verdict: Verdict::InUse,
        action: Action::Keep,
        reason: used(case),
        counterfactual,
        stays_until: None,
        is_held_back: false,
    }
}

/// Known to cost nothing, which is not a cost that nobody knows.
fn is_free(case: &Case) -> bool {
    case.monthly_cost.is_some_and(|cost| cost <= Cents::ZERO)
}

fn decision(case: &Case) -> RemovalTest {
    RemovalTest::of(case.scoring)
}

fn is_worth_removing(case: &Case, odds: Odds) -> bool {
    case.activity.last_used_on.is_some() && decision(case).says_remove(odds, case.monthly_cost)
}

/// "Chance that it places or answers a call in the next 30 days 1.0 %: waiting a month costs USD 27.99, removing risks USD 2.50."
fn weighed(case: &Case, odds: Odds) -> String {
    let risk = priced(case, decision(case).price_of_removing(odds));
    let weighed = match case.monthly_cost {
        Some(cost) => format!(
            "waiting a month costs {}, removing risks {risk}",
            priced(case, cost)
        ),
        None => format!("removing risks {risk}; what waiting costs is not known"),
    };
    format!(
        "Chance that it places or answers a call in the next 30 days {}: {weighed}. Chance of 90 silent days {}.",
        percent(1.0 - odds.silent_30),
        percent(odds.silent_90)
    )
}

fn what_would_have_kept_it(case: &Case, odds: Odds) -> String {
    let Some(cost) = case.monthly_cost else {
        return format!(
            "A call placed or answered takes it off this list. Without a price it is kept also by a chance of 90 silent days under \
             {} (it is {}).",
            percent(f64::from(case.scoring.min_confidence) / 1e6),
            percent(odds.silent_90)
        );
    };
    let break_even = cost.0 as f64 / case.scoring.wrong_removal_cost.0 as f64;
    let by_price = if break_even < 1.0 {
        format!(
            "a chance of {} or more that it places or answers a call in the next 30 days (it is {}), or ",
            percent(break_even),
            percent(1.0 - odds.silent_30)
        )
    } else {
        String::new()
    };
    format!(
        "A call placed or answered takes it off this list. Kept also by {by_price}a chance of 90 silent days under {} (it is {}).",
        percent(f64::from(case.scoring.min_confidence) / 1e6),
        percent(odds.silent_90)
    )
}

fn never(case: &Case) -> String {
    match case.monthly_cost {
        Some(_) => "At its price it would not be idle within two years of silence.".to_owned(),
        None => "It would not be idle within two years of silence.".to_owned(),
    }
}

fn idle_on(case: &Case, outlook: &Outlook) -> Option<NaiveDate> {
    let weekdays = &case.scoring.weekdays;
    outlook
        .idle_in
        .and_then(|days| business_days_after(case.as_of, days, weekdays))
}
