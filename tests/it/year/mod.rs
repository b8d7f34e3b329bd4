//! A company lived night by night, and a judge that knows the truth (docs/year.md).

mod accidents;
pub mod calls;
pub mod company;
mod contracts;
mod delivery;
mod dice;
mod judge;
mod office;
mod people;
pub mod plan;
mod player;
mod report;
pub mod vendor;

use std::collections::BTreeMap;

use chrono::Days;

use plan::Plan;
use player::Player;

/// What people do, and what becomes of their extensions: played beside steady work on every checkout.
const PEOPLE: &[&str] = &[
    "joins",
    "leaves",
    "leave",
    "quiet season",
    "renamed",
    "starts again",
    "renumbered",
    "swapped",
];
/// What can be played; a long year plays it all.
const ALL: &[&str] = &[
    "joins",
    "leaves",
    "leave",
    "quiet season",
    "renamed",
    "handed over",
    "starts again",
    "renumbered",
    "swapped",
    "removal",
    "late decision",
    "billed on",
    "priced too high",
    "billed twice",
    "late bill",
    "late export",
    "lost export",
    "thinned export",
    "foreign export",
    "export twice",
    "price rise",
    "late contract",
    "promotion renewed",
    "dispute",
    "missed night",
    "killed night",
    "changed settings",
    "earlier night",
    "rebuild",
    "restored store",
];

/// Plays a company and panics with what was not kept; the folder is left behind then.
#[track_caller]
fn lived(plan: Plan) {
    let home = tempfile::Builder::new().prefix("year-").tempdir().unwrap();
    let mut player = Player::new(plan, home.path());
    player.play();
    let breaches = &player.judge.breaches;
    if breaches.is_empty() {
        return;
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for breach in breaches {
        *kinds.entry(breach.kind).or_default() += 1;
    }
    let mut text = format!("{:?}\n{} breaches: {kinds:?}\n", player.plan, breaches.len());
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for breach in breaches {
        let times = shown.entry(breach.kind).or_default();
        *times += 1;
        if *times <= 3 {
            text += &format!("{} {}: {}\n", breach.day, breach.kind, breach.what);
        }
        if *times == 1 {
            let before = breach.day - Days::new(4);
            let lately = player
                .told
                .iter()
                .filter(|(day, _)| before <= *day && *day <= breach.day);
            text += &lately
                .map(|(day, what)| format!("    {day} {what}\n"))
                .collect::<String>();
        }
    }
    let kept = home.keep();
    let told = player.told.iter().map(|(day, what)| format!("{day} {what}\n"));
    std::fs::write(kept.join("told.txt"), told.collect::<String>()).unwrap();
    panic!("{text}kept: {}", kept.display());
}

fn of_ci(model: &'static str, seed: u64) -> Plan {
    Plan {
        seed,
        lines: 24,
        nights: 120,
        model,
        accidents: PEOPLE,
    }
}

#[test]
fn a_company_of_24_lines_lives_120_nights_by_the_rule() {
    lived(of_ci("rule", 1));
}

#[test]
fn a_company_of_24_lines_lives_120_nights_by_chance() {
    lived(of_ci("probability", 2));
}

fn a_long_year(model: &'static str) {
    for seed in 1..=20 {
        eprintln!("{model}, seed {seed}");
        lived(Plan {
            lines: 60,
            nights: 365,
            accidents: ALL,
            ..of_ci(model, seed)
        });
    }
}

#[test]
#[ignore = "hours; `just year` runs it"]
fn a_long_year_by_the_rule() {
    a_long_year("rule");
}

#[test]
#[ignore = "hours; `just year` runs it"]
fn a_long_year_by_chance() {
    a_long_year("probability");
}

/// One company as the environment tells it, to look closer: `QUIETLINE_YEAR="seed nights lines model accident,accident"`.
#[test]
#[ignore = "for whoever looks closer; see docs/year.md"]
fn a_company_as_told() {
    let told = std::env::var("QUIETLINE_YEAR").expect("QUIETLINE_YEAR says which company");
    let words: Vec<&str> = told.splitn(5, ' ').collect();
    let [seed, nights, lines, model, accidents] = words[..] else {
        panic!("QUIETLINE_YEAR is `seed nights lines model accidents`, not {told}");
    };
    let named: Vec<&str> = accidents.split(',').collect();
    let is_named = |accident: &&str| accidents == "all" || named.contains(accident);
    let accidents: Vec<&'static str> = ALL.iter().copied().filter(is_named).collect();
    lived(Plan {
        seed: seed.parse().unwrap(),
        lines: lines.parse().unwrap(),
        nights: nights.parse().unwrap(),
        model: if model == "rule" { "rule" } else { "probability" },
        accidents: accidents.leak(),
    });
}
