//! What was set aside, looked at: of the newest night, of a day, and of a night that it stopped.

use quietline::night::{Options, quarantine};

use super::Company;

#[test]
fn what_was_set_aside_is_shown_with_its_reason_also_when_it_stopped_the_night() {
    let company = Company::new();
    let job = company.job(&[]);
    assert!(quarantine(&job, None).is_err(), "no night yet");
    company.good(&[("job.as_of", "2026-10-15")]);
    let nothing = quarantine(&job, None).unwrap();
    assert_eq!(nothing.rows.len(), 0);
    assert!(
        nothing.shown().contains("nothing was set aside"),
        "{}",
        nothing.shown()
    );

    let lines = std::fs::read_to_string(company.path("sample_data/lines.csv")).unwrap();
    company.edit("sample_data/directory.csv", |text| {
        text.replacen(",active,,,", ",active,,call +1 (732) 555-0142,", 1)
    });
    company.good(&[]);
    let one = quarantine(&job, None).unwrap();
    assert_eq!(
        (one.as_of.to_string(), one.status),
        ("2026-10-16".to_owned(), "warned")
    );
    let shown = one.shown();
    for words in [
        "directory: directory.csv, 1 set aside",
        "row 2",
        "on_leave_until",
        "call +* (***) ***-**42",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains("555-0142"), "{shown}");
    let earlier = quarantine(&job, Some("2026-10-15".parse().unwrap())).unwrap();
    assert_eq!(earlier.rows.len(), 0);

    company.edit("sample_data/lines.csv", |_| {
        lines.replace("2024-01-08,,2024-01-08", "2024-13-08,,2024-01-08")
    });
    let next = [("job.as_of", "2026-10-16")];
    let stopped = company.run(&next, &Options::default()).err().unwrap();
    assert_eq!(stopped.exit_code(), 65);
    let many = quarantine(&job, None).unwrap();
    assert!(
        many.status == "failed" && many.rows.len() > 5,
        "{} {}",
        many.status,
        many.rows.len()
    );
    assert!(many.shown().contains("seat_since"), "{}", many.shown());
}
