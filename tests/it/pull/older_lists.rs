//! Several lists of users in one place: which of them counts.

use std::collections::BTreeMap;

use quietline::domain::TableName;
use quietline::pull::{PullError, Tables, read_tables};

use super::{account, assert_identity, source, write};

/// Lists under these names, of lines each with what stands in their row beside the extension.
fn lists(files: &[(&str, &[(u32, &str)])]) -> Result<Tables, PullError> {
    let folder = tempfile::tempdir().unwrap();
    for (name, rows) in files {
        let rows = rows
            .iter()
            .map(|(extension, rest)| format!("{extension},{rest}\n"));
        let text = format!("extension,email,seat_until\n{}", rows.collect::<String>());
        write(folder.path(), name, text);
    }
    let all = source(TableName::Lines, &[folder.path().join("*.csv")]);
    let tables = read_tables(&[all], &[account()], 5)?;
    tables.inputs.iter().for_each(assert_identity);
    Ok(tables)
}

fn extensions(tables: &Tables) -> Vec<&str> {
    tables.lines.iter().map(|line| line.extension.as_str()).collect()
}

const OCTOBER: &[(u32, &str)] = &[
    (101, "ada@example.test,"),
    (102, "ben@example.test,"),
    (103, "cleo@example.test,"),
    (104, ","),
    (110, "zed@example.test,2026-03-31"),
];
/// One has left, one has another holder, one has come.
const NOVEMBER: &[(u32, &str)] = &[
    (101, "ada@example.test,"),
    (102, "yan@example.test,"),
    (104, ","),
    (105, "eve@example.test,"),
];

#[test]
fn the_newest_by_its_name_counts_alone_and_is_told() {
    for order in [[0, 1], [1, 0]] {
        let files: [(&str, &[(u32, &str)]); 2] =
            [("users-2026-10.csv", OCTOBER), ("users-2026-11.csv", NOVEMBER)];
        let tables = lists(&order.map(|at| files[at])).unwrap();
        assert_eq!(extensions(&tables), ["101", "102", "104", "105"]);
        assert_eq!(tables.lines[1].email.as_deref(), Some("yan@example.test"));
        assert_eq!(tables.quarantine, []);
        let inputs: BTreeMap<&str, (u64, u64)> = tables
            .inputs
            .iter()
            .map(|input| (input.name.as_str(), (input.used, input.duplicates)))
            .collect();
        assert_eq!(
            (inputs["users-2026-10.csv"], inputs["users-2026-11.csv"]),
            ((0, 5), (4, 0))
        );
        let [(told_to, told)] = &tables.told[..] else {
            panic!("{:?}", tables.told);
        };
        assert_eq!(told_to, "4711");
        assert!(
            told.contains("users-2026-11.csv is the newer: it counts alone"),
            "{told}"
        );
    }
}

#[test]
fn of_several_the_last_counts() {
    let tables = lists(&[
        ("2026-09.csv", OCTOBER),
        ("2026-10.csv", &OCTOBER[..4]),
        ("2026-11.csv", NOVEMBER),
    ]);
    let tables = tables.unwrap();
    assert_eq!(extensions(&tables), ["101", "102", "104", "105"]);
    assert_eq!(tables.told.len(), 2);
    assert!(
        tables
            .told
            .iter()
            .all(|(_, told)| told.contains("2026-11.csv is the newer")),
        "{:?}",
        tables.told
    );
}

#[test]
fn names_that_do_not_tell_stop_the_night() {
    let error = lists(&[("users.csv", OCTOBER), ("users new.csv", NOVEMBER)]).unwrap_err();
    assert_eq!(error.exit_code(), 65);
    let said = error.to_string();
    assert!(
        said.contains("users.csv") && said.contains("users new.csv"),
        "{said}"
    );
    assert!(said.contains("do not tell which is the newer"), "{said}");
}

#[test]
fn lists_of_parts_and_copies_of_one_list_stand_side_by_side() {
    let parts = lists(&[
        ("2026-10.csv", OCTOBER),
        ("2026-11.csv", &[(105, ","), (106, ",")]),
    ])
    .unwrap();
    assert_eq!((parts.lines.len(), parts.told.len()), (7, 0));
    let copies = lists(&[("users.csv", NOVEMBER), ("copy.csv", NOVEMBER)]).unwrap();
    assert_eq!((copies.lines.len(), copies.told.len()), (4, 0));
}
