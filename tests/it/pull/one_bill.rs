//! One bill that comes more than once, in the same words or in others.

use quietline::domain::{Cents, TableName};
use quietline::pull::{PullError, Tables, read_tables};

use super::{account, assert_identity, source, write};

const HEAD: &str = "invoice_id,invoice_date,period_start,period_end,description,amount,currency,extension,phone_number,quantity\n";

/// Three seats and a tax of one invoice.
fn bill(id: &str, words: &str, names: [(&str, &str); 3]) -> String {
    let seats = names.map(|(extension, number)| {
        format!("{id},2026-09-01,2026-09-01,2026-09-30,{words},20.99,USD,{extension},{number},\n")
    });
    let tax = format!("{id},2026-09-01,2026-09-01,2026-09-30,State tax,3.00,USD,,,\n");
    format!("{HEAD}{}{tax}", seats.concat())
}

const BY_EXTENSION: [(&str, &str); 3] = [("1001", ""), ("1002", ""), ("1003", "")];
const BY_NUMBER: [(&str, &str); 3] = [("", "17325550101"), ("", "17325550102"), ("", "17325550103")];

fn both(one: &str, other: &str) -> Result<Tables, PullError> {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        write(folder.path(), "a.csv", one),
        write(folder.path(), "b.csv", other),
    ];
    let tables = read_tables(&[source(TableName::Charges, &files)], &[account()], 5)?;
    tables.inputs.iter().for_each(assert_identity);
    Ok(tables)
}

fn total(tables: &Tables) -> Cents {
    tables.charges.iter().map(|charge| charge.amount).sum()
}

#[test]
fn the_same_invoice_in_other_words_is_one_bill_and_told() {
    let one = bill("0004711", "Premium line", BY_EXTENSION);
    let summary = format!(
        "{HEAD}4711,2026-09-01,2026-09-01,2026-09-30,Premium line,62.97,USD,,,3\n\
         4711,2026-09-01,2026-09-01,2026-09-30,State tax,3.00,USD,,,\n"
    );
    let others = [
        (
            "other words",
            bill("0004711", "VBC Premium monthly", BY_EXTENSION),
        ),
        ("numbers", bill("0004711", "Premium line", BY_NUMBER)),
        ("an id without zeros", bill("4711", "Premium line", BY_EXTENSION)),
        ("both", bill("4711", "Premium seat", BY_NUMBER)),
        ("by number of seats", summary),
        (
            "zeros of extensions",
            bill(
                "4711",
                "Premium seat",
                [("01001", ""), ("01002", ""), ("01003", "")],
            ),
        ),
        (
            "with a total",
            format!(
                "{}4711,2026-09-01,2026-09-01,2026-09-30,Total,65.97,USD,,,\n",
                bill("4711", "Premium seat", BY_EXTENSION)
            ),
        ),
    ];
    for (what, other) in &others {
        for (one, other) in [(&one, other), (other, &one)] {
            let tables = both(one, other).unwrap();
            assert_eq!(total(&tables), Cents(6_597), "{what}");
            assert!(
                tables.charges.iter().all(|charge| charge.invoice_id == "0004711"),
                "{what}"
            );
            let named = tables.charges.iter().filter(|charge| charge.extension.is_some());
            assert_eq!(named.count(), 3, "{what}: what tells whose a seat is stays");
            let told = |note: &String| note.contains("a second time, in other words than");
            let is_told = tables.inputs.iter().any(|input| input.notes.iter().any(told));
            assert_eq!(is_told, *what != "an id without zeros", "{what}");
        }
    }
}

#[test]
fn a_bill_in_parts_is_added_up_and_what_is_neither_is_refused() {
    let one = bill("I-1", "Premium line", BY_EXTENSION);
    let others = [("1004", ""), ("1005", ""), ("1006", "")];
    let part = bill("I-1", "Premium line", others).replace("State tax,3.00", "City tax,3.00");
    assert_eq!(
        total(&both(&one, &part).unwrap()),
        Cents(2 * 6_597),
        "other lines"
    );
    let next_month = one.replace("2026-09-", "2026-08-");
    assert_eq!(
        total(&both(&one, &next_month).unwrap()),
        Cents(2 * 6_597),
        "an id that comes again each month"
    );
    let dearer = bill("I-1", "Premium seat", BY_EXTENSION).replace("State tax,3.00", "State tax,4.00");
    let unclear = both(&one, &dearer).unwrap_err();
    assert_eq!(unclear.exit_code(), 65);
    let words = unclear.to_string();
    for said in ["b.csv", "a.csv", "invoice I-1", "Keep one export"] {
        assert!(words.contains(said), "{words}");
    }
}

#[test]
fn two_numbers_that_agree_in_all_else_are_a_question() {
    let (one, other) = (
        bill("I-1", "Premium line", BY_EXTENSION),
        bill("I-2", "Premium seat", BY_EXTENSION),
    );
    let asked = both(&one, &other).unwrap_err();
    assert_eq!(asked.exit_code(), 65);
    let words = asked.to_string();
    for said in ["a.csv", "b.csv", "invoice I-1", "invoice I-2", "one bill, or two"] {
        assert!(words.contains(said), "{words}");
    }
    let elsewhere = bill("I-2", "Premium line", [("1004", ""), ("1005", ""), ("1006", "")]);
    assert_eq!(
        total(&both(&one, &elsewhere).unwrap()),
        Cents(2 * 6_597),
        "other lines"
    );
    let in_one = format!("{one}{}", other.strip_prefix(HEAD).unwrap());
    let tables = super::read(TableName::Charges, "charges.csv", in_one).unwrap();
    assert_eq!(total(&tables), Cents(2 * 6_597));
    assert!(
        tables.inputs[0]
            .notes
            .iter()
            .any(|note| note.contains("I-1 and I-2")),
        "{:?}",
        tables.inputs[0].notes
    );
}

fn billed_by(issuer: &str, bill: &str) -> String {
    let rows = bill.strip_prefix(HEAD).unwrap().lines();
    let rows: String = rows.map(|row| format!("{row},{issuer}\n")).collect();
    format!("{},issuer\n{rows}", HEAD.trim_end())
}

#[test]
fn bills_of_two_issuers_are_two_bills() {
    let one = billed_by("Vonage", &bill("4711", "Premium line", BY_EXTENSION));
    let of = |issuer: &str, id: &str, words: &str| billed_by(issuer, &bill(id, words, BY_EXTENSION));
    for (other, bills) in [
        (of("Harbor Telecom", "HT-1", "Premium line"), Some(2)),
        (of("Harbor Telecom", "4711", "Premium line"), Some(2)),
        (of("Harbor Telecom", "04711", "Premium seat"), Some(2)),
        (of("vonage", "04711", "Premium seat"), Some(1)),
        (of("", "04711", "Premium seat"), Some(1)),
        (of("", "HT-1", "Premium line"), None),
        (of("VONAGE", "HT-1", "Premium line"), None),
    ] {
        let read = both(&one, &other)
            .map(|tables| total(&tables))
            .map_err(|error| error.exit_code());
        let wanted = bills.map(|bills| Cents(bills * 6_597)).ok_or(65);
        assert_eq!(read, wanted, "{other}");
    }
    // Whose a third export is that names nobody, nothing says.
    let theirs = of("Harbor Telecom", "4711", "Premium line");
    let rows = |text: &str| text.split_once('\n').unwrap().1.to_owned();
    let unsaid = both(
        &format!("{one}{}", rows(&theirs)),
        &of("", "4711", "Premium seat"),
    );
    assert_eq!(unsaid.unwrap_err().exit_code(), 65);
    // A total is of its own issuer's rows.
    let summed = format!("{one}4711,2026-09-01,2026-09-01,2026-09-30,Total,65.97,USD,,,,Vonage\n");
    assert_eq!(total(&both(&summed, &theirs).unwrap()), Cents(2 * 6_597));
}
