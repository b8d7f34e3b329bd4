//! What becomes of findings from night to night: approved, acted on, proven by a later invoice, lost again, dismissed.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{Days, NaiveDate};

use crate::domain::{
    Action, Cents, Decision, Finding, FindingKind, FindingState, LedgerEntry, Made, Recoverable, ScoredLine,
    Verdict,
};
use crate::steps::bill::proof::Proof;
use crate::steps::finding::waste_line_id;

/// Days after a saving in which the same cost coming back takes it away again.
const SLIPS_BACK_WITHIN: u64 = 90;

/// All that bears on the fate of findings tonight.
pub struct Tonight<'a> {
    /// Every line, by its id.
    pub lines: HashMap<&'a str, &'a ScoredLine>,
    /// Decisions in force by finding id, and on lines by line id.
    pub on_findings: &'a HashMap<&'a str, &'a Decision>,
    pub on_lines: &'a HashMap<&'a str, &'a Decision>,
    pub proof: Option<&'a Proof>,
    pub as_of: NaiveDate,
}

/// Brings the ledger up to tonight, and tells each of tonight's findings its first day and state. What is dismissed leaves its
/// bucket. Entries that a later night has written stay as they are.
pub fn ledger(kept: &[LedgerEntry], findings: &mut [Finding], tonight: &Tonight<'_>) -> Vec<LedgerEntry> {
    let mut entries: BTreeMap<String, LedgerEntry> = kept
        .iter()
        .map(|entry| (entry.finding_id.clone(), entry.clone()))
        .collect();
    let found: HashSet<String> = findings
        .iter()
        .map(|finding| finding.finding_id.clone())
        .collect();
    // A night made up for after a later one knows less than the ledger does: it only adds what it found first.
    let is_late = kept.iter().any(|entry| entry.newest_day() > tonight.as_of);
    for finding in findings.iter_mut() {
        let is_new = !entries.contains_key(&finding.finding_id);
        let entry = entries
            .entry(finding.finding_id.clone())
            .or_insert_with(|| tonight.new_entry(finding));
        entry.first_seen = entry.first_seen.min(tonight.as_of);
        finding.first_seen = entry.first_seen.min(tonight.as_of);
        finding.state = match is_new || !is_late {
            true => tonight.found_again(entry, finding),
            // What had been decided by then holds for its report; the ledger keeps what later nights know.
            false => tonight.found_again(&mut as_known_on(tonight.as_of, entry), finding),
        };
        if finding.state == FindingState::Dismissed {
            finding.recoverable = Recoverable::None;
            finding.recoverable_on = None;
            finding.notice_by = None;
            finding.action = Action::Keep;
        }
    }
    let here: HashSet<String> = tonight
        .lines
        .values()
        .map(|line| waste_line_id(&line.line))
        .collect();
    for entry in entries
        .values_mut()
        .filter(|entry| !is_late && !found.contains(&entry.finding_id))
    {
        tonight.not_found(entry, &here);
    }
    let mut entries: Vec<LedgerEntry> = entries.into_values().collect();
    if !is_late {
        tonight.bought_again(&mut entries);
    }
    count_once(&mut entries);
    entries
}

/// An entry without what happened after that day.
fn as_known_on(as_of: NaiveDate, entry: &LedgerEntry) -> LedgerEntry {
    let by_then = |on: Option<NaiveDate>| on.filter(|on| *on <= as_of);
    LedgerEntry {
        approved_on: by_then(entry.approved_on),
        actioned_on: by_then(entry.actioned_on),
        realised_on: by_then(entry.realised_on),
        slipped_back_on: by_then(entry.slipped_back_on),
        dismissed_on: by_then(entry.dismissed_on),
        ..entry.clone()
    }
}

/// A line that was removed and is billed all the same is asked back; its money stands in the ledger as the line's already.
fn count_once(entries: &mut [LedgerEntry]) {
    let removed: HashSet<String> = entries
        .iter()
        .filter(|entry| entry.kind.is_waste_line() && entry.actioned_on.is_some())
        .filter_map(|entry| entry.line_id.clone())
        .collect();
    let again = |entry: &&mut LedgerEntry| {
        let line_id = entry.line_id.as_ref();
        entry.kind == FindingKind::BilledAfterRemoval
            && line_id.is_some_and(|line_id| removed.contains(line_id))
    };
    for entry in entries.iter_mut().filter(again) {
        entry.monthly_amount = Cents::ZERO;
    }
}

impl Tonight<'_> {
    fn new_entry(&self, finding: &Finding) -> LedgerEntry {
        LedgerEntry {
            finding_id: finding.finding_id.clone(),
            kind: finding.kind,
            account_id: finding.account_id.clone(),
            line_id: finding.line_id.clone(),
            cost_center: None,
            tier: None,
            first_seen: self.as_of,
            last_seen: self.as_of,
            invoice_date: None,
            monthly_amount: finding.monthly_amount,
            currency: finding.currency,
            state: finding.state,
            approved_on: None,
            actioned_on: None,
            realised_on: None,
            slipped_back_on: None,
            taken_back_by: None,
            dismissed_on: None,
        }
    }

    fn found_again(&self, entry: &mut LedgerEntry, finding: &mut Finding) -> FindingState {
        let line = self.line(finding.line_id.as_deref());
        entry.kind = finding.kind;
        entry.last_seen = self.as_of;
        entry.invoice_date = self.proof.map(|proof| proof.invoice_date);
        entry.cost_center = line.and_then(|line| line.line.cost_center.clone());
        entry.tier = line.and_then(|line| line.cost.tier);
        let booked = finding.recoverable != Recoverable::None || finding.state == FindingState::Dismissed;
        // What has been acted on keeps its money: the ledger never takes back what it has said.
        let is_open = entry.actioned_on.is_none();
        if is_open || finding.monthly_amount > entry.monthly_amount {
            entry.monthly_amount = match booked {
                true => finding.monthly_amount,
                false => Cents::ZERO,
            };
        }
        let is_billed = |line_id: &String| self.proof.is_some_and(|proof| proof.seats.contains_key(line_id));
        let is_charged = !finding.monthly_amount.is_zero()
            && (!finding.kind.is_waste_line() || finding.line_id.as_ref().is_some_and(is_billed));
        let decision = self.decision_on(finding);
        let is_dismissed = finding.state == FindingState::Dismissed
            || decision.is_some_and(|made| made.decision.sets_aside());
        finding.decided = decision.map(|made| Made {
            decision: made.decision,
            owner: made.owner.clone(),
            decided_on: made.decided_on,
        });
        let lately = |day: NaiveDate| self.as_of <= day + Days::new(SLIPS_BACK_WITHIN);
        // Also of what slips back: it is disputed, or taken away, once more.
        if decision.is_some() && !is_dismissed {
            entry.approved_on.get_or_insert(self.as_of);
        }
        entry.state = if is_dismissed {
            entry.dismissed_on.get_or_insert(self.as_of);
            FindingState::Dismissed
        } else if is_charged
            && (entry.slipped_back_on.is_some_and(lately) || entry.realised_on.is_some_and(lately))
        {
            entry.slipped_back_on.get_or_insert(self.as_of);
            FindingState::SlippedBack
        } else if decision.is_some() {
            FindingState::Approved
        } else {
            FindingState::Identified
        };
        entry.state
    }

    /// Of its own decision and its line's the later; the line's where it speaks of what was found.
    fn decision_on(&self, finding: &Finding) -> Option<&Decision> {
        let by_id = self.on_findings.get(finding.finding_id.as_str()).copied();
        let by_line = || self.on_lines.get(finding.line_id.as_deref()?).copied();
        let by_line =
            by_line().filter(|made| finding.kind.is_of_use() && finding.kind.is_settled_by(made.decision));
        by_id.into_iter().chain(by_line).max_by_key(|made| made.age())
    }

    fn line(&self, line_id: Option<&str>) -> Option<&ScoredLine> {
        self.lines.get(line_id?).copied()
    }

    /// `here` holds the ids that findings on the present holders' lines would have.
    fn not_found(&self, entry: &mut LedgerEntry, here: &HashSet<String>) {
        use FindingState::*;
        if matches!(entry.state, Expired | SlippedBack) {
            return;
        }
        let line = self.line(entry.line_id.as_deref());
        let was_saved = entry.realised_on.is_some();
        match entry.kind {
            kind if kind.is_waste_line() => match line {
                Some(_) if !was_saved && here.contains(&entry.finding_id) => entry.state = Expired,
                // Somebody else's line now: nobody has to buy a new one, and no invoice will ever show it.
                Some(_) if !was_saved => self.acted_on(entry),
                // Gone, or back in the list: then the next invoice that bears it takes the saving back.
                _ => {
                    self.acted_on(entry);
                    self.prove(entry, |proof, line_id| proof.seats.contains_key(line_id));
                }
            },
            FindingKind::RightSize => match line {
                Some(line) if was_saved || line.line.tier < entry.tier => {
                    self.acted_on(entry);
                    let tier = entry.tier;
                    self.prove(entry, |proof, line_id| {
                        proof.seats.get(line_id).is_some_and(|billed| *billed >= tier)
                    });
                }
                None if was_saved => {}
                _ => entry.state = Expired,
            },
            kind if kind.is_of_charge() => {
                let is_before = |date: NaiveDate| entry.invoice_date.is_none_or(|earlier| earlier < date);
                match self.proof.filter(|proof| is_before(proof.invoice_date)) {
                    _ if entry.state == Realised => {}
                    Some(proof) if proof.is_complete => {
                        entry.actioned_on.get_or_insert(self.as_of);
                        entry.realised_on.get_or_insert(self.as_of);
                        entry.state = Realised;
                    }
                    // What half of a bill does not show waits for the next.
                    Some(_) => {}
                    // The same invoice, seen with other eyes: a list or a contract was put right.
                    None => entry.state = Expired,
                }
            }
            _ => entry.state = Expired,
        }
    }

    fn acted_on(&self, entry: &mut LedgerEntry) {
        entry.actioned_on.get_or_insert(self.as_of);
        if entry.state != FindingState::Realised {
            entry.state = FindingState::Actioned;
        }
    }

    /// Only an invoice made after the step can prove it; one that bears the charge again soon after takes it back.
    fn prove(&self, entry: &mut LedgerEntry, is_billed: impl Fn(&Proof, &str) -> bool) {
        let (Some(proof), Some(actioned)) = (self.proof, entry.actioned_on) else {
            return;
        };
        let is_billed = is_billed(proof, entry.line_id.as_deref().unwrap_or_default());
        match entry.realised_on {
            None => {
                let is_later = entry.invoice_date.is_none_or(|date| date < proof.invoice_date);
                if is_later && proof.is_complete && proof.invoice_date >= actioned && !is_billed {
                    entry.realised_on = Some(self.as_of);
                    entry.state = FindingState::Realised;
                }
            }
            Some(realised) => {
                if is_billed && self.as_of <= realised + Days::new(SLIPS_BACK_WITHIN) {
                    self.slipped(entry);
                }
            }
        }
    }

    fn slipped(&self, entry: &mut LedgerEntry) {
        entry.slipped_back_on.get_or_insert(self.as_of);
        entry.state = FindingState::SlippedBack;
    }

    /// A new line for the same cost centre takes back one saving, the oldest first, and no other ever after. A line that was
    /// itself saved takes back its own, once it is billed.
    fn bought_again(&self, entries: &mut [LedgerEntry]) {
        let spent: HashSet<String> = entries
            .iter()
            .filter_map(|entry| {
                let own = entry.line_id.as_ref().filter(|_| entry.realised_on.is_some());
                entry.taken_back_by.as_ref().or(own).cloned()
            })
            .collect();
        let mut new_lines: Vec<(&ScoredLine, NaiveDate)> = self
            .lines
            .values()
            .filter_map(|line| Some((*line, line.activity.since?)))
            .filter(|(line, since)| *since <= self.as_of && !spent.contains(&line.line.line_id))
            .collect();
        new_lines.sort_unstable_by_key(|(line, since)| (*since, line.line.line_id.as_str()));
        let mut saved: Vec<&mut LedgerEntry> = entries
            .iter_mut()
            .filter(|entry| entry.state == FindingState::Realised && entry.kind.is_waste_line())
            .collect();
        saved.sort_by_key(|entry| (entry.actioned_on, entry.finding_id.clone()));
        for entry in saved {
            let (Some(center), Some(actioned)) = (entry.cost_center.as_deref(), entry.actioned_on) else {
                continue;
            };
            let soon = actioned + Days::new(SLIPS_BACK_WITHIN);
            let taken = new_lines.iter().position(|(line, since)| {
                line.line.cost_center.as_deref() == Some(center) && *since > actioned && *since <= soon
            });
            if let Some(taken) = taken {
                let (line, _) = new_lines.remove(taken);
                entry.taken_back_by = Some(line.line.line_id.clone());
                self.slipped(entry);
            }
        }
    }
}

/// A line whose finding was dismissed asks nobody for anything; its verdict and its cost stay what they are.
pub fn set_aside_dismissed(lines: &mut [ScoredLine], findings: &[Finding]) {
    let dismissed: HashSet<&str> = findings
        .iter()
        .filter(|finding| finding.state == FindingState::Dismissed)
        .filter(|finding| finding.kind.is_of_use())
        .filter_map(|finding| finding.line_id.as_deref())
        .collect();
    for line in lines
        .iter_mut()
        .filter(|line| dismissed.contains(line.line.line_id.as_str()) && line.verdict != Verdict::Exempt)
    {
        line.action = Action::Keep;
        line.monthly_saving = Cents::ZERO;
        line.recoverable = Recoverable::None;
        line.recoverable_on = None;
        line.notice_by = None;
        line.target_tier = None;
        line.reason.push_str(" Dismissed by decision.");
    }
}
