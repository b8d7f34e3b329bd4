//! Sums over groups of lines, so that no sum is one person's.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::{
    AccountStatement, Cents, Commitment, ExpectedWaste, KnownSum, Line, ScoredLine, TierTerm, folded,
    user_key,
};
use crate::render::values::discretion::{Discretion, SMALLEST_GROUP};

const MERGED_GROUP: &str = "other, under 5";
const NO_COST_CENTRE: &str = "no cost centre";

/// Lines and cost of one group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    pub name: String,
    pub lines: u32,
    pub idle_lines: u32,
    pub monthly_cost: KnownSum,
    pub idle_cost: KnownSum,
    /// None where none of its lines has a chance of silence, or too few have.
    pub expected_waste: Option<Cents>,
    with_chance: u32,
}

impl Group {
    fn add(&mut self, line: &ScoredLine) {
        self.lines += 1;
        self.monthly_cost.add(line.cost.known());
        if line.verdict.is_waste() {
            self.idle_lines += 1;
            self.idle_cost.add(line.cost.known());
        }
        if let Some(waste) = line.expected_waste {
            self.with_chance += 1;
            *self.expected_waste.get_or_insert_default() += waste;
        }
    }
}

/// Cost centres as finance may see them.
pub(super) fn cost_centres(account: &AccountStatement, names: &CostCentreNames<'_>) -> Vec<Group> {
    let mut groups: BTreeMap<(bool, &str), Group> = BTreeMap::new();
    for line in &account.lines {
        let name = names.shown(line);
        groups.entry((name == MERGED_GROUP, name)).or_default().add(line);
    }
    let named = groups.into_iter().map(|((_, name), group)| Group {
        name: name.to_owned(),
        ..group
    });
    let mut groups: Vec<Group> = named.collect();
    let few = of_too_few(&groups.iter().map(|group| group.with_chance).collect::<Vec<_>>());
    for at in few {
        groups[at].expected_waste = None;
    }
    groups
}

/// None of an account in which it would tell how silent a few people's lines are.
pub(super) fn of_account(account: &AccountStatement) -> Option<ExpectedWaste> {
    let is_of_many = |waste: &ExpectedWaste| waste.lines as usize >= SMALLEST_GROUP;
    account.expected_waste.filter(is_of_many)
}

pub(super) fn by_tier_term(account: &AccountStatement) -> Vec<TierTerm> {
    let mut cuts = account.by_tier_term.clone();
    let with_chance = |cut: &TierTerm| cut.expected_waste.map_or(0, |waste| waste.lines);
    for at in of_too_few(&cuts.iter().map(with_chance).collect::<Vec<_>>()) {
        cuts[at].expected_waste = None;
    }
    cuts
}

/// Those of many lines: the lines used in each month would be a few people's months.
pub(super) fn commitments(account: &AccountStatement) -> Vec<&Commitment> {
    let lines = |commitment: &Commitment| {
        let is_of = |line: &&ScoredLine| {
            line.cost
                .tier
                .is_some_and(|tier| commitment.tiers.contains(&tier))
        };
        account.lines.iter().filter(is_of).count()
    };
    let all = account.commitments.iter();
    all.filter(|commitment| lines(commitment) >= SMALLEST_GROUP)
        .collect()
}

/// The groups whose expected waste would tell how silent one line is: of few lines, and one more where what is left out of
/// the total would be a few lines' again.
fn of_too_few(with_chance: &[u32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..with_chance.len()).filter(|at| with_chance[*at] > 0).collect();
    order.sort_by_key(|at| with_chance[*at]);
    let mut left_out = 0;
    let mut few = Vec::new();
    for at in order {
        let is_few = (with_chance[at] as usize) < SMALLEST_GROUP;
        if !is_few && (left_out == 0 || left_out >= SMALLEST_GROUP) {
            break;
        }
        left_out += with_chance[at] as usize;
        few.push(at);
    }
    few
}

/// The names of cost centres as finance may read them.
pub(super) struct CostCentreNames<'a>(BTreeMap<&'a str, String>);

impl<'a> CostCentreNames<'a> {
    pub(super) fn of(account: &'a AccountStatement, discretion: &Discretion) -> CostCentreNames<'a> {
        let centres = by_centre(account.lines.iter().map(|line| &line.line));
        let named = centres.into_iter().filter(|(_, lines)| may_be_named(lines));
        CostCentreNames(named.map(|(name, _)| (name, discretion.label(name))).collect())
    }

    pub(super) fn shown(&self, line: &ScoredLine) -> &str {
        self.0
            .get(cost_centre(&line.line))
            .map_or(MERGED_GROUP, String::as_str)
    }
}

/// The name of a line's cost centre as it may stand in a file over these lines of several accounts.
pub(crate) fn named_by_many<'l>(lines: impl Iterator<Item = &'l Line>) -> impl Fn(&Line) -> Option<String> {
    let mut by_account: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        by_account.entry(&line.account_id).or_default().push(line);
    }
    let named: BTreeSet<(String, String)> = by_account
        .into_iter()
        .flat_map(|(account, lines)| {
            let named = by_centre(lines.into_iter())
                .into_iter()
                .filter(|(_, lines)| may_be_named(lines));
            named
                .map(|(name, _)| (account.to_owned(), name.to_owned()))
                .collect::<Vec<_>>()
        })
        .collect();
    move |line| match cost_centre(line) {
        NO_COST_CENTRE => None,
        name => Some(
            match named.contains(&(line.account_id.clone(), name.to_owned())) {
                true => name.to_owned(),
                false => MERGED_GROUP.to_owned(),
            },
        ),
    }
}

fn by_centre<'l>(lines: impl Iterator<Item = &'l Line>) -> BTreeMap<&'l str, Vec<&'l Line>> {
    let mut centres: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        centres.entry(cost_centre(line)).or_default().push(line);
    }
    centres
}

/// Held by enough people to be named, or by none: lifts and lobbies alone are nobody's.
fn may_be_named(lines: &[&Line]) -> bool {
    people(lines) >= SMALLEST_GROUP || lines.iter().all(|line| line.is_of_nobody())
}

/// How many people hold the lines: rows that share a login, an address, an id or a name are one person's.
fn people(lines: &[&Line]) -> usize {
    let mut of_key: HashMap<String, usize> = HashMap::new();
    // Of each row one of the same person's, or the row itself.
    let mut same: Vec<usize> = Vec::new();
    let first = |same: &[usize], mut at: usize| {
        while same[at] != at {
            at = same[at];
        }
        at
    };
    for line in lines
        .iter()
        .filter(|line| line.has_user() && !line.is_of_nobody())
    {
        let own = same.len();
        same.push(own);
        for key in keys(line) {
            let other = *of_key.entry(key).or_insert(own);
            let (here, there) = (first(&same, own), first(&same, other));
            same[here] = there;
        }
    }
    same.iter().enumerate().filter(|(at, of)| at == *of).count()
}

/// By what a line's holder is told.
fn keys(line: &Line) -> impl Iterator<Item = String> {
    let users = [&line.email, &line.login_name, &line.user_id]
        .into_iter()
        .flatten();
    let name = line.first_name.as_ref().zip(line.last_name.as_ref());
    let name = name.map(|(first, last)| folded(&format!("{first} {last}")).into_owned());
    users.map(|user| user_key(user).into_owned()).chain(name)
}

fn cost_centre(line: &Line) -> &str {
    line.cost_center
        .as_deref()
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .unwrap_or(NO_COST_CENTRE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_never_a_few_lines_sum() {
        assert_eq!(of_too_few(&[12, 7, 5]), [0usize; 0]);
        assert_eq!(
            of_too_few(&[12, 2, 7]),
            [1, 2],
            "two lines' would be what the total has more"
        );
        assert_eq!(of_too_few(&[12, 2, 3]), [1, 2]);
        assert_eq!(of_too_few(&[12, 0, 7]), [0usize; 0], "no sum, nothing to hide");
    }
}
