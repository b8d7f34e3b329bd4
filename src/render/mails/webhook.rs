//! The figure and the deadline for a chat room or a program: Slack blocks, a Teams card, or plain JSON. The words are the
//! mail's own; no names and no numbers of phones.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};

use super::{finance, occasion};
use crate::domain::{BridgePart, Cents, Currency, NightStatus, Occasion, Recoverable, WebhookFormat};
use crate::render::for_finance::{FinanceAccount, FinanceNight};
use crate::render::words::{figures, prices, sentences};
use crate::render::{RenderError, mails};

/// Accounts and warnings in a message; the report holds them all.
const ACCOUNTS: usize = 5;
const WARNINGS: usize = 5;
/// Characters of a Slack header, and of any other text here.
const TITLE_CHARS: usize = 150;
const TEXT_CHARS: usize = 600;
const BUCKETS_HEAD: &str = "Recoverable a month (do not add together):";
/// Bytes that a card may have; Teams takes a little more.
const LARGEST_CARD: usize = 20_000;

/// The bytes to post. Same night and occasion, same bytes.
pub fn webhook_post(
    night: &FinanceNight,
    format: WebhookFormat,
    occasion: &Occasion,
) -> Result<Vec<u8>, RenderError> {
    if format == WebhookFormat::Json {
        return Ok(serde_json::to_vec_pretty(&Plain::of(night, occasion))?);
    }
    // Names of accounts are of any length and script: fewer of them where they are too many bytes.
    let mut shown = ACCOUNTS;
    loop {
        let words = Words::of(night, occasion, shown);
        let bytes = serde_json::to_vec(&match format {
            WebhookFormat::Teams => words.card(),
            _ => words.blocks(),
        })?;
        if bytes.len() <= LARGEST_CARD || shown == 0 {
            return Ok(bytes);
        }
        shown -= 1;
    }
}

struct Words {
    title: String,
    accounts: Vec<AccountWords>,
    more_accounts: Option<String>,
    health: String,
    warnings: Vec<String>,
}

struct AccountWords {
    heading: String,
    lead: String,
    idle: String,
    /// Label, and amount with its dates.
    buckets: Vec<(String, String)>,
}

impl Words {
    fn of(night: &FinanceNight, occasion: &Occasion, shown: usize) -> Words {
        let printed = &night.accounts;
        let left_out = printed.len().saturating_sub(shown);
        let warnings = night.warnings();
        Words {
            title: cut(&title(night, occasion), TITLE_CHARS),
            accounts: printed
                .iter()
                .take(shown)
                .map(|account| AccountWords::of(account, night))
                .collect(),
            more_accounts: (left_out > 0).then(|| format!("Further accounts in the report: {left_out}.")),
            health: cut(&sentences::health(night), TEXT_CHARS),
            warnings: warnings
                .iter()
                .take(WARNINGS)
                .map(|warning| cut(&format!("Please note: {warning}"), TEXT_CHARS))
                .collect(),
        }
    }

    /// Texts are `plain_text`, which Slack neither formats nor searches for people to call.
    fn blocks(&self) -> Value {
        let plain = |text: &str| json!({ "type": "plain_text", "text": text, "emoji": false });
        let section = |text: &str| json!({ "type": "section", "text": plain(text) });
        let mut blocks = vec![json!({ "type": "header", "text": plain(&self.title) })];
        for account in &self.accounts {
            blocks.push(section(&format!(
                "{}\n{}\n{}",
                account.heading, account.lead, account.idle
            )));
            if !account.buckets.is_empty() {
                let fields: Vec<Value> = account
                    .buckets
                    .iter()
                    .map(|(label, amount)| plain(&format!("{label}\n{amount}")))
                    .collect();
                blocks.push(json!({ "type": "section", "text": plain(BUCKETS_HEAD), "fields": fields }));
            }
        }
        blocks.extend(self.notes().map(section));
        blocks.push(json!({ "type": "context", "elements": [plain(&self.health)] }));
        // What a notification shows is read for marks even so.
        let escaped = self
            .title
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        json!({ "text": escaped, "blocks": blocks })
    }

    /// Text from outside stands in text runs, which Teams shows as they are; a text block would read it as Markdown.
    fn card(&self) -> Value {
        let runs = |text: &str, weight: &str| {
            json!({
                "type": "RichTextBlock",
                "inlines": [{ "type": "TextRun", "text": text, "weight": weight }],
            })
        };
        let mut body = vec![runs(&self.title, "Bolder")];
        for account in &self.accounts {
            body.push(runs(&account.heading, "Bolder"));
            body.push(runs(&account.lead, "Default"));
            body.push(runs(&account.idle, "Default"));
            let facts: Vec<Value> = account
                .buckets
                .iter()
                .map(|(label, amount)| json!({ "title": label, "value": amount }))
                .collect();
            if !facts.is_empty() {
                body.push(runs(BUCKETS_HEAD, "Default"));
                body.push(json!({ "type": "FactSet", "facts": facts }));
            }
        }
        body.extend(self.notes().map(|note| runs(note, "Default")));
        body.push(runs(&self.health, "Lighter"));
        json!({
            "type": "message",
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": null,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": body,
                },
            }],
        })
    }

    fn notes(&self) -> impl Iterator<Item = &str> {
        self.more_accounts
            .iter()
            .chain(&self.warnings)
            .map(String::as_str)
    }
}

impl AccountWords {
    fn of(account: &FinanceAccount, night: &FinanceNight) -> AccountWords {
        let holds_money = |bucket: &&Recoverable| {
            let is_of_lines = **bucket != Recoverable::Now;
            prices::bucket(account, **bucket).map_or(is_of_lines, |amount| !amount.is_zero())
        };
        let bucket = |bucket: &Recoverable| {
            let [label, amount, when] = mails::bucket(account, *bucket);
            let rest = if when.is_empty() {
                String::new()
            } else {
                format!(", {when}")
            };
            (label, format!("{amount}{rest}"))
        };
        AccountWords {
            heading: cut(&sentences::account_heading(account), TITLE_CHARS),
            lead: cut(&sentences::deadline(account, night), TEXT_CHARS),
            idle: cut(&sentences::idle(account), TEXT_CHARS),
            buckets: figures::BUCKETS.iter().filter(holds_money).map(bucket).collect(),
        }
    }
}

/// The mail's subject, or that nothing is new.
fn title(night: &FinanceNight, occasion: &Occasion) -> String {
    match occasion {
        Occasion::Heartbeat { since } => occasion::nothing_new(night, *since),
        _ => occasion::subject(night, occasion, None).unwrap_or_else(|| finance::finance_subject(night)),
    }
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest - 4) {
        Some((end, _)) if text.chars().count() > longest => format!("{} ...", text[..end].trim_end()),
        _ => text.to_owned(),
    }
}

/// For programs; amounts are of a month unless they say otherwise, as text with two places.
#[derive(Serialize)]
struct Plain<'a> {
    job: &'a str,
    as_of: NaiveDate,
    revision: u32,
    status: NightStatus,
    occasion: &'static str,
    accounts: Vec<PlainAccount<'a>>,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct PlainAccount<'a> {
    account_id: &'a str,
    /// The company's.
    name: String,
    currency: Currency,
    lines: usize,
    idle_lines: u32,
    /// Idle lines of which nothing tells a price; of the others what is idle, if there are any.
    idle_lines_without_price: u32,
    idle_monthly: Option<Cents>,
    /// On the newest invoice, and the part of it that is for idle lines; none without an invoice.
    billed_total: Option<Cents>,
    billed_idle: Option<Cents>,
    recoverable: Vec<PlainBucket>,
    next_deadline: Option<PlainDeadline>,
}

#[derive(Serialize)]
struct PlainBucket {
    bucket: Recoverable,
    amount: Option<Cents>,
    lines: u32,
    earliest_on: Option<NaiveDate>,
    notice_by: Option<NaiveDate>,
}

#[derive(Serialize)]
struct PlainDeadline {
    notice_by: NaiveDate,
    amount: Option<Cents>,
}

impl<'a> Plain<'a> {
    fn of(night: &'a FinanceNight<'a>, occasion: &Occasion) -> Plain<'a> {
        let printed = night.accounts.iter();
        Plain {
            job: night.job,
            as_of: night.as_of,
            revision: night.revision,
            status: night.status,
            occasion: occasion.as_str(),
            accounts: printed
                .map(|account| PlainAccount::of(account, night.as_of))
                .collect(),
            warnings: night.warnings(),
        }
    }
}

impl<'a> PlainAccount<'a> {
    fn of(account: &'a FinanceAccount<'_>, as_of: NaiveDate) -> PlainAccount<'a> {
        let next = figures::notice_deadlines(account, as_of).into_iter().next();
        PlainAccount {
            account_id: account.account_id,
            name: account.name.clone(),
            currency: account.currency,
            lines: account.lines.len(),
            idle_lines: figures::waste_lines(account),
            idle_lines_without_price: prices::cost(account, true).unknown,
            idle_monthly: prices::idle_monthly(account),
            billed_total: prices::billed_total(account),
            billed_idle: prices::billed(account, BridgePart::Idle),
            recoverable: figures::BUCKETS
                .iter()
                .map(|bucket| {
                    let found = account.recoverable.get(bucket).cloned().unwrap_or_default();
                    PlainBucket {
                        bucket: *bucket,
                        amount: prices::bucket(account, *bucket),
                        lines: found.lines,
                        earliest_on: found.earliest_on,
                        notice_by: found.notice_by,
                    }
                })
                .collect(),
            next_deadline: next.map(|(notice_by, amount)| PlainDeadline { notice_by, amount }),
        }
    }
}
