//! Since when nobody uses a line, as finance reads it.

use quietline::domain::*;
use quietline::render::FinanceNight;

use super::night::{day, night};

#[test]
fn of_a_line_that_nobody_uses_the_month_is_told_that_found_it() {
    let told = |first: &str, last: &str, kind| {
        let mut statement = night();
        let account = &mut statement.accounts[0];
        let entry = |kind, first: &str, last: &str| LedgerEntry {
            finding_id: account.findings[0].finding_id.clone(),
            kind,
            account_id: account.account_id.clone(),
            line_id: None,
            cost_center: None,
            tier: None,
            first_seen: day(first),
            last_seen: day(last),
            invoice_date: None,
            monthly_amount: Cents(100),
            currency: account.currency,
            state: FindingState::Expired,
            approved_on: None,
            actioned_on: None,
            realised_on: None,
            slipped_back_on: None,
            taken_back_by: None,
            dismissed_on: None,
        };
        account.ledger = vec![
            entry(FindingKind::GhostCharge, "2026-07-20", "2026-07-20"),
            entry(kind, first, last),
        ];
        for finding in &mut account.findings {
            (finding.kind, finding.first_seen) = (kind, day(first));
        }
        let shown = FinanceNight::of(&statement);
        let shown = &shown.accounts[0];
        let entry = &shown.ledger[1];
        assert_eq!(shown.findings[0].first_seen, entry.first_seen);
        [entry.first_seen, entry.last_seen].map(|day| day.to_string())
    };
    let idle = FindingKind::IdleLine;
    assert_eq!(
        told("2026-09-08", "2026-10-14", idle),
        ["2026-09-01", "2026-10-01"]
    );
    assert_eq!(
        told("2026-07-28", "2026-10-16", idle),
        ["2026-07-20", "2026-10-16"]
    );
    let ghost = FindingKind::GhostCharge;
    assert_eq!(
        told("2026-09-08", "2026-10-14", ghost),
        ["2026-09-08", "2026-10-14"]
    );
}
