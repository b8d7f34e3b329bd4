//! The pages of one query belong together: a part of an answer must not pass for the whole.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{InputRead, Origin, Source, counted};
use crate::pull::PullError;
use crate::pull::files::Page;

/// A file of a source, and what its answers say of themselves.
pub struct PagedFile<'a> {
    pub name: &'a str,
    pub digest: &'a str,
    pub rows: u64,
    pub pages: &'a [Page],
}

impl<'a> PagedFile<'a> {
    pub fn of(input: &'a InputRead, pages: &'a [Page]) -> PagedFile<'a> {
        PagedFile {
            name: &input.name,
            digest: &input.digest,
            rows: input.rows_read,
            pages,
        }
    }
}

/// Whether the files of a source hold all pages of what was asked for.
///
/// # Errors
/// The first file that says that there is more than the files hold.
pub fn check_pages(source_name: &str, files: &[PagedFile<'_>]) -> Result<(), PullError> {
    let mut seen = BTreeSet::new();
    let files: Vec<&PagedFile> = files.iter().filter(|file| seen.insert(file.digest)).collect();
    let mut queries: BTreeMap<Option<u64>, Vec<(&PagedFile, &Page)>> = BTreeMap::new();
    for file in files {
        for page in file.pages {
            queries.entry(page.of).or_default().push((file, page));
        }
    }
    for (of, pages) in &queries {
        let Some((file, _)) = pages.first() else { continue };
        let lack = match of {
            Some(of) => lack_of_numbered(*of, pages),
            None => lack_of_linked(pages),
        };
        if let Some(lack) = lack.or_else(|| lack_of_items(*of, pages)) {
            return Err(PullError::Data {
                file: file.name.to_owned(),
                row: None,
                column: None,
                what: format!(
                    "{lack}; a part of an answer is not taken for the whole: save every page of the query, and name them all \
                     in sources.{source_name}.files"
                ),
            });
        }
    }
    Ok(())
}

/// Pages that say how many there are: every number must be there, each as often as the others.
fn lack_of_numbered(of: u64, pages: &[(&PagedFile<'_>, &Page)]) -> Option<String> {
    let mut times: BTreeMap<u64, usize> = BTreeMap::new();
    for number in pages.iter().filter_map(|(_, page)| page.number) {
        *times.entry(number).or_default() += 1;
    }
    if times.is_empty() {
        let whole = (pages.len() as u64).is_multiple_of(of.max(1));
        return (!whole).then(|| format!("is one of {of} pages, of which {} are here", pages.len()));
    }
    let first = u64::from(!times.contains_key(&0));
    let most = times.values().copied().max().unwrap_or(0);
    let lacks = |number: &u64| times.get(number).copied().unwrap_or(0) < most;
    let missing: Vec<String> = (first..of + first)
        .filter(lacks)
        .take(10)
        .map(|number| number.to_string())
        .collect();
    let here = pages.first().and_then(|(_, page)| page.number).unwrap_or(first);
    (!missing.is_empty()).then(|| {
        format!(
            "is page {here} of {of}, and there is no page {}",
            missing.join(", ")
        )
    })
}

/// Pages that only say whether another follows: one of them must be the last, and numbers must have no gap.
fn lack_of_linked(pages: &[(&PagedFile<'_>, &Page)]) -> Option<String> {
    let numbers: BTreeSet<u64> = pages.iter().filter_map(|(_, page)| page.number).collect();
    let first = u64::from(!numbers.contains(&0));
    let last = numbers.last().copied().unwrap_or(first);
    if let Some(gap) = (first..last).find(|number| !numbers.contains(number)) {
        return Some(format!("is one of several pages, and there is no page {gap}"));
    }
    let goes_on = pages.iter().all(|(_, page)| page.has_next);
    goes_on.then(|| "says that there is a next page, and there is no last page".to_owned())
}

/// Pages that say how many rows there are: no fewer may have come.
fn lack_of_items(of: Option<u64>, pages: &[(&PagedFile<'_>, &Page)]) -> Option<String> {
    let items = || pages.iter().filter_map(|(_, page)| page.items);
    let mut names = BTreeSet::new();
    let here = pages.iter().filter(|(file, _)| names.insert(file.name));
    let rows: u64 = here.map(|(file, _)| file.rows).sum();
    let said = match of {
        // As many whole queries as there are sets of pages.
        Some(of) => items().min()? * (pages.len() as u64 / of.max(1)).max(1),
        None => items().max()?,
    };
    (rows < said).then(|| {
        format!(
            "says that there {}, and {rows} {} here",
            if said == 1 {
                "is 1 row".to_owned()
            } else {
                format!("are {}", counted(said, "row", "rows"))
            },
            if rows == 1 { "is" } else { "are" }
        )
    })
}

/// The API's own answers were counted when they were pulled.
pub(in crate::pull) fn check_pages_of(
    source: &Source,
    inputs: &[InputRead],
    pages: &[Vec<Page>],
) -> Result<(), PullError> {
    if source.from == Origin::Vonage {
        return Ok(());
    }
    let inputs = &inputs[inputs.len() - pages.len()..];
    let files: Vec<PagedFile> = inputs
        .iter()
        .zip(pages)
        .map(|(input, pages)| PagedFile::of(input, pages))
        .collect();
    check_pages(&source.name, &files)
}
