use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A file as it lies there at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    pub size: u64,
    pub mtime_ns: i64,
    /// Another file under the same name may be as long and as old.
    inode: u64,
}

impl Stamp {
    pub fn of(path: &Path) -> io::Result<Stamp> {
        let metadata = fs::metadata(path)?;
        Ok(Stamp {
            size: metadata.len(),
            mtime_ns: metadata.mtime() * 1_000_000_000 + metadata.mtime_nsec(),
            inode: metadata.ino(),
        })
    }

    /// What `read` makes of a file. None: it was written to, replaced or taken away meanwhile, so that half of it was read, or halves
    /// of two; that goes before whatever was found.
    pub fn unless_it_changes<R>(path: &Path, read: impl FnOnce() -> R) -> Option<R> {
        let begun = Stamp::of(path).ok();
        let read = read();
        let stays = begun.is_none_or(|begun| Stamp::of(path).is_ok_and(|now| now == begun));
        stays.then_some(read)
    }
}
