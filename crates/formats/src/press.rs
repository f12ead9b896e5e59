//! News articles: from a page of the messy web or a plain text to the article in it, and from
//! articles to stories.
//!
//! The cast. [`read`] decodes the bytes (`decode`), tells a page from a plain text, splits it into
//! blocks (`page`, `plain`), takes what the page says of itself (`meta`), finds the body
//! (`choose`), lets fall what is none (`body`, `phrase`), and reads date line and agency (`dateline`,
//! `date`). [`sentences`] and [`quotations`] cut texts. [`Sketch`] is what grouping keeps of an
//! article, and [`Stories`] puts the copies of one text together (`compare`).
//!
//! Not here: fetching pages, and who says what in an article.

mod article;
mod body;
mod choose;
mod compare;
mod date;
mod dateline;
mod decode;
mod error;
mod meta;
mod page;
mod phrase;
mod plain;
pub mod propose;
mod sentence;
mod sketch;
mod story;

pub use article::{Article, Dateline, Dropped, Published, Reason};
pub use compare::{Changed, Changes};
pub use error::PressError;
pub use sentence::{Quotation, quotations, sentences};
pub use sketch::Sketch;
pub use story::{ArticleId, POSTING_MAX, Placement, Shared, Stories, StoryId};

/// The most bytes of a page or text that is read: pages of the largest outlets have some 2 MB.
pub const BYTES_MAX: usize = 4 * 1024 * 1024;

/// The most paragraphs of an article: what comes after them is left out, and said so.
pub const PARAGRAPHS_MAX: usize = 2_000;

/// The most blocks of a page that are looked at.
pub(crate) const BLOCKS_MAX: usize = 50_000;

/// Reads the article in a page (HTML) or a plain text, whichever the bytes are.
///
/// # Errors
///
/// [`PressError::TooLarge`] beyond [`BYTES_MAX`], [`PressError::NoArticle`] if nothing is left when
/// all that is no article has fallen away.
pub fn read(bytes: &[u8]) -> Result<Article, PressError> {
    if bytes.len() > BYTES_MAX {
        return Err(PressError::TooLarge);
    }
    let text = decode::decode(bytes);
    if is_html(&text) {
        choose::read_page(&page::Page::parse(&text))
    } else {
        plain::read_plain(&text)
    }
}

/// Whether a text is a page: it begins with a tag, or has a tag of a page early on.
fn is_html(text: &str) -> bool {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if start.starts_with("<!") || start.starts_with("<?xml") {
        return true;
    }
    let head: String = start
        .chars()
        .take(4_096)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let tags = [
        "<html", "<head", "<body", "<div", "<p>", "<p ", "<article", "<br", "<h1", "<meta", "</p>",
    ];
    tags.iter().any(|tag| head.contains(tag))
}

#[cfg(test)]
mod tests;
