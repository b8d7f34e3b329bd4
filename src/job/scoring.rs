//! `[scoring]`, `[kinds.*]` and `[keep.*]`: how lines are judged, what they are, and which stay.

use chrono::Weekday;
use regex::Regex;

use super::section::Section;
use crate::domain::{Cents, KeepRule, Kind, KindRule, Model, Scoring};

pub(super) fn read(mut section: Section<'_>, kinds: Section<'_>, keep: Section<'_>) -> Scoring {
    let scoring = Scoring {
        model: section.word("model").unwrap_or(Model::Probability),
        wrong_removal_cost: section
            .parsed("wrong_removal_cost", removal_cost)
            .unwrap_or(Cents(1)),
        min_confidence: section.parsed("min_confidence", confidence).unwrap_or(0),
        sure: section.parsed("sure", confidence).unwrap_or(0),
        window_days: section.count("window_days", 30..=730),
        watch_days_before: section.count("watch_days_before", 0..=365),
        grace_business_days: section.count("grace_business_days", 0..=260),
        min_known_business_days: section.count("min_known_business_days", 1..=260),
        min_known_percent: section.count("min_known_percent", 1..=100),
        protected_kinds: section.parsed_list("protected_kinds", protected_kind),
        weekdays: section.parsed_list("weekdays", weekday),
        kind_rules: kind_rules(kinds),
        keep_rules: keep_rules(keep),
    };
    let sound = section.is_sound(&["window_days", "watch_days_before"]);
    if sound && scoring.watch_days_before >= scoring.window_days {
        let window = scoring.window_days;
        section.fault(
            "watch_days_before",
            format!("must be below scoring.window_days = {window}"),
        );
    }
    if section.is_sound(&["min_confidence", "sure"]) && scoring.sure < scoring.min_confidence {
        section.fault("sure", "must not be below scoring.min_confidence");
    }
    if scoring.weekdays.is_empty() {
        section.fault("weekdays", "must name one business day or more, such as mon");
    }
    section.finish();
    scoring
}

/// An amount above 0, such as 250 or 250.00.
fn removal_cost(text: &str) -> Result<Cents, &'static str> {
    let says = "must be an amount above 0 with at most two decimals, such as 250.00";
    let cost: Cents = text.parse().map_err(|_| says)?;
    if cost > Cents::ZERO { Ok(cost) } else { Err(says) }
}

/// A chance from 0 to 1 with at most six decimals, in millionths.
fn confidence(text: &str) -> Result<u32, &'static str> {
    let says = "must be a chance from 0 to 1, such as 0.80";
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !(digits(whole) && digits(decimals) && decimals.len() <= 6 && whole.len() == 1) {
        return Err(says);
    }
    let millionths = format!("{whole}{decimals:0<6}").parse().map_err(|_| says)?;
    if millionths <= 1_000_000 {
        Ok(millionths)
    } else {
        Err(says)
    }
}

fn protected_kind(text: &str) -> Result<Kind, String> {
    match text.parse() {
        Ok(Kind::Person) => {
            Err("cannot be protected as a kind; use a [keep.*] rule with a reason".to_owned())
        }
        Ok(kind) => Ok(kind),
        Err(error) => Err(format!("{error}")),
    }
}

fn weekday(text: &str) -> Result<Weekday, &'static str> {
    text.parse()
        .map_err(|_| "is not a weekday: mon, tue, wed, thu, fri, sat, sun")
}

/// The job's own rules before the ones that ship; by name among themselves, since sections have no order.
fn kind_rules(mut section: Section<'_>) -> Vec<KindRule> {
    let mut rules: Vec<(bool, KindRule)> = Vec::new();
    for (name, rule) in section.children() {
        let shipped = !rule.is_own();
        rules.extend(kind_rule(name, rule).map(|rule| (shipped, rule)));
    }
    rules.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
    rules.into_iter().map(|(_, rule)| rule).collect()
}

fn kind_rule(name: String, mut section: Section<'_>) -> Option<KindRule> {
    section.required("kind", "name the kind of these lines, such as \"fax\"");
    let kind = section.word("kind");
    let words = section.parsed_list("words", str::parse);
    let labels = section.parsed_list("labels", str::parse);
    let name_pattern = section.parsed("name", pattern);
    let extensions = section.parsed("extensions", extensions);
    let location = section.text("location");
    let enabled = section.flag("enabled", true);
    if section.lacks(&["words", "labels", "name", "extensions", "location"]) {
        section.fault_here("matches nothing; give it words, labels, a name, extensions or a location");
    }
    section.finish();
    enabled.then_some(KindRule {
        name,
        kind: kind?,
        words,
        labels,
        name_pattern,
        extensions,
        location,
    })
}

fn keep_rules(mut section: Section<'_>) -> Vec<KeepRule> {
    let children = section.children().into_iter();
    children
        .filter_map(|(name, rule)| keep_rule(name, rule))
        .collect()
}

fn keep_rule(name: String, mut section: Section<'_>) -> Option<KeepRule> {
    let department = section.text("department");
    let role = section.text("role");
    let extensions = section.parsed("extensions", extensions);
    let location = section.text("location");
    if section.lacks(&["department", "role", "extensions", "location"]) {
        section.fault_here("keeps nothing; give it a department, role, extensions or a location");
    }
    let reason = section.required("reason", "say why these lines stay; the report prints it");
    section.required(
        "expires_on",
        "give the last day of the rule, such as 2027-12-31; no line is kept for ever",
    );
    let expires_on = section.day("expires_on");
    section.finish();
    Some(KeepRule {
        name,
        department,
        role,
        extensions,
        location,
        reason: reason?,
        expires_on: expires_on?,
    })
}

/// A regular expression, checked; the last line of the compiler's words says what is wrong.
pub(super) fn pattern(text: &str) -> Result<String, String> {
    match Regex::new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => {
            let words = error.to_string();
            let last = words.lines().last().unwrap_or_default();
            let cause = last.trim().trim_start_matches("error: ");
            Err(format!("is not a regular expression: {cause}"))
        }
    }
}

/// `8000-8099`, or one extension.
fn extensions(text: &str) -> Result<(u64, u64), &'static str> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.trim().parse(), last.trim().parse()) {
        (Ok(first), Ok(last)) if first <= last => Ok((first, last)),
        _ => Err("must be extensions such as \"8000-8099\", the lower one first"),
    }
}
