//! Writes `sample_data/`: the same bytes on every machine, and nothing before its own check has passed.
//!
//! `cargo run --example make_sample` from the checkout. It shares no code with the quietline library, and
//! `expected.csv` and `expected_totals.csv` are worked out by hand from the specification, not written here:
//! so the sample can tell when the program is wrong.

#![allow(unreachable_pub, reason = "nothing is made public by a program")]

mod calls;
mod check;
mod company;
mod invoices;
mod shapes;
mod tables;

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::{Compression, GzBuilder};

/// 400 days, in New York, the account's zone.
pub const FIRST: &str = "2025-09-12";
pub const AS_OF: &str = "2026-10-16";
pub const ACCOUNT: &str = "913874";

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data");
    let seats = company::seats();
    let legs = calls::legs(&seats);
    check::holds(&seats, &legs);

    fs::create_dir_all(folder.join("calls"))?;
    for (name, text) in [
        ("lines.csv", tables::lines(&seats)),
        ("directory.csv", tables::directory(&seats)),
        ("contracts.csv", tables::CONTRACTS.to_owned()),
        ("decisions.csv", tables::DECISIONS.to_owned()),
        ("holidays.csv", tables::holidays()),
        ("charges.csv", invoices::charges(&seats)),
    ] {
        fs::write(folder.join(name), text)?;
    }
    for (month, text) in shapes::files(&legs) {
        // No name and no time in the gzip head: the same calls are the same bytes.
        let file = fs::File::create(folder.join(format!("calls/{month}.csv.gz")))?;
        let mut gzip = GzBuilder::new()
            .mtime(0)
            .operating_system(255)
            .write(file, Compression::best());
        gzip.write_all(text.as_bytes())?;
        gzip.finish()?;
    }
    println!("{} legs in {}", legs.len(), folder.display());
    Ok(())
}
