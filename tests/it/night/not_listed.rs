//! Whom the line list lacks and who calls all the same: no money is claimed back for a phone that somebody uses.

use quietline::domain::{AccountStatement, FindingKind};

use super::phones::Phones;

/// A seat for each of the sixteen, and for 199, which nobody knows.
fn bill() -> String {
    let head = "invoice_id,invoice_date,period_start,period_end,description,amount,currency,extension\n";
    let seat = |extension: u32| {
        format!("I-1,2026-10-01,2026-10-01,2026-10-31,VBC Premium monthly,29.99,USD,{extension}\n")
    };
    (101..=116)
        .chain([199])
        .fold(head.to_owned(), |bill, extension| bill + &seat(extension))
}

fn ghosts(account: &AccountStatement) -> Vec<&str> {
    let ghosts = account
        .findings
        .iter()
        .filter(|finding| finding.kind == FindingKind::GhostCharge);
    ghosts.map(|finding| finding.subject.as_str()).collect()
}

#[test]
fn what_calls_name_is_no_ghost_whatever_the_list_has_in_place_of_its_extension() {
    for word in ["#REF!", "#NAME?", "#N/A", "NULL", "-", "TBD", "kein"] {
        let mut phones = Phones::named_by(&["extension", "user"]);
        phones.files.insert("charges", bill());
        phones.line("112").insert("extension", word.to_owned());
        let account = phones.judged();
        assert_eq!(
            ghosts(&account),
            ["extension 199 is billed but not in the inventory"],
            "{word}"
        );
        let told = account
            .notices
            .iter()
            .find(|notice| notice.contains("bills extension 112"));
        assert!(told.unwrap().contains("it is not asked back"), "{word}: {told:?}");
    }
}

#[test]
fn a_seat_may_be_of_whoever_calls_without_an_extension() {
    let mut phones = Phones::named_by(&["user"]);
    phones.files.insert("charges", bill());
    assert_eq!(
        ghosts(&phones.judged()),
        ["extension 199 is billed but not in the inventory"]
    );
    phones.line("112").insert("extension", String::new());
    assert_eq!(ghosts(&phones.judged()), [""; 0]);
}

#[test]
fn what_called_before_the_billed_month_alone_is_a_ghost() {
    let mut phones = Phones::named_by(&["extension", "user"]);
    phones.files.insert("charges", bill());
    phones.lines.retain(|line| line["extension"] != "112");
    let of_the_line = |call: &super::phones::Row| call["source_extension"] == "112";
    phones
        .calls
        .retain(|call| !of_the_line(call) || call["start"].as_str() < "2026-08-01");
    assert_eq!(ghosts(&phones.judged()).len(), 2);
}
