//! The default way of delivery: mails are written to a folder as `.eml` files, and nothing leaves the machine.

use super::{Delivery, Fate, Halted, Parcel, outbox};
use crate::durable::{FILE_MODE, private_folder, told_if_open, write_file};
use std::fs;
use std::path::{Path, PathBuf};

/// Writes each message to `<folder>/<name>.eml`, whole and for its owner alone. Several recipients of a message
/// are one file: its `To` header names them all.
#[derive(Debug)]
pub struct FolderDelivery {
    folder: PathBuf,
}

impl FolderDelivery {
    /// Delivers into `folder`, which is created when the first message comes.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }
}

/// A mail, or a write in progress, which has a hidden name.
fn is_ours(name: &str) -> bool {
    name.ends_with(".eml") || name.starts_with('.')
}

/// In words, where others can reach into the folder that mails are written to.
pub fn open_outbox(folder: &Path) -> Option<String> {
    told_if_open(folder, "the next run that writes a mail", is_ours)
}

impl Delivery for FolderDelivery {
    fn offer(
        &mut self,
        parcel: &Parcel<'_>,
        commit: &mut dyn FnMut() -> Result<(), outbox::Error>,
    ) -> Result<Fate, Halted> {
        private_folder(&self.folder, is_ours)?;
        let path = self.folder.join(format!("{}.eml", parcel.name));
        commit()?;
        // One that a killed night has written is there already, and may have been taken up.
        if fs::read(&path).ok().as_deref() != Some(parcel.bytes) {
            write_file(&path, parcel.bytes, FILE_MODE)?;
        }
        Ok(Fate::Accepted(format!("written to {}", path.display())))
    }

    fn repeats_harmlessly(&self) -> bool {
        true
    }
}
