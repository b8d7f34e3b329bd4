//! Which sections the pages of a night have, and in which order.

use crate::domain::Statement;
use crate::render::admins;
use crate::render::admins::{details, set_aside};
use crate::render::finance;
use crate::render::finance::method;
use crate::render::for_finance::FinanceNight;
use crate::render::page::Page;
use crate::render::values::safe;
use crate::render::values::withheld::{is_withheld, printed_accounts};

impl Page {
    pub fn of(statement: &Statement) -> Page {
        let night = FinanceNight::of(statement);
        let mut page = Page {
            job: safe::clean(&statement.job),
            as_of: statement.as_of,
            revision: statement.revision,
            withheld: night.withheld.clone(),
            withheld_in_full: is_withheld(statement).then(|| details::withheld(statement)),
            finance: Vec::new(),
            admins: Vec::new(),
        };
        let accounts = printed_accounts(statement).iter().zip(&night.accounts);
        for (index, (account, shown)) in accounts.enumerate() {
            let prefix = format!("a{}", index + 1);
            page.finance.push(finance::block(&night, shown, &prefix));
            page.admins
                .push(admins::block(statement, account, (&night, shown), &prefix));
        }
        page.finance.push(method::block(&night));
        page.admins.push(set_aside::inputs_block(statement, &night));
        page
    }
}
