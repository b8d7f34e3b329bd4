//! Secrets over every command: nothing that is said, noted or written holds one, wherever it was put or pasted.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::deliver::fault_server::FaultServer;
use crate::deliver::webhook_server::{Answer, WebhookServer};
use crate::night::Company;

const COMMANDS: [&str; 16] = [
    "check",
    "run",
    "run --redo --json",
    "status",
    "status --json",
    "outbox list",
    "quarantine",
    "preview --dry-run --out shown",
    "send --to finance@example.com --yes",
    "explain 134 --job",
    "export focus",
    "config show",
    "config show --json",
    "halt clear",
    "forget amelia.ford",
    "forget amelia.ford --yes",
];
/// A secret's key, and its variable.
const SECRETS: [(&str, &str); 6] = [
    ("mail.smtp.password", "QUIETLINE_SMTP_PASSWORD"),
    ("mail.smtp.client_secret", "QUIETLINE_SMTP_CLIENT_SECRET"),
    ("webhook.url", "QUIETLINE_WEBHOOK_URL"),
    ("ping.url", "QUIETLINE_PING_URL"),
    ("vonage.password", "QUIETLINE_VONAGE_PASSWORD"),
    ("vonage.client_secret", "QUIETLINE_VONAGE_CLIENT_SECRET"),
];

fn holds_canary(bytes: &[u8]) -> bool {
    bytes.windows(6).any(|six| six.eq_ignore_ascii_case(b"canary"))
}

pub fn assert_no_file_holds_one(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert!(
            !holds_canary(path.to_string_lossy().as_bytes()),
            "{}",
            path.display()
        );
        match path.is_dir() {
            true => assert_no_file_holds_one(&path),
            false => assert!(!holds_canary(&fs::read(&path).unwrap()), "{}", path.display()),
        }
    }
}

/// Every command, with these settings and variables; the exit codes.
fn over_every_command(set: &[(&str, String)], variables: &[(&str, String)]) -> Vec<i32> {
    let company = Company::new();
    let mut codes = Vec::new();
    for words in COMMANDS {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quietline"));
        command
            .args(words.split_whitespace())
            .arg("jobs/sample.toml")
            .current_dir(company.folder())
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (name, value)));
        for (key, value) in set {
            command.args(["--set", &format!("{key}={value}")]);
        }
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(
            !holds_canary(&said),
            "{words}: {}",
            String::from_utf8_lossy(&said)
        );
        codes.push(output.status.code().unwrap());
        assert!(
            codes.last() != Some(&2),
            "{words}: {}",
            String::from_utf8_lossy(&said)
        );
    }
    assert_no_file_holds_one(company.folder());
    codes
}

/// Mail by a server that refuses every login and repeats what it was given.
fn by_smtp(server: &FaultServer) -> Vec<(&'static str, String)> {
    vec![
        ("mail.transport", "smtp".to_owned()),
        ("mail.smtp.host", "127.0.0.1".to_owned()),
        ("mail.smtp.port", server.address.port().to_string()),
        ("mail.smtp.tls", "none".to_owned()),
        ("mail.smtp.user", "nightly".to_owned()),
        ("mail.operators.to", "ops@x.test".to_owned()),
    ]
}

#[test]
fn secrets_that_are_used_and_refused_are_told_nowhere() {
    let server = FaultServer::start(&["AUTH PLAIN LOGIN XOAUTH2"]);
    let posts = WebhookServer::start(&[Answer::Status("500 Failed")]);
    let variables = [
        ("QUIETLINE_SMTP_PASSWORD", "canary-password".to_owned()),
        ("QUIETLINE_SMTP_CLIENT_SECRET", "canary-secret".to_owned()),
        ("QUIETLINE_WEBHOOK_URL", posts.url()),
        ("QUIETLINE_PING_URL", "http://127.0.0.1:1/canary".to_owned()),
    ];
    over_every_command(&by_smtp(&server), &variables);
    assert!(server.commands().iter().any(|line| line.starts_with("AUTH")));
    let mut by_token = by_smtp(&server);
    by_token.extend([
        ("mail.smtp.login", "xoauth2".to_owned()),
        ("mail.smtp.client_id", "application-1".to_owned()),
        ("mail.smtp.token_url", "http://127.0.0.1:1/token".to_owned()),
    ]);
    over_every_command(&by_token, &variables);
}

#[test]
fn secrets_pasted_where_a_path_or_a_name_belongs_are_told_nowhere() {
    let server = FaultServer::start(&["AUTH PLAIN LOGIN"]);
    let keys = |ending: &str, value: &str| {
        let keys = SECRETS.map(|(key, _)| format!("{key}{ending}"));
        keys.map(|key| (key, value.to_owned()))
    };
    for pasted in [
        keys("_file", "canary-password"),
        keys("_file", "https://hooks.example/canary"),
        keys("_env", "CANARY7"),
        keys("_env", "canary"),
        keys("", "canary"),
    ] {
        let mut set = by_smtp(&server);
        set.extend(pasted.iter().map(|(key, value)| (key.as_str(), value.clone())));
        over_every_command(&set, &[]);
    }
    let pointers = SECRETS.map(|(_, variable)| format!("{variable}_FILE"));
    let pointed: Vec<_> = pointers
        .iter()
        .map(|name| (name.as_str(), "/canary".to_owned()))
        .collect();
    over_every_command(&by_smtp(&server), &pointed);
}
