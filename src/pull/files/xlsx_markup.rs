//! Markup looked over byte by byte before a parser sees it: whatever a parser keeps whole has a bound here.

/// Longest tag, text or remark.
const LONGEST_TOKEN: u64 = 1 << 20;
/// Everything that stands in one cell.
const LONGEST_CELL: u64 = 4 << 20;
/// Strings of the shared table.
const MOST_STRINGS: u64 = 4 << 20;
/// Tags that make a record which the parser keeps.
const RECORDS: [&[u8]; 9] = [
    b"xf",
    b"font",
    b"fill",
    b"border",
    b"numFmt",
    b"definedName",
    b"sheet",
    b"Relationship",
    MERGED,
];
const MERGED: &[u8] = b"mergeCell";
/// Excel allows 65,490 cell formats and 65,530 links on a sheet.
const MOST_RECORDS: u64 = 100_000;
/// Each cell format gets a copy of the records that it names.
const MOST_FORMAT_BYTES: u64 = 256 << 20;
/// Tags of what the parser keeps whole, which no sheet holds.
const OF_BOOKS: [&[u8]; 5] = [b"sst", b"si", b"sheet", b"definedName", b"Relationship"];
/// Beginning of a tag that is kept to read its name, and the `uniqueCount` of a string table.
const HEAD: usize = 1 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    /// The quote that is open in it.
    Tag(Option<u8>),
    /// `<?...?>`; the byte before.
    Instruction(u8),
    /// After `<!`.
    Bang,
    /// `<!--...-->` or `<![CDATA[...]]>`: the byte that ends it twice, and how many of them stand just before.
    Remark(u8, u8),
}

/// One part of a package, fed as it is unpacked.
pub(super) struct Markup {
    state: State,
    /// Bytes of the token so far.
    token: u64,
    head: Vec<u8>,
    in_cell: Option<u64>,
    /// Whether a tag came that no sheet holds.
    is_of_book: bool,
    has_merged: bool,
    strings: u64,
    records: u64,
    formats: u64,
    /// Bytes since the last record began, and the most that there were.
    record: u64,
    longest_record: u64,
}

impl Default for Markup {
    fn default() -> Self {
        Markup {
            state: State::Text,
            token: 0,
            head: Vec::with_capacity(HEAD),
            in_cell: None,
            is_of_book: false,
            has_merged: false,
            strings: 0,
            records: 0,
            formats: 0,
            record: 0,
            longest_record: 0,
        }
    }
}

impl Markup {
    /// Looks at the next bytes; says what is wrong with them.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<(), String> {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            let length = match self.state {
                State::Text => self.text(rest),
                State::Tag(quote) if !self.head.is_empty() => self.inside(rest, quote)?,
                _ => self.byte(rest[0])?,
            };
            at += length;
            self.token += length as u64;
            self.record += length as u64;
            self.in_cell = self.in_cell.map(|bytes| bytes + length as u64);
        }
        self.check()
    }

    /// Whether it holds nothing that the parser keeps beyond a cell.
    pub(super) fn is_sheet(&self) -> bool {
        !self.is_of_book
    }

    pub(super) fn has_merged(&self) -> bool {
        self.has_merged
    }

    /// Reads to the next tag.
    fn text(&mut self, bytes: &[u8]) -> usize {
        match bytes.iter().position(|byte| *byte == b'<') {
            None => bytes.len(),
            Some(length) => {
                self.state = State::Tag(None);
                self.token = 0;
                self.head.clear();
                length + 1
            }
        }
    }

    /// Reads on in a tag to its next quote or to its end.
    fn inside(&mut self, bytes: &[u8], quote: Option<u8>) -> Result<usize, String> {
        let turns = |byte: &u8| match quote {
            Some(quote) => *byte == quote,
            None => matches!(byte, b'>' | b'"' | b'\''),
        };
        let turn = bytes.iter().position(turns);
        let length = turn.map_or(bytes.len(), |at| at + 1);
        let kept = length.min(HEAD.saturating_sub(self.head.len()));
        self.head.extend_from_slice(&bytes[..kept]);
        match (quote, turn.map(|at| bytes[at])) {
            (None, Some(b'>')) => {
                self.tag()?;
                self.end_token();
            }
            (None, Some(quote)) => self.state = State::Tag(Some(quote)),
            (Some(_), Some(_)) => self.state = State::Tag(None),
            (_, None) => {}
        }
        Ok(length)
    }

    fn byte(&mut self, byte: u8) -> Result<usize, String> {
        if self.head.len() < HEAD {
            self.head.push(byte);
        }
        self.state = match self.state {
            State::Tag(_) if byte == b'?' => State::Instruction(0),
            State::Tag(_) if byte == b'!' => State::Bang,
            State::Tag(_) if matches!(byte, b'/' | b'_' | b':' | 0x80..) || byte.is_ascii_alphabetic() => {
                self.state
            }
            State::Tag(_) => return Err("holds a tag without a name".into()),
            State::Instruction(b'?') | State::Remark(_, 2..) if byte == b'>' => State::Text,
            State::Instruction(_) => State::Instruction(byte),
            State::Bang if self.head == b"!--" => State::Remark(b'-', 0),
            State::Bang if self.head == b"![CDATA[" => State::Remark(b']', 0),
            State::Bang if self.head.len() >= 8 || byte == b'>' => {
                return Err("declares words of its own (a DTD), which no workbook does".into());
            }
            State::Remark(end, count) if byte == end => State::Remark(end, count.saturating_add(1)),
            State::Remark(end, _) => State::Remark(end, 0),
            state => state,
        };
        if self.state == State::Text {
            self.end_token();
        }
        Ok(1)
    }

    fn end_token(&mut self) {
        self.state = State::Text;
        self.token = 0;
    }

    fn tag(&mut self) -> Result<(), String> {
        let tag = self.head.strip_suffix(b">").unwrap_or(&self.head);
        let closes = tag.first() == Some(&b'/');
        let ends = closes || tag.last() == Some(&b'/');
        let name = tag
            .strip_suffix(b"/")
            .unwrap_or(tag)
            .split(u8::is_ascii_whitespace)
            .next();
        let name = name.and_then(|name| name.rsplit(|byte| matches!(byte, b':' | b'/')).next());
        let name = name.unwrap_or_default();
        self.is_of_book |= OF_BOOKS.contains(&name);
        match name {
            b"c" => self.in_cell = (!ends).then_some(0),
            b"sst" if !closes => self.string_table()?,
            b"si" if !closes => self.strings += 1,
            name if !closes && RECORDS.contains(&name) => {
                self.records += 1;
                self.formats += u64::from(name == b"xf");
                self.has_merged |= name == MERGED;
                self.longest_record = self.longest_record.max(self.record);
                self.record = 0;
            }
            _ => {}
        }
        Ok(())
    }

    /// The table says how many strings it has, and the parser makes room for as many.
    fn string_table(&self) -> Result<(), String> {
        let tag = String::from_utf8_lossy(&self.head);
        let claims = tag.split("uniqueCount").skip(1).map(|rest| {
            let value = rest.split(['"', '\'']).nth(1).unwrap_or_default();
            value.trim().parse::<u64>().unwrap_or(u64::MAX)
        });
        match claims.max() {
            Some(count) if count > MOST_STRINGS => Err(too_many_strings()),
            _ if self.head.len() >= HEAD => Err("has a string table with an overlong head".into()),
            _ => Ok(()),
        }
    }

    fn check(&self) -> Result<(), String> {
        let longest_record = self.longest_record.max(self.record);
        if self.token > LONGEST_TOKEN {
            Err("holds a piece of text or markup of more than 1 MB".into())
        } else if self.in_cell.is_some_and(|bytes| bytes > LONGEST_CELL) {
            Err("holds a cell of more than 4 MB".into())
        } else if self.strings > MOST_STRINGS {
            Err(too_many_strings())
        } else if self.records > MOST_RECORDS {
            Err("holds more formats, names, links or merged cells than Excel allows or can be read".into())
        } else if self.formats.saturating_mul(longest_record) > MOST_FORMAT_BYTES {
            Err("holds more cell formats than can be read safely".into())
        } else {
            Ok(())
        }
    }
}

fn too_many_strings() -> String {
    format!(
        "says that it has more than {} million different texts",
        MOST_STRINGS >> 20
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fed in one piece and byte by byte, it says the same.
    fn fault(text: &str) -> Option<String> {
        let whole = Markup::default().feed(text.as_bytes()).err();
        let mut slow = Markup::default();
        let drip = text.bytes().find_map(|byte| slow.feed(&[byte]).err());
        assert_eq!(whole, drip, "{}", &text[..text.len().min(200)]);
        whole
    }

    #[test]
    fn what_a_workbook_holds_passes() {
        let cells = "<c r=\"A1\" t='s'><v>0</v></c><x:c r=\"A>1\"/>".repeat(500);
        assert_eq!(
            fault(&format!(
                "\u{feff}<?xml version=\"1.0\"?>\r\n<!-- a > remark -- --><x:worksheet>{cells}</x:worksheet>"
            )),
            None
        );
        assert_eq!(
            fault("<sst count=\"9\" uniqueCount=\"3\"><si><t><![CDATA[a]]]]></t></si></sst>"),
            None
        );
        assert_eq!(
            fault(&format!(
                "<styleSheet>{}</styleSheet>",
                "<xf numFmtId=\"14\"/>".repeat(2000)
            )),
            None
        );
    }

    #[test]
    fn what_a_parser_would_keep_without_end_is_refused() {
        let long = "x".repeat(2 << 20);
        for (text, words) in [
            (format!("<c><v>{long}"), "1 MB"),
            (format!("<c a=\"{long}>\""), "1 MB"),
            (format!("<?{}?>", "a>".repeat(1 << 20)), "1 MB"),
            (format!("<!--{}-->", "<b>".repeat(1 << 20)), "1 MB"),
            (format!("<t><![CDATA[{}", "<b>]>".repeat(1 << 20)), "1 MB"),
            (
                format!("<x:c ><is>{}", "<t>some text</t>".repeat(1 << 20)),
                "4 MB",
            ),
            ("<!DOCTYPE a [<!ENTITY b \"c\">]>".into(), "DTD"),
            ("<!ENTITY>".into(), "DTD"),
            ("<><c>".into(), "without a name"),
            (
                "<sst count='1' uniqueCount='4000000000'>".into(),
                "million different",
            ),
            (
                "<x:sst uniqueCount = \"99999999999999999999999\" />".into(),
                "million different",
            ),
            (
                "<sst a=\"uniqueCount='1'\" uniqueCount=\"&#57;\">".into(),
                "million different",
            ),
            ("<si/>".repeat(5 << 20), "million different"),
            ("<definedName name=\"a\"/>".repeat(100_001), "than Excel allows"),
            (
                format!("<font n=\"{}\"/>{}", &long[..1 << 19], "<xf/>".repeat(1000)),
                "formats",
            ),
        ] {
            let mut markup = Markup::default();
            let found = text
                .as_bytes()
                .chunks(1 << 16)
                .find_map(|bytes| markup.feed(bytes).err());
            let found = found.unwrap_or_default();
            assert!(found.contains(words), "{words}: {found}");
        }
    }
}
