//! A long first pull that is killed on the way.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::company::{ApiCompany, sample};
use super::server::Manners;

/// 900 pages and more.
fn large() -> super::server::Company {
    let mut company = sample();
    let day_calls = company.calls.clone();
    for copy in 0.. {
        if company.calls.len() > 2_800 {
            break;
        }
        company.calls.extend(day_calls.iter().map(|call| {
            let mut call = call.clone();
            call["id"] = serde_json::json!(format!("{}-{copy}", call["id"].as_str().unwrap()));
            call
        }));
    }
    company
}

#[test]
fn killed_in_the_middle_of_nine_hundred_pages_it_asks_for_no_stored_page_twice() {
    let company = ApiCompany::of(
        large(),
        Manners {
            slow_ms: 3,
            ..Manners::default()
        },
    );
    let run = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quietline"));
        command
            .args(["run", "api.toml", "--set", "vonage.page_size=3"])
            .current_dir(company.folder())
            .env("VONAGE_PASSWORD", "canary-password")
            .env("VONAGE_CLIENT_SECRET", "canary-secret")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    };
    let status = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quietline"));
        let told = command.args(["status", "api.toml"]).current_dir(company.folder());
        String::from_utf8(told.output().unwrap().stdout).unwrap()
    };
    let kills = 3;
    for kill in 1..=kills {
        let mut child = run().spawn().unwrap();
        while company.server.count("call-logs") < kill * 200 {
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(status().contains("  running\n"), "{}", status());
        child.kill().unwrap();
        child.wait().unwrap();
        let killed =
            "  failed: the run was killed, or this machine ran out of memory: it ended without a word\n";
        assert_eq!(status().matches(killed).count(), kill, "{}", status());
    }
    let last = run().output().unwrap();
    assert!(last.status.success(), "{}", String::from_utf8_lossy(&last.stderr));
    let mut asked: BTreeMap<(String, String), u32> = BTreeMap::new();
    for seen in company
        .server
        .seen()
        .iter()
        .filter(|seen| seen.path.contains("call-logs"))
    {
        *asked
            .entry((seen.query["start:gte"].clone(), seen.query["page"].clone()))
            .or_default() += 1;
    }
    assert!(asked.len() >= 900, "only {} pages", asked.len());
    let twice: u32 = asked.values().map(|times| times - 1).sum();
    // The one page that each kill found on its way was not stored yet.
    assert!(twice <= kills as u32, "{twice} pages were asked for again");
}
