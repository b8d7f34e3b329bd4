//! What a line is called: by its external id, also on a night on which the service leaves that out.

use quietline::domain::{NightStatus, Statement};
use serde_json::{Value, json};

use super::company::ApiCompany;
use super::server::Manners;

/// Every extension bears an id of its own.
fn named() -> ApiCompany {
    let company = ApiCompany::new(Manners::default());
    company.server.change(|server, _| {
        for line in server
            .extensions
            .iter_mut()
            .filter(|line| line["external_id"].is_null())
        {
            line["external_id"] = json!(format!("E{}", line["extension_number"]));
        }
    });
    company
}

fn without_ids(company: &ApiCompany) {
    company.server.change(|server, _| {
        for line in &mut server.extensions {
            line["external_id"] = Value::Null;
        }
    });
}

fn ids(statement: &Statement) -> Vec<String> {
    let lines = statement.accounts[0].lines.iter();
    lines.map(|line| line.line.line_id.clone()).collect()
}

#[test]
fn lines_keep_their_names_on_a_night_without_external_ids() {
    let company = named();
    let first = ids(&company.good(&[("job.as_of", "2026-10-14")]));
    assert!(first.contains(&"E101".to_owned()), "{first:?}");
    without_ids(&company);
    assert_eq!(ids(&company.good(&[("job.as_of", "2026-10-15")])), first);
    // Nor on one that does not say who holds them by the user's number.
    company.server.change(|server, _| {
        for line in &mut server.extensions {
            if let Some(user) = line["user"].as_object_mut() {
                user.remove("id");
            }
        }
        for user in &mut server.users {
            user["id"] = Value::Null;
        }
    });
    assert_eq!(ids(&company.good(&[])), first);
}

#[test]
fn names_that_a_stopped_night_brought_are_not_remembered() {
    let company = named();
    let first = ids(&company.good(&[("job.as_of", "2026-10-14")]));
    let all = super::company::sample();
    company.server.change(|server, _| {
        for line in &mut server.extensions {
            line["external_id"] = json!(format!("X{}", line["extension_number"]));
        }
        server.calls.clear();
    });
    let stopped = company.good(&[("job.as_of", "2026-10-15")]);
    assert!(
        matches!(stopped.status, NightStatus::Held | NightStatus::Blocked),
        "{:?}",
        stopped.gates
    );
    company.server.mend(all);
    without_ids(&company);
    assert_eq!(ids(&company.good(&[])), first);
}
