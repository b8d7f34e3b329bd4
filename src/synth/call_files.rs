//! Call files, one a local month, in the shape of the Reports API or of the portal's export.

use std::path::Path;

use chrono::{Datelike, NaiveDate};

use super::days::DayClock;
use super::leg_text::{portal_duration, portal_time, utc_text, uuid_text};
use super::legs::{Direction, Leg, Number, Party};
use super::people::{MAIN_NUMBER, outside_text};
use super::population::Population;
use super::write::Table;
use super::{CallShape, SynthError};
use crate::domain::{Cents, Line, Tier};

/// The Reports API's fields, in its own order.
const REPORTS_FIELDS: [&str; 24] = [
    "id",
    "in_network",
    "international",
    "from",
    "to",
    "direction",
    "length",
    "start",
    "end",
    "charge",
    "rate",
    "destination_device_name",
    "destination_user_full_name",
    "destination_user",
    "destination_sip_id",
    "destination_extension",
    "source_device_name",
    "source_user_full_name",
    "source_user",
    "custom_tag",
    "source_sip_id",
    "source_extension",
    "result",
    "recorded",
];
/// The headings of the portal's "Company Summary".
const PORTAL_HEADINGS: [&str; 10] = [
    "Call ID",
    "Direction",
    "From",
    "To",
    "Source UserId",
    "Destination UserId",
    "Location",
    "Date/Time",
    "Duration",
    "Result",
];
/// US cents for a begun minute to another country.
const INTERNATIONAL_RATE: Cents = Cents(12);
/// Jamaica and the Bahamas, which share the North American plan and so its fictitious numbers.
const INTERNATIONAL_AREAS: [u32; 2] = [876, 242];

/// What stands in a leg for a party of the account.
#[derive(Debug, Default)]
struct Badge {
    extension: String,
    /// In another case than in the inventory, as the service does it.
    login: String,
    full_name: String,
    sip_id: String,
    device: &'static str,
    number: String,
    location: String,
    tag: &'static str,
    recorded: bool,
}

impl Badge {
    fn of(line: &Line) -> Badge {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Badge {
            extension: line.extension.clone(),
            login: title_case(line.login_name.as_deref().unwrap_or_default()),
            full_name: line.user_name(),
            sip_id: line.sip_ids.first().cloned().unwrap_or_default(),
            device: if line.handset_registered_at.is_some() {
                "Desk phone"
            } else {
                "App"
            },
            number: line
                .dids
                .first()
                .cloned()
                .unwrap_or_else(|| MAIN_NUMBER.to_owned()),
            location: text(&line.location),
            tag: if line.department.as_deref() == Some("Sales") {
                "Sales"
            } else {
                ""
            },
            recorded: line.tier == Some(Tier::Advanced),
        }
    }
}

fn title_case(login: &str) -> String {
    let mut begins = true;
    let capital = |letter: char| {
        let shown = if begins {
            letter.to_ascii_uppercase()
        } else {
            letter
        };
        begins = !letter.is_ascii_alphabetic();
        shown
    };
    login.chars().map(capital).collect()
}

/// The names behind the indices in a leg.
pub(super) struct Badges {
    lines: Vec<Badge>,
    queues: Vec<Badge>,
    nobody: Badge,
}

impl Badges {
    pub(super) fn new(population: &Population) -> Badges {
        Badges {
            lines: population
                .lines
                .iter()
                .map(|line| Badge::of(&line.line))
                .collect(),
            queues: population.queues.iter().map(Badge::of).collect(),
            nobody: Badge::default(),
        }
    }

    fn party(&self, party: Option<Party>) -> &Badge {
        match party {
            Some(Party::Line(index)) => &self.lines[index as usize],
            Some(Party::Queue(index)) => &self.queues[index as usize],
            None => &self.nobody,
        }
    }

    fn number(&self, number: Number) -> String {
        match number {
            Number::Outside(number) => outside_text(number),
            Number::International(number) => {
                let area = INTERNATIONAL_AREAS[(number / 100 % 2) as usize];
                format!("1{area}55501{:02}", number % 100)
            }
            Number::Line(line) => self.lines[line as usize].number.clone(),
            Number::Extension(line) => self.lines[line as usize].extension.clone(),
            Number::Main => MAIN_NUMBER.to_owned(),
        }
    }
}

/// The file of one month while it is written.
pub(super) struct CallFile {
    table: Table,
    portal: bool,
}

impl CallFile {
    /// `month_index` counts the months of the span from 0: with both shapes, every other month is the portal's.
    pub(super) fn create(
        folder: &Path,
        month: NaiveDate,
        month_index: u32,
        shape: CallShape,
        gzip: bool,
    ) -> Result<CallFile, SynthError> {
        let portal = match shape {
            CallShape::Reports => false,
            CallShape::Portal => true,
            CallShape::Both => month_index % 2 == 1,
        };
        let ending = if gzip { "csv.gz" } else { "csv" };
        let path = folder.join(format!("{:04}-{:02}.{ending}", month.year(), month.month()));
        let headings: &[&str] = if portal { &PORTAL_HEADINGS } else { &REPORTS_FIELDS };
        Ok(CallFile {
            table: Table::create(path, headings)?,
            portal,
        })
    }

    pub(super) fn write(&mut self, leg: &Leg, badges: &Badges, clock: &DayClock) -> Result<(), SynthError> {
        if self.portal {
            self.table.row(&portal_row(leg, badges, clock))
        } else {
            let cells = ReportsCells::new(leg, badges);
            self.table.row(&cells.row(leg, badges))
        }
    }

    pub(super) fn finish(self) -> Result<(), SynthError> {
        self.table.finish()
    }
}

/// The cells of a Reports row that have to be put together.
struct ReportsCells {
    id: String,
    from: String,
    to: String,
    length: String,
    start: String,
    end: String,
    charge: String,
}

impl ReportsCells {
    fn new(leg: &Leg, badges: &Badges) -> ReportsCells {
        let minutes = i64::from(leg.seconds.div_ceil(60));
        let charge = if is_international(leg) {
            INTERNATIONAL_RATE.times(minutes)
        } else {
            Cents::ZERO
        };
        ReportsCells {
            id: uuid_text(leg.call),
            from: badges.number(leg.from),
            to: badges.number(leg.to),
            length: leg.seconds.to_string(),
            start: utc_text(leg.start),
            end: utc_text(leg.start + i64::from(leg.seconds)),
            charge: charge.to_string(),
        }
    }

    fn row<'a>(&'a self, leg: &Leg, badges: &'a Badges) -> [&'a str; 24] {
        let (source, destination) = (badges.party(leg.source), badges.party(leg.destination));
        let international = is_international(leg);
        let direction = match leg.direction {
            Direction::Inbound => "Inbound",
            Direction::Outbound => "Outbound",
            Direction::Internal => "Extension",
        };
        [
            &self.id,
            yes_no(leg.direction == Direction::Internal),
            yes_no(international),
            &self.from,
            &self.to,
            direction,
            &self.length,
            &self.start,
            &self.end,
            &self.charge,
            if international { "0.12" } else { "0.00" },
            destination.device,
            &destination.full_name,
            &destination.login,
            &destination.sip_id,
            &destination.extension,
            source.device,
            &source.full_name,
            &source.login,
            source.tag,
            &source.sip_id,
            &source.extension,
            leg.result.as_str(),
            yes_no(source.recorded || destination.recorded),
        ]
    }
}

fn portal_row(leg: &Leg, badges: &Badges, clock: &DayClock) -> [String; 10] {
    let (source, destination) = (badges.party(leg.source), badges.party(leg.destination));
    let direction = match leg.direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
        Direction::Internal => "intrapbx",
    };
    let home = if leg.source.is_some() { source } else { destination };
    [
        uuid_text(leg.call),
        direction.to_owned(),
        badges.number(leg.from),
        badges.number(leg.to),
        source.login.clone(),
        destination.login.clone(),
        home.location.clone(),
        portal_time(leg.start, clock),
        portal_duration(leg.seconds),
        leg.result.as_portal_str().to_owned(),
    ]
}

fn is_international(leg: &Leg) -> bool {
    matches!(leg.to, Number::International(_))
}

fn yes_no(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
