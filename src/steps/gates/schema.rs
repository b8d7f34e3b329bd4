//! G9: has a file changed its shape?

use std::collections::BTreeMap;

use super::parts::{Part, Share};
use crate::domain::{Gate, GatePolicy, GateReport, GateStatus, InputRead, counted, thousands};
use crate::steps::gate_report::{change_hash, report, unless_accepted};
use crate::steps::usage::day_join::{DayJoin, Ungrouped};
use crate::steps::usage::roll_up::is_known_result;

/// How many unknown results are told.
const SHOWN_WORDS: usize = 10;

/// G9: the share of call rows whose result is none of the known words, and what was noted of the files.
pub fn schema<'a>(
    results: &BTreeMap<String, u64>,
    inputs: impl Iterator<Item = &'a InputRead>,
    policy: &GatePolicy,
) -> GateReport {
    let total: u64 = results.values().sum();
    let of_unknown = |(word, _): &(&String, &u64)| !is_known_result(word);
    // A call may have no result: that is nothing new, until most have none.
    let (blank, unknown): (Vec<_>, Vec<_>) = results
        .iter()
        .filter(of_unknown)
        .partition(|(word, _)| word.is_empty());
    let count = |words: &[(&String, &u64)]| words.iter().map(|(_, count)| **count).sum::<u64>();
    let (blank, strange) = (count(&blank), count(&unknown));
    let mut words: Vec<String> = unknown
        .iter()
        .take(SHOWN_WORDS)
        .map(|(word, count)| format!("{word:?} ({count})"))
        .collect();
    if (blank + strange) * 100 > total * u64::from(policy.max_unknown_result_percent) {
        words.extend((blank > 0).then(|| format!("none at all ({blank})")));
        let detail = format!(
            "{} of {} a result that nobody knows: {}",
            thousands(&(blank + strange).to_string()),
            rows_have(blank + strange, total),
            words.join(", ")
        );
        return report(Gate::G9Schema, GateStatus::Block, detail);
    }
    let noted: String = noted(inputs).iter().map(|note| format!("; {note}")).collect();
    if strange > 0 {
        let detail = format!(
            "{} of {} a result that nobody knows, taken as use where somebody talked: {}{noted}",
            thousands(&strange.to_string()),
            rows_have(strange, total),
            words.join(", ")
        );
        return report(Gate::G9Schema, GateStatus::Warn, detail);
    }
    report(
        Gate::G9Schema,
        GateStatus::Ok,
        format!("every required column is there{noted}"),
    )
}

/// G9: results that are unknown on some of the days alone, as when the words change from one night on.
pub fn results(
    account_id: &str,
    parts: &[Part],
    policy: &GatePolicy,
    accepted: &[String],
) -> Option<GateReport> {
    let strange = |join: &DayJoin| Share {
        rows: join.results.strange,
        of: join.results.counted,
    };
    let limit = policy.max_unknown_result_percent;
    let (part, (here, usual)) = parts
        .iter()
        .find_map(|part| Some((part, part.worse(strange, limit, limit / 2)?)))?;
    let words = part.join.results.unknown.most(SHOWN_WORDS);
    let told = words.iter().map(|(word, count)| match *word {
        "" => format!("none at all ({count})"),
        word => format!("{word:?} ({count})"),
    });
    let detail = format!(
        "account {account_id}: {}, {} of {} a result that nobody knows ({}, against {} on the others): {}",
        part.span.told(),
        thousands(&here.rows.to_string()),
        rows_have(here.rows, here.of),
        here.told(),
        usual.told(),
        told.collect::<Vec<_>>().join(", ")
    );
    let mut known: Vec<String> = words.iter().map(|(word, _)| (*word).to_owned()).collect();
    known.sort();
    let parts = ["results".to_owned(), account_id.to_owned()]
        .into_iter()
        .chain(known);
    let found = report(Gate::G9Schema, GateStatus::Block, detail);
    Some(unless_accepted(found, change_hash(parts), accepted))
}

/// What was noted of the files, each note once: by the file's name, or by how many files of a table it is true of.
pub fn noted<'a>(inputs: impl Iterator<Item = &'a InputRead>) -> Vec<String> {
    let mut files: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for input in inputs {
        for note in &input.notes {
            files.entry((&input.table, note)).or_default().push(&input.name);
        }
    }
    files
        .into_iter()
        .map(|((table, note), names)| match &names[..] {
            [name] => format!("{name}: {note}"),
            names => format!("{} files of {table}: {note}", names.len()),
        })
        .collect()
}

/// G9: call ids that are no call's own. Each of their rows is taken for a call of its own.
pub fn call_ids(account_id: &str, join: &DayJoin) -> Option<GateReport> {
    let Ungrouped { rounded, shared } = join.ungrouped;
    let mut told = Vec::new();
    if rounded > 0 {
        told.push(format!(
            "{} of {} {} an id that a spreadsheet has cut to fifteen digits",
            thousands(&rounded.to_string()),
            counted(join.legs, "call row", "call rows"),
            if rounded == 1 { "bears" } else { "bear" }
        ));
    }
    if shared > 0 {
        told.push(format!(
            "{shared} of {} bear one that rows hours apart share",
            join.legs
        ));
    }
    let detail = format!(
        "account {account_id}: {}; each of these rows was taken for a call of its own, so that calls passed on count twice. Hand \
         in the export as it came, not saved again by a spreadsheet",
        told.join(", and ")
    );
    (!told.is_empty()).then(|| report(Gate::G9Schema, GateStatus::Warn, detail))
}

/// G9: an inventory without a line is a broken or foreign export, not a company without phones.
pub fn inventory(account_id: &str, lines: usize) -> Option<GateReport> {
    let detail =
        format!("account {account_id}: no line was read; is the line list empty, or of another account?");
    (lines == 0).then(|| report(Gate::G9Schema, GateStatus::Block, detail))
}

/// Of `all` rows so many: `call rows have`.
fn rows_have(some: u64, all: u64) -> String {
    let have = if some == 1 { "has" } else { "have" };
    format!("{} {have}", counted(all, "call row", "call rows"))
}
