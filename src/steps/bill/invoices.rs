//! The bills of an account, each whole: an invoice with what was billed of its month later.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;

use crate::domain::{Cents, Charge, ChargeKind, add_months, folded, without_zeros};

/// An account's bill of a month: all rows of one invoice date, and of invoices that add lines to its month.
#[derive(Debug, Clone)]
pub struct Invoice {
    pub invoice_date: NaiveDate,
    /// First and last day of the month that it bills.
    pub period: (NaiveDate, NaiveDate),
    pub ids: Vec<String>,
    /// Its rows that could not be used, in words: it is short by them.
    pub set_aside: Vec<String>,
    pub charges: Vec<Charge>,
}

/// The account's bills up to `as_of`, newest first; rows by invoice, in the order in which they come.
pub fn invoices(charges: &[Charge], as_of: NaiveDate) -> Vec<Invoice> {
    let mut dates: Vec<NaiveDate> = charges
        .iter()
        .map(|charge| charge.invoice_date)
        .filter(|date| *date <= as_of)
        .collect();
    dates.sort_unstable();
    dates.dedup();
    let mut bills: Vec<Invoice> = Vec::new();
    for invoice in dates.into_iter().filter_map(|date| invoice_of(charges, date)) {
        match bills.iter_mut().rev().find(|bill| invoice.adds_to(bill)) {
            Some(bill) => bill.take_in(invoice),
            None => bills.push(invoice),
        }
    }
    bills.reverse();
    bills
}

impl Invoice {
    /// Whether it bills more lines of that bill's month (a line that joined in its middle, another office). One that bills most
    /// of its seats again stands in its place, and one without a seat is no bill of lines.
    fn adds_to(&self, bill: &Invoice) -> bool {
        let (first, last) = bill.period;
        let is_month = add_months(first, 1) > last;
        let is_within = first <= self.period.0 && self.period.1 <= last;
        is_month
            && is_within
            && self.seats().next().is_some()
            && bill.seats().next().is_some()
            && !self.repeats(bill)
    }

    /// Whether it bills most of the seats of an earlier invoice. What another issuer bills of the same lines is owed beside it.
    pub(in crate::steps) fn repeats(&self, bill: &Invoice) -> bool {
        let issuers = |invoice: &Invoice| -> HashSet<Option<String>> {
            let rows = invoice.seats();
            rows.map(|row| row.issuer.as_deref().map(|issuer| folded(issuer).into_owned()))
                .collect()
        };
        let (here, there) = (issuers(self), issuers(bill));
        let may_be_of = |row: &Charge, issuers: &HashSet<Option<String>>| {
            let issuer = row.issuer.as_deref().map(|issuer| folded(issuer).into_owned());
            issuer.is_none() || issuers.contains(&None) || issuers.contains(&issuer)
        };
        let seats_before: Vec<&Charge> = bill.seats().filter(|row| may_be_of(row, &here)).collect();
        let named: HashSet<&str> = seats_before.iter().filter_map(|row| whom(row)).collect();
        let is_again = |row: &&Charge| {
            may_be_of(row, &there) && whom(row).is_none_or(|whom| named.is_empty() || named.contains(whom))
        };
        let again: u64 = self.seats().filter(is_again).map(seats_of).sum();
        let before: u64 = seats_before.into_iter().map(seats_of).sum();
        before > 0 && again * 2 >= before
    }

    fn seats(&self) -> impl Iterator<Item = &Charge> {
        let rows = self.charges.iter();
        rows.filter(|row| row.charge_kind == Some(ChargeKind::LineMrc) && row.amount > Cents::ZERO)
    }

    fn take_in(&mut self, other: Invoice) {
        self.ids.extend(other.ids);
        self.set_aside.extend(other.set_aside);
        self.charges.extend(other.charges);
    }
}

fn whom(row: &Charge) -> Option<&str> {
    let extension = row.extension.as_deref().map(without_zeros);
    extension.or(row.phone_number.as_deref()).or(row.email.as_deref())
}

fn seats_of(row: &Charge) -> u64 {
    u64::from(row.count())
}

fn invoice_of(charges: &[Charge], invoice_date: NaiveDate) -> Option<Invoice> {
    let mut rows: Vec<Charge> = charges
        .iter()
        .filter(|charge| charge.invoice_date == invoice_date)
        .cloned()
        .collect();
    rows.sort_by(|a, b| a.invoice_id.cmp(&b.invoice_id));
    let period = billing_period(&rows)?;
    let mut ids: Vec<String> = rows.iter().map(|row| row.invoice_id.clone()).collect();
    ids.dedup();
    let mut set_aside: Vec<String> = Vec::new();
    for told in rows.iter().flat_map(|row| &row.set_aside) {
        if !set_aside.contains(told) {
            set_aside.push(told.clone());
        }
    }
    Some(Invoice {
        invoice_date,
        period,
        ids,
        set_aside,
        charges: rows,
    })
}

/// The period that most monthly seats bear: one annual number or one proration must not move every deadline.
fn billing_period(rows: &[Charge]) -> Option<(NaiveDate, NaiveDate)> {
    let is_month = |row: &Charge| row.period_end.succ_opt() == Some(add_months(row.period_start, 1));
    let seat = |row: &Charge| row.charge_kind == Some(ChargeKind::LineMrc) && is_month(row);
    let recurring = |row: &Charge| row.charge_kind.is_some_and(ChargeKind::is_line_recurring);
    borne_by_most(rows, seat)
        .or_else(|| borne_by_most(rows, recurring))
        .or_else(|| borne_by_most(rows, |_| true))
}

/// Of periods that equally many rows bear, the latest.
fn borne_by_most(rows: &[Charge], wanted: impl Fn(&Charge) -> bool) -> Option<(NaiveDate, NaiveDate)> {
    let mut bearers: BTreeMap<(NaiveDate, NaiveDate), usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| wanted(row)) {
        *bearers.entry((row.period_end, row.period_start)).or_default() += 1;
    }
    let most = bearers.into_iter().max_by_key(|(period, rows)| (*rows, *period));
    most.map(|((end, start), _)| (start, end))
}
