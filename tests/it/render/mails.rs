use quietline::domain::{NightStatus, Statement, Verdict};
use quietline::render::FinanceNight;
use quietline::render::{admin_mail, finance_mail};

use super::night::{SECRETS_OF_PEOPLE, large, night, stopped};

#[test]
fn finance_reads_the_figure_the_deadline_and_what_to_do() {
    let mail = finance_mail(&FinanceNight::of(&night())).unwrap();
    assert_eq!(
        mail.subject,
        "quietline 2026-10-16: USD 117.94 and EUR 29.99 a month idle, notice due 2026-11-01"
    );
    assert_eq!(mail.attachments, ["report.xlsx", "findings.csv", "deadlines.ics"]);
    insta::assert_snapshot!(mail.text);
}

#[test]
fn admins_read_the_first_rows_of_the_list() {
    let mail = admin_mail(&night()).unwrap();
    assert_eq!(
        mail.subject,
        "quietline 2026-10-16: 7 lines to act on, the first by 2026-11-01"
    );
    assert_eq!(mail.attachments, ["idle_seats.csv"]);
    insta::assert_snapshot!(mail.text);
}

#[test]
fn finance_s_mail_bears_no_names() {
    let mail = finance_mail(&FinanceNight::of(&night())).unwrap();
    for secret in SECRETS_OF_PEOPLE {
        assert!(
            !mail.html.contains(secret) && !mail.text.contains(secret),
            "the mail holds {secret}"
        );
    }
}

#[test]
fn a_name_cannot_become_markup() {
    let html = admin_mail(&night()).unwrap().html;
    assert!(
        html.contains("alert(1)") && !html.contains("<script"),
        "the name is missing or alive"
    );
}

#[test]
fn html_and_text_hold_the_same_amounts() {
    let mail = finance_mail(&FinanceNight::of(&night())).unwrap();
    let html = mail.html.replace("&nbsp;", " ");
    for amount in ["USD 117.94", "USD 401.74", "USD 20.99", "EUR 29.99", "2026-11-01"] {
        assert!(
            html.contains(amount) && mail.text.contains(amount),
            "{amount} is missing"
        );
    }
}

#[test]
fn a_mail_of_ten_thousand_lines_stays_small_and_asks_for_nothing_outside() {
    let statement = large(10_000);
    for mail in [
        finance_mail(&FinanceNight::of(&statement)).unwrap(),
        admin_mail(&statement).unwrap(),
    ] {
        assert!(mail.html.len() < 80_000, "{} bytes", mail.html.len());
        assert!(mail.text.contains("more rows are in"));
        for outside in ["<img", "http:", "https:", "url(", "<link", "<script"] {
            assert!(!mail.html.contains(outside), "the mail asks for {outside}");
        }
    }
}

#[test]
fn a_night_without_idle_lines_says_so() {
    let mut statement = night();
    for account in &mut statement.accounts {
        account.lines.retain(|line| !line.verdict.is_waste());
        account.findings.clear();
        account.recoverable.clear();
    }
    let mail = finance_mail(&FinanceNight::of(&statement)).unwrap();
    assert_eq!(
        mail.subject,
        "quietline 2026-10-16: no idle line, 1 could not be judged"
    );
    assert!(mail.text.contains("; 1 could not be judged"), "{}", mail.text);
    let mut unjudged = statement.clone();
    for account in &mut unjudged.accounts {
        account.lines.retain(|line| line.verdict == Verdict::Unknown);
    }
    assert_eq!(
        admin_mail(&unjudged).unwrap().subject,
        "quietline 2026-10-16: no line to act on, 1 could not be judged"
    );
    for account in &mut statement.accounts {
        account.lines.retain(|line| line.verdict != Verdict::Unknown);
    }
    assert_eq!(
        finance_mail(&FinanceNight::of(&statement)).unwrap().subject,
        "quietline 2026-10-16: no idle line"
    );
}

#[test]
fn a_blocked_night_sends_no_figure() {
    let blocked: Statement = stopped(NightStatus::Blocked);
    let mail = finance_mail(&FinanceNight::of(&blocked)).unwrap();
    assert_eq!(mail.subject, "quietline 2026-10-16: no figure tonight");
    assert!(!mail.text.contains("USD") && !mail.html.contains("USD"));
    assert!(
        mail.text
            .contains("more than usual has changed at once (check G4)")
    );
    assert!(admin_mail(&blocked).unwrap().text.contains("19 newly idle lines"));
    assert!(mail.attachments.is_empty());
}
