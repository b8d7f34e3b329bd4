//! The mails of a night, built once and frozen.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::deliver::message::{Attachment, Built, Identity, Mail, Party, build};
use crate::deliver::{self, SmtpSettings, TokenOrder, outbox};
use crate::domain::{Audience, NightStatus, Statement, is_domain};
use crate::failure::Failure;
use crate::job::{self, Job, Readers, Smtp};
use crate::night::mail::incident::{FINANCE_INCIDENT, Incident, mark_of_gates};
use crate::night::mail::occasions::Due;
use crate::night::{Environment, World};
use crate::render::{self, MailBody};

/// Audience, addresses and words.
pub(crate) type Wanted<'a> = (String, &'a Vec<String>, MailBody);

/// Who is written to about this night: figures go to those who are due them, and only when every gate let them pass.
pub(crate) fn wanted<'j>(
    job: &'j Job,
    job_words: &str,
    statement: &Statement,
    incident: &Incident,
    due: &[Due],
) -> Result<Vec<Wanted<'j>>, Failure> {
    match statement.status {
        NightStatus::Ok | NightStatus::Warned => due
            .iter()
            .filter_map(|due| Some((due, readers(job, due.audience)?)))
            .map(|(due, readers)| {
                let subject = readers.subject.as_deref();
                let body = render::mail_for(statement, due.audience, &due.occasion, subject)?;
                Ok((due.audience.as_str().to_owned(), &readers.to, body))
            })
            .collect(),
        NightStatus::Held | NightStatus::Blocked => {
            let operators = (
                format!("operator.{}", mark_of_gates(statement)),
                &job.mail.operators,
                render::operators_mail(statement, job_words),
            );
            // A held night waits for a person's word; only a blocked one is an incident to finance, and once.
            let tell_finance = statement.status == NightStatus::Blocked && incident.tells_finance;
            let finance = tell_finance.then(|| {
                let why = render::why_blocked(statement);
                let body = render::no_figure_mail(statement.as_of, &why, incident.last_good.as_ref());
                (FINANCE_INCIDENT.to_owned(), &job.mail.finance.to, body)
            });
            // A person's word is asked for once; each night without it would teach operators to look away.
            let is_told =
                statement.status == NightStatus::Held && incident.has_told(&operators.0, operators.1);
            let operators = (!is_told).then_some(operators);
            Ok(operators.into_iter().chain(finance).collect())
        }
    }
}

/// The readers of an audience that gets mail.
pub(crate) fn readers(job: &Job, audience: Audience) -> Option<&Readers> {
    match audience {
        Audience::Finance => Some(&job.mail.finance),
        Audience::Admin => Some(&job.mail.admins),
        Audience::Webhook => None,
    }
}

/// The date that a night's mails bear: the end of its last day, so that it follows from `as_of`.
pub(crate) fn date_of(job: &Job, as_of: NaiveDate, world: &World) -> DateTime<Utc> {
    let account = job.accounts.first();
    account.map_or(world.now, |account| {
        account.time_zone.start_of(as_of + Days::new(1))
    })
}

/// The bytes of the mails that have somebody to go to.
pub(crate) fn build_all(
    job: &Job,
    as_of: NaiveDate,
    revision: u32,
    wanted: Vec<Wanted<'_>>,
    date: DateTime<Utc>,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<Vec<Built>, Failure> {
    let built = wanted
        .into_iter()
        .filter(|(_, to, _)| !to.is_empty())
        .map(|(audience, to, body)| {
            let identity = Identity {
                job: job.name.clone(),
                as_of,
                revision,
                audience,
            };
            build_one(&job.mail.from, identity, date, to, body, files)
        });
    built.collect()
}

/// One mail's bytes, from an address.
pub(crate) fn build_one(
    from: &str,
    identity: Identity,
    date: DateTime<Utc>,
    to: &[String],
    body: MailBody,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<Built, Failure> {
    Ok(build(&mail(from, identity, date, to, body, files))?)
}

fn mail(
    from: &str,
    identity: Identity,
    date: DateTime<Utc>,
    to: &[String],
    body: MailBody,
    files: &BTreeMap<String, Vec<u8>>,
) -> Mail {
    let party = |address: &String| Party {
        name: String::new(),
        address: address.clone(),
    };
    let attachment = |name: &&str| {
        let bytes = files.get(*name)?.clone();
        Some(Attachment {
            name: (*name).to_owned(),
            content_type: content_type(name).to_owned(),
            bytes,
        })
    };
    Mail {
        identity,
        date,
        from: Party {
            name: "quietline".to_owned(),
            address: from.to_owned(),
        },
        to: to.iter().map(party).collect(),
        reply_to: None,
        subject: body.subject,
        text: body.text,
        html: body.html,
        attachments: body.attachments.iter().filter_map(attachment).collect(),
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "csv")) => "text/csv; charset=utf-8",
        Some((_, "ics")) => "text/calendar; charset=utf-8; method=PUBLISH",
        Some((_, "xlsx")) => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    }
}

/// The mail server's settings with its password, read at the last moment.
pub(crate) fn smtp_settings(smtp: &Smtp, environment: Environment) -> Result<SmtpSettings, Failure> {
    let tokens = match &smtp.tokens {
        Some(tokens) => Some(TokenOrder {
            token_url: tokens.token_url.clone(),
            client_id: tokens.client_id.clone(),
            client_secret: tokens
                .client_secret
                .get("the client secret of the mail server's application", &environment)?,
            scope: tokens.scope.clone(),
        }),
        None => None,
    };
    let password = match &smtp.user {
        Some(_) if tokens.is_none() => Some(smtp.password.get(
            "the password of the mail server's user (mail.smtp.user)",
            &environment,
        )?),
        _ => None,
    };
    Ok(SmtpSettings {
        host: smtp.host.clone(),
        port: smtp.port,
        tls: match smtp.tls {
            job::Tls::Implicit => deliver::Tls::Implicit,
            job::Tls::Starttls => deliver::Tls::Starttls,
            job::Tls::None => deliver::Tls::None,
        },
        user: smtp.user.clone(),
        password,
        tokens,
        ca_file: smtp.ca_file.clone(),
        allow_plaintext: smtp.allow_plaintext,
        ehlo_name: smtp.hello.clone().unwrap_or_else(|| own_name(smtp)),
        // RFC 5321, 4.5.3.2.6: a server may take ten minutes over the last reply.
        final_reply_timeout: Duration::from_secs(600),
        command_timeout: Duration::from_secs(30),
    })
}

/// This machine's name, or its address where mail servers would not take the name.
fn own_name(smtp: &Smtp) -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    match is_domain(&name) {
        true => name,
        false => deliver::smtp::own_address(&smtp.host, smtp.port).to_string(),
    }
}

pub(crate) fn on_ambiguous(policy: job::OnAmbiguous) -> outbox::OnAmbiguous {
    match policy {
        job::OnAmbiguous::Resend => outbox::OnAmbiguous::Resend,
        job::OnAmbiguous::Hold => outbox::OnAmbiguous::Hold,
    }
}
