//! A made-up company, the program's report on it, and the same inputs read once more.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};
use quietline::night::{Options, night};
use quietline::synth::{CallShape, Mix, SynthOptions, generate};

use super::bill::{Billed, Cost, billed_cost, covering, holding, invoices, is_of_unknown_cost};
use super::prices::agreed_by;
use super::rows::{
    Book, Contract, Row, Scored, Seat, called_since, charges, contracts, months_on, rewrite, scored, seats,
};
use crate::night::{checkout, job_in, world};

/// A company that the program has reported on.
pub struct Night {
    folder: tempfile::TempDir,
    pub as_of: NaiveDate,
    /// The first day of the next billing period.
    pub next_period: NaiveDate,
    pub seats: Vec<Seat>,
    /// Every contract row, and those of the night.
    pub signed: Vec<Contract>,
    pub contracts: Vec<Contract>,
    pub book: Book,
    /// Newest first.
    pub invoices: Vec<Vec<Billed>>,
    pub scored: Vec<Scored>,
    pub called: BTreeSet<String>,
    /// The day before the first whose calls are known: no service before it is seen to be unused.
    pub first_known: NaiveDate,
}

pub struct Made {
    pub lines: u32,
    pub days: u32,
    pub seed: u64,
    pub mix: Mix,
    pub shape: CallShape,
    pub faults: bool,
    /// Changes the text of `contracts.csv`.
    pub sign: fn(String) -> String,
    /// Changes the rows of `charges.csv`.
    pub bill: fn(&mut Vec<Row>),
}

impl Night {
    pub fn run(made: Made) -> Night {
        let folder = tempfile::tempdir().unwrap();
        let as_of: NaiveDate = "2026-10-16".parse().unwrap();
        let company = folder.path().join("company");
        generate(&SynthOptions {
            lines: made.lines,
            days: made.days,
            seed: made.seed,
            last_day: as_of,
            time_zone: quietline::zones::named("America/New_York").unwrap(),
            shape: made.shape,
            account_id: "913874".to_owned(),
            out: company.clone(),
            mix: made.mix,
            gzip: false,
            faults: made.faults,
        })
        .unwrap();
        let signed = company.join("contracts.csv");
        let text = std::fs::read_to_string(&signed).unwrap();
        std::fs::write(&signed, (made.sign)(text)).unwrap();
        rewrite(&company.join("charges.csv"), made.bill);
        let outcome = night(&job_in(&company, "job.toml", &[]), &Options::default(), &world()).unwrap();
        assert!(outcome.statement.is_some(), "the night has a report");

        let seats = seats(&company.join("lines.csv"));
        let book = Book::read(&checkout().join("jobs/price_book.toml"));
        let rows = contracts(&signed);
        let agreed = |seat: &Seat, day: NaiveDate| agreed_by(&rows, &book, seat, day);
        let invoices = invoices(
            &charges(&company.join("charges.csv"), &book),
            &seats,
            as_of,
            agreed,
        );
        let period_end = newest_period_end(&invoices[0]);
        let following = (0..).map(|month| months_on(period_end.succ_opt().unwrap(), month));
        Night {
            as_of,
            next_period: following.into_iter().find(|start| *start > as_of).unwrap(),
            seats,
            contracts: holding(&rows, as_of),
            signed: rows,
            book,
            invoices,
            scored: scored(&company.join("reports/synth/latest/lines.csv")),
            called: called_since(&company.join("calls"), as_of - Days::new(89))
                .into_iter()
                .collect(),
            first_known: as_of - Days::new(u64::from(made.days)),
            folder,
        }
    }

    pub fn input(&self, file: &str) -> PathBuf {
        self.folder.path().join("company").join(file)
    }

    pub fn output(&self, file: &str) -> PathBuf {
        self.input(Path::new("reports/synth/latest").join(file).to_str().unwrap())
    }

    pub fn newest(&self) -> &[Billed] {
        &self.invoices[0]
    }

    pub fn seat(&self, line_id: &str) -> &Seat {
        self.seats.iter().find(|seat| seat.line_id == line_id).unwrap()
    }

    pub fn line(&self, line_id: &str) -> &Scored {
        self.scored.iter().find(|line| line.line_id == line_id).unwrap()
    }

    pub fn verdict(&self, seat: usize) -> Option<String> {
        let line = self
            .scored
            .iter()
            .find(|line| line.line_id == self.seats[seat].line_id);
        line.map(|line| line.verdict.clone())
    }

    /// The verdicts whose lines' cost is idle money.
    pub fn is_wasted(&self, line: &Scored) -> bool {
        ["idle", "never_used", "unassigned", "leaver"].contains(&line.verdict.as_str())
    }

    /// From the newest invoice; for a line that is younger, from the contract, then the price book.
    pub fn cost(&self, line: &Scored) -> Cost {
        let at = self
            .seats
            .iter()
            .position(|seat| seat.line_id == line.line_id)
            .unwrap();
        let seat = &self.seats[at];
        let is_younger = seat
            .since
            .is_some_and(|since| since >= self.newest()[0].charge.invoice_date);
        let listed = || {
            let contract = covering(&self.contracts, &seat.contract_id, &seat.tier);
            let signed = contract.and_then(|contract| contract.unit_price);
            let price = signed
                .or_else(|| self.book.price(&seat.tier, &seat.term))
                .unwrap_or(0);
            Cost {
                all: price,
                seat: price,
            }
        };
        if is_of_unknown_cost(self.newest(), at, &self.seats) {
            return Cost::default();
        }
        let billed = billed_cost(self.newest(), at);
        billed.unwrap_or_else(|| if is_younger { listed() } else { Cost::default() })
    }
}

/// Of the period that most seats of the invoice bear.
fn newest_period_end(newest: &[Billed]) -> NaiveDate {
    let mut bearers: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    for row in newest.iter().filter(|row| row.charge.kind == "line_mrc") {
        *bearers.entry(row.charge.to).or_default() += 1;
    }
    bearers.into_iter().max_by_key(|(_, rows)| *rows).unwrap().0
}
