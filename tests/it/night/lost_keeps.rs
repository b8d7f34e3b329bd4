//! A keep, a leave or a sign-in that held on an earlier night and is in no file any more: told to whoever acts on its line.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use quietline::domain::{AccountStatement, Action, Verdict};
use quietline::night::{Options, night};

use super::company::{job_in, world};
use super::phones::{Phones, line, verdict};

const LIST: &str = "line_id,holder,decision,expires_on\n115,Oona Pike,keep,2027-01-31\n";

fn next_night(folder: &Path, as_of: &str) -> AccountStatement {
    let job = job_in(folder, "job.toml", &[("job.as_of", as_of)]);
    let statement = night(&job, &Options::default(), &world())
        .unwrap()
        .statement
        .unwrap();
    statement.accounts.into_iter().next().unwrap()
}

fn asks(account: &AccountStatement) -> (bool, bool) {
    let asked = "It was kept until 2027-01-31";
    let at_line = line(account, "115")
        .cautions
        .iter()
        .any(|told| told.starts_with(asked));
    let of_all = account
        .notices
        .iter()
        .any(|told| told.starts_with("Keeps of an earlier night"));
    (at_line, of_all)
}

#[test]
fn a_keep_whose_list_is_gone_is_asked_after_until_somebody_decides() {
    let folder = tempfile::tempdir().unwrap();
    let mut phones = Phones::named_by(&["extension", "user"]);
    phones.files.insert("decisions", LIST.to_owned());
    phones.night_in(folder.path(), "rule", 1);
    for made in ["store", "reports"] {
        fs::remove_dir_all(folder.path().join(made)).unwrap();
    }
    assert_eq!(
        verdict(&next_night(folder.path(), "2026-10-13"), "115"),
        Verdict::Exempt
    );
    let list = folder.path().join("decisions-0.csv");
    let rows = fs::read_to_string(&list).unwrap();
    fs::write(&list, rows.split_once('\n').unwrap().0).unwrap();
    for as_of in ["2026-10-14", "2026-10-15"] {
        let account = next_night(folder.path(), as_of);
        assert_eq!(verdict(&account, "115"), Verdict::Idle, "{as_of}");
        assert_eq!(asks(&account), (true, true), "{as_of}");
        assert_eq!(line(&account, "115").action, Action::AskHolder, "{as_of}");
        assert!(line(&account, "116").cautions.is_empty());
    }
    let taken = "line_id,holder,decision,decision_reason,owner,decided_on\n115,Oona Pike,reclaim,not needed,bo,2026-10-16\n";
    fs::write(&list, taken).unwrap();
    assert_eq!(asks(&next_night(folder.path(), "2026-10-16")), (false, false));
}

#[test]
fn a_leave_of_which_the_directory_tells_nothing_any_more_is_asked_after() {
    let folder = tempfile::tempdir().unwrap();
    let mut phones = Phones::named_by(&["extension", "user"]);
    let headings = "email,status,on_leave_until\n";
    let row = "oona.pike@example.test,active,2027-01-31\n";
    phones.files.insert("directory", format!("{headings}{row}"));
    phones.night_in(folder.path(), "rule", 1);
    for made in ["store", "reports"] {
        fs::remove_dir_all(folder.path().join(made)).unwrap();
    }
    assert_eq!(
        verdict(&next_night(folder.path(), "2026-10-13"), "115"),
        Verdict::OnLeave
    );
    let asks = |account: &AccountStatement| {
        let told = "Its holder was on leave until 2027-01-31";
        let notice = "Leaves that an earlier night's directory told stand in none of tonight's: of the holders of extension 115.";
        (
            line(account, "115")
                .cautions
                .iter()
                .any(|caution| caution.starts_with(told)),
            account.notices.iter().any(|caution| caution.starts_with(notice)),
        )
    };
    let file = folder.path().join("directory-0.csv");
    assert!(file.exists());
    // Emptied to other people's rows: the person alone is gone.
    fs::write(&file, format!("{headings}ada.birch@example.test,active,\n")).unwrap();
    for as_of in ["2026-10-14", "2026-10-15"] {
        let account = next_night(folder.path(), as_of);
        assert_eq!(verdict(&account, "115"), Verdict::Idle, "{as_of}");
        assert_eq!(asks(&account), (true, true), "{as_of}");
        assert_eq!(line(&account, "115").action, Action::AskHolder, "{as_of}");
        assert!(line(&account, "116").cautions.is_empty());
    }
    fs::write(&file, format!("{headings}{row}")).unwrap();
    let account = next_night(folder.path(), "2026-10-16");
    assert_eq!(verdict(&account, "115"), Verdict::OnLeave);
    assert_eq!(asks(&account), (false, false));
}

#[test]
fn a_leave_goes_along_to_the_extension_that_its_holder_moves_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut phones = Phones::named_by(&["extension", "user"]);
    let headings = "email,status,on_leave_until\n";
    let row = "oona.pike@example.test,active,2027-01-31\n";
    phones.files.insert("directory", format!("{headings}{row}"));
    phones.night_in(folder.path(), "rule", 1);
    for made in ["store", "reports"] {
        fs::remove_dir_all(folder.path().join(made)).unwrap();
    }
    next_night(folder.path(), "2026-10-13");
    let list = folder.path().join("lines-0.csv");
    let rows = fs::read_to_string(&list).unwrap();
    let moved: String = rows
        .lines()
        .map(|row| row.replacen("115", "215", 1) + "\n")
        .collect();
    assert_ne!(moved, rows);
    fs::write(&list, moved).unwrap();
    let file = folder.path().join("directory-0.csv");
    fs::write(&file, format!("{headings}ada.birch@example.test,active,\n")).unwrap();
    for as_of in ["2026-10-14", "2026-10-15"] {
        let account = next_night(folder.path(), as_of);
        let cautions = &line(&account, "215").cautions;
        let told = "Its holder was on leave until 2027-01-31";
        assert!(
            cautions.iter().any(|caution| caution.starts_with(told)),
            "{as_of} {:?} {cautions:?}",
            verdict(&account, "215")
        );
    }
}

#[test]
fn a_sign_in_of_which_the_directory_tells_nothing_any_more_still_asks_first() {
    let row = "oona.pike@example.test,active,2026-10-12T15:00:00Z\n";
    for column in ["last_sign_in_at", "last_sign_in_tried_at"] {
        let headings = format!("email,status,{column}\n");
        let folder = tempfile::tempdir().unwrap();
        let mut phones = Phones::named_by(&["extension", "user"]);
        phones.files.insert("directory", format!("{headings}{row}"));
        phones.night_in(folder.path(), "rule", 1);
        for made in ["store", "reports"] {
            fs::remove_dir_all(folder.path().join(made)).unwrap();
        }
        let is_told = |account: &AccountStatement| {
            let told = "That its holder signed in on 2026-10-12 stands in an earlier night's directory";
            let notice = "Sign-ins that an earlier night's directory told stand in none of tonight's";
            let cautions = &line(account, "115").cautions;
            (
                cautions.iter().any(|caution| caution.starts_with(told)),
                account.notices.iter().any(|caution| caution.starts_with(notice)),
            )
        };
        let account = next_night(folder.path(), "2026-10-13");
        let reason = line(&account, "115").reason.clone();
        assert_eq!(line(&account, "115").action, Action::AskHolder);
        assert_eq!(is_told(&account), (false, false));
        let file = folder.path().join("directory-0.csv");
        fs::write(&file, format!("{headings}ada.birch@example.test,active,\n")).unwrap();
        for as_of in ["2026-10-14", "2026-10-15"] {
            let account = next_night(folder.path(), as_of);
            let oonas = line(&account, "115");
            assert_eq!(oonas.action, Action::AskHolder, "{as_of} {column}: {reason}");
            assert!(oonas.reason.contains("2026-10-12"), "{as_of}: {}", oonas.reason);
            assert_eq!(is_told(&account), (true, true), "{as_of} {column}");
            let others = line(&account, "116");
            assert!(
                !others.reason.contains("directory") && others.cautions.is_empty(),
                "{}",
                others.reason
            );
        }
    }
}

#[test]
fn a_rule_that_was_taken_out_of_the_job_is_not_asked_after_and_a_list_behind_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut phones = Phones::named_by(&["extension", "user"]);
    phones.files.insert("decisions", LIST.to_owned());
    phones.night_in(folder.path(), "rule", 1);
    for made in ["store", "reports"] {
        fs::remove_dir_all(folder.path().join(made)).unwrap();
    }
    let job = folder.path().join("job.toml");
    let without = fs::read_to_string(&job).unwrap();
    let rule = "[keep.silent]\nextensions = \"115-116\"\nreason = \"spare\"\nexpires_on = 2027-01-31\n";
    fs::write(&job, format!("{without}{rule}")).unwrap();
    next_night(folder.path(), "2026-10-13");
    // The rule keeps both while the list is gone.
    let list = folder.path().join("decisions-0.csv");
    let rows = fs::read_to_string(&list).unwrap();
    fs::write(&list, rows.split_once('\n').unwrap().0).unwrap();
    let account = next_night(folder.path(), "2026-10-14");
    assert_eq!(verdict(&account, "115"), Verdict::Exempt);
    fs::write(&job, without).unwrap();
    let account = next_night(folder.path(), "2026-10-15");
    assert_eq!(asks(&account), (true, true));
    assert_eq!(verdict(&account, "116"), Verdict::Idle);
    assert_eq!(line(&account, "116").cautions, [""; 0]);
    let notice = account
        .notices
        .iter()
        .find(|told| told.starts_with("Keeps of an earlier night"));
    assert!(!notice.unwrap().contains("116"), "{notice:?}");
}

#[test]
fn whatever_else_lies_where_lists_are_laid_is_told_and_ends_no_night() {
    let folder = tempfile::tempdir().unwrap();
    let mut phones = Phones::named_by(&["extension", "user"]);
    phones.files.insert("decisions", LIST.to_owned());
    symlink("/nonexistent/list.csv", folder.path().join("decisions-gone.csv")).unwrap();
    symlink("decisions-loop.csv", folder.path().join("decisions-loop.csv")).unwrap();
    fs::create_dir(folder.path().join("decisions-folder.csv")).unwrap();
    fs::write(folder.path().join("decisions-paper.csv"), b"%PDF-1.7\n%").unwrap();
    fs::write(folder.path().join("decisions-empty.csv"), b"").unwrap();
    let statement = phones.night_in(folder.path(), "rule", 1);
    assert_eq!(verdict(&statement.accounts[0], "115"), Verdict::Exempt);
    let run = fs::read_to_string(folder.path().join("reports/phones/2026-10-16/run.json")).unwrap();
    for name in [
        "decisions-gone.csv",
        "decisions-loop.csv",
        "decisions-paper.csv",
        "decisions-empty.csv",
    ] {
        assert!(run.contains(name), "{name}");
    }
}
