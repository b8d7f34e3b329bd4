//! Rows of a file that tells no call ids.

use std::collections::BTreeSet;

use proptest::prelude::*;
use quietline::steps::usage::day_join::Ungrouped;

use super::{Leg, any_leg, counts, leg, rolled};

const IDS: [&str; 20] = [
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t",
];

#[test]
fn each_row_is_a_call_of_its_own_and_the_same_row_is_no_second_one() {
    let to_101 = leg("", "inbound", None, Some("101"), "missed");
    let later = Leg {
        start: "2026-03-02T18:00:00Z",
        ..to_101.clone()
    };
    let longer = Leg {
        length: Some(90),
        ..to_101.clone()
    };
    let rolled = rolled(&[to_101.clone(), later.clone(), longer, to_101, later]);
    assert_eq!(counts(&rolled, "101"), [0, 0, 0, 3, 0]);
    let join = rolled.days.values().next().unwrap();
    assert_eq!((join.legs, join.repeated), (3, 2));
    assert_eq!(join.ungrouped, Ungrouped::default(), "no id is not a spoilt one");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn calls_of_one_leg_each_are_used_alike_with_and_without_ids(
        legs in prop::collection::vec(any_leg(), 1..IDS.len()),
    ) {
        let mut said = BTreeSet::new();
        let mut legs = legs;
        legs.retain(|leg| said.insert((leg.direction, leg.start, leg.length, leg.source, leg.destination)));
        let call = |(leg, call): (&Leg, &&'static str)| Leg { call, ..leg.clone() };
        let with_ids: Vec<Leg> = legs.iter().zip(&IDS).map(call).collect();
        let without: Vec<Leg> = legs.iter().zip(&[""; IDS.len()]).map(call).collect();
        prop_assert!(rolled(&with_ids).usage.equals(&rolled(&without).usage));
    }
}
