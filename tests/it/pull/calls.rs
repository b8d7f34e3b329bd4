//! Calls to legs: both shapes, the clock's changes, windows that replace each other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use polars::prelude::{AnyValue, DataFrame};
use proptest::prelude::*;
use quietline::domain::{Source, TableName};
use quietline::frames::legs;
use quietline::pull::{CallsRead, LegStore, PullError, call_files, read_calls};

use super::{account, assert_identity, source, write};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn read_into(store: &Path, source: Source) -> Result<CallsRead, PullError> {
    let store = LegStore::open(store)?;
    let files = call_files(&[source], &[account()])?;
    let read = read_calls(&files[0], &store, &mut |_| {})?.unwrap();
    assert_identity(&read.input);
    Ok(read)
}

pub(super) struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    pub(super) fn new() -> Bench {
        Bench {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    fn read(&self, name: &str, text: &str) -> Result<CallsRead, PullError> {
        self.read_as(name, text, |_| {})
    }

    pub(super) fn read_bytes(&self, name: &str, bytes: &[u8]) -> Result<CallsRead, PullError> {
        read_into(
            &self.store(),
            source(TableName::Calls, &[write(self.folder.path(), name, bytes)]),
        )
    }

    pub(super) fn read_as(
        &self,
        name: &str,
        text: &str,
        adjust: impl Fn(&mut Source),
    ) -> Result<CallsRead, PullError> {
        let mut source = source(TableName::Calls, &[write(self.folder.path(), name, text)]);
        adjust(&mut source);
        read_into(&self.store(), source)
    }

    /// Every leg of the store as `day call_id`, sorted.
    fn held(&self) -> Vec<String> {
        let store = LegStore::open(&self.store()).unwrap();
        let days = store.days("4711").unwrap();
        let frame = store
            .read_days("4711", &days, &|_, _| true)
            .unwrap()
            .into_lazy()
            .collect()
            .unwrap();
        let mut held: Vec<String> = (0..frame.height())
            .map(|row| {
                format!(
                    "{} {}",
                    text(&frame, legs::DAY, row),
                    text(&frame, legs::CALL_ID, row)
                )
            })
            .collect();
        held.sort();
        held
    }

    /// Every leg as `call_id start length`, sorted.
    pub(super) fn starts_and_lengths(&self) -> Vec<String> {
        let frame = self.frame();
        let leg = |row| {
            let start = text(&frame, legs::START, row);
            [
                text(&frame, legs::CALL_ID, row),
                start.trim_end_matches(" UTC").trim_end_matches(".000").to_owned(),
                text(&frame, legs::LENGTH_SECONDS, row),
            ]
            .join(" ")
        };
        let mut legs: Vec<String> = (0..frame.height()).map(leg).collect();
        legs.sort();
        legs
    }

    fn frame(&self) -> DataFrame {
        let store = LegStore::open(&self.store()).unwrap();
        let days = store.days("4711").unwrap();
        store
            .read_days("4711", &days, &|_, _| true)
            .unwrap()
            .into_lazy()
            .collect()
            .unwrap()
    }
}

fn text(frame: &DataFrame, column: &str, row: usize) -> String {
    match frame.column(column).unwrap().get(row).unwrap() {
        AnyValue::Null => String::new(),
        value => value
            .get_str()
            .map(str::to_string)
            .unwrap_or_else(|| value.to_string()),
    }
}

const API: &str = "id,direction,start,end,length,result,from,to,source_extension,destination_extension,source_user,destination_user,recorded\n";

fn api(id: &str, start: &str, length: u32) -> String {
    format!("{id},Inbound,{start},,{length},Answered,17325550142,17325550101,,1001,,Ana@vbc.prod,true\n")
}

#[test]
fn a_leg_is_kept_as_the_join_needs_it() {
    let bench = Bench::new();
    let read = bench
        .read(
            "calls.csv",
            &format!("{API}{}", api("a", "2026-10-05 13:02:03", 75)),
        )
        .unwrap();
    let frame = bench.frame();
    assert_eq!(text(&frame, legs::DIRECTION, 0), "inbound");
    assert_eq!(text(&frame, legs::RESULT, 0), "answered");
    assert_eq!(text(&frame, legs::DESTINATION_USER, 0), "ana");
    assert_eq!(text(&frame, legs::DESTINATION_EXTENSION, 0), "1001");
    assert_eq!(text(&frame, legs::LENGTH_SECONDS, 0), "75");
    assert_eq!(text(&frame, legs::RECORDED, 0), "true");
    assert_eq!(
        read.newest_start.unwrap().to_rfc3339(),
        "2026-10-05T13:02:03+00:00"
    );
    assert_eq!(read.results, BTreeMap::from([("answered".into(), 1)]));
    assert_eq!(read.window, Some((day("2026-10-05"), day("2026-10-05"))));
    let kept = serde_json::to_string(&read).unwrap();
    assert_eq!(serde_json::from_str::<CallsRead>(&kept).unwrap(), read);
}

#[test]
fn both_shapes_give_one_instant_on_the_days_when_clocks_change() {
    let portal = "Call ID,Direction,Source UserId,Destination UserId,Location,Date/Time,Duration,Result,From,To\n\
        spring,inbound,,Ana,HQ,03/08/2026 3:15:00 AM,0:01:15,answered,17325550142,17325550101\n\
        gap,intrapbx,bo,Ana,HQ,03/08/2026 2:15:00 AM,0:01:15,answered,1002,1001\n\
        autumn,outbound,ana,,HQ,11/01/2026 1:30:00 AM,0:01:15,answered,17325550101,17325550142\n\
        midnight,outbound,ana,,HQ,10/05/2026 11:59:59 PM,75,answered,17325550101,17325550142\n";
    let utc = format!(
        "{API}spring,Inbound,2026-03-08 07:15:00,,75,Answered,,,,1001,,,\ngap,Extension,2026-03-08 07:15:00,,75,Answered,,,,1001,,,\n\
        autumn,Outbound,2026-11-01 05:30:00,,75,Answered,,,1001,,,,\nmidnight,Outbound,2026-10-06 03:59:59,,75,Answered,,,1001,,,,\n"
    );
    let starts = |name: &str, text: &str| {
        let bench = Bench::new();
        bench.read(name, text).unwrap();
        let frame = bench.frame();
        let column = |name, row| self::text(&frame, name, row);
        let mut starts: Vec<String> = (0..frame.height())
            .map(|row| {
                [legs::CALL_ID, legs::DIRECTION, legs::START, legs::END, legs::DAY]
                    .map(|name| column(name, row))
                    .join(" ")
            })
            .collect();
        starts.sort();
        starts
    };
    assert_eq!(starts("portal.csv", portal), starts("api.csv", &utc));
    assert!(starts("api.csv", &utc)[2].ends_with("2026-10-05"));
}

#[test]
fn the_bucket_export_and_saved_pages_are_read_too() {
    let bench = Bench::new();
    let cdr = r#"{"callId":"c","cdrId":"1","callDirection":2,"disposition":"Connected","sourceExtensionNumber":1001,"ani":17325550101,"dnis":"+17325550142","dateStart":"2026-10-05T13:02:03.250Z","dateEnd":"2026-10-05T13:03:03.250Z"}"#;
    bench.read("cdr.jsonl", cdr).unwrap();
    let frame = bench.frame();
    assert_eq!(text(&frame, legs::DIRECTION, 0), "outbound");
    assert_eq!(text(&frame, legs::SOURCE_EXTENSION, 0), "1001");
    assert_eq!(text(&frame, legs::LENGTH_SECONDS, 0), "60");
    let page = r#"{"page":1,"_embedded":{"call_logs":[{"id":"p","direction":"Inbound","start":"2026-10-05 13:00:00","result":null,"length":0,"destination_extension":1001}]}}"#;
    let read = bench.read("page.json", page).unwrap();
    assert_eq!(read.results, BTreeMap::from([(String::new(), 1)]));
}

#[test]
fn rows_are_used_duplicate_or_quarantined() {
    let bench = Bench::new();
    let good = api("a", "2026-10-05 13:00:00", 75);
    let text = format!(
        "{API}{good}{good}{}{}{}{}",
        api("a", "2026-10-05 13:00:00", 80),
        api("b", "46300.5", 1),
        api("c", "2026-10-05 13:00:00", 1).replace("Inbound", "sideways"),
        api("", "2026-10-05 13:00:00", 1),
    );
    let read = bench.read("calls.csv", &text).unwrap();
    assert_eq!(
        (read.input.used, read.input.duplicates, read.input.quarantined),
        (2, 1, 3)
    );
    let columns: Vec<&str> = read.quarantined.iter().map(|row| row.column.as_str()).collect();
    assert_eq!(columns, ["start", "direction", "id"]);
    assert!(!format!("{:?}", read.quarantined).contains("7325550142"));
}

#[test]
fn heading_sets_that_cannot_be_calls_are_refused() {
    let bench = Bench::new();
    for text in [
        "id,direction,result,from\na,Inbound,Answered,1\n",
        "id,direction,start,result\na,Inbound,2026-10-05 13:00:00,Answered\n",
        "extension,email\n1001,a@example.com\n",
    ] {
        let error = bench.read("calls.csv", text).unwrap_err();
        assert_eq!(error.exit_code(), 76, "{error}");
    }
    assert_eq!(bench.held(), Vec::<String>::new());
}

#[test]
fn a_file_replaces_what_it_brought_for_its_window_and_no_more() {
    let bench = Bench::new();
    let night = |rows: &[(&str, &str)]| {
        let rows: String = rows
            .iter()
            .map(|(id, on)| api(id, &format!("{on} 15:00:00"), 60))
            .collect();
        bench.read("calls.csv", &format!("{API}{rows}")).unwrap()
    };
    night(&[("a", "2026-10-01"), ("b", "2026-10-02"), ("c", "2026-10-03")]);
    bench
        .read(
            "other.csv",
            &format!("{API}{}", api("x", "2026-10-02 15:00:00", 60)),
        )
        .unwrap();
    night(&[("b2", "2026-10-02"), ("d", "2026-10-04")]);
    let wanted = ["2026-10-01 a", "2026-10-02 b2", "2026-10-02 x", "2026-10-04 d"];
    assert_eq!(bench.held(), wanted);
    let declared = |source: &mut Source| {
        source.covers_from = Some(day("2026-10-01"));
        source.covers_to = Some(day("2026-10-05"));
    };
    let last = format!("{API}{}", api("e", "2026-10-03 15:00:00", 60));
    let read = bench.read_as("calls.csv", &last, declared).unwrap();
    assert_eq!(read.window, Some((day("2026-10-01"), day("2026-10-05"))));
    assert_eq!(bench.held(), ["2026-10-02 x", "2026-10-03 e"]);
}

#[test]
fn a_file_that_breaks_off_leaves_the_store_as_it_was() {
    let bench = Bench::new();
    let good = format!("{API}{}", api("a", "2026-10-01 15:00:00", 60));
    bench.read("calls.csv", &good).unwrap();
    let broken = format!("{API}{}z,\"open\nquote\n", api("b", "2026-10-01 15:00:00", 60));
    assert_eq!(bench.read("calls.csv", &broken).unwrap_err().exit_code(), 65);
    assert_eq!(bench.held(), ["2026-10-01 a"]);
}

/// A store as a kill leaves it: the leg of 1 October staged again for 2 October, with this word on how far it came.
fn killed_while_moving(signal: &str) -> (Bench, PathBuf) {
    let bench = Bench::new();
    let rows = api("a", "2026-10-01 15:00:00", 60);
    let source_id = bench
        .read("calls.csv", &format!("{API}{rows}"))
        .unwrap()
        .source_id;
    let account = bench.store().join("legs/4711");
    let staged = account.join(".staging").join(&source_id);
    std::fs::create_dir_all(staged.join("2026-10-02")).unwrap();
    let standing = account.join("2026-10-01").join(format!("{source_id}-0.parquet"));
    std::fs::copy(standing, staged.join("2026-10-02/0.parquet")).unwrap();
    std::fs::write(
        staged.join(signal),
        r#"{"first":"2026-10-01","last":"2026-10-02"}"#,
    )
    .unwrap();
    (bench, staged)
}

#[test]
fn a_move_that_was_cut_off_is_finished_by_the_next_open() {
    for (signal, wanted) in [
        ("replace.json", vec![day("2026-10-02")]),
        ("move.json", vec![day("2026-10-01"), day("2026-10-02")]),
        ("writing", vec![day("2026-10-01")]),
    ] {
        let (bench, staged) = killed_while_moving(signal);
        let store = LegStore::open(&bench.store()).unwrap();
        assert_eq!(store.days("4711").unwrap(), wanted, "{signal}");
        assert!(!staged.exists(), "{signal}");
    }
}

#[test]
fn days_leave_by_age_and_one_by_one() {
    let bench = Bench::new();
    let rows: String = (1..=5)
        .map(|at| api("a", &format!("2026-10-0{at} 15:00:00"), 60))
        .collect();
    bench.read("calls.csv", &format!("{API}{rows}")).unwrap();
    let store = LegStore::open(&bench.store()).unwrap();
    assert_eq!(store.prune_before("4711", day("2026-10-03")).unwrap(), 2);
    store.remove_day("4711", day("2026-10-04")).unwrap();
    assert_eq!(
        store.days("4711").unwrap(),
        [day("2026-10-03"), day("2026-10-05")]
    );
    assert_eq!(store.day_files("4711", day("2026-10-04")).unwrap().len(), 0);
    assert_eq!(store.days("another").unwrap(), []);
}

/// Sums a read's digests over its days, as whoever compares two nights does.
fn digests(reads: &[CallsRead]) -> BTreeMap<NaiveDate, (u128, u64)> {
    let mut days = BTreeMap::new();
    for row in reads.iter().flat_map(|read| &read.days) {
        let sum: &mut (u128, u64) = days.entry(row.day).or_default();
        sum.0 = sum.0.wrapping_add(u128::from_str_radix(&row.digest, 16).unwrap());
        sum.1 += row.rows;
    }
    days
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn order_and_split_do_not_change_the_digests(
        rows in prop::collection::btree_set((0_u32..60, 0_u32..40), 1..60),
        cut in 0_usize..60,
        shuffle in any::<prop::sample::Index>(),
    ) {
        let rows: Vec<String> = rows
            .iter()
            .map(|(hour, id)| api(&format!("c{id}"), &format!("2026-10-0{} {:02}:00:00", hour / 24 + 1, hour % 24), *id))
            .collect();
        let whole = Bench::new();
        let one = vec![whole.read("calls.csv", &format!("{API}{}", rows.concat())).unwrap()];
        let mut mixed = rows.clone();
        mixed.rotate_left(shuffle.index(rows.len()));
        mixed.reverse();
        let (left, right) = mixed.split_at(cut.min(mixed.len()));
        let split = Bench::new();
        let reads: Vec<CallsRead> = [("a.csv", left), ("b.csv", right)]
            .iter()
            .filter(|(_, rows)| !rows.is_empty())
            .map(|(name, rows)| split.read(name, &format!("{API}{}", rows.concat())).unwrap())
            .collect();
        prop_assert_eq!(digests(&one), digests(&reads));
        prop_assert_eq!(whole.held(), split.held());
    }

    #[test]
    fn no_bytes_panic_the_calls_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let bench = Bench::new();
        let path = bench.folder.path().join("any");
        std::fs::write(&path, [API.as_bytes(), &bytes].concat()).unwrap();
        let _ = read_into(&bench.store(), source(TableName::Calls, &[path]));
    }
}
