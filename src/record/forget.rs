//! Takes a person's texts out of every table, those of later schemas included.

use super::{Error, Store, Tables};
use rusqlite::params;
use std::collections::BTreeSet;

/// Texts of a column that hold the person, each with what stands there afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamingColumn {
    pub table: String,
    pub column: String,
    pub texts: Vec<(String, String)>,
}

impl Tables<'_> {
    /// The columns in which `blanked` finds the person.
    pub fn naming_columns(
        &self,
        blanked: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Vec<NamingColumn>, Error> {
        let columns: Vec<(String, String)> = self.rows(
            "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND c.type = 'TEXT' ORDER BY t.name, c.cid",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let mut naming = Vec::new();
        for (table, column) in columns {
            let sql = format!("SELECT DISTINCT \"{column}\" FROM \"{table}\" WHERE \"{column}\" IS NOT NULL");
            let texts: Vec<String> = self.rows(&sql, [], |row| Ok(row.get(0)?))?;
            let texts: Vec<(String, String)> = texts
                .into_iter()
                .filter_map(|text| blanked(&text).map(|without| (text, without)))
                .collect();
            if !texts.is_empty() {
                naming.push(NamingColumn { table, column, texts });
            }
        }
        Ok(naming)
    }

    /// Puts the texts without the person in their place; where two become one, the last stands. The rows changed.
    pub fn blank_column(&self, naming: &NamingColumn) -> Result<usize, Error> {
        let NamingColumn { table, column, texts } = naming;
        let sql = format!("UPDATE OR REPLACE \"{table}\" SET \"{column}\" = ?2 WHERE \"{column}\" = ?1");
        let mut changed = 0;
        for (text, without) in texts {
            changed += self.write(&sql, params![text, without])?;
        }
        Ok(changed)
    }

    /// The accounts of every table.
    pub fn accounts(&self) -> Result<BTreeSet<String>, Error> {
        let tables: Vec<String> = self.rows(
            "SELECT t.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND c.name = 'account' ORDER BY t.name",
            [],
            |row| Ok(row.get(0)?),
        )?;
        let mut accounts = BTreeSet::new();
        for table in tables {
            let sql = format!("SELECT DISTINCT account FROM \"{table}\" WHERE account IS NOT NULL");
            accounts.extend(self.rows(&sql, [], |row| Ok(row.get::<_, String>(0)?))?);
        }
        Ok(accounts)
    }

    /// Marks the windows of one day as pruned, before its raw legs go.
    pub fn mark_day_pruned(&self, account: &str, day: chrono::NaiveDate) -> Result<usize, Error> {
        self.write(
            "UPDATE leg_windows SET pruned = 1 WHERE account = ?1 AND day = ?2 AND pruned = 0",
            params![account, day.to_string()],
        )
    }
}

impl Store {
    /// Writes the file anew, without what stood in its free pages.
    pub fn vacuum(&self) -> Result<(), Error> {
        Ok(self.connection().execute_batch("VACUUM")?)
    }
}
