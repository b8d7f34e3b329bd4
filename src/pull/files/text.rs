//! From bytes to UTF-8, whatever the file was saved as.

use std::cell::Cell;
use std::io::{self, Cursor, Read};
use std::rc::Rc;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::bytes::read_full;

/// Bytes that were not UTF-8 and were read as Windows-1252.
pub(super) type OddBytes = Rc<Cell<u64>>;

/// A byte order mark wins over what the job declares; with neither, UTF-8 is read, and bytes that cannot be UTF-8
/// are taken as Windows-1252 and counted. What comes out is always valid UTF-8.
pub(super) fn decode(
    mut input: Box<dyn Read>,
    declared: Option<&'static Encoding>,
    odd: &OddBytes,
) -> io::Result<Box<dyn Read>> {
    let mut head = [0_u8; 3];
    let length = read_full(input.as_mut(), &mut head)?;
    let (encoding, mark) = match Encoding::for_bom(&head[..length]) {
        Some((encoding, mark)) => (Some(encoding), mark),
        None => (declared, 0),
    };
    let whole = Cursor::new(head[mark..length].to_vec()).chain(input);
    Ok(match encoding {
        Some(encoding) if encoding != UTF_8 => Box::new(
            DecodeReaderBytesBuilder::new()
                .encoding(Some(encoding))
                .bom_override(false)
                .bom_sniffing(false)
                .build(whole),
        ),
        _ => Box::new(Utf8OrWindows::new(whole, odd)),
    })
}

/// The encoding a job may name; none for a label that no browser knows.
pub(super) fn by_label(label: &str) -> Option<&'static Encoding> {
    match label.to_ascii_lowercase().as_str() {
        "utf-16" | "utf-16le" => Some(UTF_16LE),
        "utf-16be" => Some(UTF_16BE),
        other => Encoding::for_label(other.as_bytes()),
    }
}

struct Utf8OrWindows<R> {
    input: R,
    raw: Vec<u8>,
    /// Raw bytes kept from the last read: a character cut in two.
    kept: usize,
    text: Vec<u8>,
    given: usize,
    odd: OddBytes,
    ended: bool,
}

impl<R: Read> Utf8OrWindows<R> {
    fn new(input: R, odd: &OddBytes) -> Self {
        Utf8OrWindows {
            input,
            raw: vec![0; 1 << 16],
            kept: 0,
            text: Vec::with_capacity(1 << 16),
            given: 0,
            odd: Rc::clone(odd),
            ended: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.given = 0;
        let read = self.input.read(&mut self.raw[self.kept..])?;
        self.ended = read == 0;
        let filled = self.kept + read;
        let mut from = 0;
        while from < filled {
            match std::str::from_utf8(&self.raw[from..filled]) {
                Ok(valid) => {
                    self.text.extend_from_slice(valid.as_bytes());
                    from = filled;
                }
                Err(error) => {
                    let valid = from + error.valid_up_to();
                    self.text.extend_from_slice(&self.raw[from..valid]);
                    from = valid;
                    let odd = match error.error_len() {
                        None if !self.ended => break,
                        None => filled - from,
                        Some(length) => length,
                    };
                    let (text, _) = WINDOWS_1252.decode_without_bom_handling(&self.raw[from..from + odd]);
                    self.text.extend_from_slice(text.as_bytes());
                    self.odd.set(self.odd.get() + odd as u64);
                    from += odd;
                }
            }
        }
        self.raw.copy_within(from..filled, 0);
        self.kept = filled - from;
        Ok(())
    }
}

impl<R: Read> Read for Utf8OrWindows<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            if self.ended || buffer.is_empty() {
                return Ok(0);
            }
            self.refill()?;
        }
        let count = buffer.len().min(self.text.len() - self.given);
        buffer[..count].copy_from_slice(&self.text[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Drip(Vec<u8>);
    impl Read for Drip {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() || buffer.is_empty() {
                return Ok(0);
            }
            buffer[0] = self.0.remove(0);
            Ok(1)
        }
    }

    fn read(bytes: &[u8], label: Option<&str>) -> (String, u64) {
        let odd = OddBytes::default();
        let declared = label.map(|label| by_label(label).unwrap());
        let mut text = String::new();
        decode(Box::new(Drip(bytes.to_vec())), declared, &odd)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        (text, odd.get())
    }

    #[test]
    fn one_word_in_every_encoding() {
        assert_eq!(read("Zoë".as_bytes(), None), ("Zoë".into(), 0));
        assert_eq!(read(b"\xEF\xBB\xBFZo\xC3\xAB", None), ("Zoë".into(), 0));
        assert_eq!(read(b"Zo\xEB", None), ("Zoë".into(), 1));
        assert_eq!(read(b"Zo\xEB;x", Some("windows-1252")), ("Zoë;x".into(), 0));
        assert_eq!(read(b"\xFF\xFEZ\0o\0\xEB\0", None), ("Zoë".into(), 0));
        assert_eq!(read(b"\xFE\xFF\0Z\0o\0\xEB", None), ("Zoë".into(), 0));
        assert_eq!(read(b"\0Z\0o\0\xEB", Some("utf-16be")), ("Zoë".into(), 0));
    }
}
