//! The two mails as content: subject with the figure, plain text and HTML of the same words, names of the files to attach.
//! Finance's bears no names.

pub(super) mod admins;
pub(super) mod deadlines;
pub(super) mod finance;
pub(super) mod incident;
pub(super) mod occasion;
pub(super) mod text;
pub(super) mod told;
pub(super) mod webhook;

use askama::Template;
use chrono::NaiveDate;

use crate::render::backtest;
use crate::render::for_finance::{FinanceAccount, FinanceNight};
use crate::render::page::html;
use crate::render::values::cell::{counted, known};
use crate::render::words::trust::Trust;
use crate::render::words::{figures, prices, sentences};
use crate::render::{Cell, RenderError};

use crate::domain::Recoverable;
use crate::render::values::plain;

/// Rows in a mail, over all accounts; the attached files hold every row.
const ROWS: usize = 20;
/// Accounts in a mail; beyond them the mail points to the attached files.
pub(in crate::render) const ACCOUNTS: usize = 10;

/// One mail without its addresses, date and ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailBody {
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Names of artifacts to attach, in order.
    pub attachments: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "mail.html")]
pub(in crate::render) struct MailView {
    pub subject: String,
    /// Set on a held or blocked night, when there is nothing else to say.
    pub withheld: Option<String>,
    pub accounts: Vec<MailAccount>,
    /// What is said of accounts that do not stand in the mail.
    pub more_accounts: Option<String>,
    pub health: String,
    pub warnings: Vec<String>,
    pub attached: String,
    pub small_print: Vec<&'static str>,
}

pub(in crate::render) struct MailAccount {
    pub heading: String,
    pub lead: String,
    pub idle: String,
    /// Expected waste, and how right flags have been, where there is such a figure.
    pub chances: Vec<String>,
    /// Label, amount, when.
    pub buckets: Vec<[String; 3]>,
    pub rows: Vec<MailRow>,
    pub more: Option<String>,
}

pub(in crate::render) struct MailRow {
    pub act_by: String,
    pub what: String,
    pub step: String,
    pub amount: String,
    pub detail: String,
    /// A prepared mail to the holder or manager.
    pub ask: Option<String>,
}

impl MailView {
    fn prose(&self, text: &str) -> String {
        html::unbroken(&html::prose(text))
    }
}

pub(in crate::render) fn rows_each(accounts: &[FinanceAccount<'_>]) -> usize {
    ROWS / accounts.len().clamp(1, ACCOUNTS)
}

pub(in crate::render) fn body(
    night: &FinanceNight<'_>,
    subject: String,
    accounts: Vec<MailAccount>,
    trust: Trust,
    attached: &str,
    attachments: Vec<&'static str>,
) -> Result<MailBody, RenderError> {
    let left_out = (night.accounts.len() - accounts.len()) as u32;
    let is_withheld = trust.withheld.is_some();
    let view = MailView {
        accounts,
        more_accounts: (left_out > 0).then(|| {
            format!(
                "{} in the attached files only.",
                counted(left_out, "further account is", "further accounts are")
            )
        }),
        health: trust.health,
        warnings: trust.warnings,
        attached: match is_withheld {
            true => String::new(),
            false => attached.to_owned(),
        },
        small_print: sentences::small_print(night),
        withheld: trust.withheld,
        subject,
    };
    Ok(MailBody {
        text: text::text(&view),
        html: view.render()?,
        subject: view.subject,
        attachments: match is_withheld {
            true => Vec::new(),
            false => attachments,
        },
    })
}

pub(in crate::render) fn head(night: &FinanceNight<'_>, account: &FinanceAccount<'_>) -> MailAccount {
    MailAccount {
        heading: sentences::account_heading(account),
        lead: sentences::deadline(account, night),
        idle: sentences::idle(account),
        chances: [sentences::expected_waste(account), backtest::short(account)]
            .into_iter()
            .flatten()
            .collect(),
        buckets: Vec::new(),
        rows: Vec::new(),
        more: None,
    }
}

pub(in crate::render) fn more(all: usize, shown: usize, file: &str) -> Option<String> {
    let rest = all.saturating_sub(shown);
    (rest > 0).then(|| {
        format!(
            "{} in {file}.",
            counted(rest as u32, "more row is", "more rows are")
        )
    })
}

/// Label, amount, when.
pub(in crate::render) fn bucket(account: &FinanceAccount<'_>, bucket: Recoverable) -> [String; 3] {
    let found = account.recoverable.get(&bucket).cloned().unwrap_or_default();
    let days = [
        found.earliest_on.map(|day| format!("first from {day}")),
        found.notice_by.map(|day| format!("first notice by {day}")),
    ];
    let when: Vec<String> = days.into_iter().flatten().collect();
    [
        plain::recoverable(bucket).to_owned(),
        known(prices::bucket(account, bucket), account.currency),
        when.join(", "),
    ]
}

pub(in crate::render) fn act_by(
    notice_by: Option<NaiveDate>,
    recoverable_on: Option<NaiveDate>,
    recoverable: Recoverable,
) -> String {
    match figures::act_by(notice_by, recoverable_on, recoverable) {
        Cell::Blank => "no date".to_owned(),
        day => day.shown(),
    }
}

/// Long evidence would push the mail over its size; the attached file has it whole.
pub(in crate::render) fn shortened(text: &str) -> String {
    const LONGEST: usize = 500;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} ...", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

pub(in crate::render) fn subject_head(as_of: NaiveDate) -> String {
    format!("quietline {as_of}")
}
