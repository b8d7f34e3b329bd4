//! What is said of the data: days known, what the checks saw, and how far the figures can be trusted.

use std::fmt::Write;

use crate::domain::{CoverageSummary, GateReport, GateStatus};
use crate::render::for_finance::FinanceNight;
use crate::render::values::cell::counted;
use crate::render::words::sentences;

/// What is said of the data, for each audience in its own words.
pub(in crate::render) struct Trust {
    pub withheld: Option<String>,
    pub health: String,
    pub warnings: Vec<String>,
}

impl Trust {
    pub(crate) fn of_finance(night: &FinanceNight<'_>) -> Trust {
        Trust {
            withheld: night.withheld.clone(),
            health: sentences::health(night),
            warnings: night.warnings(),
        }
    }
}

/// `1001 calls: 400 days known, 3 not complete, 2 missing, newest call 2026-10-16 21:14 UTC`.
pub(crate) fn coverage_words(coverage: &CoverageSummary) -> String {
    let mut words = format!(
        "{} {}: {} known",
        coverage.account_id,
        coverage.source,
        counted(coverage.known_days, "day", "days")
    );
    for (count, what) in [
        (coverage.partial_days, "not complete"),
        (coverage.missing_days, "missing"),
    ] {
        if count > 0 {
            let _ = write!(words, ", {count} {what}");
        }
    }
    if let Some(newest) = &coverage.newest_event {
        let _ = write!(words, ", newest call {}", instant(newest));
    }
    words
}

/// An instant as people read it; what is none stays as it is.
pub(in crate::render) fn instant(text: &str) -> String {
    chrono::DateTime::parse_from_rfc3339(text).map_or_else(
        |_| text.to_owned(),
        |at| at.to_utc().format("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

pub(crate) fn gate_words(gate: &GateReport) -> String {
    let status = match gate.status {
        GateStatus::Ok => "ok",
        GateStatus::Warn => "warning",
        GateStatus::Hold => "held",
        GateStatus::Block => "blocked",
    };
    format!("{} {status}: {}", gate.gate, gate.detail)
}
