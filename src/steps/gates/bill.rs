//! G10: is the newest bill understood?

use crate::domain::{AccountStatement, BridgePart, Cents, Gate, GateReport, GateStatus};
use crate::steps::gate_report::{change_hash, report, unless_accepted};

/// Parts of a hundred of a bill that nothing explains.
const WARN_OVER: i64 = 5;
const HOLD_OVER: i64 = 25;

/// G10: how much of the newest bill no rule, line or contract explains. A vendor's new words make a whole tier of it unknown:
/// its lines cost nothing then that anybody could save.
pub fn bill(account: &AccountStatement, accepted: &[String]) -> Option<GateReport> {
    let unexplained = account.bridge.get(BridgePart::Unexplained);
    let (part, whole) = (magnitude(unexplained), magnitude(account.billed_total));
    let over = |percent: i64| i128::from(part) * 100 > i128::from(whole) * i128::from(percent);
    if part == 0 || !over(WARN_OVER) {
        return None;
    }
    let (id, ids) = (&account.account_id, account.invoice_ids.join(", "));
    let detail = format!(
        "account {id}: {} {unexplained} of the {} that invoice {ids} bills is unexplained; `quietline check` says how each \
         description was read: a rule for new words goes into the price book, a row of the line list that cannot be read is mended \
         there",
        account.currency, account.billed_total,
    );
    if !over(HOLD_OVER) {
        return Some(report(Gate::G10Bill, GateStatus::Warn, detail));
    }
    let parts = ["unexplained".to_owned(), id.clone(), ids, unexplained.to_string()];
    let hold = report(Gate::G10Bill, GateStatus::Hold, detail);
    Some(unless_accepted(hold, change_hash(parts), accepted))
}

fn magnitude(amount: Cents) -> i64 {
    amount.0.saturating_abs()
}
