//! What the state of a holder's account says.

use super::*;

#[test]
fn disabled_with_a_past_day_of_leaving_is_a_leaver() {
    let account = |status, on: &str| Around {
        directory: Some(DirectoryEntry {
            departed_on: Some(day(on)),
            ..entry(status)
        }),
        ..Around::default()
    };
    let judged = |status, on| verdict(&person(), &silent_for(20), account(status, on));
    assert_eq!(
        judged(DirectoryStatus::Disabled, "2026-09-26"),
        (Verdict::Leaver, Action::RerouteThenReclaim)
    );
    assert_eq!(judged(DirectoryStatus::Disabled, "2026-12-31").0, Verdict::InUse);
    assert_eq!(judged(DirectoryStatus::Active, "2026-09-26").0, Verdict::InUse);
    let disabled = Around {
        directory: Some(entry(DirectoryStatus::Disabled)),
        ..Around::default()
    };
    assert_eq!(verdict(&person(), &silent_for(2), disabled).0, Verdict::InUse);
}
