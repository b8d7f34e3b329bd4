//! The service asks for patience: every hint is obeyed, within a budget, and what came is kept.

use std::time::{Duration, Instant};

use chrono::Utc;

use super::company::ApiCompany;
use super::server::{Fault, Manners};

fn throttled(headers: Vec<(&'static str, String)>, body: &str) -> Fault {
    Fault::Answer(429, headers, body.to_owned())
}

#[test]
fn each_hint_is_obeyed() {
    let company = ApiCompany::new(Manners::default());
    let in_two = Utc::now() + chrono::Duration::seconds(2);
    let its_now = vec![("date", Utc::now().format("%a, %d %b %Y %H:%M:%S GMT").to_string())];
    let gateway = format!(
        r#"{{"fault":{{"code":900804,"nextAccessTime":"{}"}}}}"#,
        in_two.format("%Y-%b-%d %H:%M:%S+0000 UTC")
    );
    let by_date = (
        "retry-after",
        in_two.format("%a, %d %b %Y %H:%M:%S GMT").to_string(),
    );
    for fault in [
        throttled(vec![("retry-after", "2".to_owned())], ""),
        throttled([its_now.clone(), vec![by_date]].concat(), "<html>"),
        throttled(its_now, &gateway),
    ] {
        company.server.fault("call-logs", fault);
    }
    let begun = Instant::now();
    company.good(&[]);
    assert!(
        begun.elapsed() >= Duration::from_secs(6),
        "waited only {:?}",
        begun.elapsed()
    );
}

#[test]
fn a_throttle_under_a_status_of_success_is_one() {
    let company = ApiCompany::new(Manners::default());
    let in_two = Utc::now() + chrono::Duration::seconds(2);
    let body = format!(
        r#"{{"fault":{{"code":900804,"message":"Message throttled out","nextAccessTime":"{}"}}}}"#,
        in_two.format("%Y-%b-%d %H:%M:%S+0000 UTC")
    );
    company
        .server
        .fault("call-logs", Fault::Answer(200, Vec::new(), body));
    company.good(&[("vonage.tries", "1")]);
}

/// Takes minutes, since the quota's window is a minute: `cargo test --test it -- --ignored the_quota`.
#[test]
#[ignore = "takes four minutes"]
fn the_quota_is_never_exceeded_and_nearly_all_of_it_is_used() {
    let company = ApiCompany::new(Manners {
        slow_ms: 300,
        ..Manners::default()
    });
    let job = [("vonage.quota_per_minute", "10"), ("vonage.page_size", "100")];
    company.run(&job).unwrap();
    let at: Vec<Instant> = company.server.seen().iter().map(|seen| seen.at).collect();
    let minute = Duration::from_secs(60);
    for first in &at {
        let within = at
            .iter()
            .filter(|other| **other >= *first && **other < *first + minute)
            .count();
        assert!(within <= 10, "{within} requests in one minute");
    }
    // Over whole turns of ten: the last one is cut short by the end of the pull.
    let turns = (at.len() - 1) / 10;
    let took = at[10 * turns] - at[0];
    let used = 60.0 * turns as f64 / took.as_secs_f64();
    eprintln!(
        "{} requests in {took:?}: {:.1} % of the quota",
        10 * turns,
        100.0 * used
    );
    assert!(turns >= 2 && used >= 0.95);
}

#[test]
fn beyond_the_budget_the_night_is_put_off_and_every_page_is_kept() {
    let company = ApiCompany::new(Manners::default());
    let set = [("vonage.page_size", "20"), ("vonage.patience_minutes", "1")];
    let undisturbed = ApiCompany::new(Manners::default());
    undisturbed.good(&set);
    let wanted = undisturbed.server.count("call-logs");

    // Some windows and some pages come before it.
    let asked = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while company.server.count("call-logs") < 25 {
                std::thread::sleep(Duration::from_millis(1));
            }
            company.server.fault(
                "call-logs",
                throttled(vec![("retry-after", "3600".to_owned())], r#"{"code":"900804"}"#),
            );
            asked.store(true, std::sync::atomic::Ordering::SeqCst);
        });
        company.stopped(&set, 75, "the next run goes on from there");
    });
    company.good(&set);
    assert_eq!(
        company.server.count("call-logs"),
        wanted + 1,
        "a stored page was asked for again"
    );
}
