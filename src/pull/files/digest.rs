use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::super::PullError;
use crate::domain::hex;

/// SHA-256 of a file's bytes in hex, read in small pieces.
pub fn file_digest(path: &Path) -> Result<String, PullError> {
    let unavailable = |error: std::io::Error| PullError::Unavailable {
        source_name: "*".into(),
        path: path.to_path_buf(),
        what: format!("cannot be read: {error}"),
    };
    let mut file = File::open(path).map_err(unavailable)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0_u8; 1 << 18]);
    loop {
        let read = file.read(&mut buffer).map_err(unavailable)?;
        if read == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&buffer[..read]);
    }
}
