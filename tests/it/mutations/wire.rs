//! What can be wrong on the way: with files as they lie there, and with answers as the API gives them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::vonage::server::{ApiServer, Fault};

fn call_files(into: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(into.join("calls")).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

fn edit(path: &Path, change: impl FnOnce(&str) -> String) {
    let text = fs::read_to_string(path).unwrap();
    fs::write(path, change(&text)).unwrap();
}

fn edit_calls(into: &Path, change: impl Fn(&str) -> String) {
    for path in call_files(into) {
        edit(&path, &change);
    }
}

/// The next answers of an endpoint, also when they are asked for again.
fn always(server: &ApiServer, part: &str, fault: &Fault) {
    for _ in 0..12 {
        server.fault(part, fault.clone());
    }
}

fn answers(server: &ApiServer, part: &str, status: u16, body: &str) {
    always(server, part, &Fault::Answer(status, Vec::new(), body.to_owned()));
}

fn renamed_in(rows: &mut [Value], from: &str, to: &str) {
    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
        let value = row.remove(from).unwrap_or_default();
        row.insert(to.to_owned(), value);
    }
}

pub fn heading_of_calls(into: &Path) {
    edit_calls(into, |text| text.replacen(",start,", ",begun,", 1));
}

pub fn key_of_calls(server: &ApiServer) {
    server.change(|company, _| renamed_in(&mut company.calls, "result", "outcome"));
}

pub fn heading_of_lines(into: &Path) {
    edit(&into.join("lines.csv"), |text| {
        text.replacen(",extension,", ",desk,", 1)
    });
}

pub fn key_of_lines(server: &ApiServer) {
    server.change(|company, _| {
        renamed_in(&mut company.extensions, "extension_number", "number");
        for user in &mut company.users {
            if let Some(own) = user["extensions"].as_array_mut() {
                renamed_in(own, "extension_number", "number");
            }
        }
    });
}

pub fn empty_call_files(into: &Path) {
    edit_calls(into, |_| String::new());
}

pub fn header_only(into: &Path) {
    edit_calls(into, |text| {
        text.lines().take(1).map(|line| format!("{line}\n")).collect()
    });
}

pub fn no_calls(server: &ApiServer) {
    server.change(|company, _| company.calls.clear());
}

pub fn cut_in_a_row(into: &Path) {
    let path = call_files(into).pop().unwrap();
    edit(&path, |text| text[..text.len() / 2 + 11].to_owned());
}

pub fn cut_bodies(server: &ApiServer) {
    always(server, "call-logs", &Fault::CutOff);
}

pub fn second_halves_missing(into: &Path) {
    edit_calls(into, |text| {
        let rows: Vec<&str> = text.lines().collect();
        rows[..=rows.len() / 2]
            .iter()
            .map(|row| format!("{row}\n"))
            .collect()
    });
}

/// Each file ends at the same count of rows.
pub fn row_caps(into: &Path) {
    edit_calls(into, |text| {
        text.lines().take(301).map(|row| format!("{row}\n")).collect()
    });
}

pub fn half_of_the_pages(server: &ApiServer) {
    server.change(|company, manners| manners.withheld = company.calls.len() / 2);
}

/// The months' files as answers of the API that somebody saved: page 1 of 3 of each.
pub fn first_saved_pages(into: &Path) {
    for path in call_files(into) {
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let rows: Vec<Value> = reader
            .deserialize::<Map<String, Value>>()
            .map(|row| Value::Object(row.unwrap()))
            .collect();
        let kept = &rows[..rows.len().div_ceil(3)];
        let body = json!({"page": 1, "page_size": kept.len(), "total_items": rows.len(), "total_pages": 3,
            "_embedded": {"call_logs": kept}});
        fs::write(path.with_extension("json"), body.to_string()).unwrap();
        fs::remove_file(path).unwrap();
    }
}

pub fn another_account(into: &Path) {
    edit(&into.join("lines.csv"), |text| {
        text.replace("\n913874,", "\n555111,")
    });
}

pub fn answer_of_another_account(server: &ApiServer) {
    let body = json!({"_embedded": {"data": {"id": 555_111, "name": "X"}}}).to_string();
    server.fault("accounts/913874", Fault::Answer(200, Vec::new(), body));
}

pub fn account_without_id(server: &ApiServer) {
    let body = json!({"_embedded": {"data": {"name": "X"}}}).to_string();
    server.fault("accounts/913874", Fault::Answer(200, Vec::new(), body));
}

pub fn calls_forbidden(server: &ApiServer) {
    answers(server, "call-logs", 403, r#"{"code": "900910"}"#);
}

pub fn extensions_forbidden(server: &ApiServer) {
    answers(server, "/extensions", 403, r#"{"code": "900910"}"#);
}

pub fn calls_204(server: &ApiServer) {
    answers(server, "call-logs", 204, "");
}

pub fn lists_204(server: &ApiServer) {
    answers(server, "/extensions", 204, "");
}

/// Two extensions stand there twice, in place of two others.
pub fn extensions_twice(server: &ApiServer) {
    server.change(|company, _| {
        for at in 7..9 {
            company.extensions[at] = company.extensions[at + 2].clone();
        }
    });
}

pub fn with_a_bom(into: &Path) {
    edit_calls(into, |text| format!("\u{feff}{text}"));
}

pub fn packed(into: &Path) {
    for path in call_files(into) {
        let text = fs::read(&path).unwrap();
        let file = fs::File::create(&path).unwrap();
        let mut packer = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        packer.write_all(&text).unwrap();
        packer.finish().unwrap();
    }
}

pub fn no_users(server: &ApiServer) {
    server.change(|company, _| company.users.clear());
}
