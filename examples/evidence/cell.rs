//! Companies of one kind: figures over all of their lines, with standard errors over the companies.

use quietline::domain::{Cents, Flags, Scores};
use quietline::steps::backtest::{calibration, scores};

use crate::company::Company;
use crate::judge::{Case, Outcome, cases, origins, outcomes};
use crate::money::{Instead, of_model, of_window};
use crate::rivals::Bins;

/// One company on its last origin.
pub struct Judged {
    pub cases: Vec<Case>,
    /// Each rival's chances, learnt from the company's earlier origins. None with too short a history.
    own: Option<[Vec<f64>; 2]>,
    /// The same, learnt from the other companies of the cell.
    others: [Vec<f64>; 2],
    pub instead: Instead,
}

/// Where a rival learns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum From {
    Own,
    Others,
}

pub struct Cell {
    pub companies: Vec<Judged>,
}

/// A figure with its standard error over companies; the error is none where there is one company only.
#[derive(Clone, Copy)]
pub struct Figure {
    pub value: f64,
    pub error: Option<f64>,
}

impl Cell {
    pub fn of(companies: &[Company]) -> Cell {
        let judged: Vec<(Vec<Case>, Vec<Outcome>)> = companies.iter().filter_map(judged).collect();
        let others = |index: usize, bins: Bins, own: &[Case]| {
            let rest = judged.iter().enumerate().filter(|(other, _)| *other != index);
            bins.learnt(
                rest.flat_map(|(_, (cases, _))| cases.iter().map(Outcome::from)),
                own,
            )
        };
        let companies = judged.iter().enumerate().map(|(index, (cases, earlier))| Judged {
            own: (!earlier.is_empty())
                .then(|| Bins::ALL.map(|bins| bins.learnt(earlier.iter().copied(), cases))),
            others: Bins::ALL.map(|bins| others(index, bins, cases)),
            instead: Instead::of(cases),
            cases: cases.clone(),
        });
        Cell {
            companies: companies.collect(),
        }
    }

    /// The jackknife over companies: the figure without each of them in turn.
    pub fn figure(&self, measure: impl Fn(&[&Judged]) -> Option<f64>) -> Option<Figure> {
        let all: Vec<&Judged> = self.companies.iter().collect();
        let value = measure(&all)?;
        let count = all.len() as f64;
        let without = |left_out: usize| {
            let mut rest = all.clone();
            rest.remove(left_out);
            measure(&rest)
        };
        let parts: Option<Vec<f64>> = (0..all.len()).map(without).collect();
        let spread = |parts: Vec<f64>| {
            let mean = parts.iter().sum::<f64>() / count;
            let squares = parts.iter().map(|part| (part - mean).powi(2)).sum::<f64>();
            (squares * (count - 1.0) / count).sqrt()
        };
        Some(Figure {
            value,
            error: parts.filter(|parts| parts.len() > 1).map(spread),
        })
    }

    pub fn lines(&self) -> usize {
        self.companies.iter().map(|company| company.cases.len()).sum()
    }

    pub fn model(&self, measure: impl Fn(&Scores) -> Option<f64>) -> Option<Figure> {
        self.figure(|companies| measure(&scores(&model_chances(companies))?))
    }

    pub fn ece(&self) -> Option<Figure> {
        self.figure(|companies| Some(calibration(&model_chances(companies)).1))
    }

    pub fn base_rate(&self) -> Option<Figure> {
        self.figure(|companies| {
            let chances = model_chances(companies);
            Some(chances.iter().filter(|(_, silent)| *silent).count() as f64 / chances.len() as f64)
        })
    }

    pub fn rival(&self, bins: Bins, from: From, measure: impl Fn(&Scores) -> Option<f64>) -> Option<Figure> {
        self.figure(|companies| measure(&scores(&rival_chances(companies, bins, from)?)?))
    }

    /// Log loss of a rival less the model's: above 0 the model is better.
    pub fn gap(&self, bins: Bins, from: From) -> Option<Figure> {
        self.figure(|companies| {
            let rival = scores(&rival_chances(companies, bins, from)?)?;
            Some(rival.log_loss - scores(&model_chances(companies))?.log_loss)
        })
    }

    /// Came-back share of flags over all companies.
    pub fn share(&self, flags: impl Fn(&Instead) -> Flags) -> Option<Figure> {
        self.figure(|companies| share(companies, &flags))
    }

    /// The came-back share of some flags as a part of the window's.
    pub fn ratio(&self, flags: impl Fn(&Instead) -> Flags) -> Option<Figure> {
        self.figure(|companies| {
            let window = share(companies, &|instead| instead.window)?;
            (window > 0.0).then_some(share(companies, &flags)? / window)
        })
    }

    pub fn flags_per_100(&self, flags: impl Fn(&Instead) -> Flags) -> Option<Figure> {
        self.figure(|companies| {
            let flagged: f64 = companies
                .iter()
                .map(|company| flags(&company.instead).flagged)
                .sum();
            Some(100.0 * flagged / lines_of(companies))
        })
    }

    /// Of lines silent for 120 days or more the mean of what `of` says.
    pub fn of_long_silent(&self, of: impl Fn(&Case) -> f64) -> Option<Figure> {
        self.figure(|companies| {
            let cases = companies.iter().flat_map(|company| &company.cases);
            let said: Vec<f64> = cases.filter(|case| case.days_silent >= 120).map(&of).collect();
            (!said.is_empty()).then(|| said.iter().sum::<f64>() / said.len() as f64)
        })
    }

    /// Cost per line and month: the window's, and the model's less the window's.
    pub fn costs(&self, price: Cents, wrong: Cents) -> (Option<Figure>, Option<Figure>) {
        let sum = |companies: &[&Judged], of: &dyn Fn(&[Case]) -> f64| {
            let cost: f64 = companies.iter().map(|company| of(&company.cases)).sum();
            cost / (3.0 * lines_of(companies))
        };
        let window = |cases: &[Case]| of_window(cases, price, wrong);
        let more = |cases: &[Case]| of_model(cases, price, wrong) - of_window(cases, price, wrong);
        (
            self.figure(|companies| Some(sum(companies, &window))),
            self.figure(|companies| Some(sum(companies, &more))),
        )
    }
}

/// The company's last origin, and the outcomes of its earlier ones that were known by then.
fn judged(company: &Company) -> Option<(Vec<Case>, Vec<Outcome>)> {
    let origins = origins(company);
    let last = *origins.last()?;
    let earlier = origins.iter().filter(|origin| origin.known_on <= last.on);
    Some((
        cases(company, last),
        earlier.flat_map(|origin| outcomes(company, *origin)).collect(),
    ))
}

fn lines_of(companies: &[&Judged]) -> f64 {
    companies.iter().map(|company| company.cases.len()).sum::<usize>() as f64
}

fn share(companies: &[&Judged], flags: &dyn Fn(&Instead) -> Flags) -> Option<f64> {
    let (mut flagged, mut came_back) = (0.0, 0.0);
    for company in companies {
        let flags = flags(&company.instead);
        flagged += flags.flagged;
        came_back += flags.came_back;
    }
    (flagged > 0.0).then(|| came_back / flagged)
}

pub fn model_chances(companies: &[&Judged]) -> Vec<(f64, bool)> {
    let cases = companies.iter().flat_map(|company| &company.cases);
    cases.map(|case| (case.odds.silent_90, !case.came_back)).collect()
}

fn rival_chances(companies: &[&Judged], bins: Bins, from: From) -> Option<Vec<(f64, bool)>> {
    let mut chances = Vec::new();
    for company in companies {
        let place = usize::from(bins == Bins::Months);
        let learnt = match from {
            From::Own => &company.own.as_ref()?[place],
            From::Others => &company.others[place],
        };
        chances.extend(
            learnt
                .iter()
                .zip(&company.cases)
                .map(|(p, case)| (*p, !case.came_back)),
        );
    }
    Some(chances)
}
