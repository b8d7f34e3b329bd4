//! Verdict + cost + contract -> what to do, when the money comes back, and the findings that say so.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Days, NaiveDate};

use crate::domain::{
    Action, Bucket, Cents, Contract, Finding, Forecast, InForce, LineCost, PriceBook, Recoverable,
    ScoredLine, Term, Verdict, counted,
};
use crate::steps::bill::cost::LineCounts;
use crate::steps::savings::expected_waste::expected_waste_of;
use crate::steps::savings::recover::{Candidate, Recovery, beyond_commitment, exposure, recovery};
use crate::steps::verdict::Judgement;
use crate::steps::verdict::judging::Judged;

/// Days before a notice deadline from which an idle annual line is taken back instead of offered to a joiner.
const OFFER_UNTIL_DAYS_BEFORE_NOTICE: u64 = 30;

/// Gives every line its action, bucket and dates. `next_period` is the first day of the next billing period.
pub fn recommend(
    judged: Vec<Judged<'_>>,
    contracts: &InForce<'_>,
    book: &PriceBook,
    counts: &LineCounts,
    (as_of, next_period): (NaiveDate, NaiveDate),
) -> Vec<ScoredLine> {
    let mut recoveries = recoveries(&judged, contracts, as_of, next_period);
    judged
        .into_iter()
        .map(|line| match recoveries.remove(line.line.line_id.as_str()) {
            Some(recovery) => {
                let saving = match recovery.bucket {
                    Recoverable::ReassignOnly => next_line_price(&line, contracts, book, counts, as_of),
                    _ => line.cost.saving(),
                };
                let contract = contracts.covering(line.line.contract_id.as_deref(), line.cost.tier);
                let words = said_of_money(&line.cost, contract, &recovery);
                wasted(line, recovery, saving, &words, (as_of, next_period))
            }
            None => kept(line),
        })
        .collect()
}

/// The recovery of every wasted line by its id, commitments looked at: what would fall below one can only be reassigned.
fn recoveries<'a>(
    judged: &[Judged<'a>],
    contracts: &InForce<'_>,
    as_of: NaiveDate,
    next_period: NaiveDate,
) -> HashMap<&'a str, Recovery> {
    let contract_of =
        |judged: &Judged<'a>| contracts.covering(judged.line.contract_id.as_deref(), judged.cost.tier);
    let mut recoveries: HashMap<&str, Recovery> = judged
        .iter()
        .filter(|line| line.judgement.verdict.is_waste())
        .map(|line| {
            let recovery = recovery(line.line, line.cost.tier, contracts, as_of, next_period);
            (line.line.line_id.as_str(), recovery)
        })
        .collect();
    for contract in contracts.rows() {
        let Some(committed) = contract.committed_lines else {
            continue;
        };
        let covered: Vec<&Judged> = judged
            .iter()
            .filter(|line| contract_of(line).is_some_and(|other| std::ptr::eq(other, *contract)))
            .collect();
        let leaving = |line: &&&Judged| {
            recoveries
                .get(line.line.line_id.as_str())
                .is_some_and(|r| r.bucket == Recoverable::NextBill)
        };
        let candidates = covered.iter().filter(leaving).map(|judged| Candidate {
            line_id: &judged.line.line_id,
            monthly_saving: judged.cost.saving(),
        });
        for line_id in beyond_commitment(candidates.collect(), covered.len() as u32, committed) {
            if let Some(recovery) = recoveries.get_mut(line_id) {
                *recovery = Recovery {
                    bucket: Recoverable::ReassignOnly,
                    recoverable_on: None,
                    notice_by: None,
                    term_end: recovery.term_end,
                    question: None,
                };
            }
        }
    }
    recoveries
}

fn kept(judged: Judged<'_>) -> ScoredLine {
    let action = judged.judgement.action;
    scored(judged, action, Cents::ZERO, None, Some(Cents::ZERO))
}

/// What a seat that can only be handed on saves: the next new line, as it would be priced, without this one's add-ons.
fn next_line_price(
    judged: &Judged<'_>,
    contracts: &InForce<'_>,
    book: &PriceBook,
    counts: &LineCounts,
    as_of: NaiveDate,
) -> Cents {
    let LineCost { tier, term, .. } = judged.cost;
    let contract = contracts.covering(judged.line.contract_id.as_deref(), tier);
    let listed = || book.price_on(tier?, term?, as_of, counts.get(tier?, term?));
    let price = contract.and_then(|contract| contract.unit_price).or_else(listed);
    price.unwrap_or(judged.cost.saving())
}

fn wasted(
    mut judged: Judged<'_>,
    recovery: Recovery,
    saving: Cents,
    words: &[String],
    (as_of, next_period): (NaiveDate, NaiveDate),
) -> ScoredLine {
    let action = action_by_contract(&judged, &recovery, as_of);
    for sentence in words {
        judged.judgement.reason.push(' ');
        judged.judgement.reason.push_str(sentence);
    }
    // Of a term whose end nobody knows nothing is known either; a month-to-month line has none.
    let has_end = recovery.term_end.is_some() || judged.cost.term == Some(Term::Monthly);
    let exposure = has_end.then(|| exposure(judged.cost.monthly_cost, recovery.term_end, as_of, next_period));
    scored(judged, action, saving, Some(recovery), exposure)
}

/// What bears on the saving and its day, in sentences.
fn said_of_money(cost: &LineCost, contract: Option<&Contract>, recovery: &Recovery) -> Vec<String> {
    let mut said = Vec::new();
    let taken_off = -cost.promotion;
    if taken_off > Cents::ZERO && recovery.bucket != Recoverable::ReassignOnly {
        let until = match contract.and_then(|contract| contract.promo_ends_on) {
            Some(day) => format!("until {day}"),
            None => "until a day that no contract names".to_owned(),
        };
        said.push(format!(
            "A promotion takes {taken_off} of its {} a month off, {until}: leaving saves {} before that.",
            cost.seat_cost,
            cost.saving()
        ));
    }
    let monthly = contract.filter(|contract| contract.term == Term::Monthly);
    if let (Some(contract), Some(notice_by)) = (monthly, recovery.notice_by) {
        said.push(format!(
            "Contract {} asks for {} of notice: given by {notice_by}, it leaves with the month before the saving begins.",
            contract.contract_id,
            counted(contract.notice_days.unwrap_or_default(), "day", "days")
        ));
    }
    said.extend(
        recovery
            .question
            .iter()
            .map(|question| format!("From when it saves is open: {question}")),
    );
    said
}

/// An annual seat without credit is paid for until its term ends: it is offered to somebody until the notice is near.
/// A seat below a commitment can never be handed back at all.
fn action_by_contract(judged: &Judged<'_>, recovery: &Recovery, as_of: NaiveDate) -> Action {
    let Judgement { verdict, action, .. } = judged.judgement;
    // Whoever may still need it is asked, and callers are led elsewhere, before the seat is somebody else's.
    let comes_first = matches!(
        action,
        Action::Review | Action::AskHolder | Action::RerouteThenReclaim
    );
    if verdict == Verdict::Leaver || comes_first {
        return action;
    }
    let deadline = recovery.notice_by.or(recovery.recoverable_on);
    let far = deadline
        .is_some_and(|deadline| as_of + Days::new(1) < deadline - Days::new(OFFER_UNTIL_DAYS_BEFORE_NOTICE));
    match recovery.bucket {
        Recoverable::ReassignOnly => Action::Reassign,
        Recoverable::AtRenewal if far => Action::Reassign,
        _ => action,
    }
}

fn scored(
    judged: Judged<'_>,
    action: Action,
    saving: Cents,
    recovery: Option<Recovery>,
    exposure: Option<Cents>,
) -> ScoredLine {
    let Judged {
        line,
        activity,
        cost,
        judgement,
        but_for_keep,
        idle_score,
        model,
        forecast,
        decision,
        lapsed_keep,
    } = judged;
    let waste = |forecast: &Forecast| Some(expected_waste_of(cost.known()?, forecast));
    ScoredLine {
        expected_waste: forecast.as_ref().and_then(waste),
        model,
        forecast,
        line: line.clone(),
        activity,
        cost,
        verdict: judgement.verdict,
        idle_score,
        reason: judgement.reason,
        counterfactual: judgement.counterfactual,
        is_held_back: judgement.is_held_back,
        action,
        stays_until: judgement.stays_until,
        monthly_saving: saving,
        recoverable: recovery.as_ref().map_or(Recoverable::None, |r| r.bucket),
        recoverable_on: recovery.as_ref().and_then(|r| r.recoverable_on),
        notice_by: recovery.as_ref().and_then(|r| r.notice_by),
        exposure_to_term_end: exposure,
        kept_from: but_for_keep
            .map(|but| but.verdict)
            .filter(|verdict| verdict.is_waste()),
        decision: decision.as_ref().map(|d| d.decision),
        decision_owner: decision.as_ref().and_then(|d| d.owner.clone()),
        decided_on: decision.as_ref().and_then(|d| d.decided_on),
        decision_expires_on: decision.and_then(|d| d.expires_on),
        target_tier: None,
        cautions: Vec::new(),
        lapsed_keep,
    }
}

/// The buckets of all findings; never added into one headline.
pub fn buckets(findings: &[Finding]) -> BTreeMap<Recoverable, Bucket> {
    let mut buckets: BTreeMap<Recoverable, Bucket> = BTreeMap::new();
    // A line billed twice and too dear is still one line.
    let mut counted = BTreeSet::new();
    for finding in findings
        .iter()
        .filter(|finding| finding.recoverable != Recoverable::None)
    {
        let bucket = buckets.entry(finding.recoverable).or_default();
        bucket.amount += finding.monthly_amount;
        if let Some(line) = &finding.line_id {
            bucket.lines += u32::from(counted.insert((finding.recoverable, line)));
        }
        bucket.earliest_on = earliest(bucket.earliest_on, finding.recoverable_on);
        bucket.notice_by = earliest(bucket.notice_by, finding.notice_by);
    }
    buckets
}

fn earliest(a: Option<NaiveDate>, b: Option<NaiveDate>) -> Option<NaiveDate> {
    a.into_iter().chain(b).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Activity, Status, Tier, parse_day};
    use crate::domain::{Line, LineModel};

    fn line() -> Line {
        Line {
            account_id: "1".into(),
            line_id: "101".into(),
            extension: "101".into(),
            external_id: None,
            sip_ids: Vec::new(),
            user_id: None,
            login_name: None,
            email: None,
            first_name: None,
            last_name: None,
            role: None,
            status: Status::Active,
            kind: None,
            tier: Some(Tier::Premium),
            term: Some(Term::Annual),
            contract_id: Some("C1".into()),
            seat_since: None,
            seat_until: None,
            activated_on: None,
            department: None,
            cost_center: None,
            manager_email: None,
            location: None,
            time_zone: None,
            dids: Vec::new(),
            handset_registered_at: None,
            records_on_demand: None,
            unread_cells: Vec::new(),
        }
    }

    fn contract(unit_price: Option<i64>) -> Contract {
        let day = |text| parse_day(text).unwrap();
        Contract {
            account_id: "1".into(),
            contract_id: "C1".into(),
            term: Term::Annual,
            start_on: day("2026-01-01"),
            end_on: Some(day("2026-12-31")),
            tier: None,
            committed_lines: Some(1),
            unit_price: unit_price.map(Cents),
            list_price: None,
            promo_ends_on: None,
            auto_renew: Some(true),
            notice_days: Some(60),
            mid_term_credit: Some(crate::domain::MidTermCredit::Prorated),
            min_tier_reason: None,
        }
    }

    #[test]
    fn a_seat_to_hand_on_is_worth_the_next_new_line() {
        let book: PriceBook = serde_json::from_str(
            r#"{"currency":"USD","charge_rules":[],"prices":[
                {"tier":"premium","term":"annual","valid_from":"2020-01-01","price":"20.99","list_price":null}]}"#,
        )
        .unwrap();
        let worth = |unit_price, committed_lines| {
            let judged = Judged {
                line: &line(),
                activity: Activity::default(),
                // A line with an add-on, at an older price.
                cost: LineCost {
                    monthly_cost: Cents(3998),
                    seat_cost: Cents(3499),
                    overcharge: Cents::ZERO,
                    promotion: Cents::ZERO,
                    tier_price: Cents(2999),
                    fees_share: Cents::ZERO,
                    source: None,
                    tier: Some(Tier::Premium),
                    term: Some(Term::Annual),
                },
                judgement: Judgement {
                    verdict: Verdict::Idle,
                    action: Action::Reclaim,
                    reason: String::new(),
                    counterfactual: String::new(),
                    stays_until: None,
                    is_held_back: false,
                },
                but_for_keep: None,
                idle_score: Some(50),
                model: LineModel::Rule,
                forecast: None,
                decision: None,
                lapsed_keep: None,
            };
            let contracts = [Contract {
                committed_lines,
                ..contract(unit_price)
            }];
            let as_of = parse_day("2026-10-16").unwrap();
            let counts = LineCounts::on(as_of, [judged.line], &contracts);
            let signed = InForce::on(as_of, &contracts);
            recommend(vec![judged], &signed, &book, &counts, (as_of, as_of))[0].monthly_saving
        };
        assert_eq!(worth(Some(1899), Some(1)), Cents(1899));
        assert_eq!(worth(None, Some(1)), Cents(2099));
        assert_eq!(
            worth(Some(1899), None),
            Cents(3499),
            "it can leave with the next bill"
        );
    }
}
