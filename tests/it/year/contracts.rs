//! What was signed with the vendor, and what it charges: terms that renew by themselves, a promotion that ends, a price that rises.

use chrono::{Days, Months, NaiveDate};

use super::company::{ACCOUNT, months_before};
use super::plan::Plan;

/// One contract; each of its tiers is a row of the table.
#[derive(Debug, Clone)]
pub struct Contract {
    pub id: &'static str,
    pub term: &'static str,
    pub start: NaiveDate,
    /// The last day of the term that was signed.
    pub end: Option<NaiveDate>,
    pub notice_days: u32,
    /// The rest of the month is given back when a line goes.
    pub gives_credit: bool,
    /// The last day of a promotion; from the day after, the list price holds.
    pub promotion_ends: Option<NaiveDate>,
    /// What a price of this contract has risen by since it was signed, in cents.
    pub risen: i64,
    /// The months of a term that has renewed itself, again and again.
    pub months: u32,
}

pub struct Contracts {
    /// By which the vendor charges.
    all: Vec<Contract>,
    /// As the company's own table has them: changes come there later.
    pub table: Vec<Contract>,
    /// When the table is next put right.
    put_right_on: Option<NaiveDate>,
}

pub const TIERS: [&str; 3] = ["mobile", "premium", "advanced"];

impl Contracts {
    pub fn new(first_night: NaiveDate) -> Contracts {
        let month = months_before(first_night, 0);
        let plain = Contract {
            id: "FLEX",
            term: "monthly",
            start: NaiveDate::from_ymd_opt(2024, 1, 1).unwrap(),
            end: None,
            notice_days: 0,
            gives_credit: false,
            promotion_ends: None,
            risen: 0,
            months: 1,
        };
        let last_day = |start: NaiveDate, months: u32| start + Months::new(months) - Days::new(1);
        let annual = |id, start: NaiveDate, months: u32, notice_days, gives_credit| Contract {
            id,
            term: "annual",
            start,
            end: Some(last_day(start, months)),
            notice_days,
            gives_credit,
            months,
            ..plain.clone()
        };
        let all = vec![
            plain.clone(),
            annual(
                "CREDIT",
                NaiveDate::from_ymd_opt(2024, 3, 1).unwrap(),
                36,
                60,
                true,
            ),
            // Ends within the nights that are played.
            annual("TERM", month - Months::new(9), 12, 30, false),
            // Three months at a time; the row in the table is never touched again.
            annual("ROLL", month - Months::new(5), 3, 20, false),
            Contract {
                id: "PROMO",
                promotion_ends: Some(last_day(month, 2)),
                ..plain
            },
        ];
        Contracts {
            table: all.clone(),
            all,
            put_right_on: None,
        }
    }

    /// A term that ends is renewed at a higher price, and a promotion that ended is had again after two bills at the list price.
    pub fn live(&mut self, day: NaiveDate, first_night: NaiveDate, plan: &Plan) -> Option<String> {
        if self.put_right_on.is_some_and(|on| on <= day) {
            self.put_right_on = None;
            self.table = self.all.clone();
            return Some("the table of contracts is put right".to_owned());
        }
        if day <= first_night {
            return None;
        }
        for contract in &mut self.all {
            let begins = contract.end.map(|end| end + Days::new(1));
            if contract.id == "TERM" && begins == Some(day) && plan.has("price rise") {
                contract.start = day;
                contract.end = Some(day + Months::new(contract.months) - Days::new(1));
                contract.risen += 150;
                let late = if plan.has("late contract") { 12 } else { 0 };
                self.put_right_on = Some(day + Days::new(late));
                return Some(format!("{} is renewed at a higher price", contract.id));
            }
            let again = contract
                .promotion_ends
                .map(|end| end + Days::new(1) + Months::new(2));
            if again == Some(day) && plan.has("promotion renewed") {
                contract.promotion_ends = Some(day + Months::new(4) - Days::new(1));
                // The table says so once the bill is there that is charged by it.
                self.put_right_on = Some(day + Days::new(22));
                return Some(format!("the promotion of {} is had again", contract.id));
            }
        }
        None
    }

    pub fn of(&self, id: &str) -> &Contract {
        self.all.iter().find(|contract| contract.id == id).unwrap()
    }

    /// As the company's table has it.
    pub fn known(&self, id: &str) -> &Contract {
        self.table.iter().find(|contract| contract.id == id).unwrap()
    }

    pub fn term_of(&self, id: &str) -> &'static str {
        self.of(id).term
    }

    pub fn csv(&self) -> String {
        let mut text = "account_id,contract_id,tier,term,start_on,end_on,unit_price,list_price,promo_ends_on,auto_renew,notice_days,\
                        mid_term_credit\n"
            .to_owned();
        for contract in &self.table {
            for tier in TIERS {
                text += &format!(
                    "{ACCOUNT},{},{tier},{},{},{},{},{},{},true,{},{}\n",
                    contract.id,
                    contract.term,
                    contract.start,
                    contract.end.map(|day| day.to_string()).unwrap_or_default(),
                    amount(contract.signed_price(tier)),
                    amount(contract.list_price(tier)),
                    contract
                        .promotion_ends
                        .map(|day| day.to_string())
                        .unwrap_or_default(),
                    contract.notice_days,
                    if contract.gives_credit { "prorated" } else { "none" },
                );
            }
        }
        text
    }
}

impl Contract {
    pub fn list_price(&self, tier: &str) -> i64 {
        let (annual, monthly) = match tier {
            "mobile" => (1399, 1999),
            "premium" => (2099, 2999),
            _ => (2799, 3999),
        };
        self.risen + if self.term == "annual" { annual } else { monthly }
    }

    pub fn signed_price(&self, tier: &str) -> i64 {
        match self.promotion_ends {
            Some(_) => self.list_price(tier) - 400,
            None => self.list_price(tier),
        }
    }

    /// What the vendor charges for a month that begins on `day`.
    pub fn price_on(&self, tier: &str, day: NaiveDate) -> i64 {
        match self.promotion_ends {
            Some(end) if end < day => self.list_price(tier),
            _ => self.signed_price(tier),
        }
    }

    /// The term in which a line can still be given notice on the day after `as_of`: its last day, and that of notice.
    pub fn next_end(&self, as_of: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
        let after = self.end? + Days::new(1);
        let ends = (0..400).map(|terms| after + Months::new(terms * self.months) - Days::new(1));
        ends.map(|end| (end, end - Days::new(u64::from(self.notice_days))))
            .find(|(_, notice_by)| *notice_by > as_of)
    }
}

pub fn amount(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}
