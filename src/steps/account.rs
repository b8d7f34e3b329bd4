//! One account's night, told once in order: charges, costs, activity, verdicts, money, findings.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use super::audit::{Fault, faults};
use super::bridge::bridge;
use super::charges::{Classifier, Invoice, MatchedCharge, invoices, match_charges};
use super::cost::{LineCounts, line_costs};
use super::coverage::Coverage;
use super::day_join::NamedBy;
use super::expected_waste::expected_waste;
use super::fault_findings::fault_findings;
use super::judging::{JudgedLines, judge_lines};
use super::normalise::Roster;
use super::rates::{Agreed, rate_faults};
use super::recommend::{buckets, line_findings, recommend};
use super::recover::next_period;
use super::right_size::{RightSizing, Shows, bills_covering_addon, right_size, seats};
use super::tier_terms::by_tier_term;
use crate::domain::{
    Account, AccountStatement, BacktestOrigin, BridgePart, Cents, Charge, ChargeKind, Contract, Decision,
    FindingKind, Holiday, Line, PriceBook, ScoredLine, Scoring, SentFlag, Verdict,
};
use crate::frames::usage::Usage;

/// What cannot go on in a step that has checked input: a fault of ours or of the machine, not of the user's data.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    #[error("a table could not be computed")]
    Frame(#[from] polars::prelude::PolarsError),
    #[error("a pattern of the price book or of the kind rules does not compile")]
    Pattern(#[from] regex::Error),
}

/// Everything that one account's statement is made of.
pub struct AccountInput<'a> {
    pub account: &'a Account,
    pub roster: Roster,
    pub usage: Usage,
    pub coverage: &'a Coverage,
    /// How the call rows of the last 90 days name their ends.
    pub named_by: NamedBy,
    /// Whether call rows of the last 90 days say which calls were recorded.
    pub tells_recorded: bool,
    /// Ends that call rows name which could not be used.
    pub unread: &'a BTreeSet<String>,
    pub holidays: &'a [Holiday],
    pub charges: &'a [Charge],
    pub contracts: &'a [Contract],
    pub book: &'a PriceBook,
    /// The day on which the inventory first showed a line, where it was not the first inventory.
    pub first_seen: &'a HashMap<String, NaiveDate>,
    /// Every line that an earlier night has reported, with the first such day.
    pub seen_lines: &'a BTreeMap<String, NaiveDate>,
    /// The last day on which nobody could have seen a line's calls.
    pub unseen_until: &'a HashMap<String, NaiveDate>,
    /// All of the account's decisions, for what was in force on days in the past.
    pub decisions: &'a [Decision],
    /// Flags of earlier nights, as they were sent.
    pub sent_flags: &'a [SentFlag],
    /// Origins of the back-test from earlier nights, by their keys.
    pub remembered_origins: &'a HashMap<String, BacktestOrigin>,
    pub scoring: &'a Scoring,
    pub as_of: NaiveDate,
}

/// An account's night, and the origins of its back-test, to be remembered.
pub struct Stated {
    pub statement: AccountStatement,
    pub origins: Vec<BacktestOrigin>,
}

/// An invoice with its charges matched and its faults found.
pub(super) struct Audited {
    pub(super) invoice: Invoice,
    pub(super) charges: Vec<MatchedCharge>,
    pub(super) faults: Vec<Fault>,
}

impl Audited {
    /// The fault of each charge that is disputed whole, by index.
    fn fault_kinds(&self) -> Vec<Option<FindingKind>> {
        let mut kinds = vec![None; self.charges.len()];
        for fault in self.faults.iter().filter(|fault| fault.kind.is_whole_charge()) {
            kinds[fault.charge] = Some(fault.kind);
        }
        kinds
    }
}

pub fn statement(input: AccountInput<'_>) -> Result<Stated, StepError> {
    let AccountInput { account, as_of, .. } = input;
    let lines = &input.roster.lines;
    let audited = audit(&input)?;
    let newest = audited.first();
    let kinds = newest.map(Audited::fault_kinds).unwrap_or_default();
    let disputed: Vec<bool> = kinds.iter().map(Option::is_some).collect();
    let billed = newest.map(|newest| (&newest.invoice, &newest.charges[..], &disputed[..]));
    let costs = line_costs(lines, billed, input.contracts, input.book, as_of);

    let JudgedLines {
        judged,
        model,
        backtest,
        origins,
        flags,
        track_record,
    } = judge_lines(&input, &costs, |on| costs_on(&audited, &input, on))?;
    let mut verdicts: Vec<Option<Verdict>> = vec![None; lines.len()];
    let billed_seats = seats(lines.len(), newest);
    let mut live_seats = Vec::with_capacity(judged.len());
    for (index, line) in &judged {
        verdicts[*index] = Some(line.judgement.verdict);
        live_seats.push(billed_seats[*index].clone());
    }
    let period = newest.map(|newest| newest.invoice.period);
    let next = next_period(period, as_of);
    let mut scored = recommend(
        judged.into_iter().map(|(_, line)| line).collect(),
        input.contracts,
        input.book,
        as_of,
        next,
    );

    let invoice_ids = newest
        .map(|newest| newest.invoice.ids.clone())
        .unwrap_or_default();
    let sized = right_size(
        &mut scored,
        &live_seats,
        &RightSizing {
            currency: account.currency,
            shows: Shows {
                handsets: lines.iter().any(|line| line.handset_registered_at.is_some()),
                recorded_flags: input.tells_recorded,
                min_known_business_days: input.scoring.min_known_business_days,
                contracts: input.contracts,
            },
            contracts: input.contracts,
            book: input.book,
            counts: &LineCounts::on(as_of, lines, input.contracts),
            addon_is_billed: newest.is_some_and(|newest| bills_covering_addon(newest, input.book, as_of)),
            invoice_id: invoice_ids.first().map(String::as_str),
            as_of,
            next_period: next,
        },
    );
    let billed_while_silent = |line: &ScoredLine| billed_while_silent(line, &audited, lines);
    let mut findings = line_findings(
        &scored,
        account.currency,
        invoice_ids.first().map(String::as_str),
        as_of,
        billed_while_silent,
    );
    findings.extend(sized.findings);
    findings.extend(fault_findings(&audited, lines, account, as_of, next));
    findings.sort_by(|a, b| (a.kind, &a.line_id, &a.finding_id).cmp(&(b.kind, &b.line_id, &b.finding_id)));

    let waste = || scored.iter().filter(|line| line.verdict.is_waste());
    let mut notices = input.roster.notices.clone();
    notices.extend(tier_disagreements(&scored));
    notices.extend(sized.notices);
    notices.extend(unpriced(&scored, input.book));
    let set_aside = newest
        .map(|newest| newest.invoice.set_aside.clone())
        .unwrap_or_default();
    notices.extend(
        set_aside
            .iter()
            .map(|row| format!("The bill is short by a row: {row}.")),
    );
    let mut bridge = newest
        .map(|newest| bridge(&newest.charges, &kinds, lines, &verdicts))
        .unwrap_or_default();
    if !sized.billed_difference.is_zero() {
        bridge.add(BridgePart::InUse, -sized.billed_difference);
        bridge.add(BridgePart::RightSize, sized.billed_difference);
    }
    let statement = AccountStatement {
        account_id: account.account_id.clone(),
        name: account.name.clone(),
        time_zone: account.time_zone.to_string(),
        currency: account.currency,
        seatless_users: input.roster.seatless_users,
        invoice_ids,
        invoice_date: newest.map(|newest| newest.invoice.invoice_date),
        period,
        billed_total: newest.map_or(Cents::ZERO, |newest| {
            newest.charges.iter().map(|row| row.charge.amount).sum()
        }),
        bridge,
        idle_monthly: waste().map(|line| line.cost.monthly_cost).sum(),
        exposure_to_term_end: waste().map(|line| line.exposure_to_term_end).sum(),
        recoverable: buckets(&findings),
        by_tier_term: by_tier_term(&scored),
        expected_waste: expected_waste(&scored),
        model,
        backtest,
        flags,
        track_record,
        set_aside,
        unclassified: newest.map(unclassified).unwrap_or_default(),
        notices,
        lines: scored,
        findings,
    };
    Ok(Stated { statement, origins })
}

/// What each line cost a month on a day in the past, by the newest invoice of that day.
fn costs_on(audited: &[Audited], input: &AccountInput<'_>, on: NaiveDate) -> Vec<Cents> {
    let newest = audited.iter().find(|audited| audited.invoice.invoice_date <= on);
    let disputed: Vec<bool> = newest.map_or_else(Vec::new, |newest| {
        newest.fault_kinds().iter().map(Option::is_some).collect()
    });
    let billed = newest.map(|newest| (&newest.invoice, &newest.charges[..], &disputed[..]));
    line_costs(&input.roster.lines, billed, input.contracts, input.book, on)
        .into_iter()
        .map(|cost| cost.monthly_cost)
        .collect()
}

/// Every invoice up to `as_of`, newest first.
fn audit(input: &AccountInput<'_>) -> Result<Vec<Audited>, StepError> {
    let AccountInput {
        charges,
        book,
        contracts,
        as_of,
        ..
    } = *input;
    let lines = &input.roster.lines;
    let classifier = Classifier::new(book)?;
    let classified: Vec<Charge> = charges.iter().map(|charge| classifier.classify(charge)).collect();
    let agreed = Agreed {
        lines,
        contracts,
        book,
        counts: &LineCounts::on(as_of, lines, contracts),
    };
    let audited = invoices(&classified, as_of).into_iter().map(|invoice| {
        let charges = match_charges(&invoice.charges, lines, as_of);
        let mut faults = faults(&invoice, &charges, lines);
        let mut whole = vec![false; charges.len()];
        for fault in &faults {
            whole[fault.charge] = true;
        }
        faults.extend(rate_faults(&charges, &whole, &agreed));
        Audited {
            invoice,
            charges,
            faults,
        }
    });
    Ok(audited.collect())
}

/// What the line's seat was billed for on invoices whose whole period lies after the last use.
fn billed_while_silent(line: &ScoredLine, audited: &[Audited], lines: &[Line]) -> Cents {
    let silent_after = line.activity.last_used_on.or(line.line.seat_since);
    let billed = |audited: &Audited| -> Cents {
        let rows = audited
            .charges
            .iter()
            .zip(audited.fault_kinds())
            .filter(|(row, fault)| {
                let seat = matches!(row.kind, ChargeKind::LineMrc | ChargeKind::LineAddon);
                seat && fault.is_none() && silent_after.is_none_or(|day| row.charge.period_start > day)
            });
        rows.flat_map(|(row, _)| &row.shares)
            .filter(|(index, _)| lines[*index].line_id == line.line.line_id)
            .map(|(_, a)| *a)
            .sum()
    };
    audited.iter().map(billed).sum()
}

/// A disagreement between invoice and inventory is told, not settled silently.
fn tier_disagreements(lines: &[ScoredLine]) -> Vec<String> {
    let told = |line: &ScoredLine| {
        let differs =
            line.line.tier.is_some() && line.cost.tier.is_some() && line.line.tier != line.cost.tier;
        differs.then(|| {
            let word = |tier: Option<crate::domain::Tier>| tier.map_or("none", crate::domain::Tier::as_str);
            format!(
                "Extension {}: the invoice bills {}, the line list says {}; the invoice's is shown.",
                line.line.extension,
                word(line.cost.tier),
                word(line.line.tier)
            )
        })
    };
    lines.iter().filter_map(told).collect()
}

/// A book without a price in the account's currency prices none of its lines: told, since no cost is not a cost of 0.00.
fn unpriced(lines: &[ScoredLine], book: &PriceBook) -> Option<String> {
    let without = lines.iter().filter(|line| line.cost.source.is_none()).count();
    (book.prices.is_empty() && without > 0).then(|| {
        format!(
            "The price book has no price in {}: {without} of the lines have no cost, since neither an invoice nor a contract \
             tells it. Give the price_book rows in {}.",
            book.currency, book.currency
        )
    })
}

fn unclassified(newest: &Audited) -> Vec<String> {
    let rows = newest.charges.iter().filter(|row| row.kind == ChargeKind::Other);
    rows.map(|row| {
        format!(
            "invoice {}, row {}: {}",
            row.charge.invoice_id, row.charge.row, row.charge.amount
        )
    })
    .collect()
}
