//! Files to typed tables: every format gives the same, every bad row has its reason, nothing is lost.

mod beside;
mod bills;
mod calls;
pub mod growing;
mod headings;
mod holders;
mod hostile;
mod merged;
mod nothing;
mod older_lists;
mod one_bill;
mod packages;
mod sign_ins;
mod titles;
mod wrapped;
mod xls;
pub mod xlsx;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use quietline::domain::Tier;
use quietline::domain::{
    Account, CallShape, Cents, Currency, DateOrder, DecimalMark, DirectoryStatus, InputRead, Source, Status,
    TableName,
};
use quietline::pull::{PullError, Tables, read_tables};

pub(crate) fn account() -> Account {
    Account {
        account_id: "4711".into(),
        name: "Harbor Dental".into(),
        time_zone: quietline::zones::named("America/New_York").unwrap(),
        currency: Currency::USD,
    }
}

pub(crate) fn source(table: TableName, files: &[PathBuf]) -> Source {
    Source {
        from: quietline::domain::Origin::Files,
        name: table.to_string(),
        table,
        files: files.to_vec(),
        account: None,
        map: BTreeMap::new(),
        values: BTreeMap::new(),
        delimiter: None,
        encoding: None,
        sheet: None,
        decimal: DecimalMark::Auto,
        date_order: DateOrder::Iso,
        issuer: None,
        shape: CallShape::Auto,
        time_zone: None,
        covers_from: None,
        covers_to: None,
        optional: false,
    }
}

pub(crate) fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

pub(crate) fn assert_identity(input: &InputRead) {
    assert_eq!(
        input.used + input.duplicates + input.quarantined,
        input.rows_read,
        "{}",
        input.name
    );
}

/// One file of one table, read under the default limit.
pub(crate) fn read(table: TableName, name: &str, bytes: impl AsRef<[u8]>) -> Result<Tables, PullError> {
    read_as(table, name, bytes, |_| {})
}

pub(crate) fn read_as(
    table: TableName,
    name: &str,
    bytes: impl AsRef<[u8]>,
    adjust: impl Fn(&mut Source),
) -> Result<Tables, PullError> {
    let folder = tempfile::tempdir().unwrap();
    let mut source = source(table, &[write(folder.path(), name, bytes)]);
    adjust(&mut source);
    let tables = read_tables(&[source], &[account()], 5)?;
    tables.inputs.iter().for_each(assert_identity);
    Ok(tables)
}

const CHARGES: &str = "\
invoice_id;invoice_date;period_start;period_end;description;amount;currency;extension;quantity
I-1;2026-09-01;2026-09-01;2026-09-30;Premium line – Zoë;20,99;USD;1001;1
I-1;2026-09-01;2026-09-01;2026-09-30;Credit;(5,00);USD;;1
";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once(0xFEFF)
        .chain(text.encode_utf16())
        .flat_map(unit)
        .collect()
}

#[test]
fn one_table_in_every_clothing_is_one_table() {
    let tabs = CHARGES.replace(';', "\t");
    let bars = CHARGES.replace(';', "|").replace('\n', "\r\n");
    let commas = CHARGES
        .replace("20,99", "\"20,99\"")
        .replace("(5,00)", "-5.00")
        .replace(';', ",");
    let old_mac = CHARGES.replace('\n', "\r");
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(CHARGES);
    let wanted = read(TableName::Charges, "charges.csv", CHARGES).unwrap().charges;
    let amount_in_row = |number| wanted.iter().find(|charge| charge.row == number).unwrap().amount;
    assert_eq!([2, 3].map(amount_in_row), [Cents(2099), Cents(-500)]);
    for (name, bytes) in [
        ("tabs", tabs.into_bytes()),
        ("bars", bars.into_bytes()),
        ("commas", commas.into_bytes()),
        ("old mac", old_mac.into_bytes()),
        ("windows", windows.to_vec()),
        ("bom", [b"\xEF\xBB\xBF", CHARGES.as_bytes()].concat()),
        ("utf16le", utf16(CHARGES, u16::to_le_bytes)),
        ("utf16be", utf16(CHARGES, u16::to_be_bytes)),
        ("gzip", gzip(CHARGES.as_bytes())),
        ("zstd", zstd::encode_all(CHARGES.as_bytes(), 3).unwrap()),
        ("gzip of utf16", gzip(&utf16(CHARGES, u16::to_le_bytes))),
    ] {
        let tables = read(TableName::Charges, name, bytes).unwrap();
        assert_eq!(tables.charges, wanted, "{name}");
        assert_eq!(tables.quarantine, [], "{name}");
    }
}

#[test]
fn json_and_parquet_say_what_csv_says() {
    use polars::prelude::{Column, DataFrame};
    let csv = "extension,email,dids,tier\n1001,ana@example.com,17325550101;17325550102,premium\n1002,,,\n";
    let wanted = read(TableName::Lines, "lines.csv", csv).unwrap().lines;
    let one =
        r#"{"extension":1001,"email":"ana@example.com","dids":["17325550101",17325550102],"tier":"premium"}"#;
    let two = r#"{"extension":"1002","email":null}"#;
    let page = format!(r#"{{"page":1,"_embedded":{{"data":[{one},{two}]}}}}"#);
    let mut frame = DataFrame::new(
        2,
        vec![
            Column::new("extension".into(), [1001_i64, 1002]),
            Column::new("email".into(), [Some("ana@example.com"), None]),
            Column::new("dids".into(), [Some("17325550101;17325550102"), None]),
            Column::new("tier".into(), [Some("premium"), None]),
        ],
    )
    .unwrap();
    let mut parquet = Vec::new();
    polars_io::parquet::write::ParquetWriter::new(&mut parquet)
        .finish(&mut frame)
        .unwrap();
    for (name, bytes) in [
        ("lines", format!("{one}\n{two}\n").into_bytes()),
        ("array", format!("[{one},\n{two}]").into_bytes()),
        ("page", page.into_bytes()),
        ("parquet", parquet),
    ] {
        assert_eq!(
            read(TableName::Lines, name, bytes).unwrap().lines,
            wanted,
            "{name}"
        );
    }
}

#[test]
fn the_portals_directory_export_is_a_lines_table() {
    let text = "User,Extension,Phone Number\nAna Reyes,1001,(732) 555-0101\nspare,1002,\n,1003,\n";
    let lines = read(TableName::Lines, "directory.csv", text).unwrap().lines;
    assert_eq!(lines[0].user_name(), "Ana Reyes");
    assert_eq!(lines[0].dids, ["17325550101"]);
    assert_eq!(lines[0].status, Status::Active);
    assert_eq!(lines[1].login_name.as_deref(), Some("spare"));
    assert_eq!(lines[2].status, Status::Unassigned);
}

#[test]
fn an_extension_is_as_many_lines_as_it_had_holders() {
    let text = "extension,external_id,email,seat_since,seat_until,status\n\
        1001,X1,old@example.com,2025-01-01,2026-03-31,\n\
        1001,X1,new@example.com,2026-04-01,,suspended\n\
        ,,admin@example.com,,,\n\
        1001,X1,new@example.com,2026-04-01,,suspended\n\
        1001,X1,third@example.com,2026-05-01,,\n\
        ,,,,,pending\n";
    let tables = read(TableName::Lines, "lines.csv", text).unwrap();
    let until =
        |line: &quietline::domain::Line| line.seat_until.map(|day| day.to_string()).unwrap_or_default();
    let mut held: Vec<(&str, String)> = tables
        .lines
        .iter()
        .map(|line| (line.line_id.as_str(), until(line)))
        .collect();
    held.sort();
    // The second holder's seat ends on the day on which the third's begins.
    let wanted = [
        ("X1", ""),
        ("X1@2025-01-01", "2026-03-31"),
        ("X1@2026-04-01", "2026-05-01"),
        ("user:admin@example.com", ""),
    ];
    assert_eq!(held, wanted.map(|(id, until)| (id, until.to_owned())));
    assert_eq!(tables.inputs[0].duplicates, 1);
    let rows: Vec<(u64, &str)> = tables
        .quarantine
        .iter()
        .map(|q| (q.row, q.column.as_str()))
        .collect();
    assert_eq!(rows, [(7, "extension")]);
}

#[test]
fn an_extension_has_one_holder_at_a_time() {
    let held = |since: &str, until: &str| {
        let text = format!(
            "extension,email,seat_since,seat_until\n109,ida@example.com,2025-01-01,{until}\n109,yan@example.com,{since},\n"
        );
        let tables = read(TableName::Lines, "lines.csv", &text).unwrap();
        (tables.lines.len(), tables.quarantine.len())
    };
    assert_eq!(held("2026-05-01", "2026-12-31"), (1, 1));
    assert_eq!(held("2026-05-01", "2026-05-02"), (1, 1));
    // One leaves on the day on which the other comes.
    assert_eq!(held("2026-05-01", "2026-05-01"), (2, 0));
}

#[test]
fn contracts_and_prices_that_contradict_themselves_stop_the_night() {
    let contracts = "contract_id,term,start_on,end_on\nC1,annual,2026-05-01,2027-04-30\nC2,annual,2026-05-01,2026-04-30\n";
    let error = read(TableName::Contracts, "contracts.csv", contracts).unwrap_err();
    assert_eq!(error.exit_code(), 65);
    assert!(
        error
            .to_string()
            .starts_with("contracts.csv, row 3, column end_on: "),
        "{error}"
    );
    let prices =
        "tier,term,valid_from,price\nmobile,annual,2026-01-01,13.99\nmobile,annual,2026-01-01,13.99\n";
    assert_eq!(
        read(TableName::PriceBook, "prices.csv", prices).unwrap().inputs[0].duplicates,
        1
    );
    let error = read(
        TableName::PriceBook,
        "prices.csv",
        prices.replace("13.99\nm", "14.99\nm"),
    )
    .unwrap_err();
    assert_eq!(error.exit_code(), 65);
    assert!(
        error.to_string().contains("prices.csv, row 3, column price"),
        "{error}"
    );
}

#[test]
fn prices_come_with_their_band_their_end_and_their_currency() {
    let text = "tier,term,valid_from,valid_until,from_lines,promotional_price,list_price,currency\n\
                mobile,annual,2026-01-01,2026-06-30,,13.99,19.99,\n\
                mobile,annual,2026-01-01,,100,12.99,,USD\n\
                mobile,monthly,2026-01-01,,,,19.99,\n\
                premium,annual,2026-01-01,2025-12-31,,20.99,,\n\
                premium,annual,2026-01-01,,0,20.99,,\n\
                premium,annual,2026-01-01,,,,,\n\
                premium,annual,2026-01-01,,,20.99,,EUR\n";
    let tables = read(TableName::PriceBook, "prices.csv", text).unwrap();
    let told: Vec<_> = tables
        .prices
        .iter()
        .map(|price| (price.price, price.list_price, price.from_lines, price.currency))
        .collect();
    let usd = Some(Currency::USD);
    assert_eq!(
        told,
        [
            (Cents(1399), Some(Cents(1999)), 1, usd),
            (Cents(1299), None, 100, usd),
            (Cents(1999), Some(Cents(1999)), 1, usd),
        ],
        "without a promotion the list price is the price"
    );
    assert!(tables.prices[0].valid_until.is_some());
    let why: Vec<(u64, &str)> = tables
        .quarantine
        .iter()
        .map(|row| (row.row, row.column.as_str()))
        .collect();
    assert_eq!(
        why,
        [
            (5, "valid_until"),
            (6, "from_lines"),
            (7, "price"),
            (8, "currency")
        ]
    );
}

#[test]
fn an_invoice_is_billed_once_however_many_exports_hold_it() {
    let folder = tempfile::tempdir().unwrap();
    let both = |second: &str| {
        let files = [
            write(folder.path(), "a.csv", CHARGES),
            write(folder.path(), "b.csv", second),
        ];
        read_tables(&[source(TableName::Charges, &files)], &[account()], 5)
    };
    let again = both(CHARGES).unwrap();
    assert_eq!((again.charges.len(), again.inputs[1].duplicates), (2, 2));
    let part = CHARGES.replace("Credit;(5,00)", "Refund;(4,00)");
    let other = both(&part.replace("line", "seat").replace("1001", "1002")).unwrap();
    assert_eq!(other.charges.len(), 4, "in parts");
    let partly = both(&part).unwrap_err();
    assert_eq!(partly.exit_code(), 65);
    assert!(partly.to_string().contains("invoice I-1"), "{partly}");
}

#[test]
fn decisions_come_back_with_rows_that_nobody_decided_on() {
    let text = "line_id,holder,decision,decision_reason,expires_on\n1001,Ana,keep,court order,2027-01-01\n1002,Bo,,,\n1003,Cy,keep,,\n";
    let tables = read(TableName::Decisions, "idle_seats.csv", text).unwrap();
    assert_eq!(tables.decisions.len(), 1);
    assert_eq!(tables.decisions[0].origin, "idle_seats.csv, row 2");
    assert_eq!((tables.inputs[0].used, tables.inputs[0].quarantined), (2, 1));
    assert_eq!(tables.quarantine[0].column, "expires_on");
}

#[test]
fn people_come_from_okta_and_from_graph() {
    let okta = r#"[{"status":"DEPROVISIONED","lastLogin":null,"profile":{"email":"Ana@example.com","login":"ana"}},
        {"status":"ACTIVE","lastLogin":"2026-10-01T08:00:00.000Z","profile":{"email":"bo@example.com"}}]"#;
    let people = read(TableName::Directory, "okta.json", okta).unwrap().directory;
    assert_eq!(people[0].status, DirectoryStatus::Departed);
    assert_eq!(people[0].email, "ana@example.com");
    assert_eq!(
        people[1].last_sign_in_at.unwrap().to_rfc3339(),
        "2026-10-01T08:00:00+00:00"
    );
    let graph = r#"{"value":[{"mail":null,"userPrincipalName":"cy@example.com","accountEnabled":false,
        "signInActivity":{"lastSignInDateTime":"0001-01-01T00:00:00Z"}}]}"#;
    let people = read(TableName::Directory, "graph.json", graph).unwrap().directory;
    assert_eq!(people[0].status, DirectoryStatus::Disabled);
    assert_eq!(people[0].last_sign_in_at, None);
}

#[test]
fn zones_are_mended_or_noted() {
    let text = "extension,time_zone\n1001,America/New York\n1002,Mars/Olympus\n";
    let tables = read(TableName::Lines, "lines.csv", text).unwrap();
    assert_eq!(tables.lines[0].time_zone.as_deref(), Some("America/New_York"));
    assert!(tables.inputs[0].notes[0].contains("Mars/Olympus"));
}

#[test]
fn a_charge_is_not_lost_for_what_stands_beside_its_amount() {
    let text = "invoice_id,invoice_date,period_start,period_end,description,amount,currency,phone_number,quantity,unit_price,tier\n\
        I-1,2026-09-01,2026-09-01,2026-09-30,Usage,0.05,USD,n/a,12.5,0.0039,VBC Premium Plan\n";
    let charge = read(TableName::Charges, "charges.csv", text)
        .unwrap()
        .charges
        .remove(0);
    assert_eq!(
        (charge.amount, charge.quantity, charge.unit_price),
        (Cents(5), None, None)
    );
    assert_eq!(charge.tier, Some(Tier::Premium));
}
