//! The model against an independent implementation, against the enumeration of every path, and at its edges.

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Vectors {
    patterns: Vec<Pattern>,
    fit: FittedFleet,
}

#[derive(Deserialize)]
struct Pattern {
    days: String,
    log_likelihood: f64,
    p_silent: std::collections::BTreeMap<usize, f64>,
    p_gone: f64,
    p_away: f64,
}

#[derive(Deserialize)]
struct FittedFleet {
    lines: Vec<String>,
    log_likelihood_before_each_step: Vec<f64>,
    log_likelihood_after: f64,
    transition: [[f64; 3]; 3],
    initial: [[f64; 3]; CLASSES],
    p_silent_63: Vec<f64>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../tests/data/odds_vectors.json")).unwrap()
}

#[track_caller]
fn assert_near(found: f64, published: f64, what: &str) {
    let near = (found - published).abs() <= 1e-8 * published.abs().max(1.0);
    assert!(near, "{what}: {found} against {published}");
}

fn silent_for(belief: &Belief, fleet: &Fleet, horizon: usize) -> f64 {
    let place = HORIZONS.iter().position(|days| *days == horizon).unwrap();
    belief.chances(&Silences::of(fleet)).0[place]
}

#[test]
fn forty_patterns_agree_with_the_reference_to_8_digits() {
    let fleet = Fleet::prior();
    let patterns = vectors().patterns;
    assert_eq!(patterns.len(), 40);
    for pattern in patterns {
        let belief = Belief::of(&fleet, &parse(&pattern.days).unwrap()).unwrap();
        assert_near(belief.log_likelihood(), pattern.log_likelihood, &pattern.days);
        assert_near(belief.p_gone(), pattern.p_gone, &pattern.days);
        assert_near(belief.p_away(), pattern.p_away, &pattern.days);
        assert_eq!(pattern.p_silent.len(), HORIZONS.len());
        for (horizon, published) in pattern.p_silent {
            assert_near(silent_for(&belief, &fleet, horizon), published, &pattern.days);
        }
    }
}

#[test]
fn a_fitted_fleet_agrees_with_the_reference_to_8_digits() {
    let published = vectors().fit;
    let lines: Vec<Vec<Day>> = published.lines.iter().map(|days| parse(days).unwrap()).collect();
    let fitted = fit(&borrowed(&lines));
    assert_eq!(fitted.lines, 60);
    assert_eq!(
        fitted.path.len(),
        published.log_likelihood_before_each_step.len() + 1
    );
    for (found, published) in fitted.path.iter().zip(&published.log_likelihood_before_each_step) {
        assert_near(*found, *published, "path");
    }
    assert_near(fitted.log_likelihood(), published.log_likelihood_after, "after");
    let pairs = fitted.fleet.transition().into_iter().zip(published.transition);
    for (found, published) in pairs.chain(fitted.fleet.initial().into_iter().zip(published.initial)) {
        for (found, published) in found.into_iter().zip(published) {
            assert_near(found, published, "parameter");
        }
    }
    for (days, published) in lines.iter().zip(published.p_silent_63) {
        let belief = Belief::of(&fitted.fleet, days).unwrap();
        assert_near(silent_for(&belief, &fitted.fleet, 63), published, "fitted chance");
    }
}

fn borrowed(lines: &[Vec<Day>]) -> Vec<&[Day]> {
    lines.iter().map(Vec::as_slice).collect()
}

/// The chance of a history by adding up every path through the states, class by class; and the share that ends gone.
fn enumerated(fleet: &Fleet, days: &[Day]) -> (f64, f64) {
    let emission = |class: usize, state: usize, day: Day| match (day, state) {
        (Day::Unknown, _) => 1.0,
        (Day::Used, 0) => RATES[class],
        (Day::Used, _) => 0.0,
        (Day::Silent, 0) => 1.0 - RATES[class],
        (Day::Silent, _) => 1.0,
    };
    let t = fleet.transition();
    let (mut whole, mut gone) = (0.0, 0.0);
    for (class, initial) in fleet.initial().iter().enumerate() {
        for path in 0..3_usize.pow(days.len() as u32) {
            let state = |day: usize| path / 3_usize.pow(day as u32) % 3;
            let mut chance = initial[state(0)] * emission(class, state(0), days[0]);
            for day in 1..days.len() {
                chance *= t[state(day - 1)][state(day)] * emission(class, state(day), days[day]);
            }
            whole += chance;
            if state(days.len() - 1) == 2 {
                gone += chance;
            }
        }
    }
    (whole, gone / whole)
}

fn any_day() -> impl Strategy<Value = Day> {
    prop_oneof![Just(Day::Silent), Just(Day::Used), Just(Day::Unknown)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn every_path_added_up_gives_the_same(days in prop::collection::vec(any_day(), 1..=8), silent in 1_usize..=2) {
        let fleet = Fleet::prior();
        let belief = Belief::of(&fleet, &days).unwrap();
        let (whole, gone) = enumerated(&fleet, &days);
        prop_assert!((belief.log_likelihood() - whole.ln()).abs() < 1e-10);
        prop_assert!((belief.p_gone() - gone).abs() < 1e-10);
        // The chance of silence is that of the longer history over that of this one.
        let longer = days.iter().copied().chain(std::iter::repeat_n(Day::Silent, silent)).collect::<Vec<_>>();
        let next = (0..silent).fold(belief, |belief, _| belief.then(&fleet, Day::Silent));
        let direct = Belief::of(&fleet, &longer).unwrap();
        prop_assert!((next.log_likelihood() - direct.log_likelihood()).abs() < 1e-10);
        if silent == 1 {
            let chance = silent_for(&Belief::of(&fleet, &days).unwrap(), &fleet, 1);
            prop_assert!((chance - (direct.log_likelihood() - whole.ln()).exp()).abs() < 1e-10);
        }
    }

    #[test]
    fn any_history_gives_chances_that_fall_with_the_horizon(
        days in prop::collection::vec(any_day(), 1..=2000),
    ) {
        let fleet = Fleet::prior();
        let belief = Belief::of(&fleet, &days).unwrap();
        let Chances(chances) = belief.chances(&Silences::of(&fleet));
        prop_assert!(belief.log_likelihood().is_finite());
        for chance in chances.into_iter().chain([belief.p_gone(), belief.p_away()]) {
            prop_assert!((0.0..=1.0).contains(&chance), "{chance}");
        }
        prop_assert!(chances.is_sorted_by(|near, far| near >= far), "{chances:?}");
    }

    #[test]
    fn no_step_of_a_fit_is_downhill(
        lines in prop::collection::vec(prop::collection::vec(any_day(), 1..=120), 1..=12),
        copies in 1_usize..=3,
    ) {
        // Lines that are all the same are the hardest to tell apart.
        let lines: Vec<Vec<Day>> = lines.iter().flat_map(|line| std::iter::repeat_n(line.clone(), copies)).collect();
        let fitted = fit(&borrowed(&lines));
        for pair in fitted.penalised.windows(2) {
            prop_assert!(pair[1] >= pair[0] - 1e-9 * pair[0].abs(), "{pair:?}");
        }
    }
}

#[test]
fn a_longer_silence_never_makes_gone_less_likely() {
    let fleet = Fleet::prior();
    let starts = [
        "1",
        "0",
        "?",
        "1101?0000000000",
        "1111111111",
        "1000000000000000000001",
    ];
    for start in starts {
        let mut belief = Belief::of(&fleet, &parse(start).unwrap()).unwrap();
        for day in 0..1000 {
            let next = belief.then(&fleet, Day::Silent);
            assert!(next.p_gone() >= belief.p_gone() - 1e-5, "{start}, day {day}");
            belief = next;
        }
    }
}

/// What the table of silences says ahead is what the model would say day by day.
#[test]
fn looking_ahead_is_walking_ahead() {
    let fleet = Fleet::prior();
    let silences = Silences::of(&fleet);
    let belief = Belief::of(&fleet, &parse("1101?0000000000").unwrap()).unwrap();
    let mut walked = vec![belief.clone()];
    for day in 0..300 {
        walked.push(walked[day].then(&fleet, Day::Silent));
    }
    let end = belief.silent_days_until(&silences, |more, silent_21, silent_63| {
        let chances = walked[more as usize].chances(&silences);
        assert!((silent_21 - chances.next_30()).abs() < 1e-12, "day {more}");
        assert!((silent_63 - chances.next_90()).abs() < 1e-12, "day {more}");
        more == 300
    });
    assert_eq!(end, Some(300));
    assert_eq!(belief.silent_days_until(&silences, |_, _, _| false), None);
}

#[test]
fn one_sign_for_ever_is_no_trouble() {
    for sign in [Day::Silent, Day::Used, Day::Unknown] {
        for length in [1, 2, 16, 17, 63, 2000] {
            let line = vec![sign; length];
            for lines in [1, 5] {
                let fitted = fit(&vec![line.as_slice(); lines]);
                let belief = Belief::of(&fitted.fleet, &line).unwrap();
                let chances = belief.chances(&Silences::of(&fitted.fleet)).0;
                let all = fitted.path.iter().chain(&chances).chain(&fitted.penalised);
                assert!(
                    all.clone().all(|number| number.is_finite()),
                    "{sign:?} {length} {lines}"
                );
                let first: f64 = fitted.fleet.initial().iter().flatten().sum();
                assert!((first - 1.0).abs() < 1e-12);
                for row in fitted.fleet.transition() {
                    assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                }
            }
        }
    }
}

#[test]
fn unknown_days_say_nothing_of_use() {
    let fleet = Fleet::prior();
    let chance = |pattern: &str| {
        let belief = Belief::of(&fleet, &parse(pattern).unwrap()).unwrap();
        silent_for(&belief, &fleet, 63)
    };
    let used = format!("{}{}", "1".repeat(40), "?".repeat(20));
    let silent = format!("{}{}", "1".repeat(40), "0".repeat(20));
    assert!(chance(&used) < 0.05 && chance(&silent) > 0.3);
}

#[test]
fn a_fit_has_the_same_bits_on_one_thread_and_on_three() {
    let lines: Vec<Vec<Day>> = vectors()
        .fit
        .lines
        .iter()
        .map(|days| parse(days).unwrap())
        .collect();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| fit(&borrowed(&lines)))
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn a_malformed_pattern_is_refused_with_its_place() {
    let said = |pattern: &str| parse(pattern).unwrap_err().to_string();
    insta::assert_snapshot!(
        [said(""), said("0102"), said("01 1"), said("é"), said(&"0".repeat(10_001))].join("\n"),
        @r"
    the pattern is empty: write one sign for each business day, oldest first
    the sign '2' at place 4 is none of 1 (used), 0 (silent) and ? (unknown)
    the sign ' ' at place 3 is none of 1 (used), 0 (silent) and ? (unknown)
    the sign 'é' at place 1 is none of 1 (used), 0 (silent) and ? (unknown)
    the pattern has 10001 days; more than 10000 are not taken
    "
    );
}
