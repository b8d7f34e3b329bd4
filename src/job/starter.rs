//! The first job of somebody who has files and no job: a commented file of what was answered.

use std::path::{Component, Path, PathBuf};

use crate::domain::{DateOrder, TableName};

/// A table whose files lack something, or have headings that may be more than they are taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    pub table: TableName,
    /// What is missing, and which headings there are.
    pub says: String,
    /// A heading and the column that it is, as the files themselves prove.
    pub proved: Option<(String, &'static str)>,
    /// Headings and the columns that they may be, to be looked at by a person.
    pub proposed: Vec<(String, &'static str)>,
    /// Columns for which no heading was found.
    pub to_find: Vec<&'static str>,
    /// How days may be written, where it has to be said.
    pub date_orders: Vec<DateOrder>,
}

impl Lacking {
    pub fn says_something(&self) -> bool {
        self.proved.is_some() || !self.proposed.is_empty() || !self.to_find.is_empty()
    }

    /// What a person reads of it before the job.
    pub fn summary(&self, file: &str) -> Vec<String> {
        let proved = self.proved.iter().map(|(heading, column)| {
            format!("{file}: {heading} is read as {column}, since the calls name people by it")
        });
        let proposed = self
            .proposed
            .iter()
            .map(|(heading, column)| format!("{heading} may be {column}"));
        let proposed: Vec<String> = proposed.collect();
        let rest = match self.to_find.is_empty() {
            true => String::new(),
            false => format!("; no heading seems to be {}", self.to_find.join(", ")),
        };
        let guessed = (!proposed.is_empty())
            .then(|| format!("{file}: by what stands in it, {}{rest}", proposed.join(", ")));
        proved.chain(guessed).collect()
    }

    /// Lines that hold as they are, and lines that hold once a person has filled them in and has taken the marks away.
    fn written(&self) -> String {
        let pair = |(heading, column): (String, &str)| format!("{} = \"{column}\"", quoted(&heading));
        let proved = self
            .proved
            .as_ref()
            .map_or_else(String::new, |(heading, column)| {
                format!(
                    "# The calls name people by what stands there.\nmap = {{ {} }}\n",
                    pair((heading.clone(), column))
                )
            });
        if self.proposed.is_empty() && self.to_find.is_empty() {
            return proved;
        }
        let instead = match self.proved {
            Some(_) => ", in place of the one above",
            None => "",
        };
        let proposed = self
            .proved
            .iter()
            .chain(&self.proposed)
            .map(|(heading, column)| (heading.clone(), *column));
        let to_find = self
            .to_find
            .iter()
            .map(|column| (format!("the heading of {column}"), *column));
        let pairs = proposed.chain(to_find).map(pair);
        let map = format!("# map = {{ {} }}\n", pairs.collect::<Vec<_>>().join(", "));
        let orders: Vec<&str> = self.date_orders.iter().map(|order| order.as_str()).collect();
        let order = match orders[..] {
            [] => String::new(),
            [first, ..] => format!(
                "# date_order = \"{first}\"   # {}: which comes first, day or month\n",
                orders.join(" or ")
            ),
        };
        format!(
            "{proved}# {}\n# Look at this line, correct it, and take its mark away{instead}:\n{map}{order}",
            self.says
        )
    }
}

/// What a first job is written from.
pub struct Starter<'a> {
    /// The folder of the job file: paths below it are written from there.
    pub folder: &'a Path,
    pub account_id: &'a str,
    pub time_zone: &'a str,
    /// Tables with their files or patterns.
    pub sources: Vec<(TableName, Vec<PathBuf>)>,
    pub lacking: &'a [Lacking],
    pub finance: Option<&'a str>,
    pub admins: Option<&'a str>,
}

impl Starter<'_> {
    /// The text of the job file.
    pub fn text(&self) -> String {
        let mut text = format!(
            "# A first job. `quietline config default` prints every setting with its default and why; what is not here is as there.\n\
             # Relative paths start from this file's folder.\n\n\
             # The account, by its id as Vonage shows it, and the zone in which its days are cut.\n\
             [accounts.{}]\n\
             # name = \"Example Ltd\"\n\
             time_zone = {}\n\
             # currency = \"USD\"\n",
            quoted(self.account_id),
            quoted(self.time_zone)
        );
        for (table, says) in TABLES {
            let files = self.sources.iter().filter(|(of, _)| of == table);
            let files: Vec<String> = files
                .flat_map(|(_, files)| files)
                .map(|file| quoted(&self.written(file)))
                .collect();
            text.push_str(&format!("\n# {says}\n"));
            match files.is_empty() {
                false => text.push_str(&format!("[sources.{table}]\nfiles = [{}]\n", files.join(", "))),
                true => text.push_str(&format!("# [sources.{table}]\n# files = [\"{table}.csv\"]\n")),
            }
            match self.lacking.iter().find(|lacking| lacking.table == *table) {
                Some(lacking) => text.push_str(&lacking.written()),
                None if *table == TableName::Lines => text.push_str(
                    "# map = { \"Ext.\" = \"extension\" }   # a heading of yours, and the column that it is\n",
                ),
                None => {}
            }
        }
        text.push_str(
            "\n# What a line is priced at whose tier or term nothing tells; without it such a line has no price.\n\
             # [prices]\n# assume = \"premium/monthly\"\n",
        );
        text.push_str(
            "\n# Mails are written into this folder; once they look right, send them with transport = \"smtp\".\n\
             [mail]\ntransport = \"file\"\noutbox = \"outbox\"\n\
             # from = \"quietline@example.com\"\n\
             # [mail.smtp]\n# host = \"smtp.example.com\"\n# user = \"quietline\"\n\
             # password_file = \"smtp_password\"      # its owner's alone; or the variable QUIETLINE_SMTP_PASSWORD\n",
        );
        for (section, to, says) in [
            ("finance", self.finance, "Money, and no names."),
            ("admins", self.admins, "The list to act on; it bears names."),
        ] {
            text.push_str(&match to {
                Some(to) => format!("# {says}\n[mail.{section}]\nto = [{}]\n", quoted(to)),
                None => format!("# {says}\n# [mail.{section}]\n# to = [\"{section}@example.com\"]\n"),
            });
        }
        text.push_str(
            "# Who is told of a night that was held, blocked or failed.\n# [mail.operators]\n# to = [\"it-ops@example.com\"]\n",
        );
        text
    }

    /// As the job names it: from its own folder where it lies below that.
    fn written(&self, file: &Path) -> String {
        let below = file.strip_prefix(self.folder).unwrap_or(file);
        let parts: Vec<String> = below
            .components()
            .filter(|part| *part != Component::CurDir)
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        match below.is_absolute() {
            true => file.to_string_lossy().into_owned(),
            false => parts.join("/"),
        }
    }
}

/// The tables of a first job, each with what is said of it.
const TABLES: &[(TableName, &str)] = &[
    (
        TableName::Lines,
        "The list of users or lines: each extension, with the login that the call rows name it by.",
    ),
    (
        TableName::Calls,
        "The calls: the portal's export or the Reports API's fields. A pattern takes in the exports to come.",
    ),
    (
        TableName::Charges,
        "The rows of the bill: with them the report says what of it is idle, and which charges are wrong.",
    ),
    (
        TableName::Contracts,
        "The contracts: they tell prices, and from when money can be had back.",
    ),
    (
        TableName::Directory,
        "Who has left or is on leave, by the company's directory.",
    ),
];

/// As a TOML string: JSON's escapes are TOML's, but for the one letter that TOML does not take bare.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text)
        .to_string()
        .replace('\u{7f}', "\\u007f")
}

#[cfg(test)]
mod tests {
    use super::super::layers;
    use super::*;

    #[test]
    fn every_text_is_read_back_as_it_was() {
        let odd = "Ex \"ports\" [Voice]\\\u{7f}\t#1";
        let starter = Starter {
            folder: Path::new("/home"),
            account_id: odd,
            time_zone: "Europe/London",
            sources: vec![(
                TableName::Lines,
                vec![PathBuf::from(format!("/home/{odd}/users.csv"))],
            )],
            lacking: &[],
            finance: Some(odd),
            admins: None,
        };
        let read = layers::from_toml("job.toml", &starter.text(), &|_| String::new()).unwrap();
        let read: serde_json::Value = layers::merge(&[read]).unwrap().try_deserialize().unwrap();
        assert_eq!(read["accounts"][odd]["time_zone"], "Europe/London");
        assert_eq!(read["mail"]["finance"]["to"][0], odd);
        assert_eq!(read["sources"]["lines"]["files"][0], format!("{odd}/users.csv"));
    }
}
