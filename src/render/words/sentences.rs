//! The sentences that page and mails share, so that no two of them say the same figure in different words.

use crate::domain::{BRIDGE_PARTS, BridgePart, Cents, ExpectedWaste, LineModel, Recoverable};
use crate::render::for_finance::{FinanceAccount, FinanceNight, KnownDays};
use crate::render::values::cell::{counted, money, percent, thousands};
use crate::render::values::safe::clean;
use crate::render::words::{figures, prices};

/// What the words mean and what call logs cannot show, for every report.
pub(crate) fn small_print(night: &FinanceNight) -> Vec<&'static str> {
    let accounts = || night.accounts.iter();
    let is_by_rule = accounts().all(|account| account.model == LineModel::Rule);
    let idle = if is_by_rule { IDLE_BY_RULE } else { IDLE_BY_CHANCE };
    let mut print = vec![idle];
    if accounts().any(|account| account.expected_waste.is_some()) {
        print.push(EXPECTED_WASTE);
    }
    print.extend(SMALL_PRINT);
    print
}

const IDLE_BY_RULE: &str = "Idle means: no call placed or answered for the whole window, no call ever, nobody holds the line, or its \
                            holder has left.";
const IDLE_BY_CHANCE: &str = "Idle means: silent so long that, by the chance that it stays silent, removing the line is worth more \
                              than waiting; or no call ever, nobody holds the line, or its holder has left.";
const EXPECTED_WASTE: &str = "Expected waste is each line's monthly cost times the chance that it stays silent for the next 90 days, \
                              summed over all lines that have such a chance, also those in use. Its 80 % interval takes lines to fall \
                              silent independently of each other.";
const SMALL_PRINT: &[&str] = &[
    "Call logs show calls. They do not show text messages, meetings, fax, or who is signed in to an app: a line without \
     calls may serve one of these, which is why its holder is asked where there is any doubt.",
    "A day whose call data is missing counts neither as use nor as silence.",
    "Amounts are a month's unless a column says otherwise. Nothing is extrapolated to a year, and amounts that come back at \
     different times are never added together.",
];

pub(crate) fn account_heading(account: &FinanceAccount) -> String {
    let (name, id) = (clean(&account.name), clean(account.account_id));
    if name.trim().is_empty() || name == id {
        format!("Account {id}")
    } else {
        format!("{name} ({id})")
    }
}

/// The whole night in one sentence: idle money, its share of the bill, how sure that is, and what is decided by when.
pub(crate) fn headline(account: &FinanceAccount, night: &FinanceNight) -> String {
    let lines = figures::waste_lines(account);
    let mut head = match lines {
        _ if prices::cost(account, true).unknown > 0 => prices::idle_counted(account).unwrap_or_default(),
        0 => none_idle(account),
        _ => format!(
            "{} a month is idle",
            money(account.idle_monthly, account.currency)
        ),
    };
    let idle = account.bridge.get(BridgePart::Idle);
    if lines > 0 && account.billed_total > Cents::ZERO {
        head.push_str(&format!(
            ", {} of the bill",
            percent(idle.0, account.billed_total.0)
        ));
    }
    if let Some(waste) = account.expected_waste.filter(|_| lines > 0) {
        head.push_str(&format!(
            " (expected waste of all lines {} to {})",
            money(waste.low, account.currency),
            money(waste.high, account.currency)
        ));
    }
    let deadline = deadline(account, night);
    let mut letters = deadline.chars();
    let first: String = letters
        .next()
        .map(|letter| letter.to_lowercase().collect())
        .unwrap_or_default();
    format!("{head}; {first}{}", letters.as_str())
}

/// `No idle line among 11 of 14 lines; 3 could not be judged`: what nobody knows is not said to be in use.
fn none_idle(account: &FinanceAccount) -> String {
    let all = account.lines.len() as u32;
    let lines = counted(all, "line", "lines");
    match figures::unjudged_lines(account) {
        0 => format!("No idle line among {lines}"),
        open if open == all => format!("None of {lines} could be judged"),
        open => format!(
            "No idle line among {} of {lines}; {open} could not be judged",
            all - open
        ),
    }
}

/// What is lost if nothing happens before the next deadline.
pub(crate) fn deadline(account: &FinanceAccount, night: &FinanceNight) -> String {
    let currency = account.currency;
    // Of a line that a promotion pays in full nothing hangs on the notice yet.
    let next = figures::next_deadline(account, night.as_of);
    if let Some(next) = next.filter(|next| next.amount != Some(Cents::ZERO)) {
        return match next.amount {
            Some(amount) => format!(
                "Give notice by {}, or {} a month ({}) stays for another term.",
                next.notice_by,
                money(amount, currency),
                next.counted()
            ),
            None => format!(
                "Give notice by {}, or {} at a price that is not known will be paid for another term.",
                next.notice_by,
                next.counted()
            ),
        };
    }
    let next_bill = account
        .recoverable
        .get(&Recoverable::NextBill)
        .filter(|bucket| !bucket.amount.is_zero());
    let renewals = account.findings.iter().filter(|finding| finding.is_open());
    let notice_by = renewals.filter_map(|finding| finding.notice_by.filter(|day| *day > night.as_of));
    let ahead = match notice_by.min() {
        Some(day) => format!("The next day to give notice is {day}"),
        None => "No notice deadline is ahead".to_owned(),
    };
    let Some((all, day)) = next_bill.and_then(|bucket| Some((bucket.amount, bucket.earliest_on?))) else {
        return format!("{ahead}.");
    };
    let later = prices::held(account, Recoverable::NextBill)
        .filter(|finding| finding.recoverable_on.is_some_and(|on| on > day));
    let later: Cents = later.map(|finding| finding.monthly_amount).sum();
    let then = match later {
        Cents::ZERO => String::new(),
        later => format!(", {} more later", money(later, currency)),
    };
    format!(
        "{ahead}; {} a month can stop from {day} on{then}.",
        money(all - later, currency)
    )
}

/// Idle money a month, its share of the bill, and whether that bill is whole.
pub(crate) fn idle(account: &FinanceAccount) -> String {
    let prices = prices::told(account).map_or_else(String::new, |told| format!(" {told}"));
    format!("{}{}{prices}", idle_share(account), short_bill(account))
}

/// What silence is expected to cost; none where no line has a chance of it.
pub(crate) fn expected_waste(account: &FinanceAccount) -> Option<String> {
    let waste = account.expected_waste?;
    Some(format!(
        "Expected waste: {} a month ({}), over the {} of {} that have a chance of silence{}.",
        money(waste.amount, account.currency),
        interval(account, &waste),
        counted(waste.lines, "line", "lines"),
        thousands(&account.lines.len().to_string()),
        match prices::cost(account, false).unknown {
            0 => "",
            _ => " and a price",
        },
    ))
}

/// `80 % interval USD 90.00 to USD 110.00`.
pub(crate) fn interval(account: &FinanceAccount, waste: &ExpectedWaste) -> String {
    format!(
        "80 % interval {} to {}",
        money(waste.low, account.currency),
        money(waste.high, account.currency)
    )
}

/// A figure beside the bill is worth less where the bill is short.
fn short_bill(account: &FinanceAccount) -> String {
    match account.set_aside.len() {
        0 => String::new(),
        rows => format!(
            " The bill is not complete: {} could not be used ({}).",
            counted(u32::try_from(rows).unwrap_or(u32::MAX), "row", "rows"),
            clean(&account.set_aside.join("; "))
        ),
    }
}

fn idle_share(account: &FinanceAccount) -> String {
    let lines = figures::waste_lines(account);
    if lines == 0 {
        return format!("{}.", none_idle(account));
    }
    if let Some(counted) = prices::idle_counted(account) {
        return format!("{counted}. {}", share_of_bill(account));
    }
    let head = format!(
        "{} of {} {} idle and {} {} a month.",
        lines,
        counted(account.lines.len() as u32, "line", "lines"),
        if lines == 1 { "is" } else { "are" },
        if lines == 1 { "costs" } else { "cost" },
        money(account.idle_monthly, account.currency)
    );
    format!("{head} {}", share_of_bill(account))
}

fn share_of_bill(account: &FinanceAccount) -> String {
    if account.invoice_ids.is_empty() {
        return "No invoice was read, so there is no bill to compare it with.".to_owned();
    }
    let idle = account.bridge.get(BridgePart::Idle);
    let billed = money(account.billed_total, account.currency);
    let period = period(account)
        .map(|period| format!(" for {period}"))
        .unwrap_or_default();
    if account.billed_total <= Cents::ZERO {
        return format!("The bill{period} comes to {billed}.");
    }
    format!(
        "Of the {billed} billed{period}, {} ({}) is for them.",
        money(idle, account.currency),
        percent(idle.0, account.billed_total.0)
    )
}

/// The bill taken apart in one sentence, parts of 0.00 left out; none without an invoice.
pub(crate) fn bridge(account: &FinanceAccount) -> Option<String> {
    if account.invoice_ids.is_empty() {
        return None;
    }
    let part = |part: &BridgePart| {
        let amount = account.bridge.get(*part);
        (!amount.is_zero()).then(|| {
            format!(
                "{} {}",
                crate::render::values::plain::bridge_part(*part).to_lowercase(),
                thousands(&amount.to_string())
            )
        })
    };
    let parts: Vec<String> = BRIDGE_PARTS.iter().filter_map(part).collect();
    Some(format!(
        "The bill of {}, to the cent: {}.",
        money(account.billed_total, account.currency),
        parts.join("; ")
    ))
}

/// `2026-10-01 to 2026-10-31`.
pub(crate) fn period(account: &FinanceAccount) -> Option<String> {
    account.period.map(|(start, end)| format!("{start} to {end}"))
}

/// `calls: 394 days known, 6 not complete`; the account where there are several.
fn data_words(night: &FinanceNight<'_>, days: &KnownDays<'_>) -> String {
    let mut told = format!("{} known", counted(days.known, "day", "days"));
    for (count, what) in [(days.partial, "not complete"), (days.missing, "missing")] {
        if count > 0 {
            told.push_str(&format!(", {count} {what}"));
        }
    }
    match night.accounts.len() {
        0 | 1 => format!("{}: {told}", days.source),
        _ => format!("account {}, {}: {told}", days.account_id, days.source),
    }
}

/// Whether the figure can be trusted, in one line.
pub(crate) fn health(night: &FinanceNight<'_>) -> String {
    let mut parts: Vec<String> = night
        .days
        .iter()
        .map(|days| clean(&data_words(night, days)))
        .collect();
    if parts.is_empty() {
        parts.push("no coverage is recorded".to_owned());
    }
    parts.push(format!(
        "{} set aside",
        counted(night.rows_set_aside, "input row", "input rows")
    ));
    parts.push(format!(
        "{} no line",
        counted(night.unmatched_calls, "call row fits", "call rows fit")
    ));
    parts.push(match night.warnings().len() as u32 {
        0 => "all checks passed".to_owned(),
        some => format!("{} below", counted(some, "warning", "warnings")),
    });
    format!("Data: {}.", parts.join("; "))
}
