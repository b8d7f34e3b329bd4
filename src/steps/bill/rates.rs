//! Charges at another price than agreed: wrong tier, wrong term, above the contract, part months that do not add up,
//! promotions that have ended. Only the difference is at fault, so the charge stays where it is in the bridge.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use crate::domain::{
    ByLine, Cents, Charge, ChargeKind, Contract, FindingKind, InForce, Line, PriceBook, Term, Tier,
    UnreadContract, add_months,
};
use crate::steps::bill::audit::{ChargeFault, cite, fault, priced_as};
use crate::steps::bill::charges::MatchedCharge;
use crate::steps::bill::cost::{LineCounts, whole_months};

/// What a charge is held against.
pub struct Agreed<'a> {
    pub contracts: &'a [Contract],
    /// Contract rows that could not be used: what they say may be what was agreed.
    pub unread_contracts: &'a [UnreadContract],
    pub book: &'a PriceBook,
    /// The account's lines by tier and term, for the book's volume bands.
    pub counts: &'a LineCounts,
}

/// Finds the faults of price of charges that have no other fault.
pub fn find_rate_faults(charges: &mut [MatchedCharge<'_>], agreed: &Agreed<'_>) {
    let promotions = Promotions::of(charges);
    let full_prices = full_prices(charges);
    for row in charges.iter_mut().filter(|row| row.fault.is_none()) {
        row.fault = match row.kind {
            ChargeKind::LineMrc => agreed.seat_fault(row, &promotions),
            ChargeKind::Proration => agreed.proration_fault(row, &full_prices),
            _ => None,
        };
    }
    agreed.find_ended_promotions(charges, &promotions);
}

/// What promotion rows take off: a seat at list price beside its promotion is no rate error.
struct Promotions<'a> {
    by_line: ByLine<'a, Cents>,
    /// A promotion that names no line may belong to any of them.
    is_open: bool,
}

impl<'a> Promotions<'a> {
    fn of(charges: &[MatchedCharge<'a>]) -> Promotions<'a> {
        let mut by_line: ByLine<Cents> = ByLine::default();
        let mut is_open = false;
        for row in charges.iter().filter(|row| row.kind == ChargeKind::Promotion) {
            is_open |= !row.rest.is_zero();
            for (line, amount) in &row.shares {
                *by_line.get_or(line, Cents::default) += *amount;
            }
        }
        Promotions { by_line, is_open }
    }

    fn of_line(&self, line: &Line) -> Cents {
        self.by_line.get(line).copied().unwrap_or_default()
    }
}

/// The contract's price on a day: that of the promotion, or the list price once it has ended.
pub(in crate::steps) fn price_of(contract: &Contract, day: NaiveDate) -> Option<Cents> {
    match has_ended(contract, day) {
        true => contract.list_price,
        false => contract.unit_price,
    }
}

fn has_ended(contract: &Contract, day: NaiveDate) -> bool {
    contract.promo_ends_on.is_some_and(|end| end < day)
}

impl Agreed<'_> {
    /// The row of a line's contract that is in force on a charge's period. Where a new one begins within it, the dearer: what
    /// may be owed is not asked back.
    fn signed(&self, line: &Line, tier: Option<Tier>, charge: &Charge) -> Option<&Contract> {
        if self.is_unread(line, tier) {
            return None;
        }
        let on = |day: NaiveDate| {
            let row = InForce::on(day, self.contracts).covering(line.contract_id.as_deref(), tier);
            row.filter(|row| row.binds_on(day))
        };
        let (first, last) = (on(charge.period_start), on(charge.period_end));
        let price = |row: &Contract| price_of(row, charge.period_start);
        let rises = first.and_then(price) < last.and_then(price) && first.and_then(price).is_some();
        if rises { last } else { first }
    }

    fn is_unread(&self, line: &Line, tier: Option<Tier>) -> bool {
        let mut rows = self.unread_contracts.iter();
        rows.any(|row| row.may_be_of(line.contract_id.as_deref(), tier))
    }

    /// The row that holds for a tier and term.
    pub(in crate::steps) fn contract_of(
        &self,
        line: &Line,
        tier: Option<Tier>,
        term: Option<Term>,
        charge: &Charge,
    ) -> Option<&Contract> {
        self.signed(line, tier, charge)
            .filter(|contract| term.is_none_or(|term| term == contract.term))
    }

    /// What a line's seat costs a month by its contract, else by the book.
    pub(in crate::steps) fn price(&self, line: &Line, charge: &Charge) -> Option<Cents> {
        let contract = self.signed(line, line.tier, charge);
        let term = line.term.or(contract.map(|contract| contract.term));
        self.agreed_price(line, line.tier, term, charge)
    }

    fn agreed_price(
        &self,
        line: &Line,
        tier: Option<Tier>,
        term: Option<Term>,
        charge: &Charge,
    ) -> Option<Cents> {
        let day = charge.period_start;
        let by_contract = self
            .contract_of(line, tier, term, charge)
            .and_then(|contract| price_of(contract, day));
        by_contract.or_else(|| {
            if self.is_unread(line, tier) {
                return None;
            }
            self.book
                .price_on(tier?, term?, day, self.counts.get(tier?, term?))
        })
    }

    /// A seat of one line over whole months, as tier, term or price go wrong; a mismatch hides the rate error that follows.
    fn seat_fault<'l>(
        &self,
        row: &MatchedCharge<'l>,
        promotions: &Promotions<'_>,
    ) -> Option<ChargeFault<'l>> {
        let line = row.line()?;
        let billed = Billed::of(row, promotions.of_line(line))?;
        let contract = self.signed(line, line.tier, &row.charge);
        let term = contract.map(|contract| contract.term).or(line.term);
        if differs(row.charge.tier, line.tier) {
            return self.mismatch(row, line, FindingKind::TierMismatch, (line.tier, term), billed);
        }
        if differs(row.charge.term, term) {
            return self.mismatch(row, line, FindingKind::TermMismatch, (line.tier, term), billed);
        }
        let contract = contract.filter(|_| !promotions.is_open)?;
        let price = price_of(contract, row.charge.period_start)?;
        let over = billed.monthly() - price;
        (over > Cents::ZERO).then(|| {
            let told = fault(
                row,
                FindingKind::RateAboveContract,
                &[&line.line_id],
                format!("extension {} billed above its contract", line.extension),
                format!(
                    "{} bills extension {} at {} a month; contract {} says {}. Please credit {}.",
                    cite(row),
                    line.extension,
                    priced_as(row, billed.monthly()),
                    contract.contract_id,
                    priced_as(row, price),
                    priced_as(row, billed.above(price))
                ),
                over,
            );
            ChargeFault {
                amount: billed.above(price),
                ..told
            }
        })
    }

    fn mismatch<'l>(
        &self,
        row: &MatchedCharge<'l>,
        line: &Line,
        kind: FindingKind,
        (tier, term): (Option<Tier>, Option<Term>),
        billed: Billed,
    ) -> Option<ChargeFault<'l>> {
        let price = self.agreed_price(line, tier, term, &row.charge)?;
        let over = (billed.monthly() - price).max(Cents::ZERO);
        let amount = billed.above(price).max(Cents::ZERO);
        let word = |tier: Option<Tier>, term: Option<Term>| match kind {
            FindingKind::TierMismatch => tier.map_or("no tier", Tier::as_str),
            _ => term.map_or("no term", Term::as_str),
        };
        let (as_billed, as_agreed) = (word(row.charge.tier, row.charge.term), word(tier, term));
        let request = match over > Cents::ZERO {
            true => format!("Please correct it and credit {}.", priced_as(row, amount)),
            false => "It costs no more than agreed; which of the two is right?".to_owned(),
        };
        let told = fault(
            row,
            kind,
            &[&line.line_id],
            format!(
                "extension {} billed as {as_billed}, not {as_agreed}",
                line.extension
            ),
            format!(
                "{} bills extension {} as {as_billed} at {} a month; it is {as_agreed}, at {}. {request}",
                cite(row),
                line.extension,
                priced_as(row, billed.monthly()),
                priced_as(row, price)
            ),
            over,
        );
        Some(ChargeFault { amount, ..told })
    }

    /// A part month costs its days out of the month's, both ends included, to the cent.
    fn proration_fault<'l>(
        &self,
        row: &MatchedCharge<'l>,
        full_prices: &ByLine<'_, Cents>,
    ) -> Option<ChargeFault<'l>> {
        let charge = &row.charge;
        let line = row.line().filter(|_| charge.amount > Cents::ZERO)?;
        let (start, end) = (charge.period_start, charge.period_end);
        let first = start.with_day(1)?;
        let next_month = add_months(first, 1);
        if end >= next_month || end < start {
            return None;
        }
        let (tier, term) = (charge.tier.or(line.tier), charge.term.or(line.term));
        let signed = self
            .contract_of(line, tier, term, charge)
            .and_then(|contract| price_of(contract, start));
        let price = signed.or_else(|| full_prices.get(line).copied()).or_else(|| {
            if self.is_unread(line, tier) {
                return None;
            }
            let lines = self.counts.get(tier?, term?);
            self.book.price_on(tier?, term?, start, lines)
        })?;
        let (days, of) = ((end - start).num_days() + 1, (next_month - first).num_days());
        let expected = price.ratio(days, of);
        let over = charge.amount - expected;
        (over > Cents::ZERO).then(|| {
            fault(
                row,
                FindingKind::ProrationError,
                &[&line.line_id, &start.to_string()],
                format!("extension {}: part month billed too high", line.extension),
                format!(
                    "{} bills extension {} {} for {start} to {end}; {days} of {of} days at {} are {}. Please credit {}.",
                    cite(row),
                    line.extension,
                    priced_as(row, charge.amount),
                    priced_as(row, price),
                    priced_as(row, expected),
                    priced_as(row, over)
                ),
                over,
            )
        })
    }

    /// One fault a contract, on the first of its rows: its lines are billed at list price since its promotion ended.
    fn find_ended_promotions(&self, charges: &mut [MatchedCharge<'_>], promotions: &Promotions<'_>) {
        let mut ended: BTreeMap<&str, (ChargeFault, u32)> = BTreeMap::new();
        for row in charges.iter().filter(|row| row.fault.is_none()) {
            let Some(Ended {
                line,
                contract,
                agreed,
                billed,
            }) = self.ended_promotion(row, promotions)
            else {
                continue;
            };
            let id = contract.contract_id.as_str();
            let (sum, lines) = ended.entry(id).or_insert_with(|| {
                let none = fault(
                    row,
                    FindingKind::PromotionEnded,
                    &[id],
                    String::new(),
                    String::new(),
                    Cents::ZERO,
                );
                let of_lines = Vec::new();
                (ChargeFault { of_lines, ..none }, 0)
            });
            let over = billed.monthly() - agreed;
            sum.monthly += over;
            sum.amount += billed.above(agreed);
            sum.of_lines.push((line, over));
            *lines += 1;
            sum.subject = format!("contract {id}: its promotion has ended");
            sum.evidence = format!(
                "The promotional price of contract {id} ended on {}; {lines} of its lines are billed at list price since, {} more a \
                 month. Ask for the price to be renewed.",
                contract
                    .promo_ends_on
                    .map_or_else(String::new, |day| day.to_string()),
                priced_as(row, sum.monthly)
            );
        }
        for row in charges.iter_mut().filter(|row| row.fault.is_none()) {
            let contract = self.ended_promotion(row, promotions).map(|ended| ended.contract);
            row.fault = contract
                .and_then(|contract| ended.remove(contract.contract_id.as_str()))
                .map(|(fault, _)| fault);
        }
    }

    /// A seat that is billed above the promotional price of its contract since that has ended.
    fn ended_promotion<'l>(
        &self,
        row: &MatchedCharge<'l>,
        promotions: &Promotions<'_>,
    ) -> Option<Ended<'_, 'l>> {
        let line = row.line().filter(|_| row.kind == ChargeKind::LineMrc)?;
        let contract = self
            .signed(line, line.tier, &row.charge)
            .filter(|contract| has_ended(contract, row.charge.period_start))?;
        let agreed = contract.unit_price?;
        let billed = Billed::of(row, promotions.of_line(line))?;
        (billed.monthly() > agreed).then_some(Ended {
            line,
            contract,
            agreed,
            billed,
        })
    }
}

/// One line of a contract whose promotion has ended.
struct Ended<'c, 'l> {
    line: &'l Line,
    contract: &'c Contract,
    agreed: Cents,
    billed: Billed,
}

fn differs<T: PartialEq>(billed: Option<T>, known: Option<T>) -> bool {
    billed.is_some() && known.is_some() && billed != known
}

/// What one line's seat was billed for whole months, promotions taken off.
#[derive(Clone, Copy)]
struct Billed {
    amount: Cents,
    months: i64,
}

impl Billed {
    /// None for a part of a month, a credit, or several seats in one row.
    fn of(row: &MatchedCharge, promotion: Cents) -> Option<Billed> {
        let charge = &row.charge;
        let is_one = charge.amount > Cents::ZERO && charge.quantity.is_none_or(|quantity| quantity == 1);
        let months = whole_months(charge).filter(|_| is_one)?;
        Some(Billed {
            amount: charge.amount + promotion,
            months,
        })
    }

    fn monthly(self) -> Cents {
        self.amount.ratio(1, self.months)
    }

    /// What all its months cost above a monthly price.
    fn above(self, price: Cents) -> Cents {
        self.amount - price.times(self.months)
    }
}

/// What the same invoice bills each line for a whole month, repeats left out: the first of its seats.
fn full_prices<'a>(charges: &[MatchedCharge<'a>]) -> ByLine<'a, Cents> {
    let mut prices = ByLine::default();
    let seats = charges.iter().filter(|row| row.kind == ChargeKind::LineMrc);
    for row in seats.filter(|row| row.disputed_whole().is_none()) {
        if let (Some(line), Some(billed)) = (row.line(), Billed::of(row, Cents::ZERO)) {
            prices.get_or(line, || billed.monthly());
        }
    }
    prices
}
