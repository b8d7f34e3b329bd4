//! Answers that must not become a verdict: each is stopped by the gate or error that its test names.

use std::time::Duration;

use quietline::domain::{Gate, GateStatus, NightStatus};
use serde_json::json;

use super::company::ApiCompany;
use super::server::{Fault, Manners};

fn answer(status: u16, body: &str) -> Fault {
    Fault::Answer(status, Vec::new(), body.to_owned())
}

/// A gate that fires on what was scored so far: no figure leaves.
#[track_caller]
fn assert_gate(company: &ApiCompany, gate: Gate, set: &[(&str, &str)]) {
    let statement = company.run(set).unwrap().statement.unwrap();
    let fired = statement
        .gates
        .iter()
        .any(|report| report.gate == gate && report.status >= GateStatus::Hold);
    assert!(fired, "{gate} did not fire: {:?}", statement.gates);
    assert!(matches!(
        statement.status,
        NightStatus::Held | NightStatus::Blocked
    ));
}

#[test]
fn what_fails_in_passing_is_tried_again() {
    let company = ApiCompany::new(Manners::default());
    for fault in [
        answer(500, r#"{"msg":"down"}"#),
        answer(502, "<html>Bad Gateway</html>"),
        answer(200, "<html>Log in</html>"),
        answer(200, ""),
        Fault::CutOff,
        Fault::Closed,
        Fault::Slow(Duration::from_secs(3)),
    ] {
        company.server.fault("call-logs", fault);
    }
    company.good(&[("vonage.tries", "8")]);
}

#[test]
fn what_goes_on_failing_is_an_error_with_its_last_words() {
    for (fault, words) in [
        (
            answer(503, r#"{"msg":"maintenance"}"#),
            "answered 503: maintenance",
        ),
        (
            answer(200, "<html>Log in</html>"),
            "not JSON: GET /t/vbc.prod/reports/v1/accounts/913874/call-logs answered 200: <html>Log in</html>",
        ),
        (answer(200, ""), "not JSON"),
        (
            answer(
                200,
                r#"{"code":"500","message":"no report for +1 (732) 555-0142"}"#,
            ),
            "answered 200: 500: no report for +* (***) ***-**42",
        ),
        (Fault::CutOff, "the answer was cut off"),
        (Fault::Closed, "after 2 tries"),
        (Fault::Slow(Duration::from_secs(3)), "timed out"),
    ] {
        let company = ApiCompany::new(Manners::default());
        company.server.fault("call-logs", fault.clone());
        company.server.fault("call-logs", fault);
        company.stopped(
            &[("vonage.tries", "2"), ("vonage.timeout_seconds", "1")],
            69,
            words,
        );
    }
}

#[test]
fn a_request_that_is_wrong_is_not_repeated() {
    let company = ApiCompany::new(Manners::default());
    let body = r#"{"status":400,"title":"Bad request","instance":"track-1","invalid_parameters":[{"name":"start:gte","reason":"bad"}]}"#;
    company
        .server
        .fault("call-logs", answer(400, &body.replace("start:gte", "from")));
    company.stopped(&[], 69, "answered 400 (request track-1): Bad request: from bad");
    assert_eq!(company.server.count("call-logs"), 1);
}

#[test]
fn a_changed_shape_is_76() {
    for (part, body, words) in [
        (
            "call-logs",
            r#"{"total_items":5,"total_pages":1}"#,
            "_embedded is missing",
        ),
        (
            "call-logs",
            r#"{"total_items":5,"_embedded":{"calls2":[]}}"#,
            "_embedded holds no rows, but: calls2",
        ),
        (
            "call-logs",
            r#"{"_embedded":{"call_logs":[]}}"#,
            "total_items is missing",
        ),
        ("/users", r#"{"total_items":5}"#, "_embedded is missing"),
        (
            "/extensions",
            r#"{"total_items":1,"_embedded":{"extensions":["x"]}}"#,
            "one of the extensions",
        ),
    ] {
        let company = ApiCompany::new(Manners::default());
        company.server.fault(part, answer(200, body));
        company.stopped(&[], 76, words);
    }
}

#[test]
fn the_end_of_a_list_may_be_bare_and_a_page_in_the_middle_may_not() {
    let company = ApiCompany::new(Manners {
        bare_last_page: true,
        ..Manners::default()
    });
    company.stopped(&[], 76, "_embedded is missing");
}

#[test]
fn rows_that_never_come_are_g1() {
    let calls = ApiCompany::new(Manners {
        withheld: 3,
        ..Manners::default()
    });
    calls.stopped(&[], 65, "(G1)");
    let grows = ApiCompany::new(Manners::default());
    grows.server.change(|_, manners| manners.grows = true);
    grows.stopped(&[("vonage.page_size", "5")], 65, "(G1)");
}

#[test]
fn rows_that_slip_to_the_next_page_are_g1() {
    // The count is right and the same on every page; one row came twice and another never.
    let company = ApiCompany::new(Manners::default());
    company.server.change(|_, manners| manners.slips = true);
    company.stopped(&[("vonage.page_size", "5")], 65, "(G1)");
}

#[test]
fn a_list_that_grew_while_it_was_read_is_read_once_more() {
    let company = ApiCompany::new(Manners::default());
    let grown = r#"{"total_items":900,"total_pages":1,"_embedded":{"call_logs":[]}}"#;
    company.server.fault("call-logs", answer(200, grown));
    company.good(&[]);
    let sizes: Vec<String> = company
        .server
        .seen()
        .iter()
        .filter_map(|seen| seen.query.get("page_size").cloned())
        .collect();
    assert!(
        sizes.iter().any(|size| size == "875"),
        "no other page size was tried: {sizes:?}"
    );
}

#[test]
fn a_call_outside_what_was_asked_for_is_g6() {
    for start in ["2031-01-01 00:00:00", "2026-01-01 00:00:00"] {
        let company = ApiCompany::new(Manners::default());
        let row = json!({"id": "x", "direction": "Inbound", "result": "Answered", "start": start, "to": "1"});
        let body = json!({"total_items": 1, "total_pages": 1, "_embedded": {"call_logs": [row]}});
        company.server.fault("call-logs", answer(200, &body.to_string()));
        company.stopped(&[], 65, "(G6)");
    }
}

#[test]
fn clocks_a_day_apart_are_g6() {
    let company = ApiCompany::new(Manners::default());
    let date = vec![("date", "Fri, 16 Oct 2026 00:00:00 GMT".to_owned())];
    let body = json!({"total_items": 0, "total_pages": 1, "_embedded": {"call_logs": []}}).to_string();
    company.server.fault("call-logs", Fault::Answer(500, date, body));
    assert_gate(&company, Gate::G6Clock, &[]);
}

#[test]
fn another_account_is_g3() {
    let company = ApiCompany::new(Manners::default());
    company.server.fault(
        "/api/accounts/913874",
        answer(200, r#"{"_embedded":{"data":{"id":571700,"name":"Other"}}}"#),
    );
    company.stopped(
        &[],
        65,
        "the answer is of account 571700, and the job asks for 913874 (G3)",
    );
}

#[test]
fn another_accounts_calls_are_g3() {
    let company = ApiCompany::new(Manners::default());
    company.server.change(|server, _| {
        for call in &mut server.calls {
            for key in ["source_extension", "destination_extension"] {
                if let Some(number) = call[key].as_u64() {
                    call[key] = json!(number + 77_000);
                }
            }
            for key in [
                "source_user",
                "destination_user",
                "source_sip_id",
                "destination_sip_id",
                "from",
                "to",
            ] {
                if let Some(text) = call[key].as_str() {
                    call[key] = json!(format!("99{text}"));
                }
            }
        }
    });
    assert_gate(&company, Gate::G3Join, &[]);
}

#[test]
fn a_users_own_calls_only_are_g3() {
    let company = ApiCompany::new(Manners::default());
    company.server.change(|server, _| {
        server.calls.retain(|call| {
            [&call["source_extension"], &call["destination_extension"]].contains(&&json!(101))
        });
    });
    assert_gate(&company, Gate::G3Join, &[("gates.accept_empty", "")]);
}

#[test]
fn a_blocked_night_is_asked_for_again_and_a_good_one_follows() {
    let company = ApiCompany::new(Manners::default());
    let all = super::company::sample().calls;
    company.server.change(|server, _| server.calls.clear());
    assert_gate(&company, Gate::G2Empty, &[]);
    company.server.change(|server, _| server.calls = all);
    let statement = company.good(&[]);
    assert!(statement.status <= NightStatus::Warned, "{:?}", statement.gates);
}
