//! What tapes, exports and spreadsheets put around a file or a cell is no part of it.

use quietline::domain::TableName;

use super::read;

const HEAD: &str = "invoice_id,invoice_date,period_start,period_end,description,amount,currency,extension\n";
const GOOD: &str = "I-1,2026-09-01,2026-09-01,2026-09-30,Line,20.99,USD,1001\n";

#[test]
fn zeros_behind_a_packed_file_say_nothing() {
    let packed = super::gzip(format!("{HEAD}{GOOD}").as_bytes());
    let more = super::gzip(GOOD.replace("I-1", "I-2").as_bytes());
    let padded = [packed.clone(), vec![0; 512]].concat();
    let parted = [packed.clone(), vec![0; 70_000], more, vec![0; 3]].concat();
    for (bytes, rows) in [(padded, 1), (parted, 2)] {
        let tables = read(TableName::Charges, "bill.csv.gz", bytes).unwrap();
        assert_eq!(tables.charges.len(), rows);
    }
    let junk = [packed, vec![0; 512], b"junk".to_vec()].concat();
    assert!(read(TableName::Charges, "bill.csv.gz", junk).is_err());
}

#[test]
fn what_keeps_a_spreadsheet_from_changing_a_cell_is_no_part_of_it() {
    let text = "extension,dids,first_name,last_name\n\
                \"=\"\"0042\"\"\",'+1 732 555 0142,'s,'t Hooft\n'101,=\"\",=\"Ann\",'=1+1\n";
    let lines = read(TableName::Lines, "lines.csv", text).unwrap().lines;
    let seen: Vec<(&str, usize, String)> = lines
        .iter()
        .map(|line| (line.extension.as_str(), line.dids.len(), line.user_name()))
        .collect();
    assert_eq!(
        seen,
        [
            ("0042", 1, "'s 't Hooft".to_owned()),
            ("101", 0, "Ann =1+1".to_owned())
        ]
    );
}
