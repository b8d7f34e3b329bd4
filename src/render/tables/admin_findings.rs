//! `admin_findings.csv`: one row is a finding with its whole proof: calls, directory, reasons. For administrators.

use crate::domain::{Finding, Statement};
use crate::render::tables::lines::word;
use crate::render::values::columns::{Column, Context, column, csv_bytes};
use crate::render::values::withheld::printed_accounts;
use crate::render::words::prices;
use crate::render::{Cell, RenderError};

/// Spreadsheet programs read UTF-8 only with this mark.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Every finding of every account.
pub fn admin_findings_csv(statement: &Statement) -> Result<Vec<u8>, RenderError> {
    let rows = printed_accounts(statement).iter().flat_map(|account| {
        let of = move |finding| (Context { account }, finding);
        account.findings.iter().map(of)
    });
    Ok([BYTE_ORDER_MARK, &csv_bytes(COLUMNS, rows)?].concat())
}

/// The columns of `admin_findings.csv`, in the order of the contract.
pub(crate) static COLUMNS: &[Column<Finding>] = &[
    column(
        "finding_id",
        "The same every night for the same thing.",
        |_, f| Cell::text(&f.finding_id),
    ),
    column("kind", "What was found.", |_, f| Cell::Word(f.kind.as_str())),
    column("account_id", "The account.", |_, f| Cell::text(&f.account_id)),
    column("line_id", "The line, where it is about one.", |_, f| {
        Cell::maybe(&f.line_id)
    }),
    column("extension", "Its extension.", |_, f| Cell::maybe(&f.extension)),
    column("invoice_id", "The invoice, where it is about one.", |_, f| {
        Cell::maybe(&f.invoice_id)
    }),
    column("subject", "What it is about, in a few words.", |_, f| {
        Cell::text(&f.subject)
    }),
    column(
        "evidence",
        "The proof; for a charge to dispute, a sentence ready to send.",
        |_, f| Cell::text(&f.evidence),
    ),
    column(
        "monthly_amount",
        "What it is worth a month; blank where nothing tells the line's price.",
        |c, f| prices::worth(c.account, f).map_or(Cell::Blank, |amount| Cell::Money(amount, f.currency)),
    ),
    column(
        "amount_to_date",
        "The same fault on all invoices at hand.",
        |c, f| prices::to_date(c.account, f).map_or(Cell::Blank, |amount| Cell::Money(amount, f.currency)),
    ),
    column("currency", "Of the amounts in the row.", |_, f| {
        Cell::Text(f.currency.to_string())
    }),
    column("recoverable", "When the money comes back.", |_, f| {
        Cell::Word(f.recoverable.as_str())
    }),
    column("recoverable_on", "From which day.", |_, f| {
        Cell::day(f.recoverable_on)
    }),
    column("notice_by", "The last day to give notice.", |_, f| {
        Cell::day(f.notice_by)
    }),
    column(
        "confidence",
        "How much of it rests on inference: high, medium or low.",
        |_, f| Cell::text(&f.confidence),
    ),
    column("action", "The proposed step.", |_, f| {
        Cell::Word(f.action.as_str())
    }),
    column("first_seen", "The night that found it first.", |_, f| {
        Cell::Day(f.first_seen)
    }),
    column("state", "Where it stands.", |_, f| word(Some(f.state.as_str()))),
    column(
        "decision",
        "Fill in and hand back: dispute a charge, reclaim or reassign a line, downgrade a tier; keep or dismiss anything.",
        |_, _| Cell::Blank,
    ),
    column("decision_reason", "Fill in: why; needed for dismiss.", |_, _| {
        Cell::Blank
    }),
    column("owner", "Fill in: who decided.", |_, _| Cell::Blank),
    column("decided_on", "Fill in: the day of the decision.", |_, _| {
        Cell::Blank
    }),
    column(
        "expires_on",
        "Fill in where it shall not hold for ever: its last day.",
        |_, _| Cell::Blank,
    ),
];
