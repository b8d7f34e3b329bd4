//! How the newest bill was read, for whoever writes the price book's rules: each kind with its rows, its money and what they are called.

use std::collections::BTreeMap;

use crate::domain::{Cents, Charge, ChargeKind, Currency, Line};
use crate::render::values::cell::{counted, money};
use crate::render::values::discretion::Discretion;
use crate::render::values::plain;

/// Descriptions of one kind that are shown, those alike but for numbers and names once.
const SHOWN: usize = 20;

/// A description with its numbers as signs, since each line's has its own.
fn shape(description: &str) -> String {
    let mut shape = String::with_capacity(description.len());
    for letter in description.chars() {
        match letter.is_ascii_digit() {
            true if shape.ends_with('#') => {}
            true => shape.push('#'),
            false => shape.push(letter),
        }
    }
    shape
}

#[derive(Default)]
struct Read<'a> {
    rows: u32,
    amount: Cents,
    /// By what they say without numbers, the first of each.
    descriptions: BTreeMap<String, &'a str>,
}

/// A line for each kind of the classified charges, with what no rule knows last. Names of the lines' holders are left out.
pub fn bill_kinds(charges: &[Charge], lines: &[Line], currency: Currency) -> Vec<String> {
    let discretion = Discretion::of_people(lines, []);
    let mut kinds: BTreeMap<_, Read> = BTreeMap::new();
    for charge in charges {
        let kind = charge.charge_kind.unwrap_or(ChargeKind::Other);
        let seat = match kind {
            ChargeKind::LineMrc => (charge.tier, charge.term),
            _ => (None, None),
        };
        let read = kinds.entry((kind == ChargeKind::Other, kind, seat)).or_default();
        read.rows += 1;
        read.amount += charge.amount;
        let shape = shape(&discretion.without_names(&charge.description));
        let first = read.descriptions.entry(shape).or_insert(&charge.description);
        *first = (*first).min(&charge.description);
    }
    let told = kinds.into_iter().map(|((is_unknown, kind, (tier, term)), read)| {
        let words = [
            Some(plain::charge_kind(kind)),
            tier.map(|tier| tier.as_str()),
            term.map(|term| term.as_str()),
        ];
        let mut names: Vec<String> = read
            .descriptions
            .values()
            .take(SHOWN)
            .map(|text| format!("{:?}", discretion.without_names(text)))
            .collect();
        if let Some(more @ 1..) = read.descriptions.len().checked_sub(SHOWN) {
            names.push(format!("{more} more"));
        }
        let advice = match is_unknown {
            true => "; no rule of the price book knows them (charge_rules)",
            false => "",
        };
        format!(
            "  {}: {}, {}: {}{advice}",
            words.into_iter().flatten().collect::<Vec<_>>().join(", "),
            counted(read.rows, "row", "rows"),
            money(read.amount, currency),
            names.join(", ")
        )
    });
    told.collect()
}
