//! `quietline forget PERSON`: a person leaves what is kept; what was counted stays.

mod escapes;
mod kept_files;
mod person;
mod seals;
mod spellings;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use self::kept_files::{Naming, files_below, holds, mail_holds};
use self::person::{Person, night_folders};
use self::seals::Seals;
use self::spellings::{Kinds, NEUTRAL, Spellings};
use crate::deliver::message::Identity;
use crate::deliver::outbox::Outbox;
use crate::domain::{counted, folded, user_key};
use crate::failure::Failure;
use crate::job::{Job, Transport};
use crate::night::failed::unrecorded;
use crate::night::read::api;
use crate::night::{World, memory};
use crate::pull::vonage::Sought;
use crate::pull::{LegStore, read_tables};
use crate::record::{NamingColumn, Store, UsageFiles};

/// What went, or would go, and what stays.
pub struct Forgotten {
    person: String,
    lines: Vec<String>,
    went: Vec<String>,
    stays: Vec<String>,
    /// Where the person still stands, although nothing keeps them there.
    pub remains: Vec<PathBuf>,
    is_done: bool,
}

/// All that holds the person, in the order in which it goes. The kept lines go last: they know the person's spellings, so
/// that a forgetting that was killed can be begun again.
struct Found {
    /// Where it was looked for.
    accounts: BTreeSet<String>,
    mails: Vec<Identity>,
    days: Vec<(String, NaiveDate)>,
    raw: Vec<PathBuf>,
    months: Vec<(String, String)>,
    columns: Vec<NamingColumn>,
    files: Vec<Naming>,
}

/// Looks for a person everywhere, and with `for_good` takes them out.
///
/// # Errors
/// Nobody or more than one of that name, another run that holds the store, or a file that cannot be read or written.
pub fn forget(job: &Job, typed: &str, for_good: bool, world: &World) -> Result<Forgotten, Failure> {
    drop(Store::open_to_read(&job.store)?);
    let mut store = Store::open(&job.store)?;
    let (legs, usage) = (
        LegStore::open(&job.store)?,
        UsageFiles::in_copy(&job.store, &job.store),
    );
    memory::apply_draft(job, &store, &legs, &usage)?;
    let tables = read_tables(
        &api::sources(job).tables(),
        &job.accounts,
        job.max_quarantined_rows,
    )?;
    let nobody = || {
        let what = format!("nobody is known by `{}`", typed.trim());
        Failure::usage(
            what,
            "name the person by login, e-mail address, user id or full name as they stand in lines.csv",
        )
    };
    let accounts = memory::accounts(job, &store, &legs, &usage)?;
    let person = person::find(job, &accounts, &tables, typed)?.ok_or_else(nobody)?;
    let spellings = Spellings::new(&person.names, &person.ids, &staying(job, &accounts, &person))?;
    let seals = Seals::of(&person, &store.tables().seal()?);
    let found = Found::of(job, accounts, &spellings, &seals, &store, &legs, &usage)?;
    if found.is_empty() && person.lines.is_empty() && person.tables.is_empty() {
        return Err(nobody());
    }
    let went = found.shown();
    let mut remains = Vec::new();
    if for_good {
        found.take_out(job, &spellings, &mut store, &legs, &usage, world)?;
        for path in files_below(&job.store)?.into_iter().chain(kept(job)?) {
            if holds(&path, &spellings)? {
                remains.push(path);
            }
        }
    }
    Ok(Forgotten {
        lines: person.lines.iter().cloned().collect(),
        stays: stays(job, &person),
        person: person.shown(),
        went,
        remains,
        is_done: for_good,
    })
}

/// Words that hold the person and that the next night would look for: they stay until the job or the list drops them.
fn staying(job: &Job, accounts: &BTreeSet<String>, person: &Person) -> BTreeSet<String> {
    let readers = [&job.mail.finance.to, &job.mail.admins.to, &job.mail.operators];
    let mut stay: BTreeSet<String> = readers.into_iter().flatten().cloned().collect();
    stay.insert(job.mail.from.clone());
    stay.insert(job.name.clone());
    stay.extend(accounts.iter().cloned());
    stay.extend(person.current_line_ids.iter().cloned());
    stay
}

impl Found {
    fn of(
        job: &Job,
        accounts: BTreeSet<String>,
        spellings: &Spellings,
        seals: &Seals,
        store: &Store,
        legs: &LegStore,
        usage: &UsageFiles,
    ) -> Result<Found, Failure> {
        let outbox = Outbox::new(store.connection());
        let mut mails = Vec::new();
        for mail in outbox.kept_mails()? {
            if outbox
                .bytes(&mail)?
                .is_some_and(|bytes| mail_holds(&bytes, spellings))
            {
                mails.push(mail);
            }
        }
        let (mut days, mut months) = (Vec::new(), Vec::new());
        for id in &accounts {
            for day in legs.days(id)? {
                let mut any = false;
                for path in legs.day_files(id, day)? {
                    any = any || holds(&path, spellings)?;
                }
                if any {
                    days.push((id.clone(), day));
                }
            }
            for month in usage.months(id)? {
                if usage
                    .rename_lines(id, &month, &|line| renamed(line, spellings))?
                    .is_some()
                {
                    months.push((id.clone(), month));
                }
            }
        }
        let mut files = Vec::new();
        for path in kept(job)? {
            files.extend(Naming::of(&path, spellings)?);
        }
        files.sort_by_key(|file| {
            (
                file.path.ends_with("lines.csv"),
                file.is_rewritten(),
                file.path.clone(),
            )
        });
        Ok(Found {
            mails,
            days,
            raw: raw(job, &accounts, spellings, store, false)?,
            months,
            columns: store
                .tables()
                .naming_columns(&|text| seals.blanked(text, spellings.blanked(text, Kinds::Json)))?,
            files,
            accounts,
        })
    }

    fn is_empty(&self) -> bool {
        self.mails.is_empty()
            && self.days.is_empty()
            && self.raw.is_empty()
            && self.months.is_empty()
            && self.columns.is_empty()
            && self.files.is_empty()
    }

    fn take_out(
        &self,
        job: &Job,
        spellings: &Spellings,
        store: &mut Store,
        legs: &LegStore,
        usage: &UsageFiles,
        world: &World,
    ) -> Result<(), Failure> {
        let outbox = Outbox::new(store.connection());
        for mail in &self.mails {
            outbox.forget_mail(mail, "it named a person who was forgotten", world.now)?;
        }
        for (account, day) in &self.days {
            // The mark comes first: its counts stand, and nothing looks for the legs.
            store.tables().mark_day_pruned(account, *day)?;
            legs.remove_day(account, *day)?;
        }
        raw(job, &self.accounts, spellings, store, true)?;
        for (account, month) in &self.months {
            if let Some(mut lines) = usage.rename_lines(account, month, &|line| renamed(line, spellings))? {
                let digest = usage.save_month(account, month, &mut lines)?;
                store.tables().put_usage_file(account, month, &digest)?;
            }
        }
        store.transaction(|tables| {
            for column in &self.columns {
                tables.blank_column(column)?;
            }
            Ok::<(), Failure>(())
        })?;
        memory::apply_draft(job, store, legs, usage)?;
        store.vacuum()?;
        for file in &self.files {
            file.apply()?;
        }
        Ok(())
    }

    fn shown(&self) -> Vec<String> {
        let mut shown = Vec::new();
        for id in &self.accounts {
            let days: Vec<&NaiveDate> = self
                .days
                .iter()
                .filter(|(of, _)| of == id)
                .map(|(_, day)| day)
                .collect();
            if let (Some(first), Some(last)) = (days.first(), days.last()) {
                let days = counted(days.len(), "day", "days");
                shown.push(format!(
                    "raw calls of account {id}: {days} from {first} to {last}; their counts stay"
                ));
            }
        }
        let months = self.months.iter().map(|(account, month)| {
            format!("the line that is named after the person, in the usage of account {account}, {month}; its counts stay")
        });
        shown.extend(months);
        let mails = self.mails.iter().map(|mail| {
            format!(
                "the {} mail of {}, job {}: its text, and sending it where it waits",
                mail.list(),
                mail.as_of,
                mail.job
            )
        });
        shown.extend(mails);
        shown.extend(
            self.raw
                .iter()
                .map(|path| format!("what Vonage sent: {}", path.display())),
        );
        let columns = self.columns.iter().map(|found| {
            format!(
                "state store: {} texts in {}.{}",
                found.texts.len(),
                found.table,
                found.column
            )
        });
        shown.extend(columns);
        shown.extend(self.files.iter().map(|file| {
            let what = if file.is_rewritten() {
                "written without the person"
            } else {
                "removed"
            };
            format!("{}: {what}", file.path.display())
        }));
        shown
    }
}

fn renamed(line: &str, spellings: &Spellings) -> Option<String> {
    spellings.blanked(line, Kinds::Prose)
}

fn raw(
    job: &Job,
    accounts: &BTreeSet<String>,
    spellings: &Spellings,
    store: &Store,
    for_good: bool,
) -> Result<Vec<PathBuf>, Failure> {
    let mut known = BTreeSet::new();
    for account in accounts {
        let windows = store.tables().leg_windows(account)?.into_iter();
        known.extend(windows.map(|window| (window.source, window.day)));
    }
    let sought = Sought {
        holds: &|path: &Path| holds(path, spellings),
        is_cell: &|cell: &str| spellings.is_cell(cell),
        is_known: &|source: &str, day: NaiveDate| known.contains(&(source.to_owned(), day)),
        neutral: NEUTRAL,
    };
    api::sources(job).forget_person(&sought, for_good)
}

/// Kept reports, and mails that were written to a folder.
fn kept(job: &Job) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for folder in night_folders(job) {
        files.extend(files_below(&folder)?);
    }
    files.extend(
        [&job.store, &job.reports]
            .map(|folder| folder.join(unrecorded::FILE))
            .into_iter()
            .filter(|file| file.is_file()),
    );
    if let Transport::File { outbox } = &job.mail.transport {
        let mails = files_below(outbox)?.into_iter();
        files.extend(mails.filter(|path| path.extension().is_some_and(|ending| ending == "eml")));
    }
    Ok(files)
}

fn stays(job: &Job, person: &Person) -> Vec<String> {
    let mut stays =
        vec!["counts of calls, verdicts and money: they are kept by line, not by person".to_owned()];
    if !person.tables.is_empty() {
        let tables: Vec<&str> = person.tables.iter().copied().collect();
        stays.push(format!(
            "your own files: {} still name the person, who comes back with the next night; take them out there first",
            tables.join(" and ")
        ));
    }
    let ids: BTreeSet<String> = person.ids.iter().map(|id| user_key(id).into_owned()).collect();
    let holds_id = |word: &&String| ids.iter().any(|id| folded(word).contains(id));
    for id in person.current_line_ids.iter().filter(holds_id) {
        stays.push(format!(
            "line id {id}: calls are counted under it as long as the list bears it"
        ));
    }
    let readers = [&job.mail.finance.to, &job.mail.admins.to, &job.mail.operators];
    for address in readers.into_iter().flatten().filter(holds_id) {
        stays.push(format!(
            "{address}: the job sends mail there; take it out of [mail] first"
        ));
    }
    if person.has_namesake {
        stays.push("somebody else bears the same name, which goes from the kept reports for both".to_owned());
    }
    if job.vonage.is_some() {
        stays.push("Vonage's own records, which the next night asks for".to_owned());
    }
    stays.push("call exports and other files that were handed in, mails that have been delivered, backups, copies, reports of \
                other jobs"
        .to_owned());
    stays
}

impl Forgotten {
    pub fn shown(&self) -> String {
        let mut lines = vec![format!("Person: {}", self.person)];
        lines.extend(self.lines.iter().map(|line| format!("  {line}")));
        match (self.went.is_empty(), self.is_done) {
            (true, _) => lines.push("Nothing is kept of the person.".to_owned()),
            (false, true) => lines.push("Gone:".to_owned()),
            (false, false) => lines.push("Would go (nothing is changed without --yes):".to_owned()),
        }
        lines.extend(self.went.iter().map(|went| format!("  {went}")));
        lines.push("Cannot go from here:".to_owned());
        lines.extend(self.stays.iter().map(|stays| format!("  {stays}")));
        lines.extend(
            self.remains
                .iter()
                .map(|path| format!("  still named in {}", path.display())),
        );
        lines.join("\n") + "\n"
    }
}
