//! `quietline check`: settings, every source, the mail server; sends nothing and saves nothing.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::plan::{Rehearsal, as_of_of};
use super::unread_names::Reading;
use super::{World, api, calls, mails};
use crate::deliver::webhook::WebhookDelivery;
use crate::deliver::{ping, smtp};
use crate::domain::{Charge, InputRead, Line, Origin, Source};
use crate::failure::{ExitKind, Failure};
use crate::job::{Job, Transport};
use crate::pull::{LegStore, Tables, read_tables};
use crate::record::Store;
use crate::render;
use crate::steps::charges::{Classifier, invoices};

/// How many quarantined rows are told with their reason.
const SHOWN_REASONS: usize = 5;

/// What was seen, a line for each thing. Errors: the first thing that would stop a night.
pub fn check(job: &Job, world: &World) -> Result<String, Failure> {
    let rehearsal = Rehearsal::of(&job.store)?;
    let mut store = Store::open(rehearsal.folder())?;
    let legs = LegStore::open(rehearsal.folder())?;
    let mut seen = Seen::default();
    seen.say(format!("job {}: {} settings read", job.name, job.settings.len()));
    for account in &job.accounts {
        seen.say(format!(
            "account {}: days in {}, money in {}",
            account.account_id, account.time_zone, account.currency
        ));
    }
    for line in api::check(job, world)? {
        seen.say(line);
    }
    let of_files: Vec<Source> = job
        .sources
        .iter()
        .filter(|source| source.from == Origin::Files)
        .cloned()
        .collect();
    let tables = read_tables(&of_files, &job.accounts, job.max_quarantined_rows)?;
    for input in &tables.inputs {
        seen.say(input_line(input));
    }
    let as_of = as_of_of(job, world.now)?;
    let reading = Reading::new(as_of, &tables.lines);
    let taken = calls::take_in(job, &[], &reading, &mut store, &legs, &world.progress)?;
    for input in &taken.inputs {
        seen.say(input_line(input));
    }
    for line in bills(job, &tables, as_of)? {
        seen.say(line);
    }
    for row in tables
        .quarantine
        .iter()
        .chain(&taken.quarantine)
        .take(SHOWN_REASONS)
    {
        seen.say(format!("quarantined: {}", row.told()));
    }
    seen.say(mail_line(job, world)?);
    seen.say(webhook_line(job, world)?);
    seen.say(ping_line(job, world)?);
    Ok(seen.0)
}

/// What was seen: what stands in it from outside neither ends a line nor speaks to a terminal.
#[derive(Default)]
struct Seen(String);

impl Seen {
    fn say(&mut self, line: String) {
        self.0.push_str(&render::clean(&line));
        self.0.push('\n');
    }
}

/// How each account's newest bill was read.
fn bills(job: &Job, tables: &Tables, as_of: NaiveDate) -> Result<Vec<String>, Failure> {
    let mut told = Vec::new();
    for account in &job.accounts {
        let is_of = |id: &str| id == account.account_id;
        let lines: Vec<Line> = tables
            .lines
            .iter()
            .filter(|line| is_of(&line.account_id))
            .cloned()
            .collect();
        let charges = tables.charges.iter().filter(|charge| is_of(&charge.account_id));
        let classifier = Classifier::new(&job.price_book, &lines)
            .map_err(|error| Failure::said(ExitKind::JobFile, format!("price book: {error}")))?;
        let classified: Vec<Charge> = charges.map(|charge| classifier.classify(charge)).collect();
        if let Some(newest) = invoices(&classified, as_of).first() {
            told.push(format!(
                "account {}: the newest bill is {} of {}, read as",
                account.account_id,
                newest.ids.join(" and "),
                newest.invoice_date
            ));
            told.extend(render::bill_kinds(&newest.charges, &lines, account.currency));
        }
    }
    Ok(told)
}

fn input_line(input: &InputRead) -> String {
    let mut line = format!(
        "{} {}: {} rows, {} used",
        input.table, input.name, input.rows_read, input.used
    );
    for (count, what) in [
        (input.duplicates, "duplicate"),
        (input.quarantined, "quarantined"),
    ] {
        if count > 0 {
            let _ = write!(line, ", {count} {what}");
        }
    }
    line
}

/// Logs in to the mail server and leaves again.
fn mail_line(job: &Job, world: &World) -> Result<String, Failure> {
    let to = job.mail.finance.to.len() + job.mail.admins.to.len() + job.mail.operators.len();
    match &job.mail.transport {
        Transport::None => Ok("mail: none is sent".to_owned()),
        Transport::File { outbox } => Ok(format!(
            "mail: written to {} for {to} recipients",
            outbox.display()
        )),
        Transport::Smtp(settings) => {
            smtp::check(&mails::smtp_settings(settings, world.environment)?)?;
            Ok(format!("mail: {} took the login; {to} recipients", settings.host))
        }
    }
}

/// Looks at the address and connects to nothing: a post could not be taken back.
fn webhook_line(job: &Job, world: &World) -> Result<String, Failure> {
    let Some(address) = mails::secret(&job.webhook.url, world.environment)? else {
        return Ok("webhook: nothing is posted".to_owned());
    };
    let delivery = WebhookDelivery::new(&address)?;
    Ok(format!(
        "webhook: {} posts to {}",
        job.webhook.format,
        delivery.host()
    ))
}

/// Looks at the address and calls nobody: a ping would tell of a night that does not run.
fn ping_line(job: &Job, world: &World) -> Result<String, Failure> {
    Ok(match mails::secret(&job.ping, world.environment)? {
        Some(address) => format!(
            "ping: {} is told when a night begins and ends",
            ping::host(&address)?
        ),
        None => "ping: nobody is told that a night has begun or ended".to_owned(),
    })
}
