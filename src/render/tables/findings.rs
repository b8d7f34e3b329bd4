//! `findings.csv`: one row is a finding. Finance reads it: no names, no calls, no reasons.

use crate::render::for_finance::{FinanceFinding, FinanceNight};
use crate::render::tables::lines::word;
use crate::render::{Cell, RenderError};

/// Every finding of every account.
pub fn findings_csv(night: &FinanceNight<'_>) -> Result<Vec<u8>, RenderError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.iter().map(|column| column.name))?;
    for finding in night.accounts.iter().flat_map(|account| &account.findings) {
        writer.write_record(row(finding).iter().map(Cell::csv))?;
    }
    writer
        .into_inner()
        .map_err(|error| RenderError::Csv(error.into_error().into()))
}

pub(crate) fn row(finding: &FinanceFinding) -> Vec<Cell> {
    COLUMNS.iter().map(|column| (column.cell)(finding)).collect()
}

/// One column: the workbook's notes explain it too.
pub(crate) struct Column {
    /// The heading, part of the contract.
    pub name: &'static str,
    pub meaning: &'static str,
    cell: fn(&FinanceFinding) -> Cell,
}

const fn column(name: &'static str, meaning: &'static str, cell: fn(&FinanceFinding) -> Cell) -> Column {
    Column { name, meaning, cell }
}

/// The columns of `findings.csv`, in the order of the contract.
pub(crate) static COLUMNS: &[Column] = &[
    column("finding_id", "The same every night for the same thing.", |f| {
        Cell::text(&f.finding_id)
    }),
    column(
        "kind",
        "What was found; of a line that nobody uses always idle_line, whatever the reason.",
        |f| Cell::Word(f.kind.as_str()),
    ),
    column("account_id", "The account.", |f| Cell::text(&f.account_id)),
    column("line_id", "The line, where it is about one.", |f| {
        Cell::maybe(&f.line_id)
    }),
    column("extension", "Its extension.", |f| Cell::maybe(&f.extension)),
    column("tier", "The line's tier.", |f| {
        word(f.tier.map(|tier| tier.as_str()))
    }),
    column("term", "Annual or monthly.", |f| {
        word(f.term.map(|term| term.as_str()))
    }),
    column("contract_id", "The contract that covers the line.", |f| {
        Cell::maybe(&f.contract_id)
    }),
    column("invoice_id", "The invoice, where it is about one.", |f| {
        Cell::maybe(&f.invoice_id)
    }),
    column("subject", "What it is about, in a few words.", |f| {
        Cell::text(&f.subject)
    }),
    column(
        "evidence",
        "Of a charge to dispute a sentence ready to send; of a line, administrators have the reason.",
        |f| Cell::text(&f.evidence),
    ),
    column(
        "monthly_amount",
        "What it is worth a month; blank where nothing tells the line's price.",
        |f| {
            f.amount()
                .map_or(Cell::Blank, |amount| Cell::Money(amount, f.currency))
        },
    ),
    column(
        "amount_to_date",
        "The same fault on all invoices at hand; blank of what nobody uses.",
        |f| {
            f.amount_to_date
                .map_or(Cell::Blank, |amount| Cell::Money(amount, f.currency))
        },
    ),
    column("currency", "Of the amounts in the row.", |f| {
        Cell::Text(f.currency.to_string())
    }),
    column("recoverable", "When the money comes back.", |f| {
        Cell::Word(f.recoverable.as_str())
    }),
    column("recoverable_on", "From which day.", |f| {
        Cell::day(f.recoverable_on)
    }),
    column("notice_by", "The last day to give notice.", |f| {
        Cell::day(f.notice_by)
    }),
    column(
        "confidence",
        "How much of it rests on inference: high, medium or low.",
        |f| Cell::text(&f.confidence),
    ),
    column(
        "step",
        "With a line: remove, check first, not to be removed until a day, or keep. Blank for charges and contracts.",
        |f| f.step.map_or(Cell::Blank, |step| Cell::Text(step.to_string())),
    ),
    column(
        "first_seen",
        "The night that found it first; of a line that nobody uses the first of that month.",
        |f| Cell::Day(f.first_seen),
    ),
    column("state", "Where it stands.", |f| word(Some(f.state.as_str()))),
    column(
        "decision",
        "Fill in and hand back: dispute a charge, reclaim or reassign a line, downgrade a tier; keep or dismiss anything.",
        |_| Cell::Blank,
    ),
    column("decision_reason", "Fill in: why; needed for dismiss.", |_| {
        Cell::Blank
    }),
    column("owner", "Fill in: who decided.", |_| Cell::Blank),
    column("decided_on", "Fill in: the day of the decision.", |_| Cell::Blank),
    column(
        "expires_on",
        "Fill in where it shall not hold for ever: its last day.",
        |_| Cell::Blank,
    ),
];
