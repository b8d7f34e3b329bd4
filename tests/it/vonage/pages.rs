//! Pages that a service gives in its own way: read rightly, or the days are not known. What was read is compared with what an
//! undisturbed server gives, to the byte of the usage table.

use quietline::domain::{Gate, GateStatus};
use serde_json::{Value, json};

use super::company::{ApiCompany, world};
use super::server::{Fault, Manners, Wire};
use super::usage;

/// Few enough days that a night with many requests stays short, in two windows and the overlap.
pub const FEW_DAYS: (&str, &str) = ("vonage.backfill_days", "14");

/// The usage of fourteen days as an honest server tells it.
pub fn wanted() -> Vec<(String, Vec<u8>)> {
    let company = ApiCompany::new(Manners::default());
    company.run(&[FEW_DAYS]).unwrap();
    usage(&company)
}

#[test]
fn pages_of_a_size_of_its_own_are_read_rightly() {
    let wanted = wanted();
    for (manners, page_size) in [
        // Ten rows, whatever is asked for, and each page begins with the last row of the one before.
        (
            Manners {
                fixed: 10,
                slips: true,
                ..Manners::default()
            },
            "1000",
        ),
        (
            Manners {
                cap: 10,
                ..Manners::default()
            },
            "1000",
        ),
        // Nothing beyond so many rows can be paged to.
        (
            Manners {
                deepest: 40,
                ..Manners::default()
            },
            "20",
        ),
        (
            Manners {
                no_pages: true,
                texts: true,
                ..Manners::default()
            },
            "20",
        ),
        (
            Manners {
                longer: 3,
                ..Manners::default()
            },
            "20",
        ),
        (
            Manners {
                backwards: true,
                says_204: true,
                ..Manners::default()
            },
            "20",
        ),
        (
            Manners {
                wire: Wire::ByteOrderMark,
                ..Manners::default()
            },
            "100",
        ),
        (
            Manners {
                wire: Wire::Gzip,
                ..Manners::default()
            },
            "100",
        ),
    ] {
        let company = ApiCompany::new(Manners {
            calls_only: true,
            ..manners
        });
        company
            .run(&[FEW_DAYS, ("vonage.page_size", page_size)])
            .unwrap_or_else(|failure| panic!("{manners:?}: {failure}"));
        assert!(usage(&company) == wanted, "{manners:?}: other usage");
    }
    // Pages of the size that was asked for show that rows slip: ten at most, and the first page again and again.
    for manners in [
        Manners {
            cap: 10,
            slips: true,
            ..Manners::default()
        },
        Manners {
            cap: 10,
            same_page: true,
            ..Manners::default()
        },
    ] {
        let company = ApiCompany::new(Manners {
            calls_only: true,
            ..manners
        });
        company.stopped(&[FEW_DAYS], 65, "(G1)");
    }
}

#[test]
fn one_call_told_twice_in_other_words_does_not_stand_for_another() {
    // The count is right: one leg came twice, longer the second time, and another never.
    let company = ApiCompany::new(Manners::default());
    let leg = |id: &str, second: u32, length: u32| {
        json!({"id": id, "direction": "Inbound", "result": "Answered", "start": format!("2026-10-16 15:00:{second:02}"),
               "length": length, "to": "101", "destination_extension": 101})
    };
    for _ in 0..2 {
        for rows in [
            [leg("a", 1, 5), leg("b", 2, 5)],
            [leg("b", 2, 60), leg("c", 4, 5)],
        ] {
            let body = json!({"total_items": 4, "total_pages": 2, "_embedded": {"call_logs": rows}});
            company
                .server
                .fault("call-logs", Fault::Answer(200, Vec::new(), body.to_string()));
        }
    }
    let days = [("vonage.backfill_days", "1")];
    company.run(&days).unwrap();
    let asked = company.server.count("call-logs");
    assert!(asked > 4, "believed after {asked} pages");
}

#[test]
fn a_line_that_stands_twice_hides_another_and_is_g1() {
    let twice = |company: &ApiCompany, words: bool| {
        company.server.change(|server, _| {
            server.extensions[3] = server.extensions[2].clone();
            if words {
                server.extensions[3]["user"] = Value::Null;
            }
        });
    };
    for words in [false, true] {
        let company = ApiCompany::new(Manners::default());
        twice(&company, words);
        company.stopped(
            &[],
            65,
            "stands twice, so another may be missing, twice with different pages (G1)",
        );
    }
    // Only while it was read: asked again, it is whole.
    let company = ApiCompany::new(Manners::default());
    let mut rows = super::company::sample().extensions;
    rows[3] = rows[2].clone();
    let body = json!({"total_items": rows.len(), "total_pages": 1, "_embedded": {"data": rows}});
    company
        .server
        .fault("/extensions", Fault::Answer(200, Vec::new(), body.to_string()));
    company.good(&[]);
}

#[test]
fn an_inventory_in_pages_of_any_size_is_whole_or_g1() {
    for (manners, is_read) in [
        (
            Manners {
                cap: 7,
                ..Manners::default()
            },
            true,
        ),
        (
            Manners {
                cap: 7,
                no_pages: true,
                live: true,
                ..Manners::default()
            },
            true,
        ),
        (
            Manners {
                cap: 7,
                same_page: true,
                ..Manners::default()
            },
            false,
        ),
        (
            Manners {
                cap: 7,
                slips: true,
                ..Manners::default()
            },
            false,
        ),
        (
            Manners {
                deepest: 21,
                ..Manners::default()
            },
            false,
        ),
    ] {
        let company = ApiCompany::new(Manners {
            cap: 0,
            ..Manners::default()
        });
        company.server.change(|_, theirs| *theirs = manners);
        match is_read {
            true => _ = company.run(&[FEW_DAYS]).unwrap(),
            false => company.stopped(&[FEW_DAYS], 65, "(G1)"),
        }
    }
}

#[test]
fn an_inventory_that_is_no_inventory_names_its_gate_and_check_fails_too() {
    type Emptied = (&'static str, fn(&mut super::server::Company));
    let emptied: [Emptied; 3] = [
        ("no user and no extension", |server| {
            server.users.clear();
            server.extensions.clear();
        }),
        ("no extension", |server| server.extensions.clear()),
        ("no user", |server| server.users.clear()),
    ];
    for (words, empty) in emptied {
        let company = ApiCompany::new(Manners::default());
        company.server.change(|server, _| empty(server));
        let said = company.run(&[]).err().unwrap().to_string();
        assert!(
            said.contains(&format!("Vonage lists {words}: is the login")) && said.contains("(G1)"),
            "{said}"
        );
        assert!(!said.contains("optional"), "{said}");
        company.stopped(&[], 65, "(G1)");
        let checked = quietline::night::check(&company.job(&[]), &world()).unwrap_err();
        assert_eq!((checked.exit_code(), checked.to_string()), (65, said));
    }
}

#[test]
fn an_account_or_a_line_without_its_name_is_g9() {
    let company = ApiCompany::new(Manners::default());
    let nameless = r#"{"_embedded":{"data":{"name":"Harbour"}}}"#;
    for _ in 0..2 {
        company.server.fault(
            "/api/accounts/913874",
            Fault::Answer(200, Vec::new(), nameless.to_owned()),
        );
    }
    company.stopped(
        &[],
        76,
        "bears no id, so nobody can tell that it is account 913874",
    );
    let checked = quietline::night::check(&company.job(&[]), &world()).unwrap_err();
    assert_eq!(checked.exit_code(), 76, "{checked}");

    let company = ApiCompany::new(Manners::default());
    company.server.change(|server, _| {
        let line = server.extensions[5].as_object_mut().unwrap();
        let number = line.remove("extension_number").unwrap();
        line.insert("extensionNumber".to_owned(), number);
    });
    company.stopped(
        &[],
        76,
        "one of the extensions bears nothing that tells it from the others",
    );
    // Nobody can tell whether all came.
    let company = ApiCompany::new(Manners::default());
    company.server.fault(
        "/users",
        Fault::Answer(200, Vec::new(), r#"{"_embedded":{"data":[]}}"#.to_owned()),
    );
    company.stopped(&[], 76, "total_items is missing");
}

#[test]
fn locations_come_in_pages_or_are_left_out_and_told() {
    let places = |company: &ApiCompany| -> Vec<String> {
        let rows = crate::night::csv_rows(&company.path("reports/api/latest/lines.csv"));
        rows.into_iter().map(|row| row["location"].clone()).collect()
    };
    let company = ApiCompany::new(Manners::default());
    company.good(&[("job.as_of", "2026-10-14")]);
    let wanted = places(&company);
    assert!(wanted.iter().any(|place| place.contains("Denver")));
    let is_told = |statement: &quietline::domain::Statement| {
        let told = |gate: &quietline::domain::GateReport| gate.detail.contains("Vonage's locations");
        let found = statement.gates.iter().find(|gate| told(gate));
        found.map(|gate| (gate.gate, gate.status))
    };
    let page = |rows: &[Value], total: usize| {
        let body = json!({"total_items": total, "total_pages": total, "_embedded": {"data": rows}});
        Fault::Answer(200, Vec::new(), body.to_string())
    };
    let all = super::company::sample().locations;
    // A first answer with half of them, and then pages.
    company.server.fault("/locations", page(&all[..1], all.len()));
    let statement = company.good(&[("job.as_of", "2026-10-15")]);
    assert_eq!((is_told(&statement), places(&company)), (None, wanted.clone()));
    // A second place that nobody can page to.
    company.server.fault("/locations", page(&all[..1], all.len()));
    company.server.fault("/locations", page(&all[..1], all.len()));
    company.server.fault("/locations", page(&[], all.len()));
    let statement = company.good(&[]);
    assert_eq!(
        is_told(&statement),
        Some((Gate::G1Completeness, GateStatus::Warn))
    );
    assert_eq!(places(&company), wanted, "the places of the night before stay");
}
