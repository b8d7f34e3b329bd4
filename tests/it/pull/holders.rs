//! What names a line: its external id or extension, whoever held it before, under whatever extension, in any order of rows.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use quietline::domain::{Kind, Line, Origin, TableName, Tier};
use quietline::pull::read_tables;

use super::{account, read, source, write};

/// The ids and extensions that a list of lines gives, by id; every row is used.
fn ids(rows: &[String]) -> BTreeMap<String, String> {
    let text = format!(
        "external_id,extension,login_name,seat_since,seat_until\n{}\n",
        rows.join("\n")
    );
    let tables = read(TableName::Lines, "lines.csv", text).unwrap();
    assert_eq!(tables.quarantine.len(), 0, "{:?}", tables.quarantine);
    let lines = tables.lines.iter();
    lines
        .map(|line| (line.line_id.clone(), line.extension.clone()))
        .collect()
}

fn told(rows: &[&str]) -> Vec<(String, String)> {
    let rows: Vec<String> = rows.iter().map(|row| (*row).to_owned()).collect();
    ids(&rows).into_iter().collect()
}

fn pairs(wanted: &[(&str, &str)]) -> Vec<(String, String)> {
    let pair = |(id, extension): &(&str, &str)| ((*id).to_owned(), (*extension).to_owned());
    wanted.iter().map(pair).collect()
}

#[test]
fn a_name_is_its_last_holders_whatever_extension_they_had() {
    let ann = "X,201,ann,2025-01-01,2026-04-10";
    for (what, rows, wanted) in [
        (
            "an heir under another extension",
            vec![ann, "X,225,zed,2026-04-10,"],
            vec![("X", "225"), ("X@2025-01-01", "201")],
        ),
        (
            "the extension went to another line at the same time",
            vec![ann, "X,225,zed,2026-04-10,", "Y,201,kim,2026-04-12,"],
            vec![("X", "225"), ("X@2025-01-01", "201"), ("Y", "201")],
        ),
        (
            "another line has the extension: the id stays the former holder's",
            vec![ann, "Y,201,kim,2026-04-12,"],
            vec![("X", "201"), ("Y", "201")],
        ),
        ("nobody came after", vec![ann], vec![("X", "201")]),
        (
            "known by the extension alone",
            vec![",201,ann,2025-01-01,2026-04-10", ",201,zed,2026-04-10,"],
            vec![("201", "201"), ("201@2025-01-01", "201")],
        ),
        (
            "a former holder of whom only the last day is told",
            vec!["X,201,ann,,2026-04-10", "X,201,zed,,"],
            vec![("X", "201"), ("X@to-2026-04-10", "201")],
        ),
        (
            "an external id that came later",
            vec![",201,ann,2025-01-01,2026-04-10", "X,201,zed,2026-04-10,"],
            vec![("201@2025-01-01", "201"), ("X", "201")],
        ),
        (
            "two lines with each other's extension",
            vec!["X,202,ann,,", "Y,201,kim,,"],
            vec![("X", "202"), ("Y", "201")],
        ),
    ] {
        let reversed: Vec<&str> = rows.iter().rev().copied().collect();
        assert_eq!(told(&rows), pairs(&wanted), "{what}");
        assert_eq!(told(&reversed), pairs(&wanted), "{what}, the other way round");
    }
}

/// Lines with one to three holders each, who may have had an extension of their own, one after the other.
fn histories() -> impl Strategy<Value = (Vec<String>, BTreeMap<String, String>)> {
    let holder = (1_u64..300, any::<bool>());
    let line = (any::<bool>(), prop::collection::vec(holder, 1..4), any::<bool>());
    let lines = prop::collection::vec(line, 1..6);
    lines.prop_map(|lines| {
        let (mut rows, mut wanted) = (Vec::new(), BTreeMap::new());
        for (at, (has_id, holders, has_left)) in lines.iter().enumerate() {
            let mut since: NaiveDate = "2024-01-01".parse().unwrap();
            for (turn, (days, moves)) in holders.iter().enumerate() {
                let is_last = turn + 1 == holders.len();
                let until = since + Days::new(*days);
                // Only an external id holds the holders of several extensions together.
                let extension = match *moves && *has_id {
                    true => format!("{at}{turn}7"),
                    false => format!("{at}00"),
                };
                let external = if *has_id { format!("X{at}") } else { String::new() };
                let end = if is_last && !has_left {
                    String::new()
                } else {
                    until.to_string()
                };
                rows.push(format!("{external},{extension},p{at}.{turn},{since},{end}"));
                let own = if *has_id { external } else { extension.clone() };
                let id = if is_last { own } else { format!("{own}@{since}") };
                wanted.insert(id, extension);
                since = until;
            }
        }
        (rows, wanted)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_order_of_rows_and_holders_names_no_line((rows, wanted, shuffled) in histories().prop_flat_map(|(rows, wanted)| {
        (Just(rows.clone()), Just(wanted), Just(rows).prop_shuffle())
    })) {
        prop_assert_eq!(&ids(&rows), &wanted);
        prop_assert_eq!(&ids(&shuffled), &wanted);
    }
}

/// The API's line 201, with what a file's rows add; and how many of these could not be used.
fn laid_over(rows: [&str; 2]) -> (Line, usize) {
    let folder = tempfile::tempdir().unwrap();
    let api = "extension,login_name,first_name\n201,ann,Ann\n202,ben,Ben\n";
    let text = format!("extension,tier,kind,department,seat_since\n{}\n", rows.join("\n"));
    let mut inventory = source(TableName::Lines, &[write(folder.path(), "api.csv", api)]);
    inventory.from = Origin::Vonage;
    let details = source(TableName::Lines, &[write(folder.path(), "details.csv", text)]);
    let tables = read_tables(&[inventory, details], &[account()], 5).unwrap();
    let line = tables.lines.into_iter().find(|line| line.extension == "201");
    (line.unwrap(), tables.unread_lines.len())
}

#[test]
fn rows_that_add_to_one_line_complete_each_other_or_leave_it_unknown() {
    for turned in [false, true] {
        let both = |mut rows: [&'static str; 2]| {
            if turned {
                rows.reverse();
            }
            laid_over(rows)
        };
        let (line, unread) = both(["201,premium,,Board,", "201,,lift,,2026-01-01"]);
        assert_eq!(
            (line.tier, line.kind, line.department.as_deref(), unread),
            (Some(Tier::Premium), Some(Kind::Lift), Some("Board"), 0)
        );
        assert!(line.seat_since.is_some());
        let (_, unread) = both(["201,premium,,Board,", "201,premium,,Sales,"]);
        assert!(unread > 0, "one of them is not used, and nobody knows which");
        assert_eq!(both(["201,premium,,Board,", "201,premium,,Board,"]).1, 0);
    }
}
