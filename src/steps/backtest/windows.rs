//! Fixed windows beside the model, raw and recalibrated.

use super::flags::flags_of;
use super::scores::scores;
use crate::domain::{BacktestOrigin, Flags, Prediction, Recalibrated};

/// Lines silent for the window or longer.
pub fn window_flags(origins: &[BacktestOrigin], window_days: u32) -> Flags {
    let all = origins.iter().flat_map(|origin| &origin.predictions);
    flags_of(all.filter(|prediction| prediction.days_silent >= window_days))
}

/// Under the window, past it, past twice of it.
fn bin(prediction: &Prediction, window_days: u32) -> usize {
    match prediction.days_silent {
        silent if silent < window_days => 0,
        silent if silent < 2 * window_days => 1,
        _ => 2,
    }
}

/// The window as a probability: the share that stayed silent in the same bin at earlier origins whose outcome was known
/// by then. One line of each outcome is added to each bin, so that none is certain.
pub fn recalibrated(origins: &[BacktestOrigin], window_days: u32) -> Option<Recalibrated> {
    let (mut windows, mut model) = (Vec::new(), Vec::new());
    for origin in origins {
        let mut earlier = origins
            .iter()
            .filter(|other| other.known_on <= origin.on)
            .peekable();
        if earlier.peek().is_none() {
            continue;
        }
        let mut counts = [(1.0, 2.0); 3];
        for prediction in earlier.flat_map(|origin| &origin.predictions) {
            let (silent, all) = &mut counts[bin(prediction, window_days)];
            *silent += f64::from(u8::from(!prediction.came_back));
            *all += 1.0;
        }
        for prediction in &origin.predictions {
            let (silent, all) = counts[bin(prediction, window_days)];
            windows.push((silent / all, !prediction.came_back));
            model.push((f64::from(prediction.p_silent_90) / 1e6, !prediction.came_back));
        }
    }
    Some(Recalibrated {
        predictions: windows.len() as u32,
        scores: scores(&windows)?,
        model_scores: scores(&model)?,
    })
}
