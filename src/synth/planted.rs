//! What is planted where an account is made with faults: which line bears which fault, and near misses beside them.

use chrono::{Datelike, NaiveDate};

use super::contracts::ContractId;
use super::days::shift;
use super::kinds::TruthKind;
use super::life::Life;
use super::population::{Population, SynthLine};
use crate::domain::{Tier, add_months};

/// Lines taken away that stand in the inventory for faults, beside those of every account.
pub(super) const REMOVED_LINES: u32 = 4;
/// Of those, the first ones are billed after their end.
const BILLED_AFTER_REMOVAL: usize = 2;
/// The first dead lines have a decision to keep them.
const DEAD_LINES_KEPT: usize = 3;

/// What is planted on a line: one thing a line at most, so that no charge bears two faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Planted {
    Duplicate,
    AfterRemoval,
    TierMismatch,
    TermMismatch,
    RateAboveContract,
    ProrationError,
    PromotionEnded,
    BelowCommitment,
    Unbilled,
    /// The silent line of a person who holds another.
    SecondLine,
    /// Near miss: has a second line, and uses this one.
    FirstLine,
    /// Near miss: a right proration beside the first full month.
    Joined,
    /// Near miss: the list price, and a promotion row that takes it down to the contract's.
    Promoted,
    /// Near miss: ended in the period that is billed.
    EndedInPeriod,
    /// Near miss: ended in the period before, and given back what was paid in advance.
    Credited,
}

type Fits = fn(&SynthLine) -> bool;

/// How many lines in use bear what. Those that few lines fit choose first.
const ON_LINES_IN_USE: [(Planted, usize, Fits); 10] = [
    (Planted::BelowCommitment, 3, |line| {
        line.line.tier == Some(Tier::Mobile)
    }),
    (Planted::TermMismatch, 2, is_annual),
    (Planted::Promoted, 1, is_annual),
    (Planted::TierMismatch, 2, |line| {
        line.line.tier < Some(Tier::Advanced)
    }),
    (Planted::PromotionEnded, 3, |_| true),
    (Planted::RateAboveContract, 2, |_| true),
    (Planted::Duplicate, 2, |_| true),
    (Planted::ProrationError, 2, |_| true),
    (Planted::Joined, 1, |_| true),
    (Planted::Unbilled, 2, |_| true),
];

fn is_annual(line: &SynthLine) -> bool {
    line.contract != ContractId::Monthly
}

/// The date of the newest invoice of an account whose last day is this: the first of its month.
pub(super) fn newest_invoice(last_day: NaiveDate) -> NaiveDate {
    last_day.with_day(1).unwrap_or(last_day)
}

/// Plants on an account whose last lines are the removed ones that are there for faults.
pub(super) fn plant(population: &mut Population, second_lines: bool) {
    let invoice_date = newest_invoice(population.span.last);
    let span_first = population.span.first;
    let in_use = |line: &SynthLine| {
        matches!(
            line.truth,
            TruthKind::Heavy | TruthKind::PartTime | TruthKind::Weekly
        ) && line.life.seat_since < span_first
            && line.life.seat_until.is_none()
    };
    for (planted, count, fits) in ON_LINES_IN_USE {
        let lines = population.lines.iter_mut();
        let free = lines.filter(|line| line.planted.is_none() && in_use(line) && fits(line));
        for (place, line) in free.take(count).enumerate() {
            plant_on(line, planted, shift(invoice_date, -9 - 3 * place as i64));
        }
    }
    plant_on_silent_lines(population, in_use, second_lines);
    plant_on_removed_lines(population, invoice_date);
}

fn plant_on(line: &mut SynthLine, planted: Planted, joined_on: NaiveDate) {
    line.planted = Some(planted);
    match planted {
        Planted::PromotionEnded => sign(line, ContractId::Promotional),
        Planted::BelowCommitment => sign(line, ContractId::Committed),
        Planted::ProrationError | Planted::Joined => {
            line.truth = TruthKind::Joiner;
            line.life.seat_since = joined_on;
            line.life.used_from = joined_on;
            line.line.seat_since = Some(joined_on);
            line.line.activated_on = Some(joined_on);
        }
        _ => {}
    }
}

fn sign(line: &mut SynthLine, contract: ContractId) {
    line.contract = contract;
    line.line.contract_id = Some(contract.as_str().to_owned());
    line.line.term = Some(contract.term());
}

/// A silent line below a commitment cannot be handed back, and one person holds a silent line beside one in use.
fn plant_on_silent_lines(
    population: &mut Population,
    in_use: impl Fn(&SynthLine) -> bool,
    second_lines: bool,
) {
    let span_first = population.span.first;
    let lines = population.lines.iter().enumerate();
    let silent: Vec<usize> = lines
        .filter(|(_, line)| line.truth == TruthKind::Dead)
        .skip(DEAD_LINES_KEPT)
        .map(|(index, _)| index)
        .collect();
    let [committed, second, ..] = silent[..] else {
        return;
    };
    for index in [committed, second] {
        population.lines[index].life.dead_since = Some(span_first);
    }
    plant_on(
        &mut population.lines[committed],
        Planted::BelowCommitment,
        span_first,
    );
    population.lines[committed].line.tier = Some(Tier::Mobile);
    let free = |line: &&mut SynthLine| line.planted.is_none() && in_use(line);
    let Some(first) = population.lines.iter_mut().filter(|_| second_lines).find(free) else {
        return;
    };
    first.planted = Some(Planted::FirstLine);
    let holder = first.line.clone();
    let second = &mut population.lines[second];
    second.planted = Some(Planted::SecondLine);
    second.line.user_id = holder.user_id;
    second.line.login_name = holder.login_name;
    second.line.email = holder.email;
    second.line.first_name = holder.first_name;
    second.line.last_name = holder.last_name;
    second.line.role = holder.role;
    second.line.department = holder.department;
    second.line.cost_center = holder.cost_center;
    second.line.manager_email = holder.manager_email;
}

fn plant_on_removed_lines(population: &mut Population, invoice_date: NaiveDate) {
    let last = population.span.last;
    let first_removed = population.lines.len().saturating_sub(REMOVED_LINES as usize);
    for (place, line) in population.lines[first_removed..].iter_mut().enumerate() {
        let (planted, until) = match place {
            ..BILLED_AFTER_REMOVAL => (Planted::AfterRemoval, shift(add_months(invoice_date, -1), -10)),
            BILLED_AFTER_REMOVAL => (Planted::Credited, shift(invoice_date, -12)),
            _ => (Planted::EndedInPeriod, shift(invoice_date, 3).min(last)),
        };
        line.planted = Some(planted);
        line.life = Life {
            departed_on: Some(shift(until, -4)),
            dead_since: Some(shift(until, -3)),
            seat_until: Some(until),
            ..line.life.clone()
        };
        line.line.seat_until = Some(until);
        if planted == Planted::Credited {
            sign(line, ContractId::Monthly);
        }
    }
}
