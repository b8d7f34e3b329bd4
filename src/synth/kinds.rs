//! What a made-up line truly is, and how many of each an account has.

use super::Mix;

crate::domain::words! {
    /// The truth about a line, which an audit has to find out from its calls.
    TruthKind {
        /// Used on nearly every business day.
        Heavy => "heavy",
        Weekly => "weekly",
        Monthly => "monthly",
        /// Fixed weekdays only.
        PartTime => "part_time",
        Reception => "reception",
        /// Quiet in the same months of every year.
        Seasonal => "seasonal",
        /// Away once, for 4 to 20 weeks.
        OnLeave => "on_leave",
        Joiner => "joiner",
        /// Has left the company, and the line is still there and billed (or, for a former holder, ended).
        Leaver => "leaver",
        NeverUsed => "never_used",
        /// Used less and less.
        Fading => "fading",
        /// Used until a day, and never after.
        Dead => "dead",
        /// A paid seat that nobody holds.
        Unassigned => "unassigned",
        /// A common-area phone, a fax or a lift.
        Device => "device",
    }
}

impl TruthKind {
    pub(super) fn has_person(self) -> bool {
        !matches!(self, TruthKind::Unassigned | TruthKind::Device)
    }
}

/// Lines of each kind in a thousand, in the order of `TruthKind::ALL`.
fn shares(mix: Mix) -> [u32; 14] {
    match mix {
        Mix::Office => [330, 110, 50, 80, 10, 30, 50, 50, 30, 40, 30, 120, 25, 45],
        Mix::Seasonal => [250, 100, 40, 70, 10, 160, 60, 60, 40, 30, 30, 90, 25, 35],
        Mix::Sparse => [170, 200, 130, 80, 10, 30, 50, 40, 40, 70, 30, 100, 30, 20],
    }
}

/// The kinds of `lines` lines, by the mix's shares and each at least once where there is room; what is left is heavy.
pub(super) fn apportion(mix: Mix, lines: u32) -> Vec<TruthKind> {
    let room_for_all = lines as usize >= TruthKind::ALL.len();
    let mut counts =
        shares(mix).map(|share| (u64::from(lines) * u64::from(share) / 1000).max(u64::from(room_for_all)));
    while counts.iter().sum::<u64>() > u64::from(lines) {
        if let Some(largest) = counts.iter_mut().max() {
            *largest -= 1;
        }
    }
    counts[0] += u64::from(lines) - counts.iter().sum::<u64>();
    let kinds = TruthKind::ALL.iter().zip(counts);
    kinds
        .flat_map(|(kind, count)| std::iter::repeat_n(*kind, count as usize))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIXES: [Mix; 3] = [Mix::Office, Mix::Seasonal, Mix::Sparse];

    #[test]
    fn shares_are_of_a_thousand() {
        for mix in MIXES {
            assert_eq!(shares(mix).iter().sum::<u32>(), 1000, "{mix:?}");
        }
    }

    #[test]
    fn every_kind_has_its_line_where_there_is_room() {
        for mix in MIXES {
            for lines in [1, 13, 14, 15, 40, 120, 501] {
                let kinds = apportion(mix, lines);
                assert_eq!(kinds.len(), lines as usize, "{mix:?}");
                let present = TruthKind::ALL.iter().filter(|kind| kinds.contains(kind)).count();
                assert!(
                    lines < 14 || present == 14,
                    "{mix:?} with {lines} lines has {present} kinds"
                );
            }
        }
    }
}
