//! Legs to usage: what counts as a call, on which line, on which day.

mod numbers;
mod results;
mod without_ids;

use chrono::DateTime;
use polars::prelude::*;
use proptest::prelude::*;
use quietline::domain::{Line, Status};
use quietline::frames::legs::{self, Legs};
use quietline::frames::usage;
use quietline::steps::usage::day_join::{DayJoin, NamedBy};
use quietline::steps::usage::line_keys::is_joinable;
use quietline::steps::usage::roll_up::RolledUp;

/// One leg as a test writes it.
#[derive(Debug, Clone)]
struct Leg {
    /// Empty: the file tells no ids.
    call: &'static str,
    direction: &'static str,
    start: &'static str,
    length: Option<i64>,
    result: Option<&'static str>,
    source: Option<&'static str>,
    destination: Option<&'static str>,
    source_user: Option<&'static str>,
    destination_user: Option<&'static str>,
    from: Option<&'static str>,
    recorded: Option<bool>,
}

fn leg(
    call: &'static str,
    direction: &'static str,
    source: Option<&'static str>,
    destination: Option<&'static str>,
    result: &'static str,
) -> Leg {
    let start = "2026-03-02T15:00:00Z";
    Leg {
        call,
        direction,
        start,
        length: Some(60),
        result: Some(result),
        source,
        destination,
        source_user: None,
        destination_user: None,
        from: None,
        recorded: Some(false),
    }
}

fn frame(rows: &[Leg]) -> Legs {
    let text = |name: &str, pick: fn(&Leg) -> Option<&'static str>| {
        Column::new(name.into(), rows.iter().map(pick).collect::<Vec<_>>())
    };
    let at = |row: &Leg| {
        DateTime::parse_from_rfc3339(row.start)
            .unwrap()
            .timestamp_millis()
    };
    let instant = DataType::Datetime(TimeUnit::Milliseconds, None);
    let start = Column::new(legs::START.into(), rows.iter().map(at).collect::<Vec<_>>())
        .cast(&instant)
        .unwrap();
    let end = Column::new(
        legs::END.into(),
        rows.iter()
            .map(|row| row.length.map(|s| at(row) + s * 1000))
            .collect::<Vec<_>>(),
    );
    let day = Column::new(
        legs::DAY.into(),
        rows.iter()
            .map(|row| (at(row) / 86_400_000) as i32)
            .collect::<Vec<_>>(),
    );
    let recorded: Vec<Option<bool>> = rows.iter().map(|row| row.recorded).collect();
    let columns = vec![
        text(legs::CALL_ID, |row| Some(row.call).filter(|id| !id.is_empty())),
        text(legs::DIRECTION, |row| Some(row.direction)),
        start,
        end.cast(&instant).unwrap(),
        day.cast(&DataType::Date).unwrap(),
        Column::new(
            legs::LENGTH_SECONDS.into(),
            rows.iter().map(|row| row.length).collect::<Vec<_>>(),
        ),
        text(legs::RESULT, |row| row.result),
        text(legs::FROM, |row| row.from),
        text(legs::TO, |_| None),
        text(legs::SOURCE_EXTENSION, |row| row.source),
        text(legs::DESTINATION_EXTENSION, |row| row.destination),
        text(legs::SOURCE_SIP_ID, |_| None),
        text(legs::DESTINATION_SIP_ID, |_| None),
        text(legs::SOURCE_USER, |row| row.source_user),
        text(legs::DESTINATION_USER, |row| row.destination_user),
        Column::new(legs::INTERNATIONAL.into(), vec![false; rows.len()]),
        Column::new(legs::RECORDED.into(), recorded),
    ];
    Legs::parse(DataFrame::new_infer_height(columns).unwrap().lazy()).unwrap()
}

pub fn line(extension: &str) -> Line {
    Line {
        account_id: "1".into(),
        line_id: extension.into(),
        extension: extension.into(),
        external_id: None,
        sip_ids: Vec::new(),
        user_id: None,
        login_name: Some(format!("user{extension}")),
        email: None,
        first_name: None,
        last_name: None,
        role: None,
        status: Status::Active,
        kind: None,
        tier: None,
        term: None,
        contract_id: None,
        seat_since: None,
        seat_until: None,
        activated_on: None,
        department: None,
        cost_center: None,
        manager_email: None,
        location: None,
        time_zone: None,
        dids: Vec::new(),
        handset_registered_at: None,
        records_on_demand: None,
        unread_cells: Vec::new(),
    }
}

fn rolled(rows: &[Leg]) -> RolledUp {
    numbers::over(rows, &[line("101"), line("102")], &[])
}

/// placed, answered out, answered in, missed, internal.
fn counts(rolled: &RolledUp, line: &str) -> [u32; 5] {
    let ids = rolled.usage.column(usage::LINE_ID).unwrap().str().unwrap();
    let row = ids.iter().position(|id| id == Some(line));
    let names = [
        usage::CALLS_OUT,
        usage::CALLS_OUT_ANSWERED,
        usage::CALLS_IN_ANSWERED,
        usage::CALLS_IN_MISSED,
        usage::CALLS_INTERNAL,
    ];
    names.map(|name| {
        row.map_or(0, |row| {
            rolled
                .usage
                .column(name)
                .unwrap()
                .u32()
                .unwrap()
                .get(row)
                .unwrap()
        })
    })
}

#[test]
fn a_placed_call_is_use_whatever_its_result() {
    let rolled = rolled(&[leg("c", "outbound", Some("101"), None, "busy")]);
    assert_eq!(counts(&rolled, "101"), [1, 0, 0, 0, 0]);
}

#[test]
fn an_internal_call_is_use_for_the_caller_and_for_the_called_end_if_answered() {
    let rolled = rolled(&[
        leg("c", "internal", Some("101"), Some("102"), "answered"),
        leg("d", "internal", Some("101"), Some("102"), "missed"),
    ]);
    assert_eq!(counts(&rolled, "101"), [2, 1, 0, 0, 2]);
    assert_eq!(counts(&rolled, "102"), [0, 0, 1, 1, 1]);
}

#[test]
fn the_best_of_a_calls_legs_wins() {
    let rolled = rolled(&[
        leg("c", "inbound", None, Some("101"), "missed"),
        Leg {
            start: "2026-03-02T15:01:00Z",
            ..leg("c", "inbound", None, Some("101"), "answered")
        },
        leg("c", "inbound", None, Some("102"), "missed"),
    ]);
    assert_eq!(counts(&rolled, "101"), [0, 0, 1, 0, 0]);
    assert_eq!(counts(&rolled, "102"), [0, 0, 0, 1, 0]);
}

#[test]
fn a_forwarded_call_is_answered_once_or_demand_and_never_placed() {
    let answered = rolled(&[
        leg("c", "inbound", None, Some("101"), "missed"),
        leg("c", "outbound", Some("101"), None, "answered"),
    ]);
    assert_eq!(counts(&answered, "101"), [0, 0, 1, 0, 0]);
    let nobody = rolled(&[
        leg("c", "inbound", None, Some("101"), "missed"),
        leg("c", "outbound", Some("101"), None, "no answer"),
    ]);
    assert_eq!(counts(&nobody, "101"), [0, 0, 0, 1, 0]);
}

#[test]
fn a_correction_replaces_its_leg() {
    let short = Leg {
        length: Some(0),
        ..leg("c", "inbound", None, Some("101"), "missed")
    };
    let long = Leg {
        length: Some(90),
        ..leg("c", "inbound", None, Some("101"), "answered")
    };
    let corrected = rolled(&[short, long.clone()]);
    assert_eq!(counts(&corrected, "101"), [0, 0, 1, 0, 0]);
    assert_eq!(corrected.days.values().next().map(|join| join.legs), Some(1));
    let rung_long = |result| Leg {
        length: Some(120),
        ..leg("c", "inbound", None, Some("101"), result)
    };
    for rows in [[long.clone(), rung_long("missed")], [rung_long("missed"), long]] {
        assert_eq!(counts(&rolled(&rows), "101"), [0, 0, 1, 0, 0], "answered is use");
    }
}

#[test]
fn legs_to_several_users_are_several_legs() {
    // A hunt call in the portal's export: one id, one second, no extensions.
    let to = |user, result, length| Leg {
        destination_user: Some(user),
        length: Some(length),
        ..leg("h", "inbound", None, None, result)
    };
    let rolled = rolled(&[to("user101", "missed", 20), to("user102", "answered", 15)]);
    assert_eq!(rolled.usage.height(), 2);
    let answered = rolled.usage.column(usage::CALLS_IN_ANSWERED).unwrap();
    assert_eq!(answered.u32().unwrap().sum(), Some(1));
}

#[test]
fn listening_to_ones_own_voicemail_is_use() {
    let rolled = rolled(&[leg("v", "internal", Some("101"), Some("101"), "voicemail")]);
    let count = |name: &str| rolled.usage.column(name).unwrap().u32().unwrap().sum();
    assert_eq!(
        (count(usage::CALLS_OUT), count(usage::CALLS_IN_MISSED)),
        (Some(1), Some(0))
    );
}

#[test]
fn an_internal_call_passed_on_is_placed_by_somebody() {
    let rolled = rolled(&[
        leg("p", "internal", Some("102"), Some("101"), "missed"),
        leg("p", "internal", Some("101"), Some("103"), "answered"),
    ]);
    let of_101 = rolled
        .usage
        .clone()
        .lazy()
        .filter(col(usage::LINE_ID).eq(lit("101")))
        .collect()
        .unwrap();
    assert_eq!(
        of_101.column(usage::CALLS_OUT).unwrap().u32().unwrap().get(0),
        Some(1)
    );
}

#[test]
fn what_joins_to_nothing_is_counted() {
    let stranger = Leg {
        source_user: Some("mallory"),
        ..leg("e", "outbound", Some("101"), None, "answered")
    };
    let rolled = rolled(&[
        leg("c", "outbound", Some("999"), None, "answered"),
        leg("d", "inbound", None, None, "missed"),
        stranger,
    ]);
    let join = rolled.days.values().next().cloned().unwrap_or_default();
    let DayJoin {
        legs,
        with_line_end,
        matched,
        contradictory,
        ..
    } = join;
    assert_eq!((legs, with_line_end, matched, contradictory), (3, 2, 1, 1));
}

#[test]
fn days_tell_of_recordings_when_every_answered_call_does() {
    let call = |result, recorded| Leg {
        recorded,
        ..leg("a", "outbound", Some("101"), None, result)
    };
    let tells = |rows: &[Leg]| {
        let days = rolled(rows).days;
        days.values().all(DayJoin::tells_recorded)
    };
    assert!(tells(&[call("answered", Some(true))]));
    assert!(
        !tells(&[call("answered", None)]),
        "the portal's rows bear no flag"
    );
    assert!(
        tells(&[call("missed", None)]),
        "nobody spoke: there is nothing to record"
    );
    let other = Leg {
        call: "b",
        ..call("answered", None)
    };
    assert!(!tells(&[call("answered", Some(false)), other]));
    assert!(!DayJoin::default().tells_recorded(), "no call tells nothing");
}

#[test]
fn a_line_without_the_key_by_which_calls_name_lines_cannot_be_told() {
    let by_user = NamedBy {
        user: true,
        ..NamedBy::default()
    };
    let by_extension = NamedBy {
        extension: true,
        ..NamedBy::default()
    };
    let nameless = Line {
        login_name: None,
        ..line("101")
    };
    assert!(is_joinable(&line("101"), by_user));
    let name_only = Line {
        first_name: Some("Ann".into()),
        last_name: Some("Lee".into()),
        ..nameless.clone()
    };
    assert!(!is_joinable(&name_only, by_user), "a name is no key");
    assert!(!is_joinable(&nameless, by_user));
    assert!(is_joinable(&nameless, by_extension));
    // No call at all: other gates tell of that.
    assert!(is_joinable(&nameless, NamedBy::default()));
}

fn any_leg() -> impl Strategy<Value = Leg> {
    let call = prop::sample::select(vec!["c1", "c2", "c3"]);
    let direction = prop::sample::select(vec!["inbound", "outbound", "internal"]);
    let end = prop::sample::select(vec![Some("101"), Some("102"), Some("999"), None]);
    let start = prop::sample::select(vec![
        "2026-03-02T15:00:00Z",
        "2026-03-02T16:00:00Z",
        "2026-03-03T09:00:00Z",
    ]);
    let result = prop::sample::select(vec!["answered", "missed", "voicemail"]);
    let length = prop::sample::select(vec![Some(0), Some(60), None]);
    (call, direction, end.clone(), end, start, result, length).prop_map(
        |(call, direction, source, destination, start, result, length)| Leg {
            start,
            length,
            ..leg(call, direction, source, destination, result)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn order_and_repetition_of_legs_change_nothing(
        legs in prop::collection::vec(any_leg(), 1..25),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
        turn in any::<prop::sample::Index>(),
    ) {
        let mut shuffled = legs.clone();
        shuffled.extend(again.iter().map(|index| legs[index.index(legs.len())].clone()));
        let middle = turn.index(shuffled.len());
        shuffled.rotate_left(middle);
        shuffled.reverse();
        prop_assert!(rolled(&legs).usage.equals(&rolled(&shuffled).usage));
    }
}
