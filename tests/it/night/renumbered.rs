//! A line stays the same line when its extension or its external id changes, and bills made before are still its own.

use chrono::NaiveDate;
use quietline::domain::{AccountStatement, Cents, CostSource, FindingKind, LineCost, ScoredLine};

use super::office::Office;

fn line<'a>(account: &'a AccountStatement, extension: &str) -> &'a ScoredLine {
    account
        .lines
        .iter()
        .find(|line| line.line.extension == extension)
        .unwrap()
}

/// Findings that a bill under an old extension would bring.
fn false_claims(account: &AccountStatement) -> Vec<&str> {
    use FindingKind::{BilledAfterRemoval, DuplicateCharge, GhostCharge, TierMismatch, UnbilledLine};
    let claims = [
        GhostCharge,
        BilledAfterRemoval,
        DuplicateCharge,
        TierMismatch,
        UnbilledLine,
    ];
    let findings = account
        .findings
        .iter()
        .filter(|finding| claims.contains(&finding.kind));
    findings.map(|finding| finding.evidence.as_str()).collect()
}

fn billed(account: &AccountStatement, extension: &str) -> LineCost {
    let cost = line(account, extension).cost.clone();
    assert_eq!(cost.source, Some(CostSource::Invoice), "{extension}");
    cost
}

/// Lines of two tiers that are used, have an external id and no number of their own.
fn two_lines(account: &AccountStatement) -> (String, String) {
    let fits = |line: &&ScoredLine| {
        line.line.external_id.is_some() && line.line.dids.is_empty() && !line.verdict.is_waste()
    };
    let first = account.lines.iter().find(fits).unwrap();
    let other = |line: &&ScoredLine| fits(line) && line.line.tier != first.line.tier;
    let second = account.lines.iter().find(other).unwrap();
    (first.line.extension.clone(), second.line.extension.clone())
}

/// Without external ids lines are named by their extensions.
fn name_by_extension(office: &Office) {
    office.edit("lines", |rows| {
        for row in rows {
            row.insert("external_id".into(), String::new());
        }
    });
}

fn rename(office: &Office, from: &str, to: &str) {
    office.edit_line(from, |row| {
        row.insert("extension".into(), to.into());
    });
}

#[test]
fn a_bill_bears_the_extensions_of_its_day() {
    let office = Office::new(26, "rule");
    let before = office.good("2026-10-05");
    assert_eq!(false_claims(&before), [""; 0]);
    let (a, b) = two_lines(&before);

    // One gets another extension; on the night after it too, when the store knows only the new one as its last.
    rename(&office, &a, "7701");
    for night in ["2026-10-06", "2026-10-07"] {
        let night = office.good(night);
        assert_eq!(false_claims(&night), [""; 0]);
        assert_eq!(billed(&night, "7701"), billed(&before, &a));
        assert_eq!(line(&night, "7701").line.line_id, line(&before, &a).line.line_id);
    }

    // Two change places: each is billed what it was, though both numbers stand in the list.
    rename(&office, &b, &a);
    rename(&office, "7701", &b);
    for night in ["2026-10-08", "2026-10-09"] {
        let night = office.good(night);
        assert_eq!(false_claims(&night), [""; 0]);
        assert_eq!(billed(&night, &a), billed(&before, &b));
        assert_eq!(billed(&night, &b), billed(&before, &a));
    }

    // A line that is gone, and another one under its extension in the same week: October was billed to the first.
    let gone = line(&before, &b).line.clone();
    office.edit_line(&a, |row| {
        row.insert("external_id".into(), "5550001".into());
        row.insert("seat_since".into(), "2026-10-10".into());
    });
    let night = office.good("2026-10-10");
    assert_eq!(false_claims(&night), [""; 0]);
    let next = line(&night, &a);
    assert_eq!(
        (next.line.line_id.as_str(), next.verdict.is_waste()),
        ("5550001", false)
    );
    assert_ne!(
        next.cost.source,
        Some(CostSource::Invoice),
        "billed from the next bill on"
    );
    assert!(!night.lines.iter().any(|line| line.line.line_id == gone.line_id));
    // Those who had it before are told with their days: nothing changes by that.
    office.edit("lines", |rows| {
        let mut former = rows.iter().find(|row| row["extension"] == a).unwrap().clone();
        former.insert("external_id".into(), gone.external_id.clone().unwrap());
        former.insert("seat_since".into(), "2024-01-02".into());
        former.insert("seat_until".into(), "2026-10-10".into());
        rows.insert(0, former);
    });
    let night = office.good("2026-10-11");
    assert_eq!(false_claims(&night), [""; 0]);
    assert_eq!(line(&night, &a).line.line_id, "5550001");
}

#[test]
fn an_external_id_that_comes_later_or_is_left_out_makes_no_other_line() {
    let office = Office::new(26, "rule");
    // Without the first day of a seat, a line of another name would be new.
    office.edit("lines", |rows| {
        for row in rows {
            row.insert("seat_since".into(), String::new());
            row.insert("activated_on".into(), String::new());
        }
    });
    let before = office.good("2026-10-05");
    let idle = before
        .lines
        .iter()
        .find(|line| line.verdict.is_waste() && line.line.external_id.is_some());
    let idle = idle.unwrap().clone();
    let extension = idle.line.extension.as_str();
    let set_id = |id: &str| {
        office.edit_line(extension, |row| {
            row.insert("external_id".into(), id.into());
        });
    };
    for (night, id) in [
        ("2026-10-06", ""),
        ("2026-10-07", ""),
        ("2026-10-08", "5550009"),
        ("2026-10-09", "5550009"),
    ] {
        set_id(id);
        let night = office.good(night);
        let found = line(&night, extension);
        let told = (
            found.line.line_id.clone(),
            found.verdict,
            found.activity.known_days,
        );
        assert_eq!(told.0, idle.line.line_id, "{id:?}");
        assert!(
            found.verdict.is_waste() && found.activity.known_days > 100,
            "{told:?}"
        );
        assert_eq!(false_claims(&night), [""; 0]);
        let entry = night
            .ledger
            .iter()
            .find(|entry| entry.kind.is_waste_line() && entry.line_id.as_ref() == Some(&idle.line.line_id));
        assert_eq!(entry.unwrap().actioned_on, None, "nobody has taken it away");
    }
}

#[test]
fn people_who_change_extensions_among_them_are_no_other_accounts_calls() {
    let office = Office::new(26, "rule");
    let before = office.good("2026-10-05");
    let used = |line: &&ScoredLine| !line.verdict.is_waste() && line.activity.active_days_30 > 0;
    let extensions: Vec<String> = before
        .lines
        .iter()
        .filter(used)
        .map(|line| line.line.extension.clone())
        .take(6)
        .collect();
    for extension in &extensions {
        rename(&office, extension, &format!("9{extension}"));
    }
    for (from, to) in extensions.iter().zip(extensions.iter().cycle().skip(1)) {
        rename(&office, &format!("9{from}"), to);
    }
    let after = office.good("2026-10-06");
    for extension in &extensions {
        assert!(used(&line(&after, extension)), "{extension}");
    }
}

/// Extensions of a line that is used, and of one that nobody uses.
fn used_and_idle(account: &AccountStatement) -> (String, String) {
    let is_person = |line: &&ScoredLine| line.line.login_name.is_some() && line.line.seat_since.is_some();
    let pick = |fits: &dyn Fn(&ScoredLine) -> bool| {
        let mut lines = account.lines.iter().filter(is_person);
        lines.find(|line| fits(line)).unwrap().line.extension.clone()
    };
    (
        pick(&|line| line.activity.active_days_all > 40 && line.activity.active_days_30 > 5),
        pick(&|line| line.verdict.is_waste()),
    )
}

fn swap(office: &Office, one: &str, other: &str) {
    for (from, to) in [(one, "7701"), (other, one), ("7701", other)] {
        rename(office, from, to);
    }
}

/// Whose line it is, and what was counted of it.
fn counted(account: &AccountStatement, extension: &str) -> (Option<String>, u32, Option<NaiveDate>, bool) {
    let line = line(account, extension);
    (
        line.line.login_name.clone(),
        line.activity.active_days_all,
        line.activity.last_used_on,
        line.verdict.is_waste(),
    )
}

#[test]
fn two_who_are_named_by_their_extensions_change_places_and_keep_what_was_counted() {
    let office = Office::new(26, "rule");
    name_by_extension(&office);
    // The days before are too old for their calls to be kept: they are not counted again.
    let before = office.good("2026-10-05");
    let (used, idle) = used_and_idle(&before);
    office.hide_calls_from(&[used.clone(), idle.clone()], "2026-10-06");
    let identified = |account: &AccountStatement| {
        let entries = account.ledger.iter().filter(|entry| entry.kind.is_waste_line());
        entries.map(|entry| entry.monthly_amount).sum::<Cents>()
    };
    let (of_used, of_idle) = (counted(&before, &used), counted(&before, &idle));
    swap(&office, &used, &idle);
    for night in ["2026-10-06", "2026-10-07", "2026-10-04"] {
        let after = office.good(night);
        assert_eq!(counted(&after, &used).0, of_idle.0, "{night}");
        if night != "2026-10-04" {
            assert_eq!(counted(&after, &idle), of_used, "{night}");
            assert_eq!(counted(&after, &used), of_idle, "{night}");
        }
        assert_eq!(identified(&after), identified(&before), "found once, {night}");
        assert_eq!(false_claims(&after), [""; 0]);
    }
    // And back.
    swap(&office, &used, &idle);
    let back = office.good("2026-10-08");
    assert_eq!(counted(&back, &used), of_used);
    assert_eq!(counted(&back, &idle), of_idle);
    assert_eq!(identified(&back), identified(&before));
}

#[test]
fn calls_that_name_extensions_alone_are_of_whoever_had_them_then() {
    let office = Office::new(26, "rule");
    office.edit_calls(|rows| {
        for row in rows {
            for name in [
                "source_user",
                "destination_user",
                "source_sip_id",
                "destination_sip_id",
            ] {
                row.insert(name.into(), String::new());
            }
        }
    });
    let before = office.good("2026-10-05");
    let (used, idle) = used_and_idle(&before);
    office.hide_calls_from(&[used.clone(), idle.clone()], "2026-10-06");
    swap(&office, &used, &idle);
    for night in ["2026-10-06", "2026-10-07"] {
        let after = office.good(night);
        assert_eq!(counted(&after, &idle), counted(&before, &used), "{night}");
        assert_eq!(counted(&after, &used), counted(&before, &idle), "{night}");
    }
    // The name of one is put right on the day after: what was counted stays where it is.
    office.edit_line(&used, |row| {
        row.insert("email".into(), "anders@office.example".into());
    });
    let renamed = office.good("2026-10-08");
    for (now, then) in [(&idle, &used), (&used, &idle)] {
        let days = |account, extension: &str| {
            let (_, days, last, _) = counted(account, extension);
            (days, last)
        };
        assert_eq!(days(&renamed, now), days(&before, then));
    }
}

/// The bill is made between the two changes: it bears the extension that the line had in between.
#[test]
fn who_has_changed_places_and_moves_on_is_billed_under_the_extension_between() {
    let office = Office::new(26, "rule");
    name_by_extension(&office);
    let before = office.good("2026-09-24");
    let is_person = |line: &&ScoredLine| line.line.login_name.is_some() && line.line.dids.is_empty();
    let persons: Vec<&ScoredLine> = before.lines.iter().filter(is_person).collect();
    let billed_alike = |one: &ScoredLine, other: &ScoredLine| {
        one.line.line_id != other.line.line_id
            && (one.cost.tier, one.cost.term, one.cost.monthly_cost)
                == (other.cost.tier, other.cost.term, other.cost.monthly_cost)
    };
    let pairs = persons
        .iter()
        .filter_map(|one| Some((*one, *persons.iter().find(|other| billed_alike(one, other))?)));
    let (one, other) = pairs.into_iter().next().unwrap();
    let (one, other) = (one.line.extension.clone(), other.line.extension.clone());
    swap(&office, &one, &other);
    office.good("2026-09-25");
    rename(&office, &one, "7702");
    for night in ["2026-10-02", "2026-10-03"] {
        assert_eq!(false_claims(&office.good(night)), [""; 0], "{night}");
    }
}

/// Whoever was named by the extension first has moved on, and somebody else is named by it now; between them it was a third's.
#[test]
fn an_extension_that_names_one_line_after_another_is_billed_to_whoever_had_it_then() {
    let office = Office::new(26, "rule");
    let before = office.good("2026-09-24");
    let (kept, last) = two_lines(&before);
    let is_other = |other: &&ScoredLine| {
        other.line.login_name.is_some()
            && other.line.dids.is_empty()
            && other.cost.tier == line(&before, &last).cost.tier
            && ![&kept, &last].contains(&&other.line.extension)
    };
    let first = before.lines.iter().find(is_other).unwrap().line.extension.clone();
    office.edit("lines", |rows| {
        for row in rows {
            if row["extension"] != kept {
                row.insert("external_id".into(), String::new());
            }
        }
    });
    let named = office.good("2026-09-25");
    assert_eq!(false_claims(&named), [""; 0]);
    // The one with an id of its own gets the extension of the first, and is billed under it.
    swap(&office, &kept, &first);
    office.edit("charges", |rows| {
        for row in rows
            .iter_mut()
            .filter(|row| row["invoice_date"].as_str() >= "2026-10-01")
        {
            let extension = row["extension"].clone();
            if extension == kept {
                row.insert("extension".into(), first.clone());
            } else if extension == first {
                row.insert("extension".into(), kept.clone());
            }
        }
    });
    for night in ["2026-09-28", "2026-10-05"] {
        assert_eq!(false_claims(&office.good(night)), [""; 0], "{night}");
    }
    // Then it gives it on to the last.
    swap(&office, &first, &last);
    for night in ["2026-10-06", "2026-10-07", "2026-10-08"] {
        let after = office.good(night);
        assert_eq!(false_claims(&after), [""; 0], "{night}");
        let seat = |account: &AccountStatement, extension: &str| billed(account, extension).seat_cost;
        assert_eq!(seat(&after, &first), seat(&named, &last), "{night}");
        assert_eq!(seat(&after, &last), seat(&named, &kept), "{night}");
    }
}
