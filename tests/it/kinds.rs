//! What a line is by its name: every word that ships, in every form in which somebody may have written it.

use std::collections::BTreeMap;

use quietline::domain::{Kind, Line, Scoring, parse_day};
use quietline::job::{Given, load};
use quietline::steps::roster::normalise::roster;

use crate::roll_up::line;

/// The rules that ship, with those of a job before them.
fn scoring(own: &str) -> Scoring {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "[accounts.\"1\"]\ntime_zone = \"America/New_York\"\n[sources.lines]\nfiles = \"lines.csv\"\n\
         [sources.calls]\nfiles = \"calls.csv\"\n{own}"
    );
    std::fs::write(folder.path().join("job.toml"), text).unwrap();
    let given = Given {
        file: Some("job.toml".as_ref()),
        folder: folder.path(),
        environment: &BTreeMap::new(),
        set: &[],
        as_of: None,
        accept_empty: &[],
    };
    load(&given).unwrap().scoring
}

fn kinds_of(lines: Vec<Line>, scoring: &Scoring) -> BTreeMap<String, Option<Kind>> {
    let roster = roster(lines, &[], &[], scoring, parse_day("2026-10-16").unwrap()).unwrap();
    let told = roster.lines.into_iter();
    told.map(|line| (line.line_id.clone(), line.kind)).collect()
}

/// A user with a login that says nothing, under this name.
fn holder(name: &str) -> Line {
    Line {
        line_id: name.to_owned(),
        login_name: Some("u4711".to_owned()),
        first_name: Some(name.to_owned()),
        ..line("300")
    }
}

/// A name and nothing else.
fn label(name: &str) -> Line {
    Line {
        login_name: None,
        ..holder(name)
    }
}

fn is_thing(kind: Option<Kind>) -> bool {
    kind.is_some_and(|kind| kind != Kind::Person)
}

fn unprotected(lines: Vec<Line>, scoring: &Scoring) -> Vec<String> {
    kinds_of(lines, scoring)
        .into_iter()
        .filter(|(_, kind)| !kind.is_some_and(|kind| scoring.protected_kinds.contains(&kind)))
        .map(|(name, _)| name)
        .collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// The forms of a word: as written, in capitals, beside a digit, joined by marks and by case, with a second word, in plural.
fn forms(word: &str) -> Vec<String> {
    let bare = word.trim_matches('*');
    let camel: String = bare.split([' ', '\'']).map(capitalised).collect();
    let snake = bare.replace([' ', '\''], "_");
    let joined = bare.replace([' ', '\''], "");
    vec![
        bare.to_owned(),
        bare.to_uppercase(),
        format!("{bare}2"),
        format!("{bare} 2"),
        format!("3{joined}"),
        format!("{camel}3"),
        format!("{}_NORTH", snake.to_uppercase()),
        format!("north_{snake}"),
        format!("Fire{camel}"),
        format!("{camel}Phone"),
        format!("{joined}phone"),
        format!("main{joined}"),
        format!("{camel}-B"),
        format!("(old) {camel}/2nd floor"),
        format!("{bare}s"),
        format!("{}S", joined.to_uppercase()),
        format!("{camel}s2"),
        camel.chars().flat_map(|letter| ['\u{200b}', letter]).collect(),
    ]
}

#[test]
fn every_shipped_word_protects_in_every_form() {
    let scoring = scoring("");
    let words: Vec<String> = scoring
        .kind_rules
        .iter()
        .flat_map(|rule| &rule.words)
        .map(ToString::to_string)
        .collect();
    assert!(words.len() > 300, "{}", words.len());
    // What ends in a number goes on in a longer one.
    let spelt = words
        .iter()
        .filter(|word| !word.ends_with(|c: char| c.is_ascii_digit()));
    let held = spelt.flat_map(|word| forms(word)).map(|name| holder(&name));
    assert_eq!(unprotected(held.collect(), &scoring), Vec::<String>::new());
}

#[test]
fn every_shipped_label_protects_what_nobody_holds_and_what_is_called_by_things_alone() {
    let scoring = scoring("");
    let labels: Vec<String> = scoring
        .kind_rules
        .iter()
        .flat_map(|rule| &rule.labels)
        .map(ToString::to_string)
        .collect();
    assert!(labels.len() > 30, "{}", labels.len());
    let nobody = labels
        .iter()
        .flat_map(|word| forms(word))
        .map(|name| label(&name));
    assert_eq!(unprotected(nobody.collect(), &scoring), Vec::<String>::new());
    let things = labels.iter().flat_map(|word| {
        [
            format!("{word} 2"),
            format!("North {word}"),
            format!("{word} phone B"),
        ]
    });
    assert_eq!(
        unprotected(things.map(|name| holder(&name)).collect(), &scoring),
        Vec::<String>::new()
    );
    let people = labels.iter().flat_map(|word| {
        [
            format!("Wilma {}s", capitalised(word)),
            format!("A. {}", capitalised(word)),
        ]
    });
    for (name, kind) in kinds_of(people.map(|name| holder(&name)).collect(), &scoring) {
        assert!(!is_thing(kind) || name.starts_with("A."), "{name}: {kind:?}");
    }
}

#[test]
fn plurals_and_compounds_as_seven_languages_make_them() {
    #[rustfmt::skip]
    let names = [
        "Lobbies", "Elevators", "Faxes", "Personenaufzüge", "Lastenaufzug 3", "PERSONENAUFZUEGE", "Fahrstühle",
        "Notrufsäule P2", "Aufzugnotruf", "Brandmeldeanlage", "Alarmanlage", "Türsprechstelle", "Tuersprechstelle Nord",
        "Klingeln", "ascenseurs", "Ascenseur Nord", "monte-charges", "Salles de réunion", "SALLE DE REUNION 4",
        "Appel d'urgence", "Ascensores", "montacargas", "Recepción 1", "recepcio\u{301}n 2", "Ascensori", "Citofoni",
        "Allarmi", "liften", "Noodtelefoon lift", "Deurbellen", "Elevadores", "Portões", "Emergência", "Elev. car 3",
        "Call box", "callbox7", "Help-Point", "Pool phone", "Front gate", "Ｌｉｆｔ３", "SOSTelefon", "PBXlift", "LIFTphone",
        "e-911 box", "911 Phone", "Nurse Call", "BMA", "Elv 1", "ConfRm 2", "Door Entry", "Winda 2", "Hiss 2", "Nödtelefon",
        "Brandlarm", "エレベーター2", "火災報知器", "电梯2", "传真机", "מעלית 2", "Modem", "Card terminal 3", "Mainlift", "liftphones",
        "elevatoremergencyphone", "liftcarphones2", "LIFTSHAFTPHONE", "fireserviceelevator", "emergencyphonelobby",
        "areaofrefuge", "overheadpaging", "panicbutton2", "pooldeckemergency", "telefonodeemergencia", "Emerg Phone",
        "FACP-2", "Fire Dialler", "Call Point 3", "Defib", "911", "911 callback", "Pit phone", "Machine Room",
        "Wheelchairlift", "Feuerwehrtelefon", "Brandmeldcentrale", "Schrankenanlage", "Notdienst", "Rufbereitschaft",
        "Monte-malade", "Portero electro\u{301}nico", "PorteiroEletrônico", "Hisslarm", "Heistelefon", "Hissipuhelin",
        "palohälytin", "ASANSÖR 2", "Výtah", "Лифт 2", "Ανελκυστήρας", "مصعد 1", "엘리베이터", "비상전화", "消防", "Thang máy 2",
        "ATA 1", "PDQ 2", "Room 301", "NightBell", "salesqueue",
    ];
    let scoring = scoring("");
    assert_eq!(
        unprotected(names.map(holder).to_vec(), &scoring),
        Vec::<String>::new()
    );
}

#[test]
fn a_person_with_a_user_stays_a_person_by_a_name_that_only_resembles_a_thing() {
    #[rustfmt::skip]
    let people = [
        "Bill Gates", "Ann Hall", "Rachel Poole", "Rachel Pool", "Larry Page", "Kristen Bell", "Tor Hansen", "Mary Clifton",
        "Ed Clift", "John Faxon", "Gareth Southgate", "Doris Portier", "J Page", "Elevine Moss", "Socorro Diaz",
        "Ana Barrera", "Al Armstrong", "Bellamy Poolman", "Liv Tannhallen", "Swift Taylor", "Operetta Jones", "Halifax Orr",
        "Winda Petersen", "Tony Hiss", "Christopher Guest", "Peter Drucker", "Ema Watson", "Ata Kaya", "Emer Kenny",
        "Van Hall", "Hans Zimmer", "Anna Heise",
    ];
    let scoring = scoring("");
    for (name, kind) in kinds_of(people.map(holder).to_vec(), &scoring) {
        assert_eq!(kind, Some(Kind::Person), "{name}");
    }
}

#[test]
fn a_word_in_the_login_protects_and_one_in_the_companys_address_does_not() {
    let named = |login: Option<&str>, email: Option<&str>| Line {
        login_name: login.map(str::to_owned),
        email: email.map(str::to_owned),
        ..holder("Unit 7")
    };
    let scoring = scoring("");
    let kind = |line| kinds_of(vec![line], &scoring)["Unit 7"];
    assert_eq!(kind(named(Some("lift3.north@vbc.prod"), None)), Some(Kind::Lift));
    assert_eq!(
        kind(named(None, Some("fax-accounting@example.test"))),
        Some(Kind::Fax)
    );
    assert_eq!(kind(named(None, Some("mia@lift-works.test"))), Some(Kind::Person));
}

#[test]
fn a_location_that_is_a_things_name_and_nothing_else_protects() {
    let at = |location: &str| Line {
        location: Some(location.to_owned()),
        ..holder("KONE 300-7")
    };
    let scoring = scoring("");
    let kind = |location| kinds_of(vec![at(location)], &scoring)["KONE 300-7"];
    assert_eq!(kind("Lift 3"), Some(Kind::Lift));
    assert_eq!(kind("ELEVATOR_North"), Some(Kind::Lift));
    for place in ["Warehouse", "Berlin", "Lift Street 3, Leeds", "Fax Valley"] {
        assert_eq!(kind(place), Some(Kind::Person), "{place}");
    }
}

#[test]
fn a_department_and_a_labels_login_tell_of_what_is_numbered_and_no_person_by_its_name() {
    let scoring = scoring("");
    let kind = |name: &str, department: &str, login: &str| {
        let line = Line {
            department: Some(department.to_owned()),
            login_name: Some(login.to_owned()),
            ..holder(name)
        };
        kinds_of(vec![line], &scoring)[name]
    };
    for (department, told) in [
        ("Elevators", Kind::Lift),
        ("Fire alarms", Kind::Alarm),
        ("EMERGENCY_PHONES", Kind::Emergency),
    ] {
        assert_eq!(kind("KONE 300-7", department, "u1"), Some(told), "{department}");
        assert_eq!(
            kind("Ada Birch", department, "u1"),
            Some(Kind::Person),
            "{department}"
        );
        assert_eq!(kind("Ada", department, "u1"), Some(Kind::Person), "{department}");
    }
    assert_eq!(kind("Car 3", "Lift sales", "u1"), Some(Kind::Person));
    assert_eq!(kind("Siedle 2", "North", "gate2"), Some(Kind::Paging));
    assert_eq!(kind("Ann Hall", "North", "hall2"), Some(Kind::Person));
}

#[test]
fn the_list_says_what_a_line_is_before_any_word_and_a_jobs_rules_before_the_shipped_ones() {
    let said = Line {
        kind: Some(Kind::Person),
        ..holder("Lobby Hobson")
    };
    let own = "[kinds.a_zoo]\nkind = \"alarm\"\nname = '(?i)^lift-x$'\n[kinds.fax]\nwords = []\n\
               [kinds.b_bay]\nkind = \"common_area\"\nwords = [\"bay*\"]\nextensions = \"300-309\"\n";
    let scoring = scoring(own);
    let kinds = kinds_of(
        vec![
            said,
            holder("lift-x"),
            holder("Fax 1"),
            holder("Baytor"),
            holder("Lift 4"),
        ],
        &scoring,
    );
    assert_eq!(kinds["Lobby Hobson"], Some(Kind::Person));
    assert_eq!(
        kinds["lift-x"],
        Some(Kind::Alarm),
        "a pattern of a job's own still holds"
    );
    assert_eq!(
        kinds["Fax 1"],
        Some(Kind::Person),
        "the shipped words were taken away"
    );
    assert_eq!(kinds["Baytor"], Some(Kind::CommonArea));
    assert_eq!(kinds["Lift 4"], Some(Kind::Lift));
}
