//! People whom the lines need not have, so that what finance reads can leave them out.

use std::collections::BTreeSet;

use crate::domain::Decision;
use crate::steps::roster::normalise::Roster;
use crate::steps::usage::unlisted::Unlisted;

/// By login, address or name: of the directory, of decisions, and of the calls.
pub fn named_elsewhere(roster: &Roster, decisions: &[Decision], unlisted: &[Unlisted]) -> BTreeSet<String> {
    let decided = decisions
        .iter()
        .flat_map(|decision| [&decision.owner, &decision.holder]);
    let called = unlisted
        .iter()
        .filter_map(|named| named.name.strip_prefix("login "));
    let named = decided
        .flatten()
        .map(String::as_str)
        .chain(called)
        .map(str::to_owned);
    named.chain(roster.people.iter().cloned()).collect()
}
