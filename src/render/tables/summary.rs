//! `summary.json`: totals, buckets, gates, coverage, digests, for machines. The keys are a contract; their order is fixed.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;

use crate::domain::{
    AccountModel, AccountStatement, BRIDGE_PARTS, Bucket, Cents, CoverageSummary, Currency, FindingKind,
    FindingState, GateReport, KnownSum, LEDGER_STAGES, LineModel, NightStatus, Recoverable, Statement, Term,
    Tier, TrackRecord, Verdict,
};
use crate::render::RenderError;
use crate::render::backtest::BacktestJson;
use crate::render::for_finance::{FinanceAccount, FinanceNight};
use crate::render::tables::money_json::{ChangeJson, CommitmentJson, InvoiceJson};
use crate::render::values::withheld::printed_accounts;
use crate::render::words::{figures, prices};

const SCHEMA_VERSION: u32 = 1;
/// `report_digest` is that of report.html. On a held or blocked night `accounts` is empty.
pub fn summary_json(statement: &Statement, report_digest: &str) -> Result<Vec<u8>, RenderError> {
    let summary = Summary {
        schema_version: SCHEMA_VERSION,
        job: &statement.job,
        as_of: statement.as_of,
        revision: statement.revision,
        status: statement.status,
        exit_code: statement.exit_code,
        gates: &statement.gates,
        coverage: &statement.coverage,
        accounts: printed_accounts(statement)
            .iter()
            .zip(&FinanceNight::of(statement).accounts)
            .map(|(account, shown)| summed(statement, account, shown))
            .collect(),
        digests: Digests {
            inputs: &statement.inputs_digest,
            settings: &statement.settings_digest,
            report: report_digest,
        },
        quarantined: figures::quarantined_rows(statement),
        unmatched_calls: statement.unmatched_calls,
    };
    let mut bytes = serde_json::to_vec_pretty(&summary)?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[derive(Serialize)]
struct Summary<'a> {
    schema_version: u32,
    job: &'a str,
    as_of: NaiveDate,
    revision: u32,
    status: NightStatus,
    exit_code: u8,
    gates: &'a [GateReport],
    coverage: &'a [CoverageSummary],
    accounts: Vec<Account<'a>>,
    digests: Digests<'a>,
    quarantined: u64,
    unmatched_calls: u64,
}

#[derive(Serialize)]
struct Account<'a> {
    account_id: &'a str,
    currency: Currency,
    lines: Lines,
    seatless_users: u32,
    invoice_ids: &'a [String],
    invoice_date: Option<NaiveDate>,
    period_start: Option<NaiveDate>,
    period_end: Option<NaiveDate>,
    /// None without an invoice, here and in its parts.
    billed_total: Option<Cents>,
    bridge: Ordered<Option<Cents>>,
    /// Of the idle lines with a price; none where not one of them has one, as in every sum below.
    idle_monthly: Option<Cents>,
    lines_without_price: u32,
    idle_lines_without_price: u32,
    /// Sums of the lines that have a chance of silence; none by rule, so that no line's waste is taken for 0.
    expected_waste: Option<Cents>,
    expected_waste_low: Option<Cents>,
    expected_waste_high: Option<Cents>,
    lines_without_probability: u32,
    exposure_to_term_end: Option<Cents>,
    recoverable: Ordered<Money>,
    by_tier_term: Vec<Cut>,
    since_last: ChangeJson<'a>,
    ledger: Ordered<Option<Cents>>,
    findings: Ordered<Found>,
    commitments: Vec<CommitmentJson<'a>>,
    invoices: Vec<InvoiceJson>,
    model: Model<'a>,
    backtest: BacktestJson<'a>,
    track_record: &'a TrackRecord,
}

#[derive(Serialize)]
struct Lines {
    total: u32,
    #[serde(flatten)]
    by_verdict: Ordered<u32>,
}

#[derive(Serialize)]
struct Money {
    amount: Option<Cents>,
    lines: u32,
    earliest_on: Option<NaiveDate>,
    notice_by: Option<NaiveDate>,
}

#[derive(Serialize)]
struct Cut {
    tier: Option<Tier>,
    term: Option<Term>,
    lines: u32,
    idle_lines: u32,
    monthly_cost: Option<Cents>,
    idle_cost: Option<Cents>,
    lines_without_price: u32,
    expected_waste: Option<Cents>,
    expected_waste_low: Option<Cents>,
    expected_waste_high: Option<Cents>,
}

#[derive(Serialize)]
struct Found {
    count: u32,
    monthly_amount: Option<Cents>,
    amount_to_date: Option<Cents>,
}

#[derive(Serialize)]
struct Model<'a> {
    name: &'a str,
    /// Fitted to the account's lines, assumed of any account, or a rule without a chance.
    source: LineModel,
    parameters: BTreeMap<&'a str, Value>,
    lines_fitted: u32,
    log_likelihood: Option<f64>,
}

#[derive(Serialize)]
struct Digests<'a> {
    inputs: &'a str,
    settings: &'a str,
    report: &'a str,
}

/// A JSON object whose keys keep the order of the contract.
pub(in crate::render) struct Ordered<V>(pub(in crate::render) Vec<(&'static str, V)>);

impl<V: Serialize> Serialize for Ordered<V> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (*key, value)))
    }
}

fn summed<'a>(
    statement: &'a Statement,
    account: &'a AccountStatement,
    shown: &FinanceAccount<'_>,
) -> Account<'a> {
    let with_chance = account
        .lines
        .iter()
        .filter(|line| line.forecast.is_some())
        .count();
    let expected = account.expected_waste;
    Account {
        account_id: &account.account_id,
        currency: account.currency,
        lines: Lines {
            total: account.lines.len() as u32,
            by_verdict: Ordered(
                Verdict::ALL
                    .iter()
                    .map(|verdict| (verdict.as_str(), account.count(*verdict)))
                    .collect(),
            ),
        },
        seatless_users: account.seatless_users,
        invoice_ids: &account.invoice_ids,
        invoice_date: account.invoice_date,
        period_start: account.period.map(|(start, _)| start),
        period_end: account.period.map(|(_, end)| end),
        billed_total: prices::billed_total(shown),
        bridge: Ordered(
            BRIDGE_PARTS
                .iter()
                .map(|part| (part.as_str(), prices::billed(shown, *part)))
                .collect(),
        ),
        idle_monthly: prices::idle_monthly(shown),
        lines_without_price: prices::cost(shown, false).unknown,
        idle_lines_without_price: prices::cost(shown, true).unknown,
        expected_waste: expected.map(|waste| waste.amount),
        expected_waste_low: expected.map(|waste| waste.low),
        expected_waste_high: expected.map(|waste| waste.high),
        lines_without_probability: (account.lines.len() - with_chance) as u32,
        exposure_to_term_end: prices::exposure_to_term_end(shown).known_total(),
        recoverable: Ordered(
            figures::BUCKETS
                .iter()
                .map(|bucket| (bucket.as_str(), money(shown, *bucket)))
                .collect(),
        ),
        by_tier_term: account.by_tier_term.iter().map(cut).collect(),
        since_last: ChangeJson::of(&account.since_last),
        ledger: ledger(shown, statement.as_of),
        findings: found(account),
        commitments: account.commitments.iter().map(CommitmentJson::of).collect(),
        invoices: account.trend.iter().map(InvoiceJson::of).collect(),
        model: model(statement, account),
        backtest: BacktestJson::of(&account.backtest),
        track_record: &account.track_record,
    }
}

fn money(account: &FinanceAccount<'_>, bucket: Recoverable) -> Money {
    let Bucket {
        lines,
        earliest_on,
        notice_by,
        ..
    } = account.recoverable.get(&bucket).cloned().unwrap_or_default();
    Money {
        amount: prices::bucket(account, bucket),
        lines,
        earliest_on,
        notice_by,
    }
}

fn cut(cell: &crate::domain::TierTerm) -> Cut {
    Cut {
        tier: cell.tier,
        term: cell.term,
        lines: cell.lines,
        idle_lines: cell.idle_lines,
        monthly_cost: cell.monthly_cost.known_total(),
        idle_cost: cell.idle_cost.known_total(),
        lines_without_price: cell.monthly_cost.unknown,
        expected_waste: cell.expected_waste.map(|waste| waste.amount),
        expected_waste_low: cell.expected_waste.map(|waste| waste.low),
        expected_waste_high: cell.expected_waste.map(|waste| waste.high),
    }
}

/// All that was ever identified, and of it what has reached each later stage.
fn ledger(account: &FinanceAccount<'_>, as_of: NaiveDate) -> Ordered<Option<Cents>> {
    let sum = |stage: FindingState| (stage.as_str(), prices::ledger(account, stage, as_of));
    Ordered(LEDGER_STAGES.map(sum).to_vec())
}

/// By kind as finance reads it, so that this and findings.csv agree.
fn found(account: &AccountStatement) -> Ordered<Found> {
    let mut kinds: BTreeMap<FindingKind, (KnownSum, KnownSum, u32)> = BTreeMap::new();
    for finding in account.findings.iter().filter(|finding| finding.is_open()) {
        let (monthly, to_date, count) = kinds.entry(finding.kind.without_reason()).or_default();
        monthly.add(prices::worth(account, finding));
        to_date.add(prices::to_date(account, finding));
        *count += 1;
    }
    let found = kinds.into_iter().map(|(kind, (monthly, to_date, count))| {
        let found = Found {
            count,
            monthly_amount: monthly.known_total(),
            amount_to_date: to_date.known_total(),
        };
        (kind.as_str(), found)
    });
    Ordered(found.collect())
}

/// The settings named `scoring.*` are the model's parameters, whole numbers and chances as numbers; what was fitted stands beside them.
fn model<'a>(statement: &'a Statement, account: &AccountStatement) -> Model<'a> {
    let parameters = statement.method.iter().filter_map(|(key, value)| {
        let key = key.strip_prefix("scoring.").filter(|key| *key != "model")?;
        let text = value.trim_matches('"');
        let is_chance = matches!(key, "min_confidence" | "sure");
        let chance = || text.parse::<f64>().ok().filter(|_| is_chance).map(Value::from);
        let number = text.parse::<i64>().ok().map(Value::from).or_else(chance);
        Some((key, number.unwrap_or_else(|| Value::from(text))))
    });
    let AccountModel {
        source,
        lines_fitted,
        log_likelihood,
        transition,
        initial,
    } = &account.model;
    let fitted = [
        ("transition", transition.map(|rows| matrix(&rows))),
        ("initial", initial.map(|rows| matrix(&rows))),
    ];
    let fitted = fitted
        .into_iter()
        .filter_map(|(key, matrix)| Some((key, matrix?)));
    Model {
        name: &statement.model,
        source: *source,
        parameters: parameters.chain(fitted).collect(),
        lines_fitted: *lines_fitted,
        log_likelihood: log_likelihood.filter(|number| number.is_finite()),
    }
}

/// Rows of states; what is no finite number is `null`.
fn matrix(rows: &[[f64; 3]]) -> Value {
    rows.iter().map(|row| Value::from(row.to_vec())).collect()
}
