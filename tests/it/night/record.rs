//! What nights keep to be judged by: flags as they were sent, and origins of the back-test.

use quietline::domain::{Backtest, FlagOutcome, LineModel, Statement, Verdict};
use quietline::night::{Options, odds, odds_of_job};

use super::Company;
use super::company::world;

fn computed(statement: &Statement) -> (u32, u32) {
    match &statement.accounts[0].backtest {
        Backtest::Made(report) => (report.origins, report.computed),
        other => panic!("{other:?}"),
    }
}

#[test]
fn flags_are_followed_from_the_night_on_which_they_were_sent() {
    let company = Company::new();
    let first = company.good(&[("job.as_of", "2026-09-30")]);
    let account = &first.accounts[0];
    assert_eq!(
        account.track_record.flags, 0,
        "tonight's own flags are no record yet"
    );
    let flagged: Vec<&str> = account.flags.iter().map(|flag| flag.line_id.as_str()).collect();
    assert!(
        flagged.contains(&"134") && !flagged.contains(&"140"),
        "a leaver is not flagged for silence: {flagged:?}"
    );
    // One of them is taken away.
    company.edit("sample_data/lines.csv", |text| {
        let kept = text
            .lines()
            .filter(|row| !row.split(',').any(|cell| cell == "136"));
        kept.map(|row| format!("{row}\n")).collect()
    });
    let second = company.good(&[]);
    let account = &second.accounts[0];
    let fate = |line_id: &str| {
        account
            .flags
            .iter()
            .find(|flag| flag.line_id == line_id)
            .unwrap()
            .outcome
    };
    assert_eq!(fate("136"), FlagOutcome::Removed);
    assert_eq!(fate("134"), FlagOutcome::StillSilent);
    let record = &account.track_record;
    assert_eq!((record.flags as usize, record.removed), (flagged.len(), 1));
    assert_eq!(record.first_flag_on, Some("2026-09-30".parse().unwrap()));
    let Backtest::Made(report) = &account.backtest else {
        panic!("{:?}", account.backtest)
    };
    assert_eq!(
        (report.removed, report.removed_flagged),
        (1, 1),
        "its flag is not forgotten with the line"
    );
    // The same night again is judged by the same record.
    let again = Options {
        redo: true,
        ..Options::default()
    };
    let redone = company.run(&[], &again).unwrap().statement.unwrap();
    assert_eq!(redone.accounts[0].track_record, account.track_record);
    // A night that is made up for later changes nothing that is settled, and flags no silence twice.
    let late = company.run(&[("job.as_of", "2026-10-09")], &Options::default());
    let late = late.unwrap().statement.unwrap();
    let count = |statement: &Statement| statement.accounts[0].flags.len();
    let newest = company.run(&[], &again).unwrap().statement.unwrap();
    assert!(count(&late) <= count(&newest));
    assert_eq!(newest.accounts[0].track_record, account.track_record);
}

#[test]
fn lines_whose_calls_cannot_be_told_have_no_chance_and_are_not_learnt_from() {
    let company = Company::new();
    let whole = company.good(&[]);
    // The portal's rows name people by login alone; 101 has none any more, nor an address.
    let nameless = Company::new();
    nameless.edit("sample_data/lines.csv", |text| {
        let head: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        let place = |name: &str| head.iter().position(|cell| *cell == name).unwrap();
        let (extension, keys) = (
            place("extension"),
            ["login_name", "email", "user_id", "external_id"].map(place),
        );
        let rows = text.lines().map(|row| {
            let mut cells: Vec<&str> = row.split(',').collect();
            if cells[extension] == "101" {
                for key in keys {
                    cells[key] = "";
                }
            }
            cells.join(",") + "\n"
        });
        rows.collect()
    });
    nameless.edit_calls(without_ends);
    let statement = nameless
        .run(
            &[],
            &Options {
                dry_run: true,
                ..Options::default()
            },
        )
        .unwrap()
        .statement
        .unwrap();
    let fitted = |statement: &Statement| statement.accounts[0].model.lines_fitted;
    let line = statement.accounts[0]
        .lines
        .iter()
        .find(|line| line.line.extension == "101")
        .unwrap();
    assert_eq!((line.verdict, line.forecast), (Verdict::Unknown, None));
    assert!(fitted(&statement) < fitted(&whole));
}

/// Calls whose ends are told by user alone: no extension, no number, no SIP id.
fn without_ends(text: &str) -> String {
    let head: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let telling = [
        "from",
        "to",
        "source_extension",
        "destination_extension",
        "source_sip_id",
        "destination_sip_id",
    ];
    let is_end = |name: &str| telling.contains(&name.to_lowercase().replace(' ', "_").as_str());
    let ends: Vec<usize> = (0..head.len()).filter(|place| is_end(head[*place])).collect();
    let rows = text.lines().enumerate().map(|(number, row)| {
        let mut cells: Vec<&str> = row.split(',').collect();
        if number > 0 {
            for end in &ends {
                cells[*end] = "";
            }
        }
        cells.join(",") + "\n"
    });
    rows.collect()
}

#[test]
fn an_origin_is_computed_once() {
    let company = Company::new();
    let first = company.good(&[("job.as_of", "2026-09-30")]);
    let (origins, anew) = computed(&first);
    assert!(origins == anew && origins > 0);
    let (later, anew) = computed(&company.good(&[]));
    assert_eq!(anew, later - origins, "only what has come since");
    let dry = Options {
        dry_run: true,
        ..Options::default()
    };
    let rehearsed = company
        .run(&[("scoring.wrong_removal_cost", "400")], &dry)
        .unwrap()
        .statement
        .unwrap();
    assert_eq!(
        computed(&rehearsed).1,
        later,
        "another price of a mistake is another decision"
    );
}

#[test]
fn a_rule_makes_no_prediction_and_gives_no_chance() {
    let company = Company::new();
    let night = company.good(&[("scoring.model", "rule")]);
    let account = &night.accounts[0];
    assert_eq!(account.backtest, Backtest::ByRule);
    assert_eq!(account.expected_waste, None);
    assert!(
        account
            .lines
            .iter()
            .all(|line| line.forecast.is_none() && line.model == LineModel::Rule)
    );
    let job = company.job(&[("scoring.model", "rule")]);
    let refused = odds_of_job("0101", &job, None, &world()).unwrap_err();
    assert!(refused.to_string().contains("fixed window"), "{refused}");
}

#[test]
fn the_odds_of_a_job_are_those_of_its_fitted_account() {
    let company = Company::new();
    let job = company.job(&[]);
    let fitted = odds_of_job("0101", &job, None, &world()).unwrap();
    assert_eq!(fitted.parameters, LineModel::Fitted);
    assert_ne!(fitted.p_silent, odds("0101").unwrap().p_silent);
    let refused = odds_of_job("0101", &job, Some("1"), &world()).unwrap_err();
    assert!(refused.to_string().contains("913874"), "{refused}");
}
