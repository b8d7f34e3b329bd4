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

/// The extension of the silent 116 in other words, and what its row and its seat's row of the bill name beside.
struct Hidden {
    extension: &'static str,
    user: bool,
    billed_to: &'static str,
    /// What call rows name.
    by: &'static [&'static str],
    /// The extensions that are asked back.
    claimed: &'static [&'static str],
    told: &'static str,
}

#[test]
fn a_seat_that_the_list_may_have_is_asked_about_and_not_claimed() {
    let perhaps = Hidden {
        extension: "#REF!",
        user: true,
        billed_to: "",
        by: &["extension"],
        claimed: &[],
        told: "while no extension can be read in lines-0.csv, row 17: it is not asked back",
    };
    let its = Hidden {
        claimed: &["199"],
        told: "is of whom lines-0.csv, row 17 names",
        ..perhaps
    };
    let claimed = Hidden {
        claimed: &["116", "199"],
        told: "",
        ..perhaps
    };
    const OWN: &str = "paul.quist@example.test";
    let cases = [
        Hidden {
            user: false,
            ..perhaps
        },
        Hidden {
            extension: "1l6",
            claimed: &["199"],
            told: "while the list has extension 1l6, which no row bills: it is not asked back",
            ..perhaps
        },
        Hidden {
            extension: "1l6 ??",
            ..perhaps
        },
        Hidden {
            extension: "N/A",
            ..perhaps
        },
        Hidden {
            extension: "TBD",
            user: false,
            ..perhaps
        },
        // Whom the bill names settles it, or calls of long ago that name both: what else is billed is nobody's.
        Hidden {
            extension: "N/A",
            billed_to: OWN,
            ..its
        },
        Hidden {
            by: &["extension", "user"],
            ..its
        },
        Hidden {
            extension: "",
            billed_to: OWN,
            told: "names a user to whom the list gives no extension: it is not asked back",
            ..its
        },
        // A user without a seat, as the list says itself.
        Hidden {
            extension: "",
            ..claimed
        },
        Hidden {
            extension: "NULL",
            ..claimed
        },
        perhaps,
    ];
    for case in cases {
        let mut phones = Phones::named_by(case.by);
        let with_email = |(at, row): (usize, &str)| match (at, row.ends_with(",116")) {
            (0, _) => format!("{row},email\n"),
            (_, true) => format!("{row},{}\n", case.billed_to),
            (_, false) => format!("{row},\n"),
        };
        let bill: String = bill().lines().enumerate().map(with_email).collect();
        phones.files.insert("charges", bill);
        let line = phones.line("116");
        line.insert("extension", case.extension.to_owned());
        if !case.user {
            line.remove("login_name");
            line.remove("email");
        }
        let account = phones.judged();
        let what = format!("{:?} {} {}", case.extension, case.user, case.billed_to);
        let mut ghosts = ghosts(&account);
        ghosts.sort_unstable();
        let claimed = case.claimed.iter();
        let claimed =
            claimed.map(|extension| format!("extension {extension} is billed but not in the inventory"));
        assert_eq!(ghosts, claimed.collect::<Vec<_>>(), "{what}");
        let mut told = account.notices.iter();
        let told = told.find(|notice| notice.contains("bills extension 116 (USD 29.99)"));
        match case.told {
            "" => assert_eq!(told, None, "{what}"),
            told_of => assert!(told.is_some_and(|told| told.contains(told_of)), "{what} {told:?}"),
        }
        let asked = |kind| account.findings.iter().any(|finding| finding.kind == kind);
        let is_asked = asked(FindingKind::InvoiceResidual);
        assert_eq!(
            is_asked,
            !case.told.is_empty(),
            "the money is asked about: {what}"
        );
    }
}
