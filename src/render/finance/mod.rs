//! What finance reads of one account, in the order in which it decides. No names.

pub(super) mod calendar;
pub(super) mod commitments;
pub(super) mod invoices;
pub(super) mod method;
pub(super) mod savings;
pub(super) mod where_money;

use crate::render::Cell;
use crate::render::backtest;
use crate::render::page::{Block, Item, Section, Table, Tile, Waterfall, figure, words};
use crate::render::values::cell::{NOT_KNOWN, counted};
use crate::render::values::{cell, plain};
use crate::render::words::{change, figures, prices, sentences};

use crate::domain::{BRIDGE_PARTS, BridgePart, Cents, Recoverable};
use crate::render::for_finance::{FinanceAccount, FinanceFinding, FinanceNight, Since};

pub(super) fn block(night: &FinanceNight, account: &FinanceAccount, prefix: &str) -> Block {
    let section = |name: &str, heading, items| Section {
        id: format!("{prefix}-{name}"),
        heading,
        items,
    };
    Block {
        heading: sentences::account_heading(account),
        sections: vec![
            section("figure", "The figure", figure_items(night, account, prefix)),
            section(
                "bridge",
                "From the bill to idle lines",
                bridge_items(account, prefix),
            ),
            section(
                "recoverable",
                "What can be recovered, and when",
                recoverable_items(account, prefix),
            ),
            section("errors", "Billing errors", error_items(account, prefix)),
            section(
                "savings",
                savings::HEADING,
                savings::items(night, account, prefix),
            ),
            section(
                "tiers",
                "Where the money goes",
                where_money::items(account, prefix),
            ),
            section(
                "calendar",
                "Contracts and deadlines",
                calendar::items(night, account, prefix),
            ),
            section(
                "commitment",
                commitments::HEADING,
                commitments::items(account, prefix),
            ),
            section("invoices", invoices::HEADING, invoices::items(account, prefix)),
            section(
                "right",
                backtest::HEADING,
                backtest::items(account, &format!("{prefix}-right")),
            ),
        ],
    }
}

fn figure_items(night: &FinanceNight, account: &FinanceAccount, prefix: &str) -> Vec<Item> {
    let mut items = vec![
        Item::Lead(sentences::headline(account, night)),
        Item::Text(sentences::idle(account)),
        Item::Tiles(tiles(night, account)),
        Item::Text(change::sentence(account)),
    ];
    items.extend(changes(account, prefix));
    items.push(Item::Text(sentences::health(night)));
    items.extend(night.warnings().into_iter().map(Item::Warning));
    items
}

fn tiles(night: &FinanceNight, account: &FinanceAccount) -> Vec<Tile> {
    let currency = account.currency;
    let idle = account.bridge.get(BridgePart::Idle);
    let errors = figures::billing_errors(account);
    let disputed: Cents = errors.iter().map(|finding| finding.monthly_amount).sum();
    let mut tiles = vec![
        Tile {
            label: "Idle, a month",
            figure: Cell::known(prices::idle_monthly(account), currency),
            note: match prices::cost(account, true).unknown {
                0 => counted(figures::waste_lines(account), "line", "lines"),
                without => format!(
                    "{}, {without} without a price",
                    counted(figures::waste_lines(account), "line", "lines")
                ),
            },
        },
        Tile {
            label: "Idle, share of the bill",
            figure: match prices::billed_total(account) {
                Some(billed) => Cell::Percent(idle.0, billed.0),
                None => Cell::Word(cell::NOT_KNOWN),
            },
            note: match prices::billed_total(account) {
                Some(billed) => format!("of {} billed", cell::money(billed, currency)),
                None => NO_INVOICE.to_owned(),
            },
        },
    ];
    if let Some(waste) = &account.expected_waste {
        tiles.push(Tile {
            label: "Expected waste a month",
            figure: Cell::Money(waste.amount, currency),
            note: sentences::interval(account, waste),
        });
    }
    if let Some(next) = figures::next_deadline(account, night.as_of) {
        tiles.push(Tile {
            label: "Next notice deadline",
            figure: Cell::Day(next.notice_by),
            note: match next.amount {
                Some(amount) => format!("{} a month", cell::money(amount, currency)),
                None => next.counted(),
            },
        });
    }
    tiles.push(Tile {
        label: "Billing errors, a month",
        figure: Cell::known(prices::billed_total(account).map(|_| disputed), currency),
        note: match prices::billed_total(account) {
            Some(_) => format!("{} to dispute", counted(errors.len() as u32, "charge", "charges")),
            None => NO_INVOICE.to_owned(),
        },
    });
    tiles
}

const NO_INVOICE: &str = "no invoice was read";

fn bridge_items(account: &FinanceAccount, prefix: &str) -> Vec<Item> {
    if account.invoice_ids.is_empty() {
        return vec![Item::Text(
            "No invoice was read: there is no bill to take apart.".to_owned(),
        )];
    }
    let steps: Vec<(BridgePart, Cents)> = BRIDGE_PARTS
        .iter()
        .map(|part| (*part, account.bridge.get(*part)))
        .collect();
    let currency = account.currency;
    let total = account.billed_total;
    let row = |label: &'static str, amount: Cents| {
        vec![
            Cell::Word(label),
            Cell::Money(amount, currency),
            Cell::Percent(amount.0, total.0),
        ]
    };
    vec![
        Item::Text(format!(
            "Invoice {}{}. Every part is printed, also when it is 0.00; the parts add up to the billed total to the cent.",
            account.invoice_ids.join(", "),
            sentences::period(account)
                .map(|period| format!(", service from {period}"))
                .unwrap_or_default()
        )),
        Item::Waterfall(Waterfall {
            id: format!("{prefix}-waterfall"),
            title: "From the first part of the bill to its total".to_owned(),
            description:
                "One bar for each part, starting where the one before ends; the numbers are in the table."
                    .to_owned(),
            currency,
            steps: steps.clone(),
            total,
        }),
        Item::Table(Table {
            id: format!("{prefix}-bridge-table"),
            caption: "Parts of the bill".to_owned(),
            columns: vec![
                words("Part of the bill"),
                figure("Billed"),
                figure("Share of the bill"),
            ],
            rows: steps
                .iter()
                .map(|(part, amount)| row(plain::bridge_part(*part), *amount))
                .collect(),
            total: Some(row("Billed total", total)),
            whole_in: "report.xlsx",
            wide: false,
            sortable: false,
        }),
    ]
}

fn recoverable_items(account: &FinanceAccount, prefix: &str) -> Vec<Item> {
    let currency = account.currency;
    let rows = figures::BUCKETS.iter().map(|bucket| {
        let found = account.recoverable.get(bucket).cloned().unwrap_or_default();
        vec![
            Cell::Word(plain::recoverable(*bucket)),
            Cell::known(prices::bucket(account, *bucket), currency),
            Cell::count(found.lines),
            Cell::day(found.earliest_on),
            Cell::day(found.notice_by),
            Cell::Word(plain::recoverable_meaning(*bucket)),
        ]
    });
    let mut items = vec![
        Item::Text(
            "Each amount is a month's, and each comes back at its own time: do not add them together."
                .to_owned(),
        ),
        Item::Table(Table {
            id: format!("{prefix}-buckets"),
            caption: "Recoverable amounts by time".to_owned(),
            columns: vec![
                words("When"),
                figure("Amount a month"),
                figure("Lines"),
                words("First from"),
                words("First notice by"),
                words("What it means"),
            ],
            rows: rows.collect(),
            total: None,
            whole_in: "report.xlsx",
            wide: false,
            sortable: true,
        }),
    ];
    let behind = account
        .findings
        .iter()
        .filter(|finding| finding.amount() != Some(Cents::ZERO) && is_recoverable_later(finding));
    let rows: Vec<Vec<Cell>> = figures::by_deadline(behind)
        .into_iter()
        .map(finding_row)
        .collect();
    if !rows.is_empty() {
        items.push(Item::Table(Table {
            id: format!("{prefix}-behind"),
            caption: "What stands behind these amounts, the first deadline first".to_owned(),
            columns: vec![
                words("Extension"),
                words("What was found"),
                figure("Amount a month"),
                words("When"),
                words("From"),
                words("Notice by"),
                words("Proposed step"),
            ],
            rows,
            total: None,
            whole_in: "report.xlsx",
            wide: false,
            sortable: true,
        }));
    }
    let exposure = prices::exposure_to_term_end(account);
    if !exposure.amount.is_zero() {
        let unknown = match exposure.unknown {
            0 => String::new(),
            lines => format!(
                " Of {} more the term's end or the price is not known.",
                counted(lines, "line", "lines")
            ),
        };
        items.push(Item::Text(format!(
            "If nothing is done, idle annual lines will still cost {} in all until their terms end.{unknown}",
            cell::money(exposure.amount, currency)
        )));
    }
    items
}

fn is_recoverable_later(finding: &FinanceFinding) -> bool {
    !matches!(finding.recoverable, Recoverable::Now | Recoverable::None)
}

/// Extension, kind, amount, when, from, notice by, step.
pub(super) fn finding_row(finding: &FinanceFinding) -> Vec<Cell> {
    vec![
        Cell::maybe(&finding.extension),
        Cell::Word(plain::finding_kind(finding.kind)),
        Cell::known(finding.amount(), finding.currency),
        Cell::Word(plain::recoverable(finding.recoverable)),
        Cell::day(finding.recoverable_on),
        Cell::day(finding.notice_by),
        finding
            .step
            .map_or(Cell::Blank, |step| Cell::Text(step.to_string())),
    ]
}

fn error_items(account: &FinanceAccount, prefix: &str) -> Vec<Item> {
    let errors = figures::billing_errors(account);
    if errors.is_empty() {
        return vec![Item::Text(match prices::billed_total(account) {
            Some(_) => "No charge to dispute was found.".to_owned(),
            None => "No invoice was read: there is no charge to check.".to_owned(),
        })];
    }
    let rows = errors.iter().map(|finding| {
        vec![
            Cell::maybe(&finding.invoice_id),
            Cell::maybe(&finding.extension),
            Cell::Word(plain::finding_kind(finding.kind)),
            Cell::Money(finding.monthly_amount, finding.currency),
            finding
                .amount_to_date
                .map_or(Cell::Blank, |amount| Cell::Money(amount, finding.currency)),
            Cell::text(&finding.confidence),
            Cell::Word(plain::finding_state(finding.state)),
            Cell::text(&finding.evidence),
        ]
    });
    vec![Item::Table(Table {
        id: format!("{prefix}-errors-table"),
        caption: "Charges to dispute, each with a sentence ready to send".to_owned(),
        columns: vec![
            words("Invoice"),
            words("Extension"),
            words("What is wrong"),
            figure("Amount a month"),
            figure("To date"),
            words("Confidence"),
            words("State"),
            words("Sentence ready to send"),
        ],
        rows: rows.collect(),
        total: None,
        whole_in: "findings.csv",
        wide: true,
        sortable: true,
    })]
}

/// The causes of what has changed as a table, where there are any.
fn changes(account: &FinanceAccount, prefix: &str) -> Option<Item> {
    let Since::Compared(change) = &account.since_last else {
        return None;
    };
    if change.causes.is_empty() {
        return None;
    }
    let currency = account.currency;
    let row = |words: &'static str, lines: Option<u32>, amount: Option<Cents>| {
        vec![
            Cell::Word(words),
            lines.map_or(Cell::Blank, Cell::count),
            amount.map_or(Cell::Word(NOT_KNOWN), |amount| Cell::Money(amount, currency)),
        ]
    };
    let mut rows = vec![row("idle on the night before", None, change.before.known_total())];
    let causes = change.causes.iter();
    rows.extend(causes.map(|(cause, sum)| row(cause.in_words(), Some(sum.parts()), sum.known_total())));
    Some(Item::Table(Table {
        id: format!("{prefix}-change"),
        caption: format!("Idle money since {}, by cause", change.since),
        columns: vec![words("Cause"), figure("Lines"), figure("Amount a month")],
        rows,
        total: Some(row("idle tonight", None, prices::idle_monthly(account))),
        whole_in: "report.html",
        wide: false,
        sortable: false,
    }))
}
