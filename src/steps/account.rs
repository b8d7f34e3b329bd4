//! One account's night, told once in order: charges, costs, activity, verdicts, money, findings.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};

use super::audit::{Fault, faults};
use super::bridge::bridge;
use super::charges::{Classifier, Invoice, MatchedCharge, invoices, match_charges};
use super::cost::{line_costs, one_month};
use super::coverage::Coverage;
use super::day_join::NamedBy;
use super::line_keys::{is_joinable, is_named_among};
use super::measure::{Subject, measure};
use super::normalise::{Roster, holidays_at};
use super::recommend::{Judged, buckets, line_findings, recommend};
use super::recover::next_period;
use super::tier_terms::by_tier_term;
use super::verdict::{Case, idle_score, judge};
use crate::domain::{
    Account, AccountStatement, Action, Activity, Calendar, Cents, Charge, ChargeKind, Contract,
    DirectoryEntry, Finding, FindingKind, FindingState, Holiday, Line, LineCost, PriceBook, Recoverable,
    ScoredLine, Scoring, Verdict,
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
    /// Ends that call rows name which could not be used.
    pub unread: &'a BTreeSet<String>,
    pub holidays: &'a [Holiday],
    pub charges: &'a [Charge],
    pub contracts: &'a [Contract],
    pub book: &'a PriceBook,
    /// The day on which the inventory first showed a line, where it was not the first inventory.
    pub first_seen: &'a HashMap<String, NaiveDate>,
    /// The last day on which nobody could have seen a line's calls.
    pub unseen_until: &'a HashMap<String, NaiveDate>,
    pub scoring: &'a Scoring,
    pub as_of: NaiveDate,
}

/// An invoice with its charges matched and its faults found.
struct Audited {
    invoice: Invoice,
    charges: Vec<MatchedCharge>,
    faults: Vec<Fault>,
}

impl Audited {
    /// The fault of each charge, by index.
    fn fault_kinds(&self) -> Vec<Option<FindingKind>> {
        let mut kinds = vec![None; self.charges.len()];
        for fault in &self.faults {
            kinds[fault.charge] = Some(fault.kind);
        }
        kinds
    }
}

pub fn statement(input: AccountInput<'_>) -> Result<AccountStatement, StepError> {
    let AccountInput { account, as_of, .. } = input;
    let lines = &input.roster.lines;
    let audited = audit(input.charges, lines, input.book, as_of)?;
    let newest = audited.first();
    let kinds = newest.map(Audited::fault_kinds).unwrap_or_default();
    let disputed: Vec<bool> = kinds.iter().map(Option::is_some).collect();
    let billed = newest.map(|newest| (&newest.invoice, &newest.charges[..], &disputed[..]));
    let costs = line_costs(lines, billed, input.contracts, input.book, as_of);

    let judged = judge_lines(&input, &costs)?;
    let mut verdicts: Vec<Option<Verdict>> = vec![None; lines.len()];
    for (index, line) in &judged {
        verdicts[*index] = Some(line.judgement.verdict);
    }
    let period = newest.map(|newest| newest.invoice.period);
    let next = next_period(period, as_of);
    let scored = recommend(
        judged.into_iter().map(|(_, line)| line).collect(),
        input.contracts,
        input.book,
        as_of,
        next,
    );

    let invoice_ids = newest
        .map(|newest| newest.invoice.ids.clone())
        .unwrap_or_default();
    let billed_while_silent = |line: &ScoredLine| billed_while_silent(line, &audited, lines);
    let mut findings = line_findings(
        &scored,
        account.currency,
        invoice_ids.first().map(String::as_str),
        as_of,
        billed_while_silent,
    );
    findings.extend(fault_findings(&audited, lines, account, as_of, next));
    findings.sort_by(|a, b| (a.kind, &a.line_id, &a.finding_id).cmp(&(b.kind, &b.line_id, &b.finding_id)));

    let waste = || scored.iter().filter(|line| line.verdict.is_waste());
    let mut notices = input.roster.notices.clone();
    notices.extend(tier_disagreements(&scored));
    let set_aside = newest
        .map(|newest| newest.invoice.set_aside.clone())
        .unwrap_or_default();
    notices.extend(
        set_aside
            .iter()
            .map(|row| format!("The bill is short by a row: {row}.")),
    );
    Ok(AccountStatement {
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
        bridge: newest
            .map(|newest| bridge(&newest.charges, &kinds, lines, &verdicts))
            .unwrap_or_default(),
        idle_monthly: waste().map(|line| line.cost.monthly_cost).sum(),
        exposure_to_term_end: waste().map(|line| line.exposure_to_term_end).sum(),
        recoverable: buckets(&findings),
        by_tier_term: by_tier_term(&scored),
        set_aside,
        unclassified: newest.map(unclassified).unwrap_or_default(),
        notices,
        lines: scored,
        findings,
    })
}

/// Every invoice up to `as_of`, newest first.
fn audit(
    charges: &[Charge],
    lines: &[Line],
    book: &PriceBook,
    as_of: NaiveDate,
) -> Result<Vec<Audited>, StepError> {
    let classifier = Classifier::new(book)?;
    let classified: Vec<Charge> = charges.iter().map(|charge| classifier.classify(charge)).collect();
    let audited = invoices(&classified, as_of).into_iter().map(|invoice| {
        let charges = match_charges(&invoice.charges, lines, as_of);
        let faults = faults(&invoice, &charges, lines);
        Audited {
            invoice,
            charges,
            faults,
        }
    });
    Ok(audited.collect())
}

/// The lines that have not ended, with their index, judged in the order of their ids.
fn judge_lines(input: &AccountInput<'_>, costs: &[LineCost]) -> Result<Vec<(usize, Judged)>, StepError> {
    let AccountInput {
        roster,
        coverage,
        scoring,
        as_of,
        ..
    } = input;
    let calendars = calendars(input);
    let base = coverage.calendar(
        scoring,
        &holidays_at(input.holidays, &input.account.account_id, None),
    );
    let calendar_of = |line: &Line| calendars.get(&line.location).unwrap_or(&base);
    let live: Vec<usize> = (0..roster.lines.len())
        .filter(|index| !roster.lines[*index].ended_by(*as_of))
        .collect();
    let subjects: Vec<Subject> = live
        .iter()
        .map(|index| {
            let line = &roster.lines[*index];
            let calendar = calendar_of(line);
            let since = line
                .seat_since
                .or_else(|| input.first_seen.get(&line.line_id).copied());
            let seen_from = input
                .unseen_until
                .get(&line.line_id)
                .and_then(|day| day.succ_opt());
            Subject {
                line_id: &line.line_id,
                since: since
                    .max(seen_from)
                    .unwrap_or(calendar.first())
                    .max(calendar.first()),
                holder_since: line.seat_since,
                calendar,
            }
        })
        .collect();
    let mut activities = measure(input.usage.clone(), &subjects, *as_of)?;
    let account_business_days = base.known_business_between(base.first(), base.last());
    let judged = live.into_iter().map(|index| {
        let line = &roster.lines[index];
        let activity: Activity = activities.remove(&line.line_id).unwrap_or_default();
        let directory = roster.directory[index].as_ref();
        let judgement = judge(&Case {
            line,
            activity: &activity,
            calendar: calendar_of(line),
            scoring,
            as_of: *as_of,
            account_business_days,
            directory,
            last_sign_in_on: directory.and_then(|entry| local_day(entry, input.account)),
            keep: roster.keeps[index].as_ref(),
            is_seat: line.tier.is_some() || costs[index].seat_cost > Cents::ZERO,
            joinable: is_joinable(line, input.named_by),
            has_unread_rows: is_named_among(line, input.unread),
        });
        let idle_score = idle_score(&activity, scoring);
        let decision = roster.decisions[index].clone();
        (
            index,
            Judged {
                line: line.clone(),
                activity,
                cost: costs[index].clone(),
                judgement,
                idle_score,
                decision,
            },
        )
    });
    Ok(judged.collect())
}

/// One calendar for each location that lines name.
fn calendars(input: &AccountInput<'_>) -> HashMap<Option<String>, Calendar> {
    let mut calendars = HashMap::new();
    for line in &input.roster.lines {
        calendars.entry(line.location.clone()).or_insert_with(|| {
            let holidays = holidays_at(
                input.holidays,
                &input.account.account_id,
                line.location.as_deref(),
            );
            input.coverage.calendar(input.scoring, &holidays)
        });
    }
    calendars
}

fn local_day(entry: &DirectoryEntry, account: &Account) -> Option<NaiveDate> {
    entry
        .last_sign_in_at
        .map(|at: DateTime<Utc>| at.with_timezone(&account.time_zone).date_naive())
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

/// The newest invoice's faults as findings; earlier invoices add to `amount_to_date`.
fn fault_findings(
    audited: &[Audited],
    lines: &[Line],
    account: &Account,
    as_of: NaiveDate,
    next_period: NaiveDate,
) -> Vec<Finding> {
    let Some(newest) = audited.first() else {
        return Vec::new();
    };
    let mut to_date: HashMap<&str, Cents> = HashMap::new();
    for fault in audited.iter().flat_map(|audited| &audited.faults) {
        *to_date.entry(&fault.finding_id).or_default() += fault.amount;
    }
    let mut findings: BTreeMap<&str, Finding> = BTreeMap::new();
    for fault in &newest.faults {
        let row = &newest.charges[fault.charge];
        let monthly = one_month(&row.charge);
        let number = fault.kind == FindingKind::OrphanNumber;
        let finding = findings.entry(&fault.finding_id).or_insert_with(|| Finding {
            finding_id: fault.finding_id.clone(),
            kind: fault.kind,
            account_id: account.account_id.clone(),
            line_id: row.line().map(|line| lines[line].line_id.clone()),
            extension: row
                .line()
                .map(|line| lines[line].extension.clone())
                .or_else(|| row.charge.extension.clone()),
            invoice_id: Some(row.charge.invoice_id.clone()),
            subject: fault.subject.clone(),
            evidence: fault.evidence.clone(),
            monthly_amount: Cents::ZERO,
            amount_to_date: to_date
                .get(fault.finding_id.as_str())
                .copied()
                .unwrap_or_default(),
            currency: account.currency,
            recoverable: if number {
                Recoverable::NextBill
            } else {
                Recoverable::Now
            },
            recoverable_on: Some(if number { next_period } else { as_of }),
            notice_by: None,
            confidence: if number { "medium" } else { "high" }.to_owned(),
            action: if number {
                Action::ReleaseNumber
            } else {
                Action::Dispute
            },
            first_seen: as_of,
            state: FindingState::Identified,
        });
        finding.monthly_amount += monthly;
    }
    findings.into_values().collect()
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
