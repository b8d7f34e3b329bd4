//! One night as the bytes that people and machines read.

mod alike;
mod backtests;
mod calendars;
mod chances;
pub mod finance;
mod groups;
mod labels;
pub mod lines;
mod mails;
mod months;
mod night;
mod pages;
mod texts;
mod webhooks;
mod workbook;
