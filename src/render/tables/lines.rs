//! `lines.csv`: one row is one line, scored. Bears names: for admins and machines.

use crate::domain::{Cents, CostSource, ScoredLine, Statement};
use crate::render::values::columns::{
    Column, Context, Holds, amounts, chances, column, counts, csv_bytes, days,
};
use crate::render::values::withheld::printed_accounts;
use crate::render::{Cell, RenderError};

/// Every line of every account.
pub fn lines_csv(statement: &Statement) -> Result<Vec<u8>, RenderError> {
    let rows = printed_accounts(statement)
        .iter()
        .flat_map(|account| account.lines.iter().map(move |line| (Context { account }, line)));
    csv_bytes(COLUMNS, rows)
}

/// The same table by columns, for machines that want types instead of text.
pub fn lines_columns(statement: &Statement) -> Vec<(&'static str, Holds, Vec<Cell>)> {
    let cells = |column: &Column<ScoredLine>| {
        let of = |account| move |line| (column.cell)(&Context { account }, line);
        printed_accounts(statement)
            .iter()
            .flat_map(|account| account.lines.iter().map(of(account)))
            .collect()
    };
    COLUMNS
        .iter()
        .map(|column| (column.name, column.holds, cells(column)))
        .collect()
}

/// An amount, or nothing where no invoice, contract or price tells a cost: not known is not 0.
pub(crate) fn priced(context: &Context, line: &ScoredLine, amount: Cents) -> Cell {
    match line.cost.source {
        Some(_) => Cell::Money(amount, context.account.currency),
        None => Cell::Blank,
    }
}

pub(crate) fn word(word: Option<&'static str>) -> Cell {
    word.map_or(Cell::Blank, Cell::Word)
}

/// Placed and answered seconds as minutes, half up.
pub(crate) fn minutes_half_up(seconds: u64) -> u64 {
    seconds.saturating_add(30) / 60
}

/// The columns of `lines.csv`, in the order of the contract.
pub(crate) static COLUMNS: &[Column<ScoredLine>] = &[
    column("account_id", "The account.", |c, _| {
        Cell::text(&c.account.account_id)
    }),
    column(
        "line_id",
        "External id where known, else the extension; former holders as line_id@seat_since.",
        |_, l| Cell::text(&l.line.line_id),
    ),
    column("extension", "The billed extension.", |_, l| {
        Cell::text(&l.line.extension)
    }),
    column("user_id", "The holder's id in the phone system.", |_, l| {
        Cell::maybe(&l.line.user_id)
    }),
    column("user_name", "The holder's name, else login or e-mail.", |_, l| {
        Cell::text(&l.line.user_name())
    }),
    column("email", "The holder's e-mail.", |_, l| Cell::maybe(&l.line.email)),
    column("role", "The holder's role in the portal.", |_, l| {
        Cell::maybe(&l.line.role)
    }),
    column("status", "The seat's status in the inventory.", |_, l| {
        Cell::Word(l.line.status.as_str())
    }),
    column(
        "kind",
        "What the line is: a person's, or a lift's, a fax machine's ...",
        |_, l| word(l.line.kind.map(|kind| kind.as_str())),
    ),
    column("department", "The holder's department.", |_, l| {
        Cell::maybe(&l.line.department)
    }),
    column("cost_center", "The holder's cost centre.", |_, l| {
        Cell::maybe(&l.line.cost_center)
    }),
    column("location", "Where the line is.", |_, l| {
        Cell::maybe(&l.line.location)
    }),
    column(
        "tier",
        "Tier, from the newest invoice, the lines file or the contract.",
        |_, l| word(l.cost.tier.map(|tier| tier.as_str())),
    ),
    column("term", "Annual or monthly, from the same source.", |_, l| {
        word(l.cost.term.map(|term| term.as_str()))
    }),
    column("contract_id", "The contract that covers the line.", |_, l| {
        Cell::maybe(&l.line.contract_id)
    }),
    days("seat_since", "First day of this holder on this line.", |_, l| {
        Cell::day(l.line.seat_since)
    }),
    days(
        "first_used_on",
        "First known day with a call placed or answered.",
        |_, l| Cell::day(l.activity.first_used_on),
    ),
    days(
        "last_used_on",
        "Last known day with a call placed or answered.",
        |_, l| Cell::day(l.activity.last_used_on),
    ),
    days("last_outbound_on", "Last day with a call placed.", |_, l| {
        Cell::day(l.activity.last_outbound_on)
    }),
    days("last_answered_on", "Last day with a call answered.", |_, l| {
        Cell::day(l.activity.last_answered_on)
    }),
    days(
        "last_missed_on",
        "Last day with a call missed, voicemail included.",
        |_, l| Cell::day(l.activity.last_missed_on),
    ),
    counts(
        "days_silent",
        "Known calendar days after the last use; for a line never used, since it began.",
        |_, l| Cell::count(l.activity.days_silent),
    ),
    counts(
        "known_days",
        "Calendar days since the line began whose call data is complete.",
        |_, l| Cell::count(l.activity.known_days),
    ),
    counts(
        "active_days_30",
        "Days with use in the last 30 calendar days.",
        |_, l| Cell::count(l.activity.active_days_30),
    ),
    counts(
        "active_days_60",
        "Days with use in the last 60 calendar days.",
        |_, l| Cell::count(l.activity.active_days_60),
    ),
    counts(
        "active_days_90",
        "Days with use in the last 90 calendar days.",
        |_, l| Cell::count(l.activity.active_days_90),
    ),
    counts(
        "active_days_all",
        "Days with use since the line began.",
        |_, l| Cell::count(l.activity.active_days_all),
    ),
    counts("calls_out_90", "Calls placed in the last 90 days.", |_, l| {
        Cell::count(l.activity.calls_out_90)
    }),
    counts(
        "calls_answered_90",
        "Calls answered in the last 90 days.",
        |_, l| Cell::count(l.activity.calls_answered_90),
    ),
    counts(
        "calls_missed_90",
        "Calls missed in the last 90 days, voicemail and abandoned included.",
        |_, l| Cell::count(l.activity.calls_missed_90),
    ),
    counts(
        "minutes_90",
        "Minutes placed and answered in the last 90 days, half up.",
        |_, l| Cell::Count(minutes_half_up(l.activity.seconds_90)),
    ),
    chances(
        "p_silent_30",
        "Chance of silence for the next 30 days; blank by rule.",
        |_, l| {
            l.forecast
                .map_or(Cell::Blank, |forecast| Cell::Chance(forecast.p_silent_30))
        },
    ),
    chances(
        "p_silent_90",
        "Chance of silence for the next 90 days; blank by rule.",
        |_, l| {
            l.forecast
                .map_or(Cell::Blank, |forecast| Cell::Chance(forecast.p_silent_90))
        },
    ),
    counts(
        "idle_score",
        "0 to 100; by rule 50 times the silent known days over the window, so 50 is a line at the window.",
        |_, l| l.idle_score.map_or(Cell::Blank, Cell::count),
    ),
    column("verdict", "What the line is tonight; exactly one.", |_, l| {
        Cell::Word(l.verdict.as_str())
    }),
    column("reason", "Why, as a sentence that can be checked.", |_, l| {
        Cell::text(&l.reason)
    }),
    column(
        "counterfactual",
        "What would have changed the verdict.",
        |_, l| Cell::text(&l.counterfactual),
    ),
    amounts(
        "monthly_cost",
        "The line's own recurring charges for one month; blank where not known.",
        |c, l| priced(c, l, l.cost.monthly_cost),
    ),
    column("cost_source", "Where the cost comes from.", |_, l| {
        word(l.cost.source.map(|source| source.as_str()))
    }),
    amounts(
        "fees_share",
        "Fees and taxes that follow from the line's charges; not part of monthly_cost, blank where no invoice bills it.",
        |c, l| match l.cost.source {
            Some(CostSource::Invoice) => Cell::Money(l.cost.fees_share, c.account.currency),
            _ => Cell::Blank,
        },
    ),
    amounts(
        "expected_waste",
        "monthly_cost times the chance of silence for 90 days; blank by rule.",
        |c, l| {
            l.expected_waste
                .map_or(Cell::Blank, |amount| Cell::Money(amount, c.account.currency))
        },
    ),
    column("currency", "Of every amount in the row.", |c, _| {
        Cell::Text(c.account.currency.to_string())
    }),
    column("action", "The proposed step.", |_, l| {
        Cell::Word(l.action.as_str())
    }),
    column(
        "target_tier",
        "The cheaper tier, for a downgrade; beside keep, a question to the holder.",
        |_, l| word(l.target_tier.map(|tier| tier.as_str())),
    ),
    amounts(
        "monthly_saving",
        "What the step saves a month: the seat and its add-ons; numbers only when released. Of a cheaper tier, the difference.",
        |c, l| priced(c, l, l.monthly_saving),
    ),
    column("recoverable", "When the money comes back.", |_, l| {
        Cell::Word(l.recoverable.as_str())
    }),
    days("recoverable_on", "The first day without the charge.", |_, l| {
        Cell::day(l.recoverable_on)
    }),
    days(
        "notice_by",
        "The last day to give notice; that day still counts.",
        |_, l| Cell::day(l.notice_by),
    ),
    amounts(
        "exposure_to_term_end",
        "What an idle annual line still costs until its term ends.",
        |c, l| {
            l.exposure_to_term_end
                .map_or(Cell::Blank, |amount| priced(c, l, amount))
        },
    ),
    column("decision", "The decision in force.", |_, l| {
        word(l.decision.map(|decision| decision.as_str()))
    }),
    days("decision_expires_on", "Its last day.", |_, l| {
        Cell::day(l.decision_expires_on)
    }),
    column(
        "model",
        "Where its chances come from: fitted to the account's lines, prior (too few to fit), or rule (a window, no chance).",
        |_, l| Cell::Word(l.model.as_str()),
    ),
];
