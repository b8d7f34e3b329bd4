//! What a night says on a terminal and to operators: a dozen aligned lines, no names.

pub(super) mod bill_kinds;
pub(super) mod explain;
pub(super) mod odds;
pub(super) mod what_if;
pub(super) mod year;

use std::fmt::Write;

use chrono::NaiveDate;

use crate::domain::{
    AccountStatement, BridgePart, Bucket, Gate, GateStatus, InputRead, NightStatus, Recoverable, Statement,
    Verdict,
};
use crate::render::backtest;
use crate::render::for_finance::{FinanceAccount, FinanceNight};
use crate::render::values::cell::{counted, known, money, percent, thousands};
use crate::render::values::plain;
use crate::render::values::withheld::printed_accounts;
use crate::render::values::withheld::what_stands;
use crate::render::words::trust::{coverage_words, gate_words};
use crate::render::words::{figures, prices, sentences};

/// The end of `quietline run`: the figures of each account, then how far the data can be trusted.
pub fn terminal_summary(statement: &Statement) -> String {
    let mut text = format!(
        "{}, {}: {}\n",
        statement.job,
        statement.as_of,
        plain::status(statement.status)
    );
    let night = FinanceNight::of(statement);
    for (account, shown) in printed_accounts(statement).iter().zip(&night.accounts) {
        text.push_str(&account_lines(account, shown, statement.as_of));
    }
    text.push_str(&data_lines(statement));
    for gate in figures::gates_that_spoke(statement) {
        let _ = writeln!(text, "{}", gate_words(gate));
    }
    text
}

fn account_lines(account: &AccountStatement, shown: &FinanceAccount<'_>, as_of: NaiveDate) -> String {
    let currency = account.currency;
    let waste = figures::waste_lines(shown);
    let in_use = account.count(Verdict::InUse);
    let watch = account.count(Verdict::Watch);
    let others = account.lines.len() as u32 - waste - in_use - watch;
    let mut text = format!(
        "\n{} ({}): {}: {in_use} in use, {watch} on watch, {waste} idle, {others} other\n",
        crate::render::values::safe::clean(&account.name),
        crate::render::values::safe::clean(&account.account_id),
        counted(account.lines.len() as u32, "line", "lines"),
    );
    let mut row = |label: &str, amount, rest: &str| {
        let line = format!("  {label:<17} {:>17}  {rest}", known(amount, currency));
        text.push_str(line.trim_end());
        text.push('\n');
    };
    row("idle money", prices::idle_monthly(shown), &unpriced(shown));
    row(
        "of it in the bill",
        prices::billed(shown, BridgePart::Idle),
        &share_of_bill(account),
    );
    if let Some(waste) = &account.expected_waste {
        let rest = format!("a month ({})", sentences::interval(shown, waste));
        row("expected waste", Some(waste.amount), &rest);
    }
    for bucket in figures::BUCKETS {
        let found = account.recoverable.get(bucket).cloned().unwrap_or_default();
        let amount = prices::bucket(shown, *bucket);
        row(bucket_label(*bucket), amount, &bucket_rest(&found));
    }
    if let Some(amount) = prices::billed(shown, BridgePart::Unexplained) {
        row("unexplained", Some(amount), "of the bill");
    }
    if let Some(told) = prices::told(shown) {
        let _ = writeln!(text, "  {}", lower_first(&told));
    }
    if let Some([label, figure, rest]) = backtest::in_a_row(shown) {
        let _ = writeln!(text, "  {label:<17} {figure:>17}  {rest}");
    }
    for row in &account.set_aside {
        let _ = writeln!(
            text,
            "  the bill is not complete: {}",
            crate::render::values::safe::clean(row)
        );
    }
    if let Some(deadline) = figures::next_deadline(shown, as_of) {
        let _ = writeln!(
            text,
            "  give notice by {}, or {} stays for another term",
            deadline.notice_by,
            match deadline.amount {
                Some(amount) => format!("{} a month", money(amount, currency)),
                None => format!("what {} costs", deadline.counted()),
            }
        );
    }
    text
}

fn unpriced(account: &FinanceAccount<'_>) -> String {
    match prices::cost(account, true).unknown {
        0 => "a month".to_owned(),
        lines => format!(
            "a month; {} without a price",
            counted(lines, "idle line", "idle lines")
        ),
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string());
    format!(
        "{}{}",
        first.unwrap_or_default(),
        letters.as_str().trim_end_matches('.')
    )
}

fn share_of_bill(account: &AccountStatement) -> String {
    if account.invoice_ids.is_empty() {
        return "no invoice was read".to_owned();
    }
    format!(
        "{} of {} billed",
        percent(account.bridge.get(BridgePart::Idle).0, account.billed_total.0),
        money(account.billed_total, account.currency)
    )
}

fn bucket_label(bucket: Recoverable) -> &'static str {
    match bucket {
        Recoverable::Now => "dispute now",
        Recoverable::NextBill => "next bill",
        Recoverable::AtRenewal => "at renewal",
        Recoverable::ReassignOnly => "reassign only",
        Recoverable::Undetermined => "contract unknown",
        Recoverable::None => "not recoverable",
    }
}

fn bucket_rest(bucket: &Bucket) -> String {
    let mut parts = Vec::new();
    if bucket.lines > 0 {
        parts.push(counted(bucket.lines, "line", "lines"));
    }
    parts.extend(bucket.earliest_on.map(|day| format!("from {day}")));
    parts.extend(bucket.notice_by.map(|day| format!("notice by {day}")));
    parts.join(", ")
}

fn data_lines(statement: &Statement) -> String {
    let mut text = String::from("\n");
    for coverage in &statement.coverage {
        let _ = writeln!(text, "data: {}", coverage_words(coverage));
    }
    let _ = writeln!(
        text,
        "rows: {} quarantined, {} of the last 90 days without a line",
        thousands(&figures::quarantined_rows(statement).to_string()),
        counted(statement.unmatched_calls, "call", "calls")
    );
    for told in statement.inputs.iter().filter_map(InputRead::sheets_told) {
        let _ = writeln!(text, "{}", crate::render::values::safe::clean(&told));
    }
    text
}

/// What the operator of a held, blocked or warned night has to know and can do; nothing on a clean one.
/// `job_words` is the job as it was typed, such as `jobs/sample.toml`.
pub fn operators_text(statement: &Statement, job_words: &str) -> String {
    let mut text = match statement.status {
        NightStatus::Ok => return String::new(),
        NightStatus::Warned => format!("{} {}: done, with warnings.\n", statement.job, statement.as_of),
        NightStatus::Held => format!(
            "{} {}: held. Finance and admins were sent nothing tonight. {}.\n",
            statement.job,
            statement.as_of,
            what_stands(statement.stands)
        ),
        NightStatus::Blocked => format!(
            "{} {}: blocked. No figure and no list tonight. {}.\n",
            statement.job,
            statement.as_of,
            what_stands(statement.stands)
        ),
    };
    for gate in figures::gates_that_spoke(statement) {
        let _ = writeln!(text, "\n{}", gate_words(gate));
        if let Some(hash) = gate.accept.as_deref().filter(|_| gate.status >= GateStatus::Hold) {
            let _ = writeln!(
                text,
                "  If this change is real, accept exactly this one (hash {hash}):\n    quietline run {job_words} --as-of {} --accept-change {hash}",
                statement.as_of
            );
        }
        if gate.gate == Gate::G2Empty && gate.status > GateStatus::Ok {
            let _ = writeln!(
                text,
                "  A day that truly had no call is confirmed with: quietline run {job_words} --accept-empty DAY"
            );
        }
    }
    text.push_str(&data_lines(statement));
    text
}
