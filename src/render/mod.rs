//! One night's statement as the bytes that people and machines read. Never sees a table engine, never writes a file.

mod admin_findings;
mod admin_mail;
mod admins;
mod ask;
mod backtest;
mod bill_kinds;
mod calendar;
mod cell;
mod change;
mod columns;
mod commitments;
mod deadlines;
mod details;
mod discretion;
mod explain;
mod figures;
mod finance;
mod finance_mail;
mod findings;
mod focus;
mod for_finance;
mod group_words;
mod html;
mod idle_seats;
mod incident;
mod invoices;
mod lines;
mod mail;
mod mail_text;
mod method;
mod money_json;
mod occasion;
mod odds;
mod page;
mod pages;
mod plain;
mod plot;
mod portal_actions;
mod prices;
mod quarantine;
mod safe;
mod savings;
mod sentences;
mod set_aside;
mod spark;
mod summary;
mod terminal;
mod told;
mod trust;
mod waterfall;
mod webhook;
mod what_if;
mod where_money;
mod withheld;
mod workbook;
mod year;

use sha2::{Digest, Sha256};

use crate::domain::{Statement, hex};

pub use admin_findings::admin_findings_csv;
pub use admin_mail::admin_mail;
pub use backtest::{backtest_json, backtest_text};
pub use bill_kinds::bill_kinds;
pub use cell::Cell;
pub use columns::Holds;
pub use deadlines::deadlines_ics;
pub use explain::explain;
pub use finance_mail::finance_mail;
pub use findings::findings_csv;
pub use focus::focus_csv;
pub use for_finance::FinanceNight;
pub use html::{admin_html, report_html};
pub use idle_seats::idle_seats_csv;
pub use incident::{
    FailedNight, Stands, clock_mail, failure_mail, killed_mail, no_figure_mail, operators_mail,
    turned_away_mail, undelivered_mail, why_blocked,
};
pub use lines::{lines_columns, lines_csv};
pub use mail::MailBody;
pub use occasion::mail_for;
pub use odds::odds;
pub use page::Page;
pub use portal_actions::portal_actions_csv;
pub use quarantine::quarantine_csv;
pub use safe::{clean, for_terminal, json_for_terminal};
pub use summary::summary_json;
pub use terminal::{operators_text, terminal_summary};
pub use told::told;
pub use webhook::webhook_post;
pub use what_if::what_if;
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

/// SHA-256 as hexadecimal.
fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
