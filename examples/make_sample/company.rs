//! Who works at Harbour & Pine, which line each holds, and how each uses it.

use chrono::NaiveDate;

/// Extension, holder, kind, tier, term, contract, place, department, seat since, DID, habit.
/// A habit says when the line is used; README.md in `sample_data` says what each odd one shows.
const LINES: &str = "
100 | Reception Desk   | reception   | premium  | annual  | HP-2026-A | New York | Operations | 2024-01-08 | 12125550100 | busy
101 | Amelia Ford      | person      | advanced | annual  | HP-2026-A | New York | Management | 2024-01-08 | 12125550101 | busy
103 | Basil Chandra    | person      | advanced | annual  | HP-2026-A | New York | Management | 2024-01-08 |             | busy
104 | Clara Nunes      | person      | premium  | annual  | HP-2026-A | New York | Sales      | 2024-01-08 | 12125550104 | busy
105 | Dmitri Volkov    | person      | premium  | annual  | HP-2026-A | New York | Sales      | 2024-01-08 |             | busy
106 | Elena Petrova    | person      | premium  | annual  | HP-2026-A | New York | Sales      | 2024-01-08 |             | busy
107 | Felix Grant      | person      | premium  | annual  | HP-2026-A | New York | Sales      | 2024-01-08 |             | busy
108 | Greta Holm       | person      | premium  | monthly | HP-M-FLEX | New York | Sales      | 2025-03-03 |             | busy
109 | Hugo Lane        | person      | premium  | monthly | HP-M-FLEX | New York | Sales      | 2025-03-03 |             | busy
110 | Iris Quinn       | person      | mobile   | annual  | HP-2026-A | New York | Service    | 2024-02-05 | 12125550110 | busy
111 | Jonas Weber      | person      | mobile   | annual  | HP-2026-A | New York | Service    | 2024-02-05 | 12125550111 | busy
112 | Kira Sato        | person      | mobile   | annual  | HP-2026-A | New York | Service    |            |             | busy
113 | Liam Doyle       | person      | mobile   | annual  | HP-2026-A | New York | Service    | 2024-02-05 |             | busy
114 | Mona Haddad      | person      | mobile   | annual  | HP-2026-A | New York | Service    | 2024-02-05 |             | busy
115 | Nils Berg        | person      | mobile   | annual  | HP-2026-A | New York | Service    | 2024-02-05 |             | busy
116 | Olga Marin       | person      | mobile   | annual  | HP-2026-A | New York | Service    | 2024-02-05 |             | busy
117 | Pablo Reyes      | person      | mobile   | annual  | HP-2026-A | New York | Service    | 2024-02-05 |             | busy
125 | Quentin Moss     | person      | mobile   | annual  | HP-2026-A | New York | Operations | 2024-02-05 |             | forwarded
126 | Rosa Keller      | person      | mobile   | annual  | HP-2026-A | New York | Operations | 2024-02-05 |             | weekends
127 | Stefan Ito       | person      | mobile   | annual  | HP-2026-A | New York | Operations | 2024-02-05 |             | evenings
128 | Tessa Wood       | person      | mobile   | monthly | HP-M-FLEX | New York | Sales      | 2026-08-17 |             | busy 2026-08-17..
130 | Ugo Bianchi      | person      | mobile   | annual  | HP-2026-A | New York | Finance    | 2024-02-05 |             | busy ..2026-08-05
131 | Vera Stone       | person      | mobile   | annual  | HP-2026-A | New York | Finance    | 2024-02-05 |             | busy ..2026-05-15
132 | Walter Nash      | person      | premium  | annual  | HP-2026-A | New York | Finance    | 2024-02-05 |             | busy ..2026-02-06
133 | Peter Hale       | person      | mobile   | annual  | HP-2026-A | New York | Finance    | 2024-02-01 |             | busy ..2026-03-30
133 | Xenia Ross       | person      | mobile   | annual  | HP-2026-A | New York | Finance    | 2026-04-06 |             | silent
134 | Yusuf Demir      | person      | advanced | annual  | HP-2026-A | New York | Sales      | 2024-02-05 | 12125550134 | busy ..2026-03-20
135 | Zoe Adler        | person      | mobile   | annual  | HP-2026-A | New York | Finance    | 2024-02-05 |             | busy ..2026-03-13
136 | Arne Lund        | person      | mobile   | monthly | HP-M-FLEX | New York | Finance    | 2025-03-03 |             | busy ..2026-03-06
137 | Bella Cruz       | person      | mobile   | annual  | HP-2019-X | New York | Operations | 2024-02-05 |             | busy ..2026-05-08
138 | Carl Odum        | person      | mobile   | monthly | HP-M-FLEX | New York | Operations | 2026-08-03 |             | silent
140 | Dana Price       | person      | mobile   | annual  | HP-2026-A | New York | Sales      | 2024-02-05 | 12125550140 | busy ..2026-08-28
141 | Emil Novak       | person      | premium  | monthly | HP-M-FLEX | New York | Sales      | 2025-03-03 |             | busy ..2026-10-14
142 | Fiona Black      | person      | mobile   | annual  | HP-2026-A | New York | Service    | 2024-02-05 |             | busy ..2026-07-10
143 | Gus Palmer       | person      | mobile   | annual  | HP-2026-A | New York | Service    | 2026-09-21 |             | silent
144 | Hana Kim         | person      | premium  | annual  | HP-2026-A | New York | Sales      | 2026-09-28 |             | silent
145 | Igor Blum        | person      | mobile   | annual  | HP-2026-A | New York | Service    | 2024-02-05 |             | busy ..2026-06-12
146 | June Archer      | person      | advanced | annual  | HP-2026-A | New York | Management | 2024-02-05 |             | busy ..2026-03-02
147 | Karl Voss        | person      | mobile   | annual  | HP-2026-A | New York | Operations | 2026-09-22 |             | once 2026-09-25
160 |                  | person      | mobile   | annual  | HP-2026-A | New York | Service    | 2025-02-03 |             | silent
161 |                  |             | mobile   | monthly | HP-M-FLEX | New York | Service    | 2025-03-03 |             | busy 2026-02-02..2026-05-20
170 | Boardroom Phone  | conference  | mobile   | annual  | HP-2026-A | New York | Operations | 2024-01-08 |             | busy ..2026-01-15
180 | Alarm Panel      | alarm       | mobile   | annual  | HP-2026-A | New York | Operations | 2024-01-08 |             | alarm
181 | Lift Phone       | lift        | mobile   | annual  | HP-2026-A | New York | Operations | 2024-01-08 |             | silent
182 | Fax Machine      | fax         | mobile   | annual  | HP-2026-A | New York | Operations | 2024-01-08 | 12125550182 | busy
201 | Lena Hart        | person      | mobile   | monthly | HP-M-DEN  | Denver   | Workshop   | 2025-06-02 | 13035550120 | busy
202 | Marco Silva      | person      | mobile   | monthly | HP-M-DEN  | Denver   | Workshop   | 2025-06-02 |             | busy
203 | Nora Lind        | person      | mobile   | monthly | HP-M-DEN  | Denver   | Workshop   | 2025-06-02 |             | busy
204 | Oscar Pratt      | person      | mobile   | monthly | HP-M-DEN  | Denver   | Workshop   | 2025-06-02 |             | busy
205 | Petra Vogel      | person      | mobile   | monthly | HP-M-DEN  | Denver   | Workshop   | 2025-06-02 |             | busy
206 | Rami Aziz        | person      | mobile   | monthly | HP-M-DEN  | Denver   | Workshop   | 2025-06-02 |             | busy
207 | Sara Moe         | person      | mobile   | monthly | HP-M-DEN  | Denver   | Workshop   | 2025-06-02 |             | busy ..2026-04-24
208 | Tom Gale         | person      | mobile   | monthly | HP-M-DEN  | Denver   | Workshop   | 2025-06-02 |             | busy ..2025-12-12
211 | Una Frost        | person      | mobile   | annual  | HP-2026-B | Denver   | Service    | 2024-07-01 |             | busy
212 | Viktor Lang      | person      | mobile   | annual  | HP-2026-B | Denver   | Service    | 2024-07-01 |             | busy
213 | Wanda Cole       | person      | mobile   | annual  | HP-2026-B | Denver   | Service    | 2024-07-01 |             | busy
214 | Yann Morel       | person      | mobile   | annual  | HP-2026-B | Denver   | Service    | 2024-07-01 |             | busy ..2026-03-27
215 | Abel Torres      | person      | premium  | annual  | HP-2026-C | Denver   | Sales      | 2025-03-03 | 13035550135 | busy
216 | Britt Olsen      | person      | premium  | annual  | HP-2026-C | Denver   | Sales      | 2025-03-03 |             | busy
217 | Cyrus Dean       | person      | premium  | annual  | HP-2026-C | Denver   | Sales      | 2025-03-03 |             | busy ..2026-04-30
218 | Doris Finch      | person      | mobile   | annual  | HP-2026-B | Denver   | Service    | 2024-07-01 |             | busy ..2026-08-03
219 | Evan Snow        | person      | mobile   | annual  | HP-2026-C | Denver   | Sales      | 2025-03-03 |             | busy 2025-11-10..2026-05-29
220 | Faye Orr         | person      | mobile   | annual  | HP-2026-C | Denver   | Sales      | 2025-11-03 |             | silent
280 | Kitchen Phone    | common_area | mobile   | monthly | HP-M-FLEX | Denver   | Workshop   | 2025-03-03 |             | busy
500 | Service Queue    | queue       |          |         |           | New York | Service    | 2024-01-08 | 18885550142 | queue
";

#[derive(Clone, Copy, PartialEq)]
pub enum Habit {
    /// Several days a week between two days, both included.
    Busy(NaiveDate, NaiveDate),
    /// Only calls that the system passes on to a mobile phone, where they are answered.
    Forwarded,
    Weekends,
    /// Calls at 21:30 in New York: the next day already in UTC.
    Evenings,
    /// A test call every night at 03:00.
    Alarm,
    Once(NaiveDate),
    Silent,
    Queue,
}

pub struct Seat {
    pub extension: &'static str,
    pub first_name: &'static str,
    pub last_name: &'static str,
    pub kind: &'static str,
    pub tier: &'static str,
    pub term: &'static str,
    pub contract: &'static str,
    pub place: &'static str,
    pub department: &'static str,
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    pub did: &'static str,
    pub habit: Habit,
}

impl Seat {
    pub fn has_user(&self) -> bool {
        !self.first_name.is_empty() && self.habit != Habit::Queue
    }

    pub fn is_human(&self) -> bool {
        self.kind == "person" && self.has_user()
    }

    pub fn login(&self) -> String {
        if !self.has_user() {
            return String::new();
        }
        format!("{}.{}", self.first_name, self.last_name).to_lowercase()
    }

    pub fn email(&self) -> String {
        if self.is_human() {
            format!("{}@harbour-pine.example", self.login())
        } else {
            String::new()
        }
    }

    pub fn sip_id(&self) -> String {
        if self.has_user() {
            format!("VH10{}", self.extension)
        } else {
            String::new()
        }
    }

    pub fn time_zone(&self) -> chrono_tz::Tz {
        if self.place == "Denver" {
            chrono_tz::America::Denver
        } else {
            chrono_tz::America::New_York
        }
    }
}

pub fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("the days in this file are ISO days")
}

pub fn iso(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

pub fn seats() -> Vec<Seat> {
    LINES.lines().filter(|line| !line.is_empty()).map(seat).collect()
}

fn seat(line: &'static str) -> Seat {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let [
        extension,
        holder,
        kind,
        tier,
        term,
        contract,
        place,
        department,
        since,
        did,
        habit,
    ] = cells[..]
    else {
        panic!("a line of the table has eleven cells: {line}");
    };
    let (first_name, last_name) = holder.split_once(' ').unwrap_or((holder, ""));
    Seat {
        extension,
        first_name,
        last_name,
        kind,
        tier,
        term,
        contract,
        place,
        department,
        since: (!since.is_empty()).then(|| day(since)),
        until: (holder == "Peter Hale").then(|| day("2026-03-31")),
        did,
        habit: parse_habit(habit),
    }
}

fn parse_habit(text: &str) -> Habit {
    let (word, span) = text.split_once(' ').unwrap_or((text, ".."));
    let (from, to) = span.split_once("..").unwrap_or((span, span));
    let from = if from.is_empty() { crate::FIRST } else { from };
    let to = if to.is_empty() { crate::AS_OF } else { to };
    match word {
        "busy" => Habit::Busy(day(from), day(to)),
        "once" => Habit::Once(day(from)),
        "forwarded" => Habit::Forwarded,
        "weekends" => Habit::Weekends,
        "evenings" => Habit::Evenings,
        "alarm" => Habit::Alarm,
        "silent" => Habit::Silent,
        "queue" => Habit::Queue,
        other => panic!("no such habit: {other}"),
    }
}
