//! One line, judged and priced: a row of `lines.csv`.

use chrono::NaiveDate;

use super::{Action, Activity, Cents, DecisionKind, Line, Recoverable, Term, Tier, Verdict, words};

words! {
    CostSource { Invoice => "invoice", Contract => "contract", PriceBook => "price_book" }
}

/// What a line costs for one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineCost {
    /// MRC, line add-ons, its DIDs and toll-free numbers.
    pub monthly_cost: Cents,
    /// What leaving would save: MRC and line add-ons, without numbers.
    pub seat_cost: Cents,
    /// Fees and taxes that follow from the line's charges; not part of `monthly_cost`.
    pub fees_share: Cents,
    /// None where no invoice, contract or price tells a cost.
    pub source: Option<CostSource>,
    pub tier: Option<Tier>,
    pub term: Option<Term>,
}

/// Everything that is said of one line tonight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoredLine {
    pub line: Line,
    pub activity: Activity,
    pub cost: LineCost,
    pub verdict: Verdict,
    /// 0 to 100. By rule: 50 times the silent known days over the window, so 50 is a line at the window.
    pub idle_score: u32,
    pub reason: String,
    pub counterfactual: String,
    pub action: Action,
    pub monthly_saving: Cents,
    pub recoverable: Recoverable,
    pub recoverable_on: Option<NaiveDate>,
    pub notice_by: Option<NaiveDate>,
    pub exposure_to_term_end: Cents,
    pub decision: Option<DecisionKind>,
    pub decision_expires_on: Option<NaiveDate>,
    /// Chances of silence for the next 30 and 90 days in millionths; none by rule.
    pub p_silent_30: Option<u32>,
    pub p_silent_90: Option<u32>,
    pub expected_waste: Option<Cents>,
    pub target_tier: Option<Tier>,
}
