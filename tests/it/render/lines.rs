//! Lines made by hand, for the night.

use quietline::domain::*;

use super::night::day;

pub fn line(extension: &str, verdict: Verdict) -> ScoredLine {
    ScoredLine {
        line: Line {
            account_id: "1001".into(),
            line_id: extension.into(),
            extension: extension.into(),
            external_id: None,
            sip_ids: vec![],
            user_id: None,
            login_name: None,
            email: None,
            first_name: None,
            last_name: None,
            role: Some("End User".into()),
            status: Status::Active,
            kind: Some(Kind::Person),
            tier: Some(Tier::Premium),
            term: Some(Term::Monthly),
            contract_id: Some("K-7".into()),
            seat_since: Some(day("2025-09-01")),
            seat_until: None,
            activated_on: None,
            department: Some("Sales".into()),
            cost_center: Some("4100 Sales".into()),
            manager_email: Some("manager@example.com".into()),
            location: Some("Berlin".into()),
            time_zone: None,
            dids: vec![],
            handset_registered_at: None,
            records_on_demand: None,
            unread_cells: Vec::new(),
        },
        activity: activity(),
        cost: LineCost {
            monthly_cost: Cents(2999),
            seat_cost: Cents(2999),
            overcharge: Cents::ZERO,
            promotion: Cents::ZERO,
            tier_price: Cents(2999),
            fees_share: Cents(130),
            source: Some(CostSource::Invoice),
            tier: Some(Tier::Premium),
            term: Some(Term::Monthly),
        },
        verdict,
        idle_score: Some(0),
        reason: "Placed a call on 2026-10-15.".into(),
        counterfactual: "Silent for 60 more days it would be on watch.".into(),
        is_held_back: false,
        action: Action::Keep,
        stays_until: None,
        monthly_saving: Cents::ZERO,
        recoverable: Recoverable::None,
        recoverable_on: None,
        notice_by: None,
        exposure_to_term_end: Some(Cents::ZERO),
        kept_from: None,
        decision: None,
        decision_owner: None,
        decided_on: None,
        decision_expires_on: None,
        model: LineModel::Rule,
        forecast: None,
        expected_waste: None,
        target_tier: None,
        cautions: Vec::new(),
        lapsed_keep: None,
    }
}

fn activity() -> Activity {
    Activity {
        since: Some(day("2025-09-12")),
        first_used_on: Some(day("2025-09-15")),
        last_used_on: Some(day("2026-10-15")),
        last_outbound_on: Some(day("2026-10-15")),
        last_answered_on: Some(day("2026-10-14")),
        last_missed_on: Some(day("2026-10-09")),
        days_silent: 1,
        known_days: 400,
        known_business_days: 286,
        silent_business_days: 1,
        recent_known: (60, 60),
        used_lately: true,
        active_days_30: 12,
        active_days_60: 27,
        active_days_90: 41,
        active_days_all: 190,
        calls_out_90: 120,
        calls_answered_90: 64,
        calls_missed_90: 9,
        calls_missed_30: 3,
        seconds_90: 12_270,
        calls_recorded: 0,
        usual_gap_business_days: Some(2),
        longest_silence_business_days: Some(10),
        came_back_last_year_on: None,
        year: [DayMark::Used, DayMark::Silent, DayMark::DemandOnly].repeat(10),
    }
}

fn silent(days: u32, missed: u32) -> Activity {
    Activity {
        last_used_on: Some(day("2026-06-11")),
        last_outbound_on: Some(day("2026-06-11")),
        last_answered_on: Some(day("2026-06-02")),
        days_silent: days,
        silent_business_days: days * 5 / 7,
        used_lately: false,
        active_days_30: 0,
        active_days_60: 0,
        active_days_90: 0,
        calls_out_90: 0,
        calls_answered_90: 0,
        calls_missed_90: missed,
        seconds_90: 0,
        ..activity()
    }
}

fn priced(mut line: ScoredLine, cents: i64, tier: Tier, term: Term) -> ScoredLine {
    line.cost = LineCost {
        monthly_cost: Cents(cents),
        seat_cost: Cents(cents),
        tier: Some(tier),
        term: Some(term),
        ..line.cost
    };
    line
}

fn held_by(mut line: ScoredLine, first: &str, last: &str, email: &str) -> ScoredLine {
    line.line.first_name = Some(first.into());
    line.line.last_name = Some(last.into());
    line.line.email = Some(email.into());
    line
}

/// A line with money in a bucket.
pub fn wasted(
    mut line: ScoredLine,
    action: Action,
    bucket: Recoverable,
    on: Option<&str>,
    notice: Option<&str>,
) -> ScoredLine {
    line.activity = silent(127, 4);
    line.idle_score = Some(71);
    line.reason =
        "No call placed or answered on 127 known days; last on 2026-06-11; used to call every 2 business days.".into();
    line.counterfactual = "A call placed or answered since 2026-07-19 would have kept it in use.".into();
    line.action = action;
    line.monthly_saving = line.cost.seat_cost;
    line.recoverable = bucket;
    line.recoverable_on = on.map(day);
    line.notice_by = notice.map(day);
    line
}

pub fn acme_lines() -> Vec<ScoredLine> {
    use Action::*;
    use Tier::*;
    use Verdict::*;
    let mut idle = held_by(
        priced(line("1003", Idle), 1999, Mobile, Term::Monthly),
        "=cmd|'/C calc'!A0",
        "",
        "ayse@example.com",
    );
    idle = wasted(idle, AskHolder, Recoverable::NextBill, Some("2026-11-01"), None);
    idle.line.user_id = Some("+49 30 1234567".into());
    let mut never = held_by(
        priced(line("1004", NeverUsed), 2099, Premium, Term::Annual),
        "<script>alert(1)</script>",
        "Yılmaz",
        "zoe@example.com",
    );
    never = wasted(
        never,
        Reassign,
        Recoverable::AtRenewal,
        Some("2027-01-01"),
        Some("2026-11-01"),
    );
    never.exposure_to_term_end = Some(Cents(4198));
    (
        never.activity.last_used_on,
        never.activity.last_outbound_on,
        never.activity.last_answered_on,
    ) = (None, None, None);
    never.activity.usual_gap_business_days = None;
    never.reason = "No call placed or answered on any of 400 known days since 2025-09-12.".into();
    let unassigned = wasted(
        priced(line("1005", Unassigned), 2799, Advanced, Term::Annual),
        Reclaim,
        Recoverable::ReassignOnly,
        None,
        None,
    );
    let mut leaver = held_by(
        line("1006", Leaver),
        "\u{202e}Grace",
        "Okafor",
        "+grace@example.com",
    );
    leaver.cost.monthly_cost = Cents(3498);
    leaver = wasted(
        leaver,
        RerouteThenReclaim,
        Recoverable::NextBill,
        Some("2026-11-01"),
        None,
    );
    leaver.line.dids = vec!["+1 201 555 0106".into()];
    leaver.reason = "The directory says departed on 2026-08-31; 4 missed calls in 90 days.".into();
    let mut exempt = priced(line("1009", Exempt), 2799, Advanced, Term::Annual);
    (exempt.decision, exempt.decision_expires_on) = (Some(DecisionKind::Keep), Some(day("2026-12-31")));
    exempt.reason = "Kept by Grace Okafor until 2026-12-31: moved in with her team.".into();
    let mut protected = priced(line("1010", Protected), 1399, Mobile, Term::Annual);
    (protected.line.kind, protected.activity) = (Some(Kind::Lift), silent(200, 0));
    let mut unknown = held_by(
        priced(line("1011", Unknown), 1999, Mobile, Term::Monthly),
        "Zoë 🦊",
        "",
        "zoe@example.com",
    );
    (unknown.action, unknown.activity.known_days) = (Review, 31);
    let mut dear = priced(line("1012", InUse), 3999, Advanced, Term::Monthly);
    (dear.action, dear.target_tier, dear.monthly_saving) = (Downgrade, Some(Premium), Cents(1000));
    (dear.recoverable, dear.recoverable_on) = (Recoverable::NextBill, Some(day("2026-11-01")));
    let mut unbilled = priced(line("1013", Idle), 1399, Mobile, Term::Annual);
    unbilled = wasted(unbilled, Reclaim, Recoverable::Undetermined, None, None);
    unbilled.cost.source = Some(CostSource::PriceBook);
    unbilled.line.contract_id = None;
    let mut unpriced = priced(line("1014", InUse), 0, Mobile, Term::Annual);
    unpriced.cost.source = None;
    let mut lines = vec![
        priced(
            held_by(line("1001", InUse), "Ayşe", "Yılmaz", "ayse@example.com"),
            2799,
            Advanced,
            Term::Annual,
        ),
        line("1002", Watch),
        idle,
        never,
        unassigned,
        leaver,
        priced(line("1007", New), 2099, Premium, Term::Annual),
        priced(line("1008", OnLeave), 2099, Premium, Term::Annual),
        exempt,
        protected,
        unknown,
        dear,
        unbilled,
        unpriced,
    ];
    for scored in &mut lines[10..] {
        scored.line.cost_center = Some("4200 Support".into());
    }
    lines
}
