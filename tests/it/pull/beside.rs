//! Cells beside what a verdict needs, days that read one way only, and two extensions in one cell.

use chrono::NaiveDate;
use quietline::domain::{DateOrder, DirectoryStatus, Kind, Status, TableName};
use quietline::pull::Tables;

use super::calls::Bench;
use super::{read, read_as};

fn unread_names(tables: &Tables) -> Vec<&str> {
    let named = tables.unread_lines.iter();
    named.map(|(_, name)| name.as_str()).collect()
}

#[test]
fn a_cell_beside_never_costs_the_line() {
    let head = "extension,email,status,tier,term,activated_on,handset_registered_at,records_on_demand\n";
    let rows = [
        "101,ada@example.test,active,premium,monthly,2024-01-08,Never,no\n",
        "102,ben@example.test,active,premium,monthly,2024-01-08,Never,no\n",
        "103,cleo@example.test,Dormant,Basic,weekly,soon,2026-10-01,Unknown\n",
    ];
    let tables = read(TableName::Lines, "lines.csv", format!("{head}{}", rows.concat())).unwrap();
    assert_eq!((tables.lines.len(), tables.quarantine.len()), (3, 0));
    let cleo = &tables.lines[2];
    assert_eq!((cleo.status, cleo.tier, cleo.term), (Status::Active, None, None));
    let notes = &tables.inputs[0].notes;
    let told = "2 cells of handset_registered_at cannot be read and are left out, their rows are used; the first: row 2: \"Never\"";
    assert!(notes.iter().any(|note| note.starts_with(told)), "{notes:?}");
    for column in ["status", "tier", "term", "activated_on", "records_on_demand"] {
        let told = format!("1 cell of {column} ");
        assert!(
            notes.iter().any(|note| note.starts_with(&told)),
            "{column}: {notes:?}"
        );
    }
}

#[test]
fn a_sign_in_that_is_no_day_leaves_the_person() {
    let tables = read(
        TableName::Directory,
        "directory.csv",
        "email,status,departed_on,on_leave_until,last_sign_in_at\n\
         ada@example.test,departed,2026-03-20,,Never logged in\n\
         ben@example.test,active,unknown,2026-12-31,Never\n",
    )
    .unwrap();
    assert_eq!((tables.directory.len(), tables.quarantine.len()), (2, 0));
    assert_eq!(tables.directory[0].status, DirectoryStatus::Departed);
    assert!(tables.directory[0].departed_on.is_some() && tables.directory[1].on_leave_until.is_some());
    assert_eq!(tables.directory[1].departed_on, None);
}

#[test]
fn a_row_that_cannot_be_used_still_names_its_line() {
    let list =
        "extension,email,seat_since\n101,ada@example.test,2024-01-08\n206,Eve@example.test,2025-13-01\n";
    let tables = read(TableName::Lines, "lines.csv", list).unwrap();
    let named = unread_names(&tables);
    assert_eq!(
        (tables.lines.len(), named),
        (1, vec!["extension 206", "login eve@example.test"])
    );
}

#[test]
fn what_no_extension_is_still_names_those_that_it_may_be() {
    for cell in [
        "112 (Leo)",
        "112 / Leo Marsh",
        "112*#x?",
        "<112>",
        "Ext 112 or so",
    ] {
        let list = format!("extension,email\n101,ada@example.test\n{cell},leo@example.test\n");
        let tables = read(TableName::Lines, "lines.csv", list).unwrap();
        let named: Vec<&str> = tables
            .unread_lines
            .iter()
            .map(|(_, name)| name.as_str())
            .collect();
        assert!(named.contains(&"extension 112"), "{cell}: {named:?}");
    }
}

#[test]
fn words_of_a_portal_never_cost_the_line() {
    let list = "extension,email,kind,seat_until,dids\n\
                101,ada@example.test,User,Never,TBD\n\
                102,ben@example.test,Desk phone,open,+1 (212) 555-0102 ext 5\n\
                103,,Lift phone,unlimited,12125550103\n";
    let tables = read(TableName::Lines, "lines.csv", list).unwrap();
    assert_eq!(tables.quarantine, []);
    let read: Vec<_> = tables
        .lines
        .iter()
        .map(|line| (line.kind, line.seat_until, line.dids.join(",")))
        .collect();
    assert_eq!(
        read,
        [
            (None, None, String::new()),
            (None, None, "12125550102".into()),
            (Some(Kind::Lift), None, "12125550103".into()),
        ]
    );
}

#[test]
fn two_extensions_in_one_cell_stop_the_night() {
    for cell in ["112; 212", "\"112, 212\"", "112 / 212", "\"112\n212\"", "112 212"] {
        let list = format!("extension,email\n101,ada@example.test\n{cell},leo@example.test\n");
        let error = read(TableName::Lines, "lines.csv", list).unwrap_err();
        assert_eq!(error.exit_code(), 65, "{cell}");
        assert!(
            error.to_string().contains("several extensions in one cell"),
            "{error}"
        );
    }
}

#[test]
fn a_keep_until_a_day_that_reads_one_way_is_read() {
    for (cell, order) in [
        ("2027/01/31", DateOrder::Iso),
        ("2027/01/31", DateOrder::Mdy),
        ("31-Jan-27", DateOrder::Iso),
        ("31 Jan 2027", DateOrder::Dmy),
        ("\"Jan 31, 2027\"", DateOrder::Iso),
        ("1/31/27", DateOrder::Mdy),
        ("31.01.27", DateOrder::Dmy),
        ("31.01.2027", DateOrder::Iso),
        ("20270131", DateOrder::Mdy),
    ] {
        let list = format!("line_id,decision,expires_on\n115,keep,{cell}\n");
        let tables = read_as(TableName::Decisions, "list.csv", list, |source| {
            source.date_order = order;
        })
        .unwrap();
        let until = tables.decisions.first().and_then(|keep| keep.expires_on);
        assert_eq!(until, NaiveDate::from_ymd_opt(2027, 1, 31), "{cell}");
    }
}

#[test]
fn whom_the_column_user_names_is_known_beside_a_name_and_of_a_row_that_is_lost() {
    let list = "extension,first_name,last_name,User,seat_until\n\
                101,Ada,Birch,Ada@example.test,\n\
                102,Leo,Marsh,leo.marsh@vbc.prod,\n\
                103,Gate,,GATE7,\n\
                104,Kim,Lund,kim@example.test,2027-13-01\n\
                105,,,ned.orr,2027-13-01\n";
    let tables = read(TableName::Lines, "lines.csv", list).unwrap();
    let users: Vec<_> = tables
        .lines
        .iter()
        .map(|line| (line.email.as_deref(), line.login_name.as_deref()))
        .collect();
    assert_eq!(
        users,
        [
            (Some("ada@example.test"), None),
            (None, Some("leo.marsh@vbc.prod")),
            (None, None)
        ]
    );
    let named = unread_names(&tables);
    assert_eq!(
        named,
        [
            "extension 104",
            "extension 105",
            "login kim@example.test",
            "login ned.orr"
        ]
    );
}

#[test]
fn a_day_without_a_decision_is_somebody_s_decision() {
    let list = "line_id,decision,owner,decided_on,expires_on\n\
                101,,,,\n\
                102,,,,2027-01-31\n\
                103,,Ada,2026-10-01,\n\
                104,keep,Ada,2026-10-01,2027-01-31\n";
    let tables = read(TableName::Decisions, "list.csv", list).unwrap();
    assert_eq!(tables.decisions.len(), 1);
    let unread: Vec<(&str, &str)> = tables
        .unread_decisions
        .iter()
        .map(|made| (made.line_id.as_deref().unwrap(), made.reason.as_str()))
        .collect();
    assert_eq!(
        unread,
        [
            (
                "102",
                "decision: is blank, while expires_on is filled: write keep, or what else was decided"
            ),
            (
                "103",
                "decision: is blank, while decided_on is filled: write keep, or what else was decided"
            )
        ]
    );
}

/// One of the two is enough.
#[test]
fn an_end_or_a_length_that_cannot_be_read_costs_no_call() {
    let head = "id,direction,start,end,length,result,from,to,destination_extension\n";
    let row = |id: &str, end: &str, length: &str| {
        format!("{id},Inbound,2026-10-05 13:02:03,{end},{length},Answered,17325550142,17325550101,1001\n")
    };
    let rows = [
        row("a", "soon", "75"),
        row("b", "2026-10-05 13:03:18", "a while"),
        row("c", "2026-10-05 13:03:18", ""),
        row("d", "soon", "a while"),
        row("e", "soon", ""),
        // Before it began.
        row("f", "2026-10-05 12:00:00", "a while"),
    ];
    let bench = Bench::new();
    let read = bench
        .read_as("calls.csv", &format!("{head}{}", rows.concat()), |_| {})
        .unwrap();
    assert_eq!(
        bench.starts_and_lengths(),
        ["a", "b", "c"].map(|id| format!("{id} 2026-10-05 13:02:03 75"))
    );
    assert_eq!(read.input.quarantined, 3);
    let told = "the end or the length cannot be read in 2 rows; the other of the two tells it";
    let notes = &read.input.notes;
    assert!(notes.iter().any(|note| note == told), "{notes:?}");
}
