//! The account's lines: who holds them, under which contract, and how they are used.

use super::contracts::ContractId;
use super::days::Span;
use super::habit::{Day, Habit};
use super::kinds::{TruthKind, apportion};
use super::life::Life;
use super::planted::{self, Planted};
use super::prng::{Rng, Topic};
use super::seats::{self, Seat, seat_person};
use super::{CallShape, SynthOptions};
use crate::domain::Line;

const TEAM_SIZE: usize = 10;
const LINES_PER_QUEUE: u32 = 60;
/// One heavy line in so many has had another holder before.
const HANDOVER_EVERY: u32 = 20;
/// One line in so many was taken away in the last months; it stands beside the lines asked for.
const REMOVED_EVERY: u32 = 100;

/// One holder's time on one extension, with its truth.
#[derive(Debug, Clone)]
pub(super) struct SynthLine {
    pub(super) line: Line,
    pub(super) truth: TruthKind,
    pub(super) habit: Habit,
    pub(super) life: Life,
    pub(super) contract: ContractId,
    /// The ring group or queue team; an index into `Population::teams`.
    pub(super) team: Option<usize>,
    pub(super) planted: Option<Planted>,
}

pub(super) struct Population {
    pub(super) lines: Vec<SynthLine>,
    /// Queue extensions: in the inventory, without a seat.
    pub(super) queues: Vec<Line>,
    /// Queues that no call reaches: planted with faults.
    pub(super) silent_queues: Vec<Line>,
    /// Administrators without an extension: users, but no lines.
    pub(super) seatless: Vec<Line>,
    /// Indices of each team's lines.
    pub(super) teams: Vec<Vec<usize>>,
    pub(super) span: Span,
    pub(super) with_faults: bool,
    seed: u64,
}

impl Population {
    pub(super) fn draw(options: &SynthOptions, span: Span) -> Population {
        let mut lines = draw_lines(options, &span);
        let teams = form_teams(&mut lines);
        let mut rng = Rng::stream(options.seed, Topic::Person, 0, 0);
        let first_free = lines.len() as u32 + 1;
        let queues = options.lines.div_ceil(LINES_PER_QUEUE);
        let mut population = Population {
            queues: (0..queues).map(|index| seats::queue(options, index)).collect(),
            silent_queues: (queues..queues + u32::from(options.faults))
                .map(|index| seats::queue(options, index))
                .collect(),
            seatless: (0..options.lines.div_ceil(100))
                .map(|index| seats::seatless(options, &mut rng, first_free + index))
                .collect(),
            lines,
            teams,
            span,
            with_faults: options.faults,
            seed: options.seed,
        };
        if options.faults {
            planted::plant(&mut population, options.shape == CallShape::Reports);
        }
        population
    }

    /// Calls that the line's holder makes or takes on `day`.
    pub(super) fn calls_on(&self, index: usize, day: Day) -> u32 {
        let SynthLine {
            truth, habit, life, ..
        } = &self.lines[index];
        if *truth == TruthKind::Fading {
            habit
                .faded(&self.span, day.date)
                .calls_on(self.seed, index, life, day)
        } else {
            habit.calls_on(self.seed, index, life, day)
        }
    }
}

fn draw_lines(options: &SynthOptions, span: &Span) -> Vec<SynthLine> {
    let mut kinds = apportion(options.mix, options.lines);
    Rng::stream(options.seed, Topic::Kinds, 0, 0).shuffle(&mut kinds);
    let mut inventory = Inventory {
        options,
        span,
        lines: Vec::new(),
        places: 0,
        numbers_given: 0,
    };
    let mut heavy_lines = 0;
    for truth in kinds {
        heavy_lines += u32::from(truth == TruthKind::Heavy);
        if truth == TruthKind::Heavy && heavy_lines % HANDOVER_EVERY == 1 {
            inventory.add_handed_over();
        } else {
            inventory.add(truth);
        }
    }
    let for_faults = if options.faults { planted::REMOVED_LINES } else { 0 };
    for _ in 0..options.lines.div_ceil(REMOVED_EVERY) + for_faults {
        inventory.add_removed();
    }
    inventory.lines
}

/// The inventory while it is made.
struct Inventory<'a> {
    options: &'a SynthOptions,
    span: &'a Span,
    lines: Vec<SynthLine>,
    places: u32,
    numbers_given: u32,
}

impl Inventory<'_> {
    fn add(&mut self, truth: TruthKind) {
        let (mut rng, seat) = self.seat(truth);
        let life = Life::draw(&mut rng, truth, self.span);
        self.add_holder(&mut rng, &seat, truth, life, seat.line_id());
    }

    /// An extension that another person had before; where the span is too short for two, one person's.
    fn add_handed_over(&mut self) {
        let (mut rng, seat) = self.seat(TruthKind::Heavy);
        let life = match Life::handover(&mut rng, self.span) {
            Some((former, successor)) => {
                let former_id = format!("{}@{}", seat.line_id(), former.seat_since);
                self.add_holder(&mut rng, &seat, TruthKind::Leaver, former, former_id);
                successor
            }
            None => Life::draw(&mut rng, TruthKind::Heavy, self.span),
        };
        self.add_holder(&mut rng, &seat, TruthKind::Heavy, life, seat.line_id());
    }

    /// A month-to-month line that was taken away; nobody has its extension now.
    fn add_removed(&mut self) {
        let (mut rng, mut seat) = self.seat(TruthKind::Leaver);
        seat.contract = ContractId::Monthly;
        if let Some(life) = Life::removed(&mut rng, self.span) {
            self.add_holder(&mut rng, &seat, TruthKind::Leaver, life, seat.line_id());
        }
    }

    fn seat(&mut self, truth: TruthKind) -> (Rng, Seat) {
        let mut rng = Rng::stream(self.options.seed, Topic::Life, u64::from(self.places), 0);
        let seat = Seat::draw(
            &mut rng,
            truth,
            self.options.lines,
            self.places,
            &mut self.numbers_given,
        );
        self.places += 1;
        (rng, seat)
    }

    fn add_holder(&mut self, rng: &mut Rng, seat: &Seat, truth: TruthKind, life: Life, line_id: String) {
        let number = self.lines.len() as u32 + 1;
        let mut line = Line {
            line_id,
            ..seat.line(self.options, rng, truth, &life)
        };
        if truth.has_person() {
            seat_person(rng, &mut line, &life, self.span, number);
        }
        let habit = Habit::draw(rng, truth);
        self.lines.push(SynthLine {
            line,
            truth,
            habit,
            life,
            contract: seat.contract,
            team: None,
            planted: None,
        });
    }
}

/// Teams of people in the order of their extensions; a reception is a team of its own and in none.
fn form_teams(lines: &mut [SynthLine]) -> Vec<Vec<usize>> {
    let mut teams: Vec<Vec<usize>> = Vec::new();
    let members = lines
        .iter_mut()
        .enumerate()
        .filter(|(_, l)| l.truth.has_person() && l.truth != TruthKind::Reception);
    for (rank, (index, line)) in members.enumerate() {
        if rank % TEAM_SIZE == 0 {
            teams.push(Vec::new());
        }
        line.team = Some(teams.len() - 1);
        if let Some(team) = teams.last_mut() {
            team.push(index);
        }
    }
    teams
}
