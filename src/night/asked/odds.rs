//! `quietline odds PATTERN`: the model's word on days that somebody typed.

use crate::domain::{AccountModel, LineModel, PatternOdds, SilentFor};
use crate::failure::Failure;
use crate::job::Job;
use crate::night::{World, rehearsed};
use crate::odds::{Belief, Fleet, HORIZONS, Silences, parse};

/// With the parameters of no account in particular.
pub fn odds(pattern: &str) -> Result<PatternOdds, Failure> {
    chances(pattern, &Fleet::prior(), LineModel::Prior, None)
}

/// With the parameters that a job's account has tonight; computed as its run would, saving nothing.
pub fn odds_of_job(
    pattern: &str,
    job: &Job,
    account: Option<&str>,
    world: &World,
) -> Result<PatternOdds, Failure> {
    // A faulty pattern is told before a night is computed for it.
    chances(pattern, &Fleet::prior(), LineModel::Prior, None)?;
    let ids: Vec<&str> = job
        .accounts
        .iter()
        .map(|account| account.account_id.as_str())
        .collect();
    let account = match (account, &ids[..]) {
        (None, [only]) => *only,
        (Some(named), _) if ids.contains(&named) => named,
        (named, _) => {
            let what = named.map_or("the job has several accounts".to_owned(), |named| {
                format!("the job has no account {named}")
            });
            return Err(Failure::usage(
                what,
                format!("name one with --account: {}", ids.join(", ")),
            ));
        }
    };
    let model = rehearsed(job, world)?
        .accounts
        .into_iter()
        .find(|stated| stated.account_id == account)
        .map(|stated| stated.model);
    match model {
        Some(AccountModel {
            transition: Some(transition),
            initial: Some(initial),
            source,
            ..
        }) => chances(pattern, &Fleet::of(transition, initial), source, Some(account)),
        _ => Err(Failure::usage(
            format!("the job judges account {account} by a fixed window, which gives no chances"),
            "leave --job out for the parameters of no account in particular",
        )),
    }
}

fn chances(
    pattern: &str,
    fleet: &Fleet,
    parameters: LineModel,
    account_id: Option<&str>,
) -> Result<PatternOdds, Failure> {
    let refused = |why: &dyn std::fmt::Display| {
        Failure::usage(
            why.to_string(),
            "write one sign for each business day, oldest first, as in 1101?0000000000",
        )
    };
    let days = parse(pattern).map_err(|error| refused(&error))?;
    let belief = Belief::of(fleet, &days).ok_or_else(|| refused(&"the pattern is empty"))?;
    let chances = belief.chances(&Silences::of(fleet)).0;
    let silent = HORIZONS.iter().zip(chances).map(|(days, chance)| SilentFor {
        business_days: *days,
        chance,
    });
    Ok(PatternOdds {
        pattern: pattern.to_owned(),
        parameters,
        account_id: account_id.map(str::to_owned),
        log_likelihood: belief.log_likelihood(),
        p_silent: silent.collect(),
        p_gone: belief.p_gone(),
        p_away: belief.p_away(),
    })
}
