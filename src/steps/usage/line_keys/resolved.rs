//! Where an end of a leg led, by the list and by what lines had before.

use super::End;
use crate::steps::usage::day_join::FoundBy;

/// Where an end led. Several lines where a login holds several extensions and nothing else tells them apart, or where the end
/// names several people: each is taken as used, the safe side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resolved {
    pub lines: Vec<u32>,
    /// The row names one line by extension and another, or a stranger, by login or SIP id.
    pub contradicts: bool,
    /// Its extension is one line's, its login another's.
    pub at_odds: bool,
    pub found: FoundBy,
    /// What it is named by and no line has, as [`End::name`] gives it.
    pub strangers: Vec<String>,
    /// Its number is one line's own, beside a name that is not.
    pub at_number: bool,
}

impl Resolved {
    /// Looks the names that no line has, or that belong to two lines tonight, up among those that lines had before: `former`
    /// finds the lines of an end.
    pub(in crate::steps) fn add_former(&mut self, former: impl Fn(End<'_>) -> Resolved, end: End<'_>) {
        if self.contradicts || self.at_odds {
            let then = former(end);
            let by_phone = then.found.extension + then.found.sip_id + then.found.number > 0;
            if by_phone && then.found.by_user() && !then.contradicts && !then.at_odds {
                // One line's when the call was made; they have moved since.
                self.lines = then.lines;
                self.strangers.clear();
                (self.contradicts, self.at_odds) = (false, false);
                return;
            }
        }
        if self.strangers.is_empty() && !self.lines.is_empty() {
            return;
        }
        let strange = |sort: &str| self.strangers.iter().any(|name| name.starts_with(sort));
        let names = End {
            extension: end.extension.filter(|_| strange("extension ")),
            sip_id: end.sip_id.filter(|_| strange("SIP id ")),
            user: end.user.filter(|_| strange("login ")),
            number: end.number.filter(|_| self.lines.is_empty()),
            is_signed_elsewhere: end.user.is_some() && !strange("login "),
        };
        let found = former(names).lines;
        if !found.is_empty() {
            self.strangers.clear();
        }
        for line in found {
            if !self.lines.contains(&line) {
                self.lines.push(line);
            }
        }
    }
}
