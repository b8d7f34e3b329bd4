//! Whoever a call, a list or a directory names in other words than its neighbours is not taken for silent.

use std::fs;
use std::path::Path;

use super::phones::{CALLS, LINES, Phones, row, written};
use super::starting::{all_fine, by_flags, job, quietline};

const NIGHT: [&str; 4] = ["run", "quietline.toml", "--as-of", "2026-10-16"];

fn begin(folder: &Path, phones: &Phones) {
    fs::write(folder.join("users.csv"), written(&LINES, &phones.lines)).unwrap();
    fs::write(folder.join("calls.csv"), written(&CALLS, &phones.calls)).unwrap();
    by_flags(folder, &[]);
}

fn told(folder: &Path, line: &str) -> String {
    all_fine(&quietline(folder, &["explain", line]))
}

/// The rows of 115's daily caller bear a login, an address or a name where the number stands, and no user.
#[test]
fn who_stands_in_words_where_a_number_should_is_not_silent() {
    for words in ["oona.pike", "oona.pike@example.test", "Oona Pike", "Pike, Oona"] {
        let folder = tempfile::tempdir().unwrap();
        let mut phones = Phones::named_by(&["user"]);
        let mut theirs = phones.calls[0].clone();
        theirs.insert("id", "words".to_owned());
        theirs.insert("start", "2026-10-14 15:00:05".to_owned());
        theirs.remove("source_user");
        theirs.insert("from", words.to_owned());
        phones.calls.push(theirs);
        begin(folder.path(), &phones);
        all_fine(&quietline(folder.path(), &NIGHT));
        assert!(
            told(folder.path(), "115").contains("unknown"),
            "{words}: {}",
            told(folder.path(), "115")
        );
        assert!(told(folder.path(), "116").contains("idle"), "{words}");
    }
}

/// An outside caller's name in an inbound row is nobody's of the company.
#[test]
fn an_outside_callers_name_holds_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let mut phones = Phones::named_by(&["user"]);
    let mut outside = phones.calls[0].clone();
    outside.insert("id", "outside".to_owned());
    outside.insert("direction", "Inbound".to_owned());
    outside.insert("from", "Oona Pike".to_owned());
    let user = outside.remove("source_user").unwrap();
    outside.insert("destination_user", user);
    phones.calls.push(outside);
    begin(folder.path(), &phones);
    all_fine(&quietline(folder.path(), &NIGHT));
    assert!(told(folder.path(), "115").contains("idle"));
}

/// A login is written with and without its umlauts.
#[test]
fn a_name_without_its_accents_may_be_the_lines() {
    for (own, called) in [
        ("jörg.müller", "joerg.mueller"),
        ("søren.kjær", "soren.kjaer"),
        ("jörg.müller", "jorg.muller"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut phones = Phones::named_by(&["user"]);
        phones.lines[14].insert("login_name", own.to_owned());
        phones.lines[14].insert("email", String::new());
        phones.lines[14].insert("first_name", String::new());
        phones.lines[14].insert("last_name", String::new());
        phones.calls.retain(|call| call["source_user"] != "oona.pike");
        let mut theirs = phones.calls[0].clone();
        theirs.insert("id", "plain".to_owned());
        theirs.insert("source_user", called.to_owned());
        phones.calls.push(theirs);
        begin(folder.path(), &phones);
        all_fine(&quietline(folder.path(), &NIGHT));
        assert!(
            told(folder.path(), "115").contains("unknown"),
            "{own}: {}",
            told(folder.path(), "115")
        );
    }
}

/// Exchange's prefix, and the dot with which a name server ends a name.
#[test]
fn a_leave_holds_whatever_stands_around_the_address() {
    for address in [
        "SMTP:oona.pike@example.test",
        "oona.pike@example.test.",
        "smtp:Oona.Pike@example.test.",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let directory = format!("email,status,on_leave_until\n{address},active,2027-03-01\n");
        fs::write(folder.path().join("directory.csv"), directory).unwrap();
        begin(folder.path(), &Phones::named_by(&["user"]));
        assert!(job(folder.path()).contains("directory.csv"));
        all_fine(&quietline(folder.path(), &NIGHT));
        assert!(
            told(folder.path(), "115").contains("on leave"),
            "{address}: {}",
            told(folder.path(), "115")
        );
    }
}

/// A second row of the line says what it is, and nothing of who holds it since when.
#[test]
fn a_row_that_names_no_holder_is_no_earlier_holder() {
    for first in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let mut phones = Phones::named_by(&["user"]);
        for line in &mut phones.lines {
            line.insert("seat_since", "2024-01-08".to_owned());
        }
        let at = if first { 0 } else { phones.lines.len() };
        phones
            .lines
            .insert(at, row([("extension", "115"), ("kind", "lift")]));
        begin(folder.path(), &phones);
        quietline(folder.path(), &NIGHT);
        assert!(
            !told(folder.path(), "115").contains("idle"),
            "{first}: {}",
            told(folder.path(), "115")
        );
        assert!(told(folder.path(), "116").contains("idle"));
    }
}

/// The last day that a database knows is no end.
#[test]
fn a_seat_without_an_end_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut phones = Phones::named_by(&["user"]);
    for line in &mut phones.lines {
        line.insert("seat_until", "9999-12-31".to_owned());
    }
    begin(folder.path(), &phones);
    all_fine(&quietline(folder.path(), &NIGHT));
    assert!(told(folder.path(), "101").contains("in use"));
    assert!(told(folder.path(), "115").contains("idle"));
}
