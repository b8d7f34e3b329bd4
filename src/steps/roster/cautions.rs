//! What whoever acts on a line must know beside its verdict: a decision on it that could not be read, and sheets that nobody read.

use crate::domain::{
    AccountStatement, DecisionKind, InputRead, Line, ScoredLine, TableName, UnreadDecision, extension_name,
};
use crate::steps::finding::waste_line_id;
use crate::steps::roster::line_ids::is_named_in;

/// Extensions that a notice names.
const MOST_NAMED: usize = 20;

/// Puts each caution at the lines that it concerns, and all of them among the account's notices.
pub fn caution<'a>(
    statement: &mut AccountStatement,
    unread: &[UnreadDecision],
    inputs: impl IntoIterator<Item = &'a InputRead>,
) {
    let account_id = statement.account_id.clone();
    for made in unread.iter().filter(|made| may_be_of(made, &account_id)) {
        let told = format!(
            "The decision {:?} in {} could not be read and does not hold ({}): correct it there, and hand the list back.",
            made.decision, made.origin, made.reason
        );
        let by_finding = statement.findings.iter().find(|finding| {
            made.finding_id.as_deref() == Some(finding.finding_id.as_str()) && finding.line_id.is_some()
        });
        let by_finding = by_finding.and_then(|finding| finding.line_id.clone());
        let is_on =
            |line: &ScoredLine| Some(&line.line.line_id) == by_finding.as_ref() || names(made, &line.line);
        for line in statement.lines.iter_mut().filter(|line| is_on(line)) {
            line.cautions.push(told.clone());
        }
        statement.notices.push(told);
    }
    for input in inputs {
        not_read(statement, input);
    }
}

/// The names of the lines that decisions may leave to their holders which could not be read: until they can be, nobody knows.
pub fn perhaps_kept<'a>(
    account_id: &'a str,
    lines: &'a [Line],
    unread: &'a [UnreadDecision],
) -> impl Iterator<Item = String> {
    let may_keep = move |made: &&UnreadDecision| {
        let word: Option<DecisionKind> = made.decision.trim().to_lowercase().parse().ok();
        may_be_of(made, account_id) && word.is_none_or(DecisionKind::sets_aside)
    };
    unread.iter().filter(may_keep).flat_map(move |made| {
        let is_on = move |line: &&Line| line.seat_until.is_none() && names(made, line);
        let on = lines.iter().filter(is_on);
        on.map(|line| extension_name(&line.extension))
    })
}

fn may_be_of(made: &UnreadDecision, account_id: &str) -> bool {
    made.account_id.as_ref().is_none_or(|other| other == account_id)
}

/// Whether it is on this line: by whatever stands for the line, or by the finding that the line is wasted.
fn names(made: &UnreadDecision, line: &Line) -> bool {
    let by_finding = made
        .finding_id
        .as_ref()
        .is_some_and(|id| *id == waste_line_id(line));
    by_finding
        || made
            .line_id
            .as_deref()
            .is_some_and(|named| is_named_in(named, line))
}

fn not_read(statement: &mut AccountStatement, input: &InputRead) {
    let Some(unread) = input.sheets_told() else {
        return;
    };
    let decisions = input.table == TableName::Decisions.as_str();
    let what = match decisions {
        true => "A keep",
        false if input.table == TableName::Directory.as_str() => "A leave or a departure",
        false => {
            statement.notices.push(format!(
                "{unread}. What stands there is not part of this report (job key sheet names another one)."
            ));
            return;
        }
    };
    let told = format!("{unread}. {what} that stands there does not hold.");
    let could_concern =
        |line: &&mut ScoredLine| line.verdict.is_waste() && (decisions || line.line.has_user());
    let mut extensions = Vec::new();
    for line in statement.lines.iter_mut().filter(could_concern) {
        line.cautions.push(told.clone());
        extensions.push(line.line.extension.clone());
    }
    let more = match extensions.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    extensions.truncate(MOST_NAMED);
    let concerned = match extensions.is_empty() {
        true => "It concerns no line that is to be acted on tonight.".to_owned(),
        false => format!("It could concern extension {}{more}.", extensions.join(", ")),
    };
    statement.notices.push(format!("{told} {concerned}"));
}

/// Tells whoever acts on a line what `caution` says of it; gives the extensions of the lines told.
pub(in crate::steps) fn caution_waste(
    statement: &mut AccountStatement,
    caution: impl Fn(&ScoredLine) -> Option<String>,
) -> Vec<String> {
    let mut extensions = Vec::new();
    for line in statement.lines.iter_mut().filter(|line| line.verdict.is_waste()) {
        if let Some(told) = caution(line) {
            line.cautions.push(told);
            extensions.push(line.line.extension.clone());
        }
    }
    extensions
}
