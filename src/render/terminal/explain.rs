//! `quietline explain LINE`: everything that stands behind one line's verdict. For admins: bears the holder's name.

use std::fmt::Write;

use crate::domain::{
    AccountStatement, Action, CostSource, Forecast, GateStatus, LineModel, Recoverable, ScoredLine,
    Statement, VERDICT_ORDER, Verdict,
};
use crate::render::terminal::year::year;
use crate::render::values::cell::{counted, money};
use crate::render::values::withheld::is_withheld;
use crate::render::values::{plain, safe};
use crate::render::words::figures;
use crate::render::words::trust::gate_words;

/// Verdict, the row that held, why, what would have changed it, the counts, the cost and where it comes from, and when
/// the money comes back.
pub fn explain(statement: &Statement, account: &AccountStatement, line: &ScoredLine) -> String {
    let mut text = stopped(statement);
    text.push_str(&head(statement, account, line));
    let mut row = |label: &str, value: String| {
        let _ = writeln!(text, "  {label:<16} {}", wrapped(&safe::clean(&value)));
    };
    row("why", line.reason.clone());
    row("otherwise", line.counterfactual.clone());
    row(
        "decided by",
        format!(
            "row {} of the verdict table in docs/rules.md ({})",
            row_of(line.verdict),
            line.verdict
        ),
    );
    if let Some(score) = line.idle_score {
        row("idle score", format!("{score} of 100"));
    }
    if let Some(forecast) = &line.forecast {
        for (label, words) in chances(account, line, forecast) {
            row(label, words);
        }
    }
    row("last placed", day(line.activity.last_outbound_on));
    row("last answered", day(line.activity.last_answered_on));
    row("last missed", day(line.activity.last_missed_on));
    row("silent", silence(line));
    row("usual gap", gaps(line));
    row("last 90 days", calls(line));
    row("cost", cost(account, line));
    row("step", step(account, line));
    row("when", recovery(line));
    let question = figures::tier_questions(account)
        .into_iter()
        .find(|(asked, _)| asked.line.line_id == line.line.line_id);
    if let Some((_, finding)) = question {
        row("cheaper tier", finding.evidence.clone());
    }
    if let Some(decision) = line.decision {
        let until = line
            .decision_expires_on
            .map(|day| format!(" until {day}"))
            .unwrap_or_default();
        row("decision", format!("{decision}{until}"));
    }
    text.push_str("\n  the last year\n");
    text + &year(&line.activity.year, statement.as_of)
}

/// Counted from one.
fn row_of(verdict: Verdict) -> usize {
    let before = VERDICT_ORDER.iter().take_while(|row| **row != verdict);
    before.count() + 1
}

/// Lines of a width that terminals have; what follows stands under the value.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].chars().count() + word.chars().count() > 80 {
            lines.push(word.to_owned());
            continue;
        }
        if !lines[last].is_empty() {
            lines[last].push(' ');
        }
        lines[last].push_str(word);
    }
    lines.join(&format!("\n{:19}", ""))
}

/// The model's numbers, and what each way costs.
fn chances(
    account: &AccountStatement,
    line: &ScoredLine,
    forecast: &Forecast,
) -> Vec<(&'static str, String)> {
    let percent = |millionths: u32| crate::render::values::cell::percent(millionths.into(), 1_000_000);
    let fitted = match line.model {
        LineModel::Fitted => "by parameters fitted to the account's lines",
        _ => "by the parameters of any account: it has too few lines to fit",
    };
    let mut rows = vec![
        (
            "silence ahead",
            format!(
                "{} for the next 30 days, {} for the next 90, {fitted}",
                percent(forecast.p_silent_30),
                percent(forecast.p_silent_90)
            ),
        ),
        (
            "state now",
            format!(
                "away, and coming back: {}; gone: {}",
                percent(forecast.p_away),
                percent(forecast.p_gone)
            ),
        ),
        (
            "to wait a month",
            match line.cost.known() {
                Some(cost) => format!("costs {}", money(cost, account.currency)),
                None => "costs what its month costs, which is not known".to_owned(),
            },
        ),
        (
            "to remove it",
            format!(
                "costs {} on an average: the price of a wrong removal times the chance that it is used in 30 days",
                money(forecast.price_of_removing, account.currency)
            ),
        ),
    ];
    if !matches!(line.verdict, Verdict::Idle | Verdict::NeverUsed) {
        let when = match forecast.idle_on {
            Some(day) => format!("{day}, unless its season or an earlier row of the table speaks against it"),
            None if line.cost.source.is_none() => "not within two years".to_owned(),
            None => "not within two years, at its price".to_owned(),
        };
        rows.push(("idle if silent", when));
    }
    rows
}

/// First of all that a night is held or blocked: its verdicts are what the gates do not let out.
fn stopped(statement: &Statement) -> String {
    if !is_withheld(statement) {
        return String::new();
    }
    let mut text = format!(
        "the night of {} is {}; what follows may rest on bad data and was reported to nobody\n",
        statement.as_of, statement.status
    );
    for gate in statement
        .gates
        .iter()
        .filter(|gate| gate.status >= GateStatus::Hold)
    {
        let _ = writeln!(text, "  {}", safe::clean(&gate_words(gate)));
    }
    text.push('\n');
    text
}

fn head(statement: &Statement, account: &AccountStatement, line: &ScoredLine) -> String {
    let holder = safe::clean(&line.line.user_name());
    let holder = if holder.is_empty() { "nobody" } else { &holder };
    format!(
        "line {}, extension {}, account {}, as of {}\n  {holder}; {}, {} {}\n  verdict: {}\n",
        safe::clean(&line.line.line_id),
        safe::clean(&line.line.extension),
        safe::clean(&account.account_id),
        statement.as_of,
        plain::kind(line.line.kind),
        plain::tier(line.cost.tier),
        plain::term(line.cost.term),
        plain::verdict(line.verdict),
    )
}

fn day(day: Option<chrono::NaiveDate>) -> String {
    day.map_or_else(|| "never on a known day".to_owned(), |day| day.to_string())
}

fn silence(line: &ScoredLine) -> String {
    let activity = &line.activity;
    format!(
        "{} without a call placed or answered; {} known{}",
        counted(activity.days_silent, "known day", "known days"),
        counted(activity.known_days, "day", "days"),
        activity
            .since
            .map(|since| format!(" since {since}"))
            .unwrap_or_default()
    )
}

fn gaps(line: &ScoredLine) -> String {
    match (
        line.activity.usual_gap_business_days,
        line.activity.longest_silence_business_days,
    ) {
        (Some(usual), Some(longest)) => {
            format!(
                "{}; before the last use never more than {longest} silent ones in a row",
                counted(usual, "business day", "business days")
            )
        }
        _ => "used on fewer than two days".to_owned(),
    }
}

fn calls(line: &ScoredLine) -> String {
    let activity = &line.activity;
    format!(
        "{} placed, {} answered, {} missed, on {}",
        activity.calls_out_90,
        activity.calls_answered_90,
        activity.calls_missed_90,
        counted(activity.active_days_90, "day with use", "days with use")
    )
}

fn cost(account: &AccountStatement, line: &ScoredLine) -> String {
    match line.cost.source {
        Some(source) if source != CostSource::Invoice => format!(
            "{} a month, from {}; fees and taxes beside it are not known",
            money(line.cost.monthly_cost, account.currency),
            plain::cost_source(Some(source)),
        ),
        Some(source) => format!(
            "{} a month, from {}; fees and taxes beside it {}",
            money(line.cost.monthly_cost, account.currency),
            plain::cost_source(Some(source)),
            money(line.cost.fees_share, account.currency)
        ),
        None => "not known: no invoice, contract or price tells it".to_owned(),
    }
}

fn step(account: &AccountStatement, line: &ScoredLine) -> String {
    let mut words = plain::step(line).to_owned();
    // What a question would save is told with the question.
    if line.action == Action::Keep {
        return words;
    }
    if let Some(tier) = line.target_tier {
        let _ = write!(words, " ({tier})");
    }
    if !line.monthly_saving.is_zero() {
        let _ = write!(
            words,
            "; saves {} a month",
            money(line.monthly_saving, account.currency)
        );
    }
    words
}

fn recovery(line: &ScoredLine) -> String {
    let mut words = plain::recoverable(line.recoverable).to_owned();
    for (what, day) in [("from", line.recoverable_on), ("notice by", line.notice_by)] {
        if let Some(day) = day {
            let _ = write!(words, ", {what} {day}");
        }
    }
    if line.recoverable == Recoverable::AtRenewal && line.notice_by.is_none() {
        words.push_str("; the contract's notice period is not known");
    }
    words
}
