//! Users and calls alone, without bill or contract: an honest report all the same.

use std::fs;
use std::path::Path;

use quietline::domain::{CostSource, NightStatus, Statement, Verdict};
use quietline::night::{Options, night};
use quietline::render::{FinanceNight, admin_mail, finance_mail, terminal_summary};

use super::company::{job_in, world};
use super::phones::{Phones, line};

/// Of the extensions 114 to 116.
const IDLE: [Verdict; 3] = [Verdict::InUse, Verdict::Idle, Verdict::Idle];
const FOLDER: &str = "reports/phones/2026-10-16";

/// Lines of this tier and term, but for the extensions of which nobody says them.
fn users_and_calls(without: &[&str]) -> Phones {
    let mut phones = Phones::named_by(&["user"]);
    for row in &mut phones.lines {
        if !without.contains(&row["extension"].as_str()) {
            row.insert("tier", "premium".to_owned());
            row.insert("term", "annual".to_owned());
        }
    }
    phones
}

fn nobody_says_any() -> Phones {
    Phones::named_by(&["user"])
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(FOLDER).join(name)).unwrap()
}

fn summary(folder: &Path) -> serde_json::Value {
    let mut summary: serde_json::Value = serde_json::from_str(&read(folder, "summary.json")).unwrap();
    summary["accounts"][0].take()
}

/// The sentence that the page begins with.
fn lead(folder: &Path) -> String {
    let page = read(folder, "report.html");
    let from = page.split("<p class=\"lead\">").nth(1).unwrap();
    from.split("</p>")
        .next()
        .unwrap()
        .replace("&nbsp;", " ")
        .replace('\u{a0}', " ")
}

fn verdicts(statement: &Statement) -> [Verdict; 3] {
    ["114", "115", "116"].map(|extension| line(&statement.accounts[0], extension).verdict)
}

#[test]
fn by_days_lines_are_idle_whether_they_have_a_price_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let statement = users_and_calls(&["116"]).night_in(folder.path(), "rule", 1);
    assert_eq!(verdicts(&statement), IDLE, "{:?}", statement.gates);
}

#[test]
fn by_chance_too_and_the_headline_says_how_many_have_no_price() {
    let told = |phones: Phones| {
        let folder = tempfile::tempdir().unwrap();
        let statement = phones.night_in(folder.path(), "probability", 1);
        assert_eq!(verdicts(&statement), IDLE, "{:?}", statement.gates);
        format!(
            "{}\n{}\n",
            lead(folder.path()),
            terminal_summary(&statement).split("\n\n").nth(1).unwrap()
        )
    };
    insta::assert_snapshot!([told(users_and_calls(&[])), told(users_and_calls(&["116"]))].join("\n"));
}

#[test]
fn what_is_not_known_is_nowhere_an_amount_of_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let statement = nobody_says_any().night_in(folder.path(), "probability", 1);
    assert_eq!(verdicts(&statement), IDLE, "{:?}", statement.gates);
    assert_eq!(
        lead(folder.path()),
        "2 of 16 lines are idle; 2 have no price; no notice deadline is ahead."
    );
    assert!(!terminal_summary(&statement).contains(" 0.00"));
    let files = [
        "report.html",
        "admin.html",
        "idle_seats.csv",
        "admin_findings.csv",
        "findings.csv",
    ];
    let mut texts: Vec<(&str, String)> = files.map(|name| (name, read(folder.path(), name))).into();
    let mails = [
        finance_mail(&FinanceNight::of(&statement)),
        admin_mail(&statement),
    ];
    for mail in mails.map(Result::unwrap) {
        assert!(mail.subject.contains("2 "), "{}", mail.subject);
        texts.extend([
            ("a subject", mail.subject),
            ("a mail", mail.text),
            ("a mail's page", mail.html),
        ]);
    }
    for (name, text) in texts {
        let zero = text.match_indices("0.00").find(|(at, _)| {
            // A percentage or a larger number is none.
            !text[..*at].ends_with(|letter: char| letter.is_ascii_digit() || letter == ',')
        });
        let around = |at: usize| {
            text[at.saturating_sub(80)..]
                .chars()
                .take(120)
                .collect::<String>()
        };
        assert_eq!(zero.map(|(at, _)| around(at)), None, "{name}");
    }
    let account = summary(folder.path());
    let cut = &account["by_tier_term"][0];
    for (amount, what) in [
        (&account["idle_monthly"], "idle_monthly"),
        (&account["billed_total"], "billed_total"),
        (&account["bridge"]["idle"], "bridge"),
        (&account["recoverable"]["undetermined"]["amount"], "recoverable"),
        (&account["exposure_to_term_end"], "exposure"),
        (&account["ledger"]["identified"], "ledger"),
        (&account["findings"]["idle_line"]["monthly_amount"], "findings"),
        (&cut["monthly_cost"], "monthly_cost"),
        (&cut["idle_cost"], "idle_cost"),
    ] {
        assert!(amount.is_null(), "{what}: {amount}");
    }
    assert_eq!(
        (
            &account["lines_without_price"],
            &account["idle_lines_without_price"]
        ),
        (&16.into(), &2.into())
    );
}

#[test]
fn what_had_no_price_on_the_night_before_is_not_compared_as_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let run = |phones: Phones, set: &[(&str, &str)]| {
        phones.write_in(folder.path(), "rule", 1);
        let job = job_in(folder.path(), "job.toml", set);
        let statement = night(&job, &Options::default(), &world())
            .unwrap()
            .statement
            .unwrap();
        assert!(statement.status <= NightStatus::Warned, "{:?}", statement.gates);
    };
    run(nobody_says_any(), &[("job.as_of", "2026-10-15")]);
    let mut second = nobody_says_any();
    second.lines.retain(|line| line["extension"] != "116");
    run(second, &[("prices.assume", "premium/annual")]);
    let second = folder.path().join(FOLDER);
    let text = fs::read_to_string(second.join("summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&summary["accounts"][0]["since_last"]).unwrap());
    let page = fs::read_to_string(second.join("report.html")).unwrap();
    insta::assert_snapshot!(
        page.split("by cause")
            .nth(1)
            .unwrap()
            .split("</table>")
            .next()
            .unwrap()
    );
}

/// An annual line whose contract nobody handed in is paid for until a day that nobody knows, not until now.
#[test]
fn what_a_line_still_costs_until_an_unknown_end_is_not_known() {
    let folder = tempfile::tempdir().unwrap();
    let mut by_the_month = users_and_calls(&[]);
    for row in &mut by_the_month.lines {
        row.insert("term", "monthly".to_owned());
    }
    let exposed = |phones: Phones, at: &str| {
        let folder = folder.path().join(at);
        fs::create_dir(&folder).unwrap();
        phones.write_in(&folder, "rule", 1);
        let job = job_in(&folder, "job.toml", &[("prices.assume", "premium/annual")]);
        night(&job, &Options::default(), &world()).unwrap();
        let night = folder.join(FOLDER);
        let rows = super::csv_rows(&night.join("idle_seats.csv"));
        let text = fs::read_to_string(night.join("summary.json")).unwrap();
        let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
        (
            rows[0]["exposure_to_term_end"].clone(),
            summary["accounts"][0]["exposure_to_term_end"].clone(),
        )
    };
    assert_eq!(
        exposed(nobody_says_any(), "taken for annual"),
        (String::new(), serde_json::Value::Null)
    );
    assert_eq!(
        exposed(by_the_month, "monthly"),
        ("0.00".to_owned(), "0.00".into())
    );
}

#[test]
fn sums_of_some_prices_say_how_many_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let statement = users_and_calls(&["114", "116"]).night_in(folder.path(), "probability", 1);
    let account = summary(folder.path());
    assert_eq!(account["idle_monthly"], "20.99");
    assert_eq!(account["idle_lines_without_price"], 1);
    assert_eq!(account["recoverable"]["undetermined"]["amount"], "20.99");
    assert_eq!(account["recoverable"]["undetermined"]["lines"], 2);
    let rows = super::csv_rows(&folder.path().join(FOLDER).join("idle_seats.csv"));
    let saved: Vec<_> = rows.iter().map(|row| row["monthly_saving"].as_str()).collect();
    assert_eq!(saved, ["20.99", ""]);
    let notices = statement.accounts[0].notices.join("\n");
    assert!(
        notices.contains("No price is known of extension 114, 116."),
        "{notices}"
    );
    let said = terminal_summary(&statement);
    assert!(
        said.contains("14 lines at the price book's list prices of 2024-01-01; 2 lines without a price"),
        "{said}"
    );
}

#[test]
fn lines_without_a_tier_are_priced_as_the_job_takes_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut phones = users_and_calls(&["114", "116"]);
    // A term alone needs a tier.
    phones.line("113").remove("tier");
    phones.night_in(folder.path(), "probability", 1);
    let set = [
        ("prices.assume", "premium/monthly"),
        ("job.store", "other/store"),
        ("job.reports", "other/reports"),
    ];
    let job = job_in(folder.path(), "job.toml", &set);
    let statement = night(&job, &Options::default(), &world())
        .unwrap()
        .statement
        .unwrap();
    let told = |extension| {
        let cost = &line(&statement.accounts[0], extension).cost;
        (cost.monthly_cost.to_string(), cost.source, cost.tier)
    };
    assert_eq!(told("116"), ("29.99".to_owned(), Some(CostSource::Assumed), None));
    assert_eq!(told("113"), ("20.99".to_owned(), Some(CostSource::Assumed), None));
    assert_eq!(told("115").1, Some(CostSource::PriceBook));
    assert_eq!(statement.accounts[0].idle_monthly.to_string(), "50.98");
}

#[test]
fn calls_that_name_people_by_their_names_are_told_what_would_join_them() {
    let mut phones = nobody_says_any();
    let names: Vec<(String, String)> = phones
        .lines
        .iter()
        .map(|line| {
            (
                line["login_name"].clone(),
                format!("{} {}", line["first_name"], line["last_name"]),
            )
        })
        .collect();
    for call in &mut phones.calls {
        let (_, name) = names
            .iter()
            .find(|(login, _)| *login == call["source_user"])
            .unwrap();
        call.insert("source_user", name.clone());
    }
    let blocked = phones.run();
    assert_eq!(blocked.status, NightStatus::Blocked);
    let told = "the calls name people by their names, where the list has other logins";
    assert!(
        blocked.gates.iter().any(|gate| gate.detail.contains(told)),
        "{:?}",
        blocked.gates
    );
    for (line, (_, name)) in phones.lines.iter_mut().zip(&names) {
        line.insert("login_name", name.clone());
    }
    assert_eq!(verdicts(&phones.run()), IDLE);
}
