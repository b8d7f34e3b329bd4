//! What could not be read is told to whoever acts, at the lines that it could concern, and to nobody else.

use quietline::domain::{TableName, Verdict};
use quietline::render::{FinanceNight, admin_mail, finance_mail, idle_seats_csv, terminal_summary};
use quietline::steps::roster::cautions::caution;
use rust_xlsxwriter::Workbook;

use super::phones::{Phones, line, verdict};
use crate::pull::read;

#[test]
fn a_keep_that_could_not_be_read_stands_at_its_line_and_in_the_mail() {
    let mut phones = Phones::named_by(&["extension", "user"]);
    let list = "line_id,holder,decision,expires_on\n\
                user:oona.pike@example.test,Oona Pike,keep,2027/02/31\n\
                user:paul.quist@example.test,Paul Quist,keeep,2027-01-31\n";
    let ids: Vec<String> = phones
        .judged()
        .lines
        .iter()
        .filter(|line| ["115", "116"].contains(&line.line.extension.as_str()))
        .map(|line| line.line.line_id.clone())
        .collect();
    let list = list
        .replace("user:oona.pike@example.test", &ids[0])
        .replace("user:paul.quist@example.test", &ids[1]);
    phones.files.insert("decisions", list);
    let statement = phones.run();
    let account = &statement.accounts[0];
    let told = "The decision \"keep\" in decisions-0.csv, row 2 could not be read and does not hold (expires_on: \"2027/02/31\"";
    for extension in ["115", "116"] {
        assert_eq!(verdict(account, extension), Verdict::Unknown);
    }
    assert!(
        line(account, "115").cautions[0].starts_with(told),
        "{:?}",
        line(account, "115").cautions
    );
    assert!(line(account, "116").cautions[0].contains("\"keeep\""));
    assert!(line(account, "101").cautions.is_empty());
    assert!(
        account.notices.iter().any(|notice| notice.starts_with(told)),
        "{:?}",
        account.notices
    );
    let mail = admin_mail(&statement).unwrap();
    assert!(
        mail.text.contains(told) && mail.html.contains("2027/02/31"),
        "{}",
        mail.text
    );
    let list = String::from_utf8(idle_seats_csv(&statement).unwrap()).unwrap();
    assert!(list.contains("2027/02/31"));
    assert!(
        !finance_mail(&FinanceNight::of(&statement))
            .unwrap()
            .text
            .contains("2027/02/31")
    );
}

/// A workbook of sheets, each of these rows.
fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (row, line) in rows.lines().enumerate() {
            for (column, text) in line.split(',').enumerate().filter(|(_, text)| !text.is_empty()) {
                sheet.write(row as u32, column as u16, text).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn a_sheet_that_was_not_read_is_told_at_the_lines_that_it_could_concern() {
    let people = "email,status\noona.pike@example.test,active\n";
    let leaves = "email,status,on_leave_until\noona.pike@example.test,active,2026-12-31\n";
    let read = |sheets: &[(&str, &str)]| {
        read(TableName::Directory, "people.xlsx", workbook(sheets))
            .unwrap()
            .inputs
    };
    let mut account = Phones::named_by(&["extension", "user"]).judged();
    let unread = read(&[("People", people), ("Leaves", leaves), ("Sheet3", "")]);
    caution(&mut account, &[], &unread);
    let told = "people.xlsx was read from sheet \"People\", and not from \"Leaves\". A leave or a departure that stands there does not hold.";
    assert_eq!(line(&account, "115").cautions, [told]);
    assert_eq!(line(&account, "116").cautions, [told]);
    assert!(line(&account, "101").cautions.is_empty());
    assert_eq!(
        account.notices.last().unwrap(),
        &format!("{told} It could concern extension 115, 116.")
    );
    // Empty sheets are nobody's news.
    let mut account = Phones::named_by(&["extension", "user"]).judged();
    let notices = account.notices.clone();
    caution(&mut account, &[], &read(&[("People", people), ("Sheet2", "")]));
    assert_eq!(account.notices, notices);
    assert!(account.lines.iter().all(|line| line.cautions.is_empty()));
}

#[test]
fn a_bill_that_was_read_in_part_is_told_to_finance_without_the_names_of_sheets() {
    let charges = "invoice_id,invoice_date,period_start,period_end,line_id,description,amount,currency\n\
                   INV-1,2026-10-01,2026-10-01,2026-10-31,101,Premium line,29.99,USD\n";
    let book = workbook(&[("Oona's half", charges), ("Paul's half", charges)]);
    let mut statement = Phones::named_by(&["extension", "user"]).run();
    statement.inputs = read(TableName::Charges, "bill.xlsx", book).unwrap().inputs;
    let told = terminal_summary(&statement);
    assert!(
        told.contains("bill.xlsx was read from sheet \"Oona's half\", and not from \"Paul's half\"\n"),
        "{told}"
    );
    let mail = finance_mail(&FinanceNight::of(&statement)).unwrap().text;
    let mail = mail.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        mail.contains("Of charges a workbook was read from sheet 1 alone; what stands in another sheet is not part of this report"),
        "{mail}"
    );
    assert!(!mail.contains("half"), "{mail}");
}
