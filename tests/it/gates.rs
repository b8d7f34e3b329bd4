//! Gates that see tonight: what is wrong on a few days is not made small by the many good ones beside them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use quietline::domain::{
    AccountBaseline, CallKeys, Gate, GatePolicy, GateReport, GateStatus, Kind, Line, Seal, SeenKeys,
};
use quietline::job::{Given, load};
use quietline::steps::gates::{JoinedCalls, Part, Span, accepted_nameless, clock, join, results};
use quietline::steps::usage::day_join::DayJoin;
use quietline::steps::usage::former_lines::{replaced, sealed_keys};

pub(crate) static POLICY: LazyLock<GatePolicy> = LazyLock::new(|| {
    let given = Given {
        file: Some(std::path::Path::new("jobs/sample.toml")),
        folder: std::path::Path::new(env!("CARGO_MANIFEST_DIR")),
        environment: &BTreeMap::new(),
        set: &[],
        as_of: None,
        accept_empty: &[],
    };
    load(&given).unwrap().gates
});

/// So many legs a day, all of them a line's.
fn good(days: u64, legs: u64) -> DayJoin {
    DayJoin {
        legs: days * legs,
        with_line_end: days * legs,
        matched: days * legs,
        ..DayJoin::default()
    }
}

/// Ninety good days of 60 legs, with `odd` on `span` in their place or beside them.
fn part(span: Span, odd: DayJoin) -> Part {
    Part {
        span,
        join: odd,
        others: good(80, 60),
        legs_by_line: BTreeMap::new(),
    }
}

fn person(extension: usize) -> Line {
    Line {
        kind: Some(Kind::Person),
        ..crate::roll_up::line(&extension.to_string())
    }
}

struct Night {
    parts: Vec<Part>,
    last: AccountBaseline,
    accepted: Vec<String>,
}

impl Night {
    fn of(parts: &[Part]) -> Night {
        let last = AccountBaseline {
            joined_basis_points: Some(10_000),
            ..AccountBaseline::default()
        };
        Night {
            parts: parts.to_vec(),
            last,
            accepted: Vec::new(),
        }
    }

    fn asked<T>(&self, replaced: &[&CallKeys], ask: impl Fn(&JoinedCalls<'_>) -> T) -> T {
        let lines: Vec<Line> = (101..121).map(person).collect();
        let part = self
            .parts
            .first()
            .map(|part| part.join.clone())
            .unwrap_or_default();
        let all = replaced.iter().map(|keys| (keys.line_id.clone(), 500));
        ask(&JoinedCalls {
            account_id: "1",
            window: &good(80, 60).and(&part),
            parts: &self.parts,
            legs_by_line: &all.collect(),
            lines: &lines,
            former: &[],
            replaced,
            last: Some(&self.last),
        })
    }

    fn g3(&self) -> GateReport {
        self.asked(&[], |calls| join(calls, &POLICY, &self.accepted))
    }
}

#[test]
fn another_companys_calls_of_one_night_do_not_drown() {
    let mut foreign = DayJoin {
        with_line_end: 60,
        ..good(1, 60)
    };
    foreign.legs = 120;
    foreign.with_line_end = 120;
    foreign.strangers.add("extension 7001", 60);
    for span in [
        Span::Tonight,
        Span::LastThreeBusinessDays,
        Span::LastTenBusinessDays,
    ] {
        let found = Night::of(&[part(span, foreign.clone())]).g3();
        assert_eq!(found.status, GateStatus::Block, "{found:?}");
        assert!(found.detail.contains(span.told()) && found.detail.contains("extension 7001"));
    }
    // A few unknown rows of a small company's quiet day are no other company.
    let few = DayJoin {
        matched: 18,
        ..good(1, 25)
    };
    assert_eq!(Night::of(&[part(Span::Tonight, few)]).g3().status, GateStatus::Ok);
    // Where a tenth fits nothing all year, tonight may be a little worse.
    let usual = Part {
        others: DayJoin {
            matched: 80 * 55,
            ..good(80, 60)
        },
        ..part(
            Span::Tonight,
            DayJoin {
                matched: 48,
                ..good(1, 60)
            },
        )
    };
    let (night, mut last) = (Night::of(&[usual]), AccountBaseline::default());
    last.joined_basis_points = Some(9_200);
    assert_eq!(Night { last, ..night }.g3().status, GateStatus::Ok);
}

#[test]
fn logins_that_disagree_on_a_few_days_do_not_drown() {
    let odd = DayJoin {
        contradictory: 40,
        ..good(1, 60)
    };
    let found = Night::of(&[part(Span::Tonight, odd)]).g3();
    assert_eq!(found.status, GateStatus::Block);
    assert!(found.detail.contains("40 of 60 rows"), "{found:?}");
}

#[test]
fn concealed_names_block_until_they_are_accepted() {
    let concealed = |share: u64| DayJoin {
        with_line_end: 60 - share,
        matched: 60 - share,
        ..good(1, 60)
    };
    let night = Night::of(&[part(Span::Tonight, concealed(50))]);
    let found = night.g3();
    assert_eq!(found.status, GateStatus::Block);
    assert!(
        found.detail.contains("50 of 60 rows name no line at all"),
        "{found:?}"
    );
    let accepted = Night {
        accepted: found.accept.into_iter().collect(),
        ..night
    };
    assert_eq!(accepted.g3().status, GateStatus::Warn);
    let known = accepted.asked(&[], |calls| accepted_nameless(calls, &POLICY, &accepted.accepted));
    assert_eq!(known, Some(8_333));
    // The nights after it know the new level, and no higher one.
    let mut next = Night::of(&[part(Span::Tonight, concealed(52))]);
    next.last.accepted_nameless_basis_points = Some(5_000);
    assert_eq!(next.g3().status, GateStatus::Block);
    next.last.accepted_nameless_basis_points = known;
    assert_eq!(next.g3().status, GateStatus::Ok);
}

#[test]
fn nothing_but_ones_own_calls_is_seen_on_the_night_on_which_it_begins() {
    let own = |legs: u64| Part {
        legs_by_line: [("105".to_owned(), legs)].into(),
        ..part(Span::LastThreeBusinessDays, good(1, 40))
    };
    let found = Night::of(&[own(40)]).g3();
    assert_eq!(found.status, GateStatus::Block);
    assert!(
        found.detail.contains("extension 105") && found.accept.is_some(),
        "{found:?}"
    );
    assert_eq!(Night::of(&[own(30)]).g3().status, GateStatus::Ok);
}

#[test]
fn a_list_of_other_lines_blocks_though_earlier_nights_knew_the_calls() {
    let keys: Vec<CallKeys> = (201..208)
        .map(|n| sealed_keys(&person(n), &Seal::default()))
        .collect();
    let replaced: Vec<&CallKeys> = keys.iter().collect();
    let night = Night::of(&[]);
    let found = night.asked(&replaced, |calls| join(calls, &POLICY, &[]));
    assert_eq!(found.status, GateStatus::Block, "{found:?}");
    let hash: Vec<String> = found.accept.into_iter().collect();
    let accepted = night.asked(&replaced, |calls| join(calls, &POLICY, &hash));
    assert_eq!(accepted.status, GateStatus::Warn);
    let three = night.asked(&replaced[..3], |calls| join(calls, &POLICY, &[]));
    assert_eq!(three.status, GateStatus::Ok, "an ordinary removal");
}

#[test]
fn a_line_with_another_number_or_another_id_is_not_replaced() {
    let seal = Seal::default();
    let seen: Vec<SeenKeys> = (101..121)
        .map(|n| SeenKeys {
            keys: sealed_keys(&person(n), &seal),
            gone_on: None,
        })
        .collect();
    let renumbered = |by_extension: bool| {
        (101..121).map(move |n| Line {
            line_id: if by_extension {
                format!("x{n}")
            } else {
                n.to_string()
            },
            extension: (n + 400).to_string(),
            ..person(n)
        })
    };
    for by_extension in [false, true] {
        let lines: Vec<Line> = renumbered(by_extension).collect();
        assert_eq!(replaced(&seen, &lines, &seal), [] as [&CallKeys; 0]);
    }
    let strangers: Vec<Line> = (501..521).map(person).collect();
    assert_eq!(replaced(&seen, &strangers, &seal).len(), 20);
}

#[test]
fn result_words_that_change_from_one_night_on_do_not_drown() {
    let with_words = |words: &[(&str, u64)]| {
        let mut join = good(1, 60);
        for (word, rows) in words {
            (0..*rows).for_each(|_| join.results.add(word));
        }
        join
    };
    let of = |tonight: DayJoin| Part {
        others: with_words(&[("answered", 4_000), ("quantum", 100)]),
        ..part(Span::Tonight, tonight)
    };
    let renamed = of(with_words(&[("answered", 20), ("took it", 40)]));
    let found = results("1", std::slice::from_ref(&renamed), &POLICY, &[]).unwrap();
    assert_eq!(found.status, GateStatus::Block);
    assert!(found.detail.contains("\"took it\" (40)"), "{found:?}");
    let hash: Vec<String> = found.accept.into_iter().collect();
    assert_eq!(
        results("1", &[renamed], &POLICY, &hash).unwrap().status,
        GateStatus::Warn
    );
    let usual = of(with_words(&[("answered", 55), ("quantum", 5)]));
    assert!(results("1", &[usual], &POLICY, &[]).is_none());
}

#[test]
fn a_tenth_of_a_file_in_the_future_is_a_wrong_clock() {
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    let asked = |later: u64, today: &str| {
        let good = BTreeMap::from([(day("2026-06-01"), 100)]);
        let odd = BTreeMap::from([(day("2026-06-01"), 100 - later), (day("2026-07-02"), later)]);
        let files = [("a.csv", &good), ("b.csv", &odd)];
        clock("1", files.into_iter(), day(today), &POLICY)
    };
    let found = asked(10, "2026-07-01").unwrap();
    assert_eq!((found.gate, found.status), (Gate::G6Clock, GateStatus::Block));
    assert!(found.detail.contains("10 of 100 call rows of b.csv"), "{found:?}");
    assert_eq!(asked(9, "2026-07-01").unwrap().status, GateStatus::Warn);
    assert_eq!(asked(10, "2026-07-02"), None, "today is no future");
    assert_eq!(asked(0, "2026-07-01"), None);
}
