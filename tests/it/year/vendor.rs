//! The vendor's bills: one on the first of each month for the month ahead, with what is wrong in them on purpose.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::company::{ACCOUNT, Company, Line, months_before};
use super::contracts::amount;
use super::dice::Dice;
use super::plan::Plan;

const NUMBER_PRICE: i64 = 499;

#[derive(Debug, Clone)]
pub struct Row {
    pub description: String,
    pub cents: i64,
    pub kind: &'static str,
    /// Which seat it is for, whatever its extension is on later days.
    pub seat: Option<usize>,
    pub extension: String,
    pub number: String,
    pub tier: &'static str,
    pub term: &'static str,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

#[derive(Debug, Clone)]
pub struct Bill {
    pub id: String,
    pub date: NaiveDate,
    pub arrives: NaiveDate,
    pub rows: Vec<Row>,
    /// What is wrong in it: the kind of finding that must come of it, and the line.
    pub faults: Vec<(&'static str, usize)>,
}

#[derive(Default)]
pub struct Vendor {
    pub bills: Vec<Bill>,
    /// Credits that were promised: the bill that bears them, the line's extension, how much.
    owed: Vec<(NaiveDate, String, i64)>,
}

impl Bill {
    pub fn total(&self) -> i64 {
        self.rows.iter().map(|row| row.cents).sum()
    }

    pub fn bills_seat(&self, seat: usize) -> bool {
        self.rows
            .iter()
            .any(|row| row.kind == "line_mrc" && row.seat == Some(seat))
    }

    pub fn csv(&self) -> String {
        let mut text = "account_id,invoice_id,invoice_date,period_start,period_end,description,amount,currency,charge_kind,extension,\
                        phone_number,tier,term,quantity,unit_price\n"
            .to_owned();
        for row in &self.rows {
            let price = amount(row.cents);
            text += &format!(
                "{ACCOUNT},{},{},{},{},{},{price},USD,{},{},{},{},{},1,{price}\n",
                self.id,
                self.date,
                row.from,
                row.to,
                row.description,
                row.kind,
                row.extension,
                row.number,
                row.tier,
                row.term
            );
        }
        text
    }
}

impl Vendor {
    pub fn arrived(&self, day: NaiveDate) -> impl DoubleEndedIterator<Item = &Bill> {
        self.bills.iter().filter(move |bill| bill.arrives <= day)
    }

    /// The newest bill that is there by a day.
    pub fn newest(&self, day: NaiveDate) -> Option<&Bill> {
        self.arrived(day).max_by_key(|bill| bill.date)
    }

    /// What was asked back and is granted: the next bill gives credit for it.
    pub fn grant(&mut self, day: NaiveDate, extension: &str, cents: i64) {
        let next = months_before(day, 0) + Months::new(1);
        self.owed.push((next, extension.to_owned(), cents));
    }

    /// Makes the bill of a first of the month.
    pub fn bill(&mut self, company: &Company, day: NaiveDate, plan: &Plan) {
        let mut dice = Dice::of(
            company.seed,
            "bill",
            u64::from(day.month()),
            day.year().unsigned_abs().into(),
        );
        let is_played = day >= company.first_night;
        let month_end = day + Months::new(1) - Days::new(1);
        let mut rows = Vec::new();
        let mut faults = Vec::new();
        let of_account = |description: &str, cents, kind| Row {
            description: description.to_owned(),
            cents,
            kind,
            seat: None,
            extension: String::new(),
            number: String::new(),
            tier: "",
            term: "",
            from: day,
            to: month_end,
        };
        let seat = |line: &Line, cents| {
            let term = company.contracts.term_of(line.contract);
            Row {
                seat: Some(line.seat),
                extension: line.extension.clone(),
                tier: line.tier,
                term,
                ..of_account(&format!("Line {} with {term} term", line.tier), cents, "line_mrc")
            }
        };
        let open = company
            .lines
            .iter()
            .filter(|line| line.seat_until.is_none() && line.seat_since <= day);
        for line in open {
            let price = company.contracts.of(line.contract).price_on(line.tier, day);
            match line.removed {
                Some(gone) if gone < day => {
                    let was_last_month = gone >= months_before(day, 1);
                    if is_played && was_last_month && plan.has("billed on") && dice.percent(35) {
                        faults.push(("billed_after_removal", line.uid));
                        rows.push(seat(line, price));
                        self.owed
                            .push((day + Months::new(1), line.extension.clone(), price));
                    }
                    continue;
                }
                _ => {}
            }
            let mut billed = price;
            if is_played && plan.has("priced too high") && dice.percent(5) {
                billed += 300;
            }
            rows.push(seat(line, billed));
            if is_played && plan.has("billed twice") && dice.percent(3) {
                rows.push(seat(line, billed));
                faults.push(("duplicate_charge", line.uid));
            }
            for number in &line.numbers {
                rows.push(Row {
                    number: number.clone(),
                    ..of_account("Additional phone number", NUMBER_PRICE, "did")
                });
            }
        }
        rows.extend(part_months(company, day).map(|(line, cents)| Row {
            kind: "proration",
            from: line.seat_since,
            to: day - Days::new(1),
            description: "Part of a month".to_owned(),
            ..seat(line, cents)
        }));
        for (_, extension, cents) in self.owed.iter().filter(|(on, ..)| *on == day) {
            rows.push(Row {
                extension: extension.clone(),
                ..of_account("Credit as agreed", -cents, "credit")
            });
        }
        rows.push(of_account("Regulatory recovery fee", 2240, "regulatory_recovery"));
        rows.push(of_account("State tax", 1715, "state_tax"));
        rows.push(of_account("Auto attendant", 1499, "account_addon"));
        let late = match (is_played, plan.has("late bill") && dice.percent(30)) {
            (true, true) => dice.between(6, 20),
            (true, false) => dice.between(0, 2),
            _ => 0,
        };
        self.bills.push(Bill {
            id: format!("MILL-{}", day.format("%Y-%m")),
            date: day,
            arrives: day + Days::new(late.unsigned_abs()),
            rows,
            faults,
        });
    }
}

/// Lines that joined within the month before: their days out of that month's, to the cent.
fn part_months(company: &Company, day: NaiveDate) -> impl Iterator<Item = (&Line, i64)> {
    let last_month = months_before(day, 1);
    let days = (day - last_month).num_days();
    let joined = company.lines.iter().filter(move |line| {
        line.seat_since > last_month
            && line.seat_since < day
            && line.is_held(day)
            && line.seat_until.is_none()
    });
    joined.filter(|line| is_own_seat(company, line)).map(move |line| {
        let price = company
            .contracts
            .of(line.contract)
            .price_on(line.tier, line.seat_since);
        let held = (day - line.seat_since).num_days();
        (line, (price * held * 2 + days) / (2 * days))
    })
}

/// Not somebody else's seat before: that was paid for the whole month.
fn is_own_seat(company: &Company, line: &Line) -> bool {
    let mut former = company
        .lines
        .iter()
        .filter(|other| other.uid != line.uid && other.seat_until.is_some());
    !former
        .any(|other| other.seat_until.is_some_and(|until| until < line.seat_since) && other.seat == line.seat)
}
