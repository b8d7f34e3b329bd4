//! A run that ended without a word: killed, or aborted when memory ran out. Nothing can be said in that moment, so the
//! next run finds that the night is still noted as open, and says it.

use chrono::NaiveDate;

use super::incident::{self, mark};
use super::{World, mails};
use crate::deliver::outbox::Outbox;
use crate::failure::Failure;
use crate::job::Job;
use crate::record::Store;
use crate::render;

const WHY: &str = "the run was killed, or this machine ran out of memory: it ended without a word";

/// Notes that a night begins, and records the run that never ended, if there is one. Operators hear of it by mail, unless
/// this very run makes up for it.
pub fn begin(job: &Job, as_of: NaiveDate, store: &mut Store, world: &World) -> Result<(), Failure> {
    let open = store.tables().open_night(&job.name)?;
    let Some(killed) = open else {
        return Ok(store.tables().begin_night(&job.name, as_of, world.now)?);
    };
    let mut wanted = Vec::new();
    if killed != as_of {
        let body = render::killed_mail(&job.name, killed, WHY, &world.job_words);
        wanted.push((
            format!("operator.{}", mark(["killed"])),
            &job.mail.operators,
            body,
        ));
    }
    let date = mails::date_of(job, killed, world);
    let built = mails::build_all(job, killed, 1, wanted, date, &Default::default())?;
    store.transaction(|tables| {
        tables.record_killed(&job.name, killed, &job.settings_digest, WHY, world.now)?;
        for mail in &built {
            Outbox::new(tables.connection()).freeze(mail, world.now)?;
        }
        tables.begin_night(&job.name, as_of, world.now)?;
        Ok::<(), Failure>(())
    })?;
    if !built.is_empty() {
        // At once: this run may come to the same end.
        incident::tell(job, killed, store, world);
    }
    Ok(())
}
