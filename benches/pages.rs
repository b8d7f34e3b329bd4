//! How many pages of 1,000 call logs a second are received, stored, checked, cut into days and read into the leg store.
//! `cargo bench --bench pages`: prints the figures; judges nothing.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use quietline::domain::{
    Account, CallShape, Currency, DateOrder, DecimalMark, Origin, Source, Suite, TableName, VonageApi,
};
use quietline::pull::vonage::{ApiSources, Credentials, PullOrder};
use quietline::pull::{LegStore, read_calls};
use quietline::secret::Secret;

const ROWS_IN_A_PAGE: usize = 1_000;

fn main() {
    for pages in [100, 400] {
        measure(pages);
    }
}

/// One day of that many pages, from a server that only sends what it has ready.
fn measure(pages: usize) {
    let folder = tempfile::tempdir().unwrap();
    let address = serve((1..=pages).map(|page| body(page, pages)).collect());
    let account = Account {
        account_id: "1".to_owned(),
        name: "Bench".to_owned(),
        time_zone: quietline::domain::Zone::UTC,
        currency: "USD".parse::<Currency>().unwrap(),
    };
    let sources = [source()];
    let api = api(&address, folder.path());
    let from_api = ApiSources {
        sources: &sources,
        accounts: std::slice::from_ref(&account),
        raw: folder.path().join("raw"),
    };
    let begun = Instant::now();
    let order = PullOrder {
        api: &api,
        credentials: Credentials::new(&api, Secret::new("x"), Secret::new("x")),
        as_of: NaiveDate::from_ymd_opt(2026, 3, 2).unwrap(),
        overlap_days: 1,
        again: false,
        from: None,
    };
    from_api.pull(order, &mut |_| {}).unwrap();
    let pulled = begun.elapsed();
    let legs = LegStore::open(folder.path()).unwrap();
    for file in from_api.stored(None).unwrap().call_files {
        let read = read_calls(&file, &legs, &mut |_| {}).unwrap();
        assert_eq!(read.unwrap().input.used, (pages * ROWS_IN_A_PAGE) as u64);
    }
    let all = begun.elapsed();
    let rate = |took: Duration| pages as f64 / took.as_secs_f64();
    println!(
        "{pages} pages of {ROWS_IN_A_PAGE} rows: pulled and cut into days at {:.0} pages/s, with reading into the leg store {:.0} pages/s, peak memory {} MB",
        rate(pulled),
        rate(all),
        peak_megabytes()
    );
}

fn source() -> Source {
    Source {
        name: "calls".to_owned(),
        table: TableName::Calls,
        from: Origin::Vonage,
        files: Vec::new(),
        account: Some("1".to_owned()),
        map: Default::default(),
        values: Default::default(),
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

fn api(address: &str, folder: &Path) -> VonageApi {
    VonageApi {
        username: "bench".to_owned(),
        client_id: "app".to_owned(),
        token_url: format!("http://{address}/token"),
        suites: [(Suite::Reports, format!("http://{address}"))].into(),
        quota_per_minute: 100_000,
        quota_folder: folder.join("quota"),
        page_size: ROWS_IN_A_PAGE as u32,
        backfill_days: 1,
        lag: Duration::ZERO,
        timeout: Duration::from_secs(60),
        tries: 1,
        backoff: Duration::ZERO,
        patience: Duration::ZERO,
        token_file: None,
        ca_file: None,
        detail_days: None,
        recording_days: None,
        tiers: Default::default(),
    }
}

fn body(page: usize, pages: usize) -> String {
    let row = |at: usize| {
        let number = (page - 1) * ROWS_IN_A_PAGE + at;
        let second = number * 86_399 / (pages * ROWS_IN_A_PAGE);
        let start = format!(
            "2026-03-02 {:02}:{:02}:{:02}",
            second / 3_600,
            second / 60 % 60,
            second % 60
        );
        format!(
            r#"{{"id":"f27b937d-6dde-441a-9595-{number:012x}","in_network":true,"international":false,"from":"1212555{:04}","to":"1732555{:04}","direction":"Outbound","length":{},"start":"{start}","end":"{start}","charge":0,"rate":0,"destination_device_name":null,"destination_user_full_name":null,"destination_user":null,"destination_sip_id":null,"destination_extension":null,"source_device_name":"Desk","source_user_full_name":"John Smith","source_user":"jsmith{}","custom_tag":null,"source_sip_id":"VH1{:05}","source_extension":{},"result":"Answered","recorded":false}}"#,
            number % 10_000,
            number % 9_973,
            number % 600,
            number % 500,
            number % 500,
            1_000 + number % 500
        )
    };
    let rows: Vec<String> = (0..ROWS_IN_A_PAGE).map(row).collect();
    format!(
        r#"{{"page":{page},"page_size":{ROWS_IN_A_PAGE},"total_pages":{pages},"total_items":{},"_embedded":{{"call_logs":[{}]}}}}"#,
        pages * ROWS_IN_A_PAGE,
        rows.join(",")
    )
}

fn serve(bodies: Vec<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let bodies = Arc::new(bodies);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let bodies = Arc::clone(&bodies);
            std::thread::spawn(move || drop(converse(stream, &bodies)));
        }
    });
    address
}

fn converse(mut stream: TcpStream, bodies: &[String]) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let (mut first, mut length) = (String::new(), 0);
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            if header.trim().is_empty() {
                break;
            }
        }
        std::io::copy(
            &mut std::io::Read::take(&mut reader, length),
            &mut std::io::sink(),
        )?;
        let page = first
            .split("page=")
            .nth(1)
            .and_then(|rest| rest.split('&').next()?.parse::<usize>().ok());
        let token = r#"{"access_token":"x","expires_in":86400}"#;
        let body = page
            .and_then(|page| bodies.get(page - 1))
            .map_or(token, String::as_str);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
    }
}

/// The process's own peak, bodies that the server holds ready included.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap_or_default();
    let kilobytes = line
        .split_whitespace()
        .nth(1)
        .and_then(|text| text.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
