//! One line, judged and priced: a row of `lines.csv`.

use chrono::NaiveDate;

use super::{Action, Activity, Cents, DecisionKind, Line, Recoverable, Term, Tier, Verdict, words};

words! {
    /// Where a line's chances come from.
    LineModel {
        /// Parameters fitted to the account's lines.
        Fitted => "fitted",
        /// Too few lines to fit: what is assumed of any account.
        Prior => "prior",
        /// A fixed window gives no chance.
        Rule => "rule",
    }
}

/// What the model says of a line's coming days; chances in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// No call placed or answered in the next 30 days (21 business days), in the next 90 (63).
    pub p_silent_30: u32,
    pub p_silent_90: u32,
    pub p_away: u32,
    pub p_gone: u32,
    /// What removing it tonight costs on an average: the price of a wrong removal times the chance of a call in 30 days.
    pub price_of_removing: Cents,
    /// The business day on which removing would be worth more than waiting, if the silence goes on from now; none within
    /// two years.
    pub idle_on: Option<NaiveDate>,
}

words! {
    CostSource {
        Invoice => "invoice", Contract => "contract", PriceBook => "price_book",
        /// The price book's, of the tier and term that the job takes lines for of which nobody says them.
        Assumed => "assumed",
    }
}

/// What a line costs for one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineCost {
    /// MRC, line add-ons, its DIDs and toll-free numbers.
    pub monthly_cost: Cents,
    /// What leaving would save: MRC and line add-ons, without numbers.
    pub seat_cost: Cents,
    /// What of the seat's cost is disputed as more than was agreed: asked back as a billing error, so leaving saves less.
    pub overcharge: Cents,
    /// What promotions that name the line take off its seat: 0.00 or below. The seat's cost bears the price before them.
    pub promotion: Cents,
    /// Of it, the MRC: the price of the line's tier.
    pub tier_price: Cents,
    /// Fees and taxes that follow from the line's charges; not part of `monthly_cost`.
    pub fees_share: Cents,
    /// None where no invoice, contract or price tells a cost.
    pub source: Option<CostSource>,
    pub tier: Option<Tier>,
    pub term: Option<Term>,
}

impl LineCost {
    /// `monthly_cost`, where anything tells it.
    pub fn known(&self) -> Option<Cents> {
        self.source.map(|_| self.monthly_cost)
    }

    /// What leaving saves a month, once it is billed as agreed and as long as its promotion lasts.
    pub fn saving(&self) -> Cents {
        (self.seat_cost + self.promotion - self.overcharge).max(Cents::ZERO)
    }
}

/// A keep that was the last word on a line: once it has lapsed, whoever decided it is asked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LapsedKeep {
    /// Its last day.
    pub until: NaiveDate,
    pub owner: Option<String>,
}

/// Everything that is said of one line tonight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoredLine {
    pub line: Line,
    pub activity: Activity,
    pub cost: LineCost,
    pub verdict: Verdict,
    /// 0 to 100: the chance of 90 silent days. By rule: 50 times the silent known days over the window, so 50 is a line at
    /// the window. None for a line too young to have a chance.
    pub idle_score: Option<u32>,
    pub reason: String,
    pub counterfactual: String,
    /// Idle but for its youth or the season.
    pub is_held_back: bool,
    pub action: Action,
    /// The last day on which a decision or a leave keeps it, where one does.
    pub stays_until: Option<NaiveDate>,
    pub monthly_saving: Cents,
    pub recoverable: Recoverable,
    pub recoverable_on: Option<NaiveDate>,
    pub notice_by: Option<NaiveDate>,
    /// None where the end of its term is not known.
    pub exposure_to_term_end: Option<Cents>,
    /// The verdict that a keep stands against, where the line would be wasted without it.
    pub kept_from: Option<Verdict>,
    pub decision: Option<DecisionKind>,
    pub decision_owner: Option<String>,
    pub decided_on: Option<NaiveDate>,
    pub decision_expires_on: Option<NaiveDate>,
    pub lapsed_keep: Option<LapsedKeep>,
    pub model: LineModel,
    /// None by rule, and under 21 known business days.
    pub forecast: Option<Forecast>,
    /// `monthly_cost` times the chance of 90 silent days; none without either.
    pub expected_waste: Option<Cents>,
    pub target_tier: Option<Tier>,
    /// What whoever acts on it must know beside the verdict. For administrators alone.
    pub cautions: Vec<String>,
}

impl ScoredLine {
    /// What the step saves a month; none where nothing tells the line's price.
    pub fn saving(&self) -> Option<Cents> {
        let is_known = self.cost.source.is_some() || !self.monthly_saving.is_zero();
        is_known.then_some(self.monthly_saving)
    }

    /// For whoever acts on it: what to know first, then why. Not for finance.
    pub fn full_reason(&self) -> String {
        let parts: Vec<&str> = self
            .cautions
            .iter()
            .chain([&self.reason])
            .map(String::as_str)
            .collect();
        parts.join(" ")
    }
}
