//! What admins read of one account: the action list first. Bears names.

pub(super) mod ask;
pub(super) mod details;
pub(super) mod set_aside;

use crate::render::Cell;
use crate::render::backtest;
use crate::render::for_finance::{FinanceAccount, FinanceNight};
use crate::render::page::{Block, Heading, Item, Section, Table, figure, words};
use crate::render::values::cell::Told;
use crate::render::values::spark::Spark;

use crate::domain::{AccountStatement, Finding, Recoverable, ScoredLine, Statement, Verdict, counted};
use crate::render::values::{cell, plain};
use crate::render::words::{figures, sentences};

pub(super) fn block(
    statement: &Statement,
    account: &AccountStatement,
    (night, shown): (&FinanceNight<'_>, &FinanceAccount<'_>),
    prefix: &str,
) -> Block {
    let section = |name: &str, heading, items| Section {
        id: format!("{prefix}-{name}"),
        heading,
        items,
    };
    let mut block = Block {
        heading: sentences::account_heading(shown),
        sections: vec![
            section(
                "actions",
                "Lines to act on",
                action_items(statement, account, (night, shown), prefix),
            ),
            section("review", "Lines to look at", review_items(account, prefix)),
            section("notices", "Decisions and notices", notice_items(account)),
            section(
                "protected",
                "Protected lines without calls",
                protected_items(account, prefix),
            ),
            section("right", backtest::HEADING, backtest::admin_items(shown)),
        ],
    };
    let questions = tier_items(account, prefix);
    if !questions.is_empty() {
        let cheaper = section("tiers", "Holders to ask about a cheaper tier", questions);
        block.sections.insert(2, cheaper);
    }
    block
}

/// Questions, apart from the list of lines to act on: they save nothing until somebody has answered.
fn tier_items(account: &AccountStatement, prefix: &str) -> Vec<Item> {
    let asked = figures::tier_questions(account);
    if asked.is_empty() {
        return Vec::new();
    }
    let row = |(line, finding): &(&ScoredLine, &Finding)| {
        vec![
            line_cell(line),
            holder(line),
            Cell::Word(plain::tier(line.target_tier)),
            Cell::Money(finding.monthly_amount, finding.currency),
            Cell::text(&finding.evidence),
        ]
    };
    vec![
        Item::Text(
            "What the data cannot show may stand between: nothing of this is counted as a saving. After the answer, write downgrade or \
             keep beside the line's row in admin_findings.csv, and hand it back."
                .to_owned(),
        ),
        Item::Table(Table {
            id: format!("{prefix}-tiers-table"),
            caption: "Lines in use whose calls and devices need no more than a cheaper tier".to_owned(),
            columns: vec![
                words("Line"),
                words("Holder"),
                words("Tier"),
                figure("Would save a month"),
                words("Evidence"),
            ],
            rows: asked.iter().map(row).collect(),
            total: None,
            whole_in: "admin_findings.csv",
            wide: true,
            sortable: true,
        }),
    ]
}

const HOW_TO_READ: &str = "The small picture is the last year: one bar a week, as high as its days with a call placed or answered; a low \
                           bar in another colour for calls that nobody answered, a pale one where calls are not known. Deleting a user \
                           also deletes voicemails, greetings and settings; its numbers go on being billed until they are released.";

fn action_items(
    statement: &Statement,
    account: &AccountStatement,
    (night, shown): (&FinanceNight<'_>, &FinanceAccount<'_>),
    prefix: &str,
) -> Vec<Item> {
    let list = figures::action_list(account);
    let mut items = vec![
        Item::Lead(sentences::deadline(shown, night)),
        Item::Text(sentences::idle(shown)),
        Item::Text(details::health(statement)),
    ];
    items.extend(details::warnings(statement).into_iter().map(Item::Warning));
    if list.is_empty() {
        items.push(Item::Text("Nothing to act on tonight.".to_owned()));
        return items;
    }
    items.push(Item::Text(
        "Ordered by deadline, then money. Fill in the last five columns of idle_seats.csv (decision: keep with a last day, reclaim, \
         reassign, downgrade or dismiss) and hand the file back to whoever runs quietline, who puts it into the folder for decisions."
            .to_owned(),
    ));
    items.push(Item::Small(HOW_TO_READ.to_owned()));
    items.push(Item::Table(Table {
        id: format!("{prefix}-action-table"),
        caption: format!(
            "{} to act on, the first deadline first",
            cell::counted(list.len() as u32, "line", "lines")
        ),
        columns: ACTION_COLUMNS.to_vec(),
        rows: list.iter().map(|line| action_row(account, line)).collect(),
        total: None,
        whole_in: "idle_seats.csv",
        wide: true,
        sortable: true,
    }));
    items
}

const ACTION_COLUMNS: &[Heading] = &[
    words("Act by"),
    words("Line and holder"),
    words("Proposed step"),
    figure("Saves a month"),
    words("When it comes back"),
    words("Calls of the last year"),
    words("Why"),
];

fn action_row(account: &AccountStatement, line: &ScoredLine) -> Vec<Cell> {
    vec![
        act_by(line),
        line_and_holder(line),
        step(account, line),
        Cell::known(line.saving(), account.currency),
        recovery(account, line),
        calls(line),
        why(account, line),
    ]
}

fn act_by(line: &ScoredLine) -> Cell {
    figures::act_by(line.notice_by, line.recoverable_on, line.recoverable)
}

/// A link to the page may end in `#line-134`.
fn line_and_holder(line: &ScoredLine) -> Cell {
    let mut parts = vec![format!("ext. {}", line.line.extension)];
    parts.extend(holder_lines(line));
    parts.extend(line_lines(line));
    Cell::Told(Box::new(Told {
        lines: parts,
        anchor: Some(anchor(&line.line.line_id)),
        ..Told::default()
    }))
}

/// An id of letters that every browser takes.
fn anchor(line_id: &str) -> String {
    let plain = |letter: char| match letter.is_ascii_alphanumeric() || "-_.".contains(letter) {
        true => letter,
        false => '_',
    };
    format!("line-{}", line_id.chars().map(plain).collect::<String>())
}

fn line_cell(line: &ScoredLine) -> Cell {
    let head = format!("ext. {}", line.line.extension);
    Cell::lines([vec![head], line_lines(line)].concat())
}

/// What the line is: id, kind, tier, term, numbers.
fn line_lines(line: &ScoredLine) -> Vec<String> {
    let mut parts = Vec::new();
    if line.line.line_id != line.line.extension {
        parts.push(format!("line {}", line.line.line_id));
    }
    parts.push(format!(
        "{}, {} {}",
        plain::kind(line.line.kind),
        plain::tier(line.cost.tier),
        plain::term(line.cost.term)
    ));
    match line.line.dids.len() {
        0 => {}
        1..=3 => parts.push(format!("numbers {}", line.line.dids.join(", "))),
        many => parts.push(format!("{many} numbers")),
    }
    parts
}

fn holder(line: &ScoredLine) -> Cell {
    Cell::lines(holder_lines(line))
}

fn holder_lines(line: &ScoredLine) -> Vec<String> {
    let name = line.line.user_name();
    if name.trim().is_empty() {
        return vec!["nobody holds it".to_owned()];
    }
    let email = line.line.email.clone().filter(|email| *email != name);
    [Some(name), email, line.line.department.clone()]
        .into_iter()
        .flatten()
        .collect()
}

fn step(account: &AccountStatement, line: &ScoredLine) -> Cell {
    let mut parts = vec![plain::step(line).to_owned()];
    parts.extend(line.target_tier.map(|tier| format!("to {tier}")));
    parts.push(format!("({})", plain::verdict(line.verdict)));
    let found = account
        .findings
        .iter()
        .find(|finding| finding.line_id.as_ref() == Some(&line.line.line_id) && finding.kind.is_waste_line());
    parts.extend(found.map(|finding| format!("listed since {}", finding.first_seen)));
    let to = match (&line.lapsed_keep, &line.line.email) {
        (Some(_), _) => "write to whoever kept it",
        (None, Some(_)) => "write to the holder",
        (None, None) => "write to the manager",
    };
    Cell::Told(Box::new(Told {
        lines: parts,
        link: ask::mailto(account, line).map(|href| (href, to)),
        ..Told::default()
    }))
}

fn recovery(account: &AccountStatement, line: &ScoredLine) -> Cell {
    let mut parts = vec![plain::recoverable(line.recoverable).to_owned()];
    parts.extend(line.recoverable_on.map(|day| format!("from {day}")));
    parts.extend(line.notice_by.map(|day| format!("notice by {day}")));
    if line.recoverable == Recoverable::Undetermined {
        parts.push("which contract covers it?".to_owned());
    }
    if line.cost.source.is_some() {
        parts.push(format!(
            "costs {} a month",
            cell::money(line.cost.monthly_cost, account.currency)
        ));
    }
    let exposure = line.exposure_to_term_end.filter(|amount| !amount.is_zero());
    parts.extend(
        exposure.map(|amount| format!("{} until the term ends", cell::money(amount, account.currency))),
    );
    Cell::lines(parts)
}

fn calls(line: &ScoredLine) -> Cell {
    let activity = &line.activity;
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(|| "never".to_owned(), |day| day.to_string());
    let known = counted(activity.known_days, "known day", "known days");
    let mut parts = vec![
        format!("silent on {} of {known}", activity.days_silent),
        format!("placed {}", day(activity.last_outbound_on)),
        format!("answered {}", day(activity.last_answered_on)),
        format!(
            "missed {}, {} in 90 days",
            day(activity.last_missed_on),
            activity.calls_missed_90
        ),
    ];
    let gap = activity.usual_gap_business_days;
    parts.extend(gap.map(|gap| {
        format!(
            "usual gap {}",
            cell::counted(gap, "business day", "business days")
        )
    }));
    Cell::Told(Box::new(Told {
        lines: parts,
        picture: Spark::of(&activity.year),
        ..Told::default()
    }))
}

fn why(account: &AccountStatement, line: &ScoredLine) -> Cell {
    let mut parts = line.cautions.clone();
    parts.extend([line.reason.clone(), line.counterfactual.clone()]);
    // The reason of a line judged by its chances has them already.
    let judged_by_them = matches!(line.verdict, Verdict::Idle | Verdict::Watch | Verdict::InUse);
    if let Some(forecast) = line.forecast.as_ref().filter(|_| !judged_by_them) {
        parts.push(format!(
            "Chance of 90 more silent days {}; removing it tonight costs {} on an average.",
            cell::percent(forecast.p_silent_90.into(), 1_000_000),
            cell::money(forecast.price_of_removing, account.currency)
        ));
    }
    if let Some(decision) = line.decision {
        let until = line
            .decision_expires_on
            .map(|day| format!(" until {day}"))
            .unwrap_or_default();
        parts.push(format!("Decision in force: {decision}{until}."));
    }
    Cell::lines(parts.into_iter().filter(|part| !part.trim().is_empty()).collect())
}

fn review_items(account: &AccountStatement, prefix: &str) -> Vec<Item> {
    let list = figures::review_list(account);
    if list.is_empty() {
        return vec![Item::Text("No line waits for a look.".to_owned())];
    }
    vec![Item::Table(short_table(
        account,
        format!("{prefix}-review-table"),
        "Lines that nothing can be said of before somebody looks",
        &list,
    ))]
}

fn protected_items(account: &AccountStatement, prefix: &str) -> Vec<Item> {
    let list = figures::silent_protected(account);
    if list.is_empty() {
        let all = account.count(Verdict::Protected);
        let text = match all {
            0 => "No line is of a protected kind.".to_owned(),
            1 => "The one line of a protected kind had calls in the last 90 days.".to_owned(),
            _ => format!("All {all} lines of a protected kind had calls in the last 90 days."),
        };
        return vec![Item::Text(text)];
    }
    vec![
        Item::Text("A lift or an alarm is silent for years and must not be removed for it: check that they are still wanted.".to_owned()),
        Item::Table(short_table(account, format!("{prefix}-protected-table"), "Protected lines without a call in 90 days", &list)),
    ]
}

fn short_table(account: &AccountStatement, id: String, caption: &str, list: &[&ScoredLine]) -> Table {
    let row = |line: &&ScoredLine| vec![line_cell(line), holder(line), calls(line), why(account, line)];
    Table {
        id,
        caption: caption.to_owned(),
        columns: vec![
            words("Line"),
            words("Holder"),
            words("Calls of the last year"),
            words("Why"),
        ],
        rows: list.iter().map(row).collect(),
        total: None,
        whole_in: "lines.csv",
        wide: true,
        sortable: true,
    }
}

fn notice_items(account: &AccountStatement) -> Vec<Item> {
    let mut notices = account.notices.clone();
    if account.seatless_users > 0 {
        notices.push(format!(
            "{} without an extension: no line, no cost.",
            cell::counted(account.seatless_users, "user", "users")
        ));
    }
    if notices.is_empty() {
        vec![Item::Text("Nothing to report.".to_owned())]
    } else {
        vec![Item::List(notices)]
    }
}
