//! Sign-ins, days of leaving and headings as directories write them.

use quietline::domain::{DirectoryStatus, TableName};

use super::read;

#[test]
fn googles_headings_are_read_and_1970_is_never() {
    let list = "First Name [Required],Email Address [Required],Status [READ ONLY],Last Sign In [READ ONLY]\n\
                Ada,ada@example.test,Active,1970-01-01T00:00:00Z\n\
                Ben,ben@example.test,Suspended,2026-10-01T08:00:00Z\n";
    let people = read(TableName::Directory, "users.csv", list).unwrap().directory;
    assert_eq!(
        (people[0].status, people[0].last_sign_in_at),
        (DirectoryStatus::Active, None)
    );
    assert_eq!(people[1].status, DirectoryStatus::Disabled);
    assert!(people[1].last_sign_in_at.is_some());
    let tool = "primaryEmail,suspended,lastLoginTime\nada@example.test,False,Never\nben@example.test,True,\n";
    let people = read(TableName::Directory, "users.csv", tool).unwrap().directory;
    let states: Vec<DirectoryStatus> = people.iter().map(|person| person.status).collect();
    assert_eq!(states, [DirectoryStatus::Active, DirectoryStatus::Disabled]);
}

#[test]
fn a_failed_sign_in_is_no_sign_of_life() {
    let both = "mail,accountEnabled,signInActivity.lastSuccessfulSignInDateTime,signInActivity.lastSignInDateTime\n\
                ada@example.test,true,2026-03-01T08:00:00Z,2026-10-15T08:00:00Z\n\
                ben@example.test,true,,2026-10-15T08:00:00Z\n";
    let people = read(TableName::Directory, "users.csv", both).unwrap().directory;
    let day = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| at.date_naive().to_string());
    assert_eq!(day(people[0].last_sign_in_at).as_deref(), Some("2026-03-01"));
    assert_eq!(
        (people[1].last_sign_in_at, people[1].last_sign_in_tried_at),
        (None, None)
    );
    let tried =
        "mail,accountEnabled,signInActivity.lastSignInDateTime\nada@example.test,true,2026-10-15T08:00:00Z\n";
    let people = read(TableName::Directory, "users.csv", tried).unwrap().directory;
    assert_eq!(people[0].last_sign_in_at, None);
    assert_eq!(
        day(people[0].last_sign_in_tried_at).as_deref(),
        Some("2026-10-15")
    );
}
