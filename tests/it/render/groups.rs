//! Groups that finance reads are of five people and more.

use quietline::domain::*;
use quietline::render::FinanceNight;

use super::night::{day, night};

/// How the cost centre of five lines is shown.
fn centre_of_five(change: impl Fn(usize, &mut Line)) -> String {
    let mut statement = night();
    for (at, scored) in statement.accounts[0].lines.iter_mut().take(5).enumerate() {
        let line = &mut scored.line;
        (line.kind, line.cost_center) = (Some(Kind::Person), Some("Canary Street".to_owned()));
        (line.first_name, line.last_name) = (None, None);
        (line.email, line.user_id) = (None, None);
        line.login_name = Some(format!("login{at}"));
        change(at, line);
    }
    FinanceNight::of(&statement).accounts[0].lines[0]
        .cost_centre
        .clone()
}

#[test]
fn the_smallest_cost_centre_that_is_named_holds_five_people() {
    let merged = "other, under 5";
    assert_eq!(centre_of_five(|_, _| ()), "Canary Street");
    let one_lift = centre_of_five(|at, line| line.kind = Some([Kind::Lift, Kind::Person][at.min(1)]));
    assert_eq!(one_lift, merged, "a lift with a login is nobody");
    let lobby = centre_of_five(|at, line| {
        if at == 0 {
            (line.login_name, line.first_name) = (None, Some("Lobby Phone".to_owned()));
        }
    });
    assert_eq!(lobby, merged, "a name without a user is nobody's");
    let twice = centre_of_five(|at, line| match at {
        0 => line.email = Some("Ada@example.test".to_owned()),
        1 => (line.email, line.login_name) = (Some("ada@example.test".to_owned()), Some("LOGIN1".to_owned())),
        _ => (),
    });
    assert_eq!(twice, merged, "two rows of one address are one person");
    assert_eq!(
        centre_of_five(|_, line| line.kind = Some(Kind::Lift)),
        "Canary Street"
    );
    let named = centre_of_five(|at, line| {
        (line.first_name, line.last_name) = (Some(format!("Ada{at}")), Some("Birch".to_owned()));
        line.cost_center = Some("Ada0 Birch".to_owned());
    });
    assert_eq!(named, "[holder]");
}

#[test]
fn lines_used_by_month_are_told_of_five_lines_and_more() {
    let commitment = Commitment {
        tiers: vec![Tier::Premium],
        annual: Cents(1_399),
        monthly: Cents(1_999),
        demand: vec![(day("2026-09-01"), 3)],
        today: None,
        best: CommitmentCost {
            lines: 3,
            cost: Cents(4_197),
        },
        low: 3,
        high: 3,
        plateau: (3, 3),
        break_even_months: 3,
        curve: Vec::new(),
        assumptions: Vec::new(),
    };
    for (lines, told) in [(1, 0), (4, 0), (5, 1)] {
        let mut statement = night();
        let account = &mut statement.accounts[0];
        account.commitments = vec![commitment.clone()];
        for (at, line) in account.lines.iter_mut().enumerate() {
            line.cost.tier = Some(if at < lines { Tier::Premium } else { Tier::Mobile });
        }
        let shown = FinanceNight::of(&statement);
        assert_eq!(shown.accounts[0].commitments.len(), told, "{lines} lines");
    }
}
