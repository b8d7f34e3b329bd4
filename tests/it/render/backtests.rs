use std::io::Read;

use quietline::domain::{Backtest, NightStatus, Statement, Verdict};
use quietline::render::FinanceNight;
use quietline::render::{self, Page, artifacts};
use serde_json::Value;

use super::chances::{night_by_chance, report};
use super::night::{SECRETS_OF_PEOPLE, night};

fn file(statement: &Statement, name: &str) -> String {
    let artifact = artifacts(statement)
        .unwrap()
        .into_iter()
        .find(|artifact| artifact.name == name)
        .unwrap();
    String::from_utf8(artifact.bytes).unwrap()
}

/// The sections named so on a page, tags and all.
fn sections(html: &str, name: &str) -> Vec<String> {
    html.split("<section ")
        .filter(|section| {
            section.starts_with(&format!("id=\"a1-{name}\""))
                || section.starts_with(&format!("id=\"a2-{name}\""))
        })
        .map(|section| section.split("</section>").next().unwrap().to_owned())
        .collect()
}

/// Looks at a night as people will: `QUIETLINE_LOOK=folder` keeps the files.
fn keep(statement: &Statement, folder: &str) {
    let Ok(root) = std::env::var("QUIETLINE_LOOK") else {
        return;
    };
    let folder = std::path::Path::new(&root).join(folder);
    std::fs::create_dir_all(&folder).unwrap();
    for artifact in artifacts(statement).unwrap() {
        std::fs::write(folder.join(artifact.name), artifact.bytes).unwrap();
    }
    let mail = render::finance_mail(&FinanceNight::of(statement)).unwrap();
    std::fs::write(folder.join("finance.html"), mail.html).unwrap();
}

#[test]
fn the_page_says_how_right_flags_have_been() {
    keep(&night_by_chance(), "chance");
    keep(&night(), "rule");
    let found = sections(&file(&night_by_chance(), "report.html"), "right");
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn admins_read_the_sentences_and_where_the_tables_are() {
    let html = file(&night_by_chance(), "admin.html");
    let found = sections(&html, "right");
    assert!(found[0].contains("Of 164 flags that would have been raised"));
    assert!(found[0].contains("report.html") && !found[0].contains("<table"));
    assert!(found[1].contains("needs 126 known business days and has 88"));
}

#[test]
fn a_fixed_window_says_that_it_predicts_nothing() {
    let html = file(&night(), "report.html");
    for section in sections(&html, "right") {
        assert!(section.contains("makes no prediction") && !section.contains("<svg"));
    }
    assert!(!html.contains("Expected waste"));
}

/// It would tell how silent a few people's lines are.
#[test]
fn expected_waste_of_fewer_than_five_lines_is_not_finances() {
    let of_lines = |lines: u32| {
        let mut statement = night_by_chance();
        for account in &mut statement.accounts {
            if let Some(waste) = &mut account.expected_waste {
                waste.lines = lines;
            }
        }
        let html = file(&statement, "report.html");
        html.contains("80 % interval USD ")
    };
    assert!(of_lines(5));
    assert!(!of_lines(4));
}

#[test]
fn expected_waste_stands_on_the_first_screen_with_its_interval() {
    let html = file(&night_by_chance(), "report.html");
    let tiles = html.split("<dl class=\"tiles\">").nth(1).unwrap();
    let tiles = tiles.split("</dl>").next().unwrap();
    assert!(tiles.contains("Expected waste a month") && tiles.contains("80 % interval USD "));
    assert!(html.contains("Expected waste is each line&#39;s monthly cost times the chance"));
}

#[test]
fn the_new_charts_have_titles_descriptions_and_tables() {
    let html = file(&night_by_chance(), "report.html");
    for plot in html.split("<figure class=\"plot\">").skip(1) {
        let svg = plot.split("</figure>").next().unwrap();
        assert!(
            svg.contains("<figcaption>")
                && svg.contains("<title id=")
                && svg.contains("<desc id=")
                && svg.contains("role=\"img\"")
        );
        assert!(
            plot.split("</figure>")
                .nth(1)
                .unwrap()
                .trim_start()
                .starts_with("<div class=\"table")
        );
    }
}

#[test]
fn summary_json_holds_model_backtest_and_track_record() {
    let summary: Value = serde_json::from_str(&file(&night_by_chance(), "summary.json")).unwrap();
    let mut accounts = summary["accounts"].clone();
    for account in accounts.as_array_mut().unwrap() {
        let kept = [
            "account_id",
            "expected_waste",
            "expected_waste_low",
            "expected_waste_high",
            "lines_without_probability",
            "by_tier_term",
            "model",
            "backtest",
            "track_record",
        ];
        account
            .as_object_mut()
            .unwrap()
            .retain(|key, _| kept.contains(&key.as_str()));
        // By pointer: an index would put the key where there is none.
        if let Some(points) = account
            .pointer_mut("/backtest/frontier")
            .and_then(Value::as_array_mut)
        {
            points.truncate(2);
        }
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&accounts).unwrap());
}

#[test]
fn numbers_that_are_none_do_not_reach_json() {
    let mut statement = night_by_chance();
    let mut broken = report();
    broken.ece = f64::NAN;
    broken.scores.log_loss = f64::INFINITY;
    broken.scores.auc = None;
    broken.flags.came_back_share = None;
    statement.accounts[0].backtest = Backtest::Made(Box::new(broken));
    let summary: Value = serde_json::from_str(&file(&statement, "summary.json")).unwrap();
    let backtest = &summary["accounts"][0]["backtest"];
    for key in ["ece", "log_loss", "auc", "came_back_share"] {
        assert!(backtest[key].is_null(), "{key} is {}", backtest[key]);
    }
    assert!(file(&statement, "report.html").contains("164 flags"));
}

#[test]
fn the_command_prints_the_same_object_as_the_summary() {
    let statement = night_by_chance();
    let summary: Value = serde_json::from_str(&file(&statement, "summary.json")).unwrap();
    let printed: Value = serde_json::from_slice(&render::backtest_json(&statement).unwrap()).unwrap();
    for (of_summary, of_command) in summary["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .zip(printed.as_array().unwrap())
    {
        for key in ["account_id", "currency", "backtest", "track_record"] {
            assert_eq!(of_summary[key], of_command[key]);
        }
    }
}

#[test]
fn the_command_s_text_fits_the_terminal() {
    let text = render::backtest_text(&night_by_chance());
    for line in text.lines() {
        assert!(line.chars().count() < 100, "{line}");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_stopped_night_looks_back_on_nothing() {
    let stopped = Statement {
        status: NightStatus::Held,
        ..night_by_chance()
    };
    assert_eq!(render::backtest_json(&stopped).unwrap(), b"[]\n");
    assert!(!render::backtest_text(&stopped).contains("USD"));
}

#[test]
fn nothing_flagged_is_said_in_words() {
    let mut statement = night_by_chance();
    let mut quiet = report();
    let none = quietline::domain::Flags {
        flagged: 0.0,
        came_back: 0.0,
        came_back_share: None,
        came_back_low: None,
        came_back_high: None,
        monthly_flagged: quietline::domain::Cents(0),
        monthly_wrong: quietline::domain::Cents(0),
    };
    quiet.flags = none;
    quiet.window_at_equal_flags = none;
    quiet.window_at_equal_savings = none;
    for window in &mut quiet.windows {
        window.flags = none;
    }
    quiet.frontier.clear();
    statement.accounts[0].backtest = Backtest::Made(Box::new(quiet));
    let section = &sections(&file(&statement, "report.html"), "right")[0];
    assert!(section.contains("No flag would have been raised on 8 days"));
    assert!(section.contains("A fixed 90-day window would have raised no flag."));
    assert!(!section.contains("NaN") && !section.contains("threshold"));
    render::report_xlsx(&FinanceNight::of(&statement)).unwrap();
}

#[test]
fn mails_and_terminal_say_it_in_two_lines() {
    let statement = night_by_chance();
    let mail = render::finance_mail(&FinanceNight::of(&statement)).unwrap();
    let html = mail.html.replace("&nbsp;", " ");
    for words in [
        "Expected waste: USD ",
        "of 164 flags that would have been raised",
        "12 were wrong (7 % of them, between 4 and 12 %)",
    ] {
        assert!(mail.text.contains(words), "the text lacks {words}");
        assert!(html.contains(words), "the HTML lacks {words}");
    }
    insta::assert_snapshot!(render::terminal_summary(&statement));
    let by_rule = render::finance_mail(&FinanceNight::of(&night())).unwrap();
    assert!(!by_rule.text.contains("Expected waste") && !by_rule.text.contains("Looking back"));
}

#[test]
fn the_workbook_has_the_back_test_with_two_charts_and_no_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.xlsx");
    std::fs::write(
        &path,
        render::report_xlsx(&FinanceNight::of(&night_by_chance())).unwrap(),
    )
    .unwrap();
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut all = String::new();
    let mut charts = 0;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let is_chart = part.name().unwrap().starts_with("xl/charts/chart");
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        charts += u32::from(is_chart && text.contains("'back-test'!"));
        all.push_str(&text);
    }
    assert_eq!(charts, 2);
    for secret in SECRETS_OF_PEOPLE {
        assert!(!all.contains(secret), "report.xlsx holds {secret}");
    }
    let page = render::report_html(&Page::of(&night_by_chance())).unwrap();
    let page = String::from_utf8(page).unwrap();
    for secret in SECRETS_OF_PEOPLE {
        assert!(!page.contains(secret), "report.html holds {secret}");
    }
}

#[test]
fn explain_shows_the_chances_and_what_each_way_costs() {
    let night = night_by_chance();
    let account = &night.accounts[0];
    let silent = account
        .lines
        .iter()
        .find(|line| line.verdict == Verdict::Idle)
        .unwrap();
    insta::assert_snapshot!(render::explain(&night, account, silent));
}

#[test]
fn other_settings_are_told_by_the_verdicts_and_the_money_that_they_change() {
    let own = night_by_chance();
    assert!(render::what_if(&own, &own).contains("no verdict and no step changes"));
    let mut tried = own.clone();
    let account = &mut tried.accounts[0];
    let idle = account
        .lines
        .iter_mut()
        .find(|line| line.verdict == Verdict::Idle)
        .unwrap();
    idle.verdict = Verdict::Watch;
    account.idle_monthly -= idle.cost.monthly_cost;
    let told = render::what_if(&own, &tried);
    for secret in SECRETS_OF_PEOPLE {
        assert!(!told.contains(secret), "{secret}");
    }
    insta::assert_snapshot!(told);
    let held = Statement {
        status: NightStatus::Held,
        ..tried
    };
    assert!(render::what_if(&own, &held).contains("nothing to compare"));
}
