//! An article in a plain text: a saved page, a mail, a wire as it comes.
//!
//! Paragraphs are parted by empty lines; in texts without any, each line is one. Lines that are
//! broken at a fixed width are put together. Not here: the rules of what falls away.

use super::article::{Article, Reason};
use super::body::Body;
use super::choose::{Path, is_row};
use super::error::PressError;
use super::page::{Block, Tag};
use super::phrase::{judge, judge_heading};

/// A title has at most so many bytes.
const TITLE_MAX: usize = 180;

pub(super) fn read_plain(text: &str) -> Result<Article, PressError> {
    let mut article = Article::default();
    let paragraphs = split(text);
    let mut rest = paragraphs.as_slice();
    // Fields of a head: `Title: …`, `Date: …`; then the title.
    while let Some((first, others)) = rest.split_first() {
        if !take_field(&mut article, first) {
            break;
        }
        rest = others;
    }
    let mut body = Vec::new();
    for (at, paragraph) in rest.iter().enumerate() {
        let is_title = article.title.is_none()
            && at < 12
            && body.iter().all(|before: &&str| is_head(before))
            && paragraph.len() <= TITLE_MAX
            && paragraph.split_whitespace().count() >= 3
            && !paragraph.ends_with(['.', ':'])
            && judge(paragraph).is_none()
            && judge_heading(paragraph).is_none()
            && !is_row(paragraph)
            && super::date::published(paragraph).is_none()
            && super::dateline::split(paragraph).is_none()
            && !paragraph.to_lowercase().starts_with("by ");
        if is_title {
            article.title = Some(paragraph.clone());
        } else {
            body.push(paragraph.as_str());
        }
    }
    fill(&mut article, &body);
    if article.paragraphs.is_empty() {
        Err(PressError::NoArticle)
    } else {
        Ok(article)
    }
}

fn fill(article: &mut Article, paragraphs: &[&str]) {
    let mut body = Body::new(article);
    // All stands at one level, each paragraph an element of its own below it.
    let up = |_: usize| 0;
    for (at, text) in paragraphs.iter().enumerate() {
        let ends = text
            .trim_end_matches(['"', '”', '’', '\'', ')', '»'])
            .ends_with(['.', '!', '?', '…', '。', ':']);
        let words = text.split_whitespace().count();
        let is_prose = text.len() >= 60 && (ends || words >= 20) || (ends && text.len() >= 25);
        let path = Path {
            node: at + 1,
            parent: 0,
            is_top: true,
            up: &up,
        };
        if let Some(reason) = judge(text) {
            body.refuse(reason, Tag::Paragraph, text, &path);
        } else if is_row(text) {
            body.drop(Reason::Menu, text);
        } else {
            let block = Block {
                text: (*text).to_owned(),
                linked: 0,
                node: at + 1,
            };
            body.take(Tag::Paragraph, &block, is_prose, &path);
        }
    }
    body.finish();
}

/// A line of the head, like `Source: Harbour Gazette`.
fn take_field(article: &mut Article, line: &str) -> bool {
    let Some((name, value)) = line.split_once(':') else {
        return false;
    };
    let value = value.trim();
    if value.is_empty() || value.len() > TITLE_MAX {
        return false;
    }
    let value = Some(value.to_owned());
    match name.trim().to_ascii_lowercase().as_str() {
        "title" | "headline" | "subject" => article.title = value,
        "source" | "outlet" | "publication" | "newspaper" => article.outlet = value,
        "agency" | "wire" => article.agency = value,
        "author" | "byline" => article.byline = value,
        "url" | "link" => article.url = value,
        "language" | "lang" => article.language = value,
        "date" | "published" => {
            article.published = value.as_deref().and_then(super::date::published);
        }
        _ => return false,
    }
    true
}

/// The paragraphs of a text, blanks tidied.
fn split(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let has_gaps = lines
        .iter()
        .skip_while(|line| line.is_empty())
        .collect::<Vec<_>>()
        .windows(2)
        .filter(|pair| pair.iter().any(|line| line.is_empty()))
        .count();
    let full = lines.iter().filter(|line| !line.is_empty()).count();
    let is_gapped = has_gaps * 4 >= full;
    let mut found: Vec<String> = Vec::new();
    let mut is_new = true;
    for line in lines.iter().take(super::BLOCKS_MAX) {
        let tidy = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if tidy.is_empty() {
            is_new = true;
            continue;
        }
        // A short line within a paragraph ends it, as a line that was broken at a width does not.
        match found.last_mut() {
            Some(last) if is_gapped && !is_new && last.len() >= 40 && !is_field(&tidy) => {
                last.push(' ');
                last.push_str(&tidy);
            }
            _ => found.push(tidy),
        }
        is_new = false;
    }
    found
}

/// Whether a paragraph may stand above a title: a menu, a notice.
fn is_head(paragraph: &str) -> bool {
    judge(paragraph).is_some() || is_row(paragraph) || !paragraph.ends_with('.')
}

fn is_field(line: &str) -> bool {
    line.split_once(": ")
        .is_some_and(|(name, _)| name.len() <= 12 && !name.contains(' '))
}
