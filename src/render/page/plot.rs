//! A plot as geometry: whole numbers in the drawing's own units, labels where they hide nothing.

use chrono::{Days, NaiveDate};

use crate::domain::{Cents, Currency};
use crate::render::page::{Axis, Mark, MarkKind, Plot};
use crate::render::values::cell;

/// The drawing's width; its labels stay legible when a phone shrinks it.
pub(crate) const WIDTH: i64 = 400;
pub(crate) const HEIGHT: i64 = 320;
const LEFT: i64 = 44;
const RIGHT: i64 = 372;
const TOP: i64 = 30;
const BOTTOM: i64 = 272;
/// A letter's room; wider than most, so that a label never runs into its neighbour.
const LETTER: i64 = 7;
const LETTER_HEIGHT: i64 = 12;
/// From a mark to its label.
const GAP: i64 = 9;

pub(crate) struct Tick {
    pub at: i64,
    pub label: String,
}

pub(crate) struct Spot {
    pub x: i64,
    pub y: i64,
    pub kind: MarkKind,
}

/// A label, where it starts on its base line.
pub(crate) struct Label {
    pub x: i64,
    pub y: i64,
    pub text: &'static str,
    /// From the mark to a label that does not touch it.
    pub leader: Option<[i64; 4]>,
}

pub(crate) struct Drawn {
    pub left: i64,
    pub right: i64,
    pub top: i64,
    pub bottom: i64,
    pub x_ticks: Vec<Tick>,
    pub y_ticks: Vec<Tick>,
    /// `44,272 60,250`, as SVG takes it.
    pub path: String,
    /// Further lines: the look of each, and its points.
    pub series: Vec<(&'static str, String)>,
    pub spots: Vec<Spot>,
    pub labels: Vec<Label>,
}

impl Drawn {
    pub(crate) fn of(plot: &Plot) -> Drawn {
        let x = |value: i64| LEFT + along(value, &plot.x, RIGHT - LEFT);
        let y = |value: i64| BOTTOM - along(value, &plot.y, BOTTOM - TOP);
        let spots: Vec<Spot> = plot
            .marks
            .iter()
            .map(|mark| Spot {
                x: x(mark.x),
                y: y(mark.y),
                kind: mark.kind,
            })
            .collect();
        let ticks = |axis: &Axis, at: &dyn Fn(i64) -> i64| {
            let tick = |(value, label): &(i64, String)| Tick {
                at: at(*value),
                label: label.clone(),
            };
            axis.ticks.iter().map(tick).collect()
        };
        let path: Vec<(i64, i64)> = plot.path.iter().map(|point| (x(point.0), y(point.1))).collect();
        Drawn {
            left: LEFT,
            right: RIGHT,
            top: TOP,
            bottom: BOTTOM,
            x_ticks: ticks(&plot.x, &x),
            y_ticks: ticks(&plot.y, &y),
            labels: labels(&plot.marks, &spots, &path),
            path: points(path),
            series: plot
                .series
                .iter()
                .map(|line| {
                    (
                        line.look,
                        points(line.points.iter().map(|point| (x(point.0), y(point.1)))),
                    )
                })
                .collect(),
            spots,
        }
    }
}

fn points(places: impl IntoIterator<Item = (i64, i64)>) -> String {
    let places = places.into_iter().map(|(x, y)| format!("{x},{y}"));
    places.collect::<Vec<_>>().join(" ")
}

fn along(value: i64, axis: &Axis, length: i64) -> i64 {
    let high = axis.high.max(1);
    Cents(value.clamp(0, high)).ratio(length, high).0
}

/// Left, top, right, bottom.
#[derive(Clone, Copy)]
struct Room(i64, i64, i64, i64);

impl Room {
    fn meets(&self, other: &Room) -> bool {
        self.0 < other.2 && other.0 < self.2 && self.1 < other.3 && other.1 < self.3
    }

    fn is_inside(&self) -> bool {
        self.0 >= LEFT && self.2 <= WIDTH && self.1 >= TOP - LETTER_HEIGHT && self.3 <= BOTTOM
    }
}

/// Each label beside its mark, on the first side where it covers no mark, no other label and least of the line.
fn labels(marks: &[Mark], spots: &[Spot], path: &[(i64, i64)]) -> Vec<Label> {
    let mut taken: Vec<Room> = spots
        .iter()
        .map(|spot| Room(spot.x - 5, spot.y - 5, spot.x + 5, spot.y + 5))
        .collect();
    let line = steps_along(path);
    let mut placed = Vec::new();
    for (mark, spot) in marks.iter().zip(spots).filter(|(mark, _)| !mark.label.is_empty()) {
        let width = mark.label.chars().count() as i64 * LETTER;
        let rooms = sides(spot, width);
        let covered = |room: &Room| {
            let marks = taken.iter().filter(|other| room.meets(other)).count() * 100;
            let outside = usize::from(!room.is_inside()) * 10_000;
            let line = line
                .iter()
                .filter(|(x, y)| room.meets(&Room(*x - 1, *y - 1, *x + 1, *y + 1)))
                .count();
            outside + marks + line
        };
        // The first of the best: `min_by_key` keeps the first of equals.
        let Some(room) = rooms.into_iter().min_by_key(covered) else {
            continue;
        };
        taken.push(room);
        placed.push(Label {
            x: room.0,
            y: room.3 - 2,
            text: mark.label,
            leader: leader(spot, &room),
        });
    }
    placed
}

/// A line as points a few units apart.
fn steps_along(path: &[(i64, i64)]) -> Vec<(i64, i64)> {
    const APART: i64 = 4;
    let mut points = Vec::new();
    for pair in path.windows(2) {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        let steps = (to_x - x).abs().max((to_y - y).abs()) / APART + 1;
        points.extend((0..=steps).map(|step| (x + (to_x - x) * step / steps, y + (to_y - y) * step / steps)));
    }
    points
}

/// Places for a label, the dearest last: beside the mark, above and below it, then farther away.
fn sides(spot: &Spot, width: i64) -> Vec<Room> {
    let half = LETTER_HEIGHT / 2;
    let at = |left: i64, top: i64| Room(left, top, left + width, top + LETTER_HEIGHT);
    let beside = |shift: i64| {
        let top = spot.y - half + shift;
        [at(spot.x + GAP, top), at(spot.x - GAP - width, top)]
    };
    let over = |top: i64| {
        [
            at(spot.x - width / 2, top),
            at(spot.x - 5, top),
            at(spot.x + 5 - width, top),
        ]
    };
    let above = |row: i64| over(spot.y - GAP - LETTER_HEIGHT - 16 * row);
    let below = |row: i64| over(spot.y + GAP + 16 * row);
    let mut rooms: Vec<Room> = beside(0).into();
    for row in 0..4 {
        rooms.extend(above(row));
        rooms.extend(below(row));
        rooms.extend(beside(16 * (row + 1)));
        rooms.extend(beside(-16 * (row + 1)));
    }
    rooms
}

/// From the mark's edge to the nearest point of a label that stands apart from it.
fn leader(spot: &Spot, room: &Room) -> Option<[i64; 4]> {
    let (x, y) = (spot.x.clamp(room.0, room.2), spot.y.clamp(room.1, room.3));
    let is_near = (x - spot.x).abs() <= GAP && (y - spot.y).abs() <= GAP;
    (!is_near).then_some([spot.x, spot.y, x, y])
}

/// An axis of shares in millionths, up to `high` of them, with ticks in whole percent.
pub(crate) fn share_axis(label: &str, high: i64) -> Axis {
    let (step, steps) = steps(high.clamp(10_000, 1_000_000), 10_000);
    let (step, steps) = match step * steps > 1_000_000 {
        true => (200_000, 5),
        false => (step, steps),
    };
    let tick = |value: i64| (value, format!("{} %", value / 10_000));
    axis(label.to_owned(), step, steps, tick)
}

/// An axis of days from `first` to `last`, in days since `first`, with at most five ticks.
pub(crate) fn day_axis(label: &str, first: NaiveDate, last: NaiveDate) -> Axis {
    const TICKS: i64 = 4;
    let days = (last - first).num_days().max(1);
    let step = (days + TICKS - 1) / TICKS;
    let tick = |at: i64| {
        (
            at,
            (first + Days::new(at.unsigned_abs()))
                .format("%-d %b %y")
                .to_string(),
        )
    };
    Axis {
        label: label.to_owned(),
        high: days,
        ticks: (0..)
            .map(|count| count * step)
            .take_while(|at| *at <= days)
            .map(tick)
            .collect(),
    }
}

/// An axis of whole things.
pub(crate) fn count_axis(label: &str, high: i64) -> Axis {
    let (step, steps) = steps(high, 1);
    axis(label.to_owned(), step, steps, |value| {
        (value, cell::thousands(&value.to_string()))
    })
}

/// An axis of money, with ticks in whole units of the currency.
pub(crate) fn money_axis(label: &str, high: Cents, currency: Currency) -> Axis {
    let (step, steps) = steps(high.0, 100);
    let tick = |value: i64| (value, cell::thousands(&(value / 100).to_string()));
    axis(format!("{label}, {currency}"), step, steps, tick)
}

fn axis(label: String, step: i64, steps: i64, tick: impl Fn(i64) -> (i64, String)) -> Axis {
    Axis {
        label,
        high: step * steps,
        ticks: (0..=steps).map(|count| tick(step * count)).collect(),
    }
}

/// A step of 1, 2 or 5 times a power of ten, not under `least`, and how many of them reach `high`: at most 5.
fn steps(high: i64, least: i64) -> (i64, i64) {
    const MOST: i64 = 5;
    let mut power = least.max(1);
    loop {
        for times in [1, 2, 5] {
            let step = power.saturating_mul(times);
            if step.saturating_mul(MOST) >= high {
                return (step, ((high + step - 1) / step).clamp(1, MOST));
            }
        }
        power = power.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(marks: Vec<Mark>) -> Plot {
        Plot {
            id: "p".into(),
            title: "t".into(),
            description: "d".into(),
            hint: "h",
            x: money_axis("Money", Cents(95_000), Currency::USD),
            y: share_axis("Share", 330_000),
            diagonal: false,
            path: vec![(0, 0), (50_000, 200_000), (100_000, 400_000)],
            series: Vec::new(),
            marks,
        }
    }

    fn mark(x: i64, y: i64, label: &'static str) -> Mark {
        Mark {
            x,
            y,
            kind: MarkKind::Other,
            label,
        }
    }

    #[test]
    fn axes_end_on_a_round_number_that_holds_the_highest_value() {
        for (high, step, count) in [
            (0, 100, 1),
            (100, 100, 1),
            (95_000, 20_000, 5),
            (100_001, 50_000, 3),
            (512_300, 200_000, 3),
        ] {
            assert_eq!(steps(high, 100), (step, count), "{high}");
        }
        let whole = share_axis("Share", 1_000_000);
        assert_eq!((whole.high, whole.ticks[1].1.as_str()), (1_000_000, "20 %"));
        assert_eq!(share_axis("Share", 330_000).high, 400_000);
        assert_eq!(share_axis("Share", 0).ticks.len(), 2);
    }

    #[test]
    fn the_corners_of_the_axes_are_the_corners_of_the_drawing() {
        let drawn = Drawn::of(&plot(vec![]));
        assert_eq!(drawn.path, "44,272 208,151 372,30");
        assert_eq!(drawn.x_ticks.last().map(|tick| tick.at), Some(RIGHT));
        assert_eq!(drawn.y_ticks.last().map(|tick| tick.at), Some(TOP));
    }

    #[test]
    fn labels_of_near_marks_stand_apart_and_inside() {
        let names = ["today's setting", "30 days", "60 days", "90 days"];
        let marks = names.iter().enumerate().map(|(index, name)| {
            let near = index as i64;
            mark(99_000 - near * 200, 390_000 - near * 500, name)
        });
        let drawn = Drawn::of(&plot(marks.collect()));
        let rooms: Vec<Room> = drawn
            .labels
            .iter()
            .map(|label| {
                let width = label.text.chars().count() as i64 * LETTER;
                Room(label.x, label.y + 2 - LETTER_HEIGHT, label.x + width, label.y + 2)
            })
            .collect();
        for (index, room) in rooms.iter().enumerate() {
            assert!(room.is_inside(), "{} leaves the drawing", names[index]);
            assert!(
                rooms[..index].iter().all(|other| !other.meets(room)),
                "{} is covered",
                names[index]
            );
        }
    }
}
