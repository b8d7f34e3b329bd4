//! Folders that others can reach into: whoever only looks is told, and a run closes them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use quietline::night::{check, explain, standing};

use super::{Company, world};

#[test]
fn open_folders_are_told_by_who_looks_and_closed_by_a_run() {
    let company = Company::new();
    company.good(&[]);
    let job = company.job(&[]);
    let outbox = match &job.mail.transport {
        quietline::job::Transport::File { outbox } => outbox.clone(),
        other => panic!("{other:?}"),
    };
    let folders = [job.store.clone(), outbox];
    let modes = || {
        folders
            .each_ref()
            .map(|folder| fs::metadata(folder).unwrap().permissions().mode() & 0o777)
    };
    assert_eq!(modes(), [0o700; 2]);
    let told = || {
        [
            standing(&job).unwrap().shown(),
            check(&job, &world()).unwrap(),
            explain(&job, "134", &world()).unwrap(),
        ]
    };
    for text in told() {
        assert!(!text.contains("others can reach"), "{text}");
    }
    for folder in &folders {
        fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
    }
    for text in told() {
        for (folder, closer) in folders
            .iter()
            .zip(["the next run", "the next run that writes a mail"])
        {
            let said = format!(
                "others can reach into the folder {} (mode 0755): {closer} closes it to them\n",
                folder.display()
            );
            assert!(text.contains(&said), "{said}{text}");
        }
    }
    assert_eq!(modes(), [0o755; 2], "who looks changes nothing");
    company.good(&[("job.as_of", "2026-10-15")]);
    assert_eq!(modes()[0], 0o700);
}
