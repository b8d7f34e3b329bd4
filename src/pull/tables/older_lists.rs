//! Of two lists of the same lines the newer counts alone: side by side they would keep alive whoever has left since.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

use crate::domain::{Line, Origin};

use crate::pull::PullError;
use crate::pull::tables::table::Gathered;

/// A file's lines of today, by extension.
type List<'a> = BTreeMap<&'a str, &'a Line>;

/// Drops the rows of older lists, told. Lists of sites or parts have other lines and stand side by side; beside the API's list
/// files complete each other.
pub(in crate::pull) fn drop_older(lines: &mut Gathered<Line>) -> Result<(), PullError> {
    let mut lists: BTreeMap<&str, BTreeMap<usize, List>> = BTreeMap::new();
    let mut of_api = HashSet::new();
    for placed in &lines.items {
        let line = &placed.item;
        if placed.from == Origin::Vonage {
            of_api.insert(line.account_id.as_str());
        } else if !line.extension.is_empty() && line.seat_until.is_none() {
            let files = lists.entry(&line.account_id).or_default();
            files
                .entry(placed.file)
                .or_default()
                .insert(&line.extension, line);
        }
    }
    // Account and file, and the newest of those that take its place.
    let mut older: BTreeMap<(String, usize), usize> = BTreeMap::new();
    for (account, files) in lists.iter().filter(|(account, _)| !of_api.contains(*account)) {
        let names = |file: usize| lines.inputs[file].name.as_str();
        for (one, of_one) in files {
            for (other, _) in files
                .iter()
                .filter(|(_, of_other)| list_the_same(of_one, of_other))
            {
                match by_name(names(*one), names(*other)) {
                    None => return Err(untold(names(*one), names(*other))),
                    Some(Ordering::Less) => {
                        let newest = older.entry(((*account).to_owned(), *one)).or_insert(*other);
                        if by_name(names(*newest), names(*other)) == Some(Ordering::Less) {
                            *newest = *other;
                        }
                    }
                    Some(_) => {}
                }
            }
        }
    }
    let is_older = |account: &str, file: usize| older.contains_key(&(account.to_owned(), file));
    lines.drop_duplicates(|placed| is_older(&placed.item.account_id, placed.file));
    for ((account, file), newest) in &older {
        let [old, new] = [file, newest].map(|file| lines.inputs[*file].name.clone());
        let origin = format!("{old}, row ");
        lines
            .unread_seats
            .retain(|seat| seat.account_id != *account || !seat.origin.starts_with(&origin));
        lines.note_on(
            *file,
            &format!("is an older list of the same lines: {new} counts alone"),
        );
        lines.told.push((
            account.clone(),
            format!(
                "{old} and {new} list the same lines, and by its name {new} is the newer: it counts alone, and a line that only \
                 {old} has is taken for gone. Take the older one out, or, if both count, let neither hold the other's lines."
            ),
        ));
    }
    Ok(())
}

/// Whether more than half of the longer list is in the other too, and the two are not alike in all.
fn list_the_same(one: &List, other: &List) -> bool {
    let both = one
        .keys()
        .filter(|extension| other.contains_key(*extension))
        .count();
    both * 2 > one.len().max(other.len()) && one != other
}

fn untold(one: &str, other: &str) -> PullError {
    PullError::Data {
        file: one.to_owned(),
        row: None,
        column: None,
        what: format!(
            "lists the same lines as {other}, with other values, and their names do not tell which is the newer (as \
             users-2026-10.csv and users-2026-11.csv do); take one of them out, or name in the job the one that counts"
        ),
    }
}

/// Which of two files is the newer by its name: they differ in numbers alone, of which the first that differs is in a date that
/// begins with the year, or in the brackets in which browsers count.
fn by_name(one: &str, other: &str) -> Option<Ordering> {
    let ((one, of_one), (other, of_other)) = (parts(one), parts(other));
    let at = (0..of_one.len()).find(|at| of_one.get(*at) != of_other.get(*at))?;
    let is_dated = |numbers: &[String]| {
        let mut up_to = numbers.iter().take(at + 1);
        up_to.any(|number| [4, 6, 8, 12, 14].contains(&number.len()) && number.starts_with("20"))
    };
    let is_counter = one.split('#').nth(at).is_some_and(|before| before.ends_with('('));
    let number = |numbers: &[String]| numbers[at].parse::<u64>().ok();
    match one == other && (is_counter || is_dated(&of_one) && is_dated(&of_other)) {
        true => Some(number(&of_one)?.cmp(&number(&of_other)?)),
        false => None,
    }
}

/// A name without its numbers, and these.
fn parts(name: &str) -> (String, Vec<String>) {
    let (mut rest, mut numbers) = (String::new(), Vec::new());
    let mut in_number = false;
    for letter in name.chars() {
        match (letter.is_ascii_digit(), in_number) {
            (true, false) => {
                rest.push('#');
                numbers.push(letter.to_string());
            }
            (true, true) => numbers
                .iter_mut()
                .rev()
                .take(1)
                .for_each(|number| number.push(letter)),
            (false, _) => rest.push(letter),
        }
        in_number = letter.is_ascii_digit();
    }
    (rest, numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newer_of_two_names_is_told_by_years_and_by_counters_alone() {
        for (older, newer) in [
            ("users-2026-10.csv", "users-2026-11.csv"),
            ("users-2026-9.csv", "users-2026-10.csv"),
            ("users_20261031.xlsx", "users_20261101.xlsx"),
            ("2026/users-12.csv", "2027/users-01.csv"),
            ("913874-users-2026-10.csv", "913874-users-2026-11.csv"),
            ("users (1).csv", "users (2).csv"),
        ] {
            assert_eq!(by_name(older, newer), Some(Ordering::Less), "{older}");
            assert_eq!(by_name(newer, older), Some(Ordering::Greater), "{older}");
        }
        for (one, other) in [
            ("users.csv", "users (1).csv"),
            ("users-31-10-2026.csv", "users-01-11-2026.csv"),
            ("users-31102026.csv", "users-01112026.csv"),
            ("old.csv", "new.csv"),
            ("users-10-east.csv", "users-11-west.csv"),
            ("users-1.csv", "users-1.csv"),
            ("users-12.csv", "users-01.csv"),
        ] {
            assert_eq!(by_name(one, other), None, "{one}");
        }
    }
}
