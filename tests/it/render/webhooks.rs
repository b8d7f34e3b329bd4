//! What is posted to a chat room or a program, and the mails of other occasions than a plain night.

use quietline::domain::{Audience, FindingState, Occasion, Statement, WebhookFormat};
use quietline::render::FinanceNight;
use quietline::render::{mail_for, told, webhook_post};
use serde_json::Value;

use super::night::{SECRETS_OF_PEOPLE, acme, day, night};

/// Without the words of warnings, which have tests of their own.
fn calm_night() -> Statement {
    let mut statement = night();
    statement.gates.clear();
    statement
}

fn post(format: WebhookFormat, occasion: &Occasion) -> Value {
    serde_json::from_slice(&webhook_post(&FinanceNight::of(&night()), format, occasion).unwrap()).unwrap()
}

#[test]
fn plain_json_keeps_its_keys() {
    let text = webhook_post(
        &FinanceNight::of(&calm_night()),
        WebhookFormat::Json,
        &Occasion::Nightly,
    )
    .unwrap();
    insta::assert_snapshot!(String::from_utf8(text).unwrap());
}

#[test]
fn slack_gets_blocks_within_its_limits_and_no_text_that_it_would_read_as_marks() {
    let message = post(WebhookFormat::Slack, &Occasion::Nightly);
    let blocks = message["blocks"].as_array().unwrap();
    assert!(blocks.len() <= 50);
    assert_eq!(blocks[0]["type"], "header");
    assert!(blocks[0]["text"]["text"].as_str().unwrap().chars().count() <= 150);
    assert!(!message.to_string().contains("mrkdwn"));
    for block in blocks {
        for field in block["fields"].as_array().into_iter().flatten() {
            assert!(field["text"].as_str().unwrap().chars().count() <= 2000);
        }
    }
    let calm = webhook_post(
        &FinanceNight::of(&calm_night()),
        WebhookFormat::Slack,
        &Occasion::Nightly,
    )
    .unwrap();
    let message: Value = serde_json::from_slice(&calm).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&message).unwrap());
}

#[test]
fn teams_gets_a_card_under_20_kilobytes_however_many_and_long_the_accounts() {
    let mut statement = night();
    statement.accounts = (0..40)
        .map(|index| {
            let mut account = acme();
            account.name = format!("{index} {}", "\u{1F4DE}".repeat(400));
            account
        })
        .collect();
    let bytes = webhook_post(
        &FinanceNight::of(&statement),
        WebhookFormat::Teams,
        &Occasion::Nightly,
    )
    .unwrap();
    assert!(bytes.len() <= 20_000, "{} bytes", bytes.len());
    let card: Value = serde_json::from_slice(&bytes).unwrap();
    let content = &card["attachments"][0]["content"];
    assert_eq!(
        (&card["type"], &content["type"]),
        (&"message".into(), &"AdaptiveCard".into())
    );
    assert!(
        content
            .to_string()
            .contains("Further accounts in the report: 35."),
        "{content}"
    );
    // A plain text block would read a name as Markdown.
    assert!(!content.to_string().contains("\"TextBlock\""));
}

#[test]
fn no_format_bears_names_and_all_bear_the_figure_and_the_deadline() {
    for format in WebhookFormat::ALL {
        let text = post(*format, &Occasion::Nightly).to_string();
        for secret in SECRETS_OF_PEOPLE {
            assert!(!text.contains(secret), "{format} holds {secret}");
        }
        for figure in [
            "117.94",
            "29.99",
            "2026-11-01",
            "Some days have no call where calls were expected",
        ] {
            assert!(text.contains(figure), "{format} lacks {figure}");
        }
    }
}

#[test]
fn a_deadline_and_a_heartbeat_say_so_in_the_subject() {
    let deadline = Occasion::Deadline {
        notice_by: day("2026-11-01"),
        days_left: 7,
    };
    let subject =
        |audience, occasion: &Occasion, fixed| mail_for(&night(), audience, occasion, fixed).unwrap().subject;
    assert_eq!(
        subject(Audience::Finance, &deadline, None),
        "quietline 2026-10-16: notice due in 7 days (2026-11-01), USD 20.99 a month"
    );
    assert_eq!(
        subject(Audience::Admin, &deadline, Some("Phone lines")),
        "Phone lines: notice due in 7 days (2026-11-01), USD 20.99 a month"
    );
    assert_eq!(
        subject(Audience::Admin, &Occasion::Nightly, Some("Phone lines")),
        "Phone lines"
    );
    let heartbeat = Occasion::Heartbeat {
        since: day("2026-10-09"),
    };
    let mail = mail_for(&night(), Audience::Admin, &heartbeat, None).unwrap();
    assert_eq!(mail.subject, "quietline 2026-10-16: nothing new since 2026-10-09");
    assert!(mail.attachments.is_empty());
    for secret in SECRETS_OF_PEOPLE {
        assert!(!mail.text.contains(secret), "the heartbeat holds {secret}");
    }
    insta::assert_snapshot!(
        mail_for(&calm_night(), Audience::Admin, &heartbeat, None)
            .unwrap()
            .text
    );
}

/// What a reader acts on changes the digest; the date, a chance and the words of a warning do not.
#[test]
fn two_nights_are_told_apart_by_what_a_reader_acts_on() {
    let digest = |change: fn(&mut Statement), audience| {
        let mut statement = night();
        change(&mut statement);
        told(&statement, audience).unwrap().digest
    };
    let both = [Audience::Finance, Audience::Admin];
    for audience in both {
        let plain = digest(|_| (), audience);
        assert_eq!(plain, digest(|night| night.as_of = day("2026-10-17"), audience));
        assert_eq!(
            plain,
            digest(
                |night| night.gates.iter_mut().for_each(|gate| gate.detail += "!"),
                audience
            )
        );
        assert_eq!(
            plain,
            digest(|night| night.accounts[0].expected_waste = None, audience)
        );
        assert_ne!(
            plain,
            digest(|night| night.accounts[0].idle_monthly.0 += 1, audience)
        );
        assert_ne!(plain, digest(|night| night.accounts.truncate(1), audience));
    }
    let first_finding = |night: &mut Statement| {
        night.accounts[0].findings[0].state = FindingState::Approved;
    };
    assert_ne!(
        digest(|_| (), Audience::Finance),
        digest(first_finding, Audience::Finance)
    );
    let no_lines = |night: &mut Statement| night.accounts[0].lines.clear();
    assert_ne!(digest(|_| (), Audience::Admin), digest(no_lines, Audience::Admin));
}
