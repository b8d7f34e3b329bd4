//! Who hears of this night, and why: by cadence, change and deadline, against what each was sent before.

use chrono::NaiveDate;

use crate::deliver::message::Built;
use crate::deliver::webhook;
use crate::domain::{Audience, NightStatus, Occasion, Rhythm, Statement, Told};
use crate::failure::Failure;
use crate::job::Job;
use crate::night::World;
use crate::night::mail::incident::Incident;
use crate::night::mail::mails;
use crate::record::Store;
use crate::render::{self, FinanceNight};
use crate::steps::cadence::{self, Tonight};

/// An audience that is written to about this night.
pub(crate) struct Due {
    pub audience: Audience,
    pub occasion: Occasion,
    pub told: Told,
}

/// None on a night without a figure: those who hear of it are told by what stopped it. None either on one that is made late,
/// when a newer one has been reported: its figure would come as if it were new. The same store, job and statement
/// give the same answer, so that a run after a kill freezes the same mails.
pub(crate) fn due(
    job: &Job,
    statement: &Statement,
    incident: &Incident,
    store: &Store,
    world: &World,
) -> Result<Vec<Due>, Failure> {
    let mut due = Vec::new();
    let has_figure = matches!(statement.status, NightStatus::Ok | NightStatus::Warned);
    if !has_figure || incident.newer.is_some() {
        return Ok(due);
    }
    for audience in Audience::ALL.iter().copied() {
        let Some(rhythm) = rhythm(job, audience, world) else {
            continue;
        };
        let night = (statement.as_of, statement.revision);
        let last = store.tables().last_told(&job.name, audience, night)?;
        let told = render::told(statement, audience)?;
        let tonight = Tonight {
            as_of: statement.as_of,
            told: &told,
            figure_is_back: audience == Audience::Finance && incident.finance_waits,
        };
        if let Some(occasion) = cadence::occasion(&rhythm, &tonight, last.as_ref()) {
            due.push(Due {
                audience,
                occasion,
                told,
            });
        }
    }
    Ok(due)
}

/// What the operator is told of a night that is made late, where anybody would hear of another one.
pub(crate) fn made_late(job: &Job, as_of: NaiveDate, incident: &Incident, world: &World) -> Option<String> {
    let newer = incident.newer?;
    let mut audiences = Audience::ALL.iter();
    audiences.any(|audience| rhythm(job, *audience, world).is_some()).then(|| {
        format!(
            "the report of {as_of} is written and mailed to nobody: that of {newer} is newer. One reader gets it with \
             `quietline send {} --as-of {as_of} --to ADDRESS`",
            world.job_words
        )
    })
}

/// None for an audience that nobody is in.
fn rhythm(job: &Job, audience: Audience, world: &World) -> Option<Rhythm> {
    match mails::readers(job, audience) {
        Some(readers) => (!readers.to.is_empty()).then_some(readers.rhythm),
        // An address that is set and cannot be read is told when it is sent to; until then the post waits.
        None => (!matches!(job.webhook.url.find(&world.environment), Ok(None))).then_some(job.webhook.rhythm),
    }
}

/// What is posted about this night.
pub(crate) fn post(job: &Job, statement: &Statement, due: &[Due]) -> Result<Option<Built>, Failure> {
    let due = due.iter().find(|due| due.audience == Audience::Webhook);
    due.map(|due| {
        let bytes = render::webhook_post(&FinanceNight::of(statement), job.webhook.format, &due.occasion)?;
        Ok(webhook::frozen(
            &job.name,
            statement.as_of,
            statement.revision,
            bytes,
        ))
    })
    .transpose()
}
