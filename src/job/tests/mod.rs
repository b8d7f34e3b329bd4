//! Jobs that are taken, and where each value comes from.

mod refused;

use std::collections::BTreeMap;
use std::fs;

use chrono::NaiveDate;

use super::*;
use crate::domain::{Kind, TableName};

const SMALL: &str = r#"
[accounts."913874"]
time_zone = "America/New_York"
[sources.lines]
files = "lines.csv"
[sources.calls]
files = ["calls/*.csv", "../older/*.csv"]
"#;

#[derive(Default)]
struct Said<'a> {
    environment: &'a [(&'a str, &'a str)],
    set: &'a [(&'a str, &'a str)],
    as_of: Option<NaiveDate>,
    accept_empty: &'a [NaiveDate],
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn loaded(text: &str, said: Said<'_>) -> Result<Job, JobError> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Night Shift.toml"), text).unwrap();
    fs::write(
        folder.path().join("twice.toml"),
        "currency = \"USD\"\ncharge_rules = []\n\
         [[prices]]\ntier = \"mobile\"\nterm = \"annual\"\nvalid_from = 2026-01-01\nprice = \"13.99\"\n\
         [[prices]]\ntier = \"mobile\"\nterm = \"annual\"\nvalid_from = 2026-01-01\nprice = \"12.99\"\n",
    )
    .unwrap();
    load(&Given {
        file: Some("Night Shift.toml".as_ref()),
        folder: folder.path(),
        environment: &owned(said.environment).into_iter().collect::<BTreeMap<_, _>>(),
        set: &owned(said.set),
        as_of: said.as_of,
        accept_empty: said.accept_empty,
    })
}

fn source_of(job: &Job, key: &str) -> (String, String) {
    let setting = job.settings.iter().find(|setting| setting.key == key).unwrap();
    (setting.value.clone(), setting.source.clone())
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn a_small_job_needs_an_account_and_two_sources() {
    let job = loaded(SMALL, Said::default()).unwrap();
    assert_eq!(job.name, "night-shift");
    assert_eq!(job.scoring.window_days, 90);
    assert_eq!(job.scoring.protected_kinds.len(), Kind::ALL.len() - 1);
    assert_eq!(job.sources[0].table, TableName::Lines);
    assert_eq!(job.sources[1].account.as_deref(), Some("913874"));
    assert!(job.store.is_absolute() && job.store.ends_with("store"));
    assert!(job.sources[1].files[1].ends_with("older/*.csv"));
    assert!(!job.sources[1].files[1].display().to_string().contains(".."));
    assert_eq!(
        source_of(&job, "job.name"),
        ("\"night-shift\"".into(), "the job file's name".into())
    );
    assert_eq!(
        source_of(&job, "accounts.913874.currency"),
        ("\"USD\"".into(), "default".into())
    );
    assert_eq!(job.ping.variable, "QUIETLINE_PING_URL");
}

#[test]
fn later_layers_win_and_are_named() {
    let text = format!("{SMALL}[scoring]\nwindow_days = 100\nwatch_days_before = 20\n");
    let said = Said {
        environment: &[
            ("QUIETLINE__SCORING__WINDOW_DAYS", "110"),
            ("QUIETLINE__SCORING__WEEKDAYS", "sun, mon"),
            ("QUIETLINE_JOB", "elsewhere.toml"),
        ],
        set: &[("scoring.window_days", "120")],
        as_of: Some(day("2026-10-16")),
        ..Said::default()
    };
    let job = loaded(&text, said).unwrap();
    assert_eq!(job.scoring.window_days, 120);
    let sources: Vec<String> = [
        "scoring.window_days",
        "scoring.watch_days_before",
        "scoring.weekdays",
        "scoring.model",
        "job.as_of",
    ]
    .map(|key| {
        format!(
            "{key}: {} from {}",
            source_of(&job, key).0,
            source_of(&job, key).1
        )
    })
    .into();
    insta::assert_snapshot!(sources.join("\n"), @r#"
    scoring.window_days: 120 from --set
    scoring.watch_days_before: 20 from Night Shift.toml, line 10
    scoring.weekdays: "sun, mon" from QUIETLINE__SCORING__WEEKDAYS
    scoring.model: "probability" from default
    job.as_of: "2026-10-16" from --as-of
    "#);
}

#[test]
fn a_variable_finds_an_account_whatever_its_letters() {
    let text = SMALL.replace("913874", "Acme-West");
    let said = Said {
        environment: &[("QUIETLINE__ACCOUNTS__ACME-WEST__TIME_ZONE", "Europe/Berlin")],
        ..Said::default()
    };
    let job = loaded(&text, said).unwrap();
    assert_eq!(
        job.accounts[0].time_zone,
        crate::zones::named("Europe/Berlin").unwrap()
    );
}

#[test]
fn accepted_days_are_added_to_those_of_the_job() {
    let text = format!("{SMALL}[gates]\naccept_empty = [2026-10-12]\n");
    let days = [day("2026-09-07"), day("2026-10-12")];
    let job = loaded(
        &text,
        Said {
            accept_empty: &days,
            ..Said::default()
        },
    )
    .unwrap();
    assert_eq!(job.gates.accept_empty, days);
}

#[test]
fn own_rules_come_before_shipped_ones_and_shipped_ones_can_be_switched_off() {
    let text =
        format!("{SMALL}[kinds.zoo]\nkind = \"alarm\"\nname = \"zoo\"\n[kinds.fax]\nenabled = false\n");
    let rules = loaded(&text, Said::default()).unwrap().scoring.kind_rules;
    assert_eq!(rules[0].name, "zoo");
    assert_eq!(rules[1].name, "alarm");
    assert!(rules.iter().all(|rule| rule.name != "fax"));
}

#[test]
fn a_table_can_have_several_sources_each_with_its_own_ways() {
    let more = r#"
[sources.calls_west]
table = "calls"
files = "west/*.csv"
delimiter = "tab"
encoding = "latin1"
sheet = "Company Summary"
decimal = "comma"
date_order = "mdy"
shape = "portal"
time_zone = "America/Denver"
covers_from = 2026-01-01
covers_to = 2026-06-30
optional = true
map = { "Ext." = "extension" }
"#;
    let job = loaded(&format!("{SMALL}{more}"), Said::default()).unwrap();
    let west = &job.sources[2];
    assert_eq!((west.name.as_str(), west.table), ("calls_west", TableName::Calls));
    assert_eq!(west.delimiter, Some(b'\t'));
    assert_eq!(west.encoding.as_deref(), Some("windows-1252"));
    assert_eq!(west.sheet.as_deref(), Some("Company Summary"));
    assert_eq!(west.map["Ext."], "extension");
    assert!(west.optional);
}

#[test]
fn a_secret_is_shown_as_set_and_where() {
    let more = "[mail]\ntransport = \"smtp\"\n[mail.finance]\nto = [\"a@example.com\"]\n[mail.operators]\nto = [\"b@example.com\"]\n[mail.smtp]\nhost = \"mx.example.com\"\n";
    let said = Said {
        environment: &[("QUIETLINE_SMTP_PASSWORD", "canary")],
        ..Said::default()
    };
    let job = loaded(&format!("{SMALL}{more}"), said).unwrap();
    assert_eq!(
        source_of(&job, "mail.smtp.password"),
        ("(set)".into(), "QUIETLINE_SMTP_PASSWORD".into())
    );
    assert_eq!(source_of(&job, "ping.url").0, "(not set)");
    assert!(!format!("{job:?}").contains("canary"));
}

#[test]
fn a_secret_in_the_place_of_its_file_or_its_variable_is_not_shown() {
    let more = "[ping]\nurl_file = \"https://ping.example/CANARY\"\n[webhook]\nurl_env = \"CANARY7\"\n[vonage]\npassword_file = \"/CANARY\"\nca_file = \"CANARY\"\ntoken_file = \"CANARY\"\n";
    let job = loaded(&format!("{SMALL}{more}"), Said::default()).unwrap();
    assert_eq!(source_of(&job, "ping.url_file").0, "(no such file; not shown)");
    let shown = format!("{:?}", job.settings);
    assert!(!shown.contains("CANARY"), "{shown}");
}

#[test]
fn digests_change_with_the_figures_and_with_nothing_else() {
    let digests = |more: &str| {
        let job = loaded(&format!("{SMALL}{more}"), Said::default()).unwrap();
        (job.settings_digest, job.scoring_digest)
    };
    let plain = digests("");
    assert_eq!(
        plain,
        digests("[job]\nreports = \"elsewhere\"\n[mail]\ntransport = \"none\"\n")
    );
    let gates = digests("[gates]\nmass_flag_lines = 500\n");
    assert_ne!(plain.0, gates.0);
    assert_eq!(plain.1, gates.1, "loosening a gate must not start a new baseline");
    let window = digests("[scoring]\nwindow_days = 60\n");
    assert!(plain.0 != window.0 && plain.1 != window.1);
}

/// The manual names every key that the reader asks for, and each default can be read.
#[test]
fn the_manual_holds_every_key() {
    let commented = DEFAULTS
        .lines()
        .map(|line| line.trim_start_matches("# "))
        .filter_map(|line| line.split_once(" ="))
        .map(|(key, _)| key);
    let named: std::collections::BTreeSet<&str> = commented.collect();
    // An unknown key of each section makes the reader list what it asked for.
    let sections = [
        "job",
        "accounts.two",
        "sources.calls",
        "scoring",
        "kinds.fax",
        "keep.x",
        "gates",
        "retention",
        "prices",
        "mail",
        "mail.finance",
        "mail.smtp",
        "webhook",
        "ping",
    ];
    let mut absent = Vec::new();
    for section in sections {
        let stray = format!("{section}.zzzz");
        let said = Said {
            set: &[(stray.as_str(), "1")],
            ..Said::default()
        };
        let error = loaded(SMALL, said).unwrap_err().to_string();
        let listed = error.split("the keys are ").nth(1).unwrap();
        let keys = listed.lines().next().unwrap().split(", ");
        absent.extend(
            keys.filter(|key| !named.contains(key) && !DEFAULTS.contains(&format!("[{section}.{key}]")))
                .map(|key| format!("{section}.{key}")),
        );
    }
    assert_eq!(absent, Vec::<String>::new());
}
