//! One leg of a call, read from a row in the Reports API's, the portal's or the CDR bucket's shape.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate};
use xxhash_rust::xxh3::xxh3_128;

use crate::domain::{
    Account, CallShape, Origin, Source, UnreadCall, Zone, extension_name, folded, is_voicemail_box,
    login_name, names_in, number_name, same, sip_id_name, user_key, without_zeros,
};

use super::super::PullError;
use super::super::cells::{fault, missing};
use super::super::fault::CellFault;
use super::super::files::Row;
use super::direction::{Direction, direction};
use super::times::{Span, instant, span};
use crate::pull::cells::nothing::Nothing;
use crate::pull::cells::texts::{LONGEST_TEXT, extension, flag, phone_digits};
use crate::pull::files::headings::{Column, Mapping, optional, required};

pub(in crate::pull) const COLUMNS: &[Column] = &[
    optional("account_id", &["account", "account number"]),
    optional("id", &["call_id"]),
    required("direction", &["call_direction"]),
    optional("start", &["start_time", "date_start", "started_at"]),
    optional("local_start", &["Date/Time", "call date/time", "call time"]),
    optional("end", &["end_time", "date_end"]),
    optional("length", &["duration", "length_seconds", "call_length"]),
    required("result", &["disposition", "call_result"]),
    optional("from", &["ani", "from_number", "caller_number"]),
    optional("to", &["dnis", "to_number", "called_number"]),
    optional("source_extension", &["source_extension_number"]),
    optional(
        "destination_extension",
        &[
            "dest_extension_number",
            "destination_extension_number",
            "dest_extension",
        ],
    ),
    optional("source_sip_id", &[]),
    optional("destination_sip_id", &["dest_sip_id"]),
    optional("source_user", &["source_user_id"]),
    optional("destination_user", &["destination_user_id", "dest_user_id"]),
    optional("user", &["user name", "employee", "agent"]),
    optional("international", &[]),
    optional("recorded", &[]),
];

/// Columns that name an end of a call; without any of them no call can be a line's.
const ENDS: &[&str] = &[
    "from",
    "to",
    "source_extension",
    "destination_extension",
    "source_sip_id",
    "destination_sip_id",
    "source_user",
    "destination_user",
    "user",
];

/// What a table of calls needs beside the columns that each file must have, a time and an end: a column that would do, and how it
/// is told.
pub(in crate::pull) fn missing_beside(has: impl Fn(&str) -> bool) -> Vec<(&'static str, String)> {
    let mut missing = Vec::new();
    if !has("start") && !has("local_start") {
        missing.push(("local_start", "start (or Date/Time)".to_owned()));
    }
    if !ENDS.iter().any(|end| has(end)) {
        missing.push(("from", format!("any of {}", ENDS.join(", "))));
    }
    missing
}

/// Digits of a number that may be an extension in place of one.
const LONGEST_EXTENSION: usize = 8;

/// A leg as it goes into the store; instants in UTC milliseconds, `day` the account-local day of its start.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::pull) struct Leg<'a> {
    /// None in a file without such a column: then each leg is a call of its own.
    pub call_id: Option<Cow<'a, str>>,
    pub direction: Direction,
    pub start_ms: i64,
    pub end_ms: Option<i64>,
    pub day: NaiveDate,
    pub length_seconds: Option<i64>,
    pub result: Option<Cow<'a, str>>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub source_extension: Option<String>,
    pub destination_extension: Option<String>,
    pub source_sip_id: Option<Cow<'a, str>>,
    pub destination_sip_id: Option<Cow<'a, str>>,
    pub source_user: Option<Cow<'a, str>>,
    pub destination_user: Option<Cow<'a, str>>,
    pub international: Option<bool>,
    pub recorded: Option<bool>,
    /// Its end or its length could not be read.
    pub left_out: bool,
}

/// How the rows of one file are read: where the columns stand, and whose clock the times show.
pub(super) struct LegShape {
    cells: [Option<usize>; COLUMNS.len()],
    nothing: [Nothing; COLUMNS.len()],
    clock: Zone,
    mapping: Mapping,
}

/// Positions in `COLUMNS`, so that millions of rows look up no names.
#[derive(Clone, Copy)]
enum At {
    Account,
    Id,
    Direction,
    Start,
    LocalStart,
    End,
    Length,
    Result,
    From,
    To,
    SourceExtension,
    DestinationExtension,
    SourceSip,
    DestinationSip,
    SourceUser,
    DestinationUser,
    /// Whose call it is, whichever end that is.
    User,
    International,
    Recorded,
}

impl LegShape {
    pub(super) fn find(
        mapping: Mapping,
        source: &Source,
        account: &Account,
        headings: &[String],
        file: &str,
    ) -> Result<LegShape, PullError> {
        let refuse = |missing: &str| PullError::Schema {
            source_name: source.name.clone(),
            file: file.to_string(),
            what: format!("these are not the headings of a calls table; missing: {missing}"),
            found: headings.to_vec(),
        };
        let has = |column: &str| mapping.cell(column).is_some();
        if let Some((_, missing)) = missing_beside(has).first() {
            return Err(refuse(missing));
        }
        // The API's answers always bear one.
        if source.from == Origin::Vonage && !has("id") {
            return Err(refuse("id"));
        }
        let zone = source.time_zone.as_ref().unwrap_or(&account.time_zone);
        let clock = match source.shape {
            CallShape::Reports => Zone::UTC,
            CallShape::Portal => zone.clone(),
            CallShape::Auto if has("start") && source.time_zone.is_none() => Zone::UTC,
            CallShape::Auto => zone.clone(),
        };
        Ok(LegShape {
            cells: std::array::from_fn(|at| mapping.cell(COLUMNS[at].name)),
            nothing: std::array::from_fn(|at| Nothing::of(COLUMNS[at].name)),
            clock,
            mapping,
        })
    }

    /// Whether the file has a column for call ids.
    pub(super) fn bears_ids(&self) -> bool {
        self.cells[At::Id as usize].is_some()
    }

    /// Why a cell that a leg is read from cannot be used.
    pub(super) fn bad_cell(&self, row: &Row) -> Option<CellFault> {
        self.mapping.bad_cell(row)
    }

    fn get<'a>(&'a self, row: &'a Row, at: At) -> Option<&'a str> {
        let text = row.get(self.cells[at as usize]?)?;
        let text = self.mapping.meaning(at as usize, text)?;
        // A word of the service for how a call ended is told as it is.
        let is_kept = matches!(at, At::Result | At::Direction);
        (is_kept || !self.nothing[at as usize].is(text)).then_some(text)
    }

    pub(super) fn leg<'a>(
        &'a self,
        row: &'a Row,
        source: &Source,
        account: &Account,
    ) -> Result<Leg<'a>, CellFault> {
        let get = |at: At| self.get(row, at);
        if let Some(other) =
            get(At::Account).filter(|id| !same(without_zeros(id), without_zeros(&account.account_id)))
        {
            return Err(fault(
                "account_id",
                other,
                &format!("is not {}, the account of this source", account.account_id),
            ));
        }
        let call_id = match self.bears_ids() {
            true => Some(bounded("id", get(At::Id).ok_or_else(|| missing("id"))?)?),
            false => None,
        };
        let way = get(At::Direction).ok_or_else(|| missing("direction"))?;
        let direction = direction(way).ok_or_else(|| {
            fault(
                "direction",
                way,
                "is none of: inbound, outbound, internal, extension, intrapbx",
            )
        })?;
        let start_ms = self.start(row, source)?;
        let end = get(At::End).map(|text| self.time("end", text, source));
        let Span {
            end_ms,
            length_seconds,
            left_out,
        } = span(start_ms, end, get(At::Length))?;
        let own_user = |of_inbound| get(At::User).filter(|_| of_inbound == (direction == Direction::Inbound));
        Ok(Leg {
            call_id,
            direction,
            start_ms,
            end_ms,
            day: DateTime::from_timestamp_millis(start_ms)
                .map(|at| account.time_zone.day_of(at))
                .ok_or_else(|| CellFault::new("start", "is out of range"))?,
            length_seconds,
            result: get(At::Result)
                .map(|text| bounded("result", text).map(|_| folded(text)))
                .transpose()?,
            from: get(At::From).and_then(phone_digits),
            to: get(At::To).and_then(phone_digits),
            source_extension: get(At::SourceExtension)
                .map(|text| extension("source_extension", text))
                .transpose()?,
            destination_extension: get(At::DestinationExtension)
                .map(|text| extension("destination_extension", text))
                .transpose()?,
            source_sip_id: get(At::SourceSip)
                .map(|text| bounded("source_sip_id", text))
                .transpose()?,
            destination_sip_id: get(At::DestinationSip)
                .map(|text| bounded("destination_sip_id", text))
                .transpose()?,
            source_user: get(At::SourceUser)
                .or_else(|| own_user(false))
                .map(|text| user("source_user", text))
                .transpose()?,
            // Some systems write the box where a number stands.
            destination_user: get(At::DestinationUser)
                .or_else(|| own_user(true))
                .or_else(|| get(At::To).filter(|to| is_voicemail_box(to)))
                .map(|text| user("destination_user", text))
                .transpose()?,
            // Evidence beside the call itself: an odd word must not cost the call.
            international: get(At::International).and_then(flag),
            recorded: get(At::Recorded).and_then(flag),
            left_out,
        })
    }

    /// Whom a row names, though it cannot be used, and when as far as it tells.
    pub(super) fn unread(&self, row: &Row, source: &Source, account: &Account) -> UnreadCall {
        let start = self.start(row, source).ok();
        UnreadCall {
            day: start
                .and_then(DateTime::from_timestamp_millis)
                .map(|at| account.time_zone.day_of(at)),
            call_id: self.get(row, At::Id).map(str::to_owned),
            names: self.inside_names(row),
        }
    }

    /// The inside ends of a row, of several in a cell each; and its numbers, which may be a line's own.
    fn inside_names(&self, row: &Row) -> Vec<String> {
        type Name = fn(&str) -> String;
        const ENDS: [(Name, At); 7] = [
            (extension_name, At::SourceExtension),
            (extension_name, At::DestinationExtension),
            (sip_id_name, At::SourceSip),
            (sip_id_name, At::DestinationSip),
            (login_name, At::SourceUser),
            (login_name, At::DestinationUser),
            (login_name, At::User),
        ];
        let named = |(name, at): (Name, At)| {
            let cell = self.get(row, at).unwrap_or_default();
            let each = std::iter::once(cell).chain(names_in(cell));
            each.filter(|part| !part.trim().is_empty() && part.len() <= LONGEST_TEXT)
                .map(name)
                .collect::<Vec<String>>()
        };
        let numbers = [At::From, At::To]
            .into_iter()
            .filter_map(|at| phone_digits(self.get(row, at)?))
            .map(|digits| match digits.len() <= LONGEST_EXTENSION {
                true => extension_name(&digits),
                false => number_name(&digits),
            });
        ENDS.into_iter().flat_map(named).chain(numbers).collect()
    }

    /// What stands in words where the numbers of its ends should.
    pub(super) fn words_for_numbers<'a>(&'a self, row: &'a Row, leg: &Leg<'_>) -> [Option<&'a str>; 2] {
        let in_words = |at, number: &Option<String>| self.get(row, at).filter(|_| number.is_none());
        [in_words(At::From, &leg.from), in_words(At::To, &leg.to)]
    }

    fn start(&self, row: &Row, source: &Source) -> Result<i64, CellFault> {
        match (self.get(row, At::Start), self.get(row, At::LocalStart)) {
            (Some(text), _) => self.time("start", text, source),
            (None, Some(text)) => self.time("local_start", text, source),
            (None, None) => Err(missing("start")),
        }
    }

    fn time(&self, column: &str, text: &str, source: &Source) -> Result<i64, CellFault> {
        instant(text, source.date_order, &self.clock).ok_or_else(|| {
            fault(
                column,
                text,
                "is not a time such as 2026-10-05 13:02:03 or 10/05/2026 1:02:03 PM (a number may be a serial day of Excel; \
                 days with dots, or with slashes and a clock of 24 hours, need date_order = \"dmy\" or \"mdy\" in the source)",
            )
        })
    }
}

fn bounded<'a>(column: &str, text: &'a str) -> Result<Cow<'a, str>, CellFault> {
    match text.len() <= LONGEST_TEXT || text.chars().nth(LONGEST_TEXT).is_none() {
        true => Ok(Cow::Borrowed(text)),
        false => Err(fault(
            column,
            text,
            &format!("is longer than {LONGEST_TEXT} characters"),
        )),
    }
}

fn user<'a>(column: &str, text: &'a str) -> Result<Cow<'a, str>, CellFault> {
    bounded(column, text)?;
    Ok(user_key(text))
}

impl Leg<'_> {
    /// 128 bits over every field that is kept; the same for the same leg on every machine and in every version of
    /// the file. `scratch` is reused.
    pub(crate) fn hash(&self, scratch: &mut Vec<u8>) -> u128 {
        fn put(scratch: &mut Vec<u8>, text: Option<&str>) {
            match text {
                None => scratch.extend_from_slice(&u32::MAX.to_le_bytes()),
                Some(text) => {
                    scratch.extend_from_slice(&(text.len() as u32).to_le_bytes());
                    scratch.extend_from_slice(text.as_bytes());
                }
            }
        }
        scratch.clear();
        for number in [Some(self.start_ms), self.end_ms, self.length_seconds] {
            scratch.extend_from_slice(&number.unwrap_or(i64::MIN).to_le_bytes());
        }
        let flag = |flag: Option<bool>| flag.map_or(2, u8::from);
        scratch.extend_from_slice(&[
            flag(self.international),
            flag(self.recorded),
            self.direction as u8,
        ]);
        put(scratch, self.call_id.as_deref());
        for text in [
            &self.from,
            &self.to,
            &self.source_extension,
            &self.destination_extension,
        ] {
            put(scratch, text.as_deref());
        }
        for text in [
            &self.result,
            &self.source_sip_id,
            &self.destination_sip_id,
            &self.source_user,
            &self.destination_user,
        ] {
            put(scratch, text.as_deref());
        }
        xxh3_128(scratch)
    }
}
