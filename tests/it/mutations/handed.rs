//! What a healthy company of thirty lines in two offices hands over on a night, as rows that can be broken, and how it gets to the
//! program: as files, or behind the API.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::{Datelike, Days, NaiveDate};

use crate::vonage::company::{call_of, of_lines};
use crate::vonage::server;
use crate::year::calls::Shape;
use crate::year::company::{ACCOUNT, Company};
use crate::year::plan::Plan;
use crate::year::vendor::Vendor;

const LINES: usize = 30;
/// A Tuesday after which 29 nights have no change of clocks.
const FIRST_NIGHT: (i32, u32, u32) = (2026, 8, 18);
const DAYS_BEFORE: u64 = 149;
const OFFICES: [&str; 2] = ["New York", "Albany"];

pub type Row = BTreeMap<String, String>;

/// A row of the Reports API, and the local day of its call.
#[derive(Debug, Clone)]
pub struct CallRow {
    pub day: NaiveDate,
    pub cells: Row,
}

impl CallRow {
    pub fn get(&self, key: &str) -> &str {
        self.cells.get(key).map_or("", String::as_str)
    }

    pub fn set(&mut self, key: &str, text: impl Into<String>) {
        self.cells.insert(key.to_owned(), text.into());
    }

    /// The line at our end.
    pub fn extension(&self) -> &str {
        match self.get("source_extension") {
            "" => self.get("destination_extension"),
            extension => extension,
        }
    }
}

#[derive(Debug, Clone)]
pub struct Handed {
    pub as_of: NaiveDate,
    pub lines: Vec<Row>,
    pub calls: Vec<CallRow>,
}

impl Handed {
    pub fn back(&self, days: u64) -> NaiveDate {
        self.as_of - Days::new(days)
    }

    /// Changes the calls of the last days.
    pub fn for_calls_of_last(&mut self, days: u64, mut change: impl FnMut(&mut CallRow)) {
        let since = self.back(days);
        for call in self.calls.iter_mut().filter(|call| call.day > since) {
            change(call);
        }
    }

    /// Leaves out the calls of the last days that are not kept.
    pub fn keep_of_last(&mut self, days: u64, mut keep: impl FnMut(usize, &CallRow) -> bool) {
        let since = self.back(days);
        let mut at = 0;
        self.calls.retain(|call| {
            at += 1;
            call.day <= since || keep(at, call)
        });
    }

    /// What the API has to tell: its calls reach back as far as it is asked.
    pub fn of_api(&self) -> server::Company {
        server::Company {
            calls: self.calls.iter().map(|call| call_of(&call.cells)).collect(),
            ..of_lines(&self.lines)
        }
    }
}

/// The company with everything that it ever did.
pub struct Truth {
    company: Company,
    vendor: Vendor,
}

impl Truth {
    pub fn new(seed: u64) -> Truth {
        let (year, month, day) = FIRST_NIGHT;
        let plan = Plan {
            seed,
            lines: LINES,
            nights: 30,
            model: "probability",
            accidents: &[],
        };
        let first = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let (mut company, mut vendor) = (Company::new(seed, LINES, first), Vendor::default());
        let mut day = company.start;
        while day <= first + Days::new(30) {
            if day.day() == 1 {
                vendor.bill(&company, day, &plan);
            }
            company.live(day);
            day = day + Days::new(1);
        }
        Truth { company, vendor }
    }

    /// The first night is 1.
    pub fn as_of(&self, night: u64) -> NaiveDate {
        self.company.first_night + Days::new(night - 1)
    }

    /// Where exports and API begin.
    fn first_day(&self) -> NaiveDate {
        self.company.first_night - Days::new(DAYS_BEFORE)
    }

    pub fn handed(&self, night: u64) -> Handed {
        let as_of = self.as_of(night);
        let headings: Vec<&str> = Shape::Reports.headings().trim_end().split(',').collect();
        let days = self.company.calls.range(self.first_day()..=as_of);
        let calls = days.flat_map(|(day, calls)| calls.iter().map(|call| (*day, call)));
        let calls = calls.map(|(day, call)| {
            let text = Shape::Reports.row(call);
            let cells = headings.iter().zip(text.trim_end().split(','));
            CallRow {
                day,
                cells: cells
                    .map(|(key, cell)| ((*key).to_owned(), cell.to_owned()))
                    .collect(),
            }
        });
        Handed {
            as_of,
            lines: self.lines(as_of),
            calls: calls.collect(),
        }
    }

    fn lines(&self, as_of: NaiveDate) -> Vec<Row> {
        let text = self.company.lines_csv(as_of);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows = reader.deserialize::<Row>().map(Result::unwrap).enumerate();
        rows.map(|(at, mut row)| {
            let office = OFFICES[usize::from(at % 4 == 3)];
            row.insert("location".to_owned(), office.to_owned());
            row
        })
        .collect()
    }

    /// Everything but the calls and the list of lines; the administrators' own list stands beside the API.
    pub fn write_tables(&self, into: &Path, night: u64) {
        let as_of = self.as_of(night);
        fs::create_dir_all(into.join("charges")).unwrap();
        write_lines(&into.join("details.csv"), &self.lines(as_of));
        fs::write(into.join("directory.csv"), self.company.directory_csv(as_of)).unwrap();
        fs::write(into.join("contracts.csv"), self.company.contracts.csv()).unwrap();
        fs::write(into.join("holidays.csv"), Company::holidays_csv()).unwrap();
        for bill in self.vendor.arrived(as_of) {
            fs::write(into.join("charges").join(format!("{}.csv", bill.id)), bill.csv()).unwrap();
        }
    }
}

/// The list, and a file for each month of calls.
pub fn write_files(into: &Path, handed: &Handed) {
    write_lines(&into.join("lines.csv"), &handed.lines);
    let folder = into.join("calls");
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).unwrap();
    let headings = Shape::Reports.headings();
    let keys: Vec<&str> = headings.trim_end().split(',').collect();
    let mut months: BTreeMap<String, String> = BTreeMap::new();
    for call in &handed.calls {
        let month = months.entry(call.day.format("calls-%Y-%m.csv").to_string());
        let cells: Vec<&str> = keys.iter().map(|key| call.get(key)).collect();
        *month.or_insert_with(|| headings.to_owned()) += &format!("{}\n", cells.join(","));
    }
    for (name, text) in months {
        fs::write(folder.join(name), text).unwrap();
    }
}

fn write_lines(path: &Path, lines: &[Row]) {
    let headings = "account_id,extension,external_id,sip_ids,user_id,login_name,email,first_name,last_name,status,kind,tier,term,\
                    contract_id,seat_since,department,cost_center,manager_email,location,time_zone,dids";
    let cell = |row: &Row, key: &str| row.get(key).cloned().unwrap_or_default();
    let rows = lines.iter().map(|row| {
        let cells: Vec<String> = headings.split(',').map(|key| cell(row, key)).collect();
        format!("{}\n", cells.join(","))
    });
    fs::write(path, format!("{headings}\n{}", rows.collect::<String>())).unwrap();
}

/// The job file's part that says where lines and calls come from.
pub fn sources(api: Option<std::net::SocketAddr>) -> String {
    let Some(address) = api else {
        return "[sources.lines]\nfiles = [\"in/lines.csv\"]\n[sources.calls]\nfiles = [\"in/calls/*\"]\n"
            .to_owned();
    };
    format!(
        "[sources.lines]\nfrom = \"vonage\"\n[sources.details]\ntable = \"lines\"\nfiles = [\"in/details.csv\"]\n\
         [sources.calls]\nfrom = \"vonage\"\n[vonage]\nusername = \"svc.quietline\"\nclient_id = \"app\"\n\
         token_url = \"http://{address}/token\"\nbase_url = \"http://{address}/t/vbc.prod\"\nquota_folder = \"quota\"\n\
         quota_per_minute = 100000\nbackfill_days = 150\nbackoff_milliseconds = 1\ntimeout_seconds = 2\n"
    )
}

pub fn job(api: Option<std::net::SocketAddr>) -> String {
    let mut text = format!(
        "[job]\nname = \"mill\"\n[accounts.\"{ACCOUNT}\"]\nname = \"Mill and Weir\"\ntime_zone = \"America/New_York\"\n\
         {}[mail]\ntransport = \"file\"\noutbox = \"outbox\"\nfrom = \"quietline@mill.example\"\n\
         [mail.finance]\nto = [\"finance@mill.example\"]\n[mail.admins]\nto = [\"admins@mill.example\"]\n\
         [mail.operators]\nto = [\"operators@mill.example\"]\n[sources.charges]\nfiles = [\"in/charges/*.csv\"]\n",
        sources(api)
    );
    for table in ["contracts", "directory", "holidays"] {
        text += &format!("[sources.{table}]\nfiles = [\"in/{table}.csv\"]\n");
    }
    text
}
