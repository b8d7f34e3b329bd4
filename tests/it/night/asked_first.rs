//! Who may still need a line is asked, and its callers are led elsewhere, before it is removed or offered to somebody else.

use quietline::domain::{Action, FindingState, Recoverable, Verdict};
use quietline::night::{Options, night};

use super::company::{job_in, world};
use super::phones::{Phones, Row, line, row};

const CONTRACT: &str = "contract_id,term,start_on,end_on,tier,unit_price,auto_renew,notice_days,mid_term_credit\n\
                        ANN,annual,2026-01-01,2027-12-31,premium,20.99,true,60,none\n";

/// Annual seats whose notice is a year away; those of 115 and 116 have been silent for twice the window.
fn annual() -> Phones {
    let mut phones = Phones::named_by(&["extension"]);
    for line in &mut phones.lines {
        line.extend(row([
            ("tier", "premium"),
            ("term", "annual"),
            ("contract_id", "ANN"),
        ]));
    }
    phones.files.insert("contracts", CONTRACT.to_owned());
    let is_silent = |extension: &str| matches!(extension, "115" | "116");
    phones
        .calls
        .retain(|call| !is_silent(&call["source_extension"]) || call["start"].as_str() < "2026-04-10");
    phones
}

/// A call that nobody answered, last week.
fn missed(phones: &mut Phones, extension: &str) {
    phones.calls.push(row([
        ("id", &format!("missed-{extension}")),
        ("direction", "Inbound"),
        ("start", "2026-10-12 15:00:00"),
        ("length", "20"),
        ("result", "Missed"),
        ("from", "13125550199"),
        ("to", "12125550000"),
        ("destination_extension", extension),
    ]));
}

#[test]
fn a_seat_is_not_offered_before_its_holder_is_asked_and_its_callers_are_led_elsewhere() {
    let mut phones = annual();
    let action = |phones: &Phones, extension: &str| {
        let account = phones.judged();
        let line = line(&account, extension);
        assert_eq!(line.recoverable, Recoverable::AtRenewal, "{}", line.reason);
        line.action
    };
    assert_eq!(action(&phones, "115"), Action::Reassign);
    missed(&mut phones, "116");
    phones
        .line("115")
        .insert("handset_registered_at", "2026-10-09".into());
    assert_eq!(action(&phones, "115"), Action::AskHolder);
    assert_eq!(action(&phones, "116"), Action::RerouteThenReclaim);
    // Silent for the window, and not for twice of it.
    let mut later = Phones::named_by(&["extension"]);
    later.lines = annual().lines;
    later.files = annual().files;
    assert_eq!(action(&later, "116"), Action::AskHolder);
}

/// A line that nobody has ever used.
fn never_used(phones: &mut Phones, extension: &str, cells: &[(&'static str, &str)]) {
    let login = format!("never.{extension}");
    let mut line = row([
        ("extension", extension),
        ("login_name", &login),
        ("kind", "person"),
        ("tier", "premium"),
        ("term", "monthly"),
    ]);
    line.extend(cells.iter().map(|(column, text)| (*column, (*text).to_owned())));
    phones.lines.push(line);
}

#[test]
fn a_line_never_used_is_taken_no_sooner_than_an_idle_one() {
    let mut phones = annual();
    let since = ("seat_since", "2026-01-12");
    never_used(&mut phones, "121", &[since]);
    never_used(&mut phones, "122", &[("handset_registered_at", "2026-10-09")]);
    never_used(&mut phones, "123", &[since]);
    never_used(
        &mut phones,
        "124",
        &[("login_name", ""), ("handset_registered_at", "2026-10-09")],
    );
    missed(&mut phones, "123");
    let account = phones.judged();
    let told = ["121", "122", "123", "124"].map(|extension| {
        let line = line(&account, extension);
        (line.verdict, line.action)
    });
    assert_eq!(
        told,
        [
            (Verdict::NeverUsed, Action::Reclaim),
            (Verdict::NeverUsed, Action::AskHolder),
            (Verdict::NeverUsed, Action::RerouteThenReclaim),
            (Verdict::Unassigned, Action::Review),
        ]
    );
    // Nobody has said when its seat began.
    let reason = &line(&account, "121").reason;
    assert!(
        reason.contains("since the first day that we can see, "),
        "{reason}"
    );
}

/// Whoever got a seat last week has called nobody either.
#[test]
fn a_line_never_used_whose_age_nothing_tells_is_asked_about_until_we_have_seen_it_for_twice_the_grace() {
    let mut phones = annual();
    never_used(&mut phones, "121", &[]);
    let folder = tempfile::tempdir().unwrap();
    let calls = std::mem::take(&mut phones.calls);
    let mut on = |as_of: &str| {
        let is_past = |call: &&Row| &call["start"][..10] <= as_of;
        phones.calls = calls.iter().filter(is_past).cloned().collect();
        phones.write_in(folder.path(), "rule", 1);
        let job = job_in(folder.path(), "job.toml", &[("job.as_of", as_of)]);
        let night = night(&job, &Options::default(), &world()).unwrap();
        let account = night.statement.unwrap().accounts.into_iter().next().unwrap();
        let line = line(&account, "121");
        assert_eq!(line.verdict, Verdict::NeverUsed);
        (line.action, line.reason.clone())
    };
    let (first, reason) = on("2026-07-03");
    assert_eq!(first, Action::AskHolder);
    assert!(reason.contains("one given out last week"), "{reason}");
    assert_eq!(on("2026-08-14").0, Action::AskHolder);
    assert_eq!(on("2026-10-16").0, Action::Reclaim);
}

#[test]
fn a_lapsed_keep_is_asked_again_of_whoever_kept_it() {
    let mut phones = annual();
    phones.line("115").insert("term", "monthly".into());
    never_used(&mut phones, "121", &[("seat_since", "2026-01-12")]);
    never_used(&mut phones, "122", &[("seat_since", "2026-05-04")]);
    phones.files.insert(
        "directory",
        "email,status,departed_on\npaul.quist@example.test,departed,2026-08-31\n".into(),
    );
    let headings = "line_id,decision,expires_on,decided_on,owner\n";
    let kept = "115,keep,2026-09-30,2026-04-01,greta.holm@example.test\n\
                116,keep,2026-09-30,2026-04-01,Greta Holm\n\
                121,keep,2026-09-30,,\n\
                122,keep,2026-09-30,2026-04-01,Greta Holm\n";
    phones.files.insert("decisions", format!("{headings}{kept}"));
    let account = phones.judged();
    let asked = ["115", "121", "116", "122"].map(|extension| line(&account, extension));
    assert_eq!(
        asked.map(|line| line.action),
        // A holder who has left cannot be asked, and a keep of somebody else's is not the holder's.
        [
            Action::AskHolder,
            Action::AskHolder,
            Action::Review,
            Action::Reclaim
        ]
    );
    for (line, whom) in asked
        .iter()
        .zip(["greta.holm@example.test", "whoever kept it", "Greta Holm"])
    {
        let words = format!("lapsed on 2026-09-30: ask {whom} again");
        assert!(line.reason.contains(&words), "{}", line.reason);
    }
    // A later decision is the last word; one from before the keep is not.
    let after = "115,reclaim,,2026-10-05,Greta Holm\n116,reclaim,,2026-03-01,Greta Holm\n\
                 121,reclaim,,2026-10-05,Greta Holm\n";
    phones
        .files
        .insert("decisions", format!("{headings}{kept}{after}"));
    let account = phones.judged();
    let actions = ["115", "121", "116"].map(|extension| line(&account, extension).action);
    assert_eq!(actions, [Action::Reassign, Action::Reclaim, Action::Review]);
}

#[test]
fn a_newer_decision_that_does_not_hold_takes_no_older_keep_away() {
    let mut phones = annual();
    let keep = "keep,2026-12-31,2026-06-01,Greta Holm,,";
    let newer = [
        "reclaim,,2026-12-01,Greta Holm,,",
        "reclaim,,2026-09-01,,,",
        "reclaim,,,Greta Holm,,",
        "reclaim,,2026-09-01,Greta Holm,,Somebody Else",
        "dispute,,2026-09-01,Greta Holm,,",
        "keep,2026-09-30,2026-09-01,Greta Holm,,",
        "dismiss,2026-09-30,2026-09-01,Greta Holm,none,",
    ];
    let mut rows = String::from("line_id,decision,expires_on,decided_on,owner,reason,holder\n");
    let kept: Vec<String> = (121..)
        .take(newer.len())
        .map(|extension| extension.to_string())
        .collect();
    for (line_id, newer) in kept.iter().zip(newer) {
        never_used(&mut phones, line_id, &[]);
        rows.push_str(&format!("{line_id},{newer}\n{line_id},{keep}\n"));
    }
    // What was once to be taken is not, after somebody has kept it since.
    never_used(&mut phones, "130", &[]);
    rows.push_str("130,reclaim,,2026-03-01,Greta Holm,,\n130,keep,2026-09-30,2026-06-01,Greta Holm,,\n");
    phones.files.insert("decisions", rows);
    let account = phones.judged();
    for line_id in &kept {
        assert_eq!(line(&account, line_id).action, Action::Keep, "{line_id}");
        let told: Vec<&String> = account
            .notices
            .iter()
            .filter(|notice| notice.contains(&format!("line {line_id} ")))
            .collect();
        assert_eq!(told.len(), 1, "why the newer one does not hold: {told:?}");
    }
    assert_eq!(line(&account, "130").action, Action::AskHolder);
    assert!(
        account
            .ledger
            .iter()
            .all(|entry| entry.state != FindingState::Approved)
    );
}
