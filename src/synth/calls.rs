//! A day's calls. A line is used on a day only when its habit says so; every other call to it goes untaken, and so
//! the truth about a line is the truth of its legs.

use super::days::{DayClock, DayKind, day_number};
use super::habit::Day;
use super::legs::{CallId, CallResult, Leg, Number, Party};
use super::people::outside_number;
use super::population::Population;
use super::prng::{Rng, Topic};
use super::rhythm::{answered, call_id, outbound_result, start_seconds, untaken};

/// One day's legs while they are made.
struct DayCalls<'a> {
    population: &'a Population,
    clock: &'a DayClock,
    day: Day,
    /// Calls of each line on this day.
    calls: Vec<u32>,
    legs: Vec<Leg>,
    calls_made: u64,
}

/// The legs of one day in the order of their starts, and the number of calls that they belong to.
pub(super) fn day_legs(seed: u64, population: &Population, clock: &DayClock, day: Day) -> (Vec<Leg>, u64) {
    let lines = 0..population.lines.len();
    let calls = lines.clone().map(|line| population.calls_on(line, day)).collect();
    let mut made = DayCalls {
        population,
        clock,
        day,
        calls,
        legs: Vec::new(),
        calls_made: 0,
    };
    for line in lines {
        made.line_calls(seed, line as u32);
    }
    made.unanswered_queue_calls(&mut Rng::stream(seed, Topic::Queues, day_number(day.date), 0));
    made.legs.sort_by_key(|leg| leg.start);
    (made.legs, made.calls_made)
}

impl DayCalls<'_> {
    fn line_calls(&mut self, seed: u64, line: u32) {
        let calls = self.calls[line as usize];
        let habit = &self.population.lines[line as usize].habit;
        let key = (u64::from(line), day_number(self.day.date));
        if calls == 0 {
            let mut rng = Rng::stream(seed, Topic::Demand, key.0, key.1);
            let called = self.day.kind == DayKind::Business && self.holds(line);
            if called && rng.per_mille(habit.demand_per_mille) {
                self.untaken_call(&mut rng, line);
            }
            return;
        }
        let mut rng = Rng::stream(seed, Topic::Calls, key.0, key.1);
        // The first is placed by the holder, so that a day with calls is a day with use whatever the others become.
        self.outbound(&mut rng, line);
        for _ in 1..calls {
            match rng.weighted(&habit.weights) {
                0 => self.outbound(&mut rng, line),
                1 => self.inbound(&mut rng, line),
                2 => self.internal(&mut rng, line),
                _ => self.team_call(&mut rng, line),
            }
        }
    }

    fn begin(&mut self, rng: &mut Rng) -> (CallId, i64) {
        self.calls_made += 1;
        (call_id(rng), self.clock.utc(start_seconds(rng)))
    }

    fn holds(&self, line: u32) -> bool {
        self.population.lines[line as usize].life.holds(self.day.date)
    }

    fn outbound(&mut self, rng: &mut Rng, line: u32) {
        let (call, start) = self.begin(rng);
        let to = if rng.per_mille(15) {
            Number::International(rng.below(200))
        } else {
            Number::Outside(outside_number(rng))
        };
        self.legs
            .push(Leg::outbound(call, start, line, to, outbound_result(rng)));
    }

    fn inbound(&mut self, rng: &mut Rng, line: u32) {
        if rng.per_mille(30) {
            return self.forwarded(rng, line, true);
        }
        let (call, start) = self.begin(rng);
        let numbers = (Number::Outside(outside_number(rng)), Number::Line(line));
        let outcome = if rng.per_mille(720) {
            answered(rng)
        } else {
            untaken(rng)
        };
        self.legs
            .push(Leg::inbound(call, start, numbers, Party::Line(line), outcome));
    }

    fn untaken_call(&mut self, rng: &mut Rng, line: u32) {
        if rng.per_mille(100) {
            return self.forwarded(rng, line, false);
        }
        let (call, start) = self.begin(rng);
        let numbers = (Number::Outside(outside_number(rng)), Number::Line(line));
        self.legs.push(Leg::inbound(
            call,
            start,
            numbers,
            Party::Line(line),
            untaken(rng),
        ));
    }

    /// Forwarded by the system: the second leg goes out from the line, under the first one's call id. On a line that
    /// is not in use nobody takes it there either.
    fn forwarded(&mut self, rng: &mut Rng, line: u32, in_use: bool) {
        let (call, start) = self.begin(rng);
        let numbers = (Number::Outside(outside_number(rng)), Number::Line(line));
        let missed = (CallResult::Missed, 0);
        self.legs
            .push(Leg::inbound(call, start, numbers, Party::Line(line), missed));
        let outcome = if in_use && rng.per_mille(650) {
            answered(rng)
        } else {
            (CallResult::NoAnswer, 0)
        };
        let mobile = Number::Outside(outside_number(rng));
        self.legs.push(Leg::outbound(
            call,
            start + rng.between(12, 25),
            line,
            mobile,
            outcome,
        ));
    }

    fn internal(&mut self, rng: &mut Rng, caller: u32) {
        let Some(called) = self.colleague(rng, caller) else {
            return self.outbound(rng, caller);
        };
        let (call, start) = self.begin(rng);
        let in_use = self.calls[called as usize] > 0;
        let outcome = if in_use && rng.per_mille(740) {
            answered(rng)
        } else {
            untaken(rng)
        };
        self.legs
            .push(Leg::internal(call, start, caller, called, outcome));
    }

    /// Another line whose holder is there today; now and then one whose holder is not.
    fn colleague(&self, rng: &mut Rng, line: u32) -> Option<u32> {
        for _ in 0..3 {
            let other = match self.team(line) {
                Some(team) if rng.per_mille(600) => rng.pick(team) as u32,
                _ => rng.below(self.population.lines.len() as u32),
            };
            let reachable = self.calls[other as usize] > 0 || rng.per_mille(30);
            if other != line && reachable && self.holds(other) {
                return Some(other);
            }
        }
        None
    }

    fn team(&self, line: u32) -> Option<&[usize]> {
        let team = self.population.lines[line as usize].team?;
        self.population.teams.get(team).map(Vec::as_slice)
    }

    /// A call that reaches the line through its team: every other team is a ring group, the rest serve queues.
    fn team_call(&mut self, rng: &mut Rng, line: u32) {
        match self.population.lines[line as usize].team {
            Some(team) if team % 2 == 1 => self.ring_group_call(rng, line),
            Some(team) => self.queue_call(rng, line, self.queue_of(team)),
            None => self.inbound(rng, line),
        }
    }

    fn queue_of(&self, team: usize) -> u32 {
        (team / 2 % self.population.queues.len()) as u32
    }

    /// Rings on up to four lines at once; one takes it.
    fn ring_group_call(&mut self, rng: &mut Rng, line: u32) {
        let (call, start) = self.begin(rng);
        let numbers = (Number::Outside(outside_number(rng)), Number::Main);
        let wanted = rng.between(2, 3) as usize;
        for other in self.ringing(rng, line, wanted) {
            self.legs.push(Leg::inbound(
                call,
                start,
                numbers,
                Party::Line(other),
                (CallResult::Missed, 0),
            ));
        }
        self.legs.push(Leg::inbound(
            call,
            start,
            numbers,
            Party::Line(line),
            answered(rng),
        ));
    }

    /// The queue's leg, sometimes an agent who does not take it, then the agent who does.
    fn queue_call(&mut self, rng: &mut Rng, line: u32, queue: u32) {
        let (call, start) = self.begin(rng);
        let numbers = (Number::Outside(outside_number(rng)), Number::Main);
        let wait = rng.between(4, 90);
        let (result, talk) = answered(rng);
        let whole = (result, wait as u32 + talk);
        self.legs
            .push(Leg::inbound(call, start, numbers, Party::Queue(queue), whole));
        if rng.per_mille(250) {
            for other in self.ringing(rng, line, 1) {
                let offered = start + wait / 2;
                let missed = (CallResult::Missed, 0);
                self.legs
                    .push(Leg::inbound(call, offered, numbers, Party::Line(other), missed));
            }
        }
        self.legs.push(Leg::inbound(
            call,
            start + wait,
            numbers,
            Party::Line(line),
            (result, talk),
        ));
    }

    /// Other members of the line's team on which a call rings, without repeats.
    fn ringing(&self, rng: &mut Rng, line: u32, wanted: usize) -> Vec<u32> {
        let mut others = Vec::with_capacity(wanted);
        let Some(team) = self.team(line) else {
            return others;
        };
        for _ in 0..wanted * 2 {
            let other = rng.pick(team) as u32;
            let rings = self.calls[other as usize] > 0 || rng.per_mille(20);
            if other != line && rings && self.holds(other) && !others.contains(&other) {
                others.push(other);
            }
        }
        others.truncate(wanted);
        others
    }

    /// Callers who give up in a queue: at least one on a business day, so that no such day is without any call.
    fn unanswered_queue_calls(&mut self, rng: &mut Rng) {
        for queue in 0..self.population.queues.len() as u32 {
            let calls = match self.day.kind {
                DayKind::Business => rng.between(1, 4),
                DayKind::Weekend => rng.between(0, 1),
                DayKind::Closed => 1,
            };
            for _ in 0..calls {
                let (call, start) = self.begin(rng);
                let numbers = (Number::Outside(outside_number(rng)), Number::Main);
                let outcome = (CallResult::Abandoned, rng.between(3, 120) as u32);
                self.legs
                    .push(Leg::inbound(call, start, numbers, Party::Queue(queue), outcome));
            }
        }
    }
}
