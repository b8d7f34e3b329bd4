//! What would end the program without a word: faults of its own, and a limit on the size of files.

use std::any::Any;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use signal_hook::consts::SIGXFSZ;

use crate::failure::{ExitKind, Failure};

/// A message is quoted so far: it may bear a piece of what was read.
const LONGEST_MESSAGE_CHARS: usize = 200;

/// The first fault since the last one that was told, with its place.
static FIRST: Mutex<Option<String>> = Mutex::new(None);

/// Once, at the start: faults are noted for [`caught`] instead of being printed, and a write beyond the limit on the size
/// of files (`ulimit -f`) becomes an error like that of a full disk instead of the end of the process.
pub fn watch() {
    let usual = take_hook();
    set_hook(Box::new(move |fault| {
        note(fault);
        if std::env::var_os("RUST_BACKTRACE").is_some_and(|wanted| wanted != "0") {
            usual(fault);
        }
    }));
    // Without it the limit still ends the process, as it always did.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
}

fn note(fault: &PanicHookInfo<'_>) {
    let place = fault.location().map_or_else(String::new, |place| {
        format!(" ({}, line {})", place.file(), place.line())
    });
    let told = format!("{}{place}", message(fault.payload()));
    if let Ok(mut first) = FIRST.lock() {
        first.get_or_insert(told);
    }
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let line = text.and_then(|text| text.lines().next()).unwrap_or("no message");
    line.chars().take(LONGEST_MESSAGE_CHARS).collect()
}

/// Does the work; a fault in it is a failure like any other.
///
/// # Errors
/// The work's own, and a fault in it, of [`ExitKind::Fault`].
pub fn caught<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        let noted = FIRST.lock().ok().and_then(|mut first| first.take());
        let told = noted.unwrap_or_else(|| message(payload.as_ref()));
        Err(Failure::msg(
            ExitKind::Fault,
            format!("a fault of quietline itself stopped it: {told}"),
        )
        .advise("report this with these words and the version; the report and the mails sent before stand"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_becomes_a_failure_with_its_message() {
        let stopped = caught(|| match "7 of 3".len() {
            6 => panic!("index out of bounds\nand more"),
            _ => Ok(()),
        });
        let failure = stopped.unwrap_err();
        assert_eq!(failure.exit_code(), 101);
        let told = failure.to_string();
        assert!(
            told.contains("itself stopped it: index out of bounds\n  try: report this"),
            "{told}"
        );
    }
}
