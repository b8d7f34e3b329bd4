//! Filled-in totals lines of an invoice: billing one beside what it adds up would double the bill.

use crate::domain::{Cents, Charge};

use crate::pull::PullError;
use crate::pull::cells::nothing;
use crate::pull::fault::{CellFault, PartOf, Weight};
use crate::pull::tables::charges::is_of;
use crate::pull::tables::table::{Gathered, Placed};

/// Quarantines the totals lines that add up; one that does not may be a charge with an odd name: it stays, and is told.
pub(in crate::pull) fn set_aside(charges: &mut Gathered<Charge>) -> Result<(), PullError> {
    let short: Vec<PartOf> = charges.holes.iter().map(|(_, part)| part.clone()).collect();
    charges.sift(|items, at| {
        let total = &items[at].item;
        let is_short = short.iter().any(|part| is_of(part, total));
        let adds_up = looks_like_total(total) && adds_up(items, at, is_short);
        adds_up.then(|| {
            let reason = "is a totals line of the invoice, not a charge";
            CellFault::new("description", reason).weighing(Weight::Expected)
        })
    })?;
    let odd: Vec<(usize, String)> = charges
        .items
        .iter()
        .filter(|placed| looks_like_total(&placed.item))
        .map(|placed| {
            let Charge { invoice_id, amount, .. } = &placed.item;
            let note = format!(
                "row {} of invoice {invoice_id} reads like a total, but {amount} is not the sum of the other rows: \
                 it counts as a charge",
                placed.row
            );
            (placed.file, note)
        })
        .collect();
    for (file, note) in odd {
        charges.note_on(file, &note);
    }
    Ok(())
}

/// By its words, where nothing says what it charges or for whom.
pub(in crate::pull) fn looks_like_total(charge: &Charge) -> bool {
    let nameless = charge.charge_kind.is_none()
        && charge.extension.is_none()
        && charge.phone_number.is_none()
        && charge.email.is_none();
    nameless && nothing::begins_as_total(&charge.description)
}

/// A subtotal adds up what stands above it. Of an invoice with rows that could not be read, a total is more than the rest.
fn adds_up(items: &[Placed<Charge>], at: usize, is_short: bool) -> bool {
    let (total, place) = (&items[at].item, (items[at].file, items[at].row));
    let sum_of = |is_meant: &dyn Fn(&Placed<Charge>) -> bool| -> Cents {
        items
            .iter()
            .filter(|placed| is_meant(placed))
            .map(|placed| &placed.item)
            .filter(|row| row.account_id == total.account_id && row.invoice_id == total.invoice_id)
            .filter(|row| row.may_share_issuer(total))
            .filter(|row| !looks_like_total(row))
            .map(|row| row.amount)
            .sum()
    };
    let all = sum_of(&|_| true);
    let is_above = |placed: &Placed<Charge>| (placed.file, placed.row) < place;
    let above = nothing::begins_as_subtotal(&total.description).then(|| sum_of(&is_above));
    total.amount == all || above == Some(total.amount) || is_short && total.amount > all
}
