//! `contracts`: one row is one tier of a contract, or all its tiers.

use crate::domain::{Contract, TableName, Term, Tier, UnreadContract};

use crate::pull::PullError;
use crate::pull::cells::Cells;
use crate::pull::fault::{CellFault, Weight};
use crate::pull::files::headings::{Column, optional, required, summed};
use crate::pull::tables::table::{Gathered, Placed, Table};

/// Ten years: more is a typing error, and would move every deadline out of sight.
const LONGEST_NOTICE_DAYS: u32 = 3650;

pub(in crate::pull) struct Contracts;

impl Table for Contracts {
    type Item = Contract;
    const NAME: TableName = TableName::Contracts;
    const MAY_BE_EMPTY: bool = false;
    const COLUMNS: &'static [Column] = &[
        optional("account_id", &["account", "account number"]),
        optional("contract_id", &["contract", "contract number", "agreement"]),
        required("term", &["contract term", "billing term"]),
        required("start_on", &["start", "start date", "starts on", "term start"]),
        optional("end_on", &["end", "end date", "ends on", "term end"]),
        optional("tier", &["plan", "calling plan"]),
        summed(optional(
            "committed_lines",
            &["committed", "commitment", "minimum lines"],
        )),
        optional("unit_price", &["price", "price per line"]),
        optional("list_price", &[]),
        optional("promo_ends_on", &["promotion ends", "promo end"]),
        optional("auto_renew", &["auto renewal", "renews automatically"]),
        optional("notice_days", &["notice", "notice period days"]),
        optional("mid_term_credit", &[]),
        optional("min_tier_reason", &[]),
    ];

    fn unread_contract(cells: &Cells) -> Option<UnreadContract> {
        Some(UnreadContract {
            account_id: cells.account().ok().map(|account| account.account_id.clone()),
            contract_id: cells.text("contract_id").ok().flatten()?,
            tier: cells.tier("tier").ok().flatten(),
            origin: format!("{}, row {}", cells.file, cells.row.number),
        })
    }

    fn parse(cells: &Cells) -> Result<Option<Contract>, CellFault> {
        let term: Term = cells.needed_word("term")?;
        let start_on = cells.needed_day("start_on")?;
        let end_on = cells.day("end_on")?;
        if let Some(end) = end_on
            && end < start_on
        {
            let reason = format!(
                "the contract ends on {end}, before it starts on {start_on}; its deadlines cannot be told"
            );
            return Err(CellFault::new("end_on", reason).weighing(Weight::Fatal));
        }
        if term == Term::Annual && end_on.is_none() {
            return Err(CellFault::new(
                "end_on",
                "is blank, and is needed for an annual term",
            ));
        }
        let notice_days = cells.count("notice_days")?;
        if let Some(days) = notice_days.filter(|days| *days > LONGEST_NOTICE_DAYS) {
            let reason = format!("{days} days is no notice period; it must be 0 to {LONGEST_NOTICE_DAYS}");
            return Err(CellFault::new("notice_days", reason));
        }
        let account = cells.account()?;
        let unnamed = || format!("{term}-{start_on}");
        Ok(Some(Contract {
            account_id: account.account_id.clone(),
            contract_id: cells.text("contract_id")?.unwrap_or_else(unnamed),
            term,
            start_on,
            end_on,
            tier: cells.tier("tier")?,
            committed_lines: cells.count("committed_lines")?,
            unit_price: cells.amount_in("unit_price", account.currency)?,
            list_price: cells.amount_in("list_price", account.currency)?,
            promo_ends_on: cells.day("promo_ends_on")?,
            auto_renew: cells.flag("auto_renew")?,
            notice_days,
            mid_term_credit: cells.word("mid_term_credit")?,
            min_tier_reason: cells.text("min_tier_reason")?,
        }))
    }
}

/// A contract's rows hold one after the other. Two that hold on the same days and differ make every cost a guess: the night
/// stops.
pub(in crate::pull) fn reconcile(contracts: &mut Gathered<Contract>) -> Result<(), PullError> {
    contracts.put_in_order(|row| {
        let (account, id, tier) = row.key();
        let key = (account.to_owned(), id.to_owned(), tier);
        (key, row.start_on, format!("{row:?}"))
    });
    contracts.drop_equal();
    let clash = contracts.items.iter().enumerate().find_map(|(at, placed)| {
        let earlier = contracts.items[..at].iter().find(|other| {
            other.item.key() == placed.item.key() && other.item.shares_days_with(&placed.item)
        })?;
        Some((earlier, placed))
    });
    match clash {
        Some((earlier, later)) => Err(two_at_once(contracts, earlier, later)),
        None => Ok(()),
    }
}

fn two_at_once(
    contracts: &Gathered<Contract>,
    earlier: &Placed<Contract>,
    later: &Placed<Contract>,
) -> PullError {
    let days = |row: &Contract| match row.end_on {
        Some(end) => format!("from {} to {end}", row.start_on),
        None => format!("from {} on", row.start_on),
    };
    let of_tier = later.item.tier.map_or("", Tier::as_str);
    PullError::Data {
        file: contracts.inputs[later.file].name.clone(),
        row: Some(later.row),
        column: Some("start_on".into()),
        what: format!(
            "contract {}{}{of_tier} holds {} here, and with other terms {} in row {} of {}. Give each its own days (start_on, \
             end_on), or take one of them out",
            later.item.contract_id,
            if of_tier.is_empty() { "" } else { ", " },
            days(&later.item),
            days(&earlier.item),
            earlier.row,
            contracts.inputs[earlier.file].name,
        ),
    }
}
