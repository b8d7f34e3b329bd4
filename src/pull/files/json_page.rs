//! What stands around the rows of a saved answer: whether it is one page of several.

use serde::{Deserialize, Serialize};

/// What an answer says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub number: Option<u64>,
    /// Pages of the whole query.
    pub of: Option<u64>,
    /// Rows of the whole query.
    pub items: Option<u64>,
    pub has_next: bool,
}

/// Longest name and value that are looked at.
const LONGEST: usize = 64;

/// Hears the text around the rows, token by token.
#[derive(Default)]
pub(super) struct Envelope {
    page: Page,
    /// The keys that lead to what comes next; the last one is the newest at its depth.
    path: Vec<String>,
    word: Option<String>,
    bare: String,
    after_colon: bool,
    /// Of the answers that have ended.
    pages: Vec<Page>,
}

impl Envelope {
    pub(super) fn string(&mut self, word: &[u8]) {
        let word = String::from_utf8_lossy(&word[..word.len().min(LONGEST)]).into_owned();
        match self.after_colon {
            true => self.value(&word),
            false => self.word = Some(word),
        }
    }

    /// A byte outside of strings.
    pub(super) fn byte(&mut self, byte: u8) {
        match byte {
            b':' => {
                let key = self.word.take().unwrap_or_default();
                if let Some(last) = self.path.last_mut() {
                    *last = plain(&key);
                }
                self.after_colon = true;
            }
            b'{' | b'[' => {
                self.after_colon = false;
                self.path.push(String::new());
            }
            b',' | b'}' | b']' => {
                let bare = std::mem::take(&mut self.bare);
                if !bare.is_empty() {
                    self.value(&bare);
                }
                self.after_colon = false;
                if byte != b',' {
                    self.path.pop();
                }
            }
            byte if self.after_colon && !byte.is_ascii_whitespace() && self.bare.len() < LONGEST => {
                self.bare.push(char::from(byte));
            }
            _ => {}
        }
    }

    /// An answer has ended; another may follow in the same file.
    pub(super) fn end(&mut self) {
        self.pages.push(std::mem::take(&mut self.page));
        self.path.clear();
    }

    pub(super) fn pages(&self) -> &[Page] {
        &self.pages
    }

    fn value(&mut self, value: &str) {
        self.after_colon = false;
        let key = self.path.last().map(String::as_str).unwrap_or_default();
        let is_said = !matches!(value, "" | "null" | "false" | "0");
        let number = value.parse().ok();
        match key {
            "page" | "pagenumber" | "currentpage" | "pageindex" | "number" => self.page.number = number,
            "totalpages" | "pagecount" | "pages" | "numpages" | "lastpage" => self.page.of = number,
            "totalitems" | "totalcount" | "totalrecords" | "totalresults" | "totalelements"
            | "odatacount" => {
                self.page.items = number;
            }
            _ => {}
        }
        let names_next = matches!(
            key,
            "odatanextlink"
                | "nextlink"
                | "nextpage"
                | "nextpageurl"
                | "nextpagetoken"
                | "nexturl"
                | "nextcursor"
                | "hasmore"
                | "hasnext"
                | "hasnextpage"
        );
        if is_said && (names_next || self.path.iter().any(|key| key == "next")) {
            self.page.has_next = true;
        }
    }
}

/// `total_pages`, `totalPages` and `TotalPages` alike.
fn plain(key: &str) -> String {
    let letters = key.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}
