//! A mail's plain text: the same words as its HTML, for readers and programs without it.

use std::fmt::Write;

use crate::render::mails::{MailAccount, MailView};

pub(in crate::render) fn text(view: &MailView) -> String {
    let mut text = String::new();
    if let Some(why) = &view.withheld {
        let _ = writeln!(text, "{why}\n");
    }
    for (index, account) in view.accounts.iter().enumerate() {
        heading(&mut text, account);
        if index == 0 {
            health(&mut text, view);
        }
        rows(&mut text, account);
    }
    if view.accounts.is_empty() {
        health(&mut text, view);
    }
    if let Some(more) = &view.more_accounts {
        let _ = writeln!(text, "{more}");
    }
    if !view.attached.is_empty() {
        let _ = writeln!(text, "\n{}", view.attached);
    }
    let _ = writeln!(text, "\n{}", view.small_print.join("\n"));
    text
}

fn heading(text: &mut String, account: &MailAccount) {
    let underline = "-".repeat(account.heading.chars().count());
    let _ = writeln!(
        text,
        "{}\n{underline}\n{}\n{}",
        account.heading, account.lead, account.idle
    );
    for sentence in &account.chances {
        let _ = writeln!(text, "{sentence}");
    }
}

fn health(text: &mut String, view: &MailView) {
    let _ = writeln!(text, "{}", view.health);
    for warning in &view.warnings {
        let _ = writeln!(text, "Please note: {warning}");
    }
}

fn rows(text: &mut String, account: &MailAccount) {
    if !account.buckets.is_empty() {
        let _ = writeln!(text, "\nRecoverable a month (do not add together):");
        let widest = account
            .buckets
            .iter()
            .map(|[_, amount, _]| amount.len())
            .max()
            .unwrap_or_default();
        for [label, amount, when] in &account.buckets {
            let line = format!("  {label:<24} {amount:>widest$}  {when}");
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    if !account.rows.is_empty() {
        let _ = writeln!(text, "\nThe first deadline first:");
    }
    for row in &account.rows {
        let _ = writeln!(text, "  {}: {}, {} a month", row.what, row.step, row.amount);
        let _ = writeln!(text, "      {}. {}", row.act_by, row.detail);
    }
    if let Some(more) = &account.more {
        let _ = writeln!(text, "  {more}");
    }
    text.push('\n');
}
