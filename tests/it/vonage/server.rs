//! A small stateful server on loopback that speaks like Vonage's gateway, pages like it, and misbehaves as told.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

pub use super::manners::{Manners, Wire};

/// What the server has to tell.
#[derive(Debug, Clone, Default)]
pub struct Company {
    pub account: String,
    pub locations: Vec<Value>,
    pub users: Vec<Value>,
    pub extensions: Vec<Value>,
    /// Any order; sent by start.
    pub calls: Vec<Value>,
}

/// One misbehaviour.
#[derive(Debug, Clone)]
pub enum Fault {
    Answer(u16, Vec<(&'static str, String)>, String),
    Bytes(u16, Vec<u8>),
    /// A body shorter than its Content-Length.
    CutOff,
    /// Nothing at all.
    Closed,
    /// An answer after so long.
    Slow(Duration),
}

#[derive(Debug, Clone)]
pub struct Seen {
    pub at: Instant,
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub form: BTreeMap<String, String>,
}

#[derive(Default)]
struct State {
    company: Company,
    manners: Manners,
    faults: VecDeque<(String, Fault)>,
    seen: Vec<Seen>,
    tokens: u32,
    valid: Vec<String>,
    password: String,
}

/// The running server; its threads end with the test process.
pub struct ApiServer {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl ApiServer {
    pub fn start(company: Company, manners: Manners) -> ApiServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            company,
            manners,
            password: "canary-password".to_owned(),
            ..State::default()
        }));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // A client that goes away in the middle is a part of what is tested.
                thread::spawn(move || drop(converse(stream, &shared)));
            }
        });
        ApiServer { address, state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The next request whose path holds `part` meets this; several queue up.
    pub fn fault(&self, part: &str, fault: Fault) {
        self.state().faults.push_back((part.to_owned(), fault));
    }

    pub fn change(&self, change: impl FnOnce(&mut Company, &mut Manners)) {
        let state = &mut *self.state();
        change(&mut state.company, &mut state.manners);
    }

    /// Behaves again, with these to tell.
    pub fn mend(&self, company: Company) {
        let state = &mut *self.state();
        (state.company, state.manners) = (company, Manners::default());
        state.faults.clear();
    }

    pub fn set_password(&self, password: &str) {
        self.state().password = password.to_owned();
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.state().seen.clone()
    }

    /// How often a path that holds `part` was asked for.
    pub fn count(&self, part: &str) -> usize {
        self.seen().iter().filter(|seen| seen.path.contains(part)).count()
    }

    /// How often a login was tried.
    pub fn logins(&self) -> usize {
        let is_login = |seen: &&Seen| {
            seen.form
                .get("grant_type")
                .is_some_and(|grant| grant == "password")
        };
        self.seen().iter().filter(is_login).count()
    }
}

fn converse(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        let (mut length, mut bearer) = (0, None);
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            let header = header.trim_end();
            if header.is_empty() {
                break;
            }
            let (name, value) = header.split_once(':').unwrap_or((header, ""));
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap_or(0),
                "authorization" => bearer = value.trim().strip_prefix("Bearer ").map(str::to_owned),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let target = first.split(' ').nth(1).unwrap_or("/").to_owned();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let seen = Seen {
            at: Instant::now(),
            path: path.to_owned(),
            query: pairs(query),
            form: pairs(&String::from_utf8_lossy(&body)),
        };
        let (fault, slow_ms, wire) = {
            let mut state = state.lock().unwrap();
            state.seen.push(seen.clone());
            let at = state
                .faults
                .iter()
                .position(|(part, _)| seen.path.contains(part.as_str()));
            let fault = at.and_then(|at| state.faults.remove(at)).map(|(_, fault)| fault);
            (fault, state.manners.slow_ms, state.manners.wire)
        };
        thread::sleep(Duration::from_millis(slow_ms));
        let ask = || answer(&seen, bearer.clone(), &mut state.lock().unwrap());
        let plain = |(status, body): (u16, String)| (status, Vec::new(), wire.sent(body), false);
        let (status, headers, body, short) = match fault {
            Some(Fault::Closed) => return Ok(()),
            Some(Fault::Answer(status, headers, body)) => (status, headers, body.into_bytes(), false),
            Some(Fault::Bytes(status, body)) => (status, Vec::new(), body, false),
            Some(Fault::Slow(wait)) => {
                thread::sleep(wait);
                plain(ask())
            }
            Some(Fault::CutOff) => {
                let (status, headers, body, _) = plain(ask());
                (status, headers, body, true)
            }
            None => plain(ask()),
        };
        let told = if short { body.len() + 100 } else { body.len() };
        let mut head =
            format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {told}\r\n");
        if !headers.iter().any(|(name, _)| *name == "date") {
            head += &format!(
                "date: {}\r\n",
                chrono::Utc::now().format("%a, %d %b %Y %H:%M:%S GMT")
            );
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{head}\r\n").as_bytes())?;
        stream.write_all(&body)?;
        if short {
            return Ok(());
        }
    }
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    let url = format!("http://x/?{text}");
    let url = reqwest::Url::parse(&url).unwrap();
    url.query_pairs()
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect()
}

fn answer(seen: &Seen, bearer: Option<String>, state: &mut State) -> (u16, String) {
    if seen.path == "/token" {
        return token(seen, state);
    }
    if !bearer.is_some_and(|token| state.valid.contains(&token)) {
        return (
            401,
            json!({"code": "900901", "message": "Invalid Credentials"}).to_string(),
        );
    }
    let account = state.company.account.clone();
    let api = format!("/t/vbc.prod/provisioning/v1/api/accounts/{account}");
    let (live, manners) = (state.manners.live, state.manners);
    let company = &state.company;
    let plain = Manners {
        live,
        texts: manners.texts,
        ..Manners::default()
    };
    let of_lists = if manners.calls_only { plain } else { manners };
    let list = |rows: &[Value], key: &str| paged(rows, key, seen, &of_lists);
    match seen.path.strip_prefix(&api) {
        Some("") => (
            200,
            json!({"_embedded": {"data": {"id": number(&account, &manners), "name": "X"}}}).to_string(),
        ),
        Some("/locations") => list(&company.locations, "data"),
        Some("/users") => list(&company.users, if live { "users" } else { "data" }),
        Some("/extensions") => list(&company.extensions, if live { "extensions" } else { "data" }),
        Some(other) if other.starts_with("/extensions/") => (
            200,
            json!({"_embedded": {"extension": {"service_type_name": "UX"}}}).to_string(),
        ),
        _ if seen.path == format!("/t/vbc.prod/reports/v1/accounts/{account}/call-logs") => {
            let (status, body) = call_logs(seen, company, &manners);
            match manners.says_204 && body.contains("\"total_items\":0") {
                true => (204, String::new()),
                false => (status, body),
            }
        }
        _ if seen.path.contains("/call_recording/") => (
            200,
            json!({"total_items": 1, "_embedded": {"recordings": [{"start": "2026-10-01T10:00:00.000Z"}]}})
                .to_string(),
        ),
        _ => (404, json!({"msg": "no such resource", "status": 404}).to_string()),
    }
}

fn token(seen: &Seen, state: &mut State) -> (u16, String) {
    let form = |key: &str| seen.form.get(key).map_or("", String::as_str);
    let refused = (
        400,
        json!({"error": "invalid_grant", "error_description": "17003: user is locked"}).to_string(),
    );
    match form("grant_type") {
        "password"
            if form("scope") == "openid"
                && form("username").ends_with("@vbc.prod")
                && form("password") == state.password
                && form("client_secret") == "canary-secret" => {}
        "refresh_token"
            if !state.manners.refuse_refresh
                && form("refresh_token") == format!("canary-refresh-{}", state.tokens) => {}
        _ => return refused,
    }
    state.tokens += 1;
    let access = format!("canary-access-{}", state.tokens);
    state.valid.push(access.clone());
    let life = if state.manners.token_life == 0 {
        86_400
    } else {
        state.manners.token_life
    };
    let body = json!({"access_token": access, "refresh_token": format!("canary-refresh-{}", state.tokens),
        "token_type": "Bearer", "expires_in": life, "scope": "openid"});
    (200, body.to_string())
}

fn number(text: &str, manners: &Manners) -> Value {
    match text.parse::<u64>() {
        Ok(number) if !manners.texts => json!(number),
        _ => json!(text),
    }
}

fn paged(rows: &[Value], key: &str, seen: &Seen, manners: &Manners) -> (u16, String) {
    let asked = |name: &str, usual: usize| {
        seen.query
            .get(name)
            .and_then(|text| text.parse().ok())
            .unwrap_or(usual)
    };
    let (page, size): (usize, usize) = (asked("page", 1), asked("page_size", rows.len().max(1)));
    let size = match manners {
        Manners { fixed: 1.., .. } => manners.fixed,
        Manners { cap: 1.., .. } => size.min(manners.cap),
        _ => size + manners.longer,
    };
    let last = rows.len().div_ceil(size).max(1);
    if manners.no_page_beyond && page > last {
        return (400, json!({"message": "no such page"}).to_string());
    }
    let page = match manners {
        Manners { same_page: true, .. } => 1,
        Manners { last_again: true, .. } => page.min(last),
        _ => page,
    };
    let reach = if manners.deepest > 0 {
        manners.deepest
    } else {
        rows.len()
    };
    let told = if manners.tells_the_deepest {
        rows.len().min(reach)
    } else {
        rows.len()
    };
    let slipped = usize::from(manners.slips && page > 1);
    let sent = (rows.len() - manners.withheld.min(rows.len())).min(reach);
    let from = ((page - 1) * size).saturating_sub(slipped).min(sent);
    let to = (page * size - slipped).min(sent);
    let told = if manners.counts_a_page { to - from } else { told };
    let total = told + if manners.grows { page } else { 0 };
    let pages = if manners.no_pages {
        0
    } else {
        rows.len().div_ceil(size)
    };
    let count = |count: usize| number(&count.to_string(), manners);
    let pages_key = if manners.live { "total_page" } else { "total_pages" };
    let mut body = json!({"page": count(page), "page_size": count(size), "total_items": count(total), pages_key: count(pages)});
    if !(manners.bare_last_page && page >= pages) {
        body["_embedded"] = json!({key: rows[from..to]});
    }
    (200, body.to_string())
}

fn call_logs(seen: &Seen, company: &Company, manners: &Manners) -> (u16, String) {
    let bound = |name: &str| seen.query[name].clone();
    let (from, to) = (bound("start:gte"), bound("start:lte"));
    let start = |call: &Value| call["start"].as_str().unwrap_or_default().to_owned();
    let mut calls: Vec<Value> = company
        .calls
        .iter()
        .filter(|call| (&from..=&to).contains(&&start(call)))
        .cloned()
        .collect();
    calls.sort_by_key(start);
    if seen.query.get("order").is_some_and(|order| order == "desc") || manners.backwards {
        calls.reverse();
    }
    for call in calls.iter_mut().filter_map(Value::as_object_mut) {
        for key in manners.renamed {
            let value = call.remove(*key).unwrap_or_default();
            call.insert(format!("{key}_v2"), value);
        }
    }
    paged(&calls, "call_logs", seen, manners)
}
