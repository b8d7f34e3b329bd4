//! What a charge is, by its description and the shipped rules: names in it say nothing of that.

use quietline::domain::{Cents, ChargeKind, Line, PriceBook};
use quietline::steps::bill::charges::Classifier;

use super::{charge, on};
use crate::night::{checkout, job_in};
use crate::roll_up::line;

fn shipped() -> PriceBook {
    job_in(&checkout(), "jobs/sample.toml", &[]).price_book
}

fn called(extension: &str, first: &str, last: Option<&str>) -> Line {
    Line {
        first_name: Some(first.into()),
        last_name: last.map(str::to_owned),
        ..line(extension)
    }
}

#[test]
fn a_name_in_a_description_is_no_kind_of_charge() {
    use ChargeKind::*;
    let lines = [
        called("301", "Credit control", None),
        called("302", "Old promo queue", None),
        called("303", "Premium", None),
        called("304", "Grace", Some("Tax")),
    ];
    let classifier = Classifier::new(&shipped(), &lines).unwrap();
    for (extension, description, amount, kind) in [
        ("301", "Auto queue: Credit control", 1_499, AccountAddon),
        ("999", "Auto queue: Tax help", 1_499, AccountAddon),
        ("999", "Auto queue (Old promo queue) 1020", 1_499, AccountAddon),
        ("999", "Call queue - Discount desk", 1_499, AccountAddon),
        ("302", "Auto queue Old promo queue 302", 1_499, AccountAddon),
        ("304", "VBC Premium monthly Grace Tax", 2_999, LineMrc),
        ("303", "VBC Premium monthly Premium", 2_999, LineMrc),
        ("303", "Premium line monthly", 2_999, LineMrc),
        // Above zero nothing is given back.
        ("101", "Credit card fee", 300, Other),
        ("101", "Promotion: VBC Premium monthly", 2_999, LineMrc),
        ("101", "Promotion: VBC Premium monthly", -2_999, Promotion),
        ("101", "Credit: VBC Mobile annual", -1_399, Credit),
        ("301", "Auto queue: Credit control", -1_499, Credit),
        ("101", "Premium line: prorated 5 to 30 Sep", 1_000, Proration),
        ("101", "VAT 20%", 500, StateTax),
        ("101", "GST/HST 13%", 500, StateTax),
        ("101", "Private line", 500, Other),
    ] {
        let read = classifier.classify(&quietline::domain::Charge {
            description: description.into(),
            charge_kind: None,
            ..on(extension, charge(1, Other, amount))
        });
        assert_eq!(read.amount, Cents(amount));
        assert_eq!(read.charge_kind, Some(kind), "{description}");
    }
}

#[test]
fn a_rule_of_one_issuer_is_for_its_bills_alone() {
    let mut book = shipped();
    let of_harbor: quietline::domain::ChargeRule = serde_json::from_str(
        r#"{"pattern": "(?i)hosted seat", "kind": "line_mrc", "tier": "premium", "term": null, "issuer": "Harbor Telecom"}"#,
    )
    .unwrap();
    book.charge_rules.insert(0, of_harbor);
    let classifier = Classifier::new(&book, &[]).unwrap();
    let read = |issuer: Option<&str>| {
        let charge = quietline::domain::Charge {
            description: "Hosted seat".into(),
            charge_kind: None,
            issuer: issuer.map(str::to_owned),
            ..on("101", charge(1, ChargeKind::Other, 900))
        };
        classifier.classify(&charge).charge_kind
    };
    assert_eq!(read(Some("HARBOR telecom")), Some(ChargeKind::LineMrc));
    assert_eq!(read(Some("Vonage")), Some(ChargeKind::Other));
    assert_eq!(read(None), Some(ChargeKind::Other));
}
