use super::*;
use std::os::unix::fs::PermissionsExt;

fn on(day: &str) -> NaiveDate {
    day.parse().unwrap()
}

fn files(content: &str) -> Vec<(String, Vec<u8>)> {
    vec![
        ("report.html".into(), content.into()),
        ("summary.json".into(), b"{}".to_vec()),
    ]
}

fn latest(root: &Path) -> String {
    fs::read_link(root.join("nightly/latest"))
        .unwrap()
        .to_string_lossy()
        .into_owned()
}

#[test]
fn a_report_is_there_whole_and_private_and_latest_points_at_it() {
    let root = tempfile::tempdir().unwrap();
    let published = publish(root.path(), "nightly", on("2026-11-23"), 1, &files("a"), false);
    let place = published.unwrap().place;
    assert_eq!(place, root.path().join("nightly/2026-11-23"));
    assert_eq!(
        fs::read(root.path().join("nightly/latest/report.html")).unwrap(),
        b"a"
    );
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&place), mode(&place.join("report.html"))), (0o700, 0o600));
}

#[test]
fn the_same_again_is_nothing_and_other_bytes_need_a_redo() {
    let root = tempfile::tempdir().unwrap();
    let night = on("2026-11-23");
    for _ in 0..2 {
        publish(root.path(), "nightly", night, 1, &files("a"), false).unwrap();
    }
    let error = publish(root.path(), "nightly", night, 1, &files("b"), false).unwrap_err();
    assert!(
        matches!(error, Error::Differs { .. }) && error.to_string().contains("--redo"),
        "{error}"
    );
    publish(root.path(), "nightly", night, 2, &files("b"), false).unwrap();
    assert_eq!(latest(root.path()), "2026-11-23.r2");
    assert_eq!(
        fs::read(root.path().join("nightly/2026-11-23/report.html")).unwrap(),
        b"a"
    );
}

#[test]
fn what_a_killed_run_left_unsent_is_replaced_whole() {
    let root = tempfile::tempdir().unwrap();
    let night = on("2026-11-23");
    publish(root.path(), "nightly", night, 1, &files("a"), false).unwrap();
    let published = publish(root.path(), "nightly", night, 1, &files("b"), true).unwrap();
    assert_eq!(fs::read(published.place.join("report.html")).unwrap(), b"b");
    assert_eq!(latest(root.path()), "2026-11-23");
    let left = fs::read_dir(root.path().join("nightly")).unwrap();
    assert_eq!(left.count(), 2, "the old folder is gone");
}

#[test]
fn latest_never_goes_back_to_an_older_night() {
    let root = tempfile::tempdir().unwrap();
    for (day, revision) in [("2026-11-23", 10), ("2026-11-23", 9), ("2026-11-22", 1)] {
        publish(root.path(), "nightly", on(day), revision, &files("a"), false).unwrap();
    }
    assert_eq!(latest(root.path()), "2026-11-23.r10");
}

#[test]
fn latest_is_a_folder_where_it_cannot_be_a_link() {
    let root = tempfile::tempdir().unwrap();
    let latest = root.path().join("nightly/latest");
    // What a client that keeps two machines alike makes of a link.
    fs::create_dir_all(&latest).unwrap();
    fs::write(latest.join("report.html"), "old").unwrap();
    for (day, content) in [("2026-11-23", "a"), ("2026-11-22", "b")] {
        let published = publish(root.path(), "nightly", on(day), 1, &files(content), false).unwrap();
        assert!(published.latest.is_none());
        assert_eq!(fs::read(latest.join("report.html")).unwrap(), b"a");
    }
    fs::remove_dir_all(&latest).unwrap();
    fs::write(&latest, "a note of somebody's").unwrap();
    let published = publish(root.path(), "nightly", on("2026-11-24"), 1, &files("c"), false).unwrap();
    assert!(published.place.join("report.html").exists());
    assert!(published.latest.unwrap().to_string().contains("in the way"));
    assert_eq!(fs::read(&latest).unwrap(), b"a note of somebody's");
}

#[test]
fn leftovers_of_a_crash_are_swept_and_reports_are_not() {
    let root = tempfile::tempdir().unwrap();
    publish(root.path(), "nightly", on("2026-11-22"), 1, &files("a"), false).unwrap();
    let half = root.path().join("nightly/.incoming-2026-11-23");
    fs::create_dir(&half).unwrap();
    fs::write(half.join("report.html"), "half").unwrap();
    symlink("2026-11-23", root.path().join("nightly/.incoming-latest")).unwrap();
    publish(root.path(), "nightly", on("2026-11-23"), 1, &files("b"), false).unwrap();
    let mut left: Vec<_> = fs::read_dir(root.path().join("nightly"))
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["2026-11-22", "2026-11-23", "latest"]);
}

#[test]
fn a_withheld_night_is_replaced_and_never_latest() {
    let root = tempfile::tempdir().unwrap();
    publish(root.path(), "nightly", on("2026-11-22"), 1, &files("a"), false).unwrap();
    for content in ["b", "c"] {
        let place = publish_withheld(root.path(), "nightly", on("2026-11-23"), &files(content)).unwrap();
        assert_eq!(fs::read(place.join("report.html")).unwrap(), content.as_bytes());
    }
    assert_eq!(latest(root.path()), "2026-11-22");
    assert_eq!(highest_revision(root.path(), "nightly", on("2026-11-23")), 0);
}

#[test]
fn names_stay_inside_the_folder() {
    let root = tempfile::tempdir().unwrap();
    let night = on("2026-11-23");
    for name in ["", "..", "../x", "a/b", ".hidden", "a\nb", "caf\u{e9}"] {
        assert_eq!(
            publish(root.path(), name, night, 1, &[], false)
                .unwrap_err()
                .exit_code(),
            78,
            "{name:?}"
        );
        let file = [(name.to_owned(), Vec::new())];
        assert!(
            publish(root.path(), "nightly", night, 1, &file, false).is_err(),
            "{name:?}"
        );
    }
}

#[test]
fn a_failed_write_leaves_the_last_report_and_no_half_one() {
    let root = tempfile::tempdir().unwrap();
    publish(root.path(), "nightly", on("2026-11-22"), 1, &files("a"), false).unwrap();
    let twice = [("x".to_owned(), Vec::new()), ("y".repeat(300), Vec::new())];
    assert!(publish(root.path(), "nightly", on("2026-11-23"), 1, &twice, false).is_err());
    let home = root.path().join("nightly");
    fs::write(home.join("2026-11-24"), "a file in the way").unwrap();
    assert!(publish(root.path(), "nightly", on("2026-11-24"), 1, &files("b"), false).is_err());
    assert_eq!(latest(root.path()), "2026-11-22");
    assert!(!home.join("2026-11-23").exists());
}
