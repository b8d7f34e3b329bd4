//! Contracts whose notice runs out soon: the one day on which an annual bill can be changed.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use crate::domain::{
    Account, Cents, Contract, Finding, FindingKind, InForce, ScoredLine, Term, Tier, UnreadContract,
};
use crate::steps::bill::contract_lines::{lines_of_contract, lines_of_row};
use crate::steps::finding::blank;
use crate::steps::finding::finding_id;
use crate::steps::savings::recover::at_renewal;

/// How far ahead a deadline is told.
const TOLD_DAYS_AHEAD: u64 = 90;

/// Contract rows that could not be used, in words: no price is held against them.
pub(in crate::steps) fn unread_contracts(unread: &[UnreadContract]) -> Vec<String> {
    let told = |row: &UnreadContract| {
        format!(
            "Contract {} could not be read ({}): no price that is billed under it was held against it.",
            row.contract_id, row.origin
        )
    };
    unread.iter().map(told).collect()
}

/// Promotional prices that end within 90 days, in words: nothing can be had back of them, and asking in time may help.
pub(in crate::steps) fn ending_promotions(
    contracts: &[Contract],
    lines: &[ScoredLine],
    account: &Account,
    as_of: NaiveDate,
) -> Vec<String> {
    let contracts = InForce::on(as_of, contracts);
    let told = |row: &&Contract| ending_promotion(row, &contracts, lines, account, as_of);
    contracts.rows().iter().filter_map(told).collect()
}

/// What a contract's lines will cost more once its promotion is over.
fn ending_promotion(
    contract: &Contract,
    contracts: &InForce<'_>,
    lines: &[ScoredLine],
    account: &Account,
    as_of: NaiveDate,
) -> Option<String> {
    let ends_on = contract
        .promo_ends_on
        .filter(|day| *day > as_of && *day <= as_of + Days::new(TOLD_DAYS_AHEAD))?;
    let (price, list) = (contract.unit_price?, contract.list_price?);
    let count = lines_of_row(contract, contracts, lines).count();
    let more = (list - price).times(count as i64);
    if more <= Cents::ZERO {
        return None;
    }
    let (id, currency) = (&contract.contract_id, account.currency);
    let tier = contract.tier.map_or("", Tier::as_str);
    Some(format!(
        "The promotional price of contract {id}, {currency} {price}, ends on {ends_on}; its list price is {currency} {list}. \
         {} would cost {currency} {more} more a month from then on: ask for the price before.",
        match count {
            1 => format!("Its {tier} line"),
            _ => format!("Its {count} {tier} lines"),
        }
        .replace("  ", " ")
    ))
}

/// One finding for each annual contract whose notice runs out within 90 days. Rows of one contract that end
/// on different days are told by the first deadline.
pub(in crate::steps) fn renewal_notices(
    contracts: &[Contract],
    lines: &[ScoredLine],
    account: &Account,
    as_of: NaiveDate,
) -> Vec<Finding> {
    // Of rows with one deadline that which renews itself is told: there something is lost by waiting.
    let urgency =
        |(deadline, row): (NaiveDate, &Contract)| (deadline, row.auto_renew == Some(false), row.end_on);
    let mut due: BTreeMap<&str, (NaiveDate, &Contract)> = BTreeMap::new();
    let contracts = InForce::on(as_of, contracts);
    let annual = |contract: &&Contract| contract.term == Term::Annual;
    for contract in contracts.rows().iter().copied().filter(annual) {
        let renewal = at_renewal(contract, as_of);
        let Some(deadline) = renewal.notice_by else {
            continue;
        };
        let first = due.entry(&contract.contract_id).or_insert((deadline, contract));
        if urgency((deadline, contract)) < urgency(*first) {
            *first = (deadline, contract);
        }
    }
    due.into_iter()
        .filter(|(_, (deadline, _))| *deadline > as_of && *deadline <= as_of + Days::new(TOLD_DAYS_AHEAD))
        .map(|(id, (deadline, contract))| {
            let renewal = at_renewal(contract, as_of);
            let covered = || lines_of_contract(id, &contracts, lines);
            let wasted = || covered().filter(|line| line.verdict.is_waste());
            let cost: Cents = covered().map(|line| line.cost.monthly_cost).sum();
            let idle: Cents = wasted().map(|line| line.cost.monthly_cost).sum();
            let currency = account.currency;
            let end = renewal.term_end.unwrap_or(deadline);
            let what = match contract.auto_renew {
                Some(false) => format!("ends on {end}; its notice asks to be told by {deadline}"),
                _ => format!("renews after {end} unless notice is given by {deadline}"),
            };
            Finding {
                finding_id: finding_id(
                    FindingKind::RenewalNotice,
                    &[&account.account_id, id, &end.to_string()],
                ),
                contract_id: Some(id.to_owned()),
                subject: format!("contract {id}"),
                evidence: format!(
                    "Contract {id} {what}. {}",
                    coverage(
                        (covered().count(), wasted().count()),
                        &format!("{currency} {cost}"),
                        &format!("{currency} {idle}")
                    )
                ),
                recoverable_on: end.succ_opt(),
                notice_by: renewal.notice_by,
                ..blank(FindingKind::RenewalNotice, account, as_of)
            }
        })
        .collect()
}

/// How many lines a contract covers at what, and how many of them are not used.
fn coverage((lines, wasted): (usize, usize), cost: &str, idle: &str) -> String {
    match (lines, wasted) {
        (0, _) => "It covers no line of the list.".to_owned(),
        (1, 0) => format!("It covers 1 line at {cost} a month, which is not found idle."),
        (1, _) => format!("It covers 1 line at {cost} a month, which is not used."),
        (_, 0) => format!("It covers {lines} lines at {cost} a month, none of them found idle."),
        (_, 1) => {
            format!("It covers {lines} lines at {cost} a month; 1 of them, {idle} a month, is not used.")
        }
        (..) => {
            format!(
                "It covers {lines} lines at {cost} a month; {wasted} of them, {idle} a month, are not used."
            )
        }
    }
}
