//! What has changed since the last comparable night, in words and by cause.

use crate::domain::Cents;
use crate::render::for_finance::{Change, FinanceAccount, Since};
use crate::render::values::cell::{counted, money};

/// "Since 2026-10-15: USD 20.99 a month more idle (1 line newly idle)."
pub(crate) fn sentence(account: &FinanceAccount) -> String {
    match &account.since_last {
        Since::First => "This is the first night: there is nothing to compare it with yet.".to_owned(),
        Since::Unlike(day, why) => format!("Not compared with the night of {day}: {why}."),
        Since::Compared(change) => compared(account, change),
    }
}

fn compared(account: &FinanceAccount, change: &Change) -> String {
    let sum: Cents = change.causes.iter().map(|(_, sum)| sum.amount).sum();
    let causes: Vec<String> = change
        .causes
        .iter()
        .map(|(cause, sum)| format!("{} {}", counted(sum.parts(), "line", "lines"), cause.in_words()))
        .collect();
    if causes.is_empty() {
        return format!("Nothing has changed since {}.", change.since);
    }
    let is_known = change.before.known_total().is_some();
    if !is_known || change.causes.iter().all(|(_, sum)| sum.amount.is_zero()) {
        return format!("Since {}: {}.", change.since, causes.join(", "));
    }
    let moved = match sum {
        Cents(0) => "as much idle as before".to_owned(),
        sum if sum > Cents::ZERO => format!("{} a month more idle", money(sum, account.currency)),
        sum => format!("{} a month less idle", money(-sum, account.currency)),
    };
    format!("Since {}: {moved} ({}).", change.since, causes.join(", "))
}
