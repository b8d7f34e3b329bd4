//! `portal_actions.csv`: what was decided and is still to be done, one row a step, in the words of the admin portal. Nothing
//! here is done by itself: no public API writes to the portal.

use chrono::NaiveDate;

use crate::domain::{
    AccountStatement, Cents, DecisionKind, Finding, FindingKind, FindingState, ScoredLine, Statement, Tier,
};
use crate::render::tables::lines::word;
use crate::render::values::columns::{Column, Context, column, csv_bytes};
use crate::render::values::withheld::printed_accounts;
use crate::render::words::figures;
use crate::render::{Cell, RenderError};

/// What was decided: on a line, or on a finding without one.
struct Decided<'a> {
    line: Option<&'a ScoredLine>,
    finding: Option<&'a Finding>,
}

/// A row.
struct Step {
    finding_id: Option<String>,
    line_id: Option<String>,
    extension: Option<String>,
    holder: Option<String>,
    decision: Option<DecisionKind>,
    owner: Option<String>,
    decided_on: Option<NaiveDate>,
    do_by: Option<NaiveDate>,
    words: String,
    monthly_saving: Option<Cents>,
    saves_from: Option<NaiveDate>,
}

/// Every decided step that is not done yet, the first deadline first.
pub fn portal_actions_csv(statement: &Statement) -> Result<Vec<u8>, RenderError> {
    let steps: Vec<(Context, Step)> = printed_accounts(statement)
        .iter()
        .flat_map(|account| {
            let decided = decided(account).into_iter();
            decided.map(move |decided| (Context { account }, decided.step()))
        })
        .collect();
    csv_bytes(COLUMNS, steps.iter().map(|(context, step)| (*context, step)))
}

/// Whether anything was decided that is still to be done.
pub(crate) fn any_is_due(statement: &Statement) -> bool {
    let mut accounts = printed_accounts(statement).iter();
    accounts.any(|account| !decided(account).is_empty())
}

fn decided(account: &AccountStatement) -> Vec<Decided<'_>> {
    let line_of = |finding: &Finding| {
        let of_line = |line: &&ScoredLine| finding.line_id.as_ref() == Some(&line.line.line_id);
        account
            .lines
            .iter()
            .find(of_line)
            .filter(|_| finding.kind.is_of_use())
    };
    let approved = account
        .findings
        .iter()
        .filter(|finding| finding.state == FindingState::Approved);
    let mut all: Vec<Decided> = approved
        .map(|finding| Decided {
            line: line_of(finding),
            finding: Some(finding),
        })
        .collect();
    // Decided on before, and no longer found: somebody must hear that nothing is to be taken.
    let off = account.lines.iter().filter(|line| {
        let step = matches!(
            line.decision,
            Some(DecisionKind::Reclaim | DecisionKind::Reassign | DecisionKind::Downgrade)
        );
        let mut findings = account.findings.iter().filter(|finding| finding.kind.is_of_use());
        step && !findings.any(|finding| finding.line_id.as_ref() == Some(&line.line.line_id))
    });
    all.extend(off.map(|line| Decided {
        line: Some(line),
        finding: None,
    }));
    all.sort_by_key(|decided| {
        (
            decided.deadline().unwrap_or(NaiveDate::MAX),
            decided.place().to_owned(),
        )
    });
    all
}

impl Decided<'_> {
    fn deadline(&self) -> Option<NaiveDate> {
        match (self.line, self.finding) {
            (Some(line), _) => figures::deadline(line),
            (None, finding) => finding.and_then(|finding| finding.notice_by.or(finding.recoverable_on)),
        }
    }

    fn place(&self) -> &str {
        let of_line = self.line.map(|line| line.line.extension.as_str());
        of_line
            .or_else(|| self.finding.map(|finding| finding.subject.as_str()))
            .unwrap_or_default()
    }

    fn step(&self) -> Step {
        let Decided { line, finding } = self;
        let of_finding = |finding: &&Finding| finding.monthly_amount;
        let made = finding.and_then(|finding| finding.decided.as_ref());
        Step {
            finding_id: finding.map(|finding| finding.finding_id.clone()),
            line_id: line.map(|line| line.line.line_id.clone()),
            extension: line.map(|line| line.line.extension.clone()),
            holder: line.map(|line| line.line.user_name()),
            decision: made
                .map(|made| made.decision)
                .or(line.and_then(|line| line.decision)),
            owner: match made {
                Some(made) => made.owner.clone(),
                None => line.and_then(|line| line.decision_owner.clone()),
            },
            decided_on: match made {
                Some(made) => made.decided_on,
                None => line.and_then(|line| line.decided_on),
            },
            do_by: self.deadline(),
            words: match (line, finding) {
                (Some(line), finding) => on_line(line, *finding),
                (None, finding) => finding.map(on_finding).unwrap_or_default(),
            },
            monthly_saving: match line {
                Some(line) => line.saving(),
                None => finding.as_ref().map(of_finding),
            },
            saves_from: line
                .and_then(|line| line.recoverable_on)
                .or(finding.and_then(|finding| finding.recoverable_on)),
        }
    }
}

fn on_line(line: &ScoredLine, finding: Option<&Finding>) -> String {
    let extension = &line.line.extension;
    let holder = line.line.user_name();
    let Some(finding) = finding else {
        return wait("the line is no longer found idle", line);
    };
    let made = finding.decided.as_ref();
    let decided_on = made.and_then(|made| made.decided_on);
    if finding.kind.is_waste_line() && decided_on.is_some() && line.activity.last_used_on >= decided_on {
        return wait("the line was used since it was decided on", line);
    }
    let notice = line
        .notice_by
        .map_or_else(String::new, |day| format!("Give notice by {day}. "));
    let numbers = match line.line.dids.is_empty() {
        true => String::new(),
        false => format!(
            " Its numbers ({}) go on being billed: release them, or give them to a queue or another line.",
            line.line.dids.join(", ")
        ),
    };
    let user = match holder.is_empty() {
        true => String::new(),
        false => format!("Phone System > Users: open {holder} and delete the user; "),
    };
    match made.map(|made| made.decision) {
        Some(DecisionKind::Reassign) => format!(
            "Phone System > Users: {}add the joiner as a new user on extension {extension}; settings of the former one do not carry \
             over well.",
            match holder.is_empty() {
                true => String::new(),
                false => format!("delete {holder}, then "),
            }
        ),
        _ if finding.kind == FindingKind::RightSize => format!(
            "{notice}Phone System > Extensions: open extension {extension} and set its calling plan to {}.",
            line.target_tier.map_or("the cheaper one", Tier::as_str)
        ),
        _ => format!(
            "{notice}{user}Phone System > Extensions: remove extension {extension}; without a user it would stay a paid seat.{numbers}"
        ),
    }
}

fn wait(why: &str, line: &ScoredLine) -> String {
    let last = line
        .activity
        .last_used_on
        .map_or_else(String::new, |day| format!(" (last on {day})"));
    format!("Wait: {why}{last}. Decide again before anything is taken.")
}

fn on_finding(finding: &Finding) -> String {
    match finding.kind {
        FindingKind::OrphanNumber => {
            format!("Phone System > Phone Numbers: release it. {}", finding.evidence)
        }
        FindingKind::AddonUnused | FindingKind::AddonRedundant => {
            format!("Add-ons: cancel it. {}", finding.evidence)
        }
        kind if kind.is_of_charge() => format!("Send to billing support: \"{}\"", finding.evidence),
        _ => finding.evidence.clone(),
    }
}

static COLUMNS: &[Column<Step>] = &[
    column("account_id", "The account.", |c, _| {
        Cell::text(&c.account.account_id)
    }),
    column("finding_id", "The finding that it settles.", |_, s| {
        Cell::maybe(&s.finding_id)
    }),
    column("line_id", "The line.", |_, s| Cell::maybe(&s.line_id)),
    column("extension", "Its extension.", |_, s| Cell::maybe(&s.extension)),
    column("holder", "Who holds it.", |_, s| Cell::maybe(&s.holder)),
    column("decision", "What was decided.", |_, s| {
        word(s.decision.map(|made| made.as_str()))
    }),
    column("owner", "Who decided.", |_, s| Cell::maybe(&s.owner)),
    column("decided_on", "When.", |_, s| Cell::day(s.decided_on)),
    column("do_by", "The last day, where there is one.", |_, s| {
        Cell::day(s.do_by)
    }),
    column("step", "What to click, or to send.", |_, s| Cell::text(&s.words)),
    column("monthly_saving", "What it saves a month.", |c, s| {
        s.monthly_saving
            .map_or(Cell::Blank, |saving| Cell::Money(saving, c.account.currency))
    }),
    column("currency", "Of the amount.", |c, _| {
        Cell::Text(c.account.currency.to_string())
    }),
    column("saves_from", "The first day without the charge.", |_, s| {
        Cell::day(s.saves_from)
    }),
];
