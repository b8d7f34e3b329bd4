//! What finance may see of a night, built here and nowhere else. Everything that finance reads is rendered from these types, which
//! hold no name, free text, call detail or fact of the directory: line, tier, term, contract, money, when it comes back, step.

mod amounts;
mod checks;
mod days;
mod groups;
mod proof;
mod since;
mod step;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use self::days::Days;
use self::groups::CostCentreNames;
use crate::domain::{
    AccountStatement, Backtest, Bridge, Bucket, Cents, Commitment, CostSource, Currency, ExpectedWaste,
    Finding, FindingKind, FindingState, Gate, GateStatus, InvoiceTrend, LedgerEntry, LineModel, NightStatus,
    Recoverable, ScoredLine, Statement, Term, Tier, TierTerm, TrackRecord, Verdict,
};
use crate::render::values::discretion::Discretion;
use crate::render::values::safe::clean;
use crate::render::values::withheld::{is_withheld, printed_accounts};

pub(super) use self::groups::{Group, named_by_many};
pub(super) use self::since::{Change, Since};
pub(super) use self::step::Step;

/// A night as finance may see it.
pub struct FinanceNight<'a> {
    pub job: &'a str,
    pub revision: u32,
    pub as_of: NaiveDate,
    pub status: NightStatus,
    /// Without a figure tonight: why, in our own words.
    pub withheld: Option<String>,
    pub days: Vec<KnownDays<'a>>,
    pub checks: Vec<Check>,
    pub inputs: Vec<RowsRead>,
    pub rows_set_aside: u32,
    pub unmatched_calls: u64,
    pub model: &'a str,
    /// Settings that bear on figures; standing keeps are about people.
    pub settings: Vec<(&'a str, &'a str)>,
    pub settings_digest: &'a str,
    /// None on a night that is withheld.
    pub accounts: Vec<FinanceAccount<'a>>,
}

/// How well a source's days are known; no call's day is told.
pub struct KnownDays<'a> {
    pub account_id: &'a str,
    pub source: &'a str,
    pub known: u32,
    pub partial: u32,
    pub missing: u32,
}

/// A check's result: what it saw may be a line, a login or a place.
#[derive(Clone, Copy)]
pub struct Check {
    pub gate: Gate,
    pub status: GateStatus,
}

/// The rows of a table, over all its files.
#[derive(Default)]
pub struct RowsRead {
    pub table: String,
    pub files: u64,
    pub read: u64,
    pub used: u64,
    pub duplicates: u64,
    pub set_aside: u64,
    /// Of workbooks of which more than one sheet holds something: the place of the one that was read, and how many they are.
    pub read_in_part: BTreeMap<u32, u32>,
}

/// One account as finance may see it.
pub struct FinanceAccount<'a> {
    pub account_id: &'a str,
    /// The company's.
    pub name: String,
    pub currency: Currency,
    pub lines: Vec<FinanceLine>,
    pub findings: Vec<FinanceFinding>,
    pub invoice_ids: &'a [String],
    pub period: Option<(NaiveDate, NaiveDate)>,
    pub billed_total: Cents,
    pub bridge: &'a Bridge,
    pub idle_monthly: Cents,
    pub recoverable: &'a BTreeMap<Recoverable, Bucket>,
    pub by_tier_term: Vec<TierTerm>,
    pub book_dated: Option<NaiveDate>,
    pub cost_centres: Vec<Group>,
    pub expected_waste: Option<ExpectedWaste>,
    pub model: LineModel,
    pub backtest: &'a Backtest,
    pub track_record: &'a TrackRecord,
    pub since_last: Since<'a>,
    pub ledger: Vec<LedgerEntry>,
    pub promotions_ending: Vec<String>,
    pub trend: &'a [InvoiceTrend],
    pub commitments: Vec<&'a Commitment>,
    /// Rows of the newest invoice that could not be used.
    pub set_aside: Vec<String>,
    /// Charges that no rule could classify, by invoice and row.
    pub unclassified: Vec<String>,
}

/// One line as finance may see it.
pub struct FinanceLine {
    pub line_id: String,
    pub extension: String,
    pub tier: Option<Tier>,
    pub term: Option<Term>,
    pub contract_id: Option<String>,
    /// As it may be shown: groups under five people stand together.
    pub cost_centre: String,
    /// Its cost is idle money, for whatever reason.
    pub is_idle: bool,
    /// Its calls tell enough to judge it.
    pub is_judged: bool,
    pub monthly_cost: Cents,
    /// None where no invoice, contract or price tells a cost.
    pub cost_source: Option<CostSource>,
    pub step: Step,
    pub monthly_saving: Cents,
    pub recoverable: Recoverable,
    pub recoverable_on: Option<NaiveDate>,
    pub notice_by: Option<NaiveDate>,
    /// None where the end of its term is not known.
    pub exposure_to_term_end: Option<Cents>,
}

/// One finding as finance may see it.
pub struct FinanceFinding {
    pub finding_id: String,
    /// Of a line that nobody uses always the same, whatever the reason.
    pub kind: FindingKind,
    pub account_id: String,
    pub is_of_line: bool,
    pub line_id: Option<String>,
    pub extension: Option<String>,
    pub tier: Option<Tier>,
    pub term: Option<Term>,
    pub contract_id: Option<String>,
    pub invoice_id: Option<String>,
    pub subject: String,
    /// Of a charge or a contract its proof; of a line that its reason stands elsewhere.
    pub evidence: String,
    pub monthly_amount: Cents,
    /// Whether anything tells the price of its line.
    pub is_priced: bool,
    /// None of what nobody uses: how many invoices billed it while it was silent tells since when.
    pub amount_to_date: Option<Cents>,
    pub currency: Currency,
    pub recoverable: Recoverable,
    pub recoverable_on: Option<NaiveDate>,
    pub notice_by: Option<NaiveDate>,
    pub confidence: String,
    /// None of a charge or contract: that is disputed, or told.
    pub step: Option<Step>,
    pub first_seen: NaiveDate,
    pub state: FindingState,
}

impl FinanceFinding {
    /// Its money is still to be had back: neither dismissed nor over.
    pub fn is_open(&self) -> bool {
        !matches!(self.state, FindingState::Dismissed | FindingState::Expired)
    }
}

impl<'a> FinanceNight<'a> {
    pub fn of(statement: &'a Statement) -> FinanceNight<'a> {
        let discretion = Discretion::of(statement);
        let mut inputs: BTreeMap<&str, RowsRead> = BTreeMap::new();
        for input in &statement.inputs {
            let sum = inputs.entry(&input.table).or_default();
            sum.table.clone_from(&input.table);
            sum.files += 1;
            sum.read += input.rows_read;
            sum.used += input.used;
            sum.duplicates += input.duplicates;
            sum.set_aside += input.quarantined;
            if let Some(sheets) = &input.sheets {
                *sum.read_in_part.entry(sheets.number).or_default() += 1;
            }
        }
        let checks: Vec<Check> = statement
            .gates
            .iter()
            .map(|gate| Check {
                gate: gate.gate,
                status: gate.status,
            })
            .collect();
        FinanceNight {
            job: &statement.job,
            revision: statement.revision,
            as_of: statement.as_of,
            status: statement.status,
            withheld: is_withheld(statement).then(|| checks::withheld(statement, &checks)),
            days: statement
                .coverage
                .iter()
                .map(|days| KnownDays {
                    account_id: &days.account_id,
                    source: &days.source,
                    known: days.known_days,
                    partial: days.partial_days,
                    missing: days.missing_days,
                })
                .collect(),
            checks,
            inputs: inputs.into_values().collect(),
            rows_set_aside: u32::try_from(statement.quarantine.len()).unwrap_or(u32::MAX),
            unmatched_calls: statement.unmatched_calls,
            model: &statement.model,
            settings: statement
                .method
                .iter()
                .filter(|(key, _)| !key.starts_with("keep."))
                .map(|(key, value)| (key.as_str(), value.as_str()))
                .collect(),
            settings_digest: &statement.settings_digest,
            accounts: printed_accounts(statement)
                .iter()
                .map(|account| FinanceAccount::of(account, statement.as_of, &discretion))
                .collect(),
        }
    }

    /// Each check that had something to say, without what it saw; then the tables of which a part was not read.
    pub fn warnings(&self) -> Vec<String> {
        let spoke = self.checks.iter().filter(|check| check.status > GateStatus::Ok);
        let in_part = self.inputs.iter().flat_map(checks::read_in_part);
        let mut told = BTreeSet::new();
        let warnings = spoke.map(checks::warning).chain(in_part);
        warnings.filter(|warning| told.insert(warning.clone())).collect()
    }
}

impl<'a> FinanceAccount<'a> {
    fn of(account: &'a AccountStatement, as_of: NaiveDate, discretion: &Discretion) -> FinanceAccount<'a> {
        let days = Days::of(account, as_of);
        let centres = CostCentreNames::of(account, discretion);
        let by_id: HashMap<&str, &ScoredLine> = account
            .lines
            .iter()
            .map(|line| (line.line.line_id.as_str(), line))
            .collect();
        let cleared = |texts: &[String]| -> Vec<String> {
            texts.iter().map(|text| discretion.without_names(text)).collect()
        };
        let mut findings: Vec<FinanceFinding> = account
            .findings
            .iter()
            .map(|finding| {
                let line = finding.line_id.as_deref().and_then(|id| by_id.get(id).copied());
                FinanceFinding::of(finding, line, &days, discretion)
            })
            .collect();
        // Their own order follows from the reasons.
        let place = |finding: &FinanceFinding| {
            (
                finding.kind,
                finding.extension.clone(),
                finding.line_id.clone(),
                finding.finding_id.clone(),
            )
        };
        findings.sort_by_cached_key(place);
        FinanceAccount {
            account_id: &account.account_id,
            name: clean(&account.name),
            currency: account.currency,
            lines: account
                .lines
                .iter()
                .map(|line| FinanceLine::of(line, centres.shown(line), discretion))
                .collect(),
            findings,
            invoice_ids: &account.invoice_ids,
            period: account.period,
            billed_total: account.billed_total,
            bridge: &account.bridge,
            idle_monthly: account.idle_monthly,
            recoverable: &account.recoverable,
            by_tier_term: groups::by_tier_term(account),
            book_dated: account.book_dated,
            cost_centres: groups::cost_centres(account, &centres),
            expected_waste: groups::of_account(account),
            model: account.model.source,
            backtest: &account.backtest,
            track_record: &account.track_record,
            since_last: Since::of(&account.since_last),
            ledger: account
                .ledger
                .iter()
                .map(|entry| of_ledger(entry, &days, discretion))
                .collect(),
            promotions_ending: cleared(&account.promotions_ending),
            trend: &account.trend,
            commitments: groups::commitments(account),
            set_aside: cleared(&account.set_aside),
            unclassified: cleared(&account.unclassified),
        }
    }
}

impl FinanceLine {
    fn of(line: &ScoredLine, cost_centre: &str, discretion: &Discretion) -> FinanceLine {
        FinanceLine {
            line_id: discretion
                .shown_id(&line.line.line_id)
                .unwrap_or_else(|| discretion.shown(&line.line.extension)),
            extension: discretion.shown(&line.line.extension),
            tier: line.cost.tier,
            term: line.cost.term,
            contract_id: line.line.contract_id.as_deref().map(|id| discretion.shown(id)),
            cost_centre: cost_centre.to_owned(),
            is_idle: line.verdict.is_waste(),
            is_judged: line.verdict != Verdict::Unknown,
            monthly_cost: line.cost.monthly_cost,
            cost_source: line.cost.source,
            step: Step::of(line.action, line.stays_until),
            monthly_saving: line.monthly_saving,
            recoverable: line.recoverable,
            recoverable_on: line.recoverable_on,
            notice_by: line.notice_by,
            exposure_to_term_end: line.exposure_to_term_end,
        }
    }
}

impl FinanceFinding {
    fn of(finding: &Finding, line: Option<&ScoredLine>, days: &Days, discretion: &Discretion) -> Self {
        let proof = proof::of(finding, line);
        let step = proof
            .has_step
            .then(|| Step::of(finding.action, line.and_then(|line| line.stays_until)));
        FinanceFinding {
            finding_id: finding.finding_id.clone(),
            kind: finding.kind.without_reason(),
            account_id: finding.account_id.clone(),
            is_of_line: finding.line_id.is_some(),
            line_id: finding.line_id.as_deref().and_then(|id| discretion.shown_id(id)),
            extension: finding.extension.as_deref().map(|id| discretion.shown(id)),
            tier: line.and_then(|line| line.cost.tier),
            term: line.and_then(|line| line.cost.term),
            contract_id: finding
                .contract_id
                .as_deref()
                .or_else(|| line.and_then(|line| line.line.contract_id.as_deref()))
                .map(|id| discretion.shown(id)),
            invoice_id: finding.invoice_id.clone(),
            subject: discretion.without_names(&proof.subject),
            evidence: discretion.without_names(&proof.evidence),
            monthly_amount: finding.monthly_amount,
            is_priced: !finding.kind.is_waste_line()
                || !finding.monthly_amount.is_zero()
                || line.is_none_or(|line| line.cost.source.is_some()),
            amount_to_date: Some(finding.amount_to_date).filter(|_| !proof.is_by_silence),
            currency: finding.currency,
            recoverable: finding.recoverable,
            recoverable_on: finding.recoverable_on,
            notice_by: finding.notice_by,
            // How sure a line's reason is tells of the reason.
            confidence: match step.filter(|_| finding.kind.is_waste_line()) {
                Some(Step::CheckFirst) => "medium".to_owned(),
                Some(_) => "high".to_owned(),
                None => finding.confidence.clone(),
            },
            step,
            first_seen: days.first(finding.kind, finding.first_seen),
            state: finding.state,
        }
    }
}

fn of_ledger(entry: &LedgerEntry, days: &Days, discretion: &Discretion) -> LedgerEntry {
    LedgerEntry {
        first_seen: days.first(entry.kind, entry.first_seen),
        last_seen: days.last(entry),
        kind: entry.kind.without_reason(),
        line_id: entry.line_id.as_deref().and_then(|id| discretion.shown_id(id)),
        cost_center: None,
        taken_back_by: None,
        ..entry.clone()
    }
}
