//! Seats as the inventory shows them: the extension with what stays on it, and the holder's record.

use chrono::NaiveDate;

use super::SynthOptions;
use super::contracts::ContractId;
use super::days::{Span, shift};
use super::kinds::TruthKind;
use super::life::Life;
use super::people::{DEPARTMENTS, LOCATIONS, Person, direct_number};
use super::prng::Rng;
use crate::domain::{Kind, Line, Status, Tier};

/// What stays with an extension when its holder changes.
#[derive(Debug, Clone)]
pub(super) struct Seat {
    pub(super) extension: String,
    pub(super) external_id: Option<String>,
    pub(super) contract: ContractId,
    sip_id: String,
    dids: Vec<String>,
    tier: Tier,
}

impl Seat {
    /// `place` counts extensions from 0, `numbers_given` the direct numbers that others have.
    pub(super) fn draw(
        rng: &mut Rng,
        truth: TruthKind,
        lines: u32,
        place: u32,
        numbers_given: &mut u32,
    ) -> Seat {
        let numbers = match truth {
            TruthKind::Device => 1,
            TruthKind::Unassigned => u32::from(rng.per_mille(400)),
            _ if rng.per_mille(750) => 1 + u32::from(rng.per_mille(50)),
            _ => 0,
        };
        let dids = (*numbers_given..*numbers_given + numbers)
            .map(direct_number)
            .collect();
        *numbers_given += numbers;
        let tier_weights = if truth == TruthKind::Device {
            [700, 300, 0]
        } else {
            [450, 400, 150]
        };
        Seat {
            extension: (first_extension(lines) + place).to_string(),
            external_id: rng.per_mille(700).then(|| (4_000_000 + place).to_string()),
            contract: ContractId::ALL[rng.weighted(&[550, 200, 250])],
            sip_id: format!("VH{}", 120_000 + place),
            dids,
            tier: Tier::ALL[rng.weighted(&tier_weights)],
        }
    }

    /// `line_id` of the extension's holder of today.
    pub(super) fn line_id(&self) -> String {
        self.external_id.clone().unwrap_or_else(|| self.extension.clone())
    }

    /// The line as long as nobody is named on it.
    pub(super) fn line(&self, options: &SynthOptions, rng: &mut Rng, truth: TruthKind, life: &Life) -> Line {
        Line {
            line_id: self.line_id(),
            extension: self.extension.clone(),
            external_id: self.external_id.clone(),
            sip_ids: vec![self.sip_id.clone()],
            status: status(truth),
            kind: kind(rng, truth),
            tier: Some(self.tier),
            term: Some(self.contract.term()),
            contract_id: Some(self.contract.as_str().to_owned()),
            seat_since: Some(life.seat_since),
            seat_until: life.seat_until,
            activated_on: Some(shift(life.seat_since, rng.between(0, 3)))
                .filter(|_| truth != TruthKind::NeverUsed),
            location: Some(rng.pick(&[LOCATIONS[0], LOCATIONS[0], LOCATIONS[1]]).to_owned()),
            dids: self.dids.clone(),
            ..blank_line(options)
        }
    }
}

/// Four digits while they fit.
fn first_extension(lines: u32) -> u32 {
    if lines <= 5000 { 1001 } else { 10_001 }
}

fn status(truth: TruthKind) -> Status {
    if truth == TruthKind::Unassigned {
        Status::Unassigned
    } else {
        Status::Active
    }
}

/// One person's line in ten, and every seat that nobody holds, has no kind in the inventory.
fn kind(rng: &mut Rng, truth: TruthKind) -> Option<Kind> {
    match truth {
        TruthKind::Reception => Some(Kind::Reception),
        TruthKind::Device => Some(rng.pick(&[Kind::CommonArea, Kind::CommonArea, Kind::Fax, Kind::Lift])),
        TruthKind::Unassigned => None,
        _ => Some(Kind::Person).filter(|_| rng.per_mille(900)),
    }
}

/// Names the holder on the line. `number` makes the login unique.
pub(super) fn seat_person(rng: &mut Rng, line: &mut Line, life: &Life, span: &Span, number: u32) {
    let person = Person::draw(rng, number);
    let department = &DEPARTMENTS[rng.weighted(&[24, 22, 16, 8, 10, 5, 5, 10])];
    line.user_id = Some((700_000 + number).to_string());
    line.login_name = Some(person.login);
    line.email = Some(person.email);
    line.first_name = Some(person.first_name.to_owned());
    line.last_name = Some(person.last_name.to_owned());
    line.role = Some(rng.pick(&ROLES).to_owned());
    line.department = Some(department.name.to_owned());
    line.cost_center = Some(department.cost_center.to_owned());
    line.manager_email = Some(department.manager_email.to_owned());
    line.handset_registered_at = registration(rng, line.tier, life, span);
    if life.used_from > span.last {
        line.status = Status::Pending;
        line.activated_on = None;
    } else if life.dead_since.is_some_and(|since| since <= span.last) && rng.per_mille(80) {
        line.status = Status::Suspended;
    }
}

const ROLES: [&str; 12] = [
    "End User",
    "End User",
    "End User",
    "End User",
    "End User",
    "End User",
    "End User",
    "End User",
    "End User No Dashboard",
    "User Administrator",
    "Call Queue Administrator",
    "Report Administrator",
];

/// Desk phones come with Premium and above. One dead line in ten has a phone that still registers.
fn registration(rng: &mut Rng, tier: Option<Tier>, life: &Life, span: &Span) -> Option<NaiveDate> {
    let has_phone = tier != Some(Tier::Mobile) && rng.per_mille(600);
    let still_plugged_in = rng.per_mille(100);
    let newest = shift(span.last, -rng.between(0, 3));
    let day = match life.dead_since {
        Some(since) if !still_plugged_in => newest.min(since),
        _ => newest,
    };
    Some(day).filter(|day| has_phone && life.used_from <= *day)
}

/// Queues stand in the inventory as extensions without a user, a tier or a price.
pub(super) fn queue(options: &SynthOptions, index: u32) -> Line {
    let first = if options.lines <= 5000 { 8001 } else { 80_001 };
    let extension = (first + index).to_string();
    Line {
        line_id: extension.clone(),
        extension,
        first_name: Some(DEPARTMENTS[index as usize % DEPARTMENTS.len()].name.to_owned()),
        last_name: Some(format!("Queue {}", index + 1)),
        kind: Some(Kind::Queue),
        location: Some(LOCATIONS[0].to_owned()),
        ..blank_line(options)
    }
}

/// An extension that no inventory has.
pub(super) fn stranger_extension(options: &SynthOptions, index: u32) -> String {
    let first = if options.lines <= 5000 { 9901 } else { 99_001 };
    (first + index).to_string()
}

/// An administrator without an extension: a user, but no line and no cost.
pub(super) fn seatless(options: &SynthOptions, rng: &mut Rng, number: u32) -> Line {
    let person = Person::draw(rng, number);
    Line {
        user_id: Some((700_000 + number).to_string()),
        login_name: Some(person.login),
        email: Some(person.email),
        first_name: Some(person.first_name.to_owned()),
        last_name: Some(person.last_name.to_owned()),
        role: Some("Account Administrator".to_owned()),
        department: Some("IT".to_owned()),
        ..blank_line(options)
    }
}

fn blank_line(options: &SynthOptions) -> Line {
    Line {
        account_id: options.account_id.clone(),
        line_id: String::new(),
        extension: String::new(),
        external_id: None,
        sip_ids: Vec::new(),
        user_id: None,
        login_name: None,
        email: None,
        first_name: None,
        last_name: None,
        role: None,
        status: Status::Active,
        kind: None,
        tier: None,
        term: None,
        contract_id: None,
        seat_since: None,
        seat_until: None,
        activated_on: None,
        department: None,
        cost_center: None,
        manager_email: None,
        location: None,
        time_zone: Some(options.time_zone.name().to_owned()),
        dids: Vec::new(),
        handset_registered_at: None,
        records_on_demand: None,
        unread_cells: Vec::new(),
    }
}
