//! One person in several spellings is one person, on every table and on decisions on their way back.

use quietline::domain::Verdict;

use super::phones::{Phones, Row, line, row, verdict};

/// As it comes out of a portal, a spreadsheet or a Mac.
const SPELLINGS: [fn(&str) -> String; 7] = [
    |login| format!("{login}\u{200b}"),
    |login| format!("\u{feff}{login}"),
    |login| login.replace('.', "\u{ad}."),
    |login| login.replace('.', ".\u{2060}"),
    |login| format!("\u{a0}{}\u{a0}", login.to_uppercase()),
    |login| format!("{login}@vbc.prod"),
    |login| {
        login
            .chars()
            .map(|c| {
                char::from_u32(u32::from(c) + 0xfee0)
                    .filter(|_| c.is_ascii_lowercase())
                    .unwrap_or(c)
            })
            .collect()
    },
];

#[test]
fn a_spelling_makes_no_other_person() {
    let plain = Phones::named_by(&["user"]).judged();
    let mut spelled = Phones::named_by(&["user"]);
    for (at, line) in spelled.lines.iter_mut().enumerate() {
        let login = SPELLINGS[at % SPELLINGS.len()](&line["login_name"]);
        line.insert("login_name", login);
    }
    for (at, call) in spelled.calls.iter_mut().enumerate() {
        let user = SPELLINGS[at % 11 % SPELLINGS.len()](&call["source_user"]);
        call.insert("source_user", user);
    }
    spelled.lines.reverse();
    spelled.calls.reverse();
    let spelled = spelled.judged();
    for (one, other) in plain.lines.iter().zip(&spelled.lines) {
        assert_eq!((one.verdict, &one.reason), (other.verdict, &other.reason));
        assert_eq!(one.activity, other.activity, "{}", one.line.extension);
    }
    assert_eq!(verdict(&plain, "101"), Verdict::InUse);
    assert_eq!(verdict(&plain, "115"), Verdict::Idle);
}

#[test]
fn a_directory_knows_people_by_what_they_sign_in_with() {
    let mut phones = Phones::named_by(&["user"]);
    phones
        .line("115")
        .insert("email", "o.pike@corp.example.test".into());
    let directory = "mail,userPrincipalName,accountEnabled,on_leave_until\n\
                     oona@example.test,O.Pike@corp\u{200b}.example.test,true,2027-01-31\n\
                     ,ｐaul.quist@example.test,true,2027-01-31\n\
                     ada.birch@example.test,,true,\n";
    phones.files.insert("directory", directory.into());
    let account = phones.judged();
    assert_eq!(verdict(&account, "115"), Verdict::OnLeave);
    assert_eq!(verdict(&account, "116"), Verdict::OnLeave);
}

#[test]
fn what_programs_write_around_an_address_is_no_part_of_it() {
    for around in [
        "mailto:oona.pike@example.test",
        "Oona Pike <oona.pike@example.test>",
        "opike@example.test; oona.pike@example.test",
        "EXAMPLE\\oona.pike",
    ] {
        let mut phones = Phones::named_by(&["user"]);
        let directory = format!("mail,accountEnabled,on_leave_until\n{around},true,2027-01-31\n");
        phones.files.insert("directory", directory);
        assert_eq!(verdict(&phones.judged(), "115"), Verdict::OnLeave, "{around}");
    }
}

/// A list handed back by way of a spreadsheet: the zeros of the line are gone, and its holder is in another composition.
#[test]
fn a_decision_comes_back_to_its_line() {
    let mut phones = Phones::named_by(&["user"]);
    let accented: Row = row([
        ("extension", "0115"),
        ("first_name", "Oönà"),
        ("last_name", "Pike"),
    ]);
    phones.line("115").extend(accented);
    let decisions = "line_id,decision,expires_on,owner,decided_on,user_name\n\
                     115,keep,2027-01-31,Kay,2026-10-01,Oo\u{308}na\u{300}\u{a0}Pike\n\
                     00116.0,keep,2027-01-31,Kay,2026-10-01,paul\u{200b} QUIST\n";
    phones.files.insert("decisions", decisions.into());
    let account = phones.judged();
    assert_eq!(
        verdict(&account, "0115"),
        Verdict::Exempt,
        "{}",
        line(&account, "0115").reason
    );
    assert_eq!(verdict(&account, "116"), Verdict::Exempt);
}

#[test]
fn zeros_that_tell_two_lines_apart_are_not_lost() {
    let mut phones = Phones::named_by(&["user"]);
    phones.line("115").insert("extension", "0116".into());
    let decisions = "line_id,decision,expires_on,user_name\n\
                     00116,keep,2027-01-31,Oona Pike\n\
                     116,keep,2027-01-31,Paul Quist\n";
    phones.files.insert("decisions", decisions.into());
    let account = phones.judged();
    assert_eq!(
        verdict(&account, "0116"),
        Verdict::Exempt,
        "the holder tells which"
    );
    assert_eq!(verdict(&account, "116"), Verdict::Exempt);
}

#[test]
fn a_keep_reaches_whoever_is_written_where_the_line_s_id_belongs() {
    let written = [
        "Ext. 115",
        "115 (Oona Pike)",
        "Pike, Oona",
        "oona.pike",
        "115; 116",
    ];
    let mut phones = Phones::named_by(&["user", "extension"]);
    for line in &mut phones.lines {
        let id = format!("HP-{}", line["extension"]);
        line.insert("external_id", id);
    }
    for name in written {
        let list = format!("line_id,decision,expires_on,owner\n\"{name}\",keep,2027-01-31,Ada Birch\n");
        phones.files.insert("decisions", list);
        let account = phones.judged();
        assert_eq!(verdict(&account, "115"), Verdict::Exempt, "{name}");
        let other = if name.contains("116") {
            Verdict::Exempt
        } else {
            Verdict::Idle
        };
        assert_eq!(verdict(&account, "116"), other, "{name}");
    }
    // Whoever is to lose a phone is named by the line's own id.
    let list = "line_id,decision,owner,decided_on\nOona Pike,reclaim,Ada Birch,2026-10-01\n";
    phones.files.insert("decisions", list.into());
    let account = phones.judged();
    assert_eq!(line(&account, "115").decision, None);
    assert!(
        account
            .notices
            .iter()
            .any(|notice| notice.contains("fits no line"))
    );
}

#[test]
fn a_keep_holds_where_the_holder_is_written_with_other_words() {
    let mut phones = Phones::named_by(&["user", "extension"]);
    let decisions = "line_id,decision,expires_on,user_name,owner,decided_on\n\
                     115,keep,2027-01-31,Ms Oona Pike (Sales),Kay,2026-10-01\n\
                     116,keep,2027-01-31,Oona Pike,Kay,2026-10-01\n";
    phones.files.insert("decisions", decisions.into());
    let account = phones.judged();
    assert_eq!(verdict(&account, "115"), Verdict::Exempt);
    assert_eq!(
        verdict(&account, "116"),
        Verdict::Idle,
        "the sheet may have shifted"
    );
}
