//! Finance's mail: the night in one sentence, the figures, the first deadlines. No names, no calls, no reasons.

use chrono::NaiveDate;

use crate::domain::{Cents, Recoverable};
use crate::render::RenderError;
use crate::render::finance::savings;
use crate::render::for_finance::{FinanceAccount, FinanceFinding, FinanceNight};
use crate::render::mails::deadlines::any_ahead;
use crate::render::mails::{
    ACCOUNTS, MailAccount, MailBody, MailRow, act_by, body, bucket, head, more, rows_each, shortened,
    subject_head,
};
use crate::render::values::cell::{counted, known, money};
use crate::render::values::plain;
use crate::render::values::safe::clean;
use crate::render::words::trust::Trust;
use crate::render::words::{change, figures, prices, sentences};

/// For finance, with the workbook and the findings.
pub fn finance_mail(night: &FinanceNight<'_>) -> Result<MailBody, RenderError> {
    let rows = rows_each(&night.accounts);
    let shown = night.accounts.iter().take(ACCOUNTS);
    let mut attached = "Attached: report.xlsx (every line, finding and deadline), findings.csv (fill in its last five columns, decision: \
         dispute, dismiss or keep, and hand it back to whoever runs quietline)"
        .to_owned();
    let mut attachments = vec!["report.xlsx", "findings.csv"];
    if any_ahead(night) {
        attached.push_str(" and deadlines.ics for a calendar");
        attachments.push("deadlines.ics");
    }
    attached.push_str(". No names are in them.");
    body(
        night,
        finance_subject(night),
        shown
            .map(|account| finance_account(night, account, rows))
            .collect(),
        Trust::of_finance(night),
        &attached,
        attachments,
    )
}

fn finance_account(night: &FinanceNight<'_>, account: &FinanceAccount<'_>, rows: usize) -> MailAccount {
    let open = |finding: &&FinanceFinding| {
        finding.recoverable != Recoverable::None && finding.amount() != Some(Cents::ZERO)
    };
    let findings = figures::by_deadline(account.findings.iter().filter(open));
    let base = head(night, account);
    MailAccount {
        rows: findings
            .iter()
            .take(rows)
            .map(|finding| finding_row(finding))
            .collect(),
        more: more(findings.len(), rows, "findings.csv"),
        buckets: buckets(account),
        lead: sentences::headline(account, night),
        chances: [
            vec![change::sentence(account)],
            sentences::bridge(account).into_iter().collect(),
            base.chances.clone(),
            savings::sentence(night, account).into_iter().collect(),
        ]
        .concat(),
        ..base
    }
}

fn buckets(account: &FinanceAccount<'_>) -> Vec<[String; 3]> {
    let buckets = figures::BUCKETS.iter();
    buckets.map(|kind| bucket(account, *kind)).collect()
}

fn finding_row(finding: &FinanceFinding) -> MailRow {
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
        step: match finding.step {
            Some(step) => step.to_string(),
            None if finding.recoverable == Recoverable::Now => "dispute the charge".to_owned(),
            None => "look at the contract".to_owned(),
        },
        amount: known(finding.amount(), finding.currency),
        detail: format!("{when}. {}", shortened(&finding.evidence)),
        ask: None,
    }
}

pub(in crate::render) fn finance_subject(night: &FinanceNight<'_>) -> String {
    let idle: Vec<&FinanceAccount> = night
        .accounts
        .iter()
        .filter(|account| figures::waste_lines(account) > 0)
        .collect();
    let head = subject_head(night.as_of);
    if night.withheld.is_some() {
        return format!("{head}: no figure tonight");
    }
    let sums: Vec<String> = idle
        .iter()
        .take(3)
        .filter_map(|account| Some(money(prices::idle_monthly(account)?, account.currency)))
        .collect();
    let rest = idle.len().saturating_sub(3);
    let unpriced: u32 = idle
        .iter()
        .map(|account| prices::cost(account, true).unknown)
        .sum();
    let figure = match (sums.len(), rest) {
        (0, _) if unpriced > 0 => format!("{} without a price", counted(unpriced, "idle line", "idle lines")),
        (0, _) => match figures::all_unjudged(night) {
            0 => "no idle line".to_owned(),
            open => format!("no idle line, {open} could not be judged"),
        },
        (_, 0) if unpriced > 0 => format!(
            "{} a month idle, and {} without a price",
            sums.join(" and "),
            counted(unpriced, "line", "lines")
        ),
        (_, 0) => format!("{} a month idle", sums.join(" and ")),
        _ => format!(
            "{} and {} a month idle",
            sums.join(", "),
            counted(rest as u32, "more account", "more accounts")
        ),
    };
    match first_notice(night) {
        Some(day) => format!("{head}: {figure}, notice due {day}"),
        None => format!("{head}: {figure}"),
    }
}

fn first_notice(night: &FinanceNight<'_>) -> Option<NaiveDate> {
    night
        .accounts
        .iter()
        .filter_map(|account| figures::next_deadline(account, night.as_of))
        .map(|next| next.notice_by)
        .min()
}
