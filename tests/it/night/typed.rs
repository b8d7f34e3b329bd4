//! `lines.parquet`: the types are the columns' own on every night, and the values those of `lines.csv`.

use std::collections::BTreeMap;
use std::fs::File;

use polars::prelude::*;
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;

use super::Company;
use super::company::csv_rows;

fn table(company: &Company, reports: &str) -> DataFrame {
    let file = File::open(company.path(reports).join("sample/latest/lines.parquet")).unwrap();
    ParquetReader::new(file).finish().unwrap()
}

/// As lines.csv writes it.
fn written(value: &AnyValue<'_>) -> String {
    match value {
        AnyValue::Null => String::new(),
        AnyValue::Int64(amount) => {
            let sign = if *amount < 0 { "-" } else { "" };
            format!("{sign}{}.{:02}", amount.abs() / 100, amount.abs() % 100)
        }
        AnyValue::Date(days) => {
            let day = chrono::NaiveDate::default() + chrono::Days::new(u64::try_from(*days).unwrap());
            day.to_string()
        }
        AnyValue::String(text) => (*text).to_owned(),
        other => other.to_string(),
    }
}

#[test]
fn a_column_has_its_type_whatever_stands_in_it() {
    let company = Company::new();
    company.good(&[]);
    let frame = table(&company, "reports");
    let types: BTreeMap<String, DataType> = frame
        .columns()
        .iter()
        .map(|column| (column.name().to_string(), column.dtype().clone()))
        .collect();
    for (name, dtype) in &types {
        let expected = match name.as_str() {
            name if name.ends_with("_on") || ["seat_since", "notice_by"].contains(&name) => DataType::Date,
            "monthly_cost" | "fees_share" | "expected_waste" | "monthly_saving" | "exposure_to_term_end" => {
                DataType::Int64
            }
            name if name.starts_with("p_silent") => DataType::Float64,
            name if name.starts_with("active_days") || name.starts_with("calls_") => DataType::UInt32,
            "days_silent" | "known_days" | "minutes_90" | "idle_score" => DataType::UInt32,
            _ => DataType::String,
        };
        let wide = |dtype: &DataType| match dtype {
            DataType::UInt64 => DataType::UInt32,
            other => other.clone(),
        };
        assert_eq!(wide(dtype), expected, "{name}");
    }
    let rows = csv_rows(&company.path("reports/sample/latest/lines.csv"));
    assert_eq!(rows.len(), frame.height());
    for column in frame.columns() {
        for (at, row) in rows.iter().enumerate() {
            let told = row[column.name().as_str()].trim_start_matches('\'');
            let value = column.get(at).unwrap();
            match &value {
                AnyValue::Float64(chance) => {
                    assert!(
                        (told.parse::<f64>().unwrap() - chance).abs() < 1e-6,
                        "{}",
                        column.name()
                    );
                }
                _ => assert_eq!(written(&value), told, "{}", column.name()),
            }
        }
    }
    // By rule no line has a chance, and nobody has decided: the same types.
    company.edit("sample_data/decisions.csv", |text| {
        text.lines().next().unwrap().to_owned() + "\n"
    });
    company.edit("sample_data/contracts.csv", |text| text.replace(",true,", ",,"));
    company.good(&[
        ("scoring.model", "rule"),
        ("job.store", "../other"),
        ("job.reports", "../others"),
    ]);
    let again: BTreeMap<String, DataType> = table(&company, "others")
        .columns()
        .iter()
        .map(|column| (column.name().to_string(), column.dtype().clone()))
        .collect();
    assert_eq!(again, types);
}
