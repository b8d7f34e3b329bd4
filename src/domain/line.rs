//! The billable unit: a line (an extension), with the person or thing that holds it.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{folded, user_key, words};

words! {
    Tier { Mobile => "mobile", Premium => "premium", Advanced => "advanced" }
}
words! {
    Term {
        Annual => "annual" | "annually" | "yearly" | "year" | "1_year" | "one_year" | "12_months" | "12_month" | "12_mo" | "12m",
        Monthly => "monthly" | "month" | "month_to_month" | "m2m" | "mtm" | "1_month" | "one_month",
    }
}
words! {
    Status {
        Active => "active" | "enabled",
        Suspended => "suspended" | "inactive" | "deactivated" | "disabled" | "locked" | "blocked",
        Pending => "pending",
        Unassigned => "unassigned",
    }
}
words! {
    Kind {
        Person => "person", Shared => "shared", CommonArea => "common_area", Reception => "reception",
        Conference => "conference", Fax => "fax", Emergency => "emergency", Alarm => "alarm", Lift => "lift",
        Paging => "paging", Failover => "failover", Queue => "queue",
    }
}

/// One holder's time on one extension. `line_id` is the external id, else the extension; former holders are
/// `line_id@seat_since`. Days are in the account's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub account_id: String,
    pub line_id: String,
    /// Blank for a user without a seat: no line, no cost.
    pub extension: String,
    pub external_id: Option<String>,
    pub sip_ids: Vec<String>,
    pub user_id: Option<String>,
    pub login_name: Option<String>,
    pub email: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub role: Option<String>,
    pub status: Status,
    /// None where neither the file nor a rule of the job tells, and no person holds it: a seat or a queue, who knows.
    pub kind: Option<Kind>,
    pub tier: Option<Tier>,
    pub term: Option<Term>,
    pub contract_id: Option<String>,
    pub seat_since: Option<NaiveDate>,
    pub seat_until: Option<NaiveDate>,
    pub activated_on: Option<NaiveDate>,
    pub department: Option<String>,
    pub cost_center: Option<String>,
    pub manager_email: Option<String>,
    pub location: Option<String>,
    pub time_zone: Option<String>,
    pub dids: Vec<String>,
    pub handset_registered_at: Option<NaiveDate>,
    /// Whether its user has recordings made on demand; none where nobody asked.
    pub records_on_demand: Option<bool>,
    /// Cells of its row that nobody could read and that its verdict may rest on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread_cells: Vec<UnreadCell>,
}

/// A cell that was left out of a row that is used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnreadCell {
    pub column: String,
    /// As it stands there, shortened and without what may be an outside number.
    pub text: String,
}

impl Line {
    pub fn unread_cell(&self, column: &str) -> Option<&str> {
        let mut cells = self.unread_cells.iter();
        cells
            .find(|cell| cell.column == column)
            .map(|cell| cell.text.as_str())
    }

    /// Whether a user's record stands behind the line. A name alone is none: it may be a lift's.
    pub fn has_user(&self) -> bool {
        [&self.user_id, &self.login_name, &self.email]
            .into_iter()
            .any(Option::is_some)
    }

    /// A lift's or a lobby's, whatever it signs in with.
    pub fn is_of_nobody(&self) -> bool {
        self.kind.is_some_and(|kind| kind != Kind::Person)
    }

    pub fn is_named(&self) -> bool {
        self.first_name.is_some() || self.last_name.is_some()
    }

    /// A name without a user, of which nobody says what it is: a person, a gate, a pump house.
    pub fn is_bare_label(&self) -> bool {
        self.is_named() && !self.has_user() && self.kind.is_none()
    }

    /// Whether the seat had ended on or before `day`.
    pub fn ended_by(&self, day: NaiveDate) -> bool {
        self.seat_until.is_some_and(|until| until <= day)
    }

    /// Whether a name, as a list printed it, is its holder's.
    pub fn is_held_by(&self, printed: &str) -> bool {
        let keys = [&self.email, &self.login_name, &self.user_id]
            .into_iter()
            .flatten();
        let is_key = |key: &String| user_key(key) == user_key(printed);
        let (own, printed_words) = (words_of(&self.user_name()), words_of(printed));
        (!own.is_empty() && own == printed_words) || keys.into_iter().any(is_key)
    }

    /// Whether a name has a word of the holder's among others (`Ms Ada Birch (Sales)`, `A. Birch`).
    pub fn may_be_held_by(&self, printed: &str) -> bool {
        let is_word = |c: char| !c.is_alphanumeric();
        let own = folded(&self.user_name()).into_owned();
        let own: Vec<&str> = own
            .split(is_word)
            .filter(|word| word.chars().count() > 1)
            .collect();
        folded(printed).split(is_word).any(|word| own.contains(&word))
    }

    /// First and last name, or the login or e-mail; blank when nobody holds the line.
    pub fn user_name(&self) -> String {
        let names: Vec<&str> = [&self.first_name, &self.last_name]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        if names.is_empty() {
            self.login_name
                .clone()
                .or_else(|| self.email.clone())
                .unwrap_or_default()
        } else {
            names.join(" ")
        }
    }
}

/// A name's words: `Birch, Ada` is `Ada Birch`.
fn words_of(name: &str) -> Vec<String> {
    let folded = folded(name);
    let words = folded.split([' ', ',']).filter(|word| !word.is_empty());
    let mut words: Vec<String> = words.map(str::to_owned).collect();
    words.sort_unstable();
    words
}

/// Something of each of some lines of one account, found by the line and by nothing else. Whoever asks for a line that is not
/// among them is told so.
#[derive(Debug, Clone)]
pub struct ByLine<'a, T>(HashMap<&'a str, T>);

impl<T> Default for ByLine<'_, T> {
    fn default() -> Self {
        ByLine(HashMap::new())
    }
}

impl<'a, T> FromIterator<(&'a Line, T)> for ByLine<'a, T> {
    fn from_iter<I: IntoIterator<Item = (&'a Line, T)>>(each: I) -> Self {
        ByLine(
            each.into_iter()
                .map(|(line, value)| (line.line_id.as_str(), value))
                .collect(),
        )
    }
}

impl<'a, T> ByLine<'a, T> {
    pub fn get(&self, line: &Line) -> Option<&T> {
        self.0.get(line.line_id.as_str())
    }

    pub fn get_mut(&mut self, line: &Line) -> Option<&mut T> {
        self.0.get_mut(line.line_id.as_str())
    }

    pub fn get_or(&mut self, line: &'a Line, first: impl FnOnce() -> T) -> &mut T {
        self.0.entry(line.line_id.as_str()).or_insert_with(first)
    }

    /// Each with its line's id, in no order.
    pub fn into_ids(self) -> impl Iterator<Item = (&'a str, T)> {
        self.0.into_iter()
    }

    /// In no order.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.0.values()
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.values_mut()
    }
}
