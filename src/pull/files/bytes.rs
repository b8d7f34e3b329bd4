//! From a path to plain bytes: what kind of file it is, unpacked under a bound, counted as it is read.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, Cursor, Read, Seek};
use std::path::Path;
use std::rc::Rc;

use flate2::bufread::GzDecoder;

use super::ReadError;
use super::workbook::Book;

/// What a packed file may unpack to. Real exports pack 10 to 30 times; a gzip bomb made in haste packs 229 times.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UnpackLimits {
    pub bytes: u64,
    /// Unpacked bytes for each packed one, once `ratio_from` bytes have come out.
    pub ratio: u64,
    pub ratio_from: u64,
}

impl Default for UnpackLimits {
    fn default() -> Self {
        UnpackLimits {
            bytes: 32 << 30,
            ratio: 100,
            ratio_from: 32 << 20,
        }
    }
}

/// Bytes of the file on disk that have been read so far.
pub(crate) type Progress = Rc<Cell<u64>>;

pub(super) enum Content {
    Text(Box<dyn Read>),
    Parquet(File),
    /// A ZIP archive or an old container: a workbook, or something that is refused by name.
    Workbook(Book),
}

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// Of an archive with parts, without any, and in several pieces.
const ZIP: [&[u8]; 3] = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"];
/// The container of old workbooks, and of new ones with a password.
const CONTAINER: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];
const PARQUET: &[u8] = b"PAR1";

/// Opens a file by what its first bytes say; the extension is not asked.
pub(super) fn open(path: &Path, limits: UnpackLimits, progress: &Progress) -> Result<Content, ReadError> {
    let mut file = File::open(path)?;
    let mut magic = [0_u8; 4];
    let length = read_full(&mut file, &mut magic)?;
    file.rewind()?;
    let magic = &magic[..length];
    let counted = Counted {
        input: file,
        count: Rc::clone(progress),
    };
    if magic.is_empty() {
        return Err(ReadError::Empty);
    } else if magic == PARQUET {
        return Ok(Content::Parquet(counted.input));
    } else if ZIP.contains(&magic) {
        return Ok(Content::Workbook(Book::Xlsx(counted.input)));
    } else if magic == CONTAINER {
        return Ok(Content::Workbook(Book::Xls(counted.input)));
    } else if magic.starts_with(GZIP) {
        let packed = io::BufReader::with_capacity(1 << 16, counted);
        let unpacked = Members(Some(GzDecoder::new(packed)));
        return unpack(Box::new(unpacked), limits, progress);
    } else if magic == ZSTD {
        return unpack(
            Box::new(zstd::stream::read::Decoder::new(counted)?),
            limits,
            progress,
        );
    }
    Ok(Content::Text(Box::new(counted)))
}

fn unpack(packed: Box<dyn Read>, limits: UnpackLimits, progress: &Progress) -> Result<Content, ReadError> {
    let mut bounded = Bounded {
        input: packed,
        packed: Rc::clone(progress),
        unpacked: 0,
        limits,
    };
    let mut magic = [0_u8; 4];
    let length = read_full(&mut bounded, &mut magic)?;
    let magic = &magic[..length];
    if magic.is_empty() {
        return Err(ReadError::Empty);
    }
    if magic == PARQUET {
        return Err(ReadError::refused("is a packed Parquet file; unpack it first"));
    }
    if magic.starts_with(GZIP) || magic == ZSTD {
        return Err(ReadError::refused("is packed twice; unpack it once"));
    }
    if ZIP.contains(&magic) || magic == CONTAINER {
        return Err(ReadError::refused(
            "is a packed workbook or archive; unpack it first",
        ));
    }
    Ok(Content::Text(Box::new(
        Cursor::new(magic.to_vec()).chain(bounded),
    )))
}

/// Reads until the buffer is full or the input ends.
pub(super) fn read_full(input: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match input.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

struct Counted<R> {
    input: R,
    count: Progress,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

/// Every member of a gzip file, one after the other; zeros behind one, with which tapes and disks fill their blocks, say nothing
/// (RFC 1952 does not know them; gzip itself passes them over).
struct Members<R>(Option<GzDecoder<R>>);

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.0 {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Some(mut rest) = self.0.take().map(GzDecoder::into_inner) else {
                break;
            };
            if !at_end(&mut rest)? {
                self.0 = Some(GzDecoder::new(rest));
            }
        }
        Ok(0)
    }
}

/// Passes zeros over; whether nothing comes behind them.
fn at_end(input: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let ahead = input.fill_buf()?;
        let (zeros, length) = (ahead.iter().take_while(|byte| **byte == 0).count(), ahead.len());
        input.consume(zeros);
        if zeros < length || length == 0 {
            return Ok(length == 0);
        }
    }
}

struct Bounded {
    input: Box<dyn Read>,
    packed: Progress,
    unpacked: u64,
    limits: UnpackLimits,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.unpacked += read as u64;
        let too_dense = self.unpacked > self.limits.ratio_from
            && self.unpacked / self.packed.get().max(1) > self.limits.ratio;
        if self.unpacked > self.limits.bytes || too_dense {
            let what = format!(
                "unpacks to more than an export can hold (a packing bomb?): stopped at {} MB; unpack it by hand and look",
                self.unpacked >> 20
            );
            return Err(io::Error::other(super::Refused(what)));
        }
        Ok(read)
    }
}
