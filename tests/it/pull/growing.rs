//! Files that change while they are read.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use quietline::domain::TableName;
use quietline::pull::{LegStore, call_files, read_calls, read_tables};

use super::{account, source, write};

/// Does `work` while bytes are laid behind the file.
pub(crate) fn while_written<T>(path: &Path, bytes: &[u8], work: impl FnOnce() -> T) -> T {
    let (done, mut file) = (
        AtomicBool::new(false),
        OpenOptions::new().append(true).open(path).unwrap(),
    );
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                file.write_all(bytes).unwrap();
                std::thread::sleep(Duration::from_micros(200));
            }
        });
        let worked = work();
        done.store(true, Ordering::Relaxed);
        worked
    })
}

#[test]
fn a_call_file_that_grows_while_it_is_read_is_as_if_it_had_not_come_yet() {
    let folder = tempfile::tempdir().unwrap();
    let head = "call_id,direction,result,start,from,to,source_extension,length\n";
    let row = |id: u32| format!("c{id},Outbound,Answered,2026-10-01T10:00:00Z,101,12125550100,101,60\n");
    let text = |rows: u32| format!("{head}{}", (0..rows).map(row).collect::<String>());
    let path = write(folder.path(), "calls.csv", text(100));
    let store = LegStore::open(&folder.path().join("store")).unwrap();
    let source = source(TableName::Calls, std::slice::from_ref(&path));
    let file = &call_files(&[source], &[account()]).unwrap()[0];
    let whole = read_calls(file, &store, &mut |_| {}).unwrap().unwrap();
    let days = store.days("4711").unwrap();

    // What is added ends inside a row, as half a copy does.
    let half = read_calls(file, &store, &mut |_| {
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"c100,Outb").unwrap();
    });
    assert_eq!(half.unwrap(), None);
    assert_eq!(store.days("4711").unwrap(), days, "what the store held went");
    // The copy comes to its end; that the last line has none says nothing.
    fs::write(&path, text(101).trim_end()).unwrap();
    let read = read_calls(file, &store, &mut |_| {}).unwrap().unwrap();
    assert_eq!((whole.input.used, read.input.used), (100, 101));
}

const DECIDED: &str = "line_id,decision,reason,owner,expires_on\n";

#[test]
fn a_list_or_bill_that_grows_while_it_is_read_stops_the_night() {
    let folder = tempfile::tempdir().unwrap();
    let rows = |head: &str, row: &dyn Fn(u32) -> String| {
        format!("{head}{}", (0..20_000).map(row).collect::<String>())
    };
    let charge = |id| format!("I-1,2026-09-01,2026-09-01,2026-09-30,Premium line,20.99,USD,{id}\n");
    let tables = [
        (
            TableName::Lines,
            rows("extension,email\n", &|id| format!("{id},p{id}@harbor.example\n")),
        ),
        (
            TableName::Charges,
            rows(
                "invoice_id,invoice_date,period_start,period_end,description,amount,currency,extension\n",
                &charge,
            ),
        ),
        (
            TableName::Decisions,
            rows(DECIDED, &|id| format!("{id},keep,needed,Ann,2026-12-31\n")),
        ),
    ];
    for (table, text) in tables {
        let path = write(folder.path(), "growing.csv", text);
        let sources = [source(table, std::slice::from_ref(&path))];
        let read = || read_tables(&sources, &[account()], 5);
        let half = while_written(&path, b"\n", read).map(|_| ()).unwrap_err();
        assert_eq!(half.exit_code(), 69, "{table}: {half}");
        let words = half.to_string();
        for said in ["growing.csv", "changed while it was read", "Run again"] {
            assert!(words.contains(said), "{words}");
        }
        assert!(read().is_ok(), "{table}");
    }
}

#[test]
fn a_handed_in_list_that_grows_while_it_is_read_waits_whole() {
    let folder = tempfile::tempdir().unwrap();
    let keep = |id: u32| format!("{id},keep,needed,Ann,2026-12-31\n");
    let text = format!("{DECIDED}{}", (0..20_000).map(keep).collect::<String>());
    let path = write(folder.path(), "growing.csv", text);
    write(folder.path(), "other.csv", format!("{DECIDED}{}", keep(20_000)));
    let sources = [source(TableName::Decisions, &[folder.path().join("*.csv")])];
    let read = || read_tables(&sources, &[account()], 5).unwrap();
    let half = while_written(&path, b"\n", read);
    assert_eq!(half.decisions.len(), 1);
    let notes: Vec<&String> = half.inputs.iter().flat_map(|input| &input.notes).collect();
    assert!(
        notes
            .iter()
            .any(|note| note.contains("changed while it was read")),
        "{notes:?}"
    );
    assert_eq!(read().decisions.len(), 20_001);
}
