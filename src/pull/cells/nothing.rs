//! What stands in a cell or a row and says nothing: one list of words for every table.

use crate::pull::files::Row;
use crate::pull::files::headings::folded_letters;

/// What databases and spreadsheets write for "nothing", in any case.
const NOTHING: [&str; 20] = [
    "null",
    "(null)",
    "<null>",
    "\\n",
    "none",
    "(none)",
    "<none>",
    "nil",
    "nan",
    "undefined",
    "(blank)",
    "(empty)",
    "n/a",
    "n.a.",
    "n.a",
    "[null]",
    "{null}",
    "#n/a",
    "#nv",
    "#n/d",
];

/// Texts of people, in which a word of the list may be meant: a description, a reason, a name on a list.
const FREE: [&str; 6] = ["description", "reason", "owner", "holder", "name", "decision"];

/// Where such a word is an answer: a contract that gives no credit in mid-term says `none`.
const ANSWERS: [&str; 1] = ["mid_term_credit"];

/// Whose cells may bear a short code such as NA for North America.
const PLACES: [&str; 3] = ["department", "cost_center", "location"];

/// Names of people: Mrs Null and Mr Na exist.
const NAMES: [&str; 2] = ["first_name", "last_name"];

/// Keys in which a single zero is what a database writes for none.
const KEYS: [&str; 10] = [
    "login_name",
    "user_id",
    "email",
    "external_id",
    "dids",
    "sip_ids",
    "source_user",
    "destination_user",
    "source_sip_id",
    "destination_sip_id",
];

/// Columns in which such a word tells that nobody has the line, or that a number or an extension is still to come.
const HOLDERS: [&str; 6] = ["login_name", "email", "user_id", "user", "dids", "extension"];

/// What people write there, in the languages of the markets.
#[rustfmt::skip]
const NOBODY: [&str; 75] = [
    "vacant", "unassigned", "not assigned", "unallocated", "tbd", "tbc", "to be determined", "to be confirmed", "unknown",
    "not set", "no user", "nobody", "no one", "not applicable", "not available", "[none]", "pending", "empty", "missing",
    "no extension", "no ext", "none assigned", "no phone", "no seat", "k.a.", "k. a.", "ohne", "s/o", "néant", "sans", "sans poste",
    "sin extensión", "senza interno", "sem ramal", "geen toestel",
    "keine", "keiner", "kein", "niemand", "unbekannt", "nicht zugewiesen", "nicht vergeben", "unbesetzt", "n.v.", "folgt",
    "aucun", "aucune", "inconnu", "non attribué", "non assigné", "à définir",
    "ninguno", "ninguna", "nadie", "sin asignar", "vacante", "desconocido",
    "nessuno", "nessuna", "non assegnato", "sconosciuto", "geen", "niet toegewezen", "onbekend",
    "nenhum", "nenhuma", "ninguém", "não atribuído", "brak", "nieprzypisany", "ingen", "なし", "未割り当て", "无", "未分配",
];

/// Of these and of what stands for nothing anyway, what says that there is something and that it is not told.
#[rustfmt::skip]
const UNTOLD: [&str; 24] = [
    "n/a", "n.a.", "n.a", "na", "#n/a", "#nv", "#n/d", "not available", "tbd", "tbc", "to be determined", "to be confirmed",
    "unknown", "pending", "missing", "k.a.", "k. a.", "unbekannt", "folgt", "inconnu", "à définir", "desconocido", "sconosciuto",
    "onbekend",
];

/// Where a formula that failed hides something that matters: whose seat it is, that somebody is away or has left.
const HIDDEN: [&str; 3] = ["extension", "on_leave_until", "departed_on"];

/// Of a seat that has no last day.
const OPEN_ENDS: [&str; 8] = [
    "never",
    "open",
    "open ended",
    "ongoing",
    "present",
    "current",
    "unlimited",
    "unbefristet",
];

/// Words of a sum, in the languages of the markets.
const TOTALS: [&str; 30] = [
    "total",
    "totals",
    "grand total",
    "invoice total",
    "amount due",
    "balance due",
    "total due",
    "sum",
    "gesamt",
    "insgesamt",
    "gesamtsumme",
    "gesamtbetrag",
    "summe",
    "endsumme",
    "rechnungsbetrag",
    "totaux",
    "total général",
    "montant total",
    "somme",
    "totale",
    "totale generale",
    "totaal",
    "eindtotaal",
    "total general",
    "importe total",
    "suma",
    "totalt",
    "summa",
    "razem",
    "合計",
];

/// Words of a sum of what stands above it, not of the whole.
const SUBTOTALS: [&str; 6] = [
    "subtotal",
    "subtotals",
    "zwischensumme",
    "sous total",
    "subtotale",
    "subtotaal",
];

/// What may be counted after such a word: `Total users: 16`.
const COUNTED: [&str; 8] = [
    "users",
    "extensions",
    "lines",
    "rows",
    "records",
    "seats",
    "calls",
    "licenses",
];

/// What stands for nothing in one column.
#[derive(Debug, Clone, Copy)]
pub(in crate::pull) struct Nothing {
    is_free: bool,
    is_answer: bool,
    is_name: bool,
    is_holder: bool,
    is_open_end: bool,
    is_place: bool,
    is_key: bool,
    is_hidden_by_errors: bool,
}

impl Nothing {
    pub(crate) fn of(column: &str) -> Nothing {
        Nothing {
            is_free: FREE.contains(&column),
            is_answer: ANSWERS.contains(&column),
            is_name: NAMES.contains(&column),
            is_holder: HOLDERS.contains(&column),
            is_open_end: column == "seat_until",
            is_place: PLACES.contains(&column),
            is_key: KEYS.contains(&column),
            is_hidden_by_errors: HIDDEN.contains(&column),
        }
    }

    pub(crate) fn is(&self, text: &str) -> bool {
        match () {
            // Most cells of a call are numbers and times, and no word of any list begins with a digit.
            () if text.starts_with(|c: char| c.is_ascii_digit()) => {
                self.is_key && matches!(text, "0" | "0.0")
            }
            () if self.is_free || self.is_answer && text.eq_ignore_ascii_case("none") => false,
            () if is_error(text) => !self.is_hidden_by_errors,
            () if self.is_name => is_mark(text),
            () => {
                is_word(text)
                    || self.is_holder && is_nobody(text)
                    || self.is_open_end && OPEN_ENDS.contains(&plain(text).as_str())
                    || text == "NA" && !self.is_place
            }
        }
    }
}

/// Whether the text stands for nothing in this column.
pub(in crate::pull) fn says_nothing(column: &str, text: &str) -> bool {
    Nothing::of(column).is(text)
}

fn is_nobody(text: &str) -> bool {
    NOBODY.contains(&plain(text).as_str())
}

/// Whether a text that stands for nothing leaves open what stands there: nobody knows yet, or a formula looked for it in vain.
pub(in crate::pull) fn is_untold(text: &str) -> bool {
    let text = text.trim();
    let marks = !text.is_empty() && text.chars().all(|c| c == '?');
    marks || UNTOLD.contains(&plain(text).as_str())
}

/// Neither of a person's names says anything: a word that may be a name in one of them is none in both, or beside a number.
pub(in crate::pull) fn is_unnamed(first: Option<&str>, last: Option<&str>) -> bool {
    let is_none = |name: &str| is_word(name) || name.eq_ignore_ascii_case("na") || is_nobody(name);
    let is_number = |name: &str| name.bytes().all(|byte| byte.is_ascii_digit());
    match (first, last) {
        (Some(first), Some(last)) => is_none(first) && (is_none(last) || is_nobody(first) && is_number(last)),
        (Some(name), None) | (None, Some(name)) => is_nobody(name),
        (None, None) => false,
    }
}

/// A word of the list, or a dash that stands alone. Where a dash is a zero, see [`is_word_but_dash`].
fn is_word(text: &str) -> bool {
    is_mark(text) || is_word_but_dash(text)
}

/// In amounts a dash is how accountants write zero.
pub(in crate::pull) fn is_word_but_dash(text: &str) -> bool {
    // Most cells are longer, or begin with a digit: millions of rows are looked at.
    const LONGEST: usize = 9;
    let may_be = text.len() <= LONGEST && !text.starts_with(|c: char| c.is_ascii_digit());
    may_be && NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word)) || is_error(text)
}

/// What spreadsheets show where a formula failed, other than one that looked for something and found nothing: `#REF!`, `#NAME?`, `#BEZUG!`, `Err:502`.
fn is_error(text: &str) -> bool {
    let is_code = |code: &str| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
    (text.starts_with('#') && text.len() > 2 && text.ends_with(['!', '?']))
        || text.strip_prefix("Err:").is_some_and(is_code)
}

/// What no name is.
fn is_mark(text: &str) -> bool {
    let dashes = |c: char| matches!(c, '-' | '–' | '—' | '−' | '_' | '.' | '?');
    text.chars().all(dashes) || text.eq_ignore_ascii_case("n/a") || text.starts_with("#N/A")
}

/// `Total`, `Total:` and `Total for October`, but not `Totality`.
pub(in crate::pull) fn begins_as_total(text: &str) -> bool {
    let text = plain(text);
    sums().any(|words| rest_after(&text, words).is_some())
}

/// As [`begins_as_total`], for a part.
pub(in crate::pull) fn begins_as_subtotal(text: &str) -> bool {
    let text = plain(text);
    SUBTOTALS.iter().any(|words| rest_after(&text, words).is_some())
}

/// The words of every sum, whole or in part.
fn sums() -> impl Iterator<Item = &'static str> {
    TOTALS.into_iter().chain(SUBTOTALS)
}

fn plain(text: &str) -> String {
    let lower = text.trim().to_lowercase().replace('-', " ");
    lower.replace("sub total", "subtotal")
}

fn rest_after<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(words)?;
    (!rest.starts_with(char::is_alphanumeric)).then_some(rest)
}

/// A cell with a word of a sum and nothing else but numbers beside it: the foot of a list.
pub(in crate::pull) fn is_foot(row: &Row) -> bool {
    let cells = || (0..row.width()).filter_map(|cell| row.get(cell));
    let is_number = |text: &str| !text.chars().any(char::is_alphabetic);
    cells().any(is_whole_total) && cells().all(|text| is_whole_total(text) || is_number(text))
}

fn is_whole_total(text: &str) -> bool {
    let text = plain(text);
    let is_count = |rest: &str| {
        rest.split(|c: char| !c.is_alphabetic())
            .all(|word| word.is_empty() || COUNTED.contains(&word))
    };
    sums().any(|words| rest_after(&text, words).is_some_and(is_count))
}

/// The headings once more, as where two files were put one after the other.
pub(in crate::pull) fn repeats_headings(row: &Row, headings: &[String]) -> bool {
    let mut cells = (0..row.width()).filter_map(|cell| Some((cell, row.get(cell)?)));
    let is_heading = |(cell, text): (usize, &str)| {
        let is_one = |heading: &String| folded_letters(heading).eq(folded_letters(text));
        folded_letters(text).next().is_some() && headings.get(cell).is_some_and(is_one)
    };
    !row.is_blank() && cells.all(is_heading)
}
