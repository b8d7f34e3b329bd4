//! One login a run, renewed early, refreshed in the middle, and a refusal that is remembered.

use quietline::night::{Options, World, check, clear_halt, night};

use super::company::{ApiCompany, world};
use super::server::{Fault, Manners};

fn unauthorised() -> Fault {
    Fault::Answer(401, Vec::new(), String::new())
}

#[test]
fn a_token_that_ends_in_the_middle_is_refreshed_and_the_request_repeated() {
    let company = ApiCompany::new(Manners::default());
    company.server.fault("call-logs", unauthorised());
    company.good(&[]);
    assert_eq!((company.server.logins(), company.server.count("/token")), (1, 2));
}

#[test]
fn a_refused_refresh_allows_one_more_login() {
    let company = ApiCompany::new(Manners {
        refuse_refresh: true,
        ..Manners::default()
    });
    company.server.fault("call-logs", unauthorised());
    company.good(&[]);
    assert_eq!((company.server.logins(), company.server.count("/token")), (2, 3));
}

#[test]
fn a_short_lived_token_is_renewed_before_it_ends() {
    let company = ApiCompany::new(Manners {
        token_life: 1,
        slow_ms: 20,
        ..Manners::default()
    });
    company.good(&[]);
    assert_eq!(company.server.logins(), 1);
    assert!(company.server.count("/token") > 2);
}

#[test]
fn two_refusals_of_one_request_are_77_and_no_halt() {
    let company = ApiCompany::new(Manners::default());
    company.server.fault("call-logs", unauthorised());
    company.server.fault("call-logs", unauthorised());
    company.stopped(&[], 77, "subscribed to the reports suite");
    company.good(&[]);
}

#[test]
fn a_suite_that_is_missing_is_77() {
    let company = ApiCompany::new(Manners::default());
    company.server.fault(
        "call-logs",
        Fault::Answer(
            403,
            Vec::new(),
            r#"{"code":"900908","message":"Resource forbidden"}"#.into(),
        ),
    );
    company.stopped(&[], 77, "900908: Resource forbidden");
}

#[test]
fn a_refused_login_is_tried_once_and_never_again_until_something_changes() {
    let company = ApiCompany::new(Manners::default());
    company.server.set_password("another");
    company.stopped(&[], 77, "17003: user is locked");
    company.stopped(&[], 77, "is not tried again");
    let failure = check(&company.job(&[]), &world()).unwrap_err();
    assert!(failure.to_string().contains("quietline halt clear"), "{failure}");
    let rehearsed = night(
        &company.job(&[]),
        &Options {
            dry_run: true,
            ..Options::default()
        },
        &world(),
    );
    assert_eq!(rehearsed.err().map(|failure| failure.exit_code()), Some(77));
    assert_eq!(company.server.count("/token"), 1, "the login was tried again");

    assert!(clear_halt(&company.job(&[]), &world()).unwrap());
    company.stopped(&[], 77, "17003");
    assert_eq!(company.server.count("/token"), 2);

    // A changed password clears the halt by itself.
    company.server.set_password("changed");
    let changed = World {
        environment: |name| match name {
            "VONAGE_PASSWORD" => Some("changed".into()),
            "VONAGE_CLIENT_SECRET" => Some("canary-secret".into()),
            _ => None,
        },
        ..world()
    };
    night(&company.job(&[]), &Options::default(), &changed).unwrap();
}

#[test]
fn a_wrong_token_address_is_no_refusal() {
    let company = ApiCompany::new(Manners::default());
    company.server.fault(
        "/token",
        Fault::Answer(404, Vec::new(), r#"{"msg":"no such resource"}"#.into()),
    );
    company.stopped(&[], 69, "answered 404: no such resource");
    company.good(&[]);
}

#[test]
fn the_token_is_kept_only_where_the_job_says_so_and_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let company = ApiCompany::new(Manners::default());
    company.good(&[("job.as_of", "2026-10-15"), ("vonage.token_file", "token")]);
    let mode = std::fs::metadata(company.path("token"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    company.good(&[("vonage.token_file", "token")]);
    assert_eq!(company.server.logins(), 1, "the kept token was not used");
}

#[test]
fn a_missing_secret_says_where_it_is_looked_for() {
    let company = ApiCompany::new(Manners::default());
    let nothing = World {
        environment: |_| None,
        ..world()
    };
    let failure = night(&company.job(&[]), &Options::default(), &nothing)
        .err()
        .unwrap();
    assert_eq!(failure.exit_code(), 77);
    assert!(failure.to_string().contains("$VONAGE_PASSWORD"), "{failure}");
}
