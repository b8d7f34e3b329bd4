//! A line keeps the name under which earlier nights reported it: its findings, decisions and calls stand under that name.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;

use crate::domain::{Decision, KnownLine, Line, bare_extension, entries_in, folded, names_in, without_zeros};

/// Names a line that is there under another id as it was named on the last reported night: one whose external id came later,
/// or is left out tonight. It is the same line by its external id, or by its extension where only one of the two nights tells
/// an external id.
pub fn keep_ids(lines: &mut [Line], known: &[KnownLine], as_of: NaiveDate) {
    let own: HashSet<String> = lines.iter().map(|line| line.line_id.clone()).collect();
    let here = || known.iter().filter(|known| known.gone_on.is_none());
    let known_ids: HashSet<&str> = here().map(|known| known.line.line_id.as_str()).collect();
    let missing = || {
        here()
            .map(|known| &known.line)
            .filter(|line| !own.contains(&line.line_id))
    };
    let mut by_external: HashMap<Cow<str>, &Line> = missing()
        .filter_map(|line| Some((folded(line.external_id.as_deref()?), line)))
        .collect();
    let mut by_extension: HashMap<&str, &Line> =
        missing().map(|line| (line.extension.as_str(), line)).collect();
    // The zeros of an extension are lost in a spreadsheet, where they do not tell two lines apart.
    let alike: Vec<String> = lines
        .iter()
        .map(|line| without_zeros(&line.extension).to_owned())
        .collect();
    let without_its_zeros = |line: &Line| {
        let trimmed = without_zeros(&line.extension);
        let known = only(missing().filter(|known| without_zeros(&known.extension) == trimmed))?;
        only(alike.iter().filter(|other| *other == trimmed)).map(|_| known)
    };
    let is_new = |line: &&mut Line| {
        !line.extension.is_empty() && !line.ended_by(as_of) && !known_ids.contains(line.line_id.as_str())
    };
    for line in lines.iter_mut().filter(is_new) {
        let by_id = line
            .external_id
            .as_deref()
            .and_then(|id| by_external.get(&folded(id)));
        let by_place = by_extension
            .get(line.extension.as_str())
            .copied()
            .or_else(|| {
                without_its_zeros(line).filter(|known| by_extension.contains_key(known.extension.as_str()))
            })
            .filter(|known| known.external_id.is_none() || line.external_id.is_none());
        let Some(same) = by_id.copied().or(by_place) else {
            continue;
        };
        by_extension.remove(same.extension.as_str());
        if let Some(id) = &same.external_id {
            by_external.remove(&folded(id));
        }
        line.line_id.clone_from(&same.line_id);
    }
}

/// Decisions by the names of tonight's lines: where one names its line by an external id that came after its name, as a
/// spreadsheet wrote it, without its zeros, or by the word that people have for it.
pub fn follow_ids(
    decisions: Vec<Decision>,
    lines: &[Line],
    seen: &BTreeMap<String, NaiveDate>,
) -> Vec<Decision> {
    let own: HashSet<&str> = lines.iter().map(|line| line.line_id.as_str()).collect();
    let by_external: HashMap<&str, &Line> = lines
        .iter()
        .filter_map(|line| Some((line.external_id.as_deref()?, line)))
        .filter(|(id, line)| *id != line.line_id && !line.line_id.contains('@'))
        .collect();
    let follow = |made: Decision| {
        let fits_none = |named: &&str| !own.contains(named) && !seen.contains_key(*named);
        let Some(named) = made.line_id.as_deref().filter(fits_none) else {
            return vec![made];
        };
        let line = by_external.get(named).copied();
        let mut found: Vec<&Line> = line
            .or_else(|| written_alike(named, made.holder.as_deref(), lines))
            .into_iter()
            .collect();
        // Wrongly kept costs money; a keep that reaches no line costs somebody the phone.
        if found.is_empty() && made.decision.sets_aside() && made.finding_id.is_none() {
            let is_kept = |line: &&Line| line.seat_until.is_none() && is_named_in(named, line);
            found.extend(lines.iter().filter(is_kept));
        }
        let on = |line: &&Line| Decision {
            line_id: Some(line.line_id.clone()),
            ..made.clone()
        };
        match found.is_empty() {
            true => vec![made],
            false => found.iter().map(on).collect(),
        }
    };
    decisions.into_iter().flat_map(follow).collect()
}

/// Whether what somebody wrote where a line's id belongs names this line: its id, its extension or its holder, alone or among
/// others.
pub(in crate::steps) fn is_named_in(text: &str, line: &Line) -> bool {
    let external = line.external_id.as_deref();
    let ids = [
        Some(line.line_id.as_str()),
        Some(line.extension.as_str()),
        external,
    ];
    let is_it = |name: &str| {
        let is_id = |id: &str| !id.is_empty() && is_id_of(name, id);
        ids.into_iter().flatten().any(is_id) || line.is_held_by(name)
    };
    is_it(text) || entries_in(text).chain(names_in(text)).any(is_it)
}

/// The only line whose id differs in its writing alone; of several the one whose holder stands beside it.
fn written_alike<'a>(named: &str, holder: Option<&str>, lines: &'a [Line]) -> Option<&'a Line> {
    let alike = || lines.iter().filter(|line| is_id_of(named, &line.line_id));
    let is_holders = |line: &&Line| holder.is_some_and(|holder| line.is_held_by(holder));
    only(alike()).or_else(|| only(alike().filter(is_holders)))
}

/// Whether an id that came back from a spreadsheet is this one.
pub(in crate::steps) fn is_id_of(named: &str, id: &str) -> bool {
    without_zeros(bare_extension(&folded(named))) == without_zeros(&folded(id))
}

fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next();
    first.filter(|_| found.next().is_none())
}
