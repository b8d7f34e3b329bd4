//! The gates that look at the whole night: join, mass change, schema. Each says what it saw, also when it
//! lets the night pass.

mod bill;
mod clock;
pub mod ended_together;
pub mod freshness;
mod join;
pub mod kinds_left_out;
pub mod lost_use;
mod mass_change;
mod names_told;
mod parts;
pub mod row_caps;
mod schema;
mod seen_use;
mod unmeasured;

pub use bill::bill;
pub use clock::clock;
pub use join::{JOINED_DAYS, JoinedCalls, accepted_nameless, join, joined_basis_points};
pub use mass_change::{MEASURED_DAYS, MassChange, baseline_of, mass_change};
pub use names_told::names_told;
pub use parts::{Part, Span};
pub use schema::{call_ids, inventory, noted, results, schema};
pub use seen_use::seen_use;

use crate::domain::{AccountStatement, Gate, GateReport, GateStatus, NightStatus, Verdict};
use crate::steps::gate_report::report;

/// G8: young, absent, exempt and protected lines are never flagged.
pub fn grace(accounts: &[AccountStatement]) -> GateReport {
    let spared = |verdict| accounts.iter().map(|account| account.count(verdict)).sum::<u32>();
    let detail = format!(
        "left alone: {} new, {} on leave, {} exempt, {} protected",
        spared(Verdict::New),
        spared(Verdict::OnLeave),
        spared(Verdict::Exempt),
        spared(Verdict::Protected)
    );
    report(Gate::G8Grace, GateStatus::Ok, detail)
}

/// The exit code that the gates ask for: 76 for what changed its shape, 65 for every other hold or block.
pub fn exit_code(gates: &[GateReport]) -> u8 {
    let stops = |gate: &&GateReport| matches!(gate.status, GateStatus::Hold | GateStatus::Block);
    match gates
        .iter()
        .filter(stops)
        .map(|gate| gate.gate)
        .collect::<Vec<_>>()[..]
    {
        [] => 0,
        [Gate::G9Schema] => 76,
        _ => 65,
    }
}

/// The gravest gate decides the night.
pub fn status(gates: &[GateReport]) -> NightStatus {
    match gates.iter().map(|gate| gate.status).max() {
        Some(GateStatus::Block) => NightStatus::Blocked,
        Some(GateStatus::Hold) => NightStatus::Held,
        Some(GateStatus::Warn) => NightStatus::Warned,
        Some(GateStatus::Ok) | None => NightStatus::Ok,
    }
}
