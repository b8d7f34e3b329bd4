//! What G9 says of files: nothing of what is known, and of everything else whose it is.

use quietline::domain::{Gate, GateReport, GateStatus, Statement};
use quietline::night::Options;

use super::Company;

fn of_shape(statement: &Statement) -> &GateReport {
    let gate = |report: &&GateReport| report.gate == Gate::G9Schema;
    statement.gates.iter().find(gate).unwrap()
}

/// The lists of the report handed back as they are (`admin_findings.csv` has the headings that finance's had), and calls without a result, are an ordinary night.
#[test]
fn what_is_known_of_a_file_is_not_told() {
    let company = Company::new();
    company.good(&[("job.as_of", "2026-10-09")]);
    std::fs::create_dir_all(company.path("handed_back")).unwrap();
    for list in ["idle_seats.csv", "findings.csv", "admin_findings.csv"] {
        let from = company.path("reports/sample/latest").join(list);
        std::fs::copy(from, company.path("handed_back").join(list)).unwrap();
    }
    company.edit_calls(|text| text.replace(",Missed,", ",,").replace(",missed,", ",,"));
    let night = company.good(&[("sources.decisions.files", "../handed_back")]);
    let report = of_shape(&night);
    assert_eq!(report.status, GateStatus::Ok);
    insta::assert_snapshot!(report.detail, @"every required column is there; idle_seats.csv: 19 rows were read and say nothing; 2 files of decisions: 27 rows were read and say nothing");
}

#[test]
fn what_is_told_names_its_file_or_how_many() {
    let company = Company::new();
    company.edit("sample_data/charges.csv", |text| {
        let mut lines = text.lines();
        let heading = lines.next().unwrap().to_owned() + ",Mood\n";
        heading + &lines.map(|line| format!("{line},fine\n")).collect::<String>()
    });
    company.edit_calls(|text| {
        text.replace(",Missed,", ",Quantum,")
            .replace("custom_tag", "novelty")
    });
    let night = company.run(&[], &Options::default()).unwrap().statement.unwrap();
    let report = of_shape(&night);
    assert_eq!(report.status, GateStatus::Warn);
    insta::assert_snapshot!(report.detail, @r#"597 of 12,634 call rows have a result that nobody knows, taken as use where somebody talked: "quantum" (597); 9 files of calls: headings that are not used: novelty; charges.csv: headings that are not used: Mood"#);
}
