//! One bill that comes more than once: the same rows again, the same in other words, in parts, or under a second number.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::domain::{Cents, Charge, folded, without_zeros};
use crate::pull::PullError;
use crate::pull::tables::table::{Gathered, Placed};
use crate::pull::tables::totals::looks_like_total;

/// An account, who bills it, and an invoice's id without the zeros that spreadsheets drop.
type Bill = (String, String, String);

/// Who bills under each id.
struct Issuers(BTreeMap<(String, String), BTreeSet<String>>);

impl Issuers {
    fn of(charges: &Gathered<Charge>) -> Issuers {
        let mut issuers: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
        for row in charges.items.iter().map(|placed| &placed.item) {
            let named = issuers.entry((row.account_id.clone(), same_id(&row.invoice_id)));
            named
                .or_default()
                .extend(row.issuer.as_deref().map(|issuer| folded(issuer).into_owned()));
        }
        Issuers(issuers)
    }

    fn bill(&self, charge: &Charge) -> Bill {
        self.bill_of(&charge.account_id, &charge.invoice_id, charge.issuer.as_deref())
    }

    /// A row that names nobody is of the only issuer that bills under its id.
    fn bill_of(&self, account_id: &str, invoice_id: &str, issuer: Option<&str>) -> Bill {
        let key = (account_id.to_owned(), same_id(invoice_id));
        let named = self.0.get(&key).filter(|named| named.len() == 1);
        let issuer = issuer
            .map(|issuer| folded(issuer).into_owned())
            .or_else(|| named.and_then(|named| named.first().cloned()));
        (key.0, issuer.unwrap_or_default(), key.1)
    }
}

fn same_id(invoice_id: &str) -> String {
    without_zeros(&folded(invoice_id)).to_owned()
}

/// Rows of one bill that stand in one file under one spelling of its id.
type Export = (usize, String);

/// What makes two rows the same charge, wherever they stand.
type Content = (
    NaiveDate,
    NaiveDate,
    String,
    Cents,
    Option<String>,
    Option<String>,
    Option<u32>,
);

fn content(charge: &Charge) -> Content {
    (
        charge.period_start,
        charge.period_end,
        charge.description.clone(),
        charge.amount,
        charge.extension.clone(),
        charge.phone_number.clone(),
        charge.quantity,
    )
}

/// The same rows again are duplicates, and so is the same bill in other words. No row in common is a bill in parts. Anything
/// between is refused, since nobody can tell which file is right.
pub(in crate::pull) fn reconcile(charges: &mut Gathered<Charge>) -> Result<(), PullError> {
    let issuers = Issuers::of(charges);
    let mut bills: BTreeMap<Bill, BTreeMap<Export, Vec<&Charge>>> = BTreeMap::new();
    for placed in &charges.items {
        let exports = bills.entry(issuers.bill(&placed.item)).or_default();
        let export = (placed.file, placed.item.invoice_id.clone());
        exports.entry(export).or_default().push(&placed.item);
    }
    let mut repeated: BTreeSet<(Bill, Export)> = BTreeSet::new();
    let mut spelled: BTreeMap<Bill, String> = BTreeMap::new();
    let mut notes: Vec<(usize, String)> = Vec::new();
    for (bill, exports) in bills.into_iter().filter(|(_, exports)| exports.len() > 1) {
        let longest = exports.keys().map(|(_, id)| id).max_by_key(|id| id.len());
        spelled.extend(longest.map(|id| (bill.clone(), id.clone())));
        // What tells most of whom it bills stays.
        let mut exports: Vec<_> = exports.into_iter().collect();
        exports.sort_by_key(|(_, rows)| std::cmp::Reverse(Names::of(rows).count()));
        let mut kept: Vec<(Export, Vec<&Charge>)> = Vec::new();
        for (export, rows) in exports {
            let repeats = match repeats(&rows, &kept) {
                Ok(repeats) => repeats,
                Err(why) => return Err(unclear(charges, &issuers, (&bill, &export), &why)),
            };
            match repeats {
                Repeats::Nothing => kept.push((export, rows)),
                Repeats::Rows => {
                    repeated.insert((bill.clone(), export));
                }
                Repeats::InOtherWords(of) => {
                    let name = &charges.inputs[of].name;
                    let note = format!(
                        "holds invoice {} a second time, in other words than {name} (same period, same sum, same lines): it is counted once",
                        export.1
                    );
                    notes.push((export.0, note));
                    repeated.insert((bill.clone(), export));
                }
            }
        }
    }
    charges.drop_duplicates(|placed| {
        let export = (placed.file, placed.item.invoice_id.clone());
        repeated.contains(&(issuers.bill(&placed.item), export))
    });
    for (file, note) in notes {
        charges.note_on(file, &note);
    }
    for placed in &mut charges.items {
        if let Some(id) = spelled.get(&issuers.bill(&placed.item)) {
            placed.item.invoice_id.clone_from(id);
        }
    }
    for (_, part) in &mut charges.holes {
        if let Some(id) =
            spelled.get(&issuers.bill_of(&part.account_id, &part.invoice_id, part.issuer.as_deref()))
        {
            part.invoice_id.clone_from(id);
        }
    }
    ask_of_two_numbers(charges, &issuers)
}

enum Repeats {
    Nothing,
    Rows,
    /// Of which file.
    InOtherWords(usize),
}

/// What an export says again of those that are kept, or why that cannot be told.
fn repeats(rows: &[&Charge], kept: &[(Export, Vec<&Charge>)]) -> Result<Repeats, String> {
    let known = || kept.iter().flat_map(|(_, rows)| rows.iter().copied());
    let shared = shared(rows.iter().map(|row| content(row)), known().map(content));
    if shared == rows.len() {
        return Ok(Repeats::Rows);
    }
    for ((file, _), other) in kept {
        match agree(rows, other, true) {
            Agree::InAll => return Ok(Repeats::InOtherWords(*file)),
            Agree::InMoney => {
                return Err("its period and its sum are the same there, in other rows".to_owned());
            }
            Agree::No => {}
        }
    }
    if shared > 0 {
        return Err(format!(
            "{shared} of its {} rows here are there as well, the others are not",
            rows.len()
        ));
    }
    let named = |row: &&Charge| {
        let whom = whom(row).next()?;
        Some((row.period_start, row.period_end, row.amount, whom))
    };
    let here: Vec<_> = rows.iter().filter_map(named).collect();
    let total = here.len();
    let again = self::shared(here, known().filter_map(|row| named(&row)));
    match again * 2 > total {
        true => Err(format!(
            "{again} of its rows here bill the same lines at the same amounts there, in other words"
        )),
        false => Ok(Repeats::Nothing),
    }
}

/// How many of the rows stand in both, each counted as often as it does.
fn shared<T: std::hash::Hash + Eq>(
    here: impl IntoIterator<Item = T>,
    there: impl IntoIterator<Item = T>,
) -> usize {
    let mut known: HashMap<T, usize> = HashMap::new();
    for row in there {
        *known.entry(row).or_default() += 1;
    }
    let is_known = |row: &T| match known.get_mut(row) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    };
    here.into_iter().filter(is_known).count()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Agree {
    InAll,
    /// In period and sum; of the seats it cannot be told.
    InMoney,
    No,
}

/// Whether two sets of rows are one bill: of the same time, sum and seats. Of one id the same date or the same periods are time
/// enough: a summary leaves part months out, and an id may come again each month.
fn agree(here: &[&Charge], there: &[&Charge], is_one_id: bool) -> Agree {
    let (here, there) = (without_totals(here), without_totals(there));
    let (here, there) = (&here[..], &there[..]);
    let dates = |rows: &[&Charge]| rows.iter().map(|row| row.invoice_date).collect::<BTreeSet<_>>();
    let periods = |rows: &[&Charge]| -> BTreeSet<(NaiveDate, NaiveDate)> {
        rows.iter()
            .map(|row| (row.period_start, row.period_end))
            .collect()
    };
    let sum = |rows: &[&Charge]| -> Cents { rows.iter().map(|row| row.amount).sum() };
    let (of_date, of_periods) = (dates(here) == dates(there), periods(here) == periods(there));
    let of_time = if is_one_id {
        of_date || of_periods
    } else {
        of_date && of_periods
    };
    if !of_time || sum(here) != sum(there) {
        return Agree::No;
    }
    let (mine, theirs) = (Names::of(here), Names::of(there));
    match mine.same_as(&theirs) {
        Some(true) => Agree::InAll,
        Some(false) => Agree::No,
        None if seats(here) == seats(there) => Agree::InAll,
        None => Agree::InMoney,
    }
}

fn without_totals<'a>(rows: &[&'a Charge]) -> Vec<&'a Charge> {
    rows.iter()
        .copied()
        .filter(|row| !looks_like_total(row))
        .collect()
}

/// By what a row names a line, first what is its own.
fn whom(row: &Charge) -> impl Iterator<Item = (usize, String)> + use<'_> {
    let named = [
        row.extension
            .as_deref()
            .map(|extension| without_zeros(extension).to_owned()),
        row.phone_number.clone(),
        row.email.clone(),
    ];
    let named = named.into_iter().enumerate();
    named.filter_map(|(sort, name)| Some((sort, name?)))
}

/// The extensions, numbers and addresses that rows name.
#[derive(Default)]
struct Names([BTreeSet<String>; 3]);

impl Names {
    fn of(rows: &[&Charge]) -> Names {
        let mut names = Names::default();
        for (sort, name) in rows.iter().flat_map(|row| whom(row)) {
            names.0[sort].insert(name);
        }
        names
    }

    fn count(&self) -> (usize, usize) {
        (self.0[0].len(), self.0.iter().map(BTreeSet::len).sum())
    }

    /// None where nothing is named in the same way by both.
    fn same_as(&self, other: &Names) -> Option<bool> {
        let mut both = self.0.iter().zip(&other.0);
        let comparable =
            |(mine, theirs): &(&BTreeSet<String>, &BTreeSet<String>)| !mine.is_empty() && !theirs.is_empty();
        let mut compared = both.by_ref().filter(comparable).peekable();
        compared.peek()?;
        Some(compared.all(|(mine, theirs)| mine == theirs))
    }
}

fn seats(rows: &[&Charge]) -> u64 {
    rows.iter().map(|row| u64::from(row.count())).sum()
}

fn unclear(
    charges: &Gathered<Charge>,
    issuers: &Issuers,
    (bill, (file, id)): (&Bill, &Export),
    why: &str,
) -> PullError {
    let elsewhere: BTreeSet<&str> = charges
        .items
        .iter()
        .filter(|placed| issuers.bill(&placed.item) == *bill)
        .filter(|placed| (placed.file, &placed.item.invoice_id) != (*file, id))
        .map(|placed| charges.inputs[placed.file].name.as_str())
        .collect();
    let elsewhere: Vec<&str> = elsewhere.into_iter().collect();
    PullError::Data {
        file: charges.inputs[*file].name.clone(),
        row: None,
        column: Some("invoice_id".into()),
        what: format!(
            "invoice {id} stands a second time (in {}): {why}. Keep one export of it",
            elsewhere.join(", ")
        ),
    }
}

/// By id and issuer.
type ById<'a> = BTreeMap<(&'a str, String), Vec<&'a Placed<Charge>>>;

/// Two numbers that agree in all else may be one bill, or two that are owed; adding and merging would each be a guess. In one
/// file they are what the vendor lists, and of two issuers they are two bills.
fn ask_of_two_numbers(charges: &mut Gathered<Charge>, issuers: &Issuers) -> Result<(), PullError> {
    let mut bills: BTreeMap<(&str, NaiveDate), ById> = BTreeMap::new();
    for placed in &charges.items {
        let row = &placed.item;
        let of_date = bills.entry((&row.account_id, row.invoice_date)).or_default();
        let (_, issuer, _) = issuers.bill(row);
        of_date.entry((&row.invoice_id, issuer)).or_default().push(placed);
    }
    let mut notes = Vec::new();
    for ((_, date), ids) in bills {
        let ids: Vec<_> = ids.into_iter().collect();
        for (at, ((id, issuer), mine)) in ids.iter().enumerate() {
            let may_be_its = |other: &str| issuer.is_empty() || other.is_empty() || issuer == other;
            let again = ids[at + 1..]
                .iter()
                .filter(|((_, other), _)| may_be_its(other))
                .find(|(_, theirs)| agree(&items(mine), &items(theirs), false) == Agree::InAll);
            let Some(((other_id, _), theirs)) = again else {
                continue;
            };
            let (file, other) = (mine[0].file, theirs[0].file);
            if mine.iter().chain(theirs).all(|row| row.file == file) {
                let note = format!(
                    "holds the invoices {id} and {other_id} of {date}, which agree in period, sum and lines: both are counted. Is \
                     one the other again?"
                );
                notes.push((file, note));
                continue;
            }
            return Err(PullError::Data {
                file: charges.inputs[file].name.clone(),
                row: None,
                column: Some("invoice_id".into()),
                what: format!(
                    "invoice {id} and invoice {other_id} (in {}) agree in date, period, sum and lines: are they one bill, or two \
                     that are owed? Take one of them out, or put both into one file: then both are counted",
                    charges.inputs[other].name
                ),
            });
        }
    }
    for (file, note) in notes {
        charges.note_on(file, &note);
    }
    Ok(())
}

fn items<'a>(placed: &[&'a Placed<Charge>]) -> Vec<&'a Charge> {
    placed.iter().map(|placed| &placed.item).collect()
}
