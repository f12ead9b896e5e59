//! The article among the blocks of a page.
//!
//! In order: each block is judged by its words and its place; the element that holds most prose is
//! found, with its like beside it; what is left in it is read from top to bottom, and headings over
//! other stories, repetitions and credits fall away (`body`). Not here: the phrases.

use std::collections::HashMap;

use super::article::{Article, Reason};
use super::body::Body;
use super::error::PressError;
use super::page::{Block, NO_CLASS, Node, Page, Tag};
use super::phrase::judge;

/// A block that may be prose has so many bytes, or fewer if it ends as a sentence does.
const PROSE_MIN: usize = 60;

/// The fewest bytes of a block that ends as a sentence does.
const SENTENCE_MIN: usize = 25;

pub(super) fn read_page(page: &Page) -> Result<Article, PressError> {
    // Some pages set the whole body in an element whose class says that it is none. So the second
    // look passes over classes, and takes what words and links alone leave.
    let strict = look(page, true);
    let length = |article: &Article| article.paragraphs.iter().map(String::len).sum::<usize>();
    if length(&strict) >= 400 {
        return Ok(strict);
    }
    let loose = look(page, false);
    let best = if length(&loose) > length(&strict) * 2 {
        loose
    } else {
        strict
    };
    if best.paragraphs.is_empty() {
        Err(PressError::NoArticle)
    } else {
        Ok(best)
    }
}

/// What is known of a block before the body is found.
struct Judged<'a> {
    block: &'a Block,
    reason: Option<Reason>,
    is_prose: bool,
}

fn look(page: &Page, is_strict: bool) -> Article {
    let flags = inherit(&page.nodes, is_strict);
    let judged: Vec<Judged<'_>> = page
        .blocks
        .iter()
        .map(|block| judge_block(page, &flags, block))
        .collect();
    let scope = Scope::find(page, &judged);
    let mut article = Article {
        outlet: outlet(page),
        title: title(page, &judged),
        byline: page.meta.author.text().map(str::to_owned),
        agency: page.meta.source.text().map(str::to_owned),
        published: page.meta.published(),
        language: page.meta.language.text().map(str::to_owned),
        url: page.meta.url.text().map(str::to_owned),
        ..Article::default()
    };
    let mut body = Body::new(&mut article);
    for one in &judged {
        let node = page.nodes.get(one.block.node);
        let tag = node.map_or(Tag::Body, |node| node.tag);
        let text = one.block.text.as_str();
        let is_inside = scope.holds(one.block.node);
        let up = |node: usize| page.nodes.get(node).map_or(0, |node| node.parent);
        let parent = up(one.block.node);
        let path = Path {
            node: one.block.node,
            parent,
            is_top: scope.is_top(parent) || scope.is_top(one.block.node),
            up: &up,
        };
        match one.reason {
            Some(reason) if is_inside => body.refuse(reason, tag, text, &path),
            Some(reason) => body.drop(reason, text),
            None if !is_inside => body.outside(text),
            None => body.take(tag, one.block, one.is_prose, &path),
        }
    }
    if page.is_cut {
        body.drop(Reason::TooMuch, "");
    }
    body.finish();
    article
}

/// Where a block stands.
pub(super) struct Path<'a> {
    pub(super) node: usize,
    pub(super) parent: usize,
    /// Whether its holder is the very element of the body.
    pub(super) is_top: bool,
    /// The parent of an element.
    pub(super) up: &'a dyn Fn(usize) -> usize,
}

/// Why each element holds no part of an article, by itself or what holds it.
fn inherit(nodes: &[Node], is_strict: bool) -> Vec<Option<Reason>> {
    let mut flags: Vec<Option<Reason>> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let above = flags.get(node.parent).copied().flatten();
        let own = node
            .flag
            .filter(|reason| is_strict || *reason == Reason::Hidden);
        flags.push(above.or(own));
    }
    flags
}

fn judge_block<'a>(page: &Page, flags: &[Option<Reason>], block: &'a Block) -> Judged<'a> {
    let node = page.nodes.get(block.node);
    let tag = node.map_or(Tag::Body, |node| node.tag);
    let flag = flags.get(block.node).copied().flatten();
    let length = block.text.len();
    let is_linked = block.linked * 2 > length;
    let reason = flag
        .or_else(|| judge(&block.text))
        .or_else(|| (is_linked && !matches!(tag, Tag::Heading(_))).then_some(Reason::Menu))
        .or_else(|| is_row(&block.text).then_some(Reason::Menu));
    let ends = block
        .text
        .trim_end_matches(['"', '”', '’', '\'', ')', '»', '」'])
        .ends_with(['.', '!', '?', '…', '。', ':']);
    let is_prose = reason.is_none()
        && !matches!(tag, Tag::Heading(_))
        && block.linked * 3 < length
        && ((length >= PROSE_MIN && block.text.contains(' '))
            || (ends && length >= SENTENCE_MIN)
            || (ends && !block.text.is_ascii() && length >= PROSE_MIN));
    Judged {
        block,
        reason,
        is_prose,
    }
}

/// Whether a text is a row of sections: `Home | World | Sport`.
pub(super) fn is_row(text: &str) -> bool {
    [" | ", " » ", " › ", " · ", " > ", " • "]
        .iter()
        .any(|mark| {
            let parts: Vec<&str> = text.split(mark).collect();
            parts.len() >= 3 && parts.iter().all(|part| part.len() <= 32)
        })
}

/// The elements that hold the body.
struct Scope {
    /// Of each element: whether it is in the body.
    inside: Vec<bool>,
    tops: Vec<usize>,
}

impl Scope {
    fn find(page: &Page, judged: &[Judged<'_>]) -> Self {
        let nodes = &page.nodes;
        let at = |node: usize| nodes.get(node);
        // Prose by the element that holds its paragraphs, and half as much for the one above it.
        let mut score = vec![0_usize; nodes.len()];
        let mut whole = vec![0_usize; nodes.len()];
        let mut add = |node: usize, worth: usize| {
            if let Some(score) = score.get_mut(node) {
                *score += worth;
            }
        };
        for one in judged.iter().filter(|one| one.is_prose) {
            let length = one.block.text.len();
            let holder = holder(nodes, one.block.node);
            add(holder, length * 2);
            let above = at(holder).map_or(0, |node| node.parent);
            if above != holder {
                add(above, length);
            }
            if let Some(whole) = whole.get_mut(one.block.node) {
                *whole += length;
            }
        }
        // Parents come before children, so one pass from the end adds everything up.
        for node in (1..nodes.len()).rev() {
            let worth = whole.get(node).copied().unwrap_or_default();
            let parent = at(node).map_or(0, |node| node.parent);
            if let Some(whole) = whole.get_mut(parent) {
                *whole += worth;
            }
        }
        let total = whole.first().copied().unwrap_or_default();
        let best = (0..nodes.len())
            .max_by_key(|node| {
                let score = score.get(*node).copied().unwrap_or_default();
                let is_body = at(*node).is_some_and(|node| node.is_body);
                (
                    if is_body { score * 3 / 2 } else { score },
                    usize::MAX - node,
                )
            })
            .unwrap_or_default();
        let mut tops = vec![best];
        // The same body may go on beside an advertisement, in elements of the same class.
        let (parent, kin) = at(best).map_or((0, 0), |node| (node.parent, node.kin));
        if best != 0 {
            for (other, node) in nodes.iter().enumerate() {
                let is_like = node.parent == parent && node.kin == kin && other != best;
                let worth = whole.get(other).copied().unwrap_or_default();
                // What has no class is alike only if it holds about as much.
                let most = whole.get(best).copied().unwrap_or_default();
                let is_much = worth > 0 && (kin != NO_CLASS || worth * 3 >= most);
                if is_like && is_much && node.tag != Tag::Article {
                    tops.push(other);
                }
            }
        }
        // A lead may stand above the body: paragraphs right beside it belong to it.
        let mut inside = vec![false; nodes.len()];
        for node in 0..nodes.len() {
            let above = at(node).map_or(0, |node| node.parent);
            let is_beside = best != 0
                && above == parent
                && at(node).is_some_and(|node| node.tag == Tag::Paragraph)
                && whole
                    .get(parent)
                    .is_some_and(|held| *held * 10 < total * 11);
            let is_in = tops.contains(&node)
                || is_beside
                || (node != above && inside.get(above).copied().unwrap_or_default());
            if let Some(inside) = inside.get_mut(node) {
                *inside = is_in;
            }
        }
        Self { inside, tops }
    }

    fn holds(&self, node: usize) -> bool {
        self.inside.get(node).copied().unwrap_or_default()
    }

    fn is_top(&self, node: usize) -> bool {
        self.tops.contains(&node)
    }
}

/// The element that holds a paragraph among others: above `p`, `li` and their lists.
fn holder(nodes: &[Node], block: usize) -> usize {
    let mut at = block;
    for _ in 0..3 {
        let Some(node) = nodes.get(at) else {
            return at;
        };
        let is_line = matches!(
            node.tag,
            Tag::Paragraph | Tag::Item | Tag::List | Tag::Quote | Tag::Inline
        );
        if !is_line {
            return at;
        }
        at = node.parent;
    }
    at
}

/// The headline: what the page says, else its largest heading, else the name of its window.
fn title(page: &Page, judged: &[Judged<'_>]) -> Option<String> {
    let outlet = outlet(page);
    let clean = |text: &str| strip_outlet(text, outlet.as_deref());
    if let Some(title) = page.meta.title.text() {
        return Some(clean(title));
    }
    let mut headings: HashMap<u8, &str> = HashMap::new();
    for one in judged {
        if let Some(Tag::Heading(level)) = page.nodes.get(one.block.node).map(|node| node.tag)
            && !matches!(one.reason, Some(Reason::Hidden | Reason::Menu))
            && one.block.text.split_whitespace().count() >= 3
        {
            headings.entry(level).or_insert(&one.block.text);
        }
    }
    let window = page.meta.window.as_deref().map(clean);
    let largest = headings.get(&1).copied();
    // A rubric may stand in the heading, before what is the name of the window too.
    match (largest, window) {
        (Some(heading), Some(window)) if heading.ends_with(&window) => Some(window),
        (Some(heading), _) => Some(clean(heading)),
        (None, window) => window.or_else(|| headings.get(&2).copied().map(clean)),
    }
}

/// The outlet: what the page says, else what stands behind the last bar of the window's name.
fn outlet(page: &Page) -> Option<String> {
    if let Some(outlet) = page.meta.outlet.text() {
        return Some(outlet.to_owned());
    }
    let (_, name) = split_window(page.meta.window.as_deref()?)?;
    Some(name.to_owned())
}

fn split_window(window: &str) -> Option<(&str, &str)> {
    [" | ", " – ", " — ", " - ", " :: ", " » ", "｜"]
        .iter()
        .filter_map(|mark| window.rsplit_once(mark))
        .max_by_key(|(head, _)| head.len())
        .filter(|(head, name)| name.split_whitespace().count() <= 5 && head.len() > name.len())
}

fn strip_outlet(title: &str, outlet: Option<&str>) -> String {
    // `Harbour Gazette: Headline`
    let behind = outlet.and_then(|outlet| title.strip_prefix(outlet));
    if let Some(rest) = behind {
        let rest = rest.trim_start();
        let bare = rest.trim_start_matches([':', '|', '-', '–', '—', '»', '｜', ' ']);
        if bare.len() < rest.len() && !bare.is_empty() {
            return bare.to_owned();
        }
    }
    match (split_window(title), outlet) {
        (Some((head, name)), Some(outlet))
            if name.eq_ignore_ascii_case(outlet)
                || outlet.to_lowercase().contains(&name.to_lowercase())
                || name.to_lowercase().contains(&outlet.to_lowercase()) =>
        {
            strip_outlet(head.trim_end(), Some(outlet))
        }
        _ => title.to_owned(),
    }
}
