//! Prints the tables of `docs/evidence.md`: how right the model is, beside fixed windows.
//!
//! `cargo run --release --example evidence -- generator` makes companies with `quietline synth`'s own generator, and
//! `-- people FILE` reads the days on which real people did something (`person,day`, gzip).
//! The seeds are fixed: the same figures come out every time.

#![allow(unreachable_pub, reason = "nothing is made public by a program")]

mod cell;
mod company;
mod generator;
mod judge;
mod money;
mod people;
mod rivals;
mod tables;

use std::error::Error;

const USAGE: &str = "say `generator`, or `people FILE` with a gzipped CSV of person,day";

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let text = match words[..] {
        ["generator"] => generator::report()?,
        ["people", file] => people::report(file.as_ref())?,
        _ => return Err(USAGE.into()),
    };
    print!("{text}");
    Ok(())
}
