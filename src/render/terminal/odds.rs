//! `quietline odds PATTERN`: the chances as a person reads them.

use std::fmt::Write;

use crate::domain::{LineModel, PatternOdds, counted};

pub fn odds(odds: &PatternOdds) -> String {
    let count = |sign: char| odds.pattern.chars().filter(|other| *other == sign).count();
    let parameters = match (odds.parameters, &odds.account_id) {
        (LineModel::Fitted, Some(account)) => format!("fitted to account {account}"),
        (_, Some(account)) => format!("the prior: account {account} has too few lines to fit"),
        (_, None) => "the prior, T0 and I0; --job JOB takes an account's".to_owned(),
    };
    let mut text = format!(
        "{}: {} used, {} silent, {} unknown\n  parameters      {parameters}\n  log-likelihood  {:.8}\n\n",
        counted(odds.pattern.len(), "business day", "business days"),
        count('1'),
        count('0'),
        count('?'),
        odds.log_likelihood
    );
    text.push_str("chance of silence on all of the next\n");
    for silent in &odds.p_silent {
        let days = match silent.business_days {
            1 => "business day".to_owned(),
            days => format!("business days (about {} calendar days)", days * 10 / 7),
        };
        let _ = writeln!(
            text,
            "  {:>3} {days:<42} {:>12.8}",
            silent.business_days, silent.chance
        );
    }
    let _ = writeln!(text, "chance that the line is now");
    for (state, chance) in [
        ("gone (comes back hardly ever)", odds.p_gone),
        ("away (silent, will be back)", odds.p_away),
    ] {
        let _ = writeln!(text, "  {state:<46} {chance:>12.8}");
    }
    text
}
