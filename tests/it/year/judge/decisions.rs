//! What was decided is obeyed, shown until it is done, and told when it lapses.

use chrono::{Days, NaiveDate};

use super::Truth;
use crate::year::report::{Report, words};

pub fn check(truth: &Truth<'_>, report: &Report, say: &mut impl FnMut(&'static str, String)) {
    let day = truth.day;
    for made in truth.office.in_force(truth.company, day) {
        // A line that has another extension since may bear another id.
        let id = &truth.company.lines[made.uid].id();
        let Some(line) = report.line(id) else { continue };
        let is_listed = report.seats.iter().any(|seat| seat["line_id"] == *id);
        let word = made.word;
        let lapsed =
            |until: NaiveDate| words(&report.text("admin.html")).contains(&format!("lapsed on {until}"));
        match (word, made.expires_on) {
            ("keep", Some(until)) if day <= until && (is_listed || line["verdict"] != "exempt") => {
                say(
                    "keep-not-obeyed",
                    format!(
                        "{id} is kept until {until}: {}, listed: {is_listed}",
                        line["verdict"]
                    ),
                );
            }
            ("keep", Some(until)) if day == until + Days::new(1) && !lapsed(until) => {
                say("lapse-not-told", format!("{id} was kept until {until}"));
            }
            ("reclaim" | "reassign", _) if !report.actions.iter().any(|action| action["line_id"] == *id) => {
                say(
                    "decision-not-in-actions",
                    format!("{word} {id}; it is {}", line["verdict"]),
                );
            }
            ("dismiss", _) if is_listed => say("dismissed-still-listed", id.clone()),
            _ => {}
        }
    }
    for made in truth
        .office
        .disputed
        .iter()
        .filter(|made| made.handed_back <= day)
    {
        let row = report
            .findings
            .iter()
            .find(|row| row["finding_id"] == made.finding_id);
        let lines = truth.company.lines.iter();
        let lost: Vec<&str> = lines.flat_map(|line| truth.lost_extensions(line)).collect();
        let row = row.filter(|row| !lost.contains(&row["extension"].as_str()));
        if row.is_some_and(|row| row["state"] != "approved" && row["state"] != "slipped_back") {
            say(
                "dispute-not-approved",
                format!("{}: {:?}", made.finding_id, row.map(|row| &row["state"])),
            );
        }
        if row.is_some_and(|row| row["state"] == "approved")
            && !report
                .actions
                .iter()
                .any(|action| action["finding_id"] == made.finding_id)
        {
            say("dispute-not-in-actions", made.finding_id.clone());
        }
    }
    for action in report
        .actions
        .iter()
        .filter(|action| !action["line_id"].is_empty())
    {
        if report.line(&action["line_id"]).is_none() {
            say("action-on-gone-line", action["line_id"].clone());
        }
    }
}
