//! The mail of an audience as the night's occasion has it: its subject, or a few lines where nothing has changed.

use chrono::NaiveDate;

use super::admins::admin_mail;
use super::finance::finance_mail;
use super::incident;
use crate::domain::{Audience, Occasion, Statement};
use crate::render::admins::details;
use crate::render::for_finance::FinanceNight;
use crate::render::values::cell::{counted, money};
use crate::render::words::trust::Trust;
use crate::render::words::{figures, sentences};
use crate::render::{MailBody, RenderError};

/// The mail to finance or admins. `fixed` is the subject that the job gives; a deadline is told in the subject all the same.
pub fn mail_for(
    statement: &Statement,
    audience: Audience,
    occasion: &Occasion,
    fixed: Option<&str>,
) -> Result<MailBody, RenderError> {
    let night = FinanceNight::of(statement);
    let mut body = match (occasion, audience) {
        (Occasion::Heartbeat { since }, Audience::Admin) => {
            heartbeat_mail(&night, *since, details::trust(statement))
        }
        (Occasion::Heartbeat { since }, _) => heartbeat_mail(&night, *since, Trust::of_finance(&night)),
        (_, Audience::Admin) => admin_mail(statement)?,
        (_, Audience::Finance | Audience::Webhook) => finance_mail(&night)?,
    };
    if let Some(subject) = subject(&night, occasion, fixed) {
        body.subject = subject;
    }
    Ok(body)
}

/// A subject other than the report's own.
pub(in crate::render) fn subject(
    night: &FinanceNight<'_>,
    occasion: &Occasion,
    fixed: Option<&str>,
) -> Option<String> {
    let Occasion::Deadline { notice_by, days_left } = occasion else {
        return fixed.map(str::to_owned);
    };
    let head = match fixed {
        Some(fixed) => fixed.to_owned(),
        None => format!("quietline {}", night.as_of),
    };
    let due = match days_left {
        0 => "notice due today".to_owned(),
        days => format!("notice due in {}", counted(*days, "day", "days")),
    };
    let sums: Vec<String> = night
        .accounts
        .iter()
        .filter_map(|account| {
            let amount = figures::notice_deadlines(account, night.as_of).remove(notice_by)?;
            Some(money(amount?, account.currency))
        })
        .take(3)
        .collect();
    Some(match sums.is_empty() {
        true => format!("{head}: {due} ({notice_by})"),
        false => format!("{head}: {due} ({notice_by}), {} a month", sums.join(" and ")),
    })
}

/// That the job lives, and that nothing is new. No names, no list: the last mail and the report hold them.
fn heartbeat_mail(night: &FinanceNight<'_>, since: NaiveDate, trust: Trust) -> MailBody {
    let mut text = format!(
        "Nothing that you could act on has changed since the report of {since}: the same lines, findings, amounts \
         and deadlines.\n"
    );
    for account in &night.accounts {
        text.push_str(&format!(
            "\n{}\n{}\n{}\n",
            sentences::account_heading(account),
            sentences::deadline(account, night),
            sentences::idle(account)
        ));
    }
    text.push_str(&format!("\n{}\n", trust.health));
    for warning in trust.warnings {
        text.push_str(&format!("Please note: {warning}\n"));
    }
    text.push_str("\nThe report itself is made every night; this mail only says that it is.\n");
    incident::plain_mail(nothing_new(night, since), text)
}

pub(in crate::render) fn nothing_new(night: &FinanceNight<'_>, since: NaiveDate) -> String {
    format!("quietline {}: nothing new since {since}", night.as_of)
}
