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

    /// Whether the file has been written to, replaced or taken away since: what was read of it may be half of it, or halves of two.
    pub fn has_passed(self, path: &Path) -> bool {
        Stamp::of(path).ok() != Some(self)
    }
}
