//! The administrators' mail: the first rows of the list, each with its reason. Bears names.

use crate::domain::{AccountStatement, ScoredLine, Statement};
use crate::render::RenderError;
use crate::render::admins::{ask, details};
use crate::render::for_finance::{FinanceAccount, FinanceNight};
use crate::render::mails::{
    ACCOUNTS, MailAccount, MailBody, MailRow, act_by, body, head, more, rows_each, shortened, subject_head,
};
use crate::render::tables::portal_actions;
use crate::render::values::cell::{counted, known};
use crate::render::values::plain;
use crate::render::values::safe::clean;
use crate::render::values::withheld::{is_withheld, printed_accounts};
use crate::render::words::figures;

/// For admins, with the list to fill in. Bears names.
pub fn admin_mail(statement: &Statement) -> Result<MailBody, RenderError> {
    let night = FinanceNight::of(statement);
    let rows = rows_each(&night.accounts);
    let accounts = printed_accounts(statement).iter().zip(&night.accounts);
    let mut attached =
        "Attached: idle_seats.csv with every row; it bears names. Fill in its last five columns (decision: keep with a last day, reclaim, \
         reassign, downgrade or dismiss) and hand it back to whoever runs quietline, who puts it into the folder for decisions."
            .to_owned();
    let mut attachments = vec!["idle_seats.csv"];
    if portal_actions::any_is_due(statement) {
        attached.push_str(" portal_actions.csv says step by step what was decided and is still to be done in the admin portal.");
        attachments.push("portal_actions.csv");
    }
    body(
        &night,
        admin_subject(statement, &night),
        accounts
            .take(ACCOUNTS)
            .map(|(account, shown)| admin_account(account, (&night, shown), rows))
            .collect(),
        details::trust(statement),
        &attached,
        attachments,
    )
}

fn admin_account(
    account: &AccountStatement,
    (night, shown): (&FinanceNight<'_>, &FinanceAccount<'_>),
    rows: usize,
) -> MailAccount {
    let list = figures::action_list(account);
    MailAccount {
        rows: list
            .iter()
            .take(rows)
            .map(|line| line_row(account, line))
            .collect(),
        more: more(list.len(), rows, "idle_seats.csv"),
        ..head(night, shown)
    }
}

fn line_row(account: &AccountStatement, line: &ScoredLine) -> MailRow {
    let holder = line.line.user_name();
    let holder = if holder.trim().is_empty() {
        "nobody".to_owned()
    } else {
        clean(&holder)
    };
    MailRow {
        act_by: act_by(line.notice_by, line.recoverable_on, line.recoverable),
        what: shortened(&format!(
            "ext. {}, {}",
            clean(&line.line.extension),
            holder.trim()
        )),
        step: plain::step(line).to_owned(),
        amount: known(line.saving(), account.currency),
        detail: shortened(&clean(&line.full_reason())),
        ask: ask::mailto(account, line),
    }
}

fn admin_subject(statement: &Statement, night: &FinanceNight<'_>) -> String {
    let head = subject_head(statement.as_of);
    if is_withheld(statement) {
        return format!("{head}: no list tonight");
    }
    let lines: Vec<&ScoredLine> = printed_accounts(statement)
        .iter()
        .flat_map(figures::action_list)
        .collect();
    let unjudged = figures::all_unjudged(night);
    let first = lines.iter().filter_map(|line| figures::deadline(line)).min();
    match (lines.len() as u32, first) {
        (0, _) if unjudged > 0 => format!("{head}: no line to act on, {unjudged} could not be judged"),
        (0, _) => format!("{head}: no line to act on"),
        (count, Some(day)) => format!(
            "{head}: {} to act on, the first by {day}",
            counted(count, "line", "lines")
        ),
        (count, None) => format!("{head}: {} to act on", counted(count, "line", "lines")),
    }
}
