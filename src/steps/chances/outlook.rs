//! Histories -> the account's parameters and every line's chances.

use sha2::{Digest, Sha256};

use crate::domain::{AccountModel, Cents, LineModel};
use crate::odds::{Belief, Day, Fit, Fleet, Silences, fit};
use crate::steps::chances::removal_test::{Odds, RemovalTest};

/// Known business days that a line needs to be fitted to, and to be given a chance.
pub const FEWEST_KNOWN_DAYS: usize = 21;
/// Lines under which an account's parameters are not fitted.
const FEWEST_LINES: usize = 10;
/// Lines that are enough to fit to.
const MOST_LINES: usize = 800;

/// A line as the model needs it.
pub struct Subject<'a> {
    pub line_id: &'a str,
    /// Of kind person: the others' silence says nothing of people's.
    pub is_person: bool,
    pub days: &'a [Day],
}

/// One account's parameters, and the fit that they come from.
pub struct AccountFleet {
    pub fleet: Fleet,
    silences: Silences,
    fit: Option<Fit>,
}

/// Fits the parameters to the account's people; what is assumed of any account where they are too few.
pub fn account_fleet(subjects: &[Subject<'_>]) -> AccountFleet {
    let mut fitted: Vec<&Subject> = subjects
        .iter()
        .filter(|subject| subject.is_person && known_days(subject.days) >= FEWEST_KNOWN_DAYS)
        .collect();
    if fitted.len() > MOST_LINES {
        fitted.sort_by_cached_key(|subject| Sha256::digest(subject.line_id));
        fitted.truncate(MOST_LINES);
        fitted.sort_by_key(|subject| subject.line_id);
    }
    let fit = (fitted.len() >= FEWEST_LINES)
        .then(|| fit(&fitted.iter().map(|subject| subject.days).collect::<Vec<_>>()));
    let fleet = fit.as_ref().map_or_else(Fleet::prior, |fit| fit.fleet.clone());
    AccountFleet {
        silences: Silences::of(&fleet),
        fleet,
        fit,
    }
}

fn known_days(days: &[Day]) -> usize {
    days.iter().filter(|day| **day != Day::Unknown).count()
}

impl AccountFleet {
    pub fn source(&self) -> LineModel {
        match self.fit {
            Some(_) => LineModel::Fitted,
            None => LineModel::Prior,
        }
    }

    /// For the report.
    pub fn described(&self) -> AccountModel {
        AccountModel {
            source: self.source(),
            lines_fitted: self.fit.as_ref().map_or(0, |fit| fit.lines as u32),
            log_likelihood: self.fit.as_ref().map(Fit::log_likelihood),
            transition: Some(self.fleet.transition()),
            initial: Some(self.fleet.initial()),
        }
    }

    /// One line's chances alone; none with too few known days.
    pub fn odds_of_days(&self, days: &[Day]) -> Option<Odds> {
        Some(self.odds_of(&self.belief(days)?))
    }

    /// None with too few known days for a chance.
    fn belief(&self, days: &[Day]) -> Option<Belief> {
        (known_days(days) >= FEWEST_KNOWN_DAYS)
            .then(|| Belief::of(&self.fleet, days))
            .flatten()
    }

    fn odds_of(&self, belief: &Belief) -> Odds {
        let chances = belief.chances(&self.silences);
        Odds {
            silent_30: chances.next_30(),
            silent_90: chances.next_90(),
        }
    }

    /// None with too few known days for a chance.
    pub fn outlook(&self, asked: &Asked<'_>, decision: &RemovalTest) -> Option<Outlook> {
        let belief = self.belief(asked.days)?;
        let (later_30, later_90) = belief.chances(&self.silences).after_30_more();
        Some(Outlook {
            now: self.odds_of(&belief),
            after_30_more: Odds {
                silent_30: later_30,
                silent_90: later_90,
            },
            p_away: belief.p_away(),
            p_gone: belief.p_gone(),
            idle_in: self.idle_in(&belief, asked, decision),
        })
    }

    /// The number of further silent business days after which the decision says remove; 0 where it does so today.
    fn idle_in(&self, belief: &Belief, asked: &Asked<'_>, decision: &RemovalTest) -> Option<u32> {
        belief.silent_days_until(&self.silences, |more, silent_30, silent_90| {
            let odds = Odds { silent_30, silent_90 };
            let (known, silent) = (
                asked.known_business_days + more,
                asked.silent_business_days + more,
            );
            decision.is_seen_enough(known, silent) && decision.says_remove(odds, asked.monthly_cost)
        })
    }
}

/// What is asked of one line.
pub struct Asked<'a> {
    pub days: &'a [Day],
    pub known_business_days: u32,
    pub silent_business_days: u32,
    /// None where no price is known.
    pub monthly_cost: Option<Cents>,
}

/// What the model says of one line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    pub now: Odds,
    /// The same once 30 more days of silence have passed.
    pub after_30_more: Odds,
    pub p_away: f64,
    pub p_gone: f64,
    /// Further silent business days until the decision says remove, whatever the season says; none within two years.
    pub idle_in: Option<u32>,
}
