//! One mail for each audience and night: the bytes of the report folder, and never again.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::Truth;
use crate::year::report::{Report, Stamp};

/// The outbox before a night and after it.
pub struct Outbox {
    pub folder: PathBuf,
    pub before: BTreeMap<PathBuf, Stamp>,
    pub after: BTreeMap<PathBuf, Stamp>,
}

impl Outbox {
    pub fn new_mails(&self) -> impl Iterator<Item = &PathBuf> {
        self.after.keys().filter(|name| !self.before.contains_key(*name))
    }

    /// The mails of a night for an audience.
    pub fn of(&self, truth: &Truth<'_>, audience: &str) -> Vec<&PathBuf> {
        let (day, ending) = (format!("-{}-", truth.day), format!("-{audience}.eml"));
        let is_mine = |name: &&PathBuf| {
            let name = name.to_string_lossy();
            name.contains(&day) && name.ends_with(&ending)
        };
        self.after.keys().filter(is_mine).collect()
    }
}

pub fn check(
    truth: &Truth<'_>,
    report: &Report,
    outbox: &Outbox,
    say: &mut impl FnMut(&'static str, String),
) {
    for audience in ["finance", "admin"] {
        let printed = fs::read(report.folder.join(format!("{audience}.eml"))).unwrap_or_default();
        match outbox.of(truth, audience)[..] {
            [mail] if fs::read(outbox.folder.join(mail)).unwrap() == printed => {}
            [mail] => say(
                "mail-bytes",
                format!("{} is not the report folder's", mail.display()),
            ),
            ref mails => say("mail-count", format!("{audience}: {mails:?}")),
        }
    }
    // What a kill left half written under a name of its own is nobody's mail.
    let is_mail = |name: &&PathBuf| !name.to_string_lossy().starts_with('.');
    for name in outbox.before.keys().filter(is_mail) {
        let stamp = &outbox.before[name];
        if outbox.after.get(name) != Some(stamp) {
            say(
                "mail-changed",
                format!("{} was sent before and is another now, or gone", name.display()),
            );
        }
    }
}
