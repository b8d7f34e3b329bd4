//! What a line pays for its tier, and the cheapest tier that covers what it is seen to need.

use super::{Need, RightSizing, Seat};
use crate::domain::{Cents, ScoredLine, Term, Tier};

/// A way down for one line: the cheapest tier that covers what it is seen to need.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub target: Tier,
    pub price: Cents,
    /// Of a month, before any share of an add-on.
    pub saving: Cents,
    /// Features that it gives up, which nothing shows.
    pub unknown: Vec<String>,
    /// In words: what it is not seen to need, and what it needs and keeps.
    pub not_seen: Vec<String>,
    pub kept: Vec<String>,
    /// What shows that it needs a feature and gives it up all the same, since the add-on covers it.
    pub by_addon: Option<String>,
}

impl RightSizing<'_> {
    /// What the line pays a month for its tier, promotions taken off. What is billed above the contract is disputed, and
    /// one line's money is counted once.
    pub(super) fn pays(&self, line: &ScoredLine, seat: &Seat, tier: Tier, term: Term) -> Cents {
        let billed = line.cost.tier_price + seat.promotion;
        let agreed = match seat.has_open_promotion {
            // A promotion that names no line may be this one's.
            true => self.price(line, tier, term),
            false => self.contract_price(line, tier, term),
        };
        agreed.map_or(billed, |agreed| agreed.min(billed))
    }

    fn contract_price(&self, line: &ScoredLine, tier: Tier, term: Term) -> Option<Cents> {
        self.contracts
            .covering(line.line.contract_id.as_deref(), Some(tier))
            .filter(|contract| contract.term == term)?
            .unit_price
    }

    /// By the contract's row of the tier, else the price book's for the next line of it.
    fn price(&self, line: &ScoredLine, tier: Tier, term: Term) -> Option<Cents> {
        let listed = || {
            let lines = self.counts.get(tier, term) + u32::from(line.cost.tier != Some(tier));
            self.book.price_on(tier, term, self.as_of, lines)
        };
        self.contract_price(line, tier, term).or_else(listed)
    }

    pub(super) fn way(
        &self,
        line: &ScoredLine,
        pays: Cents,
        (present, term): (Tier, Term),
        is_covered: bool,
    ) -> Option<Way> {
        let covered = self.addon().filter(|_| is_covered).map(|(_, feature)| feature);
        let needs: Vec<_> = self
            .book
            .features
            .iter()
            .filter(|feature| feature.tier <= present)
            .map(|feature| (feature, self.shows.need(line, feature)))
            .collect();
        let is_covered = |feature: &str| covered == Some(feature);
        let floor = needs
            .iter()
            .filter(|(feature, need)| matches!(need, Need::Needed(_)) && !is_covered(&feature.feature))
            .map(|(feature, _)| feature.tier)
            .max()
            .max(self.shows.pinned(present))
            .unwrap_or(Tier::Mobile);
        let tiers = Tier::ALL
            .iter()
            .filter(|tier| floor <= **tier && **tier < present);
        let (price, target) = tiers
            .rev()
            .filter_map(|tier| Some((self.price(line, *tier, term)?, *tier)))
            // Of equally cheap tiers the one that covers more, which comes first.
            .min_by_key(|(price, _)| *price)?;
        let saving = pays - price;
        if saving <= Cents::ZERO {
            return None;
        }
        let mut way = Way {
            target,
            price,
            saving,
            unknown: Vec::new(),
            not_seen: Vec::new(),
            kept: Vec::new(),
            by_addon: None,
        };
        for (feature, need) in needs {
            let given_up = feature.tier > target;
            match need {
                Need::Needed(words) if given_up => way.by_addon = Some(words),
                Need::Needed(words) => way.kept.push(words),
                _ if !given_up || is_covered(&feature.feature) => {}
                Need::NotSeen(words) => way.not_seen.push(words),
                Need::Unknown => way.unknown.push(feature.feature.replace('_', " ")),
            }
        }
        Some(way)
    }
}
