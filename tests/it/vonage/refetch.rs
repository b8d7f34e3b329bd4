//! Days asked for again, and nights that were stopped: nothing of the days that stand is touched until a report rests on it.

use std::fs;

use quietline::domain::{NightStatus, Statement};
use quietline::failure::Failure;
use quietline::night::{Options, Outcome, night};
use serde_json::json;

use super::company::{ApiCompany, sample, world};
use super::server::Manners;

fn run(company: &ApiCompany, set: &[(&str, &str)], options: &Options) -> Result<Outcome, Failure> {
    night(&company.job(set), options, &world())
}

fn refetch(from: &str) -> Options {
    Options {
        refetch: Some(from.parse().unwrap()),
        redo: true,
        ..Options::default()
    }
}

/// Days of the year on which a line that was silent for months is seen used.
fn used_days(statement: &Statement) -> u32 {
    let lines = statement.accounts[0].lines.iter();
    lines
        .filter(|line| line.line.extension == "132")
        .map(|line| line.activity.active_days_all)
        .sum()
}

/// Calls that the silent line never placed.
fn with_strangers(company: &ApiCompany, days: [&str; 2]) {
    company.server.change(|server, _| {
        let is_placed = |call: &&serde_json::Value| call["source_extension"] == json!(101);
        let call = server.calls.iter().find(is_placed).unwrap().clone();
        for day in days {
            let mut stranger = call.clone();
            stranger["id"] = json!(format!("stranger-{day}"));
            stranger["direction"] = json!("Outbound");
            stranger["start"] = json!(format!("{day} 15:00:00"));
            stranger["end"] = json!(format!("{day} 15:01:00"));
            stranger["source_extension"] = json!(132);
            for key in ["source_user", "source_sip_id", "from"] {
                stranger[key] = json!(null);
            }
            server.calls.push(stranger);
        }
    });
}

#[test]
fn spoilt_days_are_asked_for_again_whole_or_not_at_all() {
    let company = ApiCompany::new(Manners::default());
    with_strangers(&company, ["2026-09-16", "2026-09-17"]);
    let spoilt = used_days(&company.good(&[("job.as_of", "2026-10-15")]));
    company.server.change(|server, _| server.calls = sample().calls);
    assert_eq!(
        used_days(&company.good(&[])),
        spoilt,
        "beyond the overlap nothing is asked again"
    );

    // The service fails in the middle; the days that came before it must not have taken their place.
    company.server.change(|_, manners| manners.withheld = 3);
    let failed = run(&company, &[], &refetch("2026-09-10")).err().unwrap();
    assert_eq!(failed.exit_code(), 65, "{failed}");
    company.server.change(|_, manners| manners.withheld = 0);
    let redo = Options {
        redo: true,
        ..Options::default()
    };
    let plain = run(&company, &[], &redo).unwrap().statement.unwrap();
    assert_eq!(used_days(&plain), spoilt);

    let mended = run(&company, &[], &refetch("2026-09-10"))
        .unwrap()
        .statement
        .unwrap();
    assert_eq!(used_days(&mended), spoilt - 2);
    assert_eq!(
        used_days(&run(&company, &[], &redo).unwrap().statement.unwrap()),
        spoilt - 2
    );
    let raw = company.path("store/raw/913874/calls");
    let names = fs::read_dir(&raw)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let mut left = names.filter(|name| name.to_string_lossy().starts_with("refetch"));
    assert!(left.next().is_none());

    // Beyond its reach the service gives no rows: known days are not taken for empty ones.
    company.server.change(|server, _| {
        server
            .calls
            .retain(|call| call["start"].as_str().unwrap() >= "2026-09-01");
    });
    let rebuild = Options {
        rebuild: true,
        redo: true,
        ..Options::default()
    };
    let refused = run(&company, &[], &rebuild).err().unwrap();
    assert!(
        refused.exit_code() == 2 && refused.to_string().contains("cannot be read again"),
        "{refused}"
    );
    let after = run(&company, &[], &redo).unwrap().statement.unwrap();
    assert_eq!(after.accounts[0].lines, mended.accounts[0].lines);
}

#[test]
fn what_a_held_night_pulled_goes_with_it_unless_it_is_accepted() {
    let company = ApiCompany::new(Manners::default());
    company.good(&[("job.as_of", "2026-10-01")]);
    let extensions = sample().extensions;
    company
        .server
        .change(|server, _| server.extensions.truncate(extensions.len() * 3 / 4));
    with_strangers(&company, ["2026-10-02", "2026-10-05"]);
    let held = company.good(&[("job.as_of", "2026-10-14")]);
    assert_eq!(held.status, NightStatus::Held, "{:?}", held.gates);
    // Both days lie before the overlap of the next night.
    company.server.change(|server, _| {
        server.calls = sample().calls;
        server.extensions = extensions;
    });
    let found = company.good(&[]);
    let undisturbed = ApiCompany::new(Manners::default());
    undisturbed.good(&[("job.as_of", "2026-10-01")]);
    let wanted = undisturbed.good(&[]);
    assert_eq!(used_days(&found), used_days(&wanted));
    assert_eq!(found.coverage, wanted.coverage);
}
