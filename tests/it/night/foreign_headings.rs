//! `quietline init` over lists whose headings nobody knows: what they may be is proposed, and nothing of it holds before a person has
//! looked at it.

use std::fs;
use std::path::Path;

use super::phones::Phones;
use super::starting::{all_fine, by_flags, err, job, out, phones_in, quietline};

const USERS: &str = "Rufnummer,Nebenstelle,Name\n";

/// Users and calls as a person writes them down; the calls with these further cells.
fn written_by_hand(folder: &Path, headings: &str, further: &str) {
    let phones = Phones::named_by(&["extension"]);
    let users = phones.lines.iter().map(|line| {
        let extension = &line["extension"];
        format!(
            "+1 212 555 0{extension},{extension},{} {}\n",
            line["first_name"], line["last_name"]
        )
    });
    let calls = phones.calls.iter().map(|call| {
        let (day, time) = call["start"].split_once(' ').unwrap();
        let day: Vec<&str> = day.rsplit('-').collect();
        format!(
            "{} {time};{};{};0:01:00{further}\n",
            day.join("."),
            call["source_extension"],
            call["to"]
        )
    });
    fs::write(
        folder.join("Nutzer.csv"),
        format!("{USERS}{}", users.collect::<String>()),
    )
    .unwrap();
    fs::write(
        folder.join("Anrufe.csv"),
        format!("{headings}\n{}", calls.collect::<String>()),
    )
    .unwrap();
}

#[test]
fn what_stands_below_a_heading_proposes_its_column_and_what_is_missing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    written_by_hand(folder.path(), "Datum;Von;An;Dauer", "");
    let output = by_flags(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(76), "{}", err(&output));
    let said = out(&output);
    for part in [
        "Nutzer.csv: most like the list of lines, and cannot be used yet; missing: extension; its headings: Rufnummer, Nebenstelle, Name",
        "Nutzer.csv: by what stands in it, Rufnummer may be dids, Nebenstelle may be extension",
        "Anrufe.csv: most like calls, and cannot be used yet; missing: direction, result, start (or Date/Time), any of ",
        "Anrufe.csv: by what stands in it, Datum may be local_start, Von may be from, Dauer may be length; no heading seems to be direction, result",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let job = job(folder.path());
    for part in [
        "\n# map = { \"Rufnummer\" = \"dids\", \"Nebenstelle\" = \"extension\" }\n",
        "\n# map = { \"Datum\" = \"local_start\", \"Von\" = \"from\", \"Dauer\" = \"length\", \
         \"the heading of direction\" = \"direction\", \"the heading of result\" = \"result\" }\n",
        "\n# date_order = \"dmy\" ",
    ] {
        assert!(job.contains(part), "{part}: {job}");
    }
    assert!(!job.contains("\nmap"), "{job}");
}

#[test]
fn a_proposal_that_is_taken_is_read() {
    let folder = tempfile::tempdir().unwrap();
    written_by_hand(
        folder.path(),
        "Datum;Von;An;Dauer;Richtung;Ergebnis",
        ";outbound;Answered",
    );
    let output = by_flags(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(76), "{}", err(&output));
    let text = job(folder.path());
    assert!(
        text.contains("\"Richtung\" = \"direction\", \"the heading of result\" = \"result\" }"),
        "{text}"
    );
    let taken = text
        .replace("# map = { \"Rufnummer\"", "map = { \"Rufnummer\"")
        .replace("# map = { \"Datum\"", "map = { \"Datum\"")
        .replace("the heading of result", "Ergebnis")
        .replace("# date_order", "date_order");
    fs::write(folder.path().join("quietline.toml"), taken).unwrap();
    let check = quietline(folder.path(), &["check", "quietline.toml"]);
    assert_eq!(check.status.code(), Some(0), "{}{}", out(&check), err(&check));
    assert!(!out(&check).contains("quarantined"), "{}", out(&check));
}

#[test]
fn a_list_of_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    written_by_hand(folder.path(), "Datum;Von;An;Dauer", "");
    fs::write(
        folder.path().join("Nutzer.csv"),
        "Raum;Farbe\nKeller;rot\nDach;blau\n",
    )
    .unwrap();
    let output = by_flags(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(69), "{}", err(&output));
    assert!(
        out(&output).contains("Nutzer.csv: left alone: has headings of no table: Raum, Farbe"),
        "{}",
        out(&output)
    );
    assert!(!folder.path().join("quietline.toml").exists());
}

#[test]
fn headings_of_a_whole_list_that_may_tell_prices_are_proposed_too() {
    let folder = tempfile::tempdir().unwrap();
    phones_in(folder.path(), "users.csv", "calls.csv");
    let users = fs::read_to_string(folder.path().join("users.csv")).unwrap();
    let more = users.lines().enumerate().map(|(at, row)| match at {
        0 => format!("{row},Office 365,Service,Colour,Billed\n"),
        _ => format!("{row},Business Premium,Vonage Premium Line,red,monthly\n"),
    });
    fs::write(folder.path().join("users.csv"), more.collect::<String>()).unwrap();
    let said = all_fine(&by_flags(folder.path(), &[]));
    assert!(
        said.contains("users.csv: by what stands in it, Service may be tier, Billed may be term\n"),
        "{said}"
    );
    let job = job(folder.path());
    assert!(
        job.contains("\n# map = { \"Service\" = \"tier\", \"Billed\" = \"term\" }\n"),
        "{job}"
    );
}
