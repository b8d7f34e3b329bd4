//! The reported nights that a night is held against.

use chrono::{Days, NaiveDate};

use super::names::Names;
use crate::domain::{AccountBaseline, Baseline, GoodNights};
use crate::failure::Failure;
use crate::record::Store;
use crate::steps::gates::MEASURED_DAYS;
use crate::steps::gates::lost_use::LostUse;

pub(super) struct EarlierNights {
    pub good: GoodNights,
    /// The last reported night before this one.
    last_night: Option<(NaiveDate, Baseline)>,
}

impl EarlierNights {
    pub(super) fn of(job: &str, as_of: NaiveDate, store: &Store) -> Result<EarlierNights, Failure> {
        let last_before = |day| -> Result<Option<(NaiveDate, Baseline)>, Failure> {
            let run = store.tables().last_good(job, day)?;
            Ok(run.and_then(|run| Some((run.as_of, run.summary?))))
        };
        let far = as_of - Days::new(MEASURED_DAYS);
        Ok(EarlierNights {
            good: GoodNights {
                last: last_before(as_of.succ_opt().unwrap_or(as_of))?,
                lately: store.tables().good_nights(job, far, as_of)?,
            },
            last_night: last_before(as_of)?,
        })
    }

    /// What these nights left of an account, under tonight's ids.
    pub(super) fn carry_over(&mut self, account_id: &str, names: &Names) {
        for (day, night) in self.good.last.iter_mut().chain(&mut self.last_night) {
            names.carry_over(account_id, *day, night);
        }
        for (day, night) in &mut self.good.lately {
            names.carry_over(account_id, *day, night);
        }
    }

    pub(super) fn of_account<'a>(&'a self, account_id: &str, lost: &'a LostUse) -> Earlier<'a> {
        let last = self.good.last.as_ref();
        Earlier {
            before: last.and_then(|(_, last)| last.accounts.get(account_id)),
            last_night: self.last_night.as_ref().map(|(day, baseline)| (*day, baseline)),
            lost,
        }
    }
}

/// What an account's night is held against.
pub(super) struct Earlier<'a> {
    /// The account on the last good night, an earlier revision of this one included.
    pub before: Option<&'a AccountBaseline>,
    pub last_night: Option<(NaiveDate, &'a Baseline)>,
    /// What that night's usage shows and this one's does not.
    pub lost: &'a LostUse,
}
