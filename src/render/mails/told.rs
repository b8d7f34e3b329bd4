//! What an audience can act on in a night, so that two nights can be told apart by it and by nothing else.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use crate::domain::{
    AccountStatement, Action, Audience, Cents, Currency, FindingState, Gate, GateStatus, Recoverable,
    Statement, Told, Verdict,
};
use crate::render::RenderError;
use crate::render::for_finance::{FinanceAccount, FinanceNight};
use crate::render::values::digest;
use crate::render::values::withheld::printed_accounts;
use crate::render::words::figures;

/// Chances, expected waste and the dates of bills move every night and are left out: nobody acts on their last digit.
#[derive(Serialize)]
struct Standing<'a> {
    accounts: Vec<Account<'a>>,
    /// A warning that comes or goes changes what the figures are worth; its words change nightly.
    warnings: Vec<(Gate, GateStatus)>,
}

#[derive(Serialize)]
struct Account<'a> {
    account_id: &'a str,
    currency: Currency,
    idle_monthly: Cents,
    buckets: BTreeMap<Recoverable, (Cents, u32)>,
    deadlines: BTreeMap<NaiveDate, Option<Cents>>,
    #[serde(flatten)]
    reader: Reader<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Reader<'a> {
    Finance {
        invoice_ids: &'a [String],
        findings: Vec<(&'a str, FindingState, Recoverable, Cents)>,
        ledger: Vec<(&'a str, FindingState)>,
    },
    Admin {
        lines: Vec<(&'a str, Verdict, Action, Cents)>,
        to_review: Vec<&'a str>,
        /// Of lines, such as a question about a tier: the list alone does not bear them all.
        findings: Vec<(&'a str, FindingState, Action, Cents)>,
        notices: &'a [String],
    },
}

/// What `audience` can act on tonight.
pub fn told(statement: &Statement, audience: Audience) -> Result<Told, RenderError> {
    let night = FinanceNight::of(statement);
    let accounts: Vec<(&AccountStatement, &FinanceAccount)> =
        printed_accounts(statement).iter().zip(&night.accounts).collect();
    let standing = Standing {
        accounts: accounts
            .iter()
            .map(|(whole, shown)| account(whole, shown, statement.as_of, audience))
            .collect(),
        warnings: figures::gates_that_spoke(statement)
            .map(|gate| (gate.gate, gate.status))
            .collect(),
    };
    let deadlines = accounts.iter().flat_map(|(account, shown)| {
        let days = figures::notice_deadlines(shown, statement.as_of);
        days.into_keys().map(|day| (account.account_id.clone(), day))
    });
    Ok(Told {
        digest: digest(&serde_json::to_vec(&standing)?),
        deadlines: deadlines.collect::<BTreeSet<_>>(),
    })
}

fn account<'a>(
    account: &'a AccountStatement,
    shown: &FinanceAccount<'_>,
    as_of: NaiveDate,
    audience: Audience,
) -> Account<'a> {
    let findings = account.findings.iter().map(|finding| {
        (
            finding.finding_id.as_str(),
            finding.state,
            finding.recoverable,
            finding.monthly_amount,
        )
    });
    let lines = figures::action_list(account).into_iter().map(|line| {
        (
            line.line.line_id.as_str(),
            line.verdict,
            line.action,
            line.monthly_saving,
        )
    });
    let of_lines = account
        .findings
        .iter()
        .filter(|finding| finding.line_id.is_some())
        .map(|finding| {
            (
                finding.finding_id.as_str(),
                finding.state,
                finding.action,
                finding.monthly_amount,
            )
        });
    let ledger = account.ledger.iter();
    Account {
        account_id: &account.account_id,
        currency: account.currency,
        idle_monthly: account.idle_monthly,
        buckets: account
            .recoverable
            .iter()
            .map(|(bucket, found)| (*bucket, (found.amount, found.lines)))
            .collect(),
        deadlines: figures::notice_deadlines(shown, as_of),
        reader: match audience {
            Audience::Finance | Audience::Webhook => Reader::Finance {
                invoice_ids: &account.invoice_ids,
                findings: findings.collect(),
                ledger: ledger
                    .map(|entry| (entry.finding_id.as_str(), entry.state))
                    .collect(),
            },
            Audience::Admin => Reader::Admin {
                lines: lines.collect(),
                to_review: figures::review_list(account)
                    .into_iter()
                    .map(|line| line.line.line_id.as_str())
                    .collect(),
                findings: of_lines.collect(),
                notices: &account.notices,
            },
        },
    }
}
