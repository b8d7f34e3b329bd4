//! What an export splits over two columns, and a job's `map` names together.

use std::fs;
use std::path::Path;

use super::phones::{CALLS, LINES, Phones, written};
use super::starting::{all_fine, by_flags, err, job, out, quietline};

fn take_the_mark_away(folder: &Path, line: &str) {
    let text = job(folder);
    assert!(text.contains(&format!("\n# {line}")), "{text}");
    let taken = text.replace(&format!("\n# {line}"), &format!("\n{line}"));
    fs::write(folder.join("quietline.toml"), taken).unwrap();
}

#[test]
fn a_day_and_a_time_are_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let phones = Phones::named_by(&["extension"]);
    fs::write(folder.path().join("users.csv"), written(&LINES, &phones.lines)).unwrap();
    let calls = phones.calls.iter().map(|call| {
        let (day, time) = call["start"].split_once(' ').unwrap();
        let day: Vec<&str> = day.split('-').collect();
        format!(
            "{}/{}/{},{time},{},{},60,outbound,Answered\n",
            day[1], day[2], day[0], call["source_extension"], call["to"]
        )
    });
    let headings = "Call Day,Call Clock,from,to,length,direction,result\n";
    fs::write(
        folder.path().join("calls.csv"),
        format!("{headings}{}", calls.collect::<String>()),
    )
    .unwrap();
    let output = by_flags(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(76), "{}", err(&output));
    assert!(
        out(&output).contains("Call Day + Call Clock may be local_start"),
        "{}",
        out(&output)
    );
    take_the_mark_away(
        folder.path(),
        "map = { \"Call Day + Call Clock\" = \"local_start\" }",
    );
    take_the_mark_away(folder.path(), "date_order = \"mdy\"");
    let night = ["run", "quietline.toml", "--as-of", "2026-10-16"];
    let run = quietline(folder.path(), &night);
    let said = all_fine(&run);
    let told = |words: &[&str]| all_fine(&quietline(folder.path(), words));
    assert!(told(&["explain", "101"]).contains("in use"), "{said}");
    assert!(told(&["explain", "115"]).contains("idle"), "{said}");
    let check = told(&["check", "quietline.toml"]);
    assert!(!check.contains("not used"), "{check}");
    assert!(!check.contains("quarantined"), "{check}");
}

#[test]
fn the_first_and_the_last_name_are_what_calls_name_people_by() {
    let folder = tempfile::tempdir().unwrap();
    let mut phones = Phones::named_by(&["user"]);
    for call in &mut phones.calls {
        let name: Vec<String> = call["source_user"].split('.').map(str::to_uppercase).collect();
        call.insert("source_user", name.join(" "));
    }
    fs::write(folder.path().join("users.csv"), written(&LINES, &phones.lines)).unwrap();
    fs::write(folder.path().join("calls.csv"), written(&CALLS, &phones.calls)).unwrap();
    let said = out(&by_flags(folder.path(), &[]));
    assert!(
        said.contains(
            "users.csv: first_name + last_name is read as login_name, since the calls name people by it"
        ),
        "{said}"
    );
    let first = job(folder.path());
    let map = "\nmap = { \"first_name + last_name\" = \"login_name\" }\n";
    assert!(first.contains(map), "{first}");
    fs::write(folder.path().join("quietline.toml"), first.replace(map, "\n")).unwrap();
    let night = ["run", "quietline.toml", "--as-of", "2026-10-16"];
    let blocked = quietline(folder.path(), &night);
    assert_eq!(blocked.status.code(), Some(65));
    assert!(
        err(&blocked).contains("First Name + Last Name"),
        "{}",
        err(&blocked)
    );
    fs::write(folder.path().join("quietline.toml"), first).unwrap();
    all_fine(&quietline(folder.path(), &night));
    let told = |line: &str| all_fine(&quietline(folder.path(), &["explain", line]));
    assert!(told("101").contains("in use"));
    assert!(told("115").contains("idle"));
}

/// Two people of one name: what names them by it alone is use of both, and is told.
#[test]
fn a_name_that_two_people_bear_is_use_of_both() {
    let folder = tempfile::tempdir().unwrap();
    let mut phones = Phones::named_by(&["user"]);
    let name = phones.lines[0]["login_name"].clone();
    phones.lines[14].insert("login_name", name);
    fs::write(folder.path().join("users.csv"), written(&LINES, &phones.lines)).unwrap();
    fs::write(folder.path().join("calls.csv"), written(&CALLS, &phones.calls)).unwrap();
    by_flags(folder.path(), &["--admins", "it@example.test"]);
    let night = ["run", "quietline.toml", "--as-of", "2026-10-16"];
    all_fine(&quietline(folder.path(), &night));
    let told = |line: &str| all_fine(&quietline(folder.path(), &["explain", line]));
    assert!(told("115").contains("in use"));
    assert!(told("116").contains("idle"));
    let page = fs::read_to_string(folder.path().join("reports/quietline/latest/admin.html")).unwrap();
    assert!(page.contains("One login is of several people: ada.birch (101, 115)."));
}

/// A name without a number is begun alike by the next download of the same.
#[test]
fn the_next_download_beside_the_first_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let phones = Phones::named_by(&["user"]);
    fs::write(folder.path().join("Users.csv"), written(&LINES, &phones.lines)).unwrap();
    let (early, late): (Vec<_>, Vec<_>) = phones
        .calls
        .iter()
        .cloned()
        .partition(|call| call["start"].as_str() < "2026-10-01");
    fs::write(folder.path().join("Call Logs.csv"), written(&CALLS, &early)).unwrap();
    by_flags(folder.path(), &[]);
    assert!(
        job(folder.path()).contains("files = [\"Call Logs*.csv\"]"),
        "{}",
        job(folder.path())
    );
    fs::write(folder.path().join("Call Logs (1).csv"), written(&CALLS, &late)).unwrap();
    let run = quietline(folder.path(), &["run", "quietline.toml", "--as-of", "2026-10-16"]);
    all_fine(&run);
}
