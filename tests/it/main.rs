//! The one integration-test binary: linking polars costs seconds for each binary, so there is only this one.

#![allow(unreachable_pub, reason = "nothing is made public by a test binary")]

mod canaries;
mod cli;
mod contracts;
mod coverage;
mod deliver;
mod errors;
mod focus;
mod gates;
mod grammar;
mod hindsight;
mod kill;
mod kinds;
mod money;
mod mutations;
mod night;
mod oracle;
mod pull;
mod render;
mod roll_up;
mod rules;
mod tidy;
mod verdicts;
mod vonage;
mod year;
mod zones;
