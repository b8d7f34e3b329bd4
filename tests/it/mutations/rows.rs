//! What can be wrong with the rows themselves, from files and from the API alike.

use chrono::{Duration, NaiveDateTime};

use super::handed::{CallRow, Handed};

const AT: &str = "%Y-%m-%d %H:%M:%S";
const ENDS: [&str; 2] = ["source", "destination"];

fn moved(call: &mut CallRow, by: Duration) {
    for key in ["start", "end"] {
        let at = NaiveDateTime::parse_from_str(call.get(key), AT).unwrap();
        call.set(key, (at + by).format(AT).to_string());
    }
}

/// Changes the cells that say who of ours it was.
fn renamed(call: &mut CallRow, name: impl Fn(&str, &str) -> String) {
    for end in ENDS {
        for key in ["user", "sip_id", "extension"] {
            let key = format!("{end}_{key}");
            if !call.get(&key).is_empty() {
                call.set(&key, name(&key, call.get(&key)));
            }
        }
    }
    let own = if call.get("direction") == "Outbound" {
        "from"
    } else {
        "to"
    };
    call.set(own, name(own, call.get(own)));
}

fn is_of_one(call: &CallRow) -> bool {
    call.extension() == "310"
}

fn is_of_three(call: &CallRow) -> bool {
    ["308", "309", "310"].contains(&call.extension())
}

fn foreign(at: usize, call: &mut CallRow) {
    let number = 7000 + at % 40;
    renamed(call, |key, _| match key {
        "source_user" | "destination_user" => format!("other{number}"),
        "source_sip_id" | "destination_sip_id" => format!("XH{number}"),
        _ => number.to_string(),
    });
    let id = format!("other-{}", call.get("id"));
    call.set("id", id);
}

pub fn empty_list(handed: &mut Handed) {
    handed.lines.clear();
}

pub fn three_lines_missing(handed: &mut Handed) {
    handed
        .lines
        .retain(|row| !["308", "309", "310"].contains(&row["extension"].as_str()));
}

pub fn no_external_ids(handed: &mut Handed) {
    for row in &mut handed.lines {
        row.insert("external_id".to_owned(), String::new());
    }
}

pub fn one_person_only(handed: &mut Handed) {
    handed.calls.retain(is_of_one);
}

pub fn one_person_for_a_week(handed: &mut Handed) {
    handed.keep_of_last(7, |_, call| is_of_one(call));
}

pub fn three_people_from_a_day_on(handed: &mut Handed) {
    handed.keep_of_last(28, |_, call| is_of_three(call));
}

pub fn hashed(handed: &mut Handed) {
    handed.for_calls_of_last(400, |call| {
        renamed(call, |key, text| {
            let digest = (key.len() as u64 + 7) * text.bytes().map(u64::from).sum::<u64>();
            format!("{:016x}", digest.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        });
    });
}

pub fn concealed_for_a_week(handed: &mut Handed) {
    handed.for_calls_of_last(7, |call| renamed(call, |_, _| "Private".to_owned()));
}

pub fn half_of_the_rows(handed: &mut Handed) {
    handed.keep_of_last(400, |at, _| at % 2 == 0);
}

pub fn thinned(handed: &mut Handed) {
    handed.keep_of_last(90, |at, _| at % 40 == 7);
}

pub fn some_days_thinned(handed: &mut Handed) {
    let as_of = handed.as_of;
    handed.keep_of_last(45, |at, call| {
        (as_of - call.day).num_days() % 4 != 1 || at % 10 == 0
    });
}

pub fn a_utc_day_lost(handed: &mut Handed) {
    let lost = handed.back(3).to_string();
    handed.calls.retain(|call| !call.get("start").starts_with(&lost));
}

pub fn a_step(handed: &mut Handed) {
    handed.keep_of_last(21, |at, _| at % 5 == 0);
}

pub fn yesterdays(handed: &mut Handed) {
    handed.keep_of_last(1, |_, _| false);
}

pub fn a_month_old_but_for_a_row_a_day(handed: &mut Handed) {
    let mut seen = std::collections::BTreeSet::new();
    handed.keep_of_last(30, |_, call| seen.insert(call.day));
}

pub fn another_company(handed: &mut Handed) {
    for (at, call) in handed.calls.iter_mut().enumerate() {
        foreign(at, call);
    }
}

pub fn another_company_for_a_week(handed: &mut Handed) {
    let mut at = 0;
    handed.for_calls_of_last(7, |call| {
        at += 1;
        foreign(at, call);
    });
}

pub fn another_company_beside(handed: &mut Handed) {
    let since = handed.back(7);
    let mut theirs: Vec<CallRow> = handed
        .calls
        .iter()
        .filter(|call| call.day > since)
        .cloned()
        .collect();
    for (at, call) in theirs.iter_mut().enumerate() {
        foreign(at, call);
    }
    handed.calls.extend(theirs);
}

/// Local time was written where UTC belongs.
pub fn local_time(handed: &mut Handed) {
    handed.for_calls_of_last(400, |call| moved(call, Duration::hours(-4)));
}

pub fn half_a_day_late(handed: &mut Handed) {
    handed.for_calls_of_last(400, |call| moved(call, Duration::hours(11)));
}

pub fn all_in_the_future(handed: &mut Handed) {
    handed.for_calls_of_last(400, |call| moved(call, Duration::days(365)));
}

pub fn a_tenth_in_the_future(handed: &mut Handed) {
    for call in handed.calls.iter_mut().step_by(10) {
        moved(call, Duration::days(300));
    }
}

pub fn unknown_results(handed: &mut Handed) {
    handed.for_calls_of_last(400, |call| call.set("result", "CS-4"));
}

pub fn unknown_results_for_a_week(handed: &mut Handed) {
    handed.for_calls_of_last(7, |call| call.set("result", "CS-4"));
}

pub fn a_line_vanishes(handed: &mut Handed) {
    handed.calls.retain(|call| !is_of_one(call));
}

pub fn three_lines_vanish(handed: &mut Handed) {
    handed.calls.retain(|call| !is_of_three(call));
}

pub fn outbound_only(handed: &mut Handed) {
    handed.calls.retain(|call| call.get("direction") == "Outbound");
}

pub fn outbound_only_for_a_month(handed: &mut Handed) {
    handed.keep_of_last(28, |_, call| call.get("direction") == "Outbound");
}

/// Extensions whose lines stand in the second office.
fn of_the_second_office(handed: &Handed) -> Vec<String> {
    let rows = handed.lines.iter().filter(|row| row["location"] == "Albany");
    rows.map(|row| row["extension"].clone()).collect()
}

pub fn one_office(handed: &mut Handed) {
    let others = of_the_second_office(handed);
    handed
        .calls
        .retain(|call| !others.iter().any(|other| other == call.extension()));
}

pub fn one_office_for_a_month(handed: &mut Handed) {
    let others = of_the_second_office(handed);
    handed.keep_of_last(28, |_, call| {
        !others.iter().any(|other| other == call.extension())
    });
}

pub fn one_office_on_a_day(handed: &mut Handed) {
    let (others, day) = (of_the_second_office(handed), handed.back(3));
    handed
        .calls
        .retain(|call| call.day != day || !others.iter().any(|other| other == call.extension()));
}

/// An export that was filtered from a day on.
pub fn eight_lines_end_on_a_day(handed: &mut Handed) {
    let filtered: Vec<String> = handed
        .lines
        .iter()
        .skip(1)
        .step_by(4)
        .take(8)
        .map(|row| row["extension"].clone())
        .collect();
    handed.keep_of_last(28, |_, call| {
        !filtered.iter().any(|line| line == call.extension())
    });
}

/// The calls of three lines end within three days.
pub fn three_lines_end_over_three_days(handed: &mut Handed) {
    let ends = [("308", 70), ("309", 69), ("310", 68)].map(|(line, days)| (line, handed.back(days)));
    let is_over = |call: &CallRow| {
        let mut ends = ends.iter();
        ends.any(|(line, end)| *line == call.extension() && call.day >= *end)
    };
    handed.calls.retain(|call| !is_over(call));
}

/// Two lines are an office of their own, and its calls end.
pub fn a_small_office_ends(handed: &mut Handed) {
    let troy = ["309", "310"];
    for row in &mut handed.lines {
        if troy.contains(&row["extension"].as_str()) {
            row.insert("location".to_owned(), "Troy".to_owned());
        }
    }
    handed.keep_of_last(70, |_, call| !troy.contains(&call.extension()));
}

/// What calls show outside is one number, the reception's, for all lines.
pub fn three_lines_missing_behind_the_main_number(handed: &mut Handed) {
    three_lines_missing(handed);
    handed.lines[0].insert("dids".to_owned(), "+12125550100".to_owned());
    for call in &mut handed.calls {
        if call.get("direction") == "Outbound" {
            call.set("from", "+12125550100");
        }
    }
}
