//! Files that change while they are read.

use std::fs::{self, OpenOptions};
use std::io::Write;

use quietline::domain::TableName;
use quietline::pull::{LegStore, call_files, read_calls};

use super::{account, source, write};

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
