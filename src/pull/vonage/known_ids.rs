//! What reported nights said of each extension and its holder, for a night on which the service leaves it out: an external
//! id names a line, and a line must not change its name because a field was empty.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::line_rows::LineRow;
use super::{ApiSources, VonageError};
use crate::domain::{TableName, folded};

/// By a digest of extension and holder: no name stands in it. What a reported night said once stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KnownIds(BTreeMap<String, Known>);

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    external_id: Option<String>,
    location: Option<String>,
    time_zone: Option<String>,
}

impl KnownIds {
    /// Fills in what tonight's rows leave out; gives what they say then. Places are filled in only where none could be had,
    /// and an id that another row bears tonight is that row's.
    pub(super) fn fill(&self, rows: &mut [LineRow], places_are_left_out: bool) -> KnownIds {
        let borne: BTreeSet<String> = rows.iter().filter_map(|row| row.external_id.clone()).collect();
        let mut tonight = KnownIds::default();
        for row in rows {
            let keys = keys_of(row);
            if let Some(known) = keys.iter().find_map(|key| self.0.get(key)) {
                let id = known.external_id.clone().filter(|id| !borne.contains(id));
                row.external_id = row.external_id.take().or(id);
                if places_are_left_out {
                    (row.location, row.time_zone) = (known.location.clone(), known.time_zone.clone());
                }
            }
            let said = Known {
                external_id: row.external_id.clone(),
                location: row.location.clone(),
                time_zone: row.time_zone.clone(),
            };
            // A row without a holder is still the extension that it was.
            let keys = keys.into_iter().chain(bare_key_of(row));
            tonight.0.extend(keys.map(|key| (key, said.clone())));
        }
        tonight
    }
}

impl ApiSources<'_> {
    /// A night was reported: what its pull said of the lines stands for the nights to come.
    pub fn believe(&self, night: NaiveDate) -> Result<(), VonageError> {
        for (source, account) in self
            .of_api()
            .filter(|(source, _)| source.table == TableName::Lines)
        {
            let folder = self.folder(source, account)?;
            let mut state = folder.state()?;
            let pull = state.pull.as_mut().filter(|pull| pull.as_of == night);
            let said = pull.map(|pull| std::mem::take(&mut pull.known_ids));
            if let Some(said) = said.filter(|said| !said.0.is_empty()) {
                state.known_ids.0.extend(said.0);
                folder.save_state(&state)?;
            }
        }
        Ok(())
    }
}

/// Another holder of the extension is another line.
fn keys_of(row: &LineRow) -> Vec<String> {
    let Some(extension) = &row.extension else {
        return Vec::new();
    };
    let holders = [&row.user_id, &row.login_name, &row.email];
    let keys: Vec<String> = holders
        .into_iter()
        .flatten()
        .map(|holder| digest(extension, &folded(holder)))
        .collect();
    match keys.is_empty() {
        true => bare_key_of(row).into_iter().collect(),
        false => keys,
    }
}

fn bare_key_of(row: &LineRow) -> Option<String> {
    row.extension.as_ref().map(|extension| digest(extension, ""))
}

fn digest(extension: &str, holder: &str) -> String {
    format!("{:032x}", xxh3_128(format!("{extension}\0{holder}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(extension: &str, login: &str, id: &str) -> LineRow {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let mut row = LineRow::default();
        row.extension = some(extension);
        row.login_name = some(login);
        row.external_id = some(id);
        row
    }

    #[test]
    fn an_id_goes_to_the_line_that_had_it_and_to_no_other() {
        let known = KnownIds::default().fill(&mut [row("101", "ada", "E1"), row("102", "", "E2")], false);
        let id_of = |tonight: &[LineRow]| {
            let mut rows = tonight.to_vec();
            known.fill(&mut rows, false);
            rows.first().and_then(|row| row.external_id.clone())
        };
        let some = |id: &str| Some(id.to_owned());
        assert_eq!(id_of(&[row("101", "Ada", "")]), some("E1"));
        assert_eq!(id_of(&[row("101", "ada", "E9")]), some("E9"));
        // Nobody's since: the same extension still. Somebody else's: another line.
        assert_eq!(id_of(&[row("101", "", "")]), some("E1"));
        assert_eq!(id_of(&[row("101", "bob", "")]), None);
        assert_eq!(id_of(&[row("102", "bob", "")]), None);
        assert_eq!(id_of(&[row("101", "ada", ""), row("205", "cy", "E1")]), None);
    }
}
