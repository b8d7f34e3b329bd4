//! A line's history as text: one sign for each business day, oldest first.

/// A business day of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Day {
    /// Known, without a call placed or answered.
    Silent,
    Used,
    /// Nobody knows: no data, a holiday, a closed day.
    Unknown,
}

impl Day {
    pub fn sign(self) -> char {
        match self {
            Day::Silent => '0',
            Day::Used => '1',
            Day::Unknown => '?',
        }
    }

    fn of_sign(sign: char) -> Option<Day> {
        [Day::Silent, Day::Used, Day::Unknown]
            .into_iter()
            .find(|day| day.sign() == sign)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("the pattern is empty: write one sign for each business day, oldest first")]
    Empty,
    #[error("the sign {sign:?} at place {place} is none of 1 (used), 0 (silent) and ? (unknown)")]
    Sign { sign: char, place: usize },
    #[error("the pattern has {0} days; more than {MOST_DAYS} are not taken")]
    Long(usize),
}

/// Forty years of business days.
const MOST_DAYS: usize = 10_000;

/// Reads `1` (used), `0` (silent) and `?` (unknown).
pub fn parse(pattern: &str) -> Result<Vec<Day>, PatternError> {
    let signs = pattern.chars().count();
    match signs {
        0 => return Err(PatternError::Empty),
        _ if signs > MOST_DAYS => return Err(PatternError::Long(signs)),
        _ => {}
    }
    let read = |(index, sign): (usize, char)| {
        let place = index + 1;
        Day::of_sign(sign).ok_or(PatternError::Sign { sign, place })
    };
    pattern.chars().enumerate().map(read).collect()
}
