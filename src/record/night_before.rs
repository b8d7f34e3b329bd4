//! What was known before the night that was reported last, so that it can be made again from where it began.

use super::row::day;
use super::{Error, Tables};
use chrono::NaiveDate;
use rusqlite::params;

/// A table that a reported night adds to.
struct Part {
    table: &'static str,
    /// All jobs that look at an account share its rows.
    is_shared: bool,
}

const PARTS: [Part; 8] = [
    part("findings", false),
    part("flags", false),
    part("first_seen", true),
    part("known_lines", true),
    part("line_extensions", true),
    part("moved_lines", true),
    part("seen_keys", true),
    part("keys_seen_on", true),
];

const fn part(table: &'static str, is_shared: bool) -> Part {
    Part { table, is_shared }
}

/// What a job knows of an account.
struct Known<'t> {
    tables: &'t Tables<'t>,
    job: &'t str,
    account: &'t str,
}

impl Tables<'_> {
    /// Back to what was known before the night of `as_of`, where that is the one that was reported last: made again, it says
    /// nothing that it has learned from itself. [`Tables::remembering`] ends it.
    pub fn go_back(&self, job: &str, account: &str, as_of: NaiveDate) -> Result<(), Error> {
        match self.last_remembered(job, account)? == Some(as_of) {
            true => self.together(|tables| Known::of(tables, job, account).go_back()),
            false => Ok(()),
        }
    }

    /// Adds what a reported night has learned, and keeps what was known before it.
    pub fn remembering(
        &self,
        job: &str,
        account: &str,
        as_of: NaiveDate,
        add: impl Fn(&Tables<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.together(|tables| {
            let known = Known::of(tables, job, account);
            match tables.last_remembered(job, account)? {
                Some(last) if last == as_of => {
                    known.come_back(tables.is_anothers(job, account)?)?;
                    add(tables)
                }
                // Made up for later: the night that was reported last would have known of it.
                Some(last) if last > as_of => {
                    known.go_back()?;
                    add(tables)?;
                    known.keep("before")?;
                    known.put("now")?;
                    known.drop("now")?;
                    add(tables)
                }
                _ => {
                    known.keep("before")?;
                    tables.write(
                        "INSERT OR REPLACE INTO last_remembered (job, account, as_of) VALUES (?1, ?2, ?3)",
                        params![job, account, as_of.to_string()],
                    )?;
                    add(tables)
                }
            }
        })
    }

    /// The night that has added last to what a job knows of an account.
    pub fn last_remembered(&self, job: &str, account: &str) -> Result<Option<NaiveDate>, Error> {
        self.first(
            "SELECT as_of FROM last_remembered WHERE job = ?1 AND account = ?2",
            [job, account],
            |row| day("last_remembered.as_of", row.get(0)?),
        )
    }

    /// Whether another job's nights have added to what is known of an account.
    fn is_anothers(&self, job: &str, account: &str) -> Result<bool, Error> {
        let other = self.first(
            "SELECT 1 FROM last_remembered WHERE account = ?2 AND job <> ?1",
            [job, account],
            |row| Ok(row.get::<_, i64>(0)?),
        )?;
        Ok(other.is_some())
    }
}

impl<'t> Known<'t> {
    fn of(tables: &'t Tables<'t>, job: &'t str, account: &'t str) -> Known<'t> {
        Known { tables, job, account }
    }

    fn go_back(&self) -> Result<(), Error> {
        self.keep("now")?;
        self.put("before")
    }

    /// A night made again adds to what was known before it, not to what it said the first time; but what other jobs have
    /// learned meanwhile of the lines stays.
    fn come_back(&self, is_anothers: bool) -> Result<(), Error> {
        for part in PARTS.iter().filter(|part| part.is_shared && is_anothers) {
            self.put_part(part, "now")?;
        }
        self.drop("now")
    }

    /// Keeps the tables as they are now as one of the two states.
    fn keep(&self, kept: &str) -> Result<(), Error> {
        self.drop(kept)?;
        for part in &PARTS {
            let (table, of_part) = (part.table, part.condition());
            let columns = self.columns(part)?;
            self.write(
                &format!(
                    "INSERT INTO {table}_before (kept, job, {columns}) SELECT ?3, ?1, {columns} FROM {table} WHERE {of_part}"
                ),
                kept,
            )?;
        }
        Ok(())
    }

    /// Makes the tables what was kept.
    fn put(&self, kept: &str) -> Result<(), Error> {
        PARTS.iter().try_for_each(|part| self.put_part(part, kept))
    }

    fn put_part(&self, part: &Part, kept: &str) -> Result<(), Error> {
        let table = part.table;
        let columns = self.columns(part)?;
        let all = if part.is_shared {
            columns.clone()
        } else {
            format!("job, {columns}")
        };
        self.tables.write(
            &format!("DELETE FROM {table} WHERE {}", part.condition()),
            params![self.job, self.account],
        )?;
        self.write(
            &format!(
                "INSERT OR REPLACE INTO {table} ({all}) SELECT {all} FROM {table}_before WHERE job = ?1 AND account = ?2 AND kept = ?3"
            ),
            kept,
        )
    }

    fn drop(&self, kept: &str) -> Result<(), Error> {
        PARTS.iter().try_for_each(|part| {
            let table = part.table;
            self.write(
                &format!("DELETE FROM {table}_before WHERE job = ?1 AND account = ?2 AND kept = ?3"),
                kept,
            )
        })
    }

    fn write(&self, sql: &str, kept: &str) -> Result<(), Error> {
        self.tables.write(sql, params![self.job, self.account, kept])?;
        Ok(())
    }

    /// The columns of a table but for the job's.
    fn columns(&self, part: &Part) -> Result<String, Error> {
        let names: Vec<String> = self.tables.rows(
            "SELECT name FROM pragma_table_info(?1) WHERE name <> 'job' ORDER BY cid",
            [part.table],
            |row| Ok(row.get(0)?),
        )?;
        Ok(names.join(", "))
    }
}

impl Part {
    /// Which rows are the job's (?1) of an account (?2).
    fn condition(&self) -> &'static str {
        match self.is_shared {
            true => "?1 = ?1 AND account = ?2",
            false => "job = ?1 AND account = ?2",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::*;

    fn on(day: &str) -> NaiveDate {
        day.parse().unwrap()
    }

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        (folder, store)
    }

    /// A night of a job that sees these lines.
    fn night(tables: Tables<'_>, job: &str, as_of: &str, lines: &[&str]) {
        tables.go_back(job, "A1", on(as_of)).unwrap();
        tables
            .remembering(job, "A1", on(as_of), |tables| {
                tables.see_lines("A1", lines, on(as_of))
            })
            .unwrap();
    }

    fn seen(tables: Tables<'_>) -> String {
        let seen = tables.first_seen("A1").unwrap();
        let seen = seen
            .iter()
            .map(|(line, day)| format!("{line} {}", day.format("%d")));
        seen.collect::<Vec<_>>().join(", ")
    }

    fn before(tables: Tables<'_>, job: &str, as_of: &str) -> String {
        tables.conn.execute_batch("SAVEPOINT look").unwrap();
        tables.go_back(job, "A1", on(as_of)).unwrap();
        let seen = seen(tables);
        tables
            .conn
            .execute_batch("ROLLBACK TO look; RELEASE look")
            .unwrap();
        seen
    }

    #[test]
    fn a_night_made_again_replaces_what_it_has_added_and_a_late_one_is_known_before_it_too() {
        let (_folder, store) = store();
        let tables = store.tables();
        night(tables, "a", "2026-01-05", &["1"]);
        night(tables, "a", "2026-01-07", &["1", "wrong"]);
        assert_eq!(before(tables, "a", "2026-01-07"), "1 05");
        for _ in 0..2 {
            night(tables, "a", "2026-01-07", &["1", "2"]);
            assert_eq!(seen(tables), "1 05, 2 07");
            assert_eq!(before(tables, "a", "2026-01-07"), "1 05");
        }
        night(tables, "a", "2026-01-06", &["1", "late"]);
        assert_eq!(seen(tables), "1 05, 2 07, late 06");
        assert_eq!(before(tables, "a", "2026-01-07"), "1 05, late 06");
        assert_eq!(
            before(tables, "a", "2026-01-06"),
            seen(tables),
            "no older night goes back"
        );
    }

    #[test]
    fn no_job_goes_back_on_anothers_behalf() {
        let (_folder, store) = store();
        let tables = store.tables();
        night(tables, "a", "2026-01-05", &["1"]);
        night(tables, "b", "2026-01-05", &["1", "of b"]);
        night(tables, "a", "2026-01-06", &["1"]);
        night(tables, "b", "2026-01-06", &["1", "of b", "new to b"]);
        assert_eq!(before(tables, "a", "2026-01-06"), "1 05, of b 05");
        night(tables, "a", "2026-01-06", &["1", "2"]);
        assert_eq!(seen(tables), "1 05, 2 06, new to b 06, of b 05");
        assert_eq!(before(tables, "b", "2026-01-06"), "1 05, of b 05");
    }

    #[test]
    fn what_is_kept_has_the_columns_of_its_table_and_is_searched_for_a_person() {
        let (_folder, store) = store();
        let tables = store.tables();
        let columns = |table: &str| -> Vec<String> {
            let sql = "SELECT name FROM pragma_table_info(?1) WHERE name NOT IN ('job', 'kept') ORDER BY cid";
            tables.rows(sql, [table], |row| Ok(row.get(0)?)).unwrap()
        };
        for part in &PARTS {
            assert_eq!(columns(part.table), columns(&format!("{}_before", part.table)));
        }
        night(tables, "a", "2026-01-05", &["user:june"]);
        night(tables, "a", "2026-01-06", &["user:june"]);
        let blanked = |text: &str| text.contains("june").then(|| text.replace("june", "forgotten"));
        let naming = tables.naming_columns(&blanked).unwrap();
        let places: Vec<&str> = naming.iter().map(|found| found.table.as_str()).collect();
        assert_eq!(places, ["first_seen", "first_seen_before"]);
        for found in &naming {
            tables.blank_column(found).unwrap();
        }
        assert_eq!(before(tables, "a", "2026-01-06"), "user:forgotten 05");
    }
}
