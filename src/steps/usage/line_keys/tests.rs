//! Whose line an end of a call is.

use super::*;
use crate::domain::{Status, parse_day};

fn line(id: &str, extension: &str, login: &str, since: Option<&str>, until: Option<&str>) -> Line {
    Line {
        account_id: "1".into(),
        line_id: id.into(),
        extension: extension.into(),
        external_id: None,
        sip_ids: vec![format!("VH{id}")],
        user_id: None,
        login_name: Some(login.into()),
        email: None,
        first_name: None,
        last_name: None,
        role: None,
        status: Status::Active,
        kind: None,
        tier: None,
        term: None,
        contract_id: None,
        seat_since: since.and_then(parse_day),
        seat_until: until.and_then(parse_day),
        activated_on: None,
        department: None,
        cost_center: None,
        manager_email: None,
        location: None,
        time_zone: None,
        dids: vec!["17325550100".into()],
        handset_registered_at: None,
        records_on_demand: None,
        unread_cells: Vec::new(),
    }
}

fn resolved(keys: &LineKeys, end: End<'_>, day: NaiveDate) -> Resolved {
    let none = MainNumbers::default();
    let resolved = keys.resolve(end, day, &none);
    let mut cache = NamesCache::new(keys);
    for _ in 0..2 {
        assert_eq!(cache.resolve(end, day, &none), resolved, "through the cache");
    }
    resolved
}

fn on(day: &str) -> NaiveDate {
    parse_day(day).unwrap()
}

fn keys_of(lines: &[Line]) -> LineKeys {
    LineKeys::of(
        lines
            .iter()
            .map(|line| CallKeys::of(line, users_of(line).collect())),
    )
}

#[test]
fn an_extension_belongs_to_its_holder_of_the_day() {
    let lines = [
        line("a", "0101", "Ann", Some("2025-01-01"), Some("2025-06-30")),
        line("b", "0101", "Bob", Some("2025-07-01"), None),
    ];
    let keys = keys_of(&lines);
    let end = End {
        extension: Some("101"),
        ..End::default()
    };
    assert_eq!(resolved(&keys, end, on("2025-06-30")).lines, [0]);
    assert_eq!(resolved(&keys, end, on("2025-07-01")).lines, [1]);
    assert!(resolved(&keys, end, on("2024-12-31")).lines.is_empty());
}

#[test]
fn the_exact_extension_comes_before_the_trimmed_one() {
    let keys = keys_of(&[
        line("a", "0101", "ann", None, None),
        line("b", "101", "bob", None, None),
    ]);
    let at = |extension| {
        resolved(
            &keys,
            End {
                extension: Some(extension),
                ..End::default()
            },
            on("2025-01-01"),
        )
        .lines
    };
    assert_eq!(at("0101"), [0]);
    assert_eq!(at("101"), [1]);
    assert!(at("00101").is_empty(), "two lines fit the trimmed text");
}

#[test]
fn a_row_of_another_account_contradicts_itself() {
    let keys = keys_of(&[line("a", "101", "ann", None, None)]);
    let row = |user| End {
        extension: Some("101"),
        user: Some(user),
        ..End::default()
    };
    assert!(!resolved(&keys, row("ANN@vbc.prod"), on("2025-01-01")).contradicts);
    assert!(resolved(&keys, row("mallory"), on("2025-01-01")).contradicts);
}

#[test]
fn a_login_with_two_extensions_counts_for_both() {
    let keys = keys_of(&[
        line("a", "101", "ann", None, None),
        line("b", "102", "ann", None, None),
    ]);
    let end = End {
        user: Some("ann"),
        ..End::default()
    };
    assert_eq!(resolved(&keys, end, on("2025-01-01")).lines, [0, 1]);
    let number = End {
        number: Some("17325550100"),
        ..End::default()
    };
    assert!(
        resolved(&keys, number, on("2025-01-01")).lines.is_empty(),
        "a shared number tells nothing"
    );
}

#[test]
fn calls_of_two_who_have_changed_places_since_are_each_their_own() {
    let both = |of_ann: &str, of_bob: &str| {
        keys_of(&[
            line("a", of_ann, "ann", None, None),
            line("b", of_bob, "bob", None, None),
        ])
    };
    let (then, now) = (both("101", "102"), both("102", "101"));
    let day = on("2026-08-14");
    let ann = End {
        user: Some("ann"),
        ..End::default()
    };
    // As the API's rows name the phone, and as the portal's From and To do.
    let api = End {
        extension: Some("101"),
        ..ann
    };
    let portal = End {
        number: Some("101"),
        ..ann
    };
    for end in [api, portal] {
        let mut found = resolved(&now, end, day);
        assert_eq!((found.at_odds, found.lines.len()), (true, 2));
        found.add_former(|end| resolved(&then, end, day), end);
        assert_eq!((found.at_odds, found.lines), (false, vec![0]));
    }
}

#[test]
fn a_cached_name_leads_to_its_holder_of_each_day_in_any_order() {
    let lines = [
        line("a", "101", "ann", Some("2025-01-03"), Some("2025-01-06")),
        line("b", "101", "bob", Some("2025-01-06"), Some("2025-01-09")),
        line("c", "101", "ann", Some("2025-01-12"), None),
        line("d", "102", "dan", None, None),
    ];
    let moved = |line: &Line| CallKeys {
        phone_since: (line.line_id == "c").then(|| PhoneSince {
            extension: on("2025-01-14"),
            seen_on: on("2025-01-17"),
            sip_ids: Some(on("2025-01-13")),
        }),
        ..CallKeys::of(line, users_of(line).collect())
    };
    let keys = LineKeys::of(lines.iter().map(moved));
    let named = |extension, sip_id, user, number| End {
        extension,
        sip_id,
        user,
        number,
        ..End::default()
    };
    let ends = [
        named(Some("101"), None, None, None),
        named(None, Some("VHc"), None, None),
        named(None, None, Some("ann"), Some("17325550100")),
        named(Some("101"), None, Some("ann"), None),
        named(None, None, None, Some("101")),
        named(Some("101"), None, Some("dan"), None),
        named(None, Some("VHc"), Some("dan"), None),
        // Who signs in so is in another list, or was forgotten.
        named(Some("101"), Some("VHc"), Some("eve"), None),
    ];
    // Between the last night with its other extension and the first with this one only the login tells whose a row was.
    for (day, lines) in [("2025-01-13", 1), ("2025-01-15", 1), ("2025-01-17", 2)] {
        for end in [ends[5], ends[6]] {
            assert_eq!(resolved(&keys, end, on(day)).lines.len(), lines, "{day} {end:?}");
        }
        let of_nobody = resolved(&keys, ends[7], on(day)).lines.len();
        assert_eq!(of_nobody, lines - 1, "{day}");
        let signed_elsewhere = End {
            is_signed_elsewhere: true,
            ..ends[0]
        };
        assert_eq!(
            resolved(&keys, signed_elsewhere, on(day)).lines.len(),
            lines - 1,
            "{day}"
        );
        assert_eq!(resolved(&keys, ends[0], on("2025-01-15")).lines, [2]);
    }
    let none = MainNumbers::default();
    let days: Vec<NaiveDate> = on("2025-01-01").iter_days().take(20).collect();
    let mut cache = NamesCache::new(&keys);
    for day in days.iter().chain(days.iter().rev()) {
        for end in ends {
            assert_eq!(
                cache.resolve(end, *day, &none),
                keys.resolve(end, *day, &none),
                "{day} {end:?}"
            );
        }
    }
}
