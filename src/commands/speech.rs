//! How quietline speaks: log lines and failures, on standard error.

use std::io::{self, IsTerminal, Write};

use clap::{Args, ValueEnum};
use tracing::level_filters::LevelFilter;

use crate::domain::turns_reading;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::render::for_terminal;

/// How quietline speaks.
#[derive(Debug, Clone, Copy, Args)]
pub struct Speech {
    /// Write log lines as text or as json
    ///
    /// They go to standard error; results go to standard output.
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        default_value = "text",
        hide_default_value = true,
        hide_possible_values = true,
        display_order = 90
    )]
    pub log_format: LogFormat,
    /// Say more: once for what is done, twice for how
    #[arg(short, long, global = true, action = clap::ArgAction::Count, display_order = 91)]
    pub verbose: u8,
    /// Draw no progress bars
    #[arg(long, global = true, display_order = 92)]
    pub no_progress: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

impl Speech {
    /// Begins the log, silent on success away from a terminal: cron mails whatever is printed.
    pub fn begin(self) -> Progress {
        let on_terminal = io::stderr().is_terminal();
        let is_json = self.log_format == LogFormat::Json;
        let progress = Progress::new(on_terminal && !self.no_progress && !is_json);
        let level = match (self.verbose, on_terminal) {
            (0, false) => LevelFilter::WARN,
            (0, true) | (1, _) => LevelFilter::INFO,
            _ => LevelFilter::DEBUG,
        };
        let colours = on_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let shared = progress.clone();
        let logs = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_target(false)
            .with_ansi(colours)
            .with_writer(move || Straight(shared.log_writer()));
        match self.log_format {
            LogFormat::Json => logs.json().init(),
            LogFormat::Text => logs.without_time().init(),
        }
        progress
    }

    /// The last word of a command that failed.
    pub fn report(self, failure: &Failure) {
        match self.log_format {
            LogFormat::Json => tracing::error!(exit_code = failure.exit_code(), "{failure}"),
            LogFormat::Text => {
                say(&format!("quietline: {failure}\n"));
            }
        }
    }
}

/// The log escapes what stands in it from outside, except for letters that turn the order of reading.
struct Straight<W>(W);

impl<W: Write> Write for Straight<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let shown = String::from_utf8_lossy(line).replace(turns_reading, "");
        self.0.write_all(shown.as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// To standard error, where what stands in it from outside can do nothing to a terminal.
pub(super) fn say(text: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = io::stderr().write_all(for_terminal(text).as_bytes());
}
