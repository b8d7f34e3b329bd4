//! What the silence of lines is expected to cost a month, with how sure that is.

use crate::domain::{Cents, ExpectedWaste, Forecast, ScoredLine};

/// Half of an 80 % interval of the normal distribution, in standard deviations.
const Z_80: f64 = 1.2816;

/// `monthly_cost` times the chance of 90 silent days, as printed, to the cent (half up).
pub fn expected_waste_of(monthly_cost: Cents, forecast: &Forecast) -> Cents {
    monthly_cost.ratio(forecast.p_silent_90.into(), 1_000_000)
}

/// The sum over the lines that have a chance and a price; lines are taken as falling silent independently of each other. None where
/// no line has both.
pub fn expected_waste<'l>(lines: impl IntoIterator<Item = &'l ScoredLine>) -> Option<ExpectedWaste> {
    let (mut sum, mut cost, mut variance, mut count) = (Cents::ZERO, Cents::ZERO, 0.0, 0);
    for line in lines {
        let (Some(forecast), Some(waste)) = (line.forecast, line.expected_waste) else {
            continue;
        };
        let chance = f64::from(forecast.p_silent_90) / 1e6;
        sum += waste;
        cost += line.cost.monthly_cost;
        variance += (line.cost.monthly_cost.0 as f64).powi(2) * chance * (1.0 - chance);
        count += 1;
    }
    let half = Cents((Z_80 * f64::sqrt(variance)).round() as i64);
    (count > 0).then(|| ExpectedWaste {
        amount: sum,
        low: (sum - half).max(Cents::ZERO),
        high: (sum + half).min(cost),
        lines: count,
    })
}
