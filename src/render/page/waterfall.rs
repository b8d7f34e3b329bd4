//! The bridge as bars: geometry only, whole numbers in the drawing's own units.

use crate::domain::{BridgePart, Cents};
use crate::render::page::Waterfall;
use crate::render::values::{cell, plain};

/// The drawing's width; its labels stay legible when a phone shrinks it.
pub(crate) const WIDTH: i64 = 400;
const ROW: i64 = 36;

pub(crate) struct Bar {
    pub label: &'static str,
    pub amount: String,
    /// Which colour it takes.
    pub class: &'static str,
    pub x: i64,
    pub width: i64,
    pub text_y: i64,
    pub bar_y: i64,
}

pub(crate) struct Bars {
    pub bars: Vec<Bar>,
    pub height: i64,
}

impl Bars {
    pub(crate) fn of(waterfall: &Waterfall) -> Bars {
        let mut sums = vec![Cents::ZERO];
        for (_, amount) in &waterfall.steps {
            sums.push(sums[sums.len() - 1] + *amount);
        }
        let low = sums
            .iter()
            .copied()
            .chain([waterfall.total])
            .min()
            .unwrap_or_default();
        let high = sums
            .iter()
            .copied()
            .chain([waterfall.total])
            .max()
            .unwrap_or_default();
        let span = (high - low).0.max(1);
        let x = |sum: Cents| Cents(WIDTH).ratio((sum - low).0, span).0;
        let bar = |index: usize, label, class, from: Cents, to: Cents, amount: Cents| Bar {
            label,
            amount: cell::money(amount, waterfall.currency),
            class,
            x: x(from.min(to)),
            width: (x(from) - x(to)).abs().max(1),
            text_y: ROW * index as i64 + 14,
            bar_y: ROW * index as i64 + 20,
        };
        let mut bars: Vec<Bar> = waterfall
            .steps
            .iter()
            .enumerate()
            .map(|(index, (part, amount))| {
                bar(
                    index,
                    plain::bridge_part(*part),
                    class(*part, *amount),
                    sums[index],
                    sums[index + 1],
                    *amount,
                )
            })
            .collect();
        bars.push(bar(
            bars.len(),
            "Billed total",
            "total",
            Cents::ZERO,
            waterfall.total,
            waterfall.total,
        ));
        Bars {
            height: ROW * bars.len() as i64,
            bars,
        }
    }
}

fn class(part: BridgePart, amount: Cents) -> &'static str {
    match part {
        _ if amount < Cents::ZERO => "less",
        BridgePart::Idle => "idle",
        BridgePart::RightSize | BridgePart::Disputed | BridgePart::Numbers | BridgePart::Unexplained => {
            "open"
        }
        _ => "rest",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Currency;

    #[test]
    fn each_bar_starts_where_the_one_before_ends_and_none_leaves_the_drawing() {
        let steps = vec![
            (BridgePart::InUse, Cents(10_000)),
            (BridgePart::Idle, Cents(5_000)),
            (BridgePart::Credits, Cents(-18_000)),
            (BridgePart::Unexplained, Cents(0)),
        ];
        let total = Cents(-3_000);
        let waterfall = Waterfall {
            id: "w".into(),
            title: "t".into(),
            description: "d".into(),
            currency: Currency::USD,
            steps,
            total,
        };
        let drawn = Bars::of(&waterfall);
        let spans: Vec<(i64, i64)> = drawn.bars.iter().map(|bar| (bar.x, bar.x + bar.width)).collect();
        assert_eq!(spans, [(67, 289), (289, 400), (0, 400), (0, 1), (0, 67)]);
    }
}
