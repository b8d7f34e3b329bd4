//! `directory`: one row is a person, from a CSV, an Okta or a Microsoft Graph export.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Utc};

use crate::domain::{DirectoryEntry, DirectoryStatus, TableName, counted, login_name, user_key};

use crate::pull::PullError;
use crate::pull::cells::texts::flag;
use crate::pull::cells::{Cells, fault, missing};
use crate::pull::fault::CellFault;
use crate::pull::files::headings::{Column, optional};
use crate::pull::tables::table::{Gathered, Table};

pub(in crate::pull) struct Directory;

impl Table for Directory {
    type Item = DirectoryEntry;
    const NAME: TableName = TableName::Directory;
    const MAY_BE_EMPTY: bool = false;
    const COLUMNS: &'static [Column] = &[
        optional("account_id", &["account"]),
        optional(
            "email",
            &[
                "mail",
                "e-mail address",
                "profile.email",
                "user email",
                "Email Address [Required]",
                "primaryEmail",
            ],
        ),
        optional(
            "login",
            &[
                "userPrincipalName",
                "profile.login",
                "username",
                "login_name",
                "user name",
            ],
        ),
        optional("status", &["state", "user status", "Status [READ ONLY]"]),
        optional("enabled", &["accountEnabled", "active"]),
        optional("suspended", &[]),
        optional(
            "departed_on",
            &["employeeLeaveDateTime", "termination date", "left on", "end date"],
        ),
        optional("on_leave_until", &["leave until"]),
        optional(
            "last_sign_in_at",
            &[
                "signInActivity.lastSuccessfulSignInDateTime",
                "lastSuccessfulSignInDateTime",
                "lastLogin",
                "lastLoginTime",
                "last sign in",
                "Last Sign In [READ ONLY]",
            ],
        ),
        // Graph's day of the last attempt, failed ones too.
        optional(
            "last_sign_in_tried_at",
            &["signInActivity.lastSignInDateTime", "lastSignInDateTime"],
        ),
        optional("department", &["profile.department"]),
        optional("cost_center", &["profile.costCenter", "cost centre"]),
        optional(
            "manager_email",
            &["profile.managerEmail", "manager.mail", "manager"],
        ),
    ];

    fn names(cells: &Cells) -> Vec<String> {
        let keys = ["email", "login"].map(|column| cells.folded(column).ok().flatten());
        keys.iter().flatten().map(|user| login_name(user)).collect()
    }

    fn parse(cells: &Cells) -> Result<Option<DirectoryEntry>, CellFault> {
        let (email, login) = (cells.folded("email")?, cells.folded("login")?);
        let (email, login) = match (email, login) {
            (Some(email), login) => (email.clone(), login.filter(|login| *login != email)),
            (None, Some(login)) => (login, None),
            (None, None) => return Err(missing("email")),
        };
        Ok(Some(DirectoryEntry {
            account_id: cells.account_if_named()?,
            email,
            login,
            status: status(cells)?,
            departed_on: cells.beside(cells.day("departed_on")),
            on_leave_until: cells.day("on_leave_until")?,
            last_sign_in_at: cells.beside(sign_in(cells, "last_sign_in_at")),
            last_sign_in_tried_at: match cells.mapping.cell("last_sign_in_at") {
                Some(_) => None,
                None => cells.beside(sign_in(cells, "last_sign_in_tried_at")),
            },
            department: cells.beside(cells.text("department")),
            cost_center: cells.beside(cells.text("cost_center")),
            manager_email: cells.beside(cells.folded("manager_email")),
        }))
    }
}

/// Our words, then Okta's, then Graph's flag. A disabled account alone is not a departed person.
fn status(cells: &Cells) -> Result<DirectoryStatus, CellFault> {
    if let Some(word) = cells.raw("status") {
        return match word.to_lowercase().as_str() {
            "deprovisioned" => Ok(DirectoryStatus::Departed),
            "suspended" | "archived" => Ok(DirectoryStatus::Disabled),
            "staged" | "provisioned" | "recovery" | "locked_out" | "password_expired" => {
                Ok(DirectoryStatus::Active)
            }
            _ => cells.needed_word("status"),
        };
    }
    // Google's flag says the opposite of Graph's.
    let (column, when_active) = match cells.raw("enabled") {
        Some(_) => ("enabled", true),
        None => ("suspended", false),
    };
    let Some(text) = cells.raw(column) else {
        return Err(missing("status"));
    };
    match flag(text) {
        Some(said) if said == when_active => Ok(DirectoryStatus::Active),
        Some(_) => Ok(DirectoryStatus::Disabled),
        None => Err(fault(column, text, "is none of: true, false")),
    }
}

/// Graph's `0001-01-01T00:00:00Z` and Google's `1970-01-01T00:00:00Z` mean never.
fn sign_in(cells: &Cells, column: &str) -> Result<Option<DateTime<Utc>>, CellFault> {
    Ok(cells.instant(column)?.filter(|at| at.year() > 1970))
}

pub(in crate::pull) fn reconcile(directory: &mut Gathered<DirectoryEntry>) -> Result<(), PullError> {
    directory.put_in_order(|entry| format!("{entry:?}"));
    if !directory.items.is_empty() && !directory.items.iter().any(|placed| placed.item.has_left()) {
        directory.note(
            "lists nobody who has departed; Okta leaves deprovisioned people out unless they are asked for, and a disabled \
             account without a day of leaving is not a departed person",
        );
    }
    directory.drop_repeated(|entry| format!("{entry:?}"));
    let mut rows: HashMap<String, u64> = HashMap::new();
    for placed in &directory.items {
        *rows.entry(user_key(&placed.item.email).into_owned()).or_default() += 1;
    }
    let people = rows.values().filter(|rows| **rows > 1).count();
    if people > 0 {
        directory.note(&format!(
            "{} in several rows with other values; of each, what leaves the phone where it is holds",
            counted(people, "person stands", "people stand")
        ));
    }
    Ok(())
}
