//! How the server wraps, counts and pages.

use std::io::Read;

/// How it wraps and counts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manners {
    /// `_embedded.extensions` and `total_page`, as seen live, instead of the published words.
    pub live: bool,
    /// Numbers as texts.
    pub texts: bool,
    /// Rows that are told and never sent, of users, extensions and calls alike.
    pub withheld: usize,
    /// The last page leaves `_embedded` out.
    pub bare_last_page: bool,
    /// Milliseconds before every answer.
    pub slow_ms: u64,
    /// Seconds that a token lives.
    pub token_life: u64,
    /// Whether a refresh token is taken.
    pub refuse_refresh: bool,
    /// One more call is told on each page than on the one before: the list grows while it is read.
    pub grows: bool,
    /// A row slips in after the first page and pushes the last row of each page onto the next.
    pub slips: bool,
    /// What is below is done to calls alone.
    pub calls_only: bool,
    /// Rows on one page at most, whatever is asked for; 0: as asked.
    pub cap: usize,
    /// Rows on each page, whatever is asked for; 0: as asked.
    pub fixed: usize,
    /// Rows that can be paged to at most, told or not; 0: all.
    pub deepest: usize,
    /// The count of rows goes no further than the deepest either.
    pub tells_the_deepest: bool,
    /// So many rows more on each page than were asked for.
    pub longer: usize,
    /// The first page, whatever page is asked for.
    pub same_page: bool,
    /// The last page once more, whatever later page is asked for.
    pub last_again: bool,
    /// The count of rows is that of the page.
    pub counts_a_page: bool,
    /// A page beyond the last is an error.
    pub no_page_beyond: bool,
    /// Every page says that there are none.
    pub no_pages: bool,
    /// An empty list is an empty 204.
    pub says_204: bool,
    /// Newest first, whatever order is asked for.
    pub backwards: bool,
    /// Keys that rows bear under another name.
    pub renamed: &'static [&'static str],
    pub wire: Wire,
}

/// What a gateway makes of each body on its way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Wire {
    #[default]
    Plain,
    ByteOrderMark,
    /// Packed, without being asked and without a header that says so.
    Gzip,
    /// `é` as one byte, which is no UTF-8.
    Latin1,
}

impl Wire {
    pub fn sent(self, body: String) -> Vec<u8> {
        match self {
            Wire::Plain => body.into_bytes(),
            Wire::ByteOrderMark => ["\u{feff}".as_bytes(), body.as_bytes()].concat(),
            Wire::Gzip => {
                let mut packed = Vec::new();
                let mut packer = flate2::read::GzEncoder::new(body.as_bytes(), flate2::Compression::fast());
                packer.read_to_end(&mut packed).unwrap();
                packed
            }
            Wire::Latin1 => body
                .chars()
                .map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?'))
                .collect(),
        }
    }
}
