//! What the lines of a day did with their phones, and the rows that the portal or the API would give of it.

use chrono::{DateTime, Duration, NaiveDate, TimeZone, Utc};
use chrono_tz::America::New_York;

use super::company::{Line, Temper, is_business_day};
use super::dice::Dice;

/// Every outside number begins so; then come three digits that count the day, so that a number found anywhere tells its age.
pub const OUTSIDE: &str = "1646";

#[derive(Debug, Clone)]
pub struct Call {
    pub uid: usize,
    pub id: String,
    pub at: DateTime<Utc>,
    pub is_outbound: bool,
    pub is_answered: bool,
    pub seconds: i64,
    /// Placed or answered by the line.
    pub is_use: bool,
    outside: String,
    extension: String,
    login: String,
    number: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Reports,
    Portal,
}

/// A line's calls of one day.
pub fn calls_of(seed: u64, start: NaiveDate, line: &Line, day: NaiveDate) -> Vec<Call> {
    if !line.is_held(day) {
        return Vec::new();
    }
    let age = (day - start).num_days();
    let mut dice = Dice::of(seed, "calls", line.uid as u64, age.unsigned_abs());
    let mut calls: Vec<Call> = Vec::new();
    let mut ring = |second_of_day: i64, is_outbound: bool, is_answered: bool, seconds: i64, ending: i64| {
        let midnight = day.and_hms_opt(0, 0, 0).unwrap();
        // Calls keep clear of the hour that a change of clocks skips or repeats.
        let local = New_York
            .from_local_datetime(&(midnight + Duration::seconds(second_of_day)))
            .unwrap();
        calls.push(Call {
            uid: line.uid,
            id: format!("{day}-{}-{}", line.uid, calls.len()),
            at: local.with_timezone(&Utc),
            is_outbound,
            is_answered,
            seconds,
            is_use: is_outbound || is_answered,
            outside: format!("{OUTSIDE}{age:03}{ending:04}"),
            extension: line.extension.clone(),
            login: line.login.clone(),
            number: line.numbers.first().cloned(),
        });
    };
    if line.temper == Temper::Nightly {
        ring(3 * 3600 + dice.between(0, 90), true, true, 12, 7);
        return calls;
    }
    if !is_business_day(day) {
        return calls;
    }
    let habits = line
        .habits
        .iter()
        .filter(|habit| habit.from <= day && day <= habit.to);
    let percent = habits.map(|habit| habit.percent).max().unwrap_or(0);
    if dice.percent(percent) {
        for _ in 0..dice.between(1, 4) {
            // One in twenty late, on the next day by UTC.
            let hour = if dice.percent(5) {
                dice.between(21, 22)
            } else {
                dice.between(8, 17)
            };
            let (second, outbound) = (hour * 3600 + dice.between(0, 3599), dice.percent(50));
            let seconds = dice.between(if outbound { 0 } else { 5 }, 600);
            ring(second, outbound, seconds > 0, seconds, dice.between(0, 9999));
        }
        if dice.percent(30) {
            ring(
                dice.between(9 * 3600, 17 * 3600),
                false,
                false,
                0,
                dice.between(0, 9999),
            );
        }
    }
    if dice.percent(line.rung) {
        ring(
            dice.between(9 * 3600, 17 * 3600),
            false,
            false,
            0,
            dice.between(0, 9999),
        );
    }
    calls
}

impl Shape {
    pub fn headings(self) -> &'static str {
        match self {
            Shape::Reports => {
                "id,direction,from,to,length,start,end,destination_user,destination_sip_id,destination_extension,source_user,\
                 source_sip_id,source_extension,result,recorded\n"
            }
            Shape::Portal => {
                "Call ID,Direction,Source UserId,Destination UserId,Location,Date/Time,Duration,Result,From,To\n"
            }
        }
    }

    pub fn row(self, call: &Call) -> String {
        let Call {
            id,
            at,
            outside,
            extension,
            login,
            seconds,
            ..
        } = call;
        let called = call.number.as_ref().unwrap_or(extension);
        let result = match (call.is_answered, call.is_outbound) {
            (true, _) => "Answered",
            (false, true) => "No Answer",
            (false, false) => "Missed",
        };
        match self {
            Shape::Reports => {
                let when = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S").to_string();
                let (start, end) = (when(*at), when(*at + Duration::seconds(*seconds)));
                match call.is_outbound {
                    true => format!(
                        "{id},Outbound,{extension},{outside},{seconds},{start},{end},,,,{login},VH{extension},{extension},{result},false\n"
                    ),
                    false => format!(
                        "{id},Inbound,{outside},{called},{seconds},{start},{end},{login},VH{extension},{extension},,,,{result},false\n"
                    ),
                }
            }
            Shape::Portal => {
                let when = at.with_timezone(&New_York).format("%m/%d/%Y %-I:%M:%S %p");
                let length = format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
                match call.is_outbound {
                    true => format!(
                        "{id},outbound,{login},,New York,{when},{length},{result},{extension},{outside}\n"
                    ),
                    false => format!(
                        "{id},inbound,,{login},New York,{when},{length},{result},{outside},{called}\n"
                    ),
                }
            }
        }
    }
}

impl Shape {
    /// A call of a company that is not ours.
    pub fn foreign_row(self, day: NaiveDate, n: u32) -> String {
        let (id, extension) = (format!("other-{day}-{n}"), 7000 + n);
        match self {
            Shape::Reports => format!(
                "{id},Outbound,{extension},13125550000,60,{day} 15:{n:02}:00,{day} 15:{n:02}:59,,,,other{n},XH{extension},{extension},\
                 Answered,false\n"
            ),
            Shape::Portal => {
                let when = day.format("%m/%d/%Y");
                format!(
                    "{id},outbound,other{n},,Elsewhere,{when} 3:{n:02}:00 PM,0:01:00,Answered,{extension},13125550000\n"
                )
            }
        }
    }
}
