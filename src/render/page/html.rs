//! `report.html` and `admin.html`: one template, one self-contained file each, no outside request.

use std::sync::LazyLock;

use askama::Template;
use regex::Regex;
use sha2::{Digest, Sha256};

use crate::render::page::plot::{self, Drawn};
use crate::render::page::waterfall::Bars;
use crate::render::page::{Block, Item, MarkKind, Page, Table};
use crate::render::{Cell, RenderError};

/// Rows that a page shows of one table; the rest is in the workbook or the CSV file that it names.
const ROWS_SHOWN: usize = 5_000;
const STYLE: &str = include_str!("../templates/page.css");
const SCRIPT: &str = include_str!("../templates/page.js");

#[derive(Template)]
#[template(path = "page.html")]
struct PageView<'a> {
    title: String,
    kicker: &'static str,
    /// Long rows want wide paper.
    landscape: bool,
    page: &'a Page,
    withheld: &'a Option<String>,
    blocks: &'a [Block],
    style: &'static str,
    script: &'static str,
    policy: String,
}

impl PageView<'_> {
    fn prose(&self, text: &str) -> String {
        prose(text)
    }

    /// A sentence of the page; cells keep their blanks, which the filter looks for.
    fn sentence(&self, text: &str) -> String {
        unbroken(&prose(text))
    }

    fn is_cards(&self, table: &Table) -> bool {
        table.columns.len() > 4
    }

    fn shown_rows<'t>(&self, table: &'t Table) -> &'t [Vec<Cell>] {
        &table.rows[..table.rows.len().min(ROWS_SHOWN)]
    }

    fn hidden_rows(&self, table: &Table) -> usize {
        table.rows.len().saturating_sub(ROWS_SHOWN)
    }

    fn is_numeric(&self, table: &Table, index: &usize) -> bool {
        table.columns.get(*index).is_some_and(|column| column.numeric)
    }

    fn label(&self, table: &Table, index: &usize) -> &'static str {
        table.columns.get(*index).map_or("", |column| column.text)
    }
}

/// Escaped text with its days kept in one piece and readable by machines.
pub(in crate::render) fn prose(text: &str) -> String {
    static DAY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b\d{4}-\d{2}-\d{2}\b").expect("a pattern without input is known to compile")
    });
    let escaped = askama::filters::escape(text, askama::filters::Html)
        .map(|text| text.to_string())
        .unwrap_or_default();
    DAY.replace_all(&escaped, "<time>$0</time>").into_owned()
}

/// A currency stays with its amount and a percent sign with its number, also on a narrow screen.
pub(in crate::render) fn unbroken(html: &str) -> String {
    static CURRENCY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b([A-Z]{3}) (-?\d)").expect("a pattern without input is known to compile")
    });
    let amounts = CURRENCY.replace_all(html, "$1&nbsp;$2");
    amounts.replace(" %", "&nbsp;%")
}

/// Finance's page.
pub fn report_html(page: &Page) -> Result<Vec<u8>, RenderError> {
    html(
        page,
        "Phone lines: the bill and what is idle",
        "For finance. No names.",
        (&page.finance, &page.withheld),
        false,
    )
}

/// The admins' page, with names.
pub fn admin_html(page: &Page) -> Result<Vec<u8>, RenderError> {
    html(
        page,
        "Phone lines: what to act on",
        "For administrators. Bears names: do not pass on.",
        (&page.admins, &page.withheld_in_full),
        true,
    )
}

fn html(
    page: &Page,
    title: &str,
    kicker: &'static str,
    (blocks, withheld): (&[Block], &Option<String>),
    landscape: bool,
) -> Result<Vec<u8>, RenderError> {
    let view = PageView {
        title: format!("{title}, {}", page.as_of),
        kicker,
        landscape,
        page,
        withheld,
        blocks,
        style: STYLE,
        script: SCRIPT,
        policy: format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
            source_hash(STYLE),
            source_hash(SCRIPT)
        ),
    };
    Ok(view.render()?.into_bytes())
}

/// A content security policy's hash of an inline style or script.
fn source_hash(source: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(source)))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or_default());
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS[(group >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() {
                char::from(digit)
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_pads_what_does_not_fill_three_bytes() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
