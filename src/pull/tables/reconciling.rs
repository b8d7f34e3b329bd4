//! What a table's rows say of each other, once all of them are read.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::domain::{InputRead, Quarantined, UnreadContract, UnreadDecision, UnreadSeat, counted};

use crate::pull::PullError;
use crate::pull::fault::CellFault;
use crate::pull::tables::row_counts::{check_identity, check_quarantine};
use crate::pull::tables::table::{Gathered, Placed};

impl<T: PartialEq> Gathered<T> {
    /// Rows by what they say: whatever happens to them, and whatever is told of them, does not rest on where they stand.
    pub(crate) fn put_in_order<K: Ord>(&mut self, said: impl Fn(&T) -> K) {
        self.items.sort_by_cached_key(|placed| said(&placed.item));
    }

    /// Takes out the items for which `judge` has a fault, seeing all items.
    pub(crate) fn sift(
        &mut self,
        judge: impl Fn(&[Placed<T>], usize) -> Option<CellFault>,
    ) -> Result<(), PullError> {
        let faults: Vec<Option<CellFault>> = (0..self.items.len()).map(|at| judge(&self.items, at)).collect();
        for (placed, fault) in std::mem::take(&mut self.items).into_iter().zip(faults) {
            match fault {
                None => self.items.push(placed),
                Some(fault) => self.set_aside(placed, fault)?,
            }
        }
        Ok(())
    }

    /// Of rows with one key the first stays; a later one is a duplicate where it is equal in all, else `clash` says
    /// what it is.
    pub(crate) fn one_per_key(
        &mut self,
        key: impl Fn(&T) -> String,
        clash: impl Fn(&T, &str) -> CellFault,
    ) -> Result<(), PullError> {
        let mut first: HashMap<String, usize> = HashMap::new();
        for placed in std::mem::take(&mut self.items) {
            let Some(at) = first.get(&key(&placed.item)).copied() else {
                first.insert(key(&placed.item), self.items.len());
                self.items.push(placed);
                continue;
            };
            let earlier = &self.items[at];
            if earlier.item == placed.item {
                self.inputs[placed.file].duplicates += 1;
            } else {
                let place = format!("{}, row {}", self.inputs[earlier.file].name, earlier.row);
                let fault = clash(&placed.item, &place);
                self.set_aside(placed, fault)?;
            }
        }
        Ok(())
    }

    /// Of rows that are equal in all one stays.
    pub(crate) fn drop_equal(&mut self) {
        for placed in std::mem::take(&mut self.items) {
            if self.items.iter().any(|other| other.item == placed.item) {
                self.inputs[placed.file].duplicates += 1;
            } else {
                self.items.push(placed);
            }
        }
    }

    /// Takes out the items whose values went into another one: they count as used.
    pub(crate) fn absorb(&mut self, absorbed: &BTreeSet<usize>) {
        for (at, placed) in std::mem::take(&mut self.items).into_iter().enumerate() {
            if absorbed.contains(&at) {
                self.absorbed[placed.file] += 1;
            } else {
                self.items.push(placed);
            }
        }
    }

    /// Of rows that say the same the first stays.
    pub(crate) fn drop_repeated(&mut self, said: impl Fn(&T) -> String) {
        let mut seen = HashSet::new();
        self.drop_duplicates(|placed| !seen.insert(said(&placed.item)));
    }

    /// Counts an item as the duplicate of another and drops it.
    pub(crate) fn drop_duplicates(&mut self, mut is_duplicate: impl FnMut(&Placed<T>) -> bool) {
        for placed in std::mem::take(&mut self.items) {
            if is_duplicate(&placed) {
                self.inputs[placed.file].duplicates += 1;
            } else {
                self.items.push(placed);
            }
        }
    }

    /// Checks the limit and that every row read is accounted for; gives the items.
    pub(crate) fn finish(mut self, max_quarantined_rows: u32) -> Result<Finished<T>, PullError> {
        for ((input, silent), absorbed) in self.inputs.iter_mut().zip(&self.silent).zip(&self.absorbed) {
            input.used = silent + absorbed;
            if *silent > 0 {
                let (one, many) = ("row was read and says nothing", "rows were read and say nothing");
                input.notes.push(counted(*silent, one, many));
            }
        }
        for placed in &self.items {
            self.inputs[placed.file].used += 1;
        }
        self.inputs.iter().try_for_each(check_identity)?;
        let rows = self.inputs.iter().map(|input| input.rows_read).sum();
        let counted = self.quarantine.len() as u64 - self.expected;
        check_quarantine(
            self.table.as_str(),
            rows,
            counted,
            &self.quarantine,
            max_quarantined_rows,
        )?;
        Ok(Finished {
            items: self.items.into_iter().map(|placed| placed.item).collect(),
            inputs: self.inputs,
            quarantine: self.quarantine,
            unread: self.unread,
            unread_decisions: self.unread_decisions,
            unread_contracts: self.unread_contracts,
            unread_seats: self.unread_seats,
            told: self.told,
        })
    }
}

/// A table as it leaves the pull.
pub(in crate::pull) struct Finished<T> {
    pub items: Vec<T>,
    pub inputs: Vec<InputRead>,
    pub quarantine: Vec<Quarantined>,
    pub unread: BTreeSet<(String, String)>,
    pub unread_decisions: Vec<UnreadDecision>,
    pub unread_contracts: Vec<UnreadContract>,
    pub unread_seats: Vec<UnreadSeat>,
    pub told: Vec<(String, String)>,
}
