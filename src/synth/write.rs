//! Files of the account: CSV with `\n`, plain or gzip, byte for byte the same for the same rows.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::SynthError;

enum Sink {
    Plain(BufWriter<File>),
    /// Without a name or a time in its header.
    Gzip(Box<GzEncoder<BufWriter<File>>>),
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Sink::Plain(file) => file.write(bytes),
            Sink::Gzip(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Sink::Plain(file) => file.flush(),
            Sink::Gzip(encoder) => encoder.flush(),
        }
    }
}

/// One CSV file while it is written.
pub(super) struct Table {
    path: PathBuf,
    writer: csv::Writer<Sink>,
}

impl Table {
    /// Gzip where the name ends in `.gz`.
    pub(super) fn create(path: PathBuf, headings: &[&str]) -> Result<Table, SynthError> {
        let file = File::create(&path).map_err(|source| SynthError::write(&path, source))?;
        let file = BufWriter::with_capacity(1 << 16, file);
        let sink = if path.extension().is_some_and(|extension| extension == "gz") {
            Sink::Gzip(Box::new(GzEncoder::new(file, Compression::fast())))
        } else {
            Sink::Plain(file)
        };
        let writer = csv::WriterBuilder::new()
            .buffer_capacity(1 << 16)
            .from_writer(sink);
        let mut table = Table { path, writer };
        table.row(headings)?;
        Ok(table)
    }

    pub(super) fn row<T: AsRef<[u8]>>(&mut self, cells: &[T]) -> Result<(), SynthError> {
        let written = self.writer.write_record(cells);
        written.map_err(|error| SynthError::write(&self.path, error.into()))
    }

    /// Writes what is still buffered and ends the file; a full disk shows here at the latest.
    pub(super) fn finish(self) -> Result<(), SynthError> {
        let path = self.path;
        let ended = self.writer.into_inner().map_err(csv::IntoInnerError::into_error);
        let flushed = ended.and_then(|sink| match sink {
            Sink::Plain(mut file) => file.flush(),
            Sink::Gzip(encoder) => encoder.finish()?.flush(),
        });
        flushed.map_err(|error| SynthError::write(&path, error))
    }
}

/// Writes a whole table whose rows fit in memory.
pub(super) fn table(path: PathBuf, headings: &[&str], rows: Vec<Vec<String>>) -> Result<(), SynthError> {
    let mut table = Table::create(path, headings)?;
    for row in rows {
        table.row(&row)?;
    }
    table.finish()
}

/// A new or empty folder, made where missing: files of another account beside these would be read with them.
pub(super) fn empty_folder(path: &Path) -> Result<(), SynthError> {
    std::fs::create_dir_all(path).map_err(|source| SynthError::write(path, source))?;
    let mut entries = std::fs::read_dir(path).map_err(|source| SynthError::write(path, source))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(SynthError::FolderNotEmpty {
            path: path.to_owned(),
        }),
    }
}
