//! Origins -> the figures that are printed.

use super::flags::{Ranked, flags_of};
use super::scores::{calibration, scores};
use super::windows::{recalibrated, window_flags};
use crate::domain::{BacktestOrigin, BacktestReport, Cents, FrontierPoint, Prediction, WindowRecord};

/// Windows that stand beside the model, in calendar days.
const WINDOWS: [u32; 3] = [30, 60, 90];

/// None without a prediction.
pub fn report(origins: &[BacktestOrigin], computed: u32) -> Option<BacktestReport> {
    let all = || origins.iter().flat_map(|origin| &origin.predictions);
    let chances: Vec<(f64, bool)> = all()
        .map(|prediction| (f64::from(prediction.p_silent_90) / 1e6, !prediction.came_back))
        .collect();
    let scored = scores(&chances)?;
    let (bins, ece) = calibration(&chances);
    let flags = flags_of(all().filter(|prediction| prediction.flagged));
    let longest_silent = Ranked::by(all(), |prediction| prediction.days_silent);
    Some(BacktestReport {
        origins: origins.len() as u32,
        first_origin: origins.first()?.on,
        last_origin: origins.last()?.on,
        computed,
        lines: origins.iter().map(|origin| origin.predictions.len()).max()? as u32,
        predictions: chances.len() as u32,
        base_rate: chances.iter().filter(|(_, silent)| *silent).count() as f64 / chances.len() as f64,
        removed: origins.iter().map(|origin| origin.removed).sum(),
        removed_flagged: origins.iter().map(|origin| origin.removed_flagged).sum(),
        scores: scored,
        ece,
        calibration: bins,
        flags,
        windows: WINDOWS
            .iter()
            .map(|window_days| WindowRecord {
                window_days: *window_days,
                flags: window_flags(origins, *window_days),
                recalibrated: recalibrated(origins, *window_days),
            })
            .collect(),
        window_at_equal_flags: longest_silent.at_count(flags.flagged),
        window_at_equal_savings: longest_silent.at_savings(flags.monthly_flagged - flags.monthly_wrong),
        frontier: frontier(all().collect(), origins.len() as i64),
    })
}

/// Thresholds from .50 to .99, a hundredth apart, where they flag anything.
fn frontier(predictions: Vec<&Prediction>, origins: i64) -> Vec<FrontierPoint> {
    let point = |hundredths: u32| {
        let over = |prediction: &&&Prediction| prediction.p_silent_90 >= hundredths * 10_000;
        let flags = flags_of(predictions.iter().filter(over).copied());
        Some(FrontierPoint {
            threshold: f64::from(hundredths) / 100.0,
            flagged: flags.flagged as u32,
            monthly_flagged: Cents(flags.monthly_flagged.0).ratio(1, origins),
            came_back_share: flags.came_back_share?,
        })
    };
    (50..100).filter_map(point).collect()
}
