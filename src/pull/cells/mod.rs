//! Cells of a row as typed values: every reason why one cannot be used is said here.

pub(super) mod amounts;
pub(super) mod day_words;
pub(super) mod days;
pub(super) mod nothing;
pub(super) mod texts;

use std::cell::RefCell;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use crate::domain::{
    Account, Cents, Currency, Kind, MoneyError, Source, Tier, UnknownWord, UnreadCell, folded, mask, same,
    without_zeros,
};

use self::amounts::{parse_amount, parse_amount_in, sign_fits};
use self::days::day;
use crate::pull::fault::CellFault;
use crate::pull::files::headings::Mapping;
use crate::pull::files::{Row, shorten};

use self::texts::{bounded, extension, flag, phone_digits, product_tier};

/// One row, read as a table's columns.
pub(in crate::pull) struct Cells<'a> {
    pub row: &'a Row,
    pub mapping: &'a Mapping,
    pub source: &'a Source,
    pub accounts: &'a [Account],
    /// The file's name, for provenance.
    pub file: &'a str,
    /// Cells that were left out, while their row is used.
    pub left_out: &'a RefCell<Vec<CellFault>>,
}

impl<'a> Cells<'a> {
    /// The cell as read, without blanks around it; none where it is blank, says "nothing", or the file has no such column.
    pub(super) fn raw(&self, column: &str) -> Option<&'a str> {
        self.as_written(column)
            .filter(|text| !nothing::says_nothing(column, text))
    }

    pub(super) fn as_written(&self, column: &str) -> Option<&'a str> {
        self.mapping.text(self.row, column)
    }

    /// The cell of an amount, in which a dash is a zero.
    fn figure(&self, column: &str) -> Option<&'a str> {
        self.as_written(column)
            .filter(|text| !nothing::is_word_but_dash(text))
    }

    /// A text of bounded length; control characters and marks that turn the direction of text are dropped.
    pub(super) fn text(&self, column: &str) -> Result<Option<String>, CellFault> {
        self.raw(column).map(|text| bounded(column, text)).transpose()
    }

    /// A cell that no verdict needs must not cost the row: where it cannot be read it is left out, and told.
    pub(super) fn beside<T>(&self, cell: Result<Option<T>, CellFault>) -> Option<T> {
        cell.unwrap_or_else(|fault| {
            self.left_out.borrow_mut().push(fault);
            None
        })
    }

    /// As [`Self::beside`], for a cell that a verdict may rest on: what stands there instead goes with the row.
    pub(super) fn doubted<T>(
        &self,
        column: &str,
        cell: Result<Option<T>, CellFault>,
        told: &mut Vec<UnreadCell>,
    ) -> Option<T> {
        if cell.is_err() {
            told.push(UnreadCell {
                column: column.to_owned(),
                text: mask(&shorten(self.raw(column).unwrap_or_default(), 60)).into_owned(),
            });
        }
        self.beside(cell)
    }

    pub(super) fn needed(&self, column: &str) -> Result<String, CellFault> {
        self.text(column)?.ok_or_else(|| missing(column))
    }

    /// An e-mail address or a login, folded for comparison.
    pub(super) fn folded(&self, column: &str) -> Result<Option<String>, CellFault> {
        Ok(self.text(column)?.map(|text| folded(&text).into_owned()))
    }

    pub(super) fn extension(&self, column: &str) -> Result<Option<String>, CellFault> {
        self.raw(column).map(|text| extension(column, text)).transpose()
    }

    /// Several values in one cell, parted by `;`, `|` or blanks.
    pub(super) fn list(&self, column: &str) -> Result<Vec<String>, CellFault> {
        let Some(text) = self.raw(column) else {
            return Ok(Vec::new());
        };
        let is_part = |c: char| matches!(c, ';' | '|' | ',') || c.is_whitespace();
        text.split(is_part)
            .filter(|part| !part.is_empty())
            .map(|part| bounded(column, part))
            .collect()
    }

    /// Phone numbers as digits; a number may hold blanks, so only `;`, `|` and `,` part them.
    pub(super) fn numbers(&self, column: &str) -> Result<Vec<String>, CellFault> {
        let text = self.raw(column).unwrap_or_default();
        let parts = text
            .split([';', '|', ','])
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let one = |part: &str| phone_digits(part).ok_or_else(|| fault(column, part, "is not a phone number"));
        let whole: Result<Vec<String>, CellFault> = parts.map(one).collect();
        // Blanks part numbers where the whole would be longer than any number is.
        match whole {
            Ok(numbers) if numbers.iter().all(|number| number.len() <= 15) => Ok(numbers),
            _ => text
                .split(|c: char| matches!(c, ';' | '|' | ',') || c.is_whitespace())
                .filter(|part| !part.is_empty())
                .map(one)
                .collect(),
        }
    }

    pub(super) fn number(&self, column: &str) -> Result<Option<String>, CellFault> {
        let one = |text| phone_digits(text).ok_or_else(|| fault(column, text, "is not a phone number"));
        self.raw(column).map(one).transpose()
    }

    pub(super) fn word<W: FromStr<Err = UnknownWord>>(&self, column: &str) -> Result<Option<W>, CellFault> {
        let one = |text: &str| {
            text.parse()
                .map_err(|error: UnknownWord| fault(column, text, &error.to_string()))
        };
        self.raw(column).map(one).transpose()
    }

    pub(super) fn needed_word<W: FromStr<Err = UnknownWord>>(&self, column: &str) -> Result<W, CellFault> {
        self.word(column)?.ok_or_else(|| missing(column))
    }

    /// A tier, also inside a plan's name: `Premium Plan`, where it names one tier only.
    pub(super) fn tier(&self, column: &str) -> Result<Option<Tier>, CellFault> {
        self.word_within(column, Tier::ALL, Tier::as_str)
    }

    /// A tier in a list of what people have licences for.
    pub(super) fn product(&self, column: &str) -> Result<Option<Tier>, CellFault> {
        let one = |text| {
            product_tier(text).ok_or_else(|| {
                fault(column, text, "is no tier; where it is one, say which: values = { license = { \"its words\" = \"premium\" } }")
            })
        };
        self.raw(column).map(one).transpose()
    }

    /// What a line is, also inside other words: `Lift phone`. That somebody uses it tells no more than a blank.
    pub(super) fn kind(&self, column: &str) -> Result<Option<Kind>, CellFault> {
        const OF_USERS: [&str; 9] = [
            "user",
            "employee",
            "staff",
            "standard",
            "extension",
            "line",
            "phone",
            "desk phone",
            "softphone",
        ];
        let is_of_users = |text: &str| OF_USERS.iter().any(|word| same(word, text));
        match self.raw(column).is_some_and(is_of_users) {
            true => Ok(None),
            false => self.word_within(column, Kind::ALL, Kind::as_str),
        }
    }

    /// A word of a list, also inside other words where these name one of the list only.
    fn word_within<W: FromStr<Err = UnknownWord> + Copy>(
        &self,
        column: &str,
        all: &[W],
        as_str: fn(W) -> &'static str,
    ) -> Result<Option<W>, CellFault> {
        let text = self.raw(column).unwrap_or_default().to_lowercase();
        let mut named = all.iter().filter(|word| text.contains(as_str(**word)));
        match (named.next(), named.next()) {
            (Some(word), None) => Ok(Some(*word)),
            _ => self.word(column),
        }
    }

    pub(super) fn day(&self, column: &str) -> Result<Option<NaiveDate>, CellFault> {
        let one = |text| day(text, self.source.date_order).map_err(|reason| fault(column, text, &reason));
        self.raw(column).map(one).transpose()
    }

    pub(super) fn needed_day(&self, column: &str) -> Result<NaiveDate, CellFault> {
        self.day(column)?.ok_or_else(|| missing(column))
    }

    /// An instant; a day alone is its first moment in UTC, and a time without a zone is UTC.
    /// A day without a clock is its noon, which is of the same day in nearly every zone.
    pub(super) fn instant(&self, column: &str) -> Result<Option<DateTime<Utc>>, CellFault> {
        let Some(text) = self.raw(column) else {
            return Ok(None);
        };
        let at = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).ok();
        let at = at.or_else(|| {
            let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M"];
            formats
                .iter()
                .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
                .map(|at| at.and_utc())
        });
        match at {
            Some(at) => Ok(Some(at)),
            None => Ok(self
                .day(column)?
                .and_then(|day| day.and_hms_opt(12, 0, 0))
                .map(|noon| noon.and_utc())),
        }
    }

    /// An amount beside a currency: a sign of another one in the cell contradicts it.
    pub(super) fn amount_in(&self, column: &str, currency: Currency) -> Result<Option<Cents>, CellFault> {
        let one = |text| match sign_fits(text, currency) {
            true => parse_amount_in(text, self.source.decimal, currency)
                .map_err(|error| fault(column, text, &money_reason(&error, self.source))),
            false => Err(fault(
                column,
                text,
                &format!("bears the sign of another currency than {currency}; correct one of the two"),
            )),
        };
        self.figure(column).map(one).transpose()
    }

    /// A whole number, with or without thousands marks.
    pub(super) fn count(&self, column: &str) -> Result<Option<u32>, CellFault> {
        let one = |text: &str| match parse_amount(text, self.source.decimal) {
            Err(MoneyError::Ambiguous) => Err(fault(
                column,
                text,
                &money_reason(&MoneyError::Ambiguous, self.source),
            )),
            read => read
                .ok()
                .filter(|amount| amount.0 % 100 == 0)
                .and_then(|amount| u32::try_from(amount.0 / 100).ok())
                .ok_or_else(|| fault(column, text, "is not a whole number")),
        };
        self.figure(column).map(one).transpose()
    }

    pub(super) fn flag(&self, column: &str) -> Result<Option<bool>, CellFault> {
        let one =
            |text: &str| flag(text).ok_or_else(|| fault(column, text, "is none of: true, false, yes, no"));
        self.raw(column).map(one).transpose()
    }

    /// The row's account: the one it names, the source's, or the job's only one.
    pub(super) fn account(&self) -> Result<&'a Account, CellFault> {
        const COLUMN: &str = "account_id";
        let wanted = self.raw(COLUMN).or(self.source.account.as_deref());
        let Some(id) = wanted else {
            return match self.accounts {
                [only] => Ok(only),
                _ => Err(CellFault::new(
                    COLUMN,
                    format!(
                        "is blank, and the job has several accounts; set sources.{}.account",
                        self.source.name
                    ),
                )),
            };
        };
        // A spreadsheet drops the zeros before a number.
        let alike = |account: &&Account| same(without_zeros(&account.account_id), without_zeros(id));
        let exact = self.accounts.iter().find(|account| account.account_id == id);
        let mut fitting = self.accounts.iter().filter(alike);
        let found = exact.or(match (fitting.next(), fitting.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        });
        found.ok_or_else(|| fault(COLUMN, id, "is not an account of this job"))
    }

    /// For tables that may speak of every account at once.
    pub(super) fn account_if_named(&self) -> Result<Option<String>, CellFault> {
        if self.raw("account_id").is_none() && self.source.account.is_none() {
            return Ok(None);
        }
        self.account().map(|account| Some(account.account_id.clone()))
    }

    /// The row's currency. Another one than the account's is refused: sums would mix.
    pub(super) fn currency(&self, account: &Account) -> Result<Currency, CellFault> {
        const COLUMN: &str = "currency";
        let Some(text) = self.raw(COLUMN) else {
            return Err(missing(COLUMN));
        };
        let currency: Currency = text
            .parse()
            .map_err(|error: MoneyError| fault(COLUMN, text, &error.to_string()))?;
        if currency != account.currency {
            let reason = format!(
                "is not the currency of account {}, which is {}",
                account.account_id, account.currency
            );
            return Err(fault(COLUMN, text, &reason));
        }
        Ok(currency)
    }
}

/// A reason that shows the cell, bounded, with outside numbers masked.
pub(in crate::pull) fn fault(column: &str, text: &str, reason: &str) -> CellFault {
    CellFault::new(column, format!("{:?} {reason}", mask(&shorten(text, 60))))
}

pub(in crate::pull) fn missing(column: &str) -> CellFault {
    CellFault::new(column, "is blank, and is needed")
}

fn money_reason(error: &MoneyError, source: &Source) -> String {
    match error {
        MoneyError::Ambiguous => format!(
            "could be read as a thousand or as a decimal; set sources.{}.decimal to \"comma\" or \"point\"",
            source.name
        ),
        other => other.to_string(),
    }
}
