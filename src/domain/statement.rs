//! The root value behind every output of a night.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    Backtest, Cents, ChargeKind, Currency, Finding, FindingKind, GateReport, KnownSum, LedgerEntry,
    LineModel, Recoverable, ScoredLine, SentFlag, SinceLast, Term, Tier, TrackRecord, Verdict, words,
};

words! {
    NightStatus { Ok => "ok", Warned => "warned", Held => "held", Blocked => "blocked" }
}

words! {
    /// The parts of the bridge, in the order in which finance reads it; they add up to the billed total to the cent.
    BridgePart {
        InUse => "in_use", Protected => "protected", NewUnknown => "new_unknown", Idle => "idle",
        RightSize => "right_size", Disputed => "disputed", Numbers => "numbers", Addons => "addons",
        FeesTaxes => "fees_taxes", OneTime => "one_time", Credits => "credits", Unexplained => "unexplained",
    }
}
pub const BRIDGE_PARTS: &[BridgePart] = BridgePart::ALL;

/// What was billed, cut into parts: amounts as billed on the newest invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bridge {
    pub parts: BTreeMap<BridgePart, Cents>,
}

impl Bridge {
    pub fn add(&mut self, part: BridgePart, amount: Cents) {
        *self.parts.entry(part).or_default() += amount;
    }

    pub fn get(&self, part: BridgePart) -> Cents {
        self.parts.get(&part).copied().unwrap_or_default()
    }
}

/// The findings of one recoverable bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bucket {
    pub amount: Cents,
    pub lines: u32,
    /// The first day on which some of it comes back.
    pub earliest_on: Option<NaiveDate>,
    /// The first notice deadline among them.
    pub notice_by: Option<NaiveDate>,
}

/// A cell of the tier by term table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierTerm {
    pub tier: Option<Tier>,
    pub term: Option<Term>,
    pub lines: u32,
    pub idle_lines: u32,
    pub monthly_cost: KnownSum,
    pub idle_cost: KnownSum,
    pub expected_waste: Option<ExpectedWaste>,
}

/// The expected waste of a group: the sum over its lines with a chance of silence, with an 80 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpectedWaste {
    pub amount: Cents,
    pub low: Cents,
    pub high: Cents,
    /// Lines that have a chance.
    pub lines: u32,
}

/// The parameters behind an account's chances.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountModel {
    pub source: LineModel,
    pub lines_fitted: u32,
    /// Of the histories fitted to, under the fitted parameters; natural logarithm.
    pub log_likelihood: Option<f64>,
    /// Chances from active, away, gone (rows) to active, away, gone; none by rule.
    pub transition: Option<[[f64; 3]; 3]>,
    /// Weights of the eight classes' states on a line's first day.
    pub initial: Option<[[f64; 3]; 8]>,
}

/// One invoice beside the others: what it billed by kind, and what of it was at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceTrend {
    pub invoice_date: NaiveDate,
    pub billed: Cents,
    pub by_kind: BTreeMap<ChargeKind, Cents>,
    pub faults: BTreeMap<FindingKind, Cents>,
}

/// What a number of committed lines would have cost over the months looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitmentCost {
    pub lines: u32,
    pub cost: Cents,
}

/// How many lines to commit to for a term: the best number for the demand of the last months (docs/rules.md).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// The tiers that are committed together; one contract may cover several.
    pub tiers: Vec<Tier>,
    /// A line and month at the annual and at the monthly price.
    pub annual: Cents,
    pub monthly: Cents,
    /// Lines used in each full month, oldest first, each by its first day.
    pub demand: Vec<(NaiveDate, u32)>,
    /// Lines committed to today, and what they cost over these months.
    pub today: Option<CommitmentCost>,
    pub best: CommitmentCost,
    /// 95 of 100 resamples of the months have their best number in here.
    pub low: u32,
    pub high: u32,
    /// First and last number that cost at most 1 % more than the best one.
    pub plateau: (u32, u32),
    /// Months of use, of those looked at, from which a line is worth committing.
    pub break_even_months: u32,
    /// Every number from 0 to the highest demand or today's commitment.
    pub curve: Vec<CommitmentCost>,
    /// What the figures take for granted, as checked against the contracts.
    pub assumptions: Vec<String>,
}

/// One account's night.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountStatement {
    pub account_id: String,
    pub name: String,
    pub time_zone: String,
    pub currency: Currency,
    /// Every line, by line id.
    pub lines: Vec<ScoredLine>,
    /// Users without an extension: no line, no cost.
    pub seatless_users: u32,
    pub findings: Vec<Finding>,
    /// Ids of the invoices that `billed_total` comes from, their date and period; blank without an invoice.
    pub invoice_ids: Vec<String>,
    pub invoice_date: Option<NaiveDate>,
    pub period: Option<(NaiveDate, NaiveDate)>,
    pub billed_total: Cents,
    pub bridge: Bridge,
    /// Of the idle lines whose price is known.
    pub idle_monthly: Cents,
    pub recoverable: BTreeMap<Recoverable, Bucket>,
    pub by_tier_term: Vec<TierTerm>,
    /// Since when the newest prices of the price book hold that are in force.
    pub book_dated: Option<NaiveDate>,
    /// None by rule, and where no line has a chance.
    pub expected_waste: Option<ExpectedWaste>,
    pub model: AccountModel,
    pub backtest: Backtest,
    /// Flags for silence as they were sent on earlier nights, with what became of them, and tonight's new ones.
    pub flags: Vec<SentFlag>,
    /// The earlier ones, summed.
    pub track_record: TrackRecord,
    pub since_last: SinceLast,
    /// Every finding since the start, with what became of it.
    pub ledger: Vec<LedgerEntry>,
    /// Promotional prices that end soon, in words.
    pub promotions_ending: Vec<String>,
    /// The invoices at hand, oldest first.
    pub trend: Vec<InvoiceTrend>,
    pub commitments: Vec<Commitment>,
    /// Rows of the newest invoice that could not be used: `billed_total` is short by them.
    pub set_aside: Vec<String>,
    /// Charges that no rule could classify, by invoice and row: finance reads them, and descriptions bear names.
    pub unclassified: Vec<String>,
    /// Lapsed or refused decisions and other things that a reader of the list should know.
    pub notices: Vec<String>,
    /// People whom the lines need not have: logins, addresses and names as the directory, decisions and calls give them. Finance's
    /// files leave them out.
    pub named_elsewhere: BTreeSet<String>,
}

impl AccountStatement {
    pub fn count(&self, verdict: Verdict) -> u32 {
        self.lines.iter().filter(|line| line.verdict == verdict).count() as u32
    }
}

/// How well a source's days are known, for one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageSummary {
    pub account_id: String,
    pub source: String,
    pub known_days: u32,
    pub partial_days: u32,
    pub missing_days: u32,
    /// The newest call, as an instant in UTC.
    pub newest_event: Option<String>,
}

/// One file as read, or as remembered from an earlier night when it had not changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputRead {
    pub table: String,
    /// As the job names it, without the folder.
    pub name: String,
    pub digest: String,
    pub rows_read: u64,
    pub used: u64,
    pub duplicates: u64,
    pub quarantined: u64,
    pub notes: Vec<String>,
    /// Of a workbook of which more than one sheet holds something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheets: Option<Sheets>,
}

/// The sheet of a workbook that was read, and those that were not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheets {
    pub read: String,
    /// Its place in the workbook, from 1.
    pub number: u32,
    /// As a message names them.
    pub not_read: Vec<String>,
}

impl InputRead {
    /// What was read, and what not: `bill.xlsx was read from sheet "May", and not from "June"`.
    pub fn sheets_told(&self) -> Option<String> {
        let Sheets { read, not_read, .. } = self.sheets.as_ref()?;
        let others = not_read.join(", ");
        Some(format!(
            "{} was read from sheet {read:?}, and not from {others}",
            self.name
        ))
    }
}

/// A row that could not be used; outside numbers are masked but for the last two digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    pub table: String,
    pub file: String,
    pub row: u64,
    pub column: String,
    pub reason: String,
    pub as_read: String,
}

impl Quarantined {
    /// Place and reason, for messages.
    pub fn place_and_reason(&self) -> String {
        match self.column.is_empty() {
            true => format!("{}, row {}: {}", self.file, self.row, self.reason),
            false => format!(
                "{}, row {}, column {}: {}",
                self.file, self.row, self.column, self.reason
            ),
        }
    }
}

/// All that a night found. Same inputs, settings and `as_of` give the same value, so the same bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    pub job: String,
    pub as_of: NaiveDate,
    pub revision: u32,
    pub status: NightStatus,
    pub exit_code: u8,
    /// The newest night up to this one that was reported before: its report stands where this one has none.
    pub stands: Option<NaiveDate>,
    pub gates: Vec<GateReport>,
    pub coverage: Vec<CoverageSummary>,
    pub accounts: Vec<AccountStatement>,
    pub inputs: Vec<InputRead>,
    pub quarantine: Vec<Quarantined>,
    /// Call rows with a line's end that no line fits.
    pub unmatched_calls: u64,
    pub model: String,
    /// The settings that matter to the figures, as `key = value` lines for the method page.
    pub method: Vec<(String, String)>,
    pub inputs_digest: String,
    pub settings_digest: String,
}
