//! The body of an article as it grows, block by block, and what falls away from it.
//!
//! Used for pages and plain texts alike. Not here: which part of a page the blocks come from.

use std::collections::HashSet;

use super::article::{Article, Dropped, Published, Reason};
use super::choose::Path;
use super::date::published;
use super::dateline::{agency_of_byline, floor, split};
use super::page::{Block, Tag};
use super::phrase::{judge, judge_heading};
use super::sentence::sentences;

/// The most bytes of a dropped piece that are shown.
const SHOWN_MAX: usize = 200;

/// The most dropped pieces that are listed.
const DROPPED_MAX: usize = 1_000;

/// A short line of furniture has at most so many bytes.
const LINE_MAX: usize = 140;

pub(super) struct Body<'a> {
    article: &'a mut Article,
    /// Keys of the sentences that are kept, to know repetitions.
    seen: HashSet<u64>,
    /// While other stories are listed: why, and within which element.
    skipping: Option<(Reason, usize, bool)>,
    title: u64,
}

impl<'a> Body<'a> {
    pub(super) fn new(article: &'a mut Article) -> Self {
        let title = article.title.as_deref().map_or(0, key);
        Self {
            article,
            seen: HashSet::new(),
            skipping: None,
            title,
        }
    }

    /// Takes a block that nothing spoke against so far.
    pub(super) fn take(&mut self, tag: Tag, block: &Block, is_prose: bool, path: &Path<'_>) {
        let text = block.text.as_str();
        if let Some((reason, within, is_top)) = self.skipping {
            let is_over = if is_top {
                matches!(tag, Tag::Heading(_))
                    || (tag == Tag::Paragraph && is_prose && is_full(block))
            } else {
                !is_within(path, within)
            };
            if !is_over {
                self.drop(reason, text);
                return;
            }
            self.skipping = None;
        }
        let is_line = text.len() <= LINE_MAX;
        let heading = if is_line && (!is_prose || text.ends_with(':')) {
            judge_heading(text)
        } else {
            None
        };
        if let Some(reason) = heading {
            self.drop(reason, text);
            if matches!(tag, Tag::Heading(_)) || !is_prose {
                let within = if matches!(tag, Tag::Group) && !path.is_top {
                    path.node
                } else {
                    path.parent
                };
                self.skipping = Some((reason, within, path.is_top));
            }
            return;
        }
        if self.title == key(text) || (is_line && self.is_furniture(text)) {
            self.drop(Reason::Furniture, text);
            return;
        }
        if matches!(tag, Tag::Heading(_)) {
            self.drop(Reason::Heading, text);
            return;
        }
        if !is_prose && !is_sentence(text) {
            self.drop(Reason::Furniture, text);
            return;
        }
        self.take_paragraph(text);
    }

    /// Takes a block in the body that its words or place speak against.
    pub(super) fn refuse(&mut self, reason: Reason, tag: Tag, text: &str, path: &Path<'_>) {
        // What a heading announces goes with it.
        if matches!(tag, Tag::Heading(_)) && self.skipping.is_none() {
            self.skipping = Some((reason, path.parent, path.is_top));
        }
        if reason == Reason::Credit {
            self.credit(text);
        } else if reason == Reason::Furniture && text.len() <= LINE_MAX {
            self.is_furniture(text);
        }
        self.drop(reason, text);
    }

    /// Takes a block outside of the body: it may still say who wrote and when.
    pub(super) fn outside(&mut self, text: &str) {
        if text.len() <= LINE_MAX && (self.is_furniture(text) || self.title == key(text)) {
            self.drop(Reason::Furniture, text);
        } else {
            let reason = judge_heading(text).unwrap_or(Reason::Outside);
            self.drop(reason, text);
        }
    }

    pub(super) fn drop(&mut self, reason: Reason, text: &str) {
        if self.article.dropped.len() < DROPPED_MAX {
            self.article.dropped.push(Dropped {
                reason,
                text: floor(text, SHOWN_MAX).to_owned(),
            });
        }
    }

    /// Takes a paragraph, sentence by sentence: what is none of the article's or said already falls.
    pub(super) fn take_paragraph(&mut self, text: &str) {
        if self.article.paragraphs.len() >= super::PARAGRAPHS_MAX {
            self.drop(Reason::TooMuch, text);
            return;
        }
        let mut text = text;
        if let Some((line, rest)) = split(text)
            && (self.article.paragraphs.is_empty() || self.is_said(rest))
        {
            if self.article.agency.is_none() {
                self.article.agency.clone_from(&line.agency);
            }
            self.article.dateline.get_or_insert(line);
            text = rest;
        }
        let mut kept = String::with_capacity(text.len());
        for sentence in sentences(text) {
            let reason = if sentence.len() <= 400 {
                judge(sentence)
            } else {
                None
            };
            if let Some(reason) = reason {
                if reason == Reason::Credit {
                    self.credit(sentence);
                }
                self.drop(reason, sentence);
                continue;
            }
            // Short sentences may well be said twice.
            if sentence.len() >= 40 && !self.seen.insert(key(sentence)) {
                self.drop(Reason::Repeated, sentence);
                continue;
            }
            if !kept.is_empty() {
                kept.push(' ');
            }
            kept.push_str(sentence);
        }
        if kept.chars().any(char::is_alphanumeric) {
            self.article.paragraphs.push(kept);
        }
    }

    /// Whether a text begins with a sentence that is kept already: the date line stands in the body
    /// while the words of its first sentence stand above it, or the body comes twice.
    fn is_said(&self, text: &str) -> bool {
        let first = sentences(text).first().copied().unwrap_or_default();
        self.seen.contains(&key(first))
    }

    /// Whether a line is byline, date or source; what it says is taken.
    fn is_furniture(&mut self, text: &str) -> bool {
        let text = text.trim();
        if let Some(byline) = byline(text) {
            self.take_byline(byline);
            return true;
        }
        if let Some(source) = labelled(text, &["source:", "source :", "agency:"]) {
            self.article.agency.get_or_insert_with(|| source.to_owned());
            return true;
        }
        if let Some(bare) = text
            .strip_prefix('(')
            .and_then(|text| text.strip_suffix(')'))
            && bare.split_whitespace().count() <= 4
        {
            self.article.agency.get_or_insert_with(|| bare.to_owned());
            return true;
        }
        let dated =
            published(text).filter(|_| text.split_whitespace().count() <= 14 && !is_sentence(text));
        if let Some(date) = dated {
            self.take_date(text, date);
            return true;
        }
        let small = text.to_lowercase();
        let starts = [
            "published",
            "updated",
            "last updated",
            "posted",
            "first published",
            "estimated reading",
            "reading time",
            "min read",
        ];
        starts.iter().any(|start| small.starts_with(start))
            || small.ends_with("min read")
            || small.ends_with("minute read")
    }

    fn take_date(&mut self, text: &str, date: Published) {
        let is_update = text.to_lowercase().contains("updated");
        if self.article.published.is_none() && !is_update {
            self.article.published = Some(date);
        }
    }

    fn take_byline(&mut self, byline: &str) {
        // `By Ann Lee, Northern Wire | July 5, 2024`
        let (name, rest) = byline.split_once(" | ").unwrap_or((byline, ""));
        if let Some(date) = published(rest) {
            self.take_date(rest, date);
        }
        match agency_of_byline(name) {
            Some((person, agency)) => {
                self.article.agency.get_or_insert_with(|| agency.to_owned());
                // A page may well give its agency as the author, and the person below the headline.
                let is_agency =
                    |byline: &String| matches!(agency_of_byline(byline), Some((None, _)));
                if let Some(person) = person
                    && self.article.byline.as_ref().is_none_or(is_agency)
                {
                    self.article.byline = Some(person.to_owned());
                }
            }
            None => {
                self.article.byline.get_or_insert_with(|| name.to_owned());
            }
        }
    }

    /// Reads `(Reporting by Ann Lee; Editing by Bo Moss)`.
    fn credit(&mut self, text: &str) {
        let small = text.to_ascii_lowercase();
        if let Some(at) = small.find("reporting by ") {
            let names = text.get(at + "reporting by ".len()..).unwrap_or_default();
            let names = names
                .split([';', ')', '.'])
                .next()
                .unwrap_or_default()
                .trim();
            if !names.is_empty() && names.len() < 100 {
                self.article.byline.get_or_insert_with(|| names.to_owned());
            }
        }
    }

    /// What the whole article tells: the agency by its byline.
    pub(super) fn finish(self) {
        let Some(byline) = self.article.byline.clone() else {
            return;
        };
        let byline = labelled(&byline, &["by "]).unwrap_or(&byline).to_owned();
        let split = agency_of_byline(&byline);
        if let Some((_, agency)) = split {
            self.article.agency.get_or_insert_with(|| agency.to_owned());
        }
        self.article.byline = match split {
            Some((person, _)) => person.map(str::to_owned),
            None => Some(byline),
        };
    }
}

/// Whether a block stands in an element.
fn is_within(path: &Path<'_>, element: usize) -> bool {
    let mut at = path.node;
    loop {
        if at == element {
            return true;
        }
        let above = (path.up)(at);
        if above == at {
            return false;
        }
        at = above;
    }
}

/// A paragraph that is too full for the line under a headline.
fn is_full(block: &Block) -> bool {
    block.linked == 0 && (block.text.len() >= 160 || sentences(&block.text).len() >= 2)
}

fn is_sentence(text: &str) -> bool {
    let end = text.trim_end_matches(['"', '”', '’', '\'', ')', '»', '」']);
    end.ends_with(['.', '!', '?', '…', '。']) && text.split_whitespace().count() >= 3
        || (end.ends_with('。') && !text.is_ascii())
}

/// What stands behind `By`, if that is a name.
fn byline(text: &str) -> Option<&str> {
    let name = labelled(
        text,
        &[
            "by ",
            "by: ",
            "author: ",
            "words by ",
            "written by ",
            "story by ",
        ],
    )?;
    let first = name.split([',', '|']).next()?;
    let words: Vec<&str> = first.split_whitespace().collect();
    let named = words.iter().all(|word| {
        word.starts_with(|c: char| c.is_uppercase() || !c.is_ascii())
            || *word == "and"
            || *word == "&"
    });
    (named && !words.is_empty() && words.len() <= 8 && !text.ends_with('.')).then_some(name)
}

fn labelled<'a>(text: &'a str, labels: &[&str]) -> Option<&'a str> {
    labels.iter().find_map(|label| {
        let start = text.get(..label.len())?;
        let rest = text.get(label.len()..)?.trim();
        (start.eq_ignore_ascii_case(label) && !rest.is_empty()).then_some(rest)
    })
}

/// A key of a text by its letters and digits, in small letters (FNV-1a, 64 bits).
fn key(text: &str) -> u64 {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters
        .flat_map(char::to_lowercase)
        .fold(0xcbf2_9ce4_8422_2325, |hash, c| {
            (hash ^ u64::from(c)).wrapping_mul(0x0100_0000_01b3)
        })
}
