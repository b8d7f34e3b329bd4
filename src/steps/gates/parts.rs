//! Parts of the time looked at that are judged on their own: seven bad days drown in ninety good ones.

use std::collections::BTreeMap;

use crate::steps::usage::day_join::DayJoin;

/// Fewer rows on the other days are no measure of what is usual.
const USUAL_ROWS: u64 = 100;

/// Some of the days, and the others beside them.
#[derive(Debug, Clone)]
pub struct Part {
    pub span: Span,
    pub join: DayJoin,
    pub others: DayJoin,
    /// Legs of each line on these days.
    pub legs_by_line: BTreeMap<String, u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Days whose calls are new tonight, or not the same as on the last reported night.
    Tonight,
    LastThreeBusinessDays,
    LastTenBusinessDays,
}

impl Span {
    pub fn told(self) -> &'static str {
        match self {
            Span::Tonight => "on the days that are new or changed tonight",
            Span::LastThreeBusinessDays => "on the last three business days",
            Span::LastTenBusinessDays => "on the last ten business days",
        }
    }

    /// Under so many rows chance alone moves a share; a quiet day in a small company must not stop the night.
    pub(super) fn min_rows(self) -> u64 {
        match self {
            Span::Tonight | Span::LastThreeBusinessDays => 30,
            Span::LastTenBusinessDays => 100,
        }
    }

    /// Points by which a share may be worse than on the other days, of those that the limit allows a long time.
    fn allowed(self, points: u32) -> u64 {
        match self {
            Span::Tonight | Span::LastThreeBusinessDays => u64::from(points) * 2,
            Span::LastTenBusinessDays => u64::from(points),
        }
    }
}

/// So many rows of so many, as a share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    pub rows: u64,
    pub of: u64,
}

impl Share {
    pub(super) fn basis_points(self) -> u64 {
        (self.rows * 10_000).checked_div(self.of).unwrap_or(0)
    }

    pub(super) fn told(self) -> String {
        percent(self.basis_points())
    }
}

pub(super) fn percent(basis_points: u64) -> String {
    format!("{}.{:02} %", basis_points / 100, basis_points % 100)
}

impl Part {
    /// The share of bad rows, where it is above `limit_percent` and `points` worse than on the other days; and theirs.
    pub(super) fn worse(
        &self,
        share: impl Fn(&DayJoin) -> Share,
        limit_percent: u32,
        points: u32,
    ) -> Option<(Share, Share)> {
        let (here, usual) = (share(&self.join), share(&self.others));
        let is_told = here.of >= self.span.min_rows() && usual.of >= USUAL_ROWS;
        let worse = here.basis_points() > u64::from(limit_percent) * 100
            && here.basis_points() > usual.basis_points() + self.span.allowed(points) * 100;
        (is_told && worse).then_some((here, usual))
    }
}
