//! What stands in a cell or a sentence: values free of any format, harmless text, names taken out.

pub(super) mod cell;
pub(super) mod columns;
pub(super) mod discretion;
pub(super) mod group_words;
pub(super) mod plain;
pub(super) mod safe;
pub(super) mod spark;
pub(super) mod withheld;

use sha2::{Digest, Sha256};

use crate::domain::hex;

/// SHA-256 as hexadecimal.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
