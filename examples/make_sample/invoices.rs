//! Three invoices, each billed a month in advance and complete; the newest has the odd rows.

use chrono::{Datelike, NaiveDate};

use crate::ACCOUNT;
use crate::company::{Seat, day};

const HEAD: &str = "account_id,invoice_id,invoice_date,period_start,period_end,description,amount,currency,charge_kind,\
extension,phone_number,email,tier,term,quantity,unit_price";

#[derive(Default)]
struct Row {
    period: Option<(NaiveDate, NaiveDate)>,
    description: String,
    cents: i64,
    kind: &'static str,
    extension: String,
    phone_number: String,
    email: String,
    tier: String,
    term: String,
}

/// `charges.csv`.
pub fn charges(seats: &[Seat]) -> String {
    let mut text = format!("{HEAD}\n");
    for (start, end) in [
        ("2026-08-01", "2026-08-31"),
        ("2026-09-01", "2026-09-30"),
        ("2026-10-01", "2026-10-31"),
    ] {
        for (index, row) in invoice(seats, day(start)).into_iter().enumerate() {
            text += &written(row, index, day(start), day(end));
        }
    }
    text
}

fn invoice(seats: &[Seat], start: NaiveDate) -> Vec<Row> {
    let billed: Vec<&Seat> = seats
        .iter()
        .filter(|seat| seat.until.is_none() && seat.since.is_none_or(|since| since < start))
        .collect();
    let mut rows: Vec<Row> = billed
        .iter()
        .filter(|seat| !seat.tier.is_empty())
        .map(|seat| mrc(seat))
        .collect();
    rows.extend(
        billed
            .iter()
            .filter(|seat| !seat.did.is_empty())
            .map(|seat| number(seat.did)),
    );
    rows.push(Row {
        extension: "207".into(),
        ..flat("On-demand call recording, per line", 499, "line_addon")
    });
    rows.push(Row {
        extension: "500".into(),
        ..flat("Auto queue", 1499, "account_addon")
    });
    rows.push(flat("Company call recording", 4999, "account_addon"));
    rows.push(flat("Rental of two conference phones", 1200, "equipment"));
    rows.extend(fees());
    rows.extend(odd_rows(seats, start));
    rows
}

fn mrc(seat: &Seat) -> Row {
    let mut row = Row {
        description: plan(seat),
        cents: price(seat.tier, seat.term),
        kind: "line_mrc",
        tier: seat.tier.into(),
        term: seat.term.into(),
        ..Row::default()
    };
    match seat.extension {
        "108" | "109" | "128" | "207" => row.email = seat.email(),
        "101" | "111" => row.phone_number = seat.did.into(),
        "113" | "114" | "206" => row.description += &format!(", ext. {}", seat.extension),
        _ => row.extension = seat.extension.into(),
    }
    row
}

fn plan(seat: &Seat) -> String {
    let tier = match seat.tier {
        "mobile" => "Mobile Unlimited",
        "premium" => "Premium",
        _ => "Advanced",
    };
    format!("VBC {tier} {} term", seat.term)
}

fn price(tier: &str, term: &str) -> i64 {
    match (tier, term) {
        ("mobile", "annual") => 1399,
        ("mobile", _) => 1999,
        ("premium", "annual") => 2099,
        ("premium", _) => 2999,
        ("advanced", "annual") => 2799,
        _ => 3999,
    }
}

fn number(did: &str) -> Row {
    let row = match did.starts_with("1888") {
        true => flat("Toll-free number", 999, "toll_free"),
        false => flat("Additional phone number (DID)", 499, "did"),
    };
    Row {
        phone_number: did.into(),
        ..row
    }
}

fn flat(description: &str, cents: i64, kind: &'static str) -> Row {
    Row {
        description: description.into(),
        cents,
        kind,
        ..Row::default()
    }
}

/// 240.00 a month.
fn fees() -> [Row; 7] {
    [
        flat("Regulatory Recovery Fee", 6000, "regulatory_recovery"),
        flat("Emergency 911 Service Fee", 6000, "e911"),
        flat("Federal Universal Service Fund", 4500, "federal_usf"),
        flat("New York State Sales Tax", 3800, "state_tax"),
        flat("Colorado State Sales Tax", 1200, "state_tax"),
        flat("New York City Local Tax", 2000, "local_tax"),
        flat("Denver City Local Tax", 500, "local_tax"),
    ]
}

fn odd_rows(seats: &[Seat], start: NaiveDate) -> Vec<Row> {
    let seat = |extension: &str| {
        seats
            .iter()
            .find(|seat| seat.extension == extension)
            .expect("a line of the table")
    };
    let mut rows = vec![number("12125550198")];
    match start.month() {
        8 => rows.push(flat("Promotional discount, summer 2026", -1000, "promotion")),
        9 => {
            rows.push(number("13035550177"));
            rows.push(proration(seat("128"), start, 15, 967));
            rows.push(proration(seat("138"), start, 29, 1870));
        }
        _ => {
            rows.push(number("13035550177"));
            rows.push(mrc(seat("117")));
            rows.push(Row {
                extension: "299".into(),
                ..mrc(seat("117"))
            });
            rows.push(proration(seat("143"), start, 10, 466));
            rows.push(proration(seat("144"), start, 3, 210));
            rows.push(proration(seat("147"), start, 9, 420));
            rows.push(flat("International calling usage, September", 1404, "usage"));
            rows.push(flat("Number porting fee, one time", 1500, "one_time"));
            rows.push(flat(
                "Service credit, interruption of 22 September",
                -2500,
                "credit",
            ));
        }
    }
    rows
}

/// The days from a line's start to the end of the month before the invoice, as the README works them out.
fn proration(seat: &Seat, start: NaiveDate, days: i64, cents: i64) -> Row {
    let since = seat.since.expect("a prorated line has its first day");
    let last = start.pred_opt().expect("not the first day of time");
    assert_eq!(
        (last - since).num_days() + 1,
        days,
        "the days of ext. {}",
        seat.extension
    );
    Row {
        period: Some((since, last)),
        description: format!("Proration, {days} days, {}", plan(seat)),
        cents,
        kind: "proration",
        extension: seat.extension.into(),
        ..Row::default()
    }
}

/// Every second row leaves kind, tier and term to the price book's rules, as a portal's export would.
fn written(row: Row, index: usize, start: NaiveDate, end: NaiveDate) -> String {
    let told = index.is_multiple_of(2);
    let (from, to) = row.period.unwrap_or((start, end));
    let (kind, tier, term) = if told {
        (row.kind, row.tier, row.term)
    } else {
        Default::default()
    };
    let (quantity, unit_price) = if row.kind == "line_mrc" {
        ("1", money(row.cents))
    } else {
        Default::default()
    };
    format!(
        "{ACCOUNT},INV-{},{start},{from},{to},\"{}\",{},USD,{kind},{},{},{},{tier},{term},{quantity},{unit_price}\n",
        start.format("%Y-%m"),
        row.description,
        money(row.cents),
        row.extension,
        row.phone_number,
        row.email,
    )
}

fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}
