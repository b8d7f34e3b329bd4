//! How right verdicts have been: on the account's own past (back-test), and as they were sent (track record).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Cents, Verdict};

/// One line on one day in the past: what would have been said of it then, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Row", from = "Row")]
pub struct Prediction {
    /// Chance of silence for the next 63 known business days, in millionths.
    pub p_silent_90: u32,
    /// Known calendar days without use, up to the origin.
    pub days_silent: u32,
    pub monthly_cost: Cents,
    /// What the decision (docs/rules.md) said with tonight's settings.
    pub flagged: bool,
    /// Used in the 63 known business days that followed.
    pub came_back: bool,
}

/// A prediction as it is kept: its fields in their order, without their names; there are many.
type Row = (u32, u32, i64, bool, bool);

impl From<Prediction> for Row {
    fn from(prediction: Prediction) -> Row {
        let Prediction {
            p_silent_90,
            days_silent,
            monthly_cost,
            flagged,
            came_back,
        } = prediction;
        (p_silent_90, days_silent, monthly_cost.0, flagged, came_back)
    }
}

impl From<Row> for Prediction {
    fn from((p_silent_90, days_silent, cents, flagged, came_back): Row) -> Prediction {
        Prediction {
            p_silent_90,
            days_silent,
            monthly_cost: Cents(cents),
            flagged,
            came_back,
        }
    }
}

/// One day in the past from which the account was judged with what was known then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub on: NaiveDate,
    /// The day on which the 63 known business days after it were over.
    pub known_on: NaiveDate,
    /// What the result was computed from; another key means that it must be computed again.
    pub key: String,
    pub predictions: Vec<Prediction>,
    /// Lines taken away before their outcome could be known: left out.
    pub removed: u32,
    /// Of those, lines that had been flagged.
    pub removed_flagged: u32,
}

/// The back-test of one account.
#[derive(Debug, Clone, PartialEq)]
pub enum Backtest {
    /// The fixed window makes no prediction.
    ByRule,
    TooLittle(TooLittle),
    /// There is history, and no line of a person to judge on any of its days.
    NobodyToJudge,
    Made(Box<BacktestReport>),
}

/// "Needs 126 known business days, has 88; first back-test on 2027-01-15."
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TooLittle {
    pub needs_known_business_days: u32,
    pub has_known_business_days: u32,
    /// If every day from now on is known.
    pub first_on: NaiveDate,
}

/// Predictions of all origins together. Shares and chances are from 0 to 1; money is a month's, summed over the origins.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BacktestReport {
    pub origins: u32,
    pub first_origin: NaiveDate,
    pub last_origin: NaiveDate,
    /// Origins that were computed in this run; the others were remembered.
    #[serde(skip)]
    pub computed: u32,
    /// The most lines of one origin.
    pub lines: u32,
    pub predictions: u32,
    /// Share of the predictions that stayed silent.
    pub base_rate: f64,
    /// Lines removed before their outcome was known, those that no inventory shows any more included; and those of them that
    /// had been flagged, or were sent as flags.
    pub removed: u32,
    pub removed_flagged: u32,
    pub scores: Scores,
    /// Expected calibration error in equal-count bins.
    pub ece: f64,
    pub calibration: Vec<CalibrationBin>,
    /// What the decision flagged.
    pub flags: Flags,
    pub windows: Vec<WindowRecord>,
    /// The longest silent lines, as many as the decision flagged.
    pub window_at_equal_flags: Flags,
    /// The longest silent lines, until as much money that stayed silent is flagged.
    pub window_at_equal_savings: Flags,
    pub frontier: Vec<FrontierPoint>,
}

/// How good probabilities are: lower is better for the first two, higher for the last.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Scores {
    pub brier: f64,
    pub log_loss: f64,
    /// Chance that a line which stayed silent had the higher probability; none where all ended alike.
    pub auc: Option<f64>,
}

/// Predictions of about the same probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CalibrationBin {
    pub predictions: u32,
    pub mean_p_silent_90: f64,
    pub silent_share: f64,
}

/// Lines flagged, and how many of them were used again within 90 days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Flags {
    /// Whole numbers but where a tie had to be cut.
    pub flagged: f64,
    pub came_back: f64,
    /// `came_back / flagged` with Wilson's 95 % interval; none without a flag.
    pub came_back_share: Option<f64>,
    pub came_back_low: Option<f64>,
    pub came_back_high: Option<f64>,
    pub monthly_flagged: Cents,
    /// Of it, of lines that came back.
    pub monthly_wrong: Cents,
}

/// A fixed window beside the model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WindowRecord {
    pub window_days: u32,
    pub flags: Flags,
    /// The window made into a probability by what became of lines at earlier origins: under it, past it, past twice of it.
    /// None while no earlier outcome was known.
    pub recalibrated: Option<Recalibrated>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Recalibrated {
    pub predictions: u32,
    pub scores: Scores,
    /// The model's on the same predictions.
    pub model_scores: Scores,
}

/// A threshold on `p_silent_90`: what a month of the flagged lines costs, an average over the origins, and how many came back.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FrontierPoint {
    pub threshold: f64,
    pub flagged: u32,
    pub monthly_flagged: Cents,
    pub came_back_share: f64,
}

/// A flag as it was sent, and what became of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentFlag {
    pub account_id: String,
    pub line_id: String,
    pub flagged_on: NaiveDate,
    pub verdict: Verdict,
    pub p_silent_90: Option<u32>,
    pub monthly_cost: Cents,
    pub outcome: FlagOutcome,
    pub outcome_on: Option<NaiveDate>,
}

super::words! {
    FlagOutcome {
        StillSilent => "still_silent", CameBack => "came_back", Removed => "removed", Exempted => "exempted",
    }
}

/// The flags of earlier nights, summed; never recomputed with tonight's model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TrackRecord {
    pub flags: u32,
    pub first_flag_on: Option<NaiveDate>,
    pub still_silent: u32,
    pub came_back: u32,
    /// Median of the calendar days from the flag to the call; none where none came back.
    pub came_back_after_days: Option<u32>,
    pub removed: u32,
    pub exempted: u32,
}
