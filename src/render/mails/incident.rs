//! The mails of a night without a figure: no names, and no figure but the one that stands.

use chrono::NaiveDate;

use crate::domain::{Gate, GateStatus, LastGood, NightStatus, Statement};
use crate::render::MailBody;
use crate::render::mails::subject_head;
use crate::render::page::html;
use crate::render::values::cell::money;
use crate::render::values::safe::clean;
use crate::render::values::withheld::what_stands;
use crate::render::words::trust::instant;

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
        Some(Gate::G6Clock) => "calls are dated in the future, or two clocks disagree".to_owned(),
        Some(Gate::G9Schema) => "the calls have changed their shape".to_owned(),
        Some(Gate::G10Bill) => "much of the newest bill is not understood".to_owned(),
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

/// For operators: what a held or blocked night says, and the command that releases it. No figures, no names.
pub fn operators_mail(statement: &Statement, job_words: &str) -> MailBody {
    let mut text = crate::render::terminal::operators_text(statement, job_words);
    if statement.status == NightStatus::Held {
        text.push_str("\nYou are asked once: later nights that this same change holds send no mail.\n");
    }
    plain_mail(
        format!("{}: {}", subject_head(statement.as_of), statement.status),
        text,
    )
}

/// What is known of the report that stands while a night has none.
#[derive(Debug, Clone, Copy)]
pub enum Stands {
    Night(NaiveDate),
    None,
    /// The store could not be asked.
    Unknown,
}

impl Stands {
    pub fn of(last_good: Option<NaiveDate>) -> Stands {
        last_good.map_or(Stands::None, Stands::Night)
    }

    fn told(self) -> String {
        match self {
            Stands::Night(night) => what_stands(Some(night)),
            Stands::None => what_stands(None),
            Stands::Unknown => "What was reported before stands".to_owned(),
        }
    }
}

/// A night that an error ended.
pub struct FailedNight<'a> {
    pub job: &'a str,
    pub as_of: NaiveDate,
    /// Its report was made before.
    pub is_reported: bool,
    pub stands: Stands,
    pub exit_code: u8,
    /// The error's own words.
    pub said: &'a str,
    /// The job as it was typed.
    pub job_words: &'a str,
}

/// For operators: what stopped a night.
pub fn failure_mail(night: &FailedNight<'_>) -> MailBody {
    let FailedNight {
        job,
        as_of,
        is_reported,
        stands,
        exit_code,
        said,
        job_words,
    } = *night;
    let became = match is_reported {
        true => {
            "failed after its report was made, which stands. Mails that had not left go with the next run."
                .to_owned()
        }
        false => format!("failed. No figure and no list tonight. {}.", stands.told()),
    };
    let text = format!(
        "{job} {as_of}: {became}\n\n{said}\n\n\
         exit code {exit_code}. Once that is mended: quietline run {job_words} --as-of {as_of}\n"
    );
    plain_mail(format!("quietline {as_of}: failed (exit code {exit_code})"), text)
}

/// For operators: this machine's clock is wrong.
pub fn clock_mail(night: &FailedNight<'_>) -> MailBody {
    let text = format!(
        "{}: no night can be made, since this machine's clock is wrong. {}.\n\n{}\n\n\
         exit code {}. Once the clock is right: quietline run {}\n\
         You are told once, until a night has been reported again.\n",
        night.job,
        night.stands.told(),
        night.said,
        night.exit_code,
        night.job_words
    );
    plain_mail(
        "quietline: this machine's clock is wrong, no nights are made".to_owned(),
        text,
    )
}

/// For operators: whom a report did not reach, and how it will.
pub fn undelivered_mail(job: &str, as_of: NaiveDate, exit_code: u8, said: &str) -> MailBody {
    let text = format!(
        "{job} {as_of}: the report was made and stands, and it has not reached everybody.\n\n{said}\n\n\
         exit code {exit_code}. You are told once, until a night has reached everybody again.\n"
    );
    plain_mail(
        format!("quietline {as_of}: not delivered to everybody (exit code {exit_code})"),
        text,
    )
}

/// For operators: a run that could not say anything itself.
pub fn killed_mail(job: &str, as_of: NaiveDate, why: &str, job_words: &str) -> MailBody {
    let text = format!(
        "{job} {as_of}: {why}. What it had not sent, it did not send; nothing is lost, and the next night goes on.\n\n\
         If memory ran out, give the machine more or let fewer programs run at night: the system's log (journalctl -k, dmesg) \
         tells. To make up for the night: quietline run {job_words} --as-of {as_of}\n"
    );
    plain_mail(format!("quietline {as_of}: the run was killed"), text)
}

/// For operators: the third night in a row that was told to try later.
pub fn turned_away_mail(
    job: &str,
    (first, last): (NaiveDate, NaiveDate),
    why: &str,
    job_words: &str,
) -> MailBody {
    let text = format!(
        "{job}: no night from {first} to {last} came to its end; each was told to try later (exit code 75).\n\n{why}\n\n\
         If another run holds the job, it hangs: see which (ps, fuser), end it, then: quietline run {job_words}\n\
         If mails wait, quietline outbox list {job_words} tells which and why.\n"
    );
    plain_mail(
        format!("quietline {last}: three nights were told to try later"),
        text,
    )
}

/// A mail of a few lines of text.
pub(in crate::render) fn plain_mail(subject: String, text: String) -> MailBody {
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
