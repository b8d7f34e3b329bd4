//! The names under which systems write a voicemail box where a person's name should stand.

use super::folded;

/// Whole names, letters alone.
const BOXES: [&str; 14] = [
    "vm",
    "vmail",
    "vmbox",
    "mailbox",
    "sprachbox",
    "mobilbox",
    "anrufbeantworter",
    "messagerie",
    "messagerievocale",
    "buzondevoz",
    "segreteria",
    "segreteriatelefonica",
    "casellavocale",
    "correiodevoz",
];

/// Whether a name is a box's, as in `voicemail`, `Voice Mail 115` and `VM`. Ask only of names that no line has.
pub fn is_voicemail_box(name: &str) -> bool {
    let letters: String = folded(name).chars().filter(|c| c.is_alphabetic()).collect();
    letters.contains("voicemail") || BOXES.contains(&letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::is_voicemail_box;

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
}
