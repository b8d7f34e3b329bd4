//! Savings from the removal on, night by night: proven by the next bill, taken back once, and by what truly takes them back.

use quietline::domain::{Charge, FindingKind, FindingState, LEDGER_STAGES, LedgerEntry, Line, ledger_sum};

use super::account_kinds::{mrc, office, seat};
use super::books::{Books, gone_since};
use super::{charge, day, on};
use quietline::domain::{Cents, ChargeKind};

/// Of ten lines, which all have one cost centre, these lie still.
const IDLE: [&str; 3] = ["102", "103", "104"];

struct Played {
    books: Books,
    gone: Vec<Line>,
}

impl Played {
    /// Up to 4 June, with the bill of 1 June.
    fn new() -> Played {
        let mut books = office(10);
        for line in &mut books.lines {
            line.cost_center = Some("CC-1".into());
        }
        let idle_since = day("2026-01-30");
        for extension in IDLE {
            books.used_until.insert(extension.into(), idle_since);
        }
        books.charges.clear();
        let mut played = Played {
            books,
            gone: Vec::new(),
        };
        played.bill("2026-06-01", &[]);
        played.night("2026-06-04");
        played
    }

    /// Bills every line of the list, and these.
    fn bill(&mut self, date: &str, also: &[&str]) {
        let listed = self.books.lines.iter().map(|line| line.extension.clone());
        let also = also.iter().map(|extension| (*extension).to_owned());
        let start = day(date);
        let end = start + chrono::Months::new(1) - chrono::Days::new(1);
        let rows = listed.chain(also).zip(1..).map(|(extension, row)| Charge {
            invoice_id: format!("INV-{date}"),
            invoice_date: start,
            period_start: start,
            period_end: end,
            ..mrc(row, &extension)
        });
        self.books.charges.extend(rows.collect::<Vec<_>>());
    }

    fn remove(&mut self, extension: &str, on: &str) {
        let at = self
            .books
            .lines
            .iter()
            .position(|line| line.extension == extension);
        let line = self.books.lines.remove(at.unwrap());
        self.books.known_lines.push(gone_since(line.clone(), day(on)));
        self.gone.push(line);
    }

    fn come_back(&mut self, extension: &str, seat_since: Option<&str>) {
        let mut line = self
            .gone
            .iter()
            .find(|line| line.extension == extension)
            .unwrap()
            .clone();
        if let Some(since) = seat_since {
            line.seat_since = Some(day(since));
        }
        self.books
            .known_lines
            .retain(|known| known.line.line_id != line.line_id);
        self.books.lines.push(line);
        self.books.used_until.insert(extension.into(), day("2026-10-16"));
    }

    fn night(&mut self, as_of: &str) -> &[LedgerEntry] {
        self.books.as_of = day(as_of);
        self.books.ledger = self.books.stated().ledger;
        &self.books.ledger
    }

    fn sum(&self, stage: FindingState) -> i64 {
        assert!(LEDGER_STAGES.contains(&stage));
        ledger_sum(&self.books.ledger, stage, self.books.as_of).0
    }

    fn state(&self, extension: &str) -> FindingState {
        let mut entries = self.books.ledger.iter();
        let entry = entries
            .find(|entry| entry.kind == FindingKind::IdleLine && entry.line_id.as_deref() == Some(extension));
        entry.unwrap().state
    }

    /// The three have been removed in June, and the bill of July proves it.
    fn saved() -> Played {
        let mut played = Played::new();
        for extension in IDLE {
            played.remove(extension, "2026-06-10");
        }
        played.night("2026-06-10");
        assert_eq!(played.sum(FindingState::Actioned), 3 * 2_099);
        assert_eq!(played.sum(FindingState::Realised), 0);
        played.bill("2026-07-01", &[]);
        played.night("2026-07-02");
        assert_eq!(
            played.sum(FindingState::Realised),
            3 * 2_099,
            "three of ten in a month"
        );
        assert_eq!(played.sum(FindingState::SlippedBack), 0);
        played
    }
}

#[test]
fn one_joiner_takes_back_one_saving_and_the_second_another() {
    let mut played = Played::saved();
    let joins = |played: &mut Played, extension: &str, since: &str| {
        played.books.lines.push(Line {
            cost_center: Some("CC-1".into()),
            seat_since: Some(day(since)),
            ..seat(extension)
        });
        played
            .books
            .used_until
            .insert(extension.into(), day("2026-10-16"));
    };
    joins(&mut played, "201", "2026-07-06");
    for as_of in ["2026-07-06", "2026-07-07", "2026-08-20"] {
        played.night(as_of);
        assert_eq!(played.sum(FindingState::SlippedBack), 2_099, "{as_of}");
    }
    joins(&mut played, "202", "2026-08-21");
    for as_of in ["2026-08-21", "2026-08-24"] {
        played.night(as_of);
        assert_eq!(played.sum(FindingState::SlippedBack), 2 * 2_099, "{as_of}");
    }
}

#[test]
fn a_line_that_comes_back_takes_its_saving_back_once_it_is_billed() {
    for holder in [None, Some("2026-07-20")] {
        let mut played = Played::saved();
        played.come_back("103", holder);
        played.night("2026-07-20");
        assert_eq!(played.state("103"), FindingState::Realised, "not billed yet");
        assert_eq!(played.sum(FindingState::SlippedBack), 0);
        played.bill("2026-08-01", &[]);
        for as_of in ["2026-08-03", "2026-08-04"] {
            played.night(as_of);
            let states = IDLE.map(|extension| played.state(extension));
            let saved = FindingState::Realised;
            assert_eq!(states, [saved, FindingState::SlippedBack, saved], "{holder:?}");
            assert_eq!(played.sum(FindingState::SlippedBack), 2_099);
        }
    }
}

#[test]
fn a_line_that_comes_back_idle_slips_with_its_bill_and_after_ninety_days_no_more() {
    let mut played = Played::saved();
    played.come_back("103", None);
    played.books.used_until.insert("103".into(), day("2026-01-30"));
    played.night("2026-07-20");
    assert_eq!(played.sum(FindingState::SlippedBack), 0, "no bill has borne it");
    played.bill("2026-08-01", &[]);
    played.night("2026-08-03");
    assert_eq!(played.sum(FindingState::SlippedBack), 2_099);

    let mut late = Played::saved();
    late.bill("2026-08-01", &[]);
    late.bill("2026-09-01", &[]);
    late.night("2026-09-30");
    late.come_back("103", None);
    late.bill("2026-10-01", &[]);
    late.night("2026-10-02");
    assert_eq!(
        (late.state("103"), late.sum(FindingState::SlippedBack)),
        (FindingState::Realised, 0)
    );
}

#[test]
fn what_half_of_a_bill_does_not_show_waits_for_the_whole() {
    let mut played = Played::new();
    let stray = on("555", charge(90, ChargeKind::LineMrc, 900));
    played.books.charges.push(Charge {
        invoice_id: "INV-2026-06-01".into(),
        invoice_date: day("2026-06-01"),
        period_start: day("2026-06-01"),
        period_end: day("2026-06-30"),
        ..stray
    });
    let ghost = |played: &Played| {
        let mut entries = played.books.ledger.iter();
        let entry = entries
            .find(|entry| entry.kind == FindingKind::GhostCharge)
            .unwrap();
        (entry.state, entry.monthly_amount)
    };
    played.night("2026-06-05");
    assert_eq!(ghost(&played), (FindingState::Identified, Cents(900)));
    let listed = std::mem::take(&mut played.books.lines);
    played.books.lines = listed[..4].to_vec();
    played.bill("2026-07-01", &[]);
    played.books.lines = listed;
    played.night("2026-07-02");
    assert_eq!(ghost(&played).0, FindingState::Identified, "four seats of ten");
    played.bill("2026-08-01", &[]);
    played.night("2026-08-03");
    assert_eq!(ghost(&played).0, FindingState::Realised);
}
