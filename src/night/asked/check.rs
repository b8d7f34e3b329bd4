//! `quietline check`: settings, every source, the mail server; sends nothing and saves nothing.

use std::fmt::Write as _;

use chrono::NaiveDate;

use crate::deliver::webhook::WebhookDelivery;
use crate::deliver::{ping, smtp};
use crate::domain::{Charge, InputRead, Line, Origin, Source, counted, thousands};
use crate::failure::{ExitKind, Failure};
use crate::job::{Job, Transport};
use crate::night::World;
use crate::night::mail::mails;
use crate::night::plan::{Rehearsal, night_of};
use crate::night::read::unread_names::Reading;
use crate::night::read::{api, calls, open_folders};
use crate::pull::{LegStore, Tables, read_tables};
use crate::record::Store;
use crate::render;
use crate::steps::bill::charges::{Classifier, invoices};
use crate::steps::gates::noted;

/// How many quarantined rows are told with their reason.
const SHOWN_REASONS: usize = 5;

/// What was seen, a line for each thing.
///
/// # Errors
/// All that would stop a night, as far as it can be told side by side.
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
    seen.say_all(Ok(open_folders::notices(job)));
    seen.say_all(api::check(job, world));
    let of_files: Vec<Source> = job
        .sources
        .iter()
        .filter(|source| source.from == Origin::Files)
        .cloned()
        .collect();
    let as_of = night_of(job, world.now)?;
    let tables = match read_tables(&of_files, &job.accounts, job.max_quarantined_rows) {
        Ok(tables) => {
            seen.say_inputs(&tables.inputs);
            seen.say_all(bills(job, &tables, as_of));
            tables
        }
        Err(error) => {
            let one = |source: &Source| {
                let alone = read_tables(
                    std::slice::from_ref(source),
                    &job.accounts,
                    job.max_quarantined_rows,
                );
                alone.err().map(Failure::from)
            };
            seen.blame(error.into(), of_files.iter().filter_map(one));
            Tables::default()
        }
    };
    let reading = Reading::new(as_of, &tables.lines);
    let mut take_in = |job: &Job| calls::take_in(job, &[], &reading, &mut store, &legs, &world.progress);
    let quarantined_calls = match take_in(job) {
        Ok(taken) => {
            seen.say_inputs(&taken.inputs);
            let told = taken
                .accounts
                .values()
                .flat_map(|calls| calls.told.iter().cloned());
            told.for_each(|told| seen.say(told));
            taken.quarantine
        }
        Err(failure) => {
            let one = |source: &Source| {
                let job = Job {
                    sources: vec![source.clone()],
                    ..job.clone()
                };
                take_in(&job).err()
            };
            let alone: Vec<Failure> = of_files.iter().filter_map(one).collect();
            seen.blame(failure, alone);
            Vec::new()
        }
    };
    let quarantined = tables.quarantine.iter().chain(&quarantined_calls);
    for row in quarantined.take(SHOWN_REASONS) {
        seen.say(format!("quarantined: {}", row.place_and_reason()));
    }
    for line in [
        mail_line(job, world),
        webhook_line(job, world),
        ping_line(job, world),
    ] {
        seen.say_all(line.map(|line| [line]));
    }
    match Failure::all(seen.failures) {
        Some(failure) => Err(failure),
        None => Ok(seen.text),
    }
}

/// What was seen, and what would stop a night.
#[derive(Default)]
struct Seen {
    text: String,
    failures: Vec<Failure>,
}

impl Seen {
    /// What stands in it from outside neither ends a line nor speaks to a terminal.
    fn say(&mut self, line: String) {
        self.text.push_str(&render::clean(&line));
        self.text.push('\n');
    }

    fn say_all(&mut self, lines: Result<impl IntoIterator<Item = String>, Failure>) {
        match lines {
            Ok(lines) => lines.into_iter().for_each(|line| self.say(line)),
            Err(failure) => self.failures.push(failure),
        }
    }

    fn say_inputs(&mut self, inputs: &[InputRead]) {
        inputs.iter().for_each(|input| self.say(input_line(input)));
        noted(inputs.iter()).into_iter().for_each(|note| self.say(note));
    }

    /// What was found of each source alone, else what they are blamed for together.
    fn blame(&mut self, together: Failure, alone: impl IntoIterator<Item = Failure>) {
        let before = self.failures.len();
        self.failures.extend(alone);
        if self.failures.len() == before {
            self.failures.push(together);
        }
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
            .map_err(|error| Failure::msg(ExitKind::JobFile, format!("price book: {error}")))?;
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
        "{} {}: {}, {} used",
        input.table,
        input.name,
        counted(input.rows_read, "row", "rows"),
        thousands(&input.used.to_string())
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
    let Some(address) = job.webhook.url.find(&world.environment)? else {
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
    Ok(match job.ping.find(&world.environment)? {
        Some(address) => format!(
            "ping: {} is told when a night begins and ends",
            ping::host(&address)?
        ),
        None => "ping: nobody is told that a night has begun or ended".to_owned(),
    })
}
