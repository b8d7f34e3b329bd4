use quietline::domain::{Cents, NightStatus, Statement};
use quietline::render::FinanceNight;
use quietline::render::{Page, admin_html, report_html};
use regex::Regex;

use super::night::{SECRETS_OF_PEOPLE, large, night, stopped};

fn report(statement: &Statement) -> String {
    String::from_utf8(report_html(&Page::of(statement)).unwrap()).unwrap()
}

fn admin(statement: &Statement) -> String {
    String::from_utf8(admin_html(&Page::of(statement)).unwrap()).unwrap()
}

#[test]
fn finance_s_page_bears_no_names() {
    let html = report(&night());
    for secret in SECRETS_OF_PEOPLE {
        assert!(!html.contains(secret), "report.html holds {secret}");
    }
}

#[test]
fn the_admins_page_bears_names_and_none_is_alive() {
    let html = admin(&night());
    assert!(
        html.contains("Grace Okafor"),
        "the direction mark or the name stayed in the way"
    );
    assert!(html.contains("alert(1)") && !html.contains("<script>alert"));
    assert_eq!(html.matches("<script").count(), 1);
}

#[test]
fn the_bridge_adds_up_to_the_bill_to_the_cent() {
    let html = report(&night());
    let table = html
        .split("id=\"a1-bridge-table\"")
        .nth(1)
        .and_then(|rest| rest.split("</table>").next())
        .unwrap();
    let amounts: Vec<Cents> = Regex::new(r"USD (-?[\d,]+\.\d\d)")
        .unwrap()
        .captures_iter(table)
        .map(|found| found[1].replace(',', "").parse().unwrap())
        .collect();
    let (total, parts) = amounts.split_last().unwrap();
    assert_eq!(
        (parts.len(), parts.iter().copied().sum::<Cents>(), *total),
        (12, Cents(40174), Cents(40174))
    );
}

#[test]
fn a_page_asks_for_nothing_outside() {
    for html in [report(&night()), admin(&night())] {
        for outside in ["http:", "https:", "src=", "url(", "<link", "@import", "style=\""] {
            assert!(!html.contains(outside), "the page has {outside}");
        }
        assert!(html.contains("default-src &#39;none&#39;"), "no policy");
    }
}

#[test]
fn ids_are_unique_and_links_lead_somewhere() {
    for html in [report(&night()), admin(&night())] {
        let all = |pattern: &str| -> Vec<String> {
            Regex::new(pattern)
                .unwrap()
                .captures_iter(&html)
                .map(|found| found[1].to_owned())
                .collect()
        };
        let ids = all(r#"\bid="([^"]+)""#);
        let distinct: std::collections::BTreeSet<&String> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
        for target in all(r##"href="#([^"]+)""##) {
            assert!(ids.contains(&target), "nothing has the id {target}");
        }
    }
}

#[test]
fn a_cost_centre_of_few_people_is_not_named() {
    let held_by = |holder: fn(usize) -> String| {
        let mut statement = night();
        for (at, scored) in statement.accounts[0].lines.iter_mut().enumerate() {
            scored.line.user_id = Some(holder(at));
        }
        report(&statement)
    };
    let html = held_by(|at| format!("u{at}"));
    assert!(html.contains("4100 Sales") && html.contains("other, under 5") && !html.contains("4200 Support"));
    let html = held_by(|_| "u1".into());
    assert!(
        !html.contains("4100 Sales"),
        "ten lines of one holder are one person"
    );
}

#[test]
fn a_short_bill_is_not_shown_as_a_whole_one() {
    let mut statement = night();
    let row = "invoice INV-10: row 12 of our file (column amount)";
    statement.accounts[0].set_aside = vec![row.into()];
    let mail = quietline::render::finance_mail(&FinanceNight::of(&statement)).unwrap();
    let terminal = quietline::render::terminal_summary(&statement);
    for shown in [
        report(&statement),
        admin(&statement),
        mail.text,
        mail.html,
        terminal,
    ] {
        assert!(
            shown.contains("bill is not complete") && shown.contains(row),
            "{shown}"
        );
    }
}

#[test]
fn beyond_five_thousand_rows_the_page_points_to_the_file_with_all_of_them() {
    let statement = large(5_003);
    assert!(report(&statement).contains("3 further rows are in report.xlsx"));
    assert!(admin(&statement).contains("3 further rows are in idle_seats.csv"));
}

#[test]
fn a_stopped_night_says_why_and_shows_no_figure() {
    for status in [NightStatus::Held, NightStatus::Blocked] {
        let finance = (report(&stopped(status)), "more than usual has changed at once");
        let admins = (admin(&stopped(status)), "19 newly idle lines");
        for (html, why) in [finance, admins] {
            assert!(html.contains("No figure tonight") && html.contains(why));
            assert!(!html.contains("USD 1") && !html.contains("ext. 1"));
        }
    }
}

/// `1 lines`, `a advanced seat`: in no text of a night.
#[test]
fn numbers_and_articles_fit_their_words() {
    let night = night();
    let finance = FinanceNight::of(&night);
    let mails = [
        quietline::render::finance_mail(&finance),
        quietline::render::admin_mail(&night),
    ];
    let mut texts: Vec<String> = mails.map(|mail| mail.unwrap().text).into();
    texts.push(quietline::render::terminal_summary(&night));
    texts.extend([report(&night), admin(&night)]);
    let slip = Regex::new(
        r"(?:^|[ (>])1 (?:lines|days|rows|calls|charges|findings|months|accounts|seats|users)\b|\b[Aa] (?:advanced|alarm|elevator|emergency|idle|annual|add-on)\b",
    )
    .unwrap();
    for text in texts {
        let found = slip.find(&text).map(|found| &text[found.start()..]);
        assert_eq!(
            found.map(|found| found.chars().take(80).collect::<String>()),
            None
        );
    }
}
