//! `[gates]`: the limits. Each can be moved, none can be moved out of the way.

use super::section::Section;
use crate::domain::{GatePolicy, parse_day};

/// The limits of the gates, and how many rows of a table may be quarantined.
pub(super) fn read(mut section: Section<'_>) -> (GatePolicy, u32) {
    let mut accept_empty = section.parsed_list("accept_empty", |text| {
        parse_day(text).ok_or("is not a day such as 2026-10-31")
    });
    accept_empty.sort();
    accept_empty.dedup();
    let policy = GatePolicy {
        accept_empty,
        min_day_percent: section.count("min_day_percent", 5..=75),
        min_day_rows: section.count("min_day_rows", 5..=1000),
        min_joined_percent: section.count("min_joined_percent", 50..=100),
        max_joined_drop_points: section.count("max_joined_drop_points", 1..=50),
        max_contradiction_percent: section.count("max_contradiction_percent", 0..=50),
        max_nameless_rise_points: section.count("max_nameless_rise_points", 1..=90),
        max_one_line_percent: section.count("max_one_line_percent", 10..=90),
        max_unknown_result_percent: section.count("max_unknown_result_percent", 0..=50),
        max_future_percent: section.count("max_future_percent", 1..=50),
        mass_flag_lines: section.count("mass_flag_lines", 0..=1000),
        mass_flag_percent: section.count("mass_flag_percent", 0..=50),
        max_shrink_percent: section.count("max_shrink_percent", 1..=90),
        calls_warn_business_hours: section.count("calls_warn_business_hours", 1..=240),
        calls_block_business_hours: section.count("calls_block_business_hours", 1..=720),
        invoice_warn_days: section.count("invoice_warn_days", 1..=400),
        invoice_block_days: section.count("invoice_block_days", 1..=800),
    };
    let max_quarantined_rows = section.count("max_quarantined_rows", 0..=10_000);
    below(
        &section,
        ("calls_warn_business_hours", policy.calls_warn_business_hours),
        ("calls_block_business_hours", policy.calls_block_business_hours),
    );
    below(
        &section,
        ("invoice_warn_days", policy.invoice_warn_days),
        ("invoice_block_days", policy.invoice_block_days),
    );
    section.finish();
    (policy, max_quarantined_rows)
}

fn below(section: &Section<'_>, (warn_key, warn): (&str, u32), (block_key, block): (&str, u32)) {
    if section.is_sound(&[warn_key, block_key]) && warn > block {
        section.fault(
            warn_key,
            format!("must not be above {block_key} = {block}: a warning comes before the block"),
        );
    }
}
