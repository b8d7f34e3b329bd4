//! Cheaper tiers: the smallest account that shows each case, and its near miss.

mod addon;

use std::collections::HashMap;

use quietline::domain::*;
use quietline::steps::bill::cost::LineCounts;
use quietline::steps::right_size::{RightSized, RightSizing, Seat, Shows, right_size};

use super::{AS_OF, day};
use crate::contracts::annual;
use crate::render::lines::line;

const PRICES: &str = r#"
    {"tier":"mobile","term":"annual","valid_from":"2024-01-01","price":"13.99"},
    {"tier":"premium","term":"annual","valid_from":"2024-01-01","price":"20.99"},
    {"tier":"advanced","term":"annual","valid_from":"2024-01-01","price":"27.99"},
    {"tier":"mobile","term":"monthly","valid_from":"2024-01-01","price":"19.99"},
    {"tier":"premium","term":"monthly","valid_from":"2024-01-01","price":"29.99"},
    {"tier":"advanced","term":"monthly","valid_from":"2024-01-01","price":"39.99"}"#;
const SHOWN: &str = r#"
    {"tier":"premium","feature":"desk_phone","evidence":"handset_registered"},
    {"tier":"advanced","feature":"on_demand_recording","evidence":"recordings"}"#;

/// A book with these features beside the two that the data shows.
fn book(more: &str) -> PriceBook {
    let text = format!(
        r#"{{"currency":"USD","charge_rules":[],"prices":[{PRICES}],"features":[{SHOWN}{more}],"addons":[
            {{"name":"company_call_recording","scope":"account","price":"49.99","covers":"on_demand_recording"}}]}}"#
    );
    serde_json::from_str(&text).unwrap()
}

/// One account and what its data can show.
struct Account {
    book: PriceBook,
    lines: Vec<ScoredLine>,
    contracts: Vec<Contract>,
    unread_contracts: Vec<UnreadContract>,
    seats: Vec<Seat>,
    handsets: bool,
    recorded_flags: bool,
    addon_is_billed: bool,
}

impl Account {
    fn of(lines: Vec<ScoredLine>) -> Account {
        let seats = lines.iter().map(|line| Seat {
            as_billed: line.cost.tier_price,
            ..Seat::default()
        });
        Account {
            book: book(""),
            seats: seats.collect(),
            lines,
            contracts: vec![Contract {
                contract_id: "K-7".into(),
                mid_term_credit: Some(MidTermCredit::Prorated),
                ..annual("2027-06-30")
            }],
            unread_contracts: Vec::new(),
            handsets: true,
            recorded_flags: true,
            addon_is_billed: false,
        }
    }

    fn size(&mut self) -> RightSized {
        let inventory: Vec<Line> = self.lines.iter().map(|line| line.line.clone()).collect();
        let ids = inventory.iter().map(|line| line.line_id.clone());
        let seats: HashMap<String, Seat> = ids.zip(self.seats.clone()).collect();
        right_size(
            &mut self.lines,
            |line| seats[&line.line_id].clone(),
            &RightSizing {
                currency: Currency::USD,
                shows: Shows {
                    handsets: self.handsets,
                    recorded_flags: self.recorded_flags,
                    min_known_business_days: 63,
                    contracts: InForce::on(day(AS_OF), &self.contracts).beside(&self.unread_contracts),
                },
                contracts: InForce::on(day(AS_OF), &self.contracts),
                book: &self.book,
                counts: &LineCounts::on(day(AS_OF), &inventory, &self.contracts),
                addon_is_billed: self.addon_is_billed,
                invoice_id: Some("INV-10"),
                as_of: day(AS_OF),
                next_period: day("2026-11-01"),
            },
        )
    }

    /// Extension, target, saving and action of each finding.
    fn found(&mut self) -> Vec<(String, Tier, Cents, Action)> {
        let findings = self.size().findings;
        let told = |finding: &Finding| {
            let id = finding.line_id.clone().unwrap();
            let line = self.lines.iter().find(|line| line.line.line_id == id).unwrap();
            let booked = match finding.recoverable {
                Recoverable::None => Cents::ZERO,
                _ => finding.monthly_amount,
            };
            assert_eq!(line.monthly_saving, booked, "a question saves nothing yet");
            (
                id,
                line.target_tier.unwrap(),
                finding.monthly_amount,
                finding.action,
            )
        };
        findings.iter().map(told).collect()
    }
}

/// A line in use on an annual tier at the book's price.
fn on(tier: Tier, extension: &str) -> ScoredLine {
    priced(tier, Term::Annual, extension)
}

fn priced(tier: Tier, term: Term, extension: &str) -> ScoredLine {
    let mut line = line(extension, Verdict::InUse);
    let price = book("").price_on(tier, term, day(AS_OF), 1).unwrap();
    line.line.tier = Some(tier);
    line.line.term = Some(term);
    line.cost.tier = Some(tier);
    line.cost.term = Some(term);
    line.cost.tier_price = price;
    line.cost.seat_cost = price;
    line.cost.monthly_cost = price;
    line
}

fn with_handset(mut line: ScoredLine) -> ScoredLine {
    line.line.handset_registered_at = Some(day("2026-01-05"));
    line
}

fn recording(mut line: ScoredLine) -> ScoredLine {
    line.activity.calls_recorded = 3;
    line
}

fn moved(extension: &str, target: Tier, saving: i64) -> (String, Tier, Cents, Action) {
    (extension.into(), target, Cents(saving), Action::Downgrade)
}

fn asked(extension: &str, target: Tier, saving: i64) -> (String, Tier, Cents, Action) {
    (extension.into(), target, Cents(saving), Action::AskHolder)
}

#[test]
fn the_cheapest_tier_that_covers_what_is_seen_is_booked() {
    use Tier::{Advanced, Mobile, Premium};
    let found = |line| Account::of(vec![line]).found();
    assert_eq!(found(on(Advanced, "1")), [moved("1", Mobile, 1400)]);
    assert_eq!(found(on(Premium, "1")), [moved("1", Mobile, 700)]);
    assert_eq!(found(with_handset(on(Advanced, "1"))), [moved("1", Premium, 700)]);
    assert_eq!(found(with_handset(on(Premium, "1"))), [], "its tier is needed");
    assert_eq!(found(recording(on(Advanced, "1"))), []);
    assert_eq!(
        found(recording(on(Premium, "1"))),
        [moved("1", Mobile, 700)],
        "Premium has no recording to lose"
    );
    assert_eq!(found(on(Mobile, "1")), [], "there is nothing cheaper");

    let mut by_archive = on(Advanced, "1");
    by_archive.line.records_on_demand = Some(true);
    assert_eq!(found(by_archive), []);
}

#[test]
fn what_nothing_shows_is_asked_and_never_booked() {
    use Tier::{Advanced, Mobile, Premium};
    let mut no_inventory_of_handsets = Account::of(vec![on(Premium, "1")]);
    no_inventory_of_handsets.handsets = false;
    assert_eq!(no_inventory_of_handsets.found(), [asked("1", Mobile, 700)]);

    let mut portal = Account::of(vec![with_handset(on(Advanced, "1"))]);
    portal.recorded_flags = false;
    assert_eq!(portal.found(), [asked("1", Premium, 700)]);

    let mut told_by_archive = Account::of(vec![with_handset(on(Advanced, "1"))]);
    told_by_archive.recorded_flags = false;
    told_by_archive.lines[0].line.records_on_demand = Some(false);
    assert_eq!(told_by_archive.found(), [moved("1", Premium, 700)]);

    let mut young = Account::of(vec![with_handset(on(Advanced, "1"))]);
    young.lines[0].activity.known_business_days = 62;
    assert_eq!(
        young.found(),
        [asked("1", Premium, 700)],
        "it has shown too little"
    );
    young.lines[0] = with_handset(on(Advanced, "1"));
    young.lines[0].activity.known_business_days = 63;
    assert_eq!(young.found(), [moved("1", Premium, 700)]);

    let mut unobservable = Account::of(vec![on(Premium, "1"), with_handset(on(Advanced, "2"))]);
    unobservable.book = book(r#",{"tier":"premium","feature":"video_meetings","evidence":"none"}"#);
    let sized = unobservable.size();
    assert_eq!(
        sized.billed_difference,
        Cents(700),
        "only what Advanced adds is given up for sure"
    );
    let lines = &unobservable.lines;
    assert_eq!(
        (lines[0].action, lines[1].action),
        (Action::Keep, Action::Downgrade)
    );
    assert_eq!(
        (lines[0].recoverable, lines[1].recoverable),
        (Recoverable::None, Recoverable::NextBill)
    );
    assert_eq!(
        lines[0].target_tier,
        Some(Mobile),
        "the question is on the line all the same"
    );
    insta::assert_snapshot!(sized.findings[1].evidence, @"No handset registered. Mobile at USD 13.99 covers it: 20.99 - 13.99 = 7.00 a month. Nothing shows whether it needs video meetings: ask its holder.");
    insta::assert_snapshot!(sized.findings[0].evidence, @"No call recorded on 30 known days of the last 90. It needs what premium has: handset registered on 2026-01-05. Premium at USD 20.99 covers it: 27.99 - 20.99 = 7.00 a month.");
}

#[test]
fn only_lines_in_use_that_nobody_has_decided_on_move() {
    use Tier::{Mobile, Premium};
    let with = |verdict, decision| {
        let mut line = on(Premium, "1");
        (line.verdict, line.decision) = (verdict, decision);
        Account::of(vec![line]).found()
    };
    for verdict in Verdict::ALL {
        let moves = matches!(verdict, Verdict::InUse | Verdict::Watch);
        assert_eq!(with(*verdict, None).len(), usize::from(moves), "{verdict}");
    }
    for decision in DecisionKind::ALL {
        let moves = matches!(decision, DecisionKind::Downgrade | DecisionKind::Dispute);
        let found = with(Verdict::InUse, Some(*decision));
        assert_eq!(found.len(), usize::from(moves), "{decision}");
    }
    let mut decided = Account::of(vec![on(Premium, "1"), with_handset(on(Premium, "2"))]);
    decided.handsets = false;
    decided.lines[0].decision = Some(DecisionKind::Downgrade);
    decided.lines[1].decision = Some(DecisionKind::Downgrade);
    assert_eq!(
        decided.found(),
        [moved("1", Mobile, 700)],
        "the decision is the answer"
    );
    let notices = decided.size().notices;
    assert!(
        notices[0].starts_with("Extension 2: it was decided to downgrade it, but"),
        "{notices:?}"
    );

    let mut disputed = Account::of(vec![on(Premium, "1")]);
    disputed.seats[0].in_dispute = true;
    assert_eq!(disputed.found(), []);
}

#[test]
fn a_contract_pins_all_lines_of_its_account() {
    use Tier::{Advanced, Mobile, Premium};
    let found = |tier: Option<Tier>, reason: Option<&str>| {
        let mut account = Account::of(vec![on(Advanced, "1"), on(Premium, "2")]);
        account.contracts.push(Contract {
            contract_id: "OTHER".into(),
            tier,
            min_tier_reason: reason.map(str::to_owned),
            ..annual("2027-06-30")
        });
        account.found()
    };
    assert_eq!(found(Some(Premium), None).len(), 2);
    assert_eq!(found(Some(Premium), Some("scim")), [moved("1", Premium, 700)]);
    assert_eq!(found(None, Some("scim")), [], "the present tier");
    let mut without_contracts = Account::of(vec![on(Advanced, "1")]);
    without_contracts.book = book(r#",{"tier":"advanced","feature":"scim_sso","evidence":"contract"}"#);
    assert_eq!(without_contracts.found(), [moved("1", Mobile, 1400)]);
    without_contracts.unread_contracts = vec![UnreadContract {
        account_id: None,
        contract_id: "OTHER".into(),
        tier: None,
        origin: "contracts.csv, row 3".into(),
    }];
    without_contracts.lines[0] = on(Advanced, "1");
    assert_eq!(
        without_contracts.found(),
        [asked("1", Mobile, 1400)],
        "one that could not be read may say otherwise"
    );
    without_contracts.unread_contracts.clear();
    without_contracts.contracts.clear();
    without_contracts.lines[0] = on(Advanced, "1");
    assert_eq!(
        without_contracts.found(),
        [asked("1", Mobile, 1400)],
        "no contract is no proof"
    );
}

#[test]
fn the_saving_is_what_the_line_pays_less_the_target_by_contract_then_book() {
    use Tier::{Mobile, Premium};
    let row = |tier, unit_price| Contract {
        contract_id: "K-7".into(),
        tier: Some(tier),
        unit_price: Some(Cents(unit_price)),
        ..annual("2027-06-30")
    };
    let with = |contracts: Vec<Contract>, adjust: &dyn Fn(&mut Account)| {
        let mut account = Account::of(vec![on(Premium, "1")]);
        account.contracts = contracts;
        adjust(&mut account);
        account.found()
    };
    assert_eq!(with(vec![row(Mobile, 1199)], &|_| {}), [moved("1", Mobile, 900)]);
    let monthly = Contract {
        term: Term::Monthly,
        ..row(Mobile, 1199)
    };
    assert_eq!(
        with(vec![monthly], &|_| {}),
        [moved("1", Mobile, 700)],
        "another term's price is not its price"
    );
    let both = vec![row(Mobile, 1199), row(Premium, 1899)];
    assert_eq!(
        with(both, &|_| {}),
        [moved("1", Mobile, 700)],
        "what is billed above the contract is disputed"
    );
    assert_eq!(with(vec![row(Mobile, 2099)], &|_| {}), [], "it saves nothing");
    let promoted = |account: &mut Account| account.seats[0].promotion = Cents(-300);
    assert_eq!(with(vec![], &promoted), [moved("1", Mobile, 400)]);
    let open = |account: &mut Account| {
        account.lines[0].cost.tier_price = Cents(2999);
        account.seats[0].has_open_promotion = true;
    };
    assert_eq!(
        with(vec![], &open),
        [moved("1", Mobile, 700)],
        "the promotion may be this line's"
    );

    let mut yearly = Account::of(vec![on(Premium, "1")]);
    yearly.seats[0].as_billed = Cents(12 * 2099);
    assert_eq!(
        yearly.size().billed_difference,
        Cents(12 * 700),
        "the bridge holds the invoice's year"
    );
}

#[test]
fn money_comes_back_by_the_contract_of_the_line() {
    use Tier::{Mobile, Premium};
    let mut account = Account::of(vec![on(Premium, "1")]);
    account.contracts[0].mid_term_credit = Some(MidTermCredit::None);
    let finding = account.size().findings.remove(0);
    assert_eq!(finding.recoverable, Recoverable::AtRenewal);
    assert_eq!(finding.recoverable_on, Some(day("2027-07-01")));
    assert_eq!(finding.notice_by, Some(day("2027-05-01")));
    account.lines[0] = on(Premium, "1");
    account.contracts.clear();
    let finding = account.size().findings.remove(0);
    assert_eq!(finding.recoverable, Recoverable::Undetermined);
    assert!(finding.evidence.ends_with(
        "From when it saves is open: contract K-7 is not in the contracts table: what are its term and notice?"
    ));

    let committed = |lines| {
        let mut idle = on(Premium, "0");
        (idle.verdict, idle.recoverable) = (Verdict::Idle, Recoverable::NextBill);
        let mut account = Account::of(vec![idle, on(Premium, "1"), on(Premium, "2")]);
        account.contracts[0].tier = Some(Premium);
        account.contracts[0].committed_lines = Some(lines);
        account.found()
    };
    assert_eq!(committed(0).len(), 2);
    assert_eq!(
        committed(1),
        [moved("1", Mobile, 700)],
        "the idle line leaves first"
    );
    assert_eq!(
        committed(2),
        [],
        "a line below the commitment is paid for in any tier"
    );
}
