//! The two shapes that a company's call files come in: the portal's export and the Reports API.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::TimeDelta;
use chrono_tz::America::New_York;

use crate::calls::{Direction, End, Leg};
use crate::company::day;

/// The first month that was saved from the Reports API; earlier ones are the portal's export.
const API_SINCE: &str = "2026-02-01";

/// A file per month: by New York's months in the portal's shape, by UTC's months in the API's.
pub fn files(legs: &[Leg]) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for leg in legs {
        let is_portal = leg.day() < day(API_SINCE);
        let moment = if is_portal {
            leg.day()
        } else {
            leg.start.date_naive()
        };
        let text = files
            .entry(moment.format("%Y-%m").to_string())
            .or_insert_with(|| String::from(if is_portal { PORTAL_HEAD } else { API_HEAD }));
        if is_portal {
            portal_row(text, leg)
        } else {
            api_row(text, leg)
        }
    }
    files
}

const PORTAL_HEAD: &str =
    "Call ID,Direction,Source UserId,Destination UserId,Location,Date/Time,Duration,Result,From,To\r\n";

fn portal_row(text: &mut String, leg: &Leg) {
    let direction = match leg.direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
        Direction::Internal => "intrapbx",
    };
    let login = |end: &Option<End>| {
        end.as_ref()
            .map(|end| end.login.to_lowercase())
            .unwrap_or_default()
    };
    let place = leg
        .source
        .as_ref()
        .or(leg.destination.as_ref())
        .map_or("", |end| end.place);
    let _ = write!(
        text,
        "{},{direction},{},{},{place},{},{}:{:02}:{:02},{},{},{}\r\n",
        leg.id,
        login(&leg.source),
        login(&leg.destination),
        leg.start.with_timezone(&New_York).format("%m/%d/%Y %-I:%M:%S %p"),
        leg.seconds / 3600,
        leg.seconds / 60 % 60,
        leg.seconds % 60,
        leg.result.to_lowercase(),
        leg.from,
        leg.to,
    );
}

const API_HEAD: &str = "id,in_network,international,from,to,direction,length,start,end,charge,rate,\
destination_device_name,destination_user_full_name,destination_user,destination_sip_id,destination_extension,\
source_device_name,source_user_full_name,source_user,custom_tag,source_sip_id,source_extension,result,recorded\n";

fn api_row(text: &mut String, leg: &Leg) {
    let direction = match leg.direction {
        Direction::Internal => "Extension".to_owned(),
        other => format!("{other:?}"),
    };
    let cells = |end: &Option<End>| match end {
        Some(End {
            extension,
            login,
            sip_id,
            name,
            ..
        }) => [name.clone(), login.clone(), sip_id.clone(), extension.to_string()],
        None => Default::default(),
    };
    let [to_name, to_login, to_sip, to_extension] = cells(&leg.destination);
    let [from_name, from_login, from_sip, from_extension] = cells(&leg.source);
    let is_internal = leg.direction == Direction::Internal;
    let _ = writeln!(
        text,
        "{},{is_internal},false,{},{},{direction},{},{},{},0,0,,{to_name},{to_login},{to_sip},{to_extension},,\
         {from_name},{from_login},,{from_sip},{from_extension},{},{}",
        leg.id,
        leg.from,
        leg.to,
        leg.seconds,
        leg.start.format("%Y-%m-%d %H:%M:%S"),
        (leg.start + TimeDelta::seconds(leg.seconds)).format("%Y-%m-%d %H:%M:%S"),
        leg.result,
        !is_internal,
    );
}
