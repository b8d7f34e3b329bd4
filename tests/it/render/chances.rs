//! A night judged by chance, made by hand: an account with a back-test, and one with too little history for it.

use quietline::domain::*;

use super::night::{acme, day, night, zurich};

fn flags(flagged: f64, came_back: f64, interval: (f64, f64), flagged_cents: i64, wrong_cents: i64) -> Flags {
    Flags {
        flagged,
        came_back,
        came_back_share: Some(came_back / flagged),
        came_back_low: Some(interval.0),
        came_back_high: Some(interval.1),
        monthly_flagged: Cents(flagged_cents),
        monthly_wrong: Cents(wrong_cents),
    }
}

fn scores(brier: f64, log_loss: f64, auc: f64) -> Scores {
    Scores {
        brier,
        log_loss,
        auc: Some(auc),
    }
}

fn window(window_days: u32, flags: Flags, of_window: Scores, of_model: Scores) -> WindowRecord {
    WindowRecord {
        window_days,
        flags,
        recalibrated: Some(Recalibrated {
            predictions: 720,
            scores: of_window,
            model_scores: of_model,
        }),
    }
}

/// Ten groups of 124: sure at both ends, too careful in the middle.
fn calibration() -> Vec<CalibrationBin> {
    let said = [0.004, 0.011, 0.02, 0.04, 0.09, 0.21, 0.46, 0.74, 0.9, 0.97];
    let silent = [0.0, 0.008, 0.024, 0.048, 0.113, 0.266, 0.54, 0.79, 0.919, 0.984];
    let bin = |(said, silent): (&f64, &f64)| CalibrationBin {
        predictions: 124,
        mean_p_silent_90: *said,
        silent_share: *silent,
    };
    said.iter().zip(&silent).map(bin).collect()
}

/// Fewer lines and fewer of them wrong, the stricter the threshold.
fn frontier() -> Vec<FrontierPoint> {
    let point = |hundredths: u32| {
        let strict = f64::from(hundredths - 50) / 49.0;
        let flagged = (320.0 - 270.0 * strict.powi(2)).round() as u32;
        FrontierPoint {
            threshold: f64::from(hundredths) / 100.0,
            flagged,
            monthly_flagged: Cents(i64::from(flagged) * 2_650 / 8),
            came_back_share: 0.24 * (1.0 - strict).powf(1.3) + 0.012,
        }
    };
    (50..100).map(point).collect()
}

pub fn report() -> BacktestReport {
    let model = scores(0.061, 0.204, 0.962);
    BacktestReport {
        origins: 8,
        first_origin: day("2025-12-12"),
        last_origin: day("2026-07-10"),
        computed: 1,
        lines: 158,
        predictions: 1_240,
        base_rate: 0.361,
        removed: 9,
        removed_flagged: 4,
        scores: scores(0.0583, 0.1987, 0.9641),
        ece: 0.0214,
        calibration: calibration(),
        flags: flags(164.0, 12.0, (0.0423, 0.1232), 434_600, 26_988),
        windows: vec![
            window(
                30,
                flags(298.0, 66.0, (0.1778, 0.272), 789_700, 164_934),
                scores(0.0991, 0.3121, 0.8812),
                model,
            ),
            window(
                60,
                flags(214.0, 33.0, (0.1119, 0.2084), 567_100, 85_767),
                scores(0.0894, 0.2876, 0.894),
                model,
            ),
            window(
                90,
                flags(171.0, 21.0, (0.0817, 0.1803), 453_150, 53_979),
                scores(0.0902, 0.2899, 0.872),
                model,
            ),
        ],
        window_at_equal_flags: flags(164.0, 19.5, (0.0777, 0.1777), 434_600, 49_480),
        window_at_equal_savings: flags(168.4, 20.6, (0.0809, 0.1804), 446_260, 38_648),
        frontier: frontier(),
    }
}

fn with_chances(mut account: AccountStatement) -> AccountStatement {
    for scored in &mut account.lines {
        let p_silent_90 = match scored.verdict {
            _ if scored.cost.source.is_none() => continue,
            Verdict::New => continue,
            Verdict::Watch => 612_345,
            verdict if verdict.is_waste() => 964_127,
            _ => 4_321,
        };
        scored.model = account.model.source;
        scored.idle_score = Some((p_silent_90 + 5_000) / 10_000);
        scored.expected_waste = Some(scored.cost.monthly_cost.ratio(p_silent_90.into(), 1_000_000));
        scored.forecast = Some(Forecast {
            p_silent_30: p_silent_90 + 20_000,
            p_silent_90,
            p_away: 100_000,
            p_gone: p_silent_90 / 2,
            price_of_removing: Cents(25_000).ratio(i64::from(980_000 - p_silent_90), 1_000_000),
            idle_on: None,
        });
    }
    let with = || account.lines.iter().filter_map(|scored| scored.expected_waste);
    let amount: Cents = with().sum();
    account.expected_waste = Some(ExpectedWaste {
        amount,
        low: amount.ratio(88, 100),
        high: amount.ratio(112, 100),
        lines: with().count() as u32,
    });
    for cut in &mut account.by_tier_term {
        let amount = cut.idle_cost.amount.ratio(96, 100);
        cut.expected_waste = Some(ExpectedWaste {
            amount,
            low: amount.ratio(9, 10),
            high: cut.idle_cost.amount,
            lines: cut.lines,
        });
    }
    account
}

fn fitted() -> AccountModel {
    AccountModel {
        source: LineModel::Fitted,
        lines_fitted: 142,
        log_likelihood: Some(-18_204.25),
        transition: Some([[0.995, 0.004, 0.001], [0.03, 0.97, 0.0], [0.0005, 0.0, 0.9995]]),
        initial: Some([[0.075, 0.01875, 0.03125]; 8]),
    }
}

/// What became of earlier flags.
fn sent() -> TrackRecord {
    TrackRecord {
        flags: 23,
        first_flag_on: Some(day("2026-05-02")),
        still_silent: 15,
        came_back: 2,
        came_back_after_days: Some(41),
        removed: 4,
        exempted: 2,
    }
}

pub fn night_by_chance() -> Statement {
    let acme = AccountStatement {
        model: fitted(),
        ..acme()
    };
    let zurich = AccountStatement {
        model: AccountModel {
            source: LineModel::Prior,
            lines_fitted: 0,
            log_likelihood: None,
            ..fitted()
        },
        backtest: Backtest::TooLittle(TooLittle {
            needs_known_business_days: 126,
            has_known_business_days: 88,
            first_on: day("2027-01-15"),
        }),
        ..zurich()
    };
    Statement {
        model: "probability".into(),
        method: vec![
            ("scoring.model".into(), "probability".into()),
            ("scoring.wrong_removal_cost".into(), "250.00".into()),
            ("scoring.min_confidence".into(), "0.80".into()),
        ],
        accounts: vec![
            AccountStatement {
                backtest: Backtest::Made(Box::new(report())),
                track_record: sent(),
                ..with_chances(acme)
            },
            with_chances(zurich),
        ],
        ..night()
    }
}
