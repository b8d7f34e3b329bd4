//! Lines from the API and from files: the API says which lines there are and who holds them, the files add what it does not
//! know (tier, term, contract, since when), former holders, and kinds.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::domain::{Line, Origin, user_key};

use super::PullError;
use super::cells::{Fault, Weight};
use super::table::{Gathered, Placed};

type Extension = (String, String);

/// Does nothing for accounts whose lines are not from the API.
pub(super) fn lay_over(lines: &mut Gathered<Line>) -> Result<(), PullError> {
    let from_api: HashSet<String> = lines
        .items
        .iter()
        .filter(|placed| placed.from == Origin::Vonage)
        .map(|placed| placed.item.account_id.clone())
        .collect();
    if from_api.is_empty() {
        return Ok(());
    }
    let found = places(&lines.items);
    let mut absorbed = BTreeSet::new();
    let mut disagreements = BTreeSet::new();
    for at in 0..lines.items.len() {
        let placed = &lines.items[at];
        let adds = placed.from == Origin::Files && from_api.contains(&placed.item.account_id);
        if !adds || placed.item.seat_until.is_some() {
            continue;
        }
        let line = placed.item.clone();
        if let Some(inventory) = found.of(&line) {
            if !lay(&mut lines.items[inventory].item, line) {
                disagreements.insert(lines.items[inventory].item.extension.clone());
            }
            absorbed.insert(at);
        }
    }
    lines.absorb(&absorbed);
    lines.sift(|items, at| stranger(&items[at], &from_api))?;
    for extension in disagreements.iter().take(20) {
        lines.note(&format!(
            "extension {extension}: the file names another holder than the API; the API's holder stands, and what the file says of a person was not used"
        ));
    }
    Ok(())
}

/// Where the API's lines stand, by each of their keys.
struct Places {
    external_ids: HashMap<Extension, usize>,
    extensions: HashMap<Extension, usize>,
    users: HashMap<Extension, usize>,
}

fn places(items: &[Placed<Line>]) -> Places {
    let mut places = Places {
        external_ids: HashMap::new(),
        extensions: HashMap::new(),
        users: HashMap::new(),
    };
    for (at, placed) in items
        .iter()
        .enumerate()
        .filter(|(_, placed)| placed.from == Origin::Vonage)
    {
        let line = &placed.item;
        let key = |text: &str| (line.account_id.clone(), user_key(text).into_owned());
        if let Some(id) = &line.external_id {
            places.external_ids.insert(key(id), at);
        }
        if line.extension.is_empty() {
            for user in [&line.user_id, &line.login_name, &line.email]
                .into_iter()
                .flatten()
            {
                places.users.insert(key(user), at);
            }
        } else {
            places.extensions.insert(key(&line.extension), at);
        }
    }
    places
}

impl Places {
    /// By external id, then extension; a user without a seat by the user.
    fn of(&self, line: &Line) -> Option<usize> {
        let key = |text: &str| (line.account_id.clone(), user_key(text).into_owned());
        let by_id = line
            .external_id
            .as_ref()
            .and_then(|id| self.external_ids.get(&key(id)));
        let by_rest = || match line.extension.is_empty() {
            false => self.extensions.get(&key(&line.extension)),
            true => [&line.user_id, &line.login_name, &line.email]
                .into_iter()
                .flatten()
                .find_map(|user| self.users.get(&key(user))),
        };
        by_id.or_else(by_rest).copied()
    }
}

/// Fills what the API left blank; false where the file's row is about somebody else, of whom nothing is taken.
fn lay(inventory: &mut Line, file: Line) -> bool {
    let same = |a: &Option<String>, b: &Option<String>| match (a, b) {
        (Some(a), Some(b)) => Some(user_key(a) == user_key(b)),
        _ => None,
    };
    let checks = [
        same(&inventory.user_id, &file.user_id),
        same(&inventory.login_name, &file.login_name),
        same(&inventory.email, &file.email),
    ];
    let told: Vec<bool> = checks.into_iter().flatten().collect();
    let is_holder = told.is_empty() || told.contains(&true);
    let names_a_user = file.has_user() || file.is_named();
    inventory.external_id = inventory.external_id.take().or(file.external_id);
    inventory.kind = file.kind.or(inventory.kind);
    inventory.tier = file.tier.or(inventory.tier);
    inventory.term = file.term.or(inventory.term);
    inventory.contract_id = file.contract_id.or(inventory.contract_id.take());
    inventory.location = inventory.location.take().or(file.location);
    inventory.time_zone = inventory.time_zone.take().or(file.time_zone);
    for did in file.dids {
        if !inventory.dids.contains(&did) {
            inventory.dids.push(did);
        }
    }
    for sip_id in file.sip_ids {
        if !inventory.sip_ids.contains(&sip_id) {
            inventory.sip_ids.push(sip_id);
        }
    }
    if !is_holder {
        return false;
    }
    // An extension without a user in the API, whom the file names, is not nobody's.
    if !inventory.has_user() && names_a_user {
        inventory.user_id = file.user_id;
        inventory.login_name = file.login_name;
        inventory.email = file.email;
    }
    if names_a_user {
        inventory.status = file.status;
    }
    inventory.first_name = inventory.first_name.take().or(file.first_name);
    inventory.last_name = inventory.last_name.take().or(file.last_name);
    inventory.role = file.role;
    inventory.seat_since = file.seat_since;
    inventory.activated_on = file.activated_on;
    inventory.department = file.department;
    inventory.cost_center = file.cost_center;
    inventory.manager_email = file.manager_email;
    inventory.handset_registered_at = file.handset_registered_at;
    inventory.records_on_demand = inventory.records_on_demand.or(file.records_on_demand);
    true
}

/// A line that only a file has, in an account whose inventory is the API's: it is gone, or the file is of another account.
fn stranger(placed: &Placed<Line>, from_api: &HashSet<String>) -> Option<Fault> {
    let line = &placed.item;
    let is_stranger = placed.from == Origin::Files
        && from_api.contains(&line.account_id)
        && line.seat_until.is_none()
        && !line.extension.is_empty();
    is_stranger.then(|| {
        let reason = format!(
            "Vonage's inventory has no extension {}; where the line was removed, give its seat_until",
            line.extension
        );
        Fault::new("extension", reason).weighing(Weight::Expected)
    })
}
