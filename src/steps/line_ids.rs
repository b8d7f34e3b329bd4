//! A line keeps the name under which earlier nights reported it: its findings, decisions and calls stand under that name.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;

use crate::domain::{Decision, KnownLine, Line};

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
    let mut by_external: HashMap<&str, &Line> = missing()
        .filter_map(|line| Some((line.external_id.as_deref()?, line)))
        .collect();
    let mut by_extension: HashMap<&str, &Line> =
        missing().map(|line| (line.extension.as_str(), line)).collect();
    let is_new = |line: &&mut Line| {
        !line.extension.is_empty() && !line.ended_by(as_of) && !known_ids.contains(line.line_id.as_str())
    };
    for line in lines.iter_mut().filter(is_new) {
        let by_id = line.external_id.as_deref().and_then(|id| by_external.get(id));
        let by_place = by_extension
            .get(line.extension.as_str())
            .filter(|known| known.external_id.is_none() || line.external_id.is_none());
        let Some(same) = by_id.or(by_place).copied() else {
            continue;
        };
        by_extension.remove(same.extension.as_str());
        if let Some(id) = &same.external_id {
            by_external.remove(id.as_str());
        }
        line.line_id.clone_from(&same.line_id);
    }
}

/// Decisions that name a line by an external id which came after its name.
pub fn follow_ids(
    mut decisions: Vec<Decision>,
    lines: &[Line],
    seen: &BTreeMap<String, NaiveDate>,
) -> Vec<Decision> {
    let by_external: HashMap<&str, &Line> = lines
        .iter()
        .filter_map(|line| Some((line.external_id.as_deref()?, line)))
        .filter(|(id, line)| *id != line.line_id && !line.line_id.contains('@'))
        .collect();
    for named in decisions.iter_mut().filter_map(|made| made.line_id.as_mut()) {
        if let Some(line) = by_external
            .get(named.as_str())
            .filter(|_| !seen.contains_key(named.as_str()))
        {
            named.clone_from(&line.line_id);
        }
    }
    decisions
}
