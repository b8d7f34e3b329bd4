//! The words in which systems write a voicemail box, where a person's name should stand or a call's result.

use super::{folded, without_accents};

/// Whole names, letters without accents alone.
const BOXES: [&str; 26] = [
    "vm",
    "vmail",
    "vmbox",
    "mailbox",
    "sprachbox",
    "sprachnachricht",
    "mobilbox",
    "combox",
    "anrufbeantworter",
    "repondeur",
    "repondeurvocal",
    "boitevocale",
    "messagerie",
    "messagerievocale",
    "buzon",
    "buzondevoz",
    "contestador",
    "contestadorautomatico",
    "segreteria",
    "segreteriatelefonica",
    "casellavocale",
    "caixapostal",
    "caixadecorreiodevoz",
    "correiodevoz",
    "antwoordapparaat",
    "voicebox",
];

/// What may stand before or after such a word in a call's result: `Left VM`, `Sent to Mailbox`, `Mailbox reached`.
const DONE: [&str; 24] = [
    "left",
    "sent",
    "went",
    "gone",
    "forwarded",
    "transferred",
    "redirected",
    "diverted",
    "to",
    "in",
    "on",
    "reached",
    "the",
    "message",
    "greeting",
    "auf",
    "an",
    "weitergeleitet",
    "vers",
    "sur",
    "al",
    "a",
    "alla",
    "enviado",
];

/// Whether a call's result says that a box took the call.
pub fn says_voicemail(result: &str) -> bool {
    let folded = folded(result);
    let words = folded.split(|c: char| !c.is_alphanumeric());
    let said: Vec<&str> = words
        .filter(|word| !word.is_empty() && !DONE.contains(word))
        .collect();
    !said.is_empty() && is_voicemail_box(&said.concat())
}

/// Whether a name is a box's, as in `voicemail`, `Voice Mail 115` and `VM`. Ask only of names that no line has.
pub fn is_voicemail_box(name: &str) -> bool {
    let letters: String = without_accents(&folded(name))
        .chars()
        .filter(|c| c.is_alphabetic())
        .collect();
    letters.contains("voicemail") || BOXES.contains(&letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::{is_voicemail_box, says_voicemail};

    #[test]
    fn a_box_is_no_person() {
        for name in [
            "voicemail",
            "Voice Mail",
            "VM",
            "voicemail-115",
            "Voicemail of Oona",
            "Mailbox 115",
        ] {
            assert!(is_voicemail_box(name), "{name}");
        }
        for name in ["vm.smith", "oona.pike", "115", ""] {
            assert!(!is_voicemail_box(name), "{name}");
        }
    }

    #[test]
    fn a_result_that_names_a_box_is_nobodys_answer() {
        for result in [
            "Voice Mail",
            "VM",
            "Mailbox",
            "Left Voicemail",
            "left VM",
            "sent to mailbox",
            "Anrufbeantworter",
            "Répondeur",
            "re\u{301}pondeur",
            "Messagerie",
            "messagerie vocale",
            "Buzón de voz",
            "Segreteria",
            "voice_mail",
        ] {
            assert!(says_voicemail(result), "{result}");
        }
        for result in ["answered", "connected", "sent", "", "left", "message"] {
            assert!(!says_voicemail(result), "{result}");
        }
    }
}
