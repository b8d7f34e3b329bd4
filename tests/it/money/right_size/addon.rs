//! The account's recording add-on against the tiers that it stands in for, and every small account tried out.

use proptest::prelude::*;
use quietline::domain::*;

use super::super::{AS_OF, day};
use super::{Account, book, moved, priced, recording, with_handset};

#[test]
fn company_recording_is_bought_when_it_saves_more_than_it_costs() {
    use Tier::{Advanced, Premium};
    let recorders = |count: usize, term| {
        let of =
            |extension: usize| recording(with_handset(priced(Advanced, term, &format!("{extension:03}"))));
        let mut account = Account::of((0..count).map(of).collect());
        account.contracts[0].term = term;
        account
    };
    for (term, from) in [(Term::Annual, 8), (Term::Monthly, 5)] {
        assert_eq!(recorders(from - 1, term).size().findings, [], "{term}");
        assert_eq!(recorders(from, term).size().findings.len(), from, "{term}");
    }
    let mut eight = recorders(8, Term::Annual);
    let sized = eight.size();
    let saved: Cents = sized.findings.iter().map(|finding| finding.monthly_amount).sum();
    assert_eq!(
        (saved, sized.billed_difference),
        (Cents(601), Cents(601)),
        "net of the add-on"
    );
    assert!(eight.lines.iter().all(|line| line.target_tier == Some(Premium)));
    insta::assert_snapshot!(sized.findings[0].evidence, @"It needs what premium has: handset registered on 2026-01-05. Premium at USD 20.99 covers it: 27.99 - 20.99 = 7.00 a month. Company call recording for the whole account, to be bought at USD 49.99, covers on demand recording (3 of its calls recorded); this line's share of it is 6.25, which leaves 0.75.");
    insta::assert_snapshot!(sized.notices.join("\n"), @"Company call recording would let lines that use on demand recording move to a cheaper tier: 56.00 - 49.99 = 6.01 a month with it, 0.00 without. Buy it: at 7.00 a line it pays from 8 lines on, and 8 can move.");
    insta::assert_snapshot!(recorders(7, Term::Annual).size().notices.join("\n"), @"Company call recording would let lines that use on demand recording move to a cheaper tier: 49.00 - 49.99 = -0.99 a month with it, 0.00 without. It is not worth it: at 7.00 a line it pays from 8 lines on, and 7 can move.");

    let mut billed = recorders(1, Term::Annual);
    billed.addon_is_billed = true;
    assert_eq!(
        billed.found(),
        [moved("000", Premium, 700)],
        "it costs nothing more"
    );
    billed.lines = recorders(1, Term::Annual).lines;
    insta::assert_snapshot!(billed.size().notices.join("\n"), @"Company call recording is billed already (USD 49.99) and has to stay if lines move: on demand recording is used by 1 of them.");

    let mut asked_for = recorders(8, Term::Annual);
    asked_for.book = book(r#",{"tier":"advanced","feature":"visual_voicemail","evidence":"none"}"#);
    let sized = asked_for.size();
    assert_eq!((sized.billed_difference, sized.findings.len()), (Cents::ZERO, 8));
    assert!(
        sized
            .findings
            .iter()
            .all(|finding| finding.action == Action::AskHolder)
    );
    insta::assert_snapshot!(sized.notices.join("\n"), @"Company call recording would let lines that use on demand recording move to a cheaper tier, if the holders agree: 56.00 - 49.99 = 6.01 a month with it, 0.00 without. Buy it: at 7.00 a line it pays from 8 lines on, and 8 can move.");
}

#[derive(Debug, Clone, Copy)]
struct Plain {
    tier: Tier,
    term: Term,
    records: bool,
    handset: bool,
}

fn plain() -> impl Strategy<Value = Plain> {
    let tier = prop::sample::select(Tier::ALL);
    let term = prop::sample::select(Term::ALL);
    (tier, term, any::<bool>(), any::<bool>()).prop_map(|(tier, term, records, handset)| Plain {
        tier,
        term,
        records,
        handset,
    })
}

/// Every line on every tier, with the add-on and without: no plan of another shape saves more.
fn greatest_by_trying_all(lines: &[Plain], addon: Cents) -> Cents {
    let prices = book("");
    let price = |tier, term| prices.price_on(tier, term, day(AS_OF), 1).unwrap();
    let mut greatest = Cents::ZERO;
    for bought in [false, true] {
        for mut combination in 0..3_usize.pow(lines.len() as u32) {
            let mut net = if bought { -addon } else { Cents::ZERO };
            let mut possible = true;
            for line in lines {
                let to = Tier::ALL[combination % 3];
                combination /= 3;
                let keeps_phone = !line.handset || line.tier == Tier::Mobile || to >= Tier::Premium;
                let records = line.records && line.tier == Tier::Advanced;
                possible &= to <= line.tier && keeps_phone && (!records || bought || to == Tier::Advanced);
                net += price(line.tier, line.term) - price(to, line.term);
            }
            if possible {
                greatest = greatest.max(net);
            }
        }
    }
    greatest
}

proptest! {
    #[test]
    fn no_other_tiers_of_an_account_save_more(
        plains in prop::collection::vec(plain(), 0..6),
        addon in (0_i64..6000).prop_map(Cents),
    ) {
        let lines = plains.iter().enumerate().map(|(at, plain)| {
            let line = priced(plain.tier, plain.term, &at.to_string());
            let line = if plain.records { recording(line) } else { line };
            if plain.handset { with_handset(line) } else { line }
        });
        let mut account = Account::of(lines.collect());
        account.contracts.clear();
        account.book.addons[0].price = addon;
        let sized = account.size();
        let saved: Cents = sized.findings.iter().map(|finding| finding.monthly_amount).sum();
        prop_assert_eq!(saved, greatest_by_trying_all(&plains, addon));
        prop_assert_eq!(saved, sized.billed_difference);
        prop_assert!(sized.findings.iter().all(|finding| finding.monthly_amount >= Cents::ZERO));
    }
}
