//! Finance is sent the same bytes whoever holds the lines and whenever they called, whatever files, contracts and cost centres are
//! called, and whatever a bill calls an extension that no line has.

use proptest::prelude::*;
use quietline::domain::*;

use super::finance::sent;
use super::night::{day, night};

/// What may differ between two accounts that finance must not tell apart.
#[derive(Debug, Clone)]
struct Life {
    name: String,
    day: u64,
    count: u32,
    chance: u32,
    waste: usize,
}

fn life() -> impl Strategy<Value = Life> {
    (
        "[A-Za-z=@.]{1,12}",
        1_u64..400,
        0_u32..300,
        0_u32..1_000_000,
        0_usize..4,
    )
        .prop_map(|(name, day, count, chance, waste)| Life {
            name,
            day,
            count,
            chance,
            waste,
        })
}

impl Life {
    fn letters(&self) -> String {
        self.name
            .chars()
            .filter(char::is_ascii_alphabetic)
            .collect::<String>()
            .to_lowercase()
    }

    /// A day of that month.
    fn day_of(&self, month: &str) -> chrono::NaiveDate {
        day(&format!("{month}-{:02}", 1 + self.day % 28))
    }
}

/// The months in which fewer than five lines were used.
fn months_of_few(count: u32) -> Commitment {
    let cost = CommitmentCost {
        lines: count,
        cost: Cents(count.into()),
    };
    Commitment {
        tiers: vec![Tier::Advanced],
        annual: Cents(1_399),
        monthly: Cents(1_999),
        demand: vec![(day("2026-08-01"), count), (day("2026-09-01"), count / 2)],
        today: None,
        best: cost,
        low: count,
        high: count,
        plateau: (count, count),
        break_even_months: count,
        curve: Vec::new(),
        assumptions: Vec::new(),
    }
}

/// The same findings in the ledger, on days of their own where nobody uses the line.
fn entry(finding: &Finding, life: &Life) -> LedgerEntry {
    LedgerEntry {
        finding_id: finding.finding_id.clone(),
        kind: finding.kind,
        account_id: finding.account_id.clone(),
        line_id: finding.line_id.clone(),
        cost_center: Some(life.name.clone()),
        tier: None,
        first_seen: finding.first_seen,
        last_seen: match finding.kind.is_waste_line() {
            true => life.day_of("2026-09"),
            false => day("2026-10-16"),
        },
        invoice_date: None,
        monthly_amount: finding.monthly_amount,
        currency: finding.currency,
        state: FindingState::Identified,
        approved_on: None,
        actioned_on: None,
        realised_on: None,
        slipped_back_on: None,
        taken_back_by: None,
        dismissed_on: None,
    }
}

/// A charge for somebody whom the list does not have.
fn ghost(finding: &Finding, life: &Life) -> Finding {
    let login = format!("{}7", life.letters() + ".g");
    Finding {
        finding_id: "ghost-charge-1".into(),
        kind: FindingKind::GhostCharge,
        line_id: None,
        subject: format!("extension {login} is billed but not in the inventory"),
        evidence: format!(
            "Invoice INV-10, row 12 of our file, bills extension {login}, which our inventory does not have."
        ),
        extension: Some(login),
        monthly_amount: Cents(999),
        amount_to_date: Cents(999),
        first_seen: day("2026-07-20"),
        confidence: "high".to_owned(),
        action: Action::Dispute,
        ..finding.clone()
    }
}

fn lived(statement: &Statement, lives: &[Life]) -> Statement {
    let mut statement = statement.clone();
    let mut lives = lives.iter().cycle();
    for (input, life) in statement.inputs.iter_mut().zip(lives.by_ref()) {
        (input.name, input.notes) = (format!("{}.csv", life.name), vec![life.name.clone()]);
    }
    for (row, life) in statement.quarantine.iter_mut().zip(lives.by_ref()) {
        (row.file, row.as_read) = (format!("{} (ill).csv", life.name), life.name.clone());
    }
    for account in &mut statement.accounts {
        let Some(centre) = lives.next().map(|life| format!("Vera{0} Kay{0}", life.letters())) else {
            return statement;
        };
        account.named_elsewhere.insert(centre.clone());
        // Whoever holds lines of one cost centre is counted, and by no other name.
        for (people, scored) in account.lines.iter_mut().enumerate() {
            let Some(life) = lives.next() else {
                return statement;
            };
            let on = Some(statement.as_of - chrono::Days::new(life.day));
            let holds = scored.line.has_user();
            let name = |what: &str| Some(format!("{what}{people}.{}", life.name)).filter(|_| holds);
            (scored.reason, scored.counterfactual) = (life.name.repeat(3), life.name.clone());
            let activity = &mut scored.activity;
            (
                activity.last_used_on,
                activity.last_outbound_on,
                activity.last_answered_on,
            ) = (on, on, on);
            (activity.last_missed_on, activity.first_used_on) = (on, on);
            (activity.days_silent, activity.known_days) = (life.count, life.count + 1);
            (activity.active_days_90, activity.calls_missed_90) = (life.count, life.count);
            if let Some(forecast) = &mut scored.forecast {
                (forecast.p_silent_30, forecast.p_silent_90) = (life.chance, life.chance);
            }
            // One waste verdict for another: the reason is the administrators'.
            if scored.verdict.is_waste() {
                let wasted = [
                    Verdict::Idle,
                    Verdict::NeverUsed,
                    Verdict::Unassigned,
                    Verdict::Leaver,
                ];
                scored.verdict = wasted[life.waste];
            }
            let line = &mut scored.line;
            (line.first_name, line.last_name, line.login_name) = (name("F"), name("L"), name("l"));
            (line.email, line.user_id) = (name("e"), name("u"));
            (line.department, line.location, line.role) = (name("d"), name("o"), name("r"));
            (line.manager_email, line.handset_registered_at) = (name("m"), on);
            line.cost_center = Some(format!("Team {centre}"));
            if let Some((first, last)) = line.first_name.as_ref().zip(line.last_name.as_ref()) {
                line.contract_id = Some(format!("Contract {first} {last} 2026"));
            }
        }
        for finding in &mut account.findings {
            let Some(life) = lives.next() else {
                return statement;
            };
            if finding.kind.is_waste_line() {
                let kinds = [
                    FindingKind::IdleLine,
                    FindingKind::NeverUsedLine,
                    FindingKind::LeaverLine,
                    FindingKind::ExtraLine,
                ];
                finding.kind = kinds[life.waste];
                (finding.evidence, finding.amount_to_date) = (life.name.repeat(2), Cents(life.count.into()));
                finding.confidence = ["high", "medium", "low", "low"][life.waste].to_owned();
                finding.first_seen = life.day_of("2026-09");
            }
        }
        let Some(life) = lives.next() else {
            return statement;
        };
        account.findings.push(ghost(&account.findings[0], life));
        account.ledger = account
            .findings
            .iter()
            .zip(lives.by_ref())
            .map(|(finding, life)| entry(finding, life))
            .collect();
        account.findings.sort_by_key(|finding| finding.kind);
        account.commitments = vec![months_of_few(life.count)];
        // Why a line has left the list says what its holder did.
        if let Some(life) = lives.next() {
            let causes = [
                ChangeCause::UsedAgain,
                ChangeCause::KeptByDecision,
                ChangeCause::HeldBack,
                ChangeCause::NotJudged,
            ];
            account.since_last = SinceLast::Compared(IdleChange {
                since: day("2026-10-15"),
                before: [Some(account.idle_monthly + Cents(2999))].into_iter().collect(),
                causes: vec![(causes[life.waste], [Some(Cents(-2999))].into_iter().collect())],
            });
        }
        account.notices = lives.next().map(|life| life.name.clone()).into_iter().collect();
    }
    for gate in &mut statement.gates {
        gate.detail = lives.next().map(|life| life.name.clone()).unwrap_or_default();
    }
    statement
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn finance_cannot_tell_who_holds_the_lines_and_when_they_called(
        one in proptest::collection::vec(life(), 20..40),
        other in proptest::collection::vec(life(), 20..40),
    ) {
        let night = night();
        let (one, other) = (sent(&lived(&night, &one)), sent(&lived(&night, &other)));
        for (one, other) in one.iter().zip(&other) {
            prop_assert!(one == other, "{} differs", one.0);
        }
    }
}
