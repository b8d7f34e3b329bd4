//! Users and extensions as rows of the `lines` table: one for each extension, and one for each user without.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::body::BROKEN_LETTER;
use super::page::Text;
use crate::domain::Tier;

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct User {
    pub id: Option<Text>,
    email: Option<Text>,
    login_name: Option<Text>,
    first_name: Option<Text>,
    last_name: Option<Text>,
    extensions: Option<Vec<UserExtension>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct UserExtension {
    extension_number: Option<Text>,
    dids: Option<Vec<Did>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Extension {
    pub extension_number: Option<Text>,
    pub external_id: Option<Text>,
    user: Option<User>,
    location_id: Option<Text>,
    dids: Option<Vec<Did>>,
    extension_handsets: Option<Vec<Handset>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Did {
    phone_number: Option<Text>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Handset {
    sip_id: Option<Text>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Location {
    id: Option<Text>,
    name: Option<Text>,
    address: Option<Address>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Address {
    time_zone: Option<Text>,
}

impl User {
    /// What tells users apart.
    pub(super) fn key(&self) -> Option<String> {
        let keys = [&self.id, &self.login_name, &self.email];
        keys.into_iter().find_map(|key| text(key.clone()))
    }
}

impl Extension {
    pub(super) fn key(&self) -> Option<String> {
        text(self.extension_number.clone())
    }
}

/// A row of the `lines` table, under its own column names.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct LineRow {
    account_id: String,
    pub extension: Option<String>,
    pub external_id: Option<String>,
    pub user_id: Option<String>,
    pub login_name: Option<String>,
    pub email: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    tier: Option<Tier>,
    pub location: Option<String>,
    pub time_zone: Option<String>,
    dids: Vec<String>,
    sip_ids: Vec<String>,
    records_on_demand: Option<bool>,
}

/// A row for each extension, and one for each user without. A user is looked for on both sides: an extension whose holder
/// only the user list names is not nobody's.
pub(super) fn line_rows(
    account_id: &str,
    locations: &[Location],
    users: Vec<User>,
    extensions: Vec<Extension>,
    records_on_demand: &BTreeMap<String, bool>,
) -> Vec<LineRow> {
    let places: HashMap<&str, &Location> = locations
        .iter()
        .filter_map(|place| Some((place.id.as_ref()?.0.as_str(), place)))
        .collect();
    let mut rows: BTreeMap<String, LineRow> = BTreeMap::new();
    for extension in extensions {
        let Some(number) = text(extension.extension_number) else {
            continue;
        };
        let place = extension
            .location_id
            .as_ref()
            .and_then(|id| places.get(id.0.as_str()));
        let row = LineRow {
            account_id: account_id.to_owned(),
            extension: Some(number.clone()),
            external_id: text(extension.external_id),
            location: place.and_then(|place| text(place.name.clone())),
            time_zone: place.and_then(|place| text(place.address.clone()?.time_zone)),
            dids: numbers(extension.dids),
            sip_ids: extension
                .extension_handsets
                .into_iter()
                .flatten()
                .filter_map(|handset| text(handset.sip_id))
                .collect(),
            ..LineRow::default()
        };
        rows.insert(number, held_by(row, extension.user.as_ref()));
    }
    let mut seatless = Vec::new();
    for user in users {
        let own = user.extensions.clone().unwrap_or_default();
        let mut has_line = false;
        for extension in own {
            let Some(number) = text(extension.extension_number) else {
                continue;
            };
            has_line = true;
            let row = rows.entry(number.clone()).or_insert_with(|| LineRow {
                account_id: account_id.to_owned(),
                extension: Some(number),
                ..LineRow::default()
            });
            if row.user_id.is_none() && row.login_name.is_none() && row.email.is_none() {
                *row = held_by(row.clone(), Some(&user));
            }
            for did in numbers(extension.dids) {
                if !row.dids.contains(&did) {
                    row.dids.push(did);
                }
            }
        }
        let named = user.id.as_ref();
        if !has_line
            && !rows
                .values()
                .any(|row| named.is_some_and(|id| row.user_id.as_ref() == Some(&id.0)))
        {
            let empty = LineRow {
                account_id: account_id.to_owned(),
                ..LineRow::default()
            };
            seatless.push(held_by(empty, Some(&user)));
        }
    }
    seatless.sort();
    for row in rows.values_mut() {
        let user_id = row.user_id.as_ref();
        row.records_on_demand = user_id.and_then(|id| records_on_demand.get(id).copied());
    }
    rows.into_values().chain(seatless).collect()
}

/// Gives the rows the tier that their extension's detail tells of.
pub(super) fn set_tiers(rows: &mut [LineRow], tier_of: &dyn Fn(&str) -> Option<Tier>) {
    for row in rows {
        row.tier = row.external_id.as_deref().and_then(tier_of);
    }
}

fn held_by(row: LineRow, user: Option<&User>) -> LineRow {
    let Some(user) = user else { return row };
    LineRow {
        user_id: text(user.id.clone()),
        login_name: text(user.login_name.clone()),
        email: text(user.email.clone()),
        first_name: text(user.first_name.clone()),
        last_name: text(user.last_name.clone()),
        ..row
    }
}

/// None for a cell with a letter that could not be read: no key may be a part of one.
fn text(text: Option<Text>) -> Option<String> {
    text.map(|text| text.0.trim().to_owned())
        .filter(|text| !text.is_empty() && !text.contains(BROKEN_LETTER))
}

fn numbers(dids: Option<Vec<Did>>) -> Vec<String> {
    dids.into_iter()
        .flatten()
        .filter_map(|did| text(did.phone_number))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(users: &str, extensions: &str) -> Vec<String> {
        let locations = r#"[{"id":"7","name":"Denver","address":{"time_zone":"America/Denver"}}]"#;
        let mut rows = line_rows(
            "1",
            &serde_json::from_str::<Vec<Location>>(locations).unwrap(),
            serde_json::from_str(users).unwrap(),
            serde_json::from_str(extensions).unwrap(),
            &BTreeMap::from([("5".to_owned(), true), ("6".to_owned(), false)]),
        );
        set_tiers(&mut rows, &|id| (id == "e1").then_some(Tier::Premium));
        let shown = |row: &LineRow| {
            let value = serde_json::to_value(row).unwrap();
            let fields = value.as_object().unwrap().iter().filter(|(key, value)| {
                key.as_str() != "account_id"
                    && !value.is_null()
                    && !value.as_array().is_some_and(Vec::is_empty)
            });
            fields
                .map(|(key, value)| format!("{key}={value}"))
                .collect::<Vec<_>>()
                .join(" ")
                .replace('"', "")
        };
        rows.iter().map(shown).collect()
    }

    #[test]
    fn numbers_and_texts_null_users_and_both_sides_of_a_holder() {
        let users = r#"[
            {"id":5,"login_name":"Ada","extensions":[{"extension_number":1001,"dids":[{"phone_number":"1212"}]}]},
            {"id":"6","login_name":"bob","extensions":[{"extension_number":"0102"}]},
            {"id":7,"login_name":"admin","extensions":[]}, {"id":8,"login_name":"cy","extensions":null}]"#;
        let extensions = r#"[
            {"extension_number":"1001","external_id":"e1","user":null,"location_id":7,"dids":[{"phone_number":1212}],
             "extension_handsets":[{"handset_name":"","sip_id":"VH1"}]},
            {"extension_number":500,"user":null,"extension_handsets":null},
            {"extension_number":900,"user":{"id":8,"login_name":"cy"}}]"#;
        insta::assert_snapshot!(rows(users, extensions).join("\n"), @"
        extension=0102 login_name=bob records_on_demand=false user_id=6
        dids=[1212] extension=1001 external_id=e1 location=Denver login_name=Ada records_on_demand=true sip_ids=[VH1] tier=premium time_zone=America/Denver user_id=5
        extension=500
        extension=900 login_name=cy user_id=8
        login_name=admin user_id=7
        ");
    }
}
