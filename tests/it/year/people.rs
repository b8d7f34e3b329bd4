//! What happens to people: they come and go, fall silent, marry, hand their phones on, and get other extensions.

use chrono::{Days, NaiveDate};

use super::company::{Company, Habit, Line, Temper};
use super::dice::Dice;
use super::plan::Plan;

/// Chances in a thousand of a day, and what happens; each that is not planned leaves a calm day.
const EVENTS: [(i64, &str); 9] = [
    (40, "joins"),
    (30, "leaves"),
    (20, "leave"),
    (20, "quiet season"),
    (25, "renamed"),
    (20, "handed over"),
    (25, "starts again"),
    (20, "renumbered"),
    (15, "swapped"),
];

/// At most one thing a day; says what.
pub fn step(company: &mut Company, day: NaiveDate, plan: &Plan) -> Option<String> {
    let age = (day - company.start).num_days().unsigned_abs();
    let mut dice = Dice::of(company.seed, "people", age, 0);
    let mut draw = dice.between(1, 1000);
    let (_, event) = EVENTS.iter().find(|(chance, _)| {
        draw -= chance;
        draw <= 0
    })?;
    if !plan.has(event) {
        return None;
    }
    let always = |from, percent| Habit {
        from,
        to: NaiveDate::MAX,
        percent,
    };
    if *event == "joins" {
        let begins = dice.percent(70);
        let joined = company.join(day, Temper::Joiner);
        if begins {
            joined.habits = vec![always(day + Days::new(1), 85)];
        }
        return Some(format!("{} joins on line {}", joined.name(), joined.id()));
    }
    let lively = |line: &Line| matches!(line.temper, Temper::Steady | Temper::Light | Temper::Joiner);
    let silent = |line: &Line| matches!(line.temper, Temper::Fading | Temper::NeverUsed);
    let fits = |line: &&Line| {
        let is_free = line.is_person() && line.is_held(day) && line.departed.is_none();
        is_free
            && match *event {
                "leaves" | "leave" | "quiet season" => lively(line) && line.leave_until.is_none(),
                "handed over" | "starts again" => silent(line),
                _ => true,
            }
    };
    let uids: Vec<usize> = company.lines.iter().filter(fits).map(|line| line.uid).collect();
    let uid = *dice.pick(&uids)?;
    let id = company.lines[uid].id();
    if ["renumbered", "swapped"].contains(event) {
        // What no night has seen, none can follow.
        if day <= company.first_night {
            return None;
        }
        // A former holder of the same phone is known by its extension.
        let is_alone = |line: &Line| {
            !company
                .lines
                .iter()
                .any(|other| other.uid != line.uid && other.seat == line.seat)
        };
        let alone = |line: &&Line| fits(line) && is_alone(line) && line.uid != uid;
        let others: Vec<usize> = company.lines.iter().filter(alone).map(|line| line.uid).collect();
        let other = dice
            .pick(&others)
            .copied()
            .filter(|_| is_alone(&company.lines[uid]))?;
        if *event == "renumbered" {
            let extension = company.fresh_extension();
            company.lines[uid].renumber(day, extension.clone());
            return Some(format!("{id} has extension {extension} now"));
        }
        let [mine, theirs] = [uid, other].map(|uid| company.lines[uid].extension.clone());
        company.lines[uid].renumber(day, theirs.clone());
        company.lines[other].renumber(day, mine.clone());
        return Some(format!("{id} swaps extension {mine} for {theirs}"));
    }
    let line = &mut company.lines[uid];
    Some(match *event {
        "leaves" => {
            line.departed = Some(day);
            line.fall_silent(day + Days::new(1));
            format!("the holder of {id} leaves the company")
        }
        "leave" => {
            let until = day + Days::new(dice.between(15, 60).unsigned_abs());
            line.leave_until = Some(until);
            line.pause(day, until);
            format!("the holder of {id} is on leave until {until}")
        }
        "quiet season" => {
            let until = day + Days::new(dice.between(20, 110).unsigned_abs());
            line.pause(day, until);
            format!("{id} is silent until {until}")
        }
        "renamed" => {
            line.last = format!("{}-Trauhof", line.last.split('-').next().unwrap_or_default());
            line.email = format!("{}.{}{uid}@mill.example", line.first, line.last).to_lowercase();
            format!("the holder of {id} is {} now", line.name())
        }
        "handed over" => {
            let former = line.clone();
            line.seat_until = Some(day - Days::new(1));
            line.numbers.clear();
            line.fall_silent(day);
            let heir = company.join(day, Temper::Joiner);
            heir.seat = former.seat;
            heir.extension = former.extension;
            heir.external_id = former.external_id;
            heir.numbers = former.numbers;
            (heir.tier, heir.contract, heir.department) = (former.tier, former.contract, former.department);
            heir.habits = vec![always(day, 80)];
            format!("{id} is handed over to {}", heir.name())
        }
        _ => {
            let until = day + Days::new(dice.between(1, 60).unsigned_abs());
            line.habits.push(Habit {
                from: day + Days::new(1),
                to: until,
                percent: 80,
            });
            format!("{id} is used again, until {until}")
        }
    })
}

impl Line {
    /// The id that it bore on a day.
    pub fn id_on(&self, day: NaiveDate) -> String {
        let mut former = self.former_ids.iter().filter(|(until, _)| day < *until);
        former.next().map_or_else(|| self.id(), |(_, id)| id.clone())
    }

    /// From a day on another extension is its own.
    pub fn renumber(&mut self, day: NaiveDate, extension: String) {
        self.former_ids.push((day, self.id()));
        let former = std::mem::replace(&mut self.extension, extension);
        self.former_extensions.push(former);
    }
}
