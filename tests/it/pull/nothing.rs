//! Words for nothing, sums and repeated headings are no lines, no people and no charges.

use quietline::domain::{MidTermCredit, Status, TableName};

use super::read;

const HEAD: &str =
    "extension,login_name,email,first_name,last_name,kind,tier,term,contract_id,seat_since,dids\n";
const ADA: &str = "101,ada,ada@example.test,Ada,Birch,person,premium,monthly,C-1,2024-01-08,12125550101\n";

fn lines(rows: &str) -> quietline::pull::Tables {
    read(TableName::Lines, "lines.csv", format!("{HEAD}{ADA}{rows}")).unwrap()
}

#[test]
fn a_word_for_nothing_is_a_blank_cell_in_every_table() {
    for word in [
        "NULL", "null", "None", "(none)", "N/A", "#N/A", "NA", "nil", "-", "–", "—", "NaN", "\\N", "(blank)",
    ] {
        let tables = lines(&format!(
            "{word},uma,uma@example.test,Uma,Vale,person,{word},{word},{word},{word},{word}\n"
        ));
        let uma = &tables.lines[1];
        assert_eq!(tables.quarantine, [], "{word}");
        assert_eq!(
            (uma.extension.as_str(), uma.line_id.as_str()),
            ("", "user:uma"),
            "{word}"
        );
        assert_eq!(
            (uma.tier, &uma.contract_id, uma.seat_since),
            (None, &None, None),
            "{word}"
        );
        let nobody = lines(&format!("120,{word},{word},{word},{word},,,,,,\n"));
        assert_eq!(nobody.lines[1].status, Status::Unassigned, "{word}");
        let directory = read(
            TableName::Directory,
            "directory.csv",
            format!(
                "email,status,departed_on,last_sign_in_at\numa@example.test,departed,2026-03-20,{word}\n"
            ),
        );
        assert_eq!(directory.unwrap().directory.len(), 1, "{word}");
        let bill = format!(
            "invoice_id,invoice_date,period_start,period_end,description,amount,currency,extension,email\n\
             I-1,2026-09-01,2026-09-01,2026-09-30,None,5.00,USD,{word},{word}\n"
        );
        let charges = read(TableName::Charges, "charges.csv", bill).unwrap().charges;
        assert_eq!(
            (&charges[0].extension, &charges[0].email),
            (&None, &None),
            "{word}"
        );
    }
}

#[test]
fn a_seat_is_hidden_where_the_list_does_not_say_that_there_is_none() {
    let hidden = |rows: &str| lines(rows).unread_seats;
    for cell in [
        "#REF!",
        "#NAME?",
        "Err:502",
        "1l6 ??",
        "116 or so",
        "N/A",
        "n/a",
        "NA",
        "#N/A",
        "#NV",
        "TBD",
        "??",
        "unknown",
        "folgt",
    ] {
        let found = hidden(&format!(
            "{cell},uma,uma@example.test,Uma,Vale,person,,,,,12125550116\n"
        ));
        assert_eq!(found.len(), 1, "{cell}");
        assert_eq!(found[0].origin, "lines.csv, row 3", "{cell}");
        for name in ["login uma", "login uma@example.test", "number 12125550116"] {
            assert!(found[0].names.contains(&name.to_owned()), "{cell}: {found:?}");
        }
        assert_eq!(hidden(&format!("{cell},,,Uma,Vale,,,,,,\n")).len(), 1, "{cell}");
    }
    for cell in [
        "",
        "-",
        "NULL",
        "None",
        "(blank)",
        "kein",
        "unassigned",
        "116",
        "Ext. 116",
    ] {
        let found = hidden(&format!("{cell},uma,uma@example.test,Uma,Vale,person,,,,,\n"));
        assert_eq!(found, [], "{cell}");
    }
    for foot in ["Total,,,,,,,,,,", "Total: 1,,,,,,,,,,", HEAD.trim()] {
        assert_eq!(hidden(&format!("{foot}\n")), [], "{foot}");
    }
}

#[test]
fn a_word_for_nobody_is_no_holder() {
    for word in [
        "Vacant",
        "UNASSIGNED",
        "TBD",
        "keine",
        "Aucun",
        "nicht zugewiesen",
        "Nessuno",
        "无",
    ] {
        let tables = lines(&format!("120,{word},{word},{word},120,,,,,,{word}\n"));
        assert_eq!(tables.quarantine, [], "{word}");
        let seat = &tables.lines[1];
        assert_eq!(seat.status, Status::Unassigned, "{word}");
        assert!(!seat.is_named() && seat.dids.is_empty(), "{word}");
    }
    let named = lines("120,,,Vacant,,,,,,,\n121,,,Una,Vacant,,,,,,\n");
    assert_eq!(
        [&named.lines[1], &named.lines[2]].map(|seat| seat.status),
        [Status::Unassigned, Status::Active]
    );
}

#[test]
fn people_may_be_called_null_and_places_na() {
    let tables = read(
        TableName::Lines,
        "lines.csv",
        "extension,first_name,last_name,department\n101,Ann,Null,NA\n102,Nina,Na,Sales\n103,NULL,NULL,-\n",
    )
    .unwrap();
    let seen: Vec<_> = tables
        .lines
        .iter()
        .map(|line| (line.last_name.as_deref(), line.department.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [
            (Some("Null"), Some("NA")),
            (Some("Na"), Some("Sales")),
            (None, None)
        ]
    );
}

#[test]
fn a_foot_and_headings_once_more_are_set_aside_without_counting() {
    let feet = [
        "Total,16,,,,,,,,,\n",
        "TOTAL:,,,,,,,,,,16\n",
        ",Total users: 16,,,,,,,,,\n",
        "Gesamt,16,,,,,,,,,\n",
        "Totaux,16,,,,,,,,,\n",
        "Sub-Total,16,,,,,,,,,\n",
        HEAD,
    ];
    let rows = feet.concat();
    let tables = lines(&rows);
    assert_eq!(tables.lines.len(), 1, "{:?}", tables.lines);
    assert_eq!(tables.quarantine.len(), feet.len());
    assert!(tables.quarantine[6].reason.contains("repeats the headings"));
    let named = lines("120,total,total@example.test,Total,Wine,person,,,,,\n121,,,Gate,Total,,,,,,\n");
    assert_eq!(named.lines.len(), 3);
}

#[test]
fn zero_is_a_line_where_something_is_its_own() {
    let tables = lines("0,uma,uma@example.test,Uma,Vale,,,,,,\n0,vic,vic@example.test,Vic,West,,,,,,0\n");
    let extensions: Vec<&str> = tables.lines.iter().map(|line| line.extension.as_str()).collect();
    assert_eq!((extensions, tables.quarantine.len()), (vec!["101", "", ""], 0));
    let operator = lines("0,desk,,Front,Desk,,,,,,\n130,0,0,,,,,,,,0\n");
    let of = |extension: &str| operator.lines.iter().find(|line| line.extension == extension);
    assert!(of("0").is_some(), "{:?}", operator.lines);
    let bare = of("130").unwrap();
    assert_eq!(
        (&bare.login_name, &bare.email, bare.dids.len()),
        (&None, &None, 0)
    );
}

#[test]
fn a_word_that_answers_its_column_is_an_answer() {
    let contracts = read(
        TableName::Contracts,
        "contracts.csv",
        "account_id,contract_id,tier,term,start_on,end_on,unit_price,auto_renew,notice_days,mid_term_credit\n\
         4711,C-1,premium,annual,2026-01-01,2026-12-31,20.99,true,60,None\n\
         4711,C-2,premium,annual,2026-01-01,2026-12-31,20.99,true,60,N/A\n",
    );
    let credits: Vec<_> = contracts
        .unwrap()
        .contracts
        .iter()
        .map(|row| row.mid_term_credit)
        .collect();
    assert_eq!(credits, [Some(MidTermCredit::None), None]);
}

#[test]
fn a_formula_that_failed_is_not_nothing_where_it_hides_a_seat_or_a_leave() {
    let tables =
        lines("#REF!,uma,uma@example.test,Uma,Vale,person,#REF!,,,,#VALUE!\n120,#REF!,,Vic,West,,,,,,\n");
    assert_eq!((tables.lines.len(), tables.quarantine.len()), (2, 1));
    assert_eq!(tables.lines[1].login_name, None);
    assert!(
        tables
            .unread_lines
            .contains(&("4711".to_owned(), "login uma".to_owned()))
    );
    for error in ["#REF!", "#BEZUG!", "#NAME?", "Err:502"] {
        let directory = read(
            TableName::Directory,
            "directory.csv",
            format!("email,status,on_leave_until\numa@example.test,active,{error}\n"),
        );
        assert_eq!(directory.unwrap().quarantine.len(), 1, "{error}");
    }
}

#[test]
fn a_word_in_place_of_a_charges_extension_is_nobodys_and_costs_no_amount() {
    let bill = |extension: &str| {
        let row = |extension: &str, amount: &str| {
            format!("I-1,2026-09-01,2026-09-01,2026-09-30,VBC Premium monthly,{amount},USD,{extension}\n")
        };
        let head = "invoice_id,invoice_date,period_start,period_end,description,amount,currency,extension\n";
        let text = [
            head,
            &row("101", "29.99"),
            &row("102", "29.99"),
            &row(extension, "59.98"),
        ]
        .concat();
        read(TableName::Charges, "charges.csv", text).unwrap()
    };
    for word in [
        "Various",
        "Account level",
        "All",
        "multiple",
        "#REF!",
        "n/a",
        "--",
    ] {
        let tables = bill(word);
        assert_eq!((tables.charges.len(), tables.quarantine.len()), (3, 0), "{word}");
        assert!(
            tables.charges.iter().any(|charge| charge.extension.is_none()),
            "{word}"
        );
    }
    for word in ["Total", "SUMME", "Subtotal", "Grand total"] {
        let tables = bill(word);
        assert_eq!((tables.charges.len(), tables.quarantine.len()), (2, 1), "{word}");
    }
}
