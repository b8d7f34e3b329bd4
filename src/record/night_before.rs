//! What was known before the night that was reported last, so that it can be made again from where it began.

use super::row::day;
use super::{Error, Tables};
use chrono::NaiveDate;
use rusqlite::params;

/// The tables that a reported night adds to, and the column that says whose a row is.
const OF_JOB: [&str; 2] = ["findings", "flags"];
const OF_ACCOUNT: [&str; 3] = ["first_seen", "known_lines", "line_extensions"];

impl Tables<'_> {
    /// The night that has added last to what a job's nights know.
    pub fn last_remembered(&self, job: &str) -> Result<Option<NaiveDate>, Error> {
        self.first("SELECT as_of FROM last_remembered WHERE job = ?1", [job], |row| {
            day("last_remembered.as_of", row.get(0)?)
        })
    }

    /// Keeps what is known now, before this night adds to it. Of one night only.
    pub fn keep_before(&self, job: &str, accounts: &[&str], as_of: NaiveDate) -> Result<(), Error> {
        self.together(|tables| {
            tables.write("DELETE FROM night_before WHERE job = ?1", [job])?;
            tables.write(
                "INSERT INTO last_remembered (job, as_of) VALUES (?1, ?2)
                 ON CONFLICT (job) DO UPDATE SET as_of = excluded.as_of",
                params![job, as_of.to_string()],
            )?;
            tables.each_part(job, accounts, |table, owner, column| {
                let columns = tables.columns(table)?;
                let pairs = columns.iter().map(|name| format!("'{name}', {name}"));
                let object = pairs.collect::<Vec<_>>().join(", ");
                tables.write(
                    &format!(
                        "INSERT INTO night_before (job, as_of, part, row)
                         SELECT ?1, ?2, '{table}', json_object({object}) FROM {table} WHERE {column} = ?3"
                    ),
                    params![job, as_of.to_string(), owner],
                )?;
                Ok(())
            })
        })
    }

    /// Takes back what the night that was remembered last has added.
    pub fn go_back(&self, job: &str, accounts: &[&str]) -> Result<(), Error> {
        self.together(|tables| {
            tables.each_part(job, accounts, |table, owner, column| {
                let columns = tables.columns(table)?;
                let names = columns.join(", ");
                let values = columns.iter().map(|name| format!("row ->> '$.{name}'"));
                let values = values.collect::<Vec<_>>().join(", ");
                tables.write(&format!("DELETE FROM {table} WHERE {column} = ?1"), [owner])?;
                tables.write(
                    &format!(
                        "INSERT INTO {table} ({names}) SELECT {values} FROM night_before
                         WHERE job = ?1 AND part = '{table}' AND row ->> '$.{column}' = ?2"
                    ),
                    [job, owner],
                )?;
                Ok(())
            })
        })
    }

    fn each_part(
        &self,
        job: &str,
        accounts: &[&str],
        work: impl Fn(&str, &str, &str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for table in OF_JOB {
            work(table, job, "job")?;
        }
        for table in OF_ACCOUNT {
            for account in accounts {
                work(table, account, "account")?;
            }
        }
        Ok(())
    }

    fn columns(&self, table: &str) -> Result<Vec<String>, Error> {
        self.rows(
            "SELECT name FROM pragma_table_info(?1) ORDER BY cid",
            [table],
            |row| Ok(row.get(0)?),
        )
    }
}
