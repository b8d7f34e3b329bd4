//! `quietline preview`: the page and the mails, looked at before or after they go out.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use chrono::NaiveDate;
use clap::Args;

use super::surroundings::{Surroundings, print};
use super::words::{JobWords, day};
use crate::failure::Failure;
use crate::night;

/// Write the last report's page and mails to a folder, to look at
///
/// Sends nothing. With --dry-run: tonight's, as it would come out with what has been pulled so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Preview {
    #[command(flatten)]
    pub job: JobWords,
    /// Work tonight out instead of showing the last report; saves and sends nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Last day to look at in a dry run, in the account's time zone [default: yesterday]
    #[arg(long, value_name = "DAY", value_parser = day, requires = "dry_run")]
    pub as_of: Option<NaiveDate>,
    /// Folder to write to [default: a new one among the temporary files]
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Open the page in the browser
    #[arg(long)]
    pub open: bool,
}

impl Preview {
    pub fn work(self, at: &Surroundings) -> Result<u8, Failure> {
        let job = at.job_with(&self.job, self.as_of, &[])?;
        let world = at.world(&self.job)?;
        let preview = night::preview(&job, self.dry_run, self.out.as_deref(), &world)?;
        for note in &preview.notes {
            tracing::info!("{note}");
        }
        let files = preview.files.iter().map(|file| format!("{}\n", file.display()));
        print(&files.collect::<String>())?;
        if let (true, Some(page)) = (self.open, preview.files.first()) {
            open(page);
        }
        Ok(0)
    }
}

/// A machine without a desktop has no browser; the paths are printed, and that is enough.
fn open(page: &Path) {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let opened = std::process::Command::new(opener)
        .arg(page)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Err(error) = opened {
        tracing::warn!(
            "{opener} cannot be run ({error}); open {} yourself",
            page.display()
        );
    }
}
