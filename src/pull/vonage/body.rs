//! The bytes of an answer as a text that a JSON reader takes: what a gateway does to a body on its way costs at most the
//! cell in which it happened.

use std::borrow::Cow;
use std::io::Read;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};
use flate2::read::MultiGzDecoder;

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Stands for a letter that could not be read; a cell that holds one is not believed.
pub(super) const BROKEN_LETTER: char = char::REPLACEMENT_CHARACTER;

/// Unpacked where it is packed though nobody asked for that, without a byte order mark, broken letters marked, control
/// characters blank. What cannot be unpacked, or would grow beyond `limit` bytes, stays as it came.
pub(super) fn readable(bytes: Vec<u8>, limit: usize) -> Vec<u8> {
    let bytes = match bytes.starts_with(&GZIP) {
        true => unpacked(&bytes, limit).unwrap_or(bytes),
        false => bytes,
    };
    let wide = [UTF_16LE, UTF_16BE]
        .into_iter()
        .find(|encoding| encoding_rs::Encoding::for_bom(&bytes).is_some_and(|(found, _)| found == *encoding));
    if bytes.starts_with(&GZIP) || (wide.is_none() && is_binary(&bytes)) {
        return bytes;
    }
    let (text, _, _) = wide.unwrap_or(UTF_8).decode(&bytes);
    let mut text = text.into_owned().into_bytes();
    // Between tokens a control character is a blank, and within a text it may not stand.
    for byte in &mut text {
        if byte.is_ascii_control() {
            *byte = b' ';
        }
    }
    mark_lone_surrogates(&mut text);
    text
}

/// The body for an error: None where it is no text.
pub(super) fn shown(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let is_text = !bytes.starts_with(&GZIP) && !is_binary(bytes);
    is_text.then(|| String::from_utf8_lossy(bytes))
}

fn unpacked(bytes: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    let mut reader = MultiGzDecoder::new(bytes).take(limit as u64 + 1);
    reader.read_to_end(&mut text).ok()?;
    (text.len() <= limit).then_some(text)
}

/// Whether more than a tenth are bytes that no text has: an image, something encrypted, something packed in another way.
fn is_binary(bytes: &[u8]) -> bool {
    let odd = |byte: &&u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    let broken: usize = bytes
        .utf8_chunks()
        .map(|chunk| chunk.invalid().len() + chunk.valid().as_bytes().iter().filter(odd).count())
        .sum();
    broken * 10 > bytes.len()
}

/// `\ud83d` without its other half is no letter, and no reader takes it.
fn mark_lone_surrogates(text: &mut [u8]) {
    let unit = |text: &[u8], at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let mut at = 0;
    while at < text.len() {
        at += match (text[at], unit(text, at)) {
            (b'\\', Some(0xD800..=0xDBFF)) if matches!(unit(text, at + 6), Some(0xDC00..=0xDFFF)) => 12,
            (b'\\', Some(0xD800..=0xDFFF)) => {
                text[at + 2..at + 6].copy_from_slice(b"fffd");
                6
            }
            (b'\\', Some(_)) => 6,
            (b'\\', None) => 2,
            _ => 1,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> String {
        let bytes = readable(bytes.to_vec(), 1_000);
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        value["a"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_body_is_read_whatever_happened_to_it_on_its_way() {
        let packed = |text: &[u8]| {
            let mut packer = flate2::read::GzEncoder::new(text, flate2::Compression::fast());
            let mut bytes = Vec::new();
            packer.read_to_end(&mut bytes).unwrap();
            bytes
        };
        let wide: Vec<u8> = "\u{feff}{\"a\":\"é\"}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for (bytes, cell) in [
            (&b"\xef\xbb\xbf{\"a\":\"x\"}"[..], "x"),
            (&packed(b"{\"a\":\"x\"}"), "x"),
            (&packed(b"\xef\xbb\xbf{\"a\":\"x\"}"), "x"),
            (&wide, "é"),
            (b"{\"a\":\"caf\xe9 au lait\"}", "caf\u{fffd} au lait"),
            (b"{\"a\":\"two\nlines\0\"}", "two lines "),
            (br#"{"a":"x\ud83d"}"#, "x\u{fffd}"),
            (br#"{"a":"\ude00x"}"#, "\u{fffd}x"),
            (br#"{"a":"\ud83d\ude00 \\ud83d"}"#, "\u{1f600} \\ud83d"),
        ] {
            assert_eq!(read(bytes), cell);
        }
    }

    #[test]
    fn what_is_no_text_is_left_and_not_shown() {
        let bomb = {
            let zeros = vec![b' '; 100_000];
            let mut packer = flate2::read::GzEncoder::new(&zeros[..], flate2::Compression::fast());
            let mut bytes = Vec::new();
            packer.read_to_end(&mut bytes).unwrap();
            bytes
        };
        for bytes in [
            &b"\x89PNG\r\n\x1a\n\0\0\0"[..],
            &[0xff; 40],
            &bomb,
            b"\x1f\x8bcut",
        ] {
            assert_eq!(readable(bytes.to_vec(), 1_000), bytes);
            assert_eq!(shown(bytes), None);
        }
        assert_eq!(
            shown(b"<b>M\xfcller</b>").as_deref(),
            Some("<b>M\u{fffd}ller</b>")
        );
    }
}
