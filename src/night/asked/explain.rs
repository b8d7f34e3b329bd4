//! `quietline explain LINE`: why a line has its verdict, computed as tonight's run would, saving nothing.

use crate::domain::{AccountStatement, ScoredLine, Statement, folded, same};
use crate::failure::Failure;
use crate::job::Job;
use crate::night::read::open_folders;
use crate::night::{World, rehearsed};
use crate::render;

/// The explanation of the line that `words` name: line id, extension, e-mail, login or name.
pub fn explain(job: &Job, words: &str, world: &World) -> Result<String, Failure> {
    let statement = rehearsed(job, world)?;
    let found = find(&statement, words);
    match found[..] {
        [] => Err(Failure::usage(
            format!("no line is known by `{words}`"),
            "name it by extension, line id, e-mail, login or full name as they stand in lines.csv",
        )),
        [(account, line)] => {
            let explained = render::explain(&statement, account, line);
            let open = open_folders::notices(job).into_iter().map(|told| told + "\n");
            Ok(std::iter::once(explained).chain(open).collect())
        }
        _ => {
            let lines: Vec<String> = found.iter().map(|(_, line)| described(line)).collect();
            Err(Failure::usage(
                format!("`{words}` fits {} lines:\n  {}", found.len(), lines.join("\n  ")),
                "name one of them by its line id",
            ))
        }
    }
}

/// Exact keys first; only when none fits, a part of the holder's name.
fn find<'a>(statement: &'a Statement, words: &str) -> Vec<(&'a AccountStatement, &'a ScoredLine)> {
    let wanted = folded(words).into_owned();
    if wanted.is_empty() {
        return Vec::new();
    }
    let all = || {
        statement
            .accounts
            .iter()
            .flat_map(|account| account.lines.iter().map(move |line| (account, line)))
    };
    let by_id: Vec<_> = all()
        .filter(|(_, line)| same(&line.line.line_id, &wanted))
        .collect();
    if !by_id.is_empty() {
        return by_id;
    }
    let exact = |line: &ScoredLine| {
        let line = &line.line;
        let keys = [
            Some(line.extension.clone()),
            line.email.clone(),
            line.login_name.clone(),
            Some(line.user_name()),
        ];
        keys.into_iter().flatten().any(|key| same(&key, &wanted))
    };
    let by_key: Vec<_> = all().filter(|(_, line)| exact(line)).collect();
    if !by_key.is_empty() {
        return by_key;
    }
    all()
        .filter(|(_, line)| folded(&line.line.user_name()).contains(&wanted))
        .collect()
}

fn described(line: &ScoredLine) -> String {
    render::clean(&format!(
        "line id {}, extension {}, {}",
        line.line.line_id,
        line.line.extension,
        line.line.user_name()
    ))
}
