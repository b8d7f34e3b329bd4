//! The mails of a night without a figure: no names, and no figure but the one that stands.

use chrono::NaiveDate;

use super::MailBody;
use super::cell::money;
use super::html;
use super::safe::clean;
use super::terminal::instant;
use crate::domain::{Gate, GateStatus, LastGood, Statement};

/// For finance, once per incident: why there is no figure, and which one stands.
pub fn no_figure_mail(as_of: NaiveDate, why: &str, last_good: Option<&LastGood>) -> MailBody {
    let stands = match last_good {
        Some(good) => {
            let several = good.idle.len() > 1;
            let figures = good.idle.iter().map(|(name, idle, currency)| match several {
                true => format!("{}: {} a month idle", clean(name), money(*idle, *currency)),
                false => format!("{} a month idle", money(*idle, *currency)),
            });
            let figures: Vec<String> = figures.collect();
            let told = match figures.is_empty() {
                true => String::new(),
                false => format!(" ({})", figures.join("; ")),
            };
            format!(
                "The last good figure stands: that of {}{told}, in its mail and report.",
                good.as_of
            )
        }
        None => "There is no earlier figure.".to_owned(),
    };
    let text = format!(
        "No figure tonight ({as_of}): {why}.\n\n{stands}\n\nThe operators have been told. The next mail to you is \
         the next figure; further nights without one send you nothing.\n"
    );
    plain_mail(format!("quietline {as_of}: no figure tonight"), text)
}

/// What blocked the night, in one plain clause.
pub fn why_blocked(statement: &Statement) -> String {
    let mut blocks = statement
        .gates
        .iter()
        .filter(|gate| gate.status == GateStatus::Block);
    match blocks.next().map(|gate| gate.gate) {
        Some(Gate::G1Completeness | Gate::G2Empty) => {
            format!("calls are incomplete{}", newest_call(statement))
        }
        Some(Gate::G3Join) => "the calls and the list of lines do not belong together".to_owned(),
        Some(Gate::G4MassFlag) => "too much has changed at once".to_owned(),
        Some(Gate::G5Freshness) => format!("calls or invoices are too old{}", newest_call(statement)),
        Some(Gate::G6Clock) => "the clocks of this machine and of the source disagree".to_owned(),
        Some(Gate::G9Schema) => "the calls have changed their shape".to_owned(),
        Some(Gate::G7History | Gate::G8Grace) | None => "a check of the data failed".to_owned(),
    }
}

/// The account whose calls end first tells since when they are incomplete.
fn newest_call(statement: &Statement) -> String {
    let newest = statement.coverage.iter().map(|days| days.newest_event.as_deref());
    match newest.min().flatten() {
        Some(newest) => format!(" since {} (the newest call that was read)", instant(newest)),
        None => " (no call was read)".to_owned(),
    }
}

/// For operators: a night that an error ended, with the error's own words.
pub fn failure_mail(job: &str, as_of: NaiveDate, exit_code: u8, said: &str, job_words: &str) -> MailBody {
    let text = format!(
        "{job} {as_of}: failed. No figure and no list tonight; the last good report stands.\n\n{said}\n\n\
         exit code {exit_code}. Once that is mended: quietline run {job_words} --as-of {as_of}\n"
    );
    plain_mail(format!("quietline {as_of}: failed (exit code {exit_code})"), text)
}

/// A mail of a few lines of text.
pub(super) fn plain_mail(subject: String, text: String) -> MailBody {
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>quietline</title></head>\
         <body><pre style=\"white-space:pre-wrap\">{}</pre></body></html>",
        html::prose(&text)
    );
    MailBody {
        subject,
        text,
        html,
        attachments: Vec::new(),
    }
}
