//! Who may still need a line is asked, and its callers are led elsewhere, before it is removed or offered to somebody else.

use quietline::domain::{Action, Recoverable};

use super::phones::{Phones, line, row};

const CONTRACT: &str = "contract_id,term,start_on,end_on,tier,unit_price,auto_renew,notice_days,mid_term_credit\n\
                        ANN,annual,2026-01-01,2027-12-31,premium,20.99,true,60,none\n";

/// Annual seats whose notice is a year away; those of 115 and 116 have been silent for twice the window.
fn annual() -> Phones {
    let mut phones = Phones::named_by(&["extension"]);
    for line in &mut phones.lines {
        line.extend(row([
            ("tier", "premium"),
            ("term", "annual"),
            ("contract_id", "ANN"),
        ]));
    }
    phones.files.insert("contracts", CONTRACT.to_owned());
    let is_silent = |extension: &str| matches!(extension, "115" | "116");
    phones
        .calls
        .retain(|call| !is_silent(&call["source_extension"]) || call["start"].as_str() < "2026-04-10");
    phones
}

/// A call that nobody answered, last week.
fn missed(phones: &mut Phones, extension: &str) {
    phones.calls.push(row([
        ("id", &format!("missed-{extension}")),
        ("direction", "Inbound"),
        ("start", "2026-10-12 15:00:00"),
        ("length", "20"),
        ("result", "Missed"),
        ("from", "13125550199"),
        ("to", "12125550000"),
        ("destination_extension", extension),
    ]));
}

#[test]
fn a_seat_is_not_offered_before_its_holder_is_asked_and_its_callers_are_led_elsewhere() {
    let mut phones = annual();
    let action = |phones: &Phones, extension: &str| {
        let account = phones.judged();
        let line = line(&account, extension);
        assert_eq!(line.recoverable, Recoverable::AtRenewal, "{}", line.reason);
        line.action
    };
    assert_eq!(action(&phones, "115"), Action::Reassign);
    missed(&mut phones, "116");
    phones
        .line("115")
        .insert("handset_registered_at", "2026-10-09".into());
    assert_eq!(action(&phones, "115"), Action::AskHolder);
    assert_eq!(action(&phones, "116"), Action::RerouteThenReclaim);
    // Silent for the window, and not for twice of it.
    let mut later = Phones::named_by(&["extension"]);
    later.lines = annual().lines;
    later.files = annual().files;
    assert_eq!(action(&later, "116"), Action::AskHolder);
}
