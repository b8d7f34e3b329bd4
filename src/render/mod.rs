//! One night's statement as the bytes that people and machines read. Never sees a table engine, never writes a file.

mod admins;
mod backtest;
mod finance;
mod for_finance;
mod mails;
mod page;
mod pages;
mod tables;
mod terminal;
mod values;
mod words;
mod workbook;

use crate::domain::Statement;
use crate::render::values::digest;

pub use backtest::{backtest_json, backtest_text};
pub use for_finance::FinanceNight;
pub use mails::MailBody;
pub use mails::admins::admin_mail;
pub use mails::deadlines::deadlines_ics;
pub use mails::finance::finance_mail;
pub use mails::incident::{
    FailedNight, Stands, clock_mail, failure_mail, killed_mail, no_figure_mail, operators_mail,
    turned_away_mail, undelivered_mail, why_blocked,
};
pub use mails::occasion::mail_for;
pub use mails::told::told;
pub use mails::webhook::webhook_post;
pub use page::Page;
pub use page::html::{admin_html, report_html};
pub use tables::admin_findings::admin_findings_csv;
pub use tables::findings::findings_csv;
pub use tables::focus::focus_csv;
pub use tables::idle_seats::idle_seats_csv;
pub use tables::lines::{lines_columns, lines_csv};
pub use tables::portal_actions::portal_actions_csv;
pub use tables::quarantine::quarantine_csv;
pub use tables::summary::summary_json;
pub use terminal::bill_kinds::bill_kinds;
pub use terminal::explain::explain;
pub use terminal::odds::odds;
pub use terminal::what_if::what_if;
pub use terminal::{operators_text, terminal_summary};
pub use values::cell::Cell;
pub use values::columns::Holds;
pub use values::safe::{clean, for_terminal, json_for_terminal};
pub use workbook::report_xlsx;

/// One file of a night's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    pub name: &'static str,
    pub bytes: Vec<u8>,
}

/// A report could not be written as bytes: a fault of this program or a table larger than its format can hold.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("a CSV file could not be rendered: {0}")]
    Csv(#[from] csv::Error),
    #[error("a page could not be rendered: {0}")]
    Html(#[from] askama::Error),
    #[error("report.xlsx could not be rendered: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    #[error("summary.json could not be rendered: {0}")]
    Json(#[from] serde_json::Error),
}

/// Every file of the night's folder but the mails, lines.parquet and run.json, in the order of the manual.
/// Same statement, same bytes. On a held or blocked night none of them holds a figure or a list.
pub fn artifacts(statement: &Statement) -> Result<Vec<Artifact>, RenderError> {
    let file = |name, bytes| Artifact { name, bytes };
    let page = Page::of(statement);
    let night = FinanceNight::of(statement);
    // The workbook takes as long as all the others together.
    let pages = || Ok::<_, RenderError>((report_html(&page)?, admin_html(&page)?));
    let (workbook, pages) = rayon::join(|| report_xlsx(&night), pages);
    let (report, admin) = pages?;
    let report_digest = digest(&report);
    let calendar = deadlines_ics(&night).map(|bytes| file("deadlines.ics", bytes));
    let files = vec![
        file("report.html", report),
        file("admin.html", admin),
        file("report.xlsx", workbook?),
        file("idle_seats.csv", idle_seats_csv(statement)?),
        file("portal_actions.csv", portal_actions_csv(statement)?),
        file("lines.csv", lines_csv(statement)?),
        file("findings.csv", findings_csv(&night)?),
        file("admin_findings.csv", admin_findings_csv(statement)?),
        file("summary.json", summary_json(statement, &report_digest)?),
        file("quarantine.csv", quarantine_csv(&statement.quarantine)?),
    ];
    Ok(files.into_iter().chain(calendar).collect())
}
