//! `idle_seats.csv`: one row is a line on which somebody has to act; the last columns are filled in and handed back.

use crate::domain::{ScoredLine, Statement};
use crate::render::admins::ask;
use crate::render::tables::lines::{priced, word};
use crate::render::values::columns::{Column, Context, column, csv_bytes};
use crate::render::values::withheld::printed_accounts;
use crate::render::words::figures;
use crate::render::{Cell, RenderError};

/// Spreadsheet programs read UTF-8 only with this mark; a holder's name mangled by them would come back as another holder.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The action list: account by account, by deadline, then money.
pub fn idle_seats_csv(statement: &Statement) -> Result<Vec<u8>, RenderError> {
    let rows = printed_accounts(statement).iter().flat_map(|account| {
        figures::action_list(account)
            .into_iter()
            .map(move |line| (Context { account }, line))
    });
    Ok([BYTE_ORDER_MARK, &csv_bytes(COLUMNS, rows)?].concat())
}

/// The columns of `idle_seats.csv`. The verdict's reason is called `why`: `reason` is the decision's when the file comes back.
pub(crate) static COLUMNS: &[Column<ScoredLine>] = &[
    column("account_id", "The account.", |c, _| {
        Cell::text(&c.account.account_id)
    }),
    column("line_id", "The line; do not change.", |_, l| {
        Cell::text(&l.line.line_id)
    }),
    column("extension", "The billed extension.", |_, l| {
        Cell::text(&l.line.extension)
    }),
    column(
        "holder",
        "Who holds the line; do not change: a decision lapses when the holder does.",
        |_, l| Cell::text(&l.line.user_name()),
    ),
    column("email", "The holder's e-mail.", |_, l| Cell::maybe(&l.line.email)),
    column("manager_email", "The holder's manager.", |_, l| {
        Cell::maybe(&l.line.manager_email)
    }),
    column("department", "The holder's department.", |_, l| {
        Cell::maybe(&l.line.department)
    }),
    column("kind", "What the line is.", |_, l| {
        word(l.line.kind.map(|kind| kind.as_str()))
    }),
    column("tier", "Tier as billed.", |_, l| {
        word(l.cost.tier.map(|tier| tier.as_str()))
    }),
    column("term", "Annual or monthly.", |_, l| {
        word(l.cost.term.map(|term| term.as_str()))
    }),
    column("notice_by", "The last day to give notice.", |_, l| {
        Cell::day(l.notice_by)
    }),
    column("recoverable_on", "The first day without the charge.", |_, l| {
        Cell::day(l.recoverable_on)
    }),
    column("recoverable", "When the money comes back.", |_, l| {
        Cell::Word(l.recoverable.as_str())
    }),
    column("monthly_saving", "What the step saves a month.", |c, l| {
        priced(c, l, l.monthly_saving)
    }),
    column(
        "monthly_cost",
        "What the line costs a month, its numbers included.",
        |c, l| priced(c, l, l.cost.monthly_cost),
    ),
    column(
        "exposure_to_term_end",
        "What it still costs until its term ends.",
        |c, l| {
            l.exposure_to_term_end
                .map_or(Cell::Blank, |amount| priced(c, l, amount))
        },
    ),
    column("currency", "Of the amounts in the row.", |c, _| {
        Cell::Text(c.account.currency.to_string())
    }),
    column("action", "The proposed step.", |_, l| {
        Cell::Word(l.action.as_str())
    }),
    column("target_tier", "The cheaper tier, for a downgrade.", |_, l| {
        word(l.target_tier.map(|tier| tier.as_str()))
    }),
    column("verdict", "What the line is tonight.", |_, l| {
        Cell::Word(l.verdict.as_str())
    }),
    column("why", "Why, as a sentence that can be checked.", |_, l| {
        Cell::text(&l.full_reason())
    }),
    column(
        "counterfactual",
        "What would have changed the verdict.",
        |_, l| Cell::text(&l.counterfactual),
    ),
    column("last_placed_on", "Last day with a call placed.", |_, l| {
        Cell::day(l.activity.last_outbound_on)
    }),
    column("last_answered_on", "Last day with a call answered.", |_, l| {
        Cell::day(l.activity.last_answered_on)
    }),
    column("last_missed_on", "Last day with a call missed.", |_, l| {
        Cell::day(l.activity.last_missed_on)
    }),
    column(
        "days_silent",
        "Known days without a call placed or answered.",
        |_, l| Cell::count(l.activity.days_silent),
    ),
    column(
        "known_days",
        "Days since the line began whose call data is complete.",
        |_, l| Cell::count(l.activity.known_days),
    ),
    column(
        "usual_gap_business_days",
        "Median business days between two days with use.",
        |_, l| {
            l.activity
                .usual_gap_business_days
                .map_or(Cell::Blank, Cell::count)
        },
    ),
    column("calls_missed_90", "Calls missed in the last 90 days.", |_, l| {
        Cell::count(l.activity.calls_missed_90)
    }),
    column(
        "dids",
        "The line's own outside numbers: they go on being billed until released.",
        |_, l| Cell::text(&l.line.dids.join(" ")),
    ),
    column(
        "ask",
        "A prepared mail to the holder or manager, where somebody is to be asked: open it as a link.",
        |c, l| ask::mailto(c.account, l).map_or(Cell::Blank, Cell::Text),
    ),
    column("standing_decision", "A decision already in force.", |_, l| {
        word(l.decision.map(|decision| decision.as_str()))
    }),
    column(
        "decision",
        "Fill in: keep, reclaim, downgrade, reassign, dispute or dismiss.",
        |_, _| Cell::Blank,
    ),
    column("decision_reason", "Fill in: why.", |_, _| Cell::Blank),
    column("owner", "Fill in: who decided.", |_, _| Cell::Blank),
    column("decided_on", "Fill in: the day of the decision.", |_, _| {
        Cell::Blank
    }),
    column(
        "expires_on",
        "Fill in for keep: the last day on which it holds.",
        |_, _| Cell::Blank,
    ),
];
