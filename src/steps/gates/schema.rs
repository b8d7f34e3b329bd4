//! G9: has a file changed its shape?

use std::collections::BTreeMap;

use super::report;
use crate::domain::{Gate, GatePolicy, GateReport, GateStatus};
use crate::steps::roll_up::is_known_result;

/// G9: the share of call rows whose result is none of the known words.
pub fn schema(results: &BTreeMap<String, u64>, notes: &[String], policy: &GatePolicy) -> GateReport {
    let total: u64 = results.values().sum();
    let unknown: Vec<(&String, u64)> = results
        .iter()
        .filter(|(word, _)| !is_known_result(word))
        .map(|(w, n)| (w, *n))
        .collect();
    let strange: u64 = unknown.iter().map(|(_, count)| count).sum();
    let words: Vec<String> = unknown
        .iter()
        .take(10)
        .map(|(word, count)| format!("{word:?} ({count})"))
        .collect();
    if total > 0 && strange * 100 > total * u64::from(policy.max_unknown_result_percent) {
        let detail = format!(
            "{strange} of {total} call rows have a result that nobody knows: {}",
            words.join(", ")
        );
        return report(Gate::G9Schema, GateStatus::Block, detail);
    }
    let mut noted: Vec<&String> = notes.iter().collect();
    noted.sort();
    noted.dedup();
    let noted = noted.iter().map(|note| format!("; {note}")).collect::<String>();
    if strange > 0 {
        let detail = format!(
            "unknown results, taken as use where somebody talked: {}{noted}",
            words.join(", ")
        );
        return report(Gate::G9Schema, GateStatus::Warn, detail);
    }
    report(
        Gate::G9Schema,
        GateStatus::Ok,
        format!("every required column is there{noted}"),
    )
}

/// G9: an inventory without a line is a broken or foreign export, not a company without phones.
pub fn inventory(account_id: &str, lines: usize) -> Option<GateReport> {
    let detail =
        format!("account {account_id}: no line was read; is the line list empty, or of another account?");
    (lines == 0).then(|| report(Gate::G9Schema, GateStatus::Block, detail))
}
