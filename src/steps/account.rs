//! One account's night, told once in order: charges, costs, activity, verdicts, money, findings.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::{
    AccountStatement, BacktestOrigin, BridgePart, ByLine, Calendar, Cents, Commitment, Finding, InForce,
    Line, PriceBook, ScoredLine, Tier, Verdict,
};
use crate::steps::bill::audited::{
    Audited, audit, billed_again, billed_while_silent, pass_over_seatless, prepaid, price_prepaid,
    unclassified, whole_bills,
};
use crate::steps::bill::bridge::bridge;
use crate::steps::bill::cost::{LineCounts, line_costs, listed_cost};
use crate::steps::bill::held_extensions::HeldExtensions;
use crate::steps::bill::not_listed::NotListed;
use crate::steps::bill::proof::Proof;
use crate::steps::bill::proof::proof;
use crate::steps::bill::removed_strangers::remember_removed;
use crate::steps::bill::renamed_seats;
use crate::steps::bill::trend::trend;
use crate::steps::findings::addons;
use crate::steps::findings::change::since_last;
use crate::steps::findings::fault_findings::fault_findings;
use crate::steps::findings::ledger::set_aside_dismissed;
use crate::steps::findings::ledger_update::{take_off_overcharges, take_off_promotions, update_ledger};
use crate::steps::findings::line_findings::line_findings;
use crate::steps::findings::renewals::{ending_promotions, renewal_notices, unread_contracts};
use crate::steps::findings::unbilled::{residual, unbilled_lines};
use crate::steps::gates::ended_together::{Ends, ends};
use crate::steps::input::{AccountInput, StepError};
use crate::steps::right_size::{RightSizing, Seats, Shows, covering_addon_row, right_size};
use crate::steps::roster::named_elsewhere::named_elsewhere;
use crate::steps::roster::normalise::place_at;
use crate::steps::savings::commitments::Committed;
use crate::steps::savings::expected_waste::expected_waste;
use crate::steps::savings::recommend::{buckets, recommend};
use crate::steps::savings::recover::next_period;
use crate::steps::savings::tier_terms::by_tier_term;
use crate::steps::verdict::judging::{JudgedLines, judge_lines};
use crate::steps::verdict::tellable::Tellable;

/// An account's night, and the origins of its back-test, to be remembered.
pub struct Stated {
    pub statement: AccountStatement,
    pub origins: Vec<BacktestOrigin>,
    pub ends: Ends,
}

pub fn statement(input: AccountInput<'_>) -> Result<Stated, StepError> {
    let AccountInput { account, as_of, .. } = input;
    let tellable = Tellable::of(&input);
    let not_listed = NotListed::of(&input);
    let departed = departed(&input, &tellable, &not_listed);
    let lines: Vec<&Line> = input.roster.lines.iter().chain(&departed).collect();
    let held = HeldExtensions::of(&lines, input.known_lines);
    let mut audited = audit(&input, &lines, &held, &not_listed)?;
    let mut told_of_bills = pass_over_seatless(&mut audited);
    told_of_bills.extend(billed_again(&audited));
    told_of_bills.extend(audited.first().map(renamed_seats::notices).unwrap_or_default());
    remember_removed(&mut audited);
    not_listed.ask_what_may_be_listed(&mut audited);
    let prepaid = prepaid(&audited);
    let newest = audited.first();
    told_of_bills.extend(
        newest
            .map(|newest| not_listed.notices(newest))
            .unwrap_or_default(),
    );
    let billed = newest.map(|newest| (&newest.invoice, &newest.charges[..]));
    let mut costs = line_costs(lines.iter().copied(), billed, input.contracts, input.book, as_of);
    price_prepaid(&mut costs, &prepaid);
    take_off_overcharges(&mut costs, newest, &input);
    let seats = Seats::of(&audited, as_of);
    take_off_promotions(&mut costs, &lines, &seats);

    let JudgedLines {
        judged,
        model,
        backtest,
        origins,
        flags,
        track_record,
        used,
    } = judge_lines(&input, &tellable, &costs, |on| costs_on(&audited, &input, on))?;
    let verdicts: ByLine<Verdict> = judged
        .iter()
        .map(|judged| (judged.line, judged.judgement.verdict))
        .collect();
    let period = newest.map(|newest| newest.invoice.period);
    let next = next_period(period, as_of);
    let mut bridge = newest
        .map(|newest| bridge(&newest.charges, &verdicts))
        .unwrap_or_default();
    let counts = LineCounts::on(as_of, &input.roster.lines, input.contracts);
    let signed = InForce::on(as_of, input.contracts).beside(input.unread_contracts);
    let mut scored = recommend(judged, &signed, input.book, &counts, (as_of, next));
    let invoice_id = newest
        .and_then(|newest| newest.invoice.ids.first())
        .map(String::as_str);
    let covering_row = newest.and_then(|newest| covering_addon_row(newest, input.book, as_of));
    let shows = Shows {
        handsets: lines.iter().any(|line| line.handset_registered_at.is_some()),
        recorded_flags: input.tells_recorded,
        min_known_business_days: input.scoring.min_known_business_days,
        contracts: signed.clone(),
    };
    let sized = right_size(
        &mut scored,
        |line| seats.of_line(line),
        &RightSizing {
            currency: account.currency,
            shows: shows.clone(),
            contracts: signed.clone(),
            book: input.book,
            counts: &counts,
            addon_is_billed: covering_row.is_some(),
            invoice_id,
            as_of,
            next_period: next,
        },
    );
    if !sized.billed_difference.is_zero() {
        bridge.add(BridgePart::InUse, -sized.billed_difference);
        bridge.add(BridgePart::RightSize, sized.billed_difference);
    }

    let billed_while_silent = |line: &ScoredLine| billed_while_silent(line, &audited);
    let mut findings = line_findings(&scored, account.currency, invoice_id, as_of, billed_while_silent);
    let redundant = covering_row
        .map(|row| addons::redundant(row, &audited, &shows, input.book, &scored, account, (as_of, next)))
        .unwrap_or_default();
    findings.extend(addons::one_or_the_other(
        sized.findings,
        &sized.rest_on_addon,
        redundant.finding,
    ));
    findings.extend(fault_findings(&audited, account, as_of, next));
    findings.extend(renewal_notices(input.contracts, &scored, account, as_of));
    let proof = proof(&audited, &prepaid, as_of);
    let everywhere = place_at(input.holidays, &account.account_id, None);
    let calendar = input.coverage.calendar(input.scoring, &everywhere);
    let ends = ends(&used, &verdicts, &calendar);
    let used: Vec<(Option<Tier>, &[NaiveDate])> = used
        .iter()
        .map(|(line, days)| (costs.get(line).and_then(|cost| cost.tier), &days[..]))
        .collect();
    let commitments = commitments(
        &input,
        &scored,
        &counts,
        &used,
        &calendar,
        &whole_bills(&audited, as_of),
        &mut findings,
    );
    if newest.is_some() {
        let listed = |line: &Line| listed_cost(line, &signed, input.book, &counts, as_of);
        findings.extend(unbilled_lines(
            &audited,
            &input.roster.lines,
            &verdicts,
            listed,
            account,
            as_of,
        ));
        findings.extend(residual(&audited, account, as_of));
        let tellable = |line: &Line| tellable.tells(line);
        findings.extend(addons::unused(
            &audited, &lines, &scored, tellable, account, as_of, next,
        ));
    }

    let mut notices = input.roster.notices.clone();
    notices.extend(told_of_bills);
    notices.extend(unread_contracts(input.unread_contracts));
    let ledger = update_ledger(&input, &scored, proof.as_ref(), &mut findings, &mut notices);
    set_aside_dismissed(&mut scored, &findings);
    findings.sort_by(|a, b| (a.kind, &a.line_id, &a.finding_id).cmp(&(b.kind, &b.line_id, &b.finding_id)));
    notices.extend(tier_disagreements(&scored));
    notices.extend(sized.notices);
    notices.extend(redundant.unknown);
    notices.extend(unpriced(&scored, input.book));
    let set_aside = newest
        .map(|newest| newest.invoice.set_aside.clone())
        .unwrap_or_default();
    notices.extend(
        set_aside
            .iter()
            .map(|row| format!("The bill is short by a row: {row}.")),
    );
    let waste = || scored.iter().filter(|line| line.verdict.is_waste());
    let statement = AccountStatement {
        account_id: account.account_id.clone(),
        name: account.name.clone(),
        time_zone: account.time_zone.to_string(),
        currency: account.currency,
        seatless_users: input.roster.seatless_users,
        invoice_ids: newest
            .map(|newest| newest.invoice.ids.clone())
            .unwrap_or_default(),
        invoice_date: newest.map(|newest| newest.invoice.invoice_date),
        period,
        billed_total: newest.map_or(Cents::ZERO, |newest| {
            newest.charges.iter().map(|row| row.charge.amount).sum()
        }),
        bridge,
        idle_monthly: waste().map(|line| line.cost.monthly_cost).sum(),
        recoverable: buckets(&findings),
        by_tier_term: by_tier_term(&scored),
        book_dated: input.book.dated(as_of),
        expected_waste: expected_waste(&scored),
        model,
        backtest,
        flags,
        track_record,
        since_last: since_last(
            input.last_night,
            input.scoring_digest,
            &account.account_id,
            &scored,
        ),
        ledger,
        promotions_ending: ending_promotions(input.contracts, &scored, account, as_of),
        trend: trend(&audited),
        commitments,
        set_aside,
        unclassified: newest.map(unclassified).unwrap_or_default(),
        named_elsewhere: named_elsewhere(&input.roster, input.decisions, input.unlisted),
        notices,
        lines: scored,
        findings,
    };
    Ok(Stated {
        statement,
        origins,
        ends,
    })
}

/// Lines that earlier nights saw and the inventory has no more, ended on the first night without them: what bills them now
/// bills them after their removal.
fn departed(input: &AccountInput<'_>, tellable: &Tellable<'_>, not_listed: &NotListed<'_>) -> Vec<Line> {
    let there = input.roster.names();
    input
        .known_lines
        .iter()
        .filter(|known| !there.contains(known.line.line_id.as_str()))
        // A row that could not be used does not end its line.
        .filter(|known| {
            tellable.unread_rows(&known.line).is_none() && !not_listed.stands_in_list(&known.line)
        })
        .map(|known| Line {
            seat_until: Some(known.gone_on.unwrap_or(input.as_of).min(input.as_of)),
            ..known.line.clone()
        })
        .collect()
}

/// Commitments with their findings: what a contract asks for against what is billed and used.
fn commitments(
    input: &AccountInput<'_>,
    scored: &[ScoredLine],
    counts: &LineCounts,
    used: &[(Option<Tier>, &[NaiveDate])],
    calendar: &Calendar,
    bills: &[Proof],
    findings: &mut Vec<Finding>,
) -> Vec<Commitment> {
    let committed = Committed {
        account: input.account,
        contracts: InForce::on(input.as_of, input.contracts),
        book: input.book,
        counts,
        lines: scored,
        used,
        calendar,
        as_of: input.as_of,
    };
    let commitments = committed.commitments();
    findings.extend(committed.findings(&commitments, bills));
    commitments
}

/// What each line with a known price cost a month on a day in the past, by the newest invoice of that day.
fn costs_on(audited: &[Audited<'_>], input: &AccountInput<'_>, on: NaiveDate) -> HashMap<String, Cents> {
    let newest = audited.iter().find(|audited| audited.invoice.invoice_date <= on);
    let billed = newest.map(|newest| (&newest.invoice, &newest.charges[..]));
    line_costs(&input.roster.lines, billed, input.contracts, input.book, on)
        .into_ids()
        .filter_map(|(line_id, cost)| Some((line_id.to_owned(), cost.known()?)))
        .collect()
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

/// No price is not a price of 0.00: which lines have none is told, and what would give them one.
fn unpriced(lines: &[ScoredLine], book: &PriceBook) -> Option<String> {
    let without = || lines.iter().filter(|line| line.cost.source.is_none());
    if book.prices.is_empty() && without().count() > 0 {
        return Some(format!(
            "The price book has no price in {}: {} of the lines have no cost, since neither an invoice nor a contract \
             tells it. Give the price_book rows in {}.",
            book.currency,
            without().count(),
            book.currency
        ));
    }
    let seats = without().filter(|line| line.line.has_user() || line.verdict.is_waste());
    let seats: Vec<&str> = seats.map(|line| line.line.extension.as_str()).collect();
    const NAMED: usize = 10;
    let named = seats[..seats.len().min(NAMED)].join(", ");
    let more = match seats.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!seats.is_empty()).then(|| {
        format!(
            "No price is known of extension {named}{more}. An invoice tells it, or a contract, or a tier and term in the line \
             list; the setting prices.assume, such as \"premium/monthly\", prices what is left."
        )
    })
}
