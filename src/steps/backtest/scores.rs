//! How good probabilities were: Brier score, log loss, area under the curve, calibration.

use crate::domain::{CalibrationBin, Scores};

/// Equal-count bins of the calibration table.
const BINS: usize = 10;
/// A probability is never taken for certainty, so that one surprise costs much and not everything.
const SUREST: f64 = 1e-6;

/// Probabilities of silence with whether silence it was. None without any.
pub fn scores(predictions: &[(f64, bool)]) -> Option<Scores> {
    if predictions.is_empty() {
        return None;
    }
    let count = predictions.len() as f64;
    let square = |(p, silent): &(f64, bool)| (p - f64::from(u8::from(*silent))).powi(2);
    let surprise = |(p, silent): &(f64, bool)| {
        let p = p.clamp(SUREST, 1.0 - SUREST);
        -(if *silent { p } else { 1.0 - p }).ln()
    };
    Some(Scores {
        brier: predictions.iter().map(square).sum::<f64>() / count,
        log_loss: predictions.iter().map(surprise).sum::<f64>() / count,
        auc: auc(predictions),
    })
}

/// The Mann-Whitney statistic, ties at their mean rank.
fn auc(predictions: &[(f64, bool)]) -> Option<f64> {
    let mut sorted: Vec<(f64, bool)> = predictions.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let silent = sorted.iter().filter(|(_, silent)| *silent).count() as f64;
    let others = sorted.len() as f64 - silent;
    let mut ranks = 0.0;
    let mut before = 0.0;
    for tie in sorted.chunk_by(|a, b| a.0 == b.0) {
        let mean_rank = before + (tie.len() as f64 + 1.0) / 2.0;
        ranks += mean_rank * tie.iter().filter(|(_, silent)| *silent).count() as f64;
        before += tie.len() as f64;
    }
    (silent > 0.0 && others > 0.0).then(|| (ranks - silent * (silent + 1.0) / 2.0) / (silent * others))
}

/// Ten bins of equal count by probability, and the mean gap between what they said and what came, weighed by count.
pub fn calibration(predictions: &[(f64, bool)]) -> (Vec<CalibrationBin>, f64) {
    let mut sorted: Vec<(f64, bool)> = predictions.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let bins: Vec<CalibrationBin> = (0..BINS)
        .map(|bin| &sorted[sorted.len() * bin / BINS..sorted.len() * (bin + 1) / BINS])
        .filter(|bin| !bin.is_empty())
        .map(|bin| {
            let count = bin.len() as f64;
            CalibrationBin {
                predictions: bin.len() as u32,
                mean_p_silent_90: bin.iter().map(|(p, _)| p).sum::<f64>() / count,
                silent_share: bin.iter().filter(|(_, silent)| *silent).count() as f64 / count,
            }
        })
        .collect();
    let gap = |bin: &CalibrationBin| {
        f64::from(bin.predictions) * (bin.mean_p_silent_90 - bin.silent_share).abs() / sorted.len() as f64
    };
    let ece = bins.iter().map(gap).sum();
    (bins, ece)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_a_few_predictions_by_hand() {
        let found = scores(&[(0.8, true), (0.5, false), (0.5, true), (0.1, false)]).unwrap();
        assert!((found.brier - (0.04 + 0.25 + 0.25 + 0.01) / 4.0).abs() < 1e-12);
        let by_hand = -(0.8_f64.ln() + 2.0 * 0.5_f64.ln() + 0.9_f64.ln()) / 4.0;
        assert!((found.log_loss - by_hand).abs() < 1e-12);
        // Of the four pairs three are in order and one is a tie.
        assert_eq!(found.auc, Some(3.5 / 4.0));
    }

    #[test]
    fn no_prediction_and_one_outcome_have_no_curve() {
        assert_eq!(scores(&[]), None);
        assert_eq!(scores(&[(1.0, true), (0.3, true)]).unwrap().auc, None);
        let (bins, ece) = calibration(&[]);
        assert!(bins.is_empty() && ece == 0.0);
    }

    #[test]
    fn a_certain_mistake_is_dear_and_finite() {
        let found = scores(&[(1.0, false)]).unwrap();
        assert!((found.log_loss - 1e6_f64.ln()).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn bins_hold_equal_numbers_and_the_error_is_their_mean_gap() {
        let predictions: Vec<(f64, bool)> = (0..40).map(|n| (f64::from(n) / 40.0, n % 2 == 0)).collect();
        let (bins, ece) = calibration(&predictions);
        assert!(bins.len() == 10 && bins.iter().all(|bin| bin.predictions == 4));
        let by_hand: f64 = bins
            .iter()
            .map(|bin| (bin.mean_p_silent_90 - 0.5).abs())
            .sum::<f64>()
            / 10.0;
        assert!((ece - by_hand).abs() < 1e-12);
    }
}
