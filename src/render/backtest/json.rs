//! The back-test for machines: the object of `summary.json`, and the same by account for `quietline backtest --json`.

use serde::Serialize;

use super::tables::a_month;
use crate::domain::{
    AccountStatement, Backtest, BacktestReport, CalibrationBin, Cents, Currency, Flags, FrontierPoint,
    Recalibrated, Scores, Statement, TooLittle, TrackRecord, WindowRecord,
};
use crate::render::RenderError;
use crate::render::values::withheld::printed_accounts;

/// `null` by rule, what is missing where there is too little, else the report.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum BacktestJson<'a> {
    ByRule(()),
    TooLittle(&'a TooLittle),
    Made(Box<ReportJson<'a>>),
}

impl BacktestJson<'_> {
    pub(crate) fn of(backtest: &Backtest) -> BacktestJson<'_> {
        match backtest {
            Backtest::ByRule | Backtest::NobodyToJudge => BacktestJson::ByRule(()),
            Backtest::TooLittle(little) => BacktestJson::TooLittle(little),
            Backtest::Made(report) => BacktestJson::Made(Box::new(ReportJson::of(report))),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct ReportJson<'a> {
    origins: u32,
    first_origin: chrono::NaiveDate,
    last_origin: chrono::NaiveDate,
    lines: u32,
    predictions: u32,
    base_rate: Option<f64>,
    #[serde(flatten)]
    scores: ScoresJson,
    ece: Option<f64>,
    #[serde(flatten)]
    flags: FlagsJson,
    removed: u32,
    removed_flagged: u32,
    rules: Vec<RuleJson>,
    window_at_equal_flags: FlagsJson,
    window_at_equal_savings: FlagsJson,
    calibration: &'a [CalibrationBin],
    frontier: &'a [FrontierPoint],
}

/// What is no finite number has no place in JSON.
fn finite(number: f64) -> Option<f64> {
    Some(number).filter(|number| number.is_finite())
}

#[derive(Serialize)]
struct ScoresJson {
    auc: Option<f64>,
    brier: Option<f64>,
    log_loss: Option<f64>,
}

impl ScoresJson {
    fn of(scores: &Scores) -> ScoresJson {
        ScoresJson {
            auc: scores.auc.and_then(finite),
            brier: finite(scores.brier),
            log_loss: finite(scores.log_loss),
        }
    }
}

/// Amounts are a month's, on average over the origins like the frontier's; `_sum` is over all origins.
#[derive(Serialize)]
struct FlagsJson {
    flagged: Option<f64>,
    came_back: Option<f64>,
    came_back_share: Option<f64>,
    came_back_low: Option<f64>,
    came_back_high: Option<f64>,
    monthly_flagged: Cents,
    monthly_wrong: Cents,
    monthly_flagged_sum: Cents,
    monthly_wrong_sum: Cents,
}

impl FlagsJson {
    fn of(report: &BacktestReport, flags: &Flags) -> FlagsJson {
        FlagsJson {
            flagged: finite(flags.flagged),
            came_back: finite(flags.came_back),
            came_back_share: flags.came_back_share.and_then(finite),
            came_back_low: flags.came_back_low.and_then(finite),
            came_back_high: flags.came_back_high.and_then(finite),
            monthly_flagged: a_month(report, flags.monthly_flagged),
            monthly_wrong: a_month(report, flags.monthly_wrong),
            monthly_flagged_sum: flags.monthly_flagged,
            monthly_wrong_sum: flags.monthly_wrong,
        }
    }
}

#[derive(Serialize)]
struct RuleJson {
    rule: String,
    window_days: u32,
    #[serde(flatten)]
    flags: FlagsJson,
    recalibrated: Option<RecalibratedJson>,
}

#[derive(Serialize)]
struct RecalibratedJson {
    predictions: u32,
    #[serde(flatten)]
    scores: ScoresJson,
    /// The model's on the same predictions.
    model: ScoresJson,
}

impl RuleJson {
    fn of(report: &BacktestReport, window: &WindowRecord) -> RuleJson {
        let recalibrated = |made: &Recalibrated| RecalibratedJson {
            predictions: made.predictions,
            scores: ScoresJson::of(&made.scores),
            model: ScoresJson::of(&made.model_scores),
        };
        RuleJson {
            rule: format!("window_{}", window.window_days),
            window_days: window.window_days,
            flags: FlagsJson::of(report, &window.flags),
            recalibrated: window.recalibrated.as_ref().map(recalibrated),
        }
    }
}

impl ReportJson<'_> {
    fn of(report: &BacktestReport) -> ReportJson<'_> {
        ReportJson {
            origins: report.origins,
            first_origin: report.first_origin,
            last_origin: report.last_origin,
            lines: report.lines,
            predictions: report.predictions,
            base_rate: finite(report.base_rate),
            scores: ScoresJson::of(&report.scores),
            ece: finite(report.ece),
            flags: FlagsJson::of(report, &report.flags),
            removed: report.removed,
            removed_flagged: report.removed_flagged,
            rules: report
                .windows
                .iter()
                .map(|window| RuleJson::of(report, window))
                .collect(),
            window_at_equal_flags: FlagsJson::of(report, &report.window_at_equal_flags),
            window_at_equal_savings: FlagsJson::of(report, &report.window_at_equal_savings),
            calibration: &report.calibration,
            frontier: &report.frontier,
        }
    }
}

#[derive(Serialize)]
struct AccountJson<'a> {
    account_id: &'a str,
    currency: Currency,
    as_of: chrono::NaiveDate,
    backtest: BacktestJson<'a>,
    track_record: &'a TrackRecord,
}

/// Every account's back-test as JSON, each the object of `summary.json`. Empty on a held or blocked night.
pub fn backtest_json(statement: &Statement) -> Result<Vec<u8>, RenderError> {
    let account = |account| {
        let AccountStatement {
            account_id,
            currency,
            backtest,
            track_record,
            ..
        }: &AccountStatement = account;
        AccountJson {
            account_id,
            currency: *currency,
            as_of: statement.as_of,
            backtest: BacktestJson::of(backtest),
            track_record,
        }
    };
    let accounts: Vec<AccountJson> = printed_accounts(statement).iter().map(account).collect();
    let mut bytes = serde_json::to_vec_pretty(&accounts)?;
    bytes.push(b'\n');
    Ok(bytes)
}
