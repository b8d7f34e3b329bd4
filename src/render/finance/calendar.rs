//! Contracts and deadlines: the savings calendar. One row is a day on which something can be decided.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::{FindingKind, KnownSum, Recoverable, Term, Tier};
use crate::render::Cell;
use crate::render::for_finance::{FinanceAccount, FinanceLine, FinanceNight};
use crate::render::page::{Item, Table, figure, words};

/// What one day decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CalendarRow {
    pub notice_by: Option<NaiveDate>,
    pub recoverable_on: Option<NaiveDate>,
    pub recoverable: Recoverable,
    pub contract_id: Option<String>,
    pub findings: u32,
    pub amount: KnownSum,
}

impl CalendarRow {
    /// What to do, in words.
    pub(crate) fn step(&self) -> &'static str {
        match (self.recoverable, self.notice_by) {
            (Recoverable::NextBill, _) => "remove before the bill",
            (Recoverable::AtRenewal, Some(_)) => "give notice",
            (Recoverable::AtRenewal, None) => "find the notice period",
            _ => "decide",
        }
    }
}

/// Days ahead on which money can be kept, the first one first.
pub(crate) fn rows(account: &FinanceAccount) -> Vec<CalendarRow> {
    let mut sums: BTreeMap<_, (KnownSum, u32)> = BTreeMap::new();
    let dated = |bucket| matches!(bucket, Recoverable::NextBill | Recoverable::AtRenewal);
    for finding in account
        .findings
        .iter()
        .filter(|finding| dated(finding.recoverable))
    {
        let contract = finding
            .contract_id
            .as_ref()
            .filter(|_| finding.recoverable == Recoverable::AtRenewal);
        let first = finding
            .notice_by
            .or(finding.recoverable_on)
            .unwrap_or(NaiveDate::MAX);
        let sum = sums
            .entry((
                first,
                finding.notice_by,
                finding.recoverable_on,
                finding.recoverable,
                contract,
            ))
            .or_default();
        sum.0.add(finding.amount());
        sum.1 += 1;
    }
    sums.into_iter()
        .map(
            |((_, notice_by, recoverable_on, recoverable, contract), (amount, findings))| CalendarRow {
                notice_by,
                recoverable_on,
                recoverable,
                contract_id: contract.cloned(),
                findings,
                amount,
            },
        )
        .collect()
}

/// Lines under one contract, tier and term.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ContractRow {
    pub contract_id: Option<String>,
    pub tier: Option<Tier>,
    pub term: Option<Term>,
    pub lines: u32,
    pub idle_lines: u32,
    pub monthly_cost: KnownSum,
    pub idle_cost: KnownSum,
    pub exposure_to_term_end: KnownSum,
    /// The first notice deadline and day of saving among its idle lines.
    pub notice_by: Option<NaiveDate>,
    pub recoverable_on: Option<NaiveDate>,
}

impl ContractRow {
    fn add(&mut self, line: &FinanceLine) {
        self.lines += 1;
        self.monthly_cost.add(line.cost());
        if line.is_idle {
            self.idle_lines += 1;
            self.idle_cost.add(line.cost());
            self.exposure_to_term_end.add(line.exposure());
            self.notice_by = [self.notice_by, line.notice_by].into_iter().flatten().min();
            self.recoverable_on = [self.recoverable_on, line.recoverable_on]
                .into_iter()
                .flatten()
                .min();
        }
    }
}

pub(crate) fn contracts(account: &FinanceAccount) -> Vec<ContractRow> {
    let mut rows: BTreeMap<_, ContractRow> = BTreeMap::new();
    for line in &account.lines {
        let key = (line.contract_id.as_ref(), line.term, line.tier);
        rows.entry(key).or_default().add(line);
    }
    rows.into_iter()
        .map(|((contract_id, term, tier), row)| ContractRow {
            contract_id: contract_id.cloned(),
            tier,
            term,
            ..row
        })
        .collect()
}

/// The section of finance's page.
pub(crate) fn items(night: &FinanceNight, account: &FinanceAccount, prefix: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let calendar = rows(account);
    if calendar.is_empty() {
        items.push(Item::Text("Nothing with a date is open.".to_owned()));
    } else {
        items.push(Item::Table(calendar_table(account, &calendar, prefix)));
    }
    items.push(Item::Table(contract_table(account, prefix)));
    let renewals = account
        .findings
        .iter()
        .filter(|finding| finding.kind == FindingKind::RenewalNotice);
    let ahead: Vec<String> = renewals
        .filter(|finding| finding.notice_by.is_none_or(|day| day > night.as_of))
        .map(|finding| finding.evidence.clone())
        .collect();
    let promotions = account.promotions_ending.iter();
    let ahead: Vec<String> = ahead.into_iter().chain(promotions.cloned()).collect();
    if !ahead.is_empty() {
        items.push(Item::List(ahead));
    }
    items
}

fn calendar_table(account: &FinanceAccount, calendar: &[CalendarRow], prefix: &str) -> Table {
    let rows = calendar.iter().map(|row| {
        vec![
            Cell::day(row.notice_by),
            Cell::day(row.recoverable_on),
            Cell::Word(row.step()),
            Cell::maybe(&row.contract_id),
            Cell::count(row.findings),
            Cell::known(row.amount.known_total(), account.currency),
        ]
    });
    Table {
        id: format!("{prefix}-calendar-table"),
        caption: "Savings calendar: what can be decided by when".to_owned(),
        columns: vec![
            words("Notice by"),
            words("Saves from"),
            words("Step"),
            words("Contract"),
            figure("Findings"),
            figure("Amount a month"),
        ],
        rows: rows.collect(),
        total: None,
        whole_in: "report.xlsx",
        wide: false,
        sortable: true,
    }
}

fn contract_table(account: &FinanceAccount, prefix: &str) -> Table {
    let currency = account.currency;
    let contracts = contracts(account);
    let rows = contracts.iter().map(|row| {
        vec![
            row.contract_id
                .as_deref()
                .map_or(Cell::Word("not known"), Cell::text),
            Cell::Word(crate::render::values::plain::tier(row.tier)),
            Cell::Word(crate::render::values::plain::term(row.term)),
            Cell::count(row.lines),
            Cell::count(row.idle_lines),
            Cell::known(row.monthly_cost.known_total(), currency),
            Cell::known(row.idle_cost.known_total(), currency),
            Cell::known(row.exposure_to_term_end.known_total(), currency),
            Cell::day(row.notice_by),
        ]
    });
    Table {
        id: format!("{prefix}-contract-table"),
        caption: "Lines by contract".to_owned(),
        columns: vec![
            words("Contract"),
            words("Tier"),
            words("Term"),
            figure("Lines"),
            figure("Idle lines"),
            figure("Cost a month"),
            figure("Idle a month"),
            figure("Idle until the term ends, in all"),
            words("First notice by"),
        ],
        rows: rows.collect(),
        total: None,
        whole_in: "report.xlsx",
        wide: false,
        sortable: true,
    }
}
