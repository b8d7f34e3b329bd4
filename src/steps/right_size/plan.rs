//! Which lines move, as one problem: the add-on of the account that stands in for a dearer tier is paid once, for all.

use crate::domain::Cents;

/// One line's savings a month: as the account is, and once the add-on is bought. None: it stays.
#[derive(Debug, Clone)]
pub struct Choice {
    pub line_id: String,
    pub without: Option<Cents>,
    pub with: Option<Cents>,
    /// The commitment that the line would leave, as an index into the rooms.
    pub room: Option<usize>,
}

impl Choice {
    /// The better of its savings, and whether that takes the add-on.
    fn best(&self, is_bought: bool) -> Option<(Cents, bool)> {
        let with = self.with.filter(|_| is_bought);
        match (self.without, with) {
            (without, Some(with)) if without.is_none_or(|without| with > without) => Some((with, true)),
            (without, _) => Some((without?, false)),
        }
        .filter(|(saving, _)| *saving > Cents::ZERO)
    }
}

/// A line that moves, by its index among the choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    pub choice: usize,
    /// Before its share of the add-on.
    pub saving: Cents,
    pub takes_addon: bool,
}

/// The moves of the greatest net saving, and what the other way would have come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    pub moves: Vec<Move>,
    pub buys_addon: bool,
    pub without: Cents,
    /// Before the add-on's price.
    pub with: Cents,
}

/// `rooms` are the lines that may still leave each commitment; `addon` what the add-on costs, where it is on offer.
pub fn best_plan(choices: &[Choice], rooms: &[u32], addon: Option<Cents>) -> Plan {
    let total = |moves: &[Move]| moves.iter().map(|line| line.saving).sum::<Cents>();
    let (stay, buy) = (moves(choices, rooms, false), moves(choices, rooms, true));
    let (without, with) = (total(&stay), total(&buy));
    let buys_addon = addon.is_some_and(|price| with - price > without);
    Plan {
        moves: if buys_addon { buy } else { stay },
        buys_addon,
        without,
        with,
    }
}

/// The dearest lines first, then by line id, fill the room that a commitment leaves: with the add-on paid or left out,
/// each line's saving is its own.
fn moves(choices: &[Choice], rooms: &[u32], is_bought: bool) -> Vec<Move> {
    let mut moves: Vec<Move> = choices
        .iter()
        .enumerate()
        .filter_map(|(choice, line)| {
            let (saving, takes_addon) = line.best(is_bought)?;
            Some(Move {
                choice,
                saving,
                takes_addon,
            })
        })
        .collect();
    moves.sort_by(|a, b| {
        let line_id = |line: &Move| &choices[line.choice].line_id;
        (b.saving.cmp(&a.saving)).then_with(|| line_id(a).cmp(line_id(b)))
    });
    let mut left = rooms.to_vec();
    moves.retain(|line| match choices[line.choice].room {
        None => true,
        Some(room) if left[room] == 0 => false,
        Some(room) => {
            left[room] -= 1;
            true
        }
    });
    moves
}

/// The add-on's price over the lines that take it, in proportion to their savings and to the cent.
pub fn shares(price: Cents, savings: &[Cents]) -> Vec<Cents> {
    let total: Cents = savings.iter().copied().sum();
    let mut so_far = Cents::ZERO;
    let mut given = Cents::ZERO;
    savings
        .iter()
        .map(|saving| {
            so_far += *saving;
            let up_to = match total > Cents::ZERO {
                true => price.ratio(so_far.0, total.0),
                false => price,
            };
            let share = up_to - given;
            given = up_to;
            share
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn recorders(lines: usize, saving: i64) -> Vec<Choice> {
        let choice = |line| Choice {
            line_id: format!("{line:03}"),
            without: None,
            with: Some(Cents(saving)),
            room: None,
        };
        (0..lines).map(choice).collect()
    }

    #[test]
    fn company_recording_pays_from_eight_annual_and_five_monthly_lines_on() {
        let buys = |lines, saving| best_plan(&recorders(lines, saving), &[], Some(Cents(4999))).buys_addon;
        assert_eq!([buys(7, 700), buys(8, 700)], [false, true]);
        assert_eq!([buys(4, 1000), buys(5, 1000)], [false, true]);
        let eight = best_plan(&recorders(8, 700), &[], Some(Cents(4999)));
        assert_eq!(
            (eight.with, eight.without, eight.moves.len()),
            (Cents(5600), Cents::ZERO, 8)
        );
        let none_on_offer = best_plan(&recorders(8, 700), &[], None);
        assert!(none_on_offer.moves.is_empty());
    }

    #[test]
    fn a_commitment_keeps_the_cheapest_lines() {
        let line = |line_id: &str, saving| Choice {
            line_id: line_id.into(),
            without: Some(Cents(saving)),
            with: None,
            room: Some(0),
        };
        let choices = [line("a", 700), line("b", 1400), line("c", 700)];
        let moved = |room| {
            let plan = best_plan(&choices, &[room], None);
            plan.moves.iter().map(|line| line.choice).collect::<Vec<_>>()
        };
        assert_eq!(moved(3), [1, 0, 2]);
        assert_eq!(moved(2), [1, 0]);
        assert_eq!(moved(0), [0_usize; 0]);
    }

    fn choice() -> impl Strategy<Value = Choice> {
        let saving = || prop::option::of((1_i64..30).prop_map(|units| Cents(units * 100)));
        (saving(), saving(), prop::option::of(0_usize..2)).prop_map(|(without, with, room)| Choice {
            line_id: String::new(),
            without,
            with,
            room,
        })
    }

    /// Every way of every line with every other's: three to the number of lines.
    fn greatest_by_trying_all(choices: &[Choice], rooms: &[u32], addon: Option<Cents>) -> Cents {
        let mut greatest = Cents::ZERO;
        for mut combination in 0..3_usize.pow(choices.len() as u32) {
            let (mut net, mut left, mut takes, mut possible) = (Cents::ZERO, rooms.to_vec(), false, true);
            for line in choices {
                let way = combination % 3;
                combination /= 3;
                let saving = [Some(Cents::ZERO), line.without, line.with][way];
                possible &= saving.is_some() && (way != 2 || addon.is_some());
                net += saving.unwrap_or_default();
                takes |= way == 2;
                if let (1.., Some(room)) = (way, line.room) {
                    possible &= left[room] > 0;
                    left[room] = left[room].saturating_sub(1);
                }
            }
            if takes {
                net -= addon.unwrap_or_default();
            }
            if possible {
                greatest = greatest.max(net);
            }
        }
        greatest
    }

    proptest! {
        #[test]
        fn no_other_set_saves_more(
            choices in prop::collection::vec(choice(), 0..7),
            rooms in prop::collection::vec(0_u32..4, 2),
            addon in prop::option::of((0_i64..60).prop_map(|units| Cents(units * 100))),
        ) {
            let plan = best_plan(&choices, &rooms, addon);
            let gross: Cents = plan.moves.iter().map(|line| line.saving).sum();
            let paid = addon.filter(|_| plan.buys_addon).unwrap_or_default();
            prop_assert_eq!(gross - paid, greatest_by_trying_all(&choices, &rooms, addon));
            prop_assert!(plan.buys_addon || plan.moves.iter().all(|line| !line.takes_addon));
            for (room, most) in rooms.iter().enumerate() {
                let leave = plan.moves.iter().filter(|line| choices[line.choice].room == Some(room)).count();
                prop_assert!(leave <= *most as usize);
            }
        }

        #[test]
        fn shares_of_the_add_on_leave_no_line_a_loss(
            savings in prop::collection::vec((1_i64..4000).prop_map(Cents), 1..40),
            part in 0.0_f64..1.0,
        ) {
            let total: Cents = savings.iter().copied().sum();
            let price = Cents((total.0 as f64 * part) as i64);
            let parts = shares(price, &savings);
            prop_assert_eq!(parts.iter().copied().sum::<Cents>(), price);
            for (share, saving) in parts.iter().zip(&savings) {
                prop_assert!(*share >= Cents::ZERO && share <= saving, "{} of {}", share, saving);
            }
        }
    }
}
