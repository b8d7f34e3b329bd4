//! The people's and the contracts' tables.

use std::fmt::Write;

use chrono::NaiveDate;

use crate::ACCOUNT;
use crate::company::{Habit, Seat, day, iso};

pub const CONTRACTS: &str = "\
account_id,contract_id,tier,term,start_on,end_on,committed_lines,unit_price,list_price,promo_ends_on,auto_renew,\
notice_days,mid_term_credit,min_tier_reason
913874,HP-2026-A,mobile,annual,2026-01-01,2026-12-31,,13.99,19.99,,true,60,none,
913874,HP-2026-A,premium,annual,2026-01-01,2026-12-31,,20.99,29.99,,true,60,none,
913874,HP-2026-A,advanced,annual,2026-01-01,2026-12-31,,27.99,39.99,,true,60,none,
913874,HP-2026-B,mobile,annual,2026-07-01,2027-06-30,,13.99,19.99,,true,90,none,
913874,HP-2026-C,mobile,annual,2026-03-01,2027-02-28,,13.99,19.99,,false,,prorated,
913874,HP-2026-C,premium,annual,2026-03-01,2027-02-28,,20.99,29.99,,false,,prorated,
913874,HP-M-FLEX,mobile,monthly,2025-01-01,,,19.99,,,,,,
913874,HP-M-FLEX,premium,monthly,2025-01-01,,,29.99,,,,,,
913874,HP-M-DEN,mobile,monthly,2025-06-01,,7,19.99,,,,,,
";

pub const DECISIONS: &str = "\
account_id,line_id,finding_id,decision,reason,owner,decided_on,expires_on,holder
913874,146,,keep,Sabbatical cover; back in January,Greta Holm,2026-06-30,2026-12-31,June Archer
913874,136,,keep,Was to start in the new depot in August,Greta Holm,2026-02-27,2026-08-31,Arne Lund
";

const LINES_HEAD: &str = "account_id,extension,external_id,sip_ids,user_id,login_name,email,first_name,last_name,role,\
status,kind,tier,term,contract_id,seat_since,seat_until,activated_on,department,cost_center,manager_email,location,\
time_zone,dids,handset_registered_at";

/// `lines.csv`, with the one user who holds no line.
pub fn lines(seats: &[Seat]) -> String {
    let mut text = format!("{LINES_HEAD}\n");
    for seat in seats {
        let external_id = match seat.extension {
            "106" => "4400106",
            "212" => "4400212",
            _ => "",
        };
        let status = match seat.extension {
            "160" | "161" => "unassigned",
            "138" | "220" => "pending",
            _ => "active",
        };
        let role = match (seat.is_human(), seat.extension) {
            (true, "101") => "Super User",
            (true, "116") => "Call Queue Administrator",
            (true, _) => "End User",
            (false, _) => "",
        };
        let activated_on = match seat.habit {
            Habit::Silent => String::new(),
            _ => iso(seat.since),
        };
        let cells = [
            ACCOUNT.into(),
            seat.extension.into(),
            external_id.into(),
            seat.sip_id(),
            seat.login(),
            seat.login(),
            seat.email(),
            seat.first_name.into(),
            seat.last_name.into(),
            role.into(),
            status.into(),
            seat.kind.into(),
            seat.tier.into(),
            seat.term.into(),
            seat.contract.into(),
            iso(seat.since),
            iso(seat.until),
            activated_on,
            seat.department.into(),
            cost_center(seat.department).into(),
            manager(seat).into(),
            seat.place.into(),
            seat.time_zone().name().into(),
            seat.did.into(),
            handset(seat),
        ];
        text += &(cells.join(",") + "\n");
    }
    // An administrator needs no extension, and without one costs nothing.
    text += &format!(
        "{ACCOUNT},,,,grace.lund,grace.lund,grace.lund@harbour-pine.example,Grace,Lund,Account Administrator,active,\
         person,,,,2024-01-08,,2024-01-08,Finance,CC-40,amelia.ford@harbour-pine.example,New York,America/New_York,,\n"
    );
    text
}

fn cost_center(department: &str) -> &'static str {
    match department {
        "Management" => "CC-10",
        "Sales" => "CC-20",
        "Service" => "CC-30",
        "Finance" => "CC-40",
        "Operations" => "CC-50",
        _ => "CC-60",
    }
}

fn manager(seat: &Seat) -> &'static str {
    match (seat.extension, seat.place) {
        ("101", _) => "",
        (_, "Denver") => "basil.chandra@harbour-pine.example",
        _ => "amelia.ford@harbour-pine.example",
    }
}

/// Everybody above Mobile has a desk phone, so that no cheaper tier would do.
fn handset(seat: &Seat) -> String {
    match (seat.tier, seat.extension) {
        ("premium" | "advanced", "144") => "2026-09-28T15:10:00Z".into(),
        ("premium" | "advanced", _) => "2025-04-14T14:05:00Z".into(),
        _ => String::new(),
    }
}

/// `directory.csv`: everybody with an e-mail address. Idle people's last sign-in is older than their last call.
pub fn directory(seats: &[Seat]) -> String {
    let head = "account_id,email,status,departed_on,on_leave_until,last_sign_in_at,department,cost_center,manager_email";
    let mut text = format!("{head}\n");
    for seat in seats.iter().filter(|seat| seat.is_human()) {
        let (status, departed_on, on_leave_until) = match (seat.extension, seat.first_name) {
            (_, "Peter") => ("departed", "2026-03-31", ""),
            ("130", _) => ("disabled", "", ""),
            ("140", _) => ("departed", "2026-08-31", ""),
            ("141", _) => ("departed", "2026-09-15", ""),
            ("142", _) => ("departed", "", ""),
            ("145", _) => ("active", "", "2027-01-31"),
            _ => ("active", "", ""),
        };
        let _ = writeln!(
            text,
            "{ACCOUNT},{},{status},{departed_on},{on_leave_until},{},{},{},{}",
            seat.email(),
            last_sign_in(seat),
            seat.department,
            cost_center(seat.department),
            manager(seat),
        );
    }
    text += &format!(
        "{ACCOUNT},grace.lund@harbour-pine.example,active,,,2026-10-16T12:40:00Z,Finance,CC-40,\
         amelia.ford@harbour-pine.example\n"
    );
    text
}

fn last_sign_in(seat: &Seat) -> String {
    let last = match seat.habit {
        // Zoe Adler places no call, but still signs in: her line is asked about, never just taken.
        _ if seat.extension == "135" => day("2026-09-30"),
        Habit::Silent | Habit::Once(_) => return String::new(),
        Habit::Busy(_, to) if to < day("2026-10-14") => to - chrono::Days::new(9),
        _ => day("2026-10-15"),
    };
    format!("{last}T14:12:00Z")
}

/// `holidays.csv`: a row per location and day. Frances Xavier Cabrini Day is a holiday in Colorado only.
pub fn holidays() -> String {
    let mut text = String::from("account_id,location,day,name\n");
    for place in ["New York", "Denver"] {
        for (day, name) in closed_days(place) {
            let _ = writeln!(text, "{ACCOUNT},{place},{day},{name}");
        }
    }
    text
}

pub fn closed_days(place: &str) -> Vec<(NaiveDate, &'static str)> {
    let mut days = vec![
        ("2025-11-27", "Thanksgiving"),
        ("2025-11-28", "Day after Thanksgiving"),
    ];
    days.extend(
        [
            "2025-12-24",
            "2025-12-25",
            "2025-12-26",
            "2025-12-29",
            "2025-12-30",
            "2025-12-31",
            "2026-01-01",
            "2026-01-02",
        ]
        .map(|day| (day, "Christmas closure")),
    );
    days.extend([
        ("2026-05-25", "Memorial Day"),
        ("2026-07-03", "Independence Day (observed)"),
    ]);
    days.push(("2026-09-07", "Labor Day"));
    if place == "Denver" {
        days.insert(0, ("2025-10-06", "Frances Xavier Cabrini Day"));
    }
    days.into_iter().map(|(text, name)| (day(text), name)).collect()
}
