//! A charge in the terms of FOCUS, the FinOps Open Cost and Usage Specification.

use chrono::NaiveDate;

use super::{Cents, Charge, ChargeKind, Line, words};

words! {
    /// The versions of the specification that can be written.
    FocusVersion { V1_0 => "1.0", V1_2 => "1.2" }
}

/// What a charge is, at the highest level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChargeCategory {
    /// By what was consumed: calls.
    Usage,
    /// Bought, once or for each period: seats, numbers, add-ons, the carrier's own fees.
    Purchase,
    /// Levied by an authority, or set by one.
    Tax,
    /// Granted by the provider.
    Credit,
    /// Nobody knows.
    Adjustment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChargeFrequency {
    OneTime,
    Recurring,
    UsageBased,
}

/// How a charge is priced. Prices have no sign, so money given back has a quantity below 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FocusPricing {
    pub quantity: i64,
    /// The quantity counts months of service, else what the bill counts.
    pub by_month: bool,
    /// For one of the quantity, in the charge's currency: without any discount.
    pub list_unit_price: Cents,
    /// As agreed in the contract; as billed where no contract says it.
    pub contracted_unit_price: Cents,
}

impl FocusPricing {
    pub fn list_cost(&self) -> Cents {
        self.list_unit_price.times(self.quantity)
    }

    pub fn contracted_cost(&self) -> Cents {
        self.contracted_unit_price.times(self.quantity)
    }
}

/// One classified charge, the line that it is for, and what FOCUS asks of it. Amounts are in the charge's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FocusCharge {
    pub account_name: String,
    pub charge: Charge,
    pub kind: ChargeKind,
    /// What the invoice calls it, without names; none where nothing else is in its description.
    pub words: Option<String>,
    /// The one line that the charge belongs to.
    pub line: Option<Line>,
    /// First and last day of the period that its invoice bills.
    pub billing_period: (NaiveDate, NaiveDate),
    pub category: ChargeCategory,
    pub frequency: ChargeFrequency,
    /// Corrects what an earlier invoice billed.
    pub is_correction: bool,
    /// Of purchases and usage only.
    pub pricing: Option<FocusPricing>,
}
