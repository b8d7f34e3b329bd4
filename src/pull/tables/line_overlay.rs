//! Lines from the API and from files: the API says which lines there are and who holds them, the files add what it does not
//! know (tier, term, contract, since when), former holders, and kinds.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::domain::{Line, Origin, user_key};

use crate::pull::PullError;
use crate::pull::fault::{CellFault, Weight};
use crate::pull::tables::table::{Gathered, Placed};

type Extension = (String, String);

/// Does nothing for accounts whose lines are not from the API.
pub(in crate::pull) fn lay_over(lines: &mut Gathered<Line>) -> Result<(), PullError> {
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
    let mut said: BTreeMap<usize, (usize, Line)> = BTreeMap::new();
    let mut absorbed = BTreeSet::new();
    let mut clashes: BTreeMap<usize, CellFault> = BTreeMap::new();
    for (at, placed) in lines.items.iter().enumerate() {
        let adds = placed.from == Origin::Files && from_api.contains(&placed.item.account_id);
        if !adds || placed.item.seat_until.is_some() {
            continue;
        }
        let Some(inventory) = found.of(&placed.item) else {
            continue;
        };
        let (first, line) = said.entry(inventory).or_insert_with(|| (at, placed.item.clone()));
        match *first == at || complete(line, &placed.item) {
            true => {
                absorbed.insert(at);
            }
            false => {
                let first = &lines.items[*first];
                let place = (lines.inputs[first.file].name.as_str(), first.row);
                clashes.insert(at, says_otherwise(&placed.item, place));
            }
        }
    }
    let mut disagreements = BTreeSet::new();
    for (inventory, (_, line)) in said {
        if !lay(&mut lines.items[inventory].item, line) {
            disagreements.insert(lines.items[inventory].item.extension.clone());
        }
    }
    let absorbed = absorbed
        .into_iter()
        .map(|at| at - clashes.range(..at).count())
        .collect();
    lines.sift(|_, at| clashes.get(&at).cloned())?;
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

/// Adds what another row of the same line says; false where the two contradict each other.
fn complete(line: &mut Line, other: &Line) -> bool {
    fn fill<T: PartialEq + Clone>(own: &mut Option<T>, other: &Option<T>) -> bool {
        if own.is_none() {
            own.clone_from(other);
        }
        other.is_none() || own == other
    }
    /// A spelling is no other user, and the later sign of a phone is as true as the earlier.
    fn agrees(own: &Option<String>, other: &Option<String>) -> bool {
        let (Some(own), Some(other)) = (own, other) else {
            return true;
        };
        user_key(own) == user_key(other)
    }
    let mut filled = line.clone();
    filled.handset_registered_at = line.handset_registered_at.max(other.handset_registered_at);
    let user = |line: &Line| line.has_user() || line.is_named();
    let states_agree = !user(line) || !user(other) || line.status == other.status;
    let agree = [
        states_agree,
        fill(&mut filled.external_id, &other.external_id),
        agrees(&line.user_id, &other.user_id),
        agrees(&line.login_name, &other.login_name),
        agrees(&line.email, &other.email),
        fill(&mut filled.first_name, &other.first_name),
        fill(&mut filled.last_name, &other.last_name),
        fill(&mut filled.role, &other.role),
        fill(&mut filled.kind, &other.kind),
        fill(&mut filled.tier, &other.tier),
        fill(&mut filled.term, &other.term),
        fill(&mut filled.contract_id, &other.contract_id),
        fill(&mut filled.location, &other.location),
        fill(&mut filled.time_zone, &other.time_zone),
        fill(&mut filled.seat_since, &other.seat_since),
        fill(&mut filled.activated_on, &other.activated_on),
        fill(&mut filled.department, &other.department),
        fill(&mut filled.cost_center, &other.cost_center),
        fill(&mut filled.manager_email, &other.manager_email),
        fill(&mut filled.records_on_demand, &other.records_on_demand),
    ];
    if !agree.contains(&false) {
        filled.unread_cells.extend(other.unread_cells.iter().cloned());
        filled.unread_cells.sort();
        filled.unread_cells.dedup();
        if !user(line) {
            filled.status = other.status;
        }
        for (own, said) in [
            (&mut filled.user_id, &other.user_id),
            (&mut filled.login_name, &other.login_name),
            (&mut filled.email, &other.email),
        ] {
            if own.is_none() {
                own.clone_from(said);
            }
        }
        filled.dids.extend(other.dids.iter().cloned());
        filled.sip_ids.extend(other.sip_ids.iter().cloned());
        *line = filled;
        return true;
    }
    false
}

fn says_otherwise(line: &Line, (file, row): (&str, u64)) -> CellFault {
    let reason = format!(
        "extension {} stands already, with other values (row {row} of {file}); take one of the two out",
        line.extension
    );
    CellFault::new("extension", reason)
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
    inventory.unread_cells = file.unread_cells;
    true
}

/// A line that only a file has, in an account whose inventory is the API's: it is gone, or the file is of another account.
fn stranger(placed: &Placed<Line>, from_api: &HashSet<String>) -> Option<CellFault> {
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
        CellFault::new("extension", reason).weighing(Weight::Expected)
    })
}
