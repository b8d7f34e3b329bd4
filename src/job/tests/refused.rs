//! Jobs that are refused, and in which words.

use super::*;

/// The small job with more text at its end, which is expected to be refused.
fn refusal(more: &str) -> String {
    loaded(&format!("{SMALL}{more}"), Said::default())
        .unwrap_err()
        .to_string()
}

#[test]
fn every_setting_that_cannot_be_used_is_refused_with_what_can() {
    let table = [
        (
            "[scoring]\nwindow_days = 0",
            "scoring.window_days = 0 (from Night Shift.toml, line 9): must be 30 to 730",
        ),
        ("[scoring]\nwindow_days = \"many\"", "must be 30 to 730"),
        ("[scoring]\nwindow_days = 90.5", "scoring.window_days = \"90.5\""),
        ("[scoring]\nwindow_days = [90]", "takes one value"),
        (
            "[scoring]\nwatch_days_before = 90",
            "must be below scoring.window_days = 90",
        ),
        (
            "[scoring]\nwindw_days = 90",
            "scoring.windw_days (from Night Shift.toml, line 9): is not a key here; did you mean window_days?",
        ),
        ("[scoring]\nqqq = 1", "is not a key here; the keys are"),
        (
            "[scorings]\nwindow_days = 90",
            "scorings (from Night Shift.toml, line 9): is not a key here; did you mean scoring?",
        ),
        (
            "[prices]\nassume = \"premium\"",
            "names no tier and term; write one of mobile",
        ),
        ("[scoring]\nmodel = \"magic\"", "is none of: probability, rule"),
        ("[scoring]\nweekdays = [\"noday\"]", "is not a weekday"),
        ("[scoring]\nweekdays = []", "one business day or more"),
        ("[scoring]\nprotected_kinds = [\"person\"]", "[keep.*] rule"),
        ("[job]\nname = \"../up\"", "names the report folder"),
        (
            "[job]\nas_of = \"16.10.2026\"",
            "must be a day such as 2026-10-31",
        ),
        (
            "[job]\nstore = \"\"",
            "job.store = \"\" (from Night Shift.toml, line 9): is missing; name a folder",
        ),
        (
            "[accounts.two]\ntime_zone = \"America/New_Yrok\"",
            "did you mean America/New_York?",
        ),
        (
            "[accounts.two]\nname = \"x\"",
            "accounts.two.time_zone: is missing",
        ),
        (
            "[accounts.\"a/b\"]\ntime_zone = \"UTC\"",
            "the account id must be",
        ),
        (
            "[accounts.two]\ntime_zone = \"UTC\"\ncurrency = \"dollars\"",
            "currency code",
        ),
        ("[sources.invoices]\nfiles = \"x\"", "\"invoices\" names no table"),
        (
            "[sources.more]\ntable = \"call\"\nfiles = \"x\"",
            "is none of: lines",
        ),
        ("[sources.charges]\nfiles = []", "sources.charges.files"),
        ("[sources.charges]\nfiles = \"a/***.csv\"", "is not a pattern"),
        (
            "[sources.charges]\nfiles = \"https://u:canary@host/charges.csv\"",
            "is an address; only files are read",
        ),
        (
            "[sources.charges]\nfiles = \"x\"\naccount = \"1\"",
            "is none of the job's accounts (913874)",
        ),
        (
            "[sources.charges]\nfiles = \"x\"\ndelimiter = \"::\"",
            "comma, semicolon, tab, bar",
        ),
        (
            "[sources.charges]\nfiles = \"x\"\nencoding = \"morse\"",
            "is not an encoding",
        ),
        (
            "[sources.charges]\nfiles = \"x\"\nsheet = \"Q1/Q2\"",
            "is no name of a sheet",
        ),
        (
            "[sources.charges]\nfiles = \"x\"\nshape = \"portal\"",
            "is for sources of calls only",
        ),
        (
            "[sources.more]\ntable = \"calls\"\nfiles = \"x\"\ncovers_from = 2026-02-01\ncovers_to = 2026-01-01",
            "must not be after covers_to",
        ),
        (
            "[kinds.fax]\nname = '(fax'",
            "is not a regular expression: unclosed group",
        ),
        (
            "[kinds.dock]\nkind = \"common_area\"",
            "kinds.dock (from Night Shift.toml, line 9): matches nothing",
        ),
        (
            "[kinds.dock]\nextensions = \"8099-8000\"\nkind = \"fax\"",
            "the lower one first",
        ),
        (
            "[keep.board]\ndepartment = \"Board\"\nreason = \"they asked\"",
            "keep.board.expires_on: is missing",
        ),
        (
            "[keep.board]\ndepartment = \"Board\"\nexpires_on = 2027-01-01",
            "keep.board.reason: is missing",
        ),
        (
            "[keep.board]\nreason = \"x\"\nexpires_on = 2027-01-01",
            "keeps nothing",
        ),
        ("[gates]\nmax_one_line_percent = 100", "must be 10 to 90"),
        ("[gates]\nmax_shrink_percent = 100", "must be 1 to 90"),
        (
            "[gates]\ncalls_warn_business_hours = 100",
            "a warning comes before the block",
        ),
        ("[gates]\naccept_empty = [\"monday\"]", "is not a day"),
        ("[retention]\noverlap_days = 1", "must be 2 to 60"),
        ("[prices]\nbook = \"nowhere.toml\"", "cannot read"),
        (
            "[prices]\nbook = \"twice.toml\"",
            "two prices for mobile annual from 2026-01-01: 13.99 and 12.99",
        ),
        ("[mail]\ntransport = \"pigeon\"", "is none of: file, smtp, none"),
        ("[mail.finance]\nto = [\"nobody\"]", "is not a mail address"),
        (
            "[mail]\nfrom = \"quietline <quietline@example.com>\"",
            "mail.from = \"quietline <quietline@example.com>\" (from Night Shift.toml, line 9): is not a mail address alone",
        ),
        (
            "[mail.finance]\nto = [\"Fiona <fiona@example.com>\"]",
            "is not a mail address alone, such as finance@example.com",
        ),
        ("[mail]\ntransport = \"smtp\"", "mail.smtp.host: is missing"),
        (
            "[mail]\ntransport = \"smtp\"",
            "mail.operators.to: is empty: nobody would hear",
        ),
        (
            "[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"mx.example.com\"\ntls = \"none\"",
            "in the clear",
        ),
        ("[mail.smtp]\nport = 99999", "must be 1 to 65535"),
        (
            "[mail.smtp]\nlogin = \"kerberos\"",
            "is none of: password, xoauth2",
        ),
        (
            "[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"mx.example.com\"\nlogin = \"xoauth2\"",
            "mail.smtp.user: is missing",
        ),
        (
            "[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"mx.example.com\"\nlogin = \"xoauth2\"\nuser = \"a@b.example\"",
            "mail.smtp.token_url: is missing",
        ),
        (
            "[mail.smtp]\ntoken_url = \"http://login.example.com/token\"",
            "in the clear",
        ),
        (
            "[mail.finance]\ncadence = \"daily\"",
            "is none of: nightly, weekly, on_change",
        ),
        (
            "[mail.admins]\nweekday = \"noday\"",
            "must be a day of the week such as monday",
        ),
        ("[webhook]\nheartbeat_days = 0", "must be 1 to 90"),
        ("[webhook]\nformat = \"irc\"", "is none of: slack, teams, json"),
        (
            "[mail]\nfrom = \"a@b.example\"\nfrom = \"a@b.example\"",
            "duplicate key",
        ),
        (
            "[scoring]\nwindow_days = 99999999999999999999",
            "line 9, column 1: the number is too large",
        ),
    ];
    let missing: Vec<String> = table
        .into_iter()
        .map(|(more, says)| (refusal(more), says))
        .filter(|(refusal, says)| !refusal.contains(says))
        .map(|(refusal, says)| format!("{says:?} is not in: {refusal}"))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn all_faults_are_named_at_once() {
    let error = loaded("[scoring]\nwindow_days = 0\nwindw = 1\n", Said::default()).unwrap_err();
    insta::assert_snapshot!(error, @r#"
    Night Shift.toml: 5 settings cannot be used
      - accounts: is missing; name an account by its id, with its zone: [accounts."913874"] time_zone = "America/New_York"
      - scoring.window_days = 0 (from Night Shift.toml, line 2): must be 30 to 730
      - scoring.windw (from Night Shift.toml, line 3): is not a key here; did you mean window_days?
      - sources.calls: is missing; without it nothing can be said of any line
      - sources.lines: is missing; without it nothing can be said of any line
    "#);
}

#[test]
fn a_flag_and_a_variable_are_held_to_the_same() {
    let said = Said {
        environment: &[
            ("QUIETLINE__SCORING__WINDOW_DAYS", "0"),
            ("QUIETLINE__SCORING", "3"),
        ],
        ..Said::default()
    };
    let by_variable = loaded(SMALL, said).unwrap_err().to_string();
    assert!(
        by_variable.contains("(from QUIETLINE__SCORING__WINDOW_DAYS): must be 30 to 730"),
        "{by_variable}"
    );
    let said = Said {
        set: &[
            ("scoring.windowdays", "120"),
            ("accounts.\"9.1\".time_zone", "UTC"),
        ],
        ..Said::default()
    };
    let by_flag = loaded(SMALL, said).unwrap_err().to_string();
    assert!(
        by_flag.contains("scoring.windowdays (from --set): is not a key here; did you mean window_days?"),
        "{by_flag}"
    );
}

#[test]
fn a_secret_in_the_place_of_a_key_is_not_repeated() {
    for said in [
        Said {
            set: &[("mail.Qk8vN2xLmP4rT7wYz1Ac3E5gH", "x")],
            ..Said::default()
        },
        Said {
            environment: &[("QUIETLINE__MAIL__SMTP__Qk8vN2xLmP4rT7wYz1Ac3E5gH", "x")],
            ..Said::default()
        },
    ] {
        let told = loaded(SMALL, said).unwrap_err().to_string();
        assert!(
            told.contains("***") && told.contains("is not a key here"),
            "{told}"
        );
        assert!(!told.to_lowercase().contains("qk8v"), "{told}");
    }
}

#[test]
fn a_secret_in_a_job_is_refused_and_never_repeated() {
    let places = [
        "[mail.smtp]\npassword = \"canary\"",
        "[webhook]\nurl = \"https://hooks.example/canary\"",
        "[webhook]\nurl_env = \"https://hooks.example/canary\"",
        "[mail.smtp]\npassword_env = \"canary\"",
        "[sources.charges]\nfiles = \"https://u:canary@host/charges.csv\"",
        "[sources.charges]\nfiles = [\"https://u:canary@host/[charges.csv\"]",
        "[mail.smtp]\nhost = \"user:canary@mx.example.com\"",
        "[ping]\nurl = \"https://ping.example/canary\"",
        "[ping]\nurl_env = \"https://ping.example/canary\"",
        "[mail.smtp]\npassword = \"canary",
        "[mail]\ntoken = \"canary\"",
        "[mail.smtp]\npassword_file = [\"canary\"]",
        "[mail.smtp]\npassword_file = \"canary\\u0007\"",
        "[mail.smtp]\nca_file = \"\"\"-----BEGIN KEY-----\ncanary\n\"\"\"",
        "[vonage]\ntoken_url = \"https://user:canary@api.example\"",
        "[vonage]\nbase_url = \"canary\"",
        "[vonage]\nclient_secret_env = \"canary\"",
    ];
    for place in places {
        let said = refusal(place);
        assert!(!said.contains("canary"), "{said}");
    }
    let said = Said {
        set: &[("mail.smtp.password", "canary")],
        environment: &[("QUIETLINE__PING__URL", "canary")],
        ..Said::default()
    };
    let error = loaded(SMALL, said).unwrap_err().to_string();
    assert!(
        !error.contains("canary") && error.contains("does not belong in a job"),
        "{error}"
    );
}

#[test]
fn a_passphrase_that_looks_like_nothing_is_repeated_nowhere_near_a_secret() {
    for secret in [
        "correct horse battery staple",
        "Xk9!vQ2#pL",
        "hunter2horse",
        "password12",
    ] {
        let keys = [
            "[mail.smtp]\nport",
            "[mail.smtp]\nlogin",
            "[mail.smtp]\nallow_plaintext",
            "[vonage]\nquota_per_minute",
            "[vonage]\nbase_url",
            "[vonage.tiers]\nbasic",
            "[webhook]\nformat",
        ];
        let keys = keys.map(|key| format!("{key} = \"{secret}\""));
        let sections = [
            "mail.smtp",
            "vonage",
            "vonage.tiers",
            "webhook",
            "ping",
            "mail",
            "scoring",
            "job",
        ];
        let as_key = sections.map(|section| format!("[{section}]\n\"{secret}\" = 1"));
        for more in keys.iter().chain(&as_key) {
            let said = refusal(more);
            assert!(!said.contains(secret), "{said}");
            assert!(said.contains("line 9") || said.contains("line 10"), "{said}");
        }
        let told = loaded(
            SMALL,
            Said {
                set: &[(secret, "x")],
                ..Said::default()
            },
        );
        let told = told.unwrap_err().to_string();
        assert!(
            told.contains("*** (from --set)") && !told.contains(secret),
            "{told}"
        );
    }
    let said = refusal("[mail.smtp]\npasword_file = \"x\"");
    assert!(said.contains("did you mean password_file?"), "{said}");
    let said = refusal("[prices]\nbook = \"correct horse.toml\"");
    assert!(
        said.contains("correct horse.toml"),
        "a path that takes no secret is told: {said}"
    );
}

#[test]
fn a_secret_pasted_at_any_setting_is_not_repeated() {
    for key in [
        "[scoring]\nmodel",
        "[scoring]\nweekdays",
        "[scoring]\nwindow_days",
        "[sources.leave]\ntable",
    ] {
        let said = refusal(&format!("{key} = \"Xk9vQ2tR7wLp0mN4zB6c\""));
        assert!(!said.contains("Xk9vQ2tR7w"), "{said}");
        assert!(said.contains("line 9") || said.contains("line 10"), "{said}");
    }
}
