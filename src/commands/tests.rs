use super::run::Run;
use super::words::{JobWords, SetWords};
use super::*;
use chrono::NaiveDate;
use clap::CommandFactory;

fn typed(words: &str) -> Command {
    Cli::try_parse_from(words.split(' ')).unwrap().command
}

#[test]
fn the_words_fit_together() {
    Cli::command().debug_assert();
}

#[test]
fn run_takes_what_a_night_needs() {
    let run = Run {
        job: JobWords {
            job: Some("a.toml".into()),
            set: SetWords {
                set: vec![
                    ("scoring.window_days".into(), "120".into()),
                    ("mail.from".into(), "a=b@example.com".into()),
                ],
            },
        },
        as_of: NaiveDate::from_ymd_opt(2026, 10, 16),
        accept_change: vec!["0123456789ab".into()],
        accept_empty: NaiveDate::from_ymd_opt(2026, 10, 14).into_iter().collect(),
        redo: true,
        ..Run::default()
    };
    let words = "quietline run a.toml --set scoring.window_days=120 --set mail.from=a=b@example.com \
                 --as-of 2026-10-16 --accept-change 0123456789AB --accept-empty 2026-10-14 --redo";
    assert_eq!(
        typed(&words.replace("                     ", "")),
        Command::Run(run)
    );
}

#[test]
fn explain_takes_the_day_of_a_past_night() {
    let Command::Explain(explain) = typed("quietline explain 4021 --as-of 2026-10-16") else {
        panic!("not explain")
    };
    assert_eq!(explain.as_of, NaiveDate::from_ymd_opt(2026, 10, 16));
}

#[test]
fn words_that_mean_nothing_are_refused_with_what_would() {
    let table = [
        ("run a.toml --set scoring.window_days", "write KEY=VALUE"),
        ("run a.toml --set =3", "write KEY=VALUE"),
        ("run a.toml --as-of 2026-02-30", "not a day such as 2026-10-31"),
        ("run a.toml --as-of 16.10.2026", "not a day such as 2026-10-31"),
        (
            "run a.toml --accept-empty yesterday",
            "not a day such as 2026-10-31",
        ),
        ("run a.toml --accept-change all", "not a hash"),
        ("run a.toml --log-format xml", "possible values: text, json"),
        ("runn a.toml", "a similar subcommand exists: 'run'"),
        ("explain", "<LINE>"),
        ("synth --out x --mix odd", "office, seasonal, sparse"),
        ("synth --out x --time-zone Mars/Olympus", "IANA"),
    ];
    for (words, says) in table {
        let words = std::iter::once("quietline").chain(words.split(' '));
        let error = Cli::try_parse_from(words).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{error}");
        assert!(error.to_string().contains(says), "{says:?} is not in: {error}");
    }
}
