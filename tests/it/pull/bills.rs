//! Rows of bills, contracts and decisions that are nearly right.

use quietline::domain::{Cents, DecimalMark, DecisionKind, TableName, Tier};
use quietline::pull::{PullError, Tables};

use super::{account, read, read_as, source, write};

const HEAD: &str =
    "invoice_id,invoice_date,period_start,period_end,description,amount,currency,extension,charge_kind\n";

fn row(description: &str, amount: &str, currency: &str, extension: &str, kind: &str) -> String {
    format!("I-1,2026-09-01,2026-09-01,2026-09-30,{description},\"{amount}\",{currency},{extension},{kind}\n")
}

fn bill(rows: &[String]) -> Result<Tables, PullError> {
    read(
        TableName::Charges,
        "charges.csv",
        format!("{HEAD}{}", rows.concat()),
    )
}

#[test]
fn a_bill_that_is_short_by_a_row_says_so() {
    let seat = |amount, extension| row("Premium line", amount, "USD", extension, "");
    let tables = bill(&[seat("19.99", "1001"), seat("1.234", "1002")]).unwrap();
    assert_eq!(tables.charges.len(), 1);
    let told = &tables.charges[0].set_aside[..];
    // Finance reads it: what the file is called and what stands in the cell is for quarantine.csv.
    assert_eq!(told, ["invoice I-1: row 3 of our file (column amount)"]);
    let row = &tables.quarantine[0];
    assert!(row.file == "charges.csv" && row.as_read.contains("1.234"));
    let shifted = bill(&[seat("19.99", "1001"), seat("Anna Smith", "1002")]).unwrap();
    assert_eq!(shifted.charges[0].set_aside, told);
    assert_eq!(
        bill(&[seat("19.99", "1001")]).unwrap().charges[0].set_aside,
        [] as [&str; 0]
    );
}

#[test]
fn two_currencies_on_one_invoice_are_refused_with_both_rows() {
    let error = bill(&[
        row("Premium line", "19.99", "USD", "1001", ""),
        row("Premium line", "18.50", "EUR", "1002", ""),
    ])
    .unwrap_err();
    assert_eq!(error.exit_code(), 65);
    let words = error.to_string();
    for place in ["row 3, column currency", "row 2 of charges.csv", "EUR", "USD"] {
        assert!(words.contains(place), "{words}");
    }
}

#[test]
fn a_totals_line_is_no_charge_and_what_only_reads_like_one_is() {
    let seats = [
        row("Premium line", "19.99", "USD", "1001", ""),
        row("Premium line", "19.99", "USD", "1002", ""),
    ];
    let with = |last: String| bill(&[seats.concat(), last]).unwrap();
    for words in [
        "Total",
        "TOTAL:",
        "Invoice total",
        "Amount due",
        "Balance due",
        "Subtotal",
    ] {
        let tables = with(row(words, "39.98", "USD", "", ""));
        assert_eq!((tables.charges.len(), tables.quarantine.len()), (2, 1), "{words}");
    }
    for (description, amount, extension, kind) in [
        ("Total Protect", "5.00", "", ""),
        ("Total", "39.98", "1003", ""),
        ("Total", "39.98", "", "equipment"),
        ("Totality", "39.98", "", ""),
    ] {
        let tables = with(row(description, amount, "USD", extension, kind));
        assert_eq!(tables.charges.len(), 3, "{description} {amount}");
    }
    let odd = with(row("Total", "41.00", "USD", "", ""));
    assert!(
        odd.inputs[0].notes[0].contains("row 4"),
        "{:?}",
        odd.inputs[0].notes
    );
    let tax = row("State tax", "3.00", "USD", "", "");
    let sums = [
        row("Sub-total", "39.98", "USD", "", ""),
        tax,
        row("Total due", "42.98", "USD", "", ""),
    ];
    assert_eq!(with(sums.concat()).charges.len(), 3);
}

#[test]
fn a_totals_line_of_a_short_bill_does_not_double_it() {
    let tables = bill(&[
        row("Premium line", "19.99", "USD", "1001", ""),
        row("Premium line", "1.234", "USD", "1002", ""),
        row("Total", "39.98", "USD", "", ""),
    ])
    .unwrap();
    assert_eq!(
        tables.charges.iter().map(|charge| charge.amount).sum::<Cents>(),
        Cents(1999)
    );
}

#[test]
fn a_sign_of_another_currency_contradicts_the_row() {
    let tables = bill(&[
        row("Premium line", "$19.99", "USD", "1001", ""),
        row("Premium line", "€29.99", "USD", "1002", ""),
        row("Premium line", "29 99", "USD", "1003", ""),
    ])
    .unwrap();
    assert_eq!((tables.charges.len(), tables.quarantine.len()), (1, 2));
    assert!(tables.quarantine[0].reason.contains("another currency than USD"));
}

const CONTRACT: &str = "account_id;term;start_on;end_on;notice_days;committed_lines\n";

#[test]
fn a_notice_of_a_thousand_years_is_a_typing_error() {
    let read = |days: &str| {
        let text = format!("{CONTRACT};annual;2026-01-01;2026-12-31;{days};\n");
        read(TableName::Contracts, "contracts.csv", text).unwrap()
    };
    assert_eq!(read("3650").contracts[0].notice_days, Some(3650));
    for days in ["3651", "400000000"] {
        assert_eq!(read(days).quarantine[0].column, "notice_days");
    }
}

#[test]
fn a_contract_row_that_cannot_be_used_is_known_by_its_contract() {
    let text = "contract_id,term,tier,start_on,end_on\nC-1,annual,premium,2026-01-01,\n";
    let tables = read(TableName::Contracts, "contracts.csv", text).unwrap();
    assert_eq!((tables.contracts.len(), tables.quarantine.len()), (0, 1));
    let unread = &tables.unread_contracts_of("4711")[0];
    assert_eq!(
        (unread.contract_id.as_str(), unread.tier),
        ("C-1", Some(Tier::Premium))
    );
    assert!(
        unread.origin.ends_with("contracts.csv, row 2"),
        "{}",
        unread.origin
    );
    assert_eq!(tables.unread_contracts_of("1"), []);
}

#[test]
fn the_issuer_of_a_bill_is_its_row_s_else_its_source_s() {
    let folder = tempfile::tempdir().unwrap();
    let text = "invoice,date,from,to,item,amount,currency,vendor\n\
        1,2026-10-01,2026-10-01,2026-10-31,Hosted seat,9.00,USD,Harbor Telecom\n\
        1,2026-10-01,2026-10-01,2026-10-31,Other seat,9.00,USD,\n";
    let file = write(folder.path(), "bill.csv", text);
    let source = quietline::domain::Source {
        issuer: Some("Vonage".into()),
        ..source(TableName::Charges, &[file])
    };
    let tables = quietline::pull::read_tables(&[source], &[account()], 10).unwrap();
    let issuers: Vec<_> = tables
        .charges
        .iter()
        .map(|charge| charge.issuer.as_deref())
        .collect();
    assert_eq!(issuers, [Some("Harbor Telecom"), Some("Vonage")]);
}

#[test]
fn rows_of_one_contract_follow_one_another_or_are_refused() {
    const HEAD: &str = "contract_id,term,tier,start_on,end_on,unit_price\n";
    let read = |rows: [&str; 2]| {
        let text = format!("{HEAD}{}\n{}\n", rows[0], rows[1]);
        read(TableName::Contracts, "contracts.csv", text)
    };
    let until = "C-1,monthly,premium,2024-01-01,2026-06-30,29.99";
    let since = "C-1,monthly,premium,2026-07-01,,32.99";
    assert_eq!(
        read([until, since]).unwrap().contracts,
        read([since, until]).unwrap().contracts
    );
    assert_eq!(read([until, since]).unwrap().contracts.len(), 2);
    assert_eq!(read([since, since]).unwrap().contracts.len(), 1, "said twice");
    let other_tier = "C-1,monthly,advanced,2026-05-01,,39.99";
    assert_eq!(read([until, other_tier]).unwrap().contracts.len(), 2);

    for rows in [
        [until, "C-1,monthly,premium,2026-06-30,,32.99"],
        ["C-1,monthly,premium,2026-01-01,,29.99", since],
        [since, "C-1,monthly,premium,2026-07-01,,33.99"],
        [since, "C-1,annual,premium,2026-07-01,2027-06-30,32.99"],
    ] {
        let error = read(rows).unwrap_err().to_string();
        let both = ["row 2", "row 3", "contracts.csv, row", " of contracts.csv"];
        for said in both
            .into_iter()
            .chain(["column start_on", "contract C-1, premium holds"])
        {
            assert!(error.contains(said), "{error}");
        }
    }
}

#[test]
fn counts_are_read_with_the_source_s_marks() {
    let committed = |text: &str, mark| {
        let text = format!("{CONTRACT};annual;2026-01-01;2026-12-31;;{text}\n");
        let tables = read_as(TableName::Contracts, "contracts.csv", text, |source| {
            source.decimal = mark
        })
        .unwrap();
        tables
            .contracts
            .first()
            .and_then(|contract| contract.committed_lines)
    };
    assert_eq!(committed("1.000", DecimalMark::Comma), Some(1000));
    assert_eq!(committed("1,000", DecimalMark::Point), Some(1000));
    assert_eq!(committed("1.000", DecimalMark::Auto), None);
    assert_eq!(committed("12", DecimalMark::Auto), Some(12));
}

#[test]
fn a_renewed_keep_outlives_the_lapsed_one() {
    let head = "line_id,holder,decision,reason,expires_on,decided_on\n";
    let lapsed = "1001,Ana,keep,court order,2026-01-01,2025-10-01\n";
    let renewed = "1001,Ana,keep,court order,2027-01-01,2026-10-01\n";
    let decisions =
        |rows: &str| read(TableName::Decisions, "idle_seats.csv", format!("{head}{rows}")).unwrap();
    for rows in [format!("{lapsed}{renewed}"), format!("{renewed}{lapsed}")] {
        let tables = decisions(&rows);
        assert_eq!(tables.decisions[0].expires_on.unwrap().to_string(), "2027-01-01");
        let input = &tables.inputs[0];
        assert_eq!((input.used, input.quarantined), (2, 0));
        assert!(input.notes[0].contains("superseded"), "{:?}", input.notes);
    }
    let tie = decisions(&format!("{renewed}{}", renewed.replace("keep", "reclaim")));
    assert_eq!((tie.decisions.len(), tie.inputs[0].duplicates), (2, 0));
    assert_eq!(
        tie.decisions[0].decision,
        DecisionKind::Keep,
        "of one day, what leaves the phone where it is"
    );
    let undated = format!(
        "{}{}",
        renewed.replace(",2026-10-01", ","),
        renewed.replace("keep", "reclaim")
    );
    assert_eq!(
        decisions(&undated).decisions[0].decision,
        DecisionKind::Keep,
        "a keep needs no date"
    );
}

#[test]
fn what_we_escaped_for_spreadsheets_comes_back_as_it_was() {
    let text = "line_id,holder,decision\n'=1001,'=1+1,reclaim\n1002,'t Hooft,reclaim\n";
    let decisions = read(TableName::Decisions, "idle_seats.csv", text)
        .unwrap()
        .decisions;
    let holder_of = |line_id: &str| {
        let decision = decisions
            .iter()
            .find(|row| row.line_id.as_deref() == Some(line_id));
        decision.unwrap().holder.as_deref()
    };
    assert_eq!(holder_of("=1001"), Some("=1+1"));
    assert_eq!(holder_of("1002"), Some("'t Hooft"));
}

#[test]
fn a_line_list_of_unusable_rows_is_no_line_list() {
    let text = "extension,email\n10 01,a@example.com\n10 02,b@example.com\n";
    let error = read(TableName::Lines, "lines.csv", text).unwrap_err();
    assert_eq!(error.exit_code(), 65);
    assert!(
        error.to_string().contains("lines.csv, row 2, column extension"),
        "{error}"
    );
}

#[test]
fn the_limit_is_named_as_the_job_names_it() {
    let rows: Vec<String> = (0..7)
        .map(|at| row("Premium line", "x", "USD", &format!("100{at}"), ""))
        .collect();
    let words = bill(&rows).unwrap_err().to_string();
    assert!(words.contains("gates.max_quarantined_rows"), "{words}");
}
