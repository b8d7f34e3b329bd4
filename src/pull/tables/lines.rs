//! `lines`: one row is one holder's time on one extension, or a user without a seat.

use std::collections::{HashMap, HashSet};

use crate::domain::{Line, Origin, Status, TableName, extension_name, folded, login_name, number_name};
use crate::zones;

use crate::pull::PullError;
use crate::pull::cells::{Cells, fault};
use crate::pull::cells::{nothing, texts};
use crate::pull::fault::{CellFault, Weight};
use crate::pull::files::headings::{Column, optional, required};
use crate::pull::tables::table::{Gathered, Placed, Table};
use crate::pull::tables::{holders, line_overlay, older_lists};

pub(in crate::pull) struct Lines;

impl Table for Lines {
    type Item = Line;
    const NAME: TableName = TableName::Lines;
    const MAY_BE_EMPTY: bool = false;
    const COLUMNS: &'static [Column] = &[
        optional("account_id", &["account", "account number"]),
        required("extension", &["ext", "extension number", "extensions"]),
        optional("external_id", &[]),
        optional("sip_ids", &["sip_id", "sip"]),
        optional("user_id", &["user.id"]),
        optional("login_name", &["login", "username", "user.login_name"]),
        optional("email", &["e-mail address", "user email", "mail", "user.email"]),
        optional("first_name", &["given name", "user.first_name"]),
        optional("last_name", &["surname", "family name", "user.last_name"]),
        optional("user", &["name", "full name", "display name"]),
        optional("role", &["user role"]),
        optional("status", &["user status"]),
        optional("kind", &[]),
        optional("tier", &["plan", "extension calling plan", "calling plan"]),
        optional(
            "license",
            &[
                "licence",
                "licenses",
                "licences",
                "license type",
                "licence type",
                "product",
                "subscription",
            ],
        ),
        optional("term", &["billing term"]),
        optional("contract_id", &["contract"]),
        optional("seat_since", &["since"]),
        optional("seat_until", &["until"]),
        optional("activated_on", &["activated", "activation date"]),
        optional("department", &[]),
        optional("cost_center", &["cost centre"]),
        optional("manager_email", &["manager"]),
        optional("location", &["site", "office"]),
        optional("time_zone", &["timezone", "zone"]),
        optional("dids", &["did", "phone number", "phone numbers", "direct number"]),
        optional("handset_registered_at", &["handset registered"]),
        optional("records_on_demand", &[]),
    ];

    fn names(cells: &Cells) -> Vec<String> {
        let extensions = match cells.extension("extension") {
            Ok(extension) => extension.into_iter().collect(),
            Err(_) => texts::extensions_in(cells.raw("extension").unwrap_or_default()),
        };
        let users = ["login_name", "email", "user_id"].map(|column| cells.folded(column).ok().flatten());
        let user = cells
            .text("user")
            .ok()
            .flatten()
            .and_then(|user| signs_in_with(&user));
        let numbers = cells.numbers("dids").unwrap_or_default();
        names_of(
            users.iter().flatten().chain(user.iter().map(SignsInWith::text)),
            extensions.iter().map(String::as_str),
            &numbers,
        )
    }

    fn named(line: &Line) -> Vec<(String, String)> {
        let users = [&line.login_name, &line.email, &line.user_id];
        let extension = Some(line.extension.as_str()).filter(|extension| !extension.is_empty());
        let names = names_of(users.into_iter().flatten(), extension.into_iter(), &line.dids).into_iter();
        names.map(|name| (line.account_id.clone(), name)).collect()
    }

    /// A blank extension is told: a user without a seat.
    fn hides_seat(cells: &Cells, fault: Option<&CellFault>) -> bool {
        let is_a_row = fault.is_none_or(|fault| fault.weight == Weight::Counted);
        let is_unread = || match cells.extension("extension") {
            Ok(Some(_)) => fault.is_some_and(|fault| fault.column == "extension"),
            Ok(None) => cells.as_written("extension").is_some_and(nothing::is_untold),
            Err(_) => true,
        };
        is_a_row && (cells.row.fault.is_some() || is_unread())
    }

    fn parse(cells: &Cells) -> Result<Option<Line>, CellFault> {
        one_extension(cells)?;
        let mut unread_cells = Vec::new();
        // A word such as `never` is no day that was written wrongly; behind one that was, the line may be too young to be judged.
        let says_a_day = |text: &str| text.contains(|c: char| c.is_numeric());
        let seat_since = match cells.raw("seat_since").is_some_and(says_a_day) {
            true => cells.day("seat_since")?,
            false => cells.beside(cells.day("seat_since")),
        };
        // Databases write "no end" as the last day that they know.
        let is_open = cells.raw("seat_until").is_some_and(|text| text.contains("9999"));
        let seat_until = if is_open { None } else { cells.day("seat_until")? };
        if let (Some(since), Some(until)) = (seat_since, seat_until)
            && until < since
        {
            return Err(CellFault::new(
                "seat_until",
                format!("the seat ends on {until}, before it begins on {since}"),
            ));
        }
        let (mut first_name, mut last_name) = (cells.text("first_name")?, cells.text("last_name")?);
        if nothing::is_unnamed(first_name.as_deref(), last_name.as_deref()) {
            (first_name, last_name) = (None, None);
        }
        let mut line = Line {
            account_id: cells.account()?.account_id.clone(),
            line_id: String::new(),
            extension: cells.extension("extension")?.unwrap_or_default(),
            external_id: cells.text("external_id")?,
            sip_ids: cells.list("sip_ids")?,
            user_id: cells.text("user_id")?,
            login_name: cells.text("login_name")?,
            email: cells.folded("email")?,
            first_name,
            last_name,
            role: cells.beside(cells.text("role")),
            status: Status::Unassigned,
            kind: cells.doubted("kind", cells.kind("kind"), &mut unread_cells),
            tier: cells
                .beside(cells.tier("tier"))
                .or_else(|| cells.beside(cells.product("license"))),
            term: cells.beside(cells.word("term")),
            contract_id: cells.text("contract_id")?,
            seat_since,
            seat_until,
            activated_on: cells.beside(cells.day("activated_on")),
            department: cells.beside(cells.text("department")),
            cost_center: cells.beside(cells.text("cost_center")),
            manager_email: cells.beside(cells.folded("manager_email")),
            location: cells.beside(cells.text("location")),
            time_zone: cells.text("time_zone")?.map(|zone| zone.replace(' ', "_")),
            dids: cells.numbers("dids")?,
            handset_registered_at: cells.beside(cells.day("handset_registered_at")),
            records_on_demand: cells.beside(cells.flag("records_on_demand")),
            unread_cells: Vec::new(),
        };
        read_user(cells, &mut line)?;
        let status = cells.doubted("status", cells.word("status"), &mut unread_cells);
        line.status = status.unwrap_or_else(|| default_status(&line));
        line.unread_cells = unread_cells;
        line.line_id = own_id(&line).ok_or_else(|| {
            CellFault::new(
                "extension",
                "is blank, and so are user_id, login_name and email: the row names nothing",
            )
        })?;
        Ok(Some(line))
    }
}

fn names_of<'a>(
    users: impl Iterator<Item = &'a String>,
    extensions: impl Iterator<Item = &'a str>,
    numbers: &[String],
) -> Vec<String> {
    let extensions = extensions.map(extension_name);
    let numbers = numbers.iter().map(|number| number_name(number));
    users
        .map(|user| login_name(user))
        .chain(extensions)
        .chain(numbers)
        .collect()
}

/// Whoever has two extensions in one cell would be in no list at all, and both of them billed to nobody.
fn one_extension(cells: &Cells) -> Result<(), CellFault> {
    const COLUMN: &str = "extension";
    let text = cells.raw(COLUMN).unwrap_or_default();
    let parts: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '*' | '#' | '_'))
        .filter(|part| !part.is_empty() && !["and", "und", "et", "y", "e", "o", "en", "or"].contains(part))
        .collect();
    // Two of one length: `112-212` is two, `0112-1` may be one.
    let is_extension =
        |part: &&str| part.contains(|c: char| c.is_ascii_digit()) && texts::extension(COLUMN, part).is_ok();
    let is_dashed = text.contains('-') && parts.iter().any(|part| part.len() != parts[0].len());
    match parts.len() > 1 && !is_dashed && parts.iter().all(is_extension) {
        true => {
            let reason = "is several extensions in one cell; give each a row of its own";
            Err(fault(COLUMN, text, reason).weighing(Weight::Fatal))
        }
        false => Ok(()),
    }
}

/// The portal's `User` may be an e-mail address, a login or a display name.
fn read_user(cells: &Cells, line: &mut Line) -> Result<(), CellFault> {
    let Some(user) = cells.text("user")? else {
        return Ok(());
    };
    match signs_in_with(&user) {
        // Beside a name a word alone may be what a lift or a gate is called.
        Some(SignsInWith::Login(word)) if line.is_named() && !word.contains('@') => {}
        Some(SignsInWith::Login(login)) => _ = line.login_name.get_or_insert(login),
        Some(SignsInWith::Address(address)) => _ = line.email.get_or_insert(address),
        // The name stands in columns of its own already.
        None if line.is_named() => {}
        None => {
            let (first, last) = match (user.split_once(','), user.rsplit_once(' ')) {
                (Some((last, first)), _) | (None, Some((first, last))) => (first, Some(last)),
                (None, None) => (user.as_str(), None),
            };
            line.first_name = Some(first.trim().to_owned());
            line.last_name = last.map(|last| last.trim().to_owned());
        }
    }
    Ok(())
}

/// What the portal's `User` is where it is no display name.
enum SignsInWith {
    Login(String),
    Address(String),
}

impl SignsInWith {
    fn text(&self) -> &String {
        match self {
            SignsInWith::Login(text) | SignsInWith::Address(text) => text,
        }
    }
}

fn signs_in_with(user: &str) -> Option<SignsInWith> {
    match user.contains('@') {
        true if folded(user).ends_with("@vbc.prod") => Some(SignsInWith::Login(user.to_owned())),
        true => Some(SignsInWith::Address(folded(user).into_owned())),
        false if user.contains([',', ' ']) || is_given_name(user) => None,
        false => Some(SignsInWith::Login(user.to_owned())),
    }
}

/// One word with a capital and small letters: how people and things are called, and not how they sign in.
fn is_given_name(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase)
        && word
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, '\'' | '-' | '’'))
        && letters.any(char::is_lowercase)
}

/// A name alone is a holder too: taking such a line for unassigned would reclaim a person's phone.
fn default_status(line: &Line) -> Status {
    match line.has_user() || line.is_named() {
        true => Status::Active,
        false => Status::Unassigned,
    }
}

/// The external id, else the extension; a user without a seat is told apart by the user.
fn own_id(line: &Line) -> Option<String> {
    if !line.extension.is_empty() {
        return Some(line.external_id.clone().unwrap_or_else(|| line.extension.clone()));
    }
    let user = line
        .user_id
        .as_ref()
        .or(line.login_name.as_ref())
        .or(line.email.as_ref())?;
    Some(format!("user:{}", folded(user)))
}

/// Tells former holders of a line from the present one, and refuses two holders at once.
pub(in crate::pull) fn reconcile(lines: &mut Gathered<Line>) -> Result<(), PullError> {
    blank_zeros(&mut lines.items);
    lines.put_in_order(|line| (line.account_id.clone(), line.line_id.clone(), format!("{line:?}")));
    older_lists::drop_older(lines)?;
    line_overlay::lay_over(lines)?;
    holders::end_where_the_next_begins(lines);
    holders::name_former_holders(&mut lines.items);
    let key = |line: &Line| format!("{}\0{}", line.account_id, line.line_id);
    lines.one_per_key(key, |line, place| {
        CellFault::new(
            "extension",
            format!(
                "line {} stands already, with other values ({place}); a former holder needs seat_until",
                line.line_id
            ),
        )
    })?;
    let earlier = holders::earlier_holders(&lines.items);
    lines.sift(|items, at| holders::second_holder(items, at, &earlier))?;
    note_zones(lines);
    // The API's list lacks nobody.
    let of_api: HashSet<String> = lines
        .items
        .iter()
        .filter(|placed| placed.from == Origin::Vonage)
        .map(|placed| placed.item.account_id.clone())
        .collect();
    lines
        .unread_seats
        .retain(|seat| !of_api.contains(&seat.account_id));
    match lines.quarantine.first() {
        Some(first) if lines.items.is_empty() => Err(PullError::Data {
            file: first.file.clone(),
            row: Some(first.row),
            column: Some(first.column.clone()),
            what: format!(
                "{}; no row of the line list can be used. Correct the file, or map its headings",
                first.reason
            ),
        }),
        _ => Ok(()),
    }
}

/// An extension 0 is a line where a number, an id or a user is its own; where it stands beside several users at once it is
/// what a database writes for none.
fn blank_zeros(items: &mut [Placed<Line>]) {
    let is_zero = |line: &Line| {
        let is_own = !line.dids.is_empty() || !line.sip_ids.is_empty() || line.external_id.is_some();
        line.extension == "0" && line.seat_until.is_none() && !is_own
    };
    let mut rows: HashMap<String, usize> = HashMap::new();
    for placed in items.iter().filter(|placed| is_zero(&placed.item)) {
        *rows.entry(placed.item.account_id.clone()).or_default() += 1;
    }
    for placed in items.iter_mut().filter(|placed| is_zero(&placed.item)) {
        let line = &mut placed.item;
        let unseated = Line {
            extension: String::new(),
            ..line.clone()
        };
        if rows.get(&line.account_id).is_some_and(|rows| *rows > 1)
            && let Some(line_id) = own_id(&unseated)
        {
            *line = Line { line_id, ..unseated };
        }
    }
}

/// Days are cut in the account's zone; a location's zone that nobody knows is only said.
fn note_zones(lines: &mut Gathered<Line>) {
    let unknown: std::collections::BTreeSet<String> = lines
        .items
        .iter()
        .filter_map(|placed| placed.item.time_zone.clone())
        .filter(|zone| zones::named(zone).is_none())
        .take(20)
        .collect();
    for zone in unknown {
        lines.note(&format!(
            "time_zone {zone:?} is no IANA zone; the account's zone is used for days all the same"
        ));
    }
}
