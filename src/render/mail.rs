//! The two mails as content: subject with the figure, plain text and HTML of the same words, names of the files to attach.
//! Finance's bears no names.

use askama::Template;
use chrono::NaiveDate;

use super::cell::{counted, money};
use super::safe::{Discretion, clean};
use super::{
    Cell, RenderError, ask, backtest, change, figures, html, mail_text, plain, portal_actions, savings,
    sentences,
};
use crate::domain::{AccountStatement, Finding, Recoverable, ScoredLine, Statement};

/// Rows in a mail, over all accounts; the attached files hold every row.
const ROWS: usize = 20;
/// Accounts in a mail; beyond them the mail points to the attached files.
const ACCOUNTS: usize = 10;

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
pub(super) struct MailView {
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

pub(super) struct MailAccount {
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

pub(super) struct MailRow {
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

/// For finance, with the workbook and the findings.
pub fn finance_mail(statement: &Statement) -> Result<MailBody, RenderError> {
    let discretion = Discretion::of(statement);
    let account =
        |account: &AccountStatement, rows: usize| finance_account(statement, account, rows, &discretion);
    let attached = "Attached: report.xlsx (every line, finding and deadline), findings.csv (fill in its last five columns, decision: \
         dispute, dismiss or keep, and hand it back to whoever runs quietline) and deadlines.ics for a calendar. No names are in them.";
    body(
        statement,
        finance_subject(statement),
        account,
        attached,
        vec!["report.xlsx", "findings.csv", "deadlines.ics"],
    )
}

/// For admins, with the list to fill in. Bears names.
pub fn admin_mail(statement: &Statement) -> Result<MailBody, RenderError> {
    let account = |account: &AccountStatement, rows: usize| admin_account(statement, account, rows);
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
        statement,
        admin_subject(statement),
        account,
        &attached,
        attachments,
    )
}

/// For operators: what a held or blocked night says, and the command that releases it. No figures, no names.
pub fn operators_mail(statement: &Statement, job_words: &str) -> MailBody {
    super::incident::plain_mail(
        format!("{}: {}", subject_head(statement), statement.status),
        super::operators_text(statement, job_words),
    )
}

fn body(
    statement: &Statement,
    subject: String,
    account: impl Fn(&AccountStatement, usize) -> MailAccount,
    attached: &str,
    attachments: Vec<&'static str>,
) -> Result<MailBody, RenderError> {
    let discretion = Discretion::of(statement);
    let printed = figures::printed_accounts(statement);
    let shown = &printed[..printed.len().min(ACCOUNTS)];
    let rows_each = ROWS / shown.len().max(1);
    let withheld = figures::is_withheld(statement).then(|| sentences::withheld(statement, &discretion));
    let left_out = (printed.len() - shown.len()) as u32;
    let view = MailView {
        accounts: shown.iter().map(|shown| account(shown, rows_each)).collect(),
        more_accounts: (left_out > 0).then(|| {
            format!(
                "{} in the attached files only.",
                counted(left_out, "further account is", "further accounts are")
            )
        }),
        health: sentences::health(statement),
        warnings: sentences::warnings(statement, &discretion),
        attached: if withheld.is_some() {
            String::new()
        } else {
            attached.to_owned()
        },
        small_print: sentences::small_print(statement),
        withheld,
        subject,
    };
    let attachments = if view.withheld.is_some() {
        Vec::new()
    } else {
        attachments
    };
    Ok(MailBody {
        text: mail_text::text(&view),
        html: view.render()?,
        subject: view.subject,
        attachments,
    })
}

fn finance_account(
    statement: &Statement,
    account: &AccountStatement,
    rows: usize,
    discretion: &Discretion,
) -> MailAccount {
    let open =
        |finding: &&Finding| finding.recoverable != Recoverable::None && !finding.monthly_amount.is_zero();
    let findings = figures::by_deadline(account.findings.iter().filter(open));
    let base = head(statement, account);
    MailAccount {
        rows: findings
            .iter()
            .take(rows)
            .map(|finding| finding_row(finding, discretion))
            .collect(),
        more: more(findings.len(), rows, "findings.csv"),
        buckets: buckets(account),
        lead: sentences::headline(account, statement),
        chances: [
            vec![change::sentence(account)],
            sentences::bridge(account).into_iter().collect(),
            base.chances.clone(),
            savings::sentence(statement, account).into_iter().collect(),
        ]
        .concat(),
        ..base
    }
}

fn admin_account(statement: &Statement, account: &AccountStatement, rows: usize) -> MailAccount {
    let list = figures::action_list(account);
    MailAccount {
        rows: list
            .iter()
            .take(rows)
            .map(|line| line_row(account, line))
            .collect(),
        more: more(list.len(), rows, "idle_seats.csv"),
        ..head(statement, account)
    }
}

fn head(statement: &Statement, account: &AccountStatement) -> MailAccount {
    MailAccount {
        heading: sentences::account_heading(account),
        lead: sentences::deadline(account, statement),
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

fn more(all: usize, shown: usize, file: &str) -> Option<String> {
    let rest = all.saturating_sub(shown);
    (rest > 0).then(|| {
        format!(
            "{} in {file}.",
            counted(rest as u32, "more row is", "more rows are")
        )
    })
}

fn buckets(account: &AccountStatement) -> Vec<[String; 3]> {
    let buckets = figures::BUCKETS.iter();
    buckets.map(|kind| bucket(account, *kind)).collect()
}

/// Label, amount, when.
pub(super) fn bucket(account: &AccountStatement, bucket: Recoverable) -> [String; 3] {
    let found = account.recoverable.get(&bucket).cloned().unwrap_or_default();
    let days = [
        found.earliest_on.map(|day| format!("first from {day}")),
        found.notice_by.map(|day| format!("first notice by {day}")),
    ];
    let when: Vec<String> = days.into_iter().flatten().collect();
    [
        plain::recoverable(bucket).to_owned(),
        money(found.amount, account.currency),
        when.join(", "),
    ]
}

fn finding_row(finding: &Finding, discretion: &Discretion) -> MailRow {
    let line = finding
        .extension
        .as_ref()
        .map(|extension| format!("ext. {extension}, "));
    let when = match finding.recoverable_on {
        _ if finding.recoverable == Recoverable::Now => "Ask for a credit".to_owned(),
        Some(day) => format!("{}, from {day}", plain::recoverable(finding.recoverable)),
        None => plain::recoverable(finding.recoverable).to_owned(),
    };
    MailRow {
        act_by: act_by(finding.notice_by, finding.recoverable_on, finding.recoverable),
        what: clean(&format!(
            "{}{}",
            line.unwrap_or_default(),
            plain::finding_kind(finding.kind)
        )),
        step: plain::action(finding.action).to_owned(),
        amount: money(finding.monthly_amount, finding.currency),
        detail: format!(
            "{when}. {}",
            shortened(&discretion.without_names(&finding.evidence))
        ),
        ask: None,
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
        step: plain::action(line.action).to_owned(),
        amount: money(line.monthly_saving, account.currency),
        detail: shortened(&clean(&line.told())),
        ask: ask::mailto(account, line),
    }
}

fn act_by(
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
fn shortened(text: &str) -> String {
    const LONGEST: usize = 500;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} ...", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

pub(super) fn finance_subject(statement: &Statement) -> String {
    let accounts = figures::printed_accounts(statement);
    let idle: Vec<&AccountStatement> = accounts
        .iter()
        .filter(|account| figures::waste_lines(account) > 0)
        .collect();
    let head = subject_head(statement);
    if figures::is_withheld(statement) {
        return format!("{head}: no figure tonight");
    }
    let sums: Vec<String> = idle
        .iter()
        .take(3)
        .map(|account| money(account.idle_monthly, account.currency))
        .collect();
    let rest = idle.len().saturating_sub(3);
    let figure = match (sums.len(), rest) {
        (0, _) => "no idle line".to_owned(),
        (_, 0) => format!("{} a month idle", sums.join(" and ")),
        _ => format!(
            "{} and {} a month idle",
            sums.join(", "),
            counted(rest as u32, "more account", "more accounts")
        ),
    };
    match first_notice(statement) {
        Some(day) => format!("{head}: {figure}, notice due {day}"),
        None => format!("{head}: {figure}"),
    }
}

fn admin_subject(statement: &Statement) -> String {
    let head = subject_head(statement);
    if figures::is_withheld(statement) {
        return format!("{head}: no list tonight");
    }
    let lines: Vec<&ScoredLine> = figures::printed_accounts(statement)
        .iter()
        .flat_map(figures::action_list)
        .collect();
    let first = lines.iter().filter_map(|line| figures::deadline(line)).min();
    match (lines.len() as u32, first) {
        (0, _) => format!("{head}: no line to act on"),
        (count, Some(day)) => format!(
            "{head}: {} to act on, the first by {day}",
            counted(count, "line", "lines")
        ),
        (count, None) => format!("{head}: {} to act on", counted(count, "line", "lines")),
    }
}

fn subject_head(statement: &Statement) -> String {
    format!("quietline {}", statement.as_of)
}

fn first_notice(statement: &Statement) -> Option<NaiveDate> {
    figures::printed_accounts(statement)
        .iter()
        .filter_map(|account| figures::next_deadline(account, statement.as_of))
        .map(|next| next.notice_by)
        .min()
}
