//! One account's books, kept small: lines that are used until some day, charges, contracts, decisions.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Days, NaiveDate};
use polars::prelude::*;
use quietline::domain::{
    Account, AccountStatement, Baseline, Charge, Contract, Currency, DayState, Decision, Finding,
    FindingKind, HeldExtension, KnownLine, LedgerEntry, Line, PriceBook, Scoring, UnreadContract,
    UnreadNames,
};
use quietline::frames::usage::{self, Usage};
use quietline::steps::account::statement;
use quietline::steps::coverage::Coverage;
use quietline::steps::input::AccountInput;
use quietline::steps::roster::normalise::roster;
use quietline::steps::usage::day_join::NamedBy;

use super::day;

/// All of it ends on `as_of`; every day from `first` on is known.
#[derive(Debug)]
pub struct Books {
    pub as_of: NaiveDate,
    pub first: NaiveDate,
    pub lines: Vec<Line>,
    /// The last day of use of a line that was used on every day before; lines that are not in it were never used.
    pub used_until: BTreeMap<String, NaiveDate>,
    pub charges: Vec<Charge>,
    pub contracts: Vec<Contract>,
    pub decisions: Vec<Decision>,
    pub known_lines: Vec<KnownLine>,
    pub ledger: Vec<LedgerEntry>,
    pub last_night: Option<(NaiveDate, Baseline)>,
    pub scoring: Scoring,
    pub tells_recorded: bool,
    pub recording: BTreeSet<String>,
    /// Whom rows name that could not be used.
    pub unread: UnreadNames,
    pub unread_contracts: Vec<UnreadContract>,
}

impl Books {
    pub fn new(lines: Vec<Line>, charges: Vec<Charge>) -> Books {
        Books {
            as_of: day(super::AS_OF),
            first: day("2025-09-01"),
            used_until: lines
                .iter()
                .map(|line| (line.line_id.clone(), day(super::AS_OF)))
                .collect(),
            lines,
            charges,
            contracts: Vec::new(),
            decisions: Vec::new(),
            known_lines: Vec::new(),
            ledger: Vec::new(),
            last_night: None,
            tells_recorded: false,
            recording: BTreeSet::new(),
            unread: UnreadNames::new(),
            unread_contracts: Vec::new(),
            scoring: crate::verdicts::scoring(),
        }
    }

    pub fn stated(&self) -> AccountStatement {
        let account = Account {
            account_id: "1".into(),
            name: "Acme".into(),
            time_zone: quietline::domain::Zone::UTC,
            currency: Currency::USD,
        };
        let book: PriceBook = toml_book();
        let days = (self.as_of - self.first).num_days() as u64 + 1;
        let coverage = Coverage {
            first: self.first,
            as_of: self.as_of,
            states: vec![DayState::Complete; days as usize],
            ..Coverage::default()
        };
        let stated = statement(AccountInput {
            account: &account,
            roster: roster(
                self.lines.clone(),
                &[],
                &self.decisions,
                &self.scoring,
                self.as_of,
            )
            .unwrap(),
            usage: self.usage(),
            coverage: &coverage,
            named_by: NamedBy::default(),
            tells_recorded: self.tells_recorded,
            unread: &self.unread,
            unlisted: &[],
            holidays: &[],
            charges: &self.charges,
            contracts: &self.contracts,
            unread_contracts: &self.unread_contracts,
            unread_seats: &[],
            sign_ins: &BTreeMap::new(),
            book: &book,
            first_seen: &HashMap::new(),
            seen_lines: &BTreeMap::new(),
            known_lines: &self.known_lines,
            ledger: &self.ledger,
            last_night: self.last_night.as_ref().map(|(day, baseline)| (*day, baseline)),
            scoring_digest: "d",
            unseen_until: &HashMap::new(),
            decisions: &self.decisions,
            sent_flags: &[],
            remembered_origins: &HashMap::new(),
            scoring: &self.scoring,
            as_of: self.as_of,
        })
        .unwrap()
        .statement;
        crate::grammar::assert_account(&stated);
        stated
    }

    /// The findings of one kind.
    pub fn found(&self, kind: FindingKind) -> Vec<Finding> {
        let findings = self.stated().findings.into_iter();
        findings.filter(|finding| finding.kind == kind).collect()
    }

    /// One answered call on each day of use, recorded where the line is among those that record.
    fn usage(&self) -> Usage {
        let rows: Vec<(&str, NaiveDate)> = self
            .used_until
            .iter()
            .flat_map(|(line_id, until)| {
                let days = self.first.iter_days().take_while(|day| *day <= *until);
                days.map(|day| (line_id.as_str(), day))
            })
            .collect();
        let epoch = NaiveDate::default();
        let columns = usage::SCHEMA.iter().map(|(name, kind)| match name.as_str() {
            usage::LINE_ID => Column::new(
                name.clone(),
                rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
            ),
            usage::DAY => Column::new(
                name.clone(),
                rows.iter()
                    .map(|(_, day)| (*day - epoch).num_days() as i32)
                    .collect::<Vec<_>>(),
            )
            .cast(kind)
            .unwrap(),
            usage::CALLS_IN_ANSWERED | usage::LEGS => Column::new(name.clone(), vec![1_u32; rows.len()])
                .cast(kind)
                .unwrap(),
            usage::CALLS_RECORDED => {
                let recorded = |(line, _): &(&str, NaiveDate)| u32::from(self.recording.contains(*line));
                Column::new(name.clone(), rows.iter().map(recorded).collect::<Vec<_>>())
                    .cast(kind)
                    .unwrap()
            }
            _ => Column::new(name.clone(), vec![0_u32; rows.len()])
                .cast(kind)
                .unwrap(),
        });
        let frame = DataFrame::new(rows.len(), columns.collect()).unwrap();
        Usage::parse(frame.lazy()).unwrap()
    }

    pub fn days_before(&self, days: u64) -> NaiveDate {
        self.as_of - Days::new(days)
    }
}

fn toml_book() -> PriceBook {
    serde_json::from_str(
        r#"{"currency":"USD","charge_rules":[],
            "features":[{"tier":"advanced","feature":"on_demand_recording","evidence":"recordings"}],
            "addons":[{"name":"company_call_recording","scope":"account","price":"49.99","covers":"on_demand_recording"}],
            "prices":[
            {"tier":"premium","term":"annual","valid_from":"2020-01-01","price":"20.99","list_price":null},
            {"tier":"premium","term":"monthly","valid_from":"2020-01-01","price":"29.99","list_price":null}]}"#,
    )
    .unwrap()
}

/// A line that earlier nights knew under its extension, and the first one that missed it.
pub fn gone_since(line: Line, gone_on: NaiveDate) -> KnownLine {
    let held = HeldExtension {
        extension: line.extension.clone(),
        first_on: day("2025-09-01"),
        last_on: gone_on - Days::new(1),
    };
    KnownLine {
        line,
        gone_on: Some(gone_on),
        extensions: vec![held],
    }
}
