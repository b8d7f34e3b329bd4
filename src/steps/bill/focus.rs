//! Charges in the terms of FOCUS: what each is, which line it is for, and how it is priced.

use chrono::NaiveDate;

use crate::domain::{
    Account, Cents, Charge, ChargeCategory, ChargeFrequency, ChargeKind, FocusCharge, FocusPricing, Line,
};
use crate::steps::bill::audit::take_back_reversed;
use crate::steps::bill::charges::{Classifier, MatchedCharge, invoices, match_charges};
use crate::steps::bill::cost::whole_months;
use crate::steps::bill::held_extensions::HeldExtensions;
use crate::steps::bill::own_words::OwnWords;
use crate::steps::bill::rates::{Agreed, price_of};

/// Every charge of an account, oldest invoice first, in the order of invoice and row. `as_of` tells which of the lines are live.
///
/// Errors: a pattern of the price book that is no regular expression.
pub fn focus_charges(
    account: &Account,
    charges: &[Charge],
    lines: &[Line],
    agreed: &Agreed<'_>,
    as_of: NaiveDate,
) -> Result<Vec<FocusCharge>, regex::Error> {
    let classifier = Classifier::new(agreed.book, lines)?;
    let classified: Vec<Charge> = charges.iter().map(|charge| classifier.classify(charge)).collect();
    let words = OwnWords::of(agreed.book);
    // Nothing is judged here, so an invoice that is dated after `as_of` is told like any other.
    let invoices = invoices(&classified, NaiveDate::MAX).into_iter().rev();
    let matched = invoices.map(|invoice| {
        let charges = match_charges(&invoice.charges, lines, &HeldExtensions::default(), as_of);
        (invoice.period, charges)
    });
    let mut matched: Vec<_> = matched.collect();
    take_back_reversed(matched.iter_mut().map(|(_, charges)| &mut charges[..]));
    let told = matched.into_iter().flat_map(|(period, mut matched)| {
        matched.sort_by(|a, b| {
            let (a, b) = (&a.charge, &b.charge);
            (&a.invoice_id, a.row).cmp(&(&b.invoice_id, b.row))
        });
        let rows = matched.into_iter();
        rows.map(|row| focus_charge(account, row, period, agreed, &words))
            .collect::<Vec<_>>()
    });
    Ok(told.collect())
}

fn focus_charge(
    account: &Account,
    row: MatchedCharge<'_>,
    billing_period: (NaiveDate, NaiveDate),
    agreed: &Agreed<'_>,
    words: &OwnWords,
) -> FocusCharge {
    let category = category(row.kind, row.charge.amount);
    let is_priced = matches!(category, ChargeCategory::Usage | ChargeCategory::Purchase);
    FocusCharge {
        account_name: account.name.clone(),
        kind: row.kind,
        words: words.without_names(&row.charge.description),
        line: row.line().cloned(),
        billing_period,
        category,
        frequency: frequency(row.kind),
        // Part of a month billed late is its first bill; only money given back corrects one.
        is_correction: row.charge.amount < Cents::ZERO && row.charge.period_end < billing_period.0,
        pricing: is_priced.then(|| pricing(&row, agreed)),
        charge: row.charge,
    }
}

fn category(kind: ChargeKind, amount: Cents) -> ChargeCategory {
    use ChargeKind::*;
    match kind {
        // Nobody consumes less than nothing.
        Usage if amount < Cents::ZERO => ChargeCategory::Credit,
        Usage => ChargeCategory::Usage,
        E911 | FederalUsf | StateTax | LocalTax => ChargeCategory::Tax,
        Credit | Promotion => ChargeCategory::Credit,
        Other => ChargeCategory::Adjustment,
        // Regulatory recovery is the carrier's own price, though often taken for a tax.
        LineMrc | LineAddon | AccountAddon | Did | TollFree | Equipment | Proration | OneTime
        | RegulatoryRecovery => ChargeCategory::Purchase,
    }
}

fn frequency(kind: ChargeKind) -> ChargeFrequency {
    use ChargeKind::*;
    match kind {
        Usage => ChargeFrequency::UsageBased,
        Proration | Credit | OneTime | Other => ChargeFrequency::OneTime,
        LineMrc | LineAddon | AccountAddon | Did | TollFree | Equipment | Promotion | RegulatoryRecovery
        | E911 | FederalUsf | StateTax | LocalTax => ChargeFrequency::Recurring,
    }
}

/// Quantity times price as billed is the amount, to the cent: where the bill's own quantity does not divide it, the
/// charge counts as one.
fn pricing(row: &MatchedCharge<'_>, agreed: &Agreed<'_>) -> FocusPricing {
    let charge = &row.charge;
    let (paid, sign) = match charge.amount < Cents::ZERO {
        true => (-charge.amount, -1),
        false => (charge.amount, 1),
    };
    let count = i64::from(charge.count());
    let split = |parts: i64| (paid.0 % parts == 0).then(|| (parts, Cents(paid.0 / parts)));
    let serves_months = frequency(row.kind) == ChargeFrequency::Recurring;
    let by_months = whole_months(charge)
        .filter(|_| serves_months)
        .and_then(|months| split(count * months));
    let (quantity, billed) = by_months.or_else(|| split(count)).unwrap_or((1, paid));
    let by_month = by_months.is_some();
    let seat = (by_month && row.kind == ChargeKind::LineMrc).then(|| agreed_prices(row, agreed));
    let (list, contracted) = seat.unwrap_or_default();
    let contracted_unit_price = contracted.unwrap_or(billed);
    FocusPricing {
        quantity: quantity * sign,
        by_month,
        list_unit_price: list.unwrap_or(contracted_unit_price),
        contracted_unit_price,
    }
}

/// What a seat costs a month by list and by contract, as far as either says so.
fn agreed_prices(row: &MatchedCharge<'_>, agreed: &Agreed<'_>) -> (Option<Cents>, Option<Cents>) {
    let charge = &row.charge;
    let line = row.line();
    let tier = charge.tier.or(line.and_then(|line| line.tier));
    let term = charge.term.or(line.and_then(|line| line.term));
    let day = charge.period_start;
    let contract = line.and_then(|line| agreed.contract_of(line, tier, term, charge));
    let by_book = || {
        let book = (agreed.book.currency == charge.currency).then_some(agreed.book)?;
        book.list_price_on(tier?, term?, day, agreed.counts.get(tier?, term?))
    };
    (
        contract.and_then(|contract| contract.list_price).or_else(by_book),
        contract.and_then(|contract| price_of(contract, day)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of docs/focus.md.
    #[test]
    fn every_kind_has_its_category_and_frequency() {
        let shown: Vec<String> = ChargeKind::ALL
            .iter()
            .map(|kind| format!("{kind}: {:?}, {:?}", category(*kind, Cents(1)), frequency(*kind)))
            .collect();
        insta::assert_snapshot!(shown.join("\n"), @r"
        line_mrc: Purchase, Recurring
        line_addon: Purchase, Recurring
        account_addon: Purchase, Recurring
        did: Purchase, Recurring
        toll_free: Purchase, Recurring
        usage: Usage, UsageBased
        equipment: Purchase, Recurring
        proration: Purchase, OneTime
        credit: Credit, OneTime
        promotion: Credit, Recurring
        one_time: Purchase, OneTime
        regulatory_recovery: Purchase, Recurring
        e911: Tax, Recurring
        federal_usf: Tax, Recurring
        state_tax: Tax, Recurring
        local_tax: Tax, Recurring
        other: Adjustment, OneTime
        ");
        for kind in ChargeKind::ALL {
            let bought = category(*kind, Cents(1)) == ChargeCategory::Purchase;
            assert!(
                !bought || frequency(*kind) != ChargeFrequency::UsageBased,
                "{kind}"
            );
        }
        assert_eq!(category(ChargeKind::Usage, Cents(-1)), ChargeCategory::Credit);
    }
}
