//! A friendly question to a line's holder, or to whoever kept it until a day that has passed, ready to send: a `mailto:` link with
//! subject and text (RFC 6068).

use chrono::NaiveDate;

use crate::domain::{AccountStatement, Action, ScoredLine};
use crate::render::values::safe::clean;

/// The link, where somebody is to be asked and an address is known: that of whoever kept the line, else the holder's, else the
/// manager's.
pub(crate) fn mailto(account: &AccountStatement, line: &ScoredLine) -> Option<String> {
    if line.action != Action::AskHolder {
        return None;
    }
    let keeper = line.lapsed_keep.as_ref();
    let (address, to) = match (keeper, line.line.email.as_deref()) {
        (Some(keep), _) => (keep.owner.as_deref()?, To::Keeper(keep.until)),
        (None, Some(holder)) => (holder, To::Holder),
        (None, None) => (line.line.manager_email.as_deref()?, To::Manager),
    };
    // An address that is none must not lead a mail astray.
    let is_address = address.split('@').count() == 2 && !address.contains(char::is_whitespace);
    is_address.then(|| {
        format!(
            "mailto:{}?subject={}&body={}",
            encoded(address, "@"),
            encoded(&subject(line), ""),
            encoded(&body(account, line, to), "")
        )
    })
}

fn subject(line: &ScoredLine) -> String {
    format!("Phone line {}: is it still needed?", clean(&line.line.extension))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum To {
    Holder,
    Manager,
    /// Until this day.
    Keeper(NaiveDate),
}

fn body(account: &AccountStatement, line: &ScoredLine, to: To) -> String {
    let extension = clean(&line.line.extension);
    let name = clean(line.line.first_name.as_deref().unwrap_or_default());
    let hello = match to == To::Holder && !name.trim().is_empty() {
        true => format!("Hello {},", name.trim()),
        false => "Hello,".to_owned(),
    };
    let whose = match to {
        To::Holder => format!("your phone line, extension {extension},"),
        To::Manager | To::Keeper(_) => format!(
            "the phone line of {}, extension {extension},",
            clean(&line.line.user_name())
        ),
    };
    let seen = match line.activity.last_used_on {
        Some(day) => format!("had its last call placed or answered on {day}"),
        None => "has had no call placed or answered as far as we can see".to_owned(),
    };
    let kept = match to {
        To::Keeper(until) => format!(" You decided to keep it until {until}."),
        To::Holder | To::Manager => String::new(),
    };
    let company = clean(&account.name);
    format!(
        "{hello}\r\n\r\nin the call log of {company} {whose} {seen}. The log shows calls only: messages, meetings and fax do not \
         appear in it.{kept} So we ask before anything is changed.\r\n\r\nIs the line still needed? A short answer is enough:\r\n\
         - yes, and until when\r\n- no, it can go\r\n- only its number is needed, on another phone\r\n\r\nThank you!"
    )
}

/// Percent-encoded but for unreserved characters and `kept`.
fn encoded(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        let letter = char::from(byte);
        if byte.is_ascii_alphanumeric()
            || "-._~".contains(letter)
            || (byte.is_ascii() && kept.contains(letter))
        {
            out.push(letter);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn what_could_end_or_split_the_link_is_encoded() {
        assert_eq!(
            encoded("a&b?c=d e\r\n\"<é>", ""),
            "a%26b%3Fc%3Dd%20e%0D%0A%22%3C%C3%A9%3E"
        );
        assert_eq!(encoded("june+x@example.test", "@"), "june%2Bx@example.test");
    }
}
