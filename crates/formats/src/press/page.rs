//! A page (HTML) to blocks of text, each with the element that holds it, and to what the page says
//! of itself.
//!
//! The tokens are html5gum's, by the HTML standard; the tree is ours and forgiving: an element is
//! closed by what cannot stand in it and by the end of what holds it. It is as deep as
//! [`DEPTH_MAX`], deeper elements melt into their parents, so that a page costs no more than its
//! bytes. Not here: which block is the article's.

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use super::article::Reason;
use super::meta::Meta;
use super::phrase::judge_class;

/// How deep elements are told apart: pages of the web stay below 60.
const DEPTH_MAX: usize = 200;

/// The most elements that are told apart.
const NODES_MAX: usize = 100_000;

/// The most bytes of an attribute that are kept: an address, a class, a description.
const VALUE_MAX: usize = 4_096;

/// The most bytes of scripts with data that are kept (JSON-LD).
const DATA_MAX: usize = 512 * 1_024;

/// The kin of elements without class and id.
pub(super) const NO_CLASS: u64 = FNV_BASIS;

/// Where FNV-1a (64 bits) begins.
const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// What an element is, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// The root and what only groups: `div`, `section`, `main`.
    Group,
    /// `article`, or an element that is marked as the body of one.
    Article,
    /// `body`, `html`.
    Body,
    /// `p`.
    Paragraph,
    /// `h1` to `h6`.
    Heading(u8),
    /// `li`, `dd`, `dt`.
    Item,
    /// `ul`, `ol`, `dl`.
    List,
    /// `td`, `th`.
    Cell,
    /// `tr`, `table` and their groups.
    Table,
    /// `blockquote`.
    Quote,
    /// `figcaption`, `caption`.
    Caption,
    /// `nav`.
    Nav,
    /// `aside`.
    Aside,
    /// `header`.
    Header,
    /// `footer`.
    Footer,
    /// `form`, `fieldset`.
    Form,
    /// `button`, `select`, `label`, `option`.
    Control,
    /// `a`.
    Link,
    /// `time`.
    Time,
    /// `title`.
    Title,
    /// `script`, `style`, `svg` and others without text for readers.
    Silent,
    /// Anything within a line: `span`, `b`, `em`.
    Inline,
}

impl Tag {
    fn of(name: &[u8]) -> Self {
        match name {
            b"html" | b"body" => Self::Body,
            b"article" => Self::Article,
            b"p" => Self::Paragraph,
            b"h1" => Self::Heading(1),
            b"h2" => Self::Heading(2),
            b"h3" => Self::Heading(3),
            b"h4" | b"h5" | b"h6" => Self::Heading(4),
            b"li" | b"dd" | b"dt" => Self::Item,
            b"ul" | b"ol" | b"dl" | b"menu" => Self::List,
            b"td" | b"th" => Self::Cell,
            b"tr" | b"table" | b"tbody" | b"thead" | b"tfoot" => Self::Table,
            b"blockquote" => Self::Quote,
            b"figcaption" | b"caption" => Self::Caption,
            b"nav" => Self::Nav,
            b"aside" => Self::Aside,
            b"header" => Self::Header,
            b"footer" => Self::Footer,
            b"form" | b"fieldset" => Self::Form,
            b"button" | b"select" | b"label" | b"option" => Self::Control,
            b"a" => Self::Link,
            b"time" => Self::Time,
            b"title" => Self::Title,
            b"script" | b"style" | b"noscript" | b"template" | b"svg" | b"iframe" | b"textarea"
            | b"object" | b"math" | b"noembed" | b"audio" | b"video" | b"canvas" => Self::Silent,
            b"div" | b"section" | b"main" | b"center" | b"address" | b"figure" | b"pre"
            | b"details" | b"summary" | b"dialog" | b"hgroup" | b"head" | b"search" => Self::Group,
            _ => Self::Inline,
        }
    }

    /// Whether text before and after it belongs to other blocks.
    fn breaks(self) -> bool {
        !matches!(
            self,
            Self::Link | Self::Time | Self::Inline | Self::Silent | Self::Control | Self::Title
        )
    }
}

/// An element.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The element that holds it: always an earlier one.
    pub(super) parent: usize,
    pub(super) tag: Tag,
    /// Why nothing in it is part of an article, by its own class.
    pub(super) flag: Option<Reason>,
    /// Whether the page itself says that the body of the article is in it.
    pub(super) is_body: bool,
    /// What its class and id say, hashed, to know its like.
    pub(super) kin: u64,
}

/// A run of text that belongs together.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) text: String,
    /// Bytes of the text that are in links.
    pub(super) linked: usize,
    /// The element that holds it.
    pub(super) node: usize,
}

/// What is in a page.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) nodes: Vec<Node>,
    pub(super) blocks: Vec<Block>,
    pub(super) meta: Meta,
    /// Whether there were more blocks than are looked at.
    pub(super) is_cut: bool,
}

impl Page {
    pub(super) fn parse(text: &str) -> Self {
        let mut builder = Builder::new();
        let mut emitter = CallbackEmitter::new(
            |event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
                builder.take(&event);
                None
            },
        );
        emitter.naively_switch_states(true);
        let Ok(()) = Tokenizer::new_with_emitter(text, emitter).finish();
        builder.finish()
    }
}

/// What is open while tokens come.
#[derive(Clone, Copy)]
struct Open {
    node: usize,
    tag: Tag,
    name: u64,
}

struct Builder {
    page: Page,
    stack: Vec<Open>,
    /// Elements that melted into their parents.
    melted: usize,
    text: String,
    linked: usize,
    links: usize,
    silent: usize,
    pending: Pending,
    /// The name of the attribute whose value comes.
    attribute: Attribute,
    /// What the text of the open element is for.
    wanted: Wanted,
    data: usize,
}

#[derive(Default)]
struct Pending {
    name: Vec<u8>,
    class: String,
    key: String,
    content: Option<String>,
    date: String,
    href: String,
    rel: String,
    kind: String,
    lang: String,
    is_hidden: bool,
    is_body: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Attribute {
    Class,
    Key,
    Property,
    Content,
    Date,
    Href,
    Rel,
    Kind,
    Lang,
    Style,
    AriaHidden,
    Role,
    Ignored,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Prose,
    Data,
    Title,
    Nothing,
}

impl Builder {
    fn new() -> Self {
        let root = Node {
            parent: 0,
            tag: Tag::Body,
            flag: None,
            is_body: false,
            kin: 0,
        };
        Self {
            page: Page {
                nodes: vec![root],
                ..Page::default()
            },
            stack: Vec::new(),
            melted: 0,
            text: String::new(),
            linked: 0,
            links: 0,
            silent: 0,
            pending: Pending::default(),
            attribute: Attribute::Ignored,
            wanted: Wanted::Prose,
            data: 0,
        }
    }

    fn finish(mut self) -> Page {
        self.flush();
        self.page
    }

    fn take(&mut self, event: &CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                let mut kept = std::mem::take(&mut self.pending.name);
                kept.clear();
                kept.extend(name.iter().take(64));
                self.pending = Pending {
                    name: kept,
                    ..Pending::default()
                };
            }
            CallbackEvent::AttributeName { name } => self.name_attribute(name),
            CallbackEvent::AttributeValue { value } => self.take_value(value),
            CallbackEvent::CloseStartTag { .. } => self.start(),
            CallbackEvent::EndTag { name } => self.end(name),
            CallbackEvent::String { value } => self.take_text(value),
            CallbackEvent::Comment { .. }
            | CallbackEvent::Doctype { .. }
            | CallbackEvent::Error(_) => {}
        }
    }

    fn name_attribute(&mut self, name: &[u8]) {
        self.attribute = match name {
            b"class" | b"id" | b"data-testid" => Attribute::Class,
            b"name" | b"property" => Attribute::Key,
            b"itemprop" => Attribute::Property,
            b"content" => Attribute::Content,
            b"datetime" => Attribute::Date,
            b"href" => Attribute::Href,
            b"rel" => Attribute::Rel,
            b"type" => Attribute::Kind,
            b"lang" => Attribute::Lang,
            b"style" => Attribute::Style,
            b"aria-hidden" => Attribute::AriaHidden,
            b"role" => Attribute::Role,
            b"hidden" => {
                self.pending.is_hidden = true;
                Attribute::Ignored
            }
            _ => Attribute::Ignored,
        };
    }

    fn take_value(&mut self, value: &[u8]) {
        if self.attribute == Attribute::Ignored {
            return;
        }
        let value =
            String::from_utf8_lossy(value.get(..VALUE_MAX.min(value.len())).unwrap_or(value));
        let pending = &mut self.pending;
        match self.attribute {
            Attribute::Class => {
                pending.class.push(' ');
                pending.class.push_str(&value);
            }
            Attribute::Key => pending.key = value.into_owned(),
            Attribute::Property => {
                pending.is_body |= value.contains("articleBody");
                if pending.key.is_empty() {
                    pending.key = value.into_owned();
                }
            }
            Attribute::Content => pending.content = Some(value.into_owned()),
            Attribute::Date => pending.date = value.into_owned(),
            Attribute::Href => pending.href = value.into_owned(),
            Attribute::Rel => pending.rel = value.into_owned(),
            Attribute::Kind => pending.kind = value.into_owned(),
            Attribute::Lang => pending.lang = value.into_owned(),
            Attribute::Style => {
                let style: String = value.chars().filter(|c| !c.is_whitespace()).collect();
                pending.is_hidden |=
                    style.contains("display:none") || style.contains("visibility:hidden");
            }
            Attribute::AriaHidden => pending.is_hidden |= value == "true",
            Attribute::Role => match value.as_ref() {
                "navigation" | "menu" | "menubar" | "search" => pending.class.push_str(" nav"),
                "banner" | "complementary" => pending.class.push_str(" sidebar"),
                "contentinfo" => pending.class.push_str(" footer"),
                "dialog" | "alertdialog" => pending.class.push_str(" consent"),
                _ => {}
            },
            Attribute::Ignored => {}
        }
    }

    fn start(&mut self) {
        let name = std::mem::take(&mut self.pending.name);
        match name.as_slice() {
            b"br" | b"hr" => self.line_break(&name),
            b"meta" => self
                .page
                .meta
                .take(&self.pending.key, self.pending.content.as_deref()),
            b"link" if self.pending.rel == "canonical" => {
                self.page.meta.take("canonical", Some(&self.pending.href));
            }
            b"img" | b"input" | b"link" | b"source" | b"wbr" | b"area" | b"base" | b"col"
            | b"embed" | b"param" | b"track" => {}
            _ => self.open(&name),
        }
        self.pending.name = name;
    }

    /// A line break makes no new block, two do: old pages divide paragraphs so.
    fn line_break(&mut self, name: &[u8]) {
        if name == b"hr" || self.text.ends_with('\n') {
            self.flush();
        } else if !self.text.is_empty() {
            self.text.truncate(self.text.trim_end().len());
            self.text.push('\n');
        }
    }

    fn open(&mut self, name: &[u8]) {
        let tag = Tag::of(name);
        if name == b"html" {
            let lang = std::mem::take(&mut self.pending.lang);
            self.page.meta.take("lang", Some(&lang));
        }
        if !self.pending.date.is_empty() && tag == Tag::Time {
            self.page.meta.take("time", Some(&self.pending.date));
        }
        if !self.pending.key.is_empty() && self.pending.content.is_some() {
            // Microdata on any element: `<span itemprop="datePublished" content="…">`.
            self.page
                .meta
                .take(&self.pending.key, self.pending.content.as_deref());
        }
        if tag.breaks() {
            self.flush();
            self.close_implied(tag);
        }
        // What is silent must stay so even deep down.
        let is_silent = tag == Tag::Silent && self.stack.len() < DEPTH_MAX + 50;
        if !is_silent && (self.stack.len() >= DEPTH_MAX || self.page.nodes.len() >= NODES_MAX) {
            self.melted += 1;
            return;
        }
        let flag = self.flag(tag);
        let parent = self.current();
        // An element within a line is worth a place of its own only if it is set apart.
        let is_apart = tag.breaks() || flag.is_some() || tag == Tag::Control;
        let node = if is_apart {
            if !tag.breaks() {
                self.flush();
            }
            self.page.nodes.push(Node {
                parent,
                tag,
                flag,
                is_body: self.pending.is_body || tag == Tag::Article,
                kin: hash(self.pending.class.as_bytes()),
            });
            self.page.nodes.len() - 1
        } else {
            parent
        };
        match tag {
            Tag::Link => self.links += 1,
            Tag::Silent => {
                let is_data = name == b"script" && self.pending.kind == "application/ld+json";
                self.silent += 1;
                self.wanted = if is_data {
                    Wanted::Data
                } else {
                    Wanted::Nothing
                };
            }
            Tag::Title => self.wanted = Wanted::Title,
            _ => {}
        }
        self.stack.push(Open {
            node,
            tag,
            name: hash(name),
        });
    }

    /// Why nothing in the element that opens is part of an article.
    fn flag(&self, tag: Tag) -> Option<Reason> {
        let structural = match tag {
            Tag::Body | Tag::Article | Tag::Silent | Tag::Title => return None,
            Tag::Nav => Some(Reason::Menu),
            Tag::Aside => Some(Reason::Related),
            Tag::Footer => Some(Reason::Copyright),
            Tag::Form | Tag::Control => Some(Reason::Newsletter),
            Tag::Caption => Some(Reason::Caption),
            _ => None,
        };
        if self.pending.is_hidden {
            return Some(Reason::Hidden);
        }
        structural.or_else(|| class_words(&self.pending.class))
    }

    /// Closes what cannot hold the element that opens (HTML section 13.2.6.4.7, in short).
    fn close_implied(&mut self, tag: Tag) {
        let closes = |open: Tag| match tag {
            Tag::Item => matches!(open, Tag::Item | Tag::Paragraph),
            Tag::Cell => matches!(open, Tag::Cell | Tag::Paragraph),
            _ => open == Tag::Paragraph,
        };
        let stops =
            |open: Tag| open.breaks() && !matches!(open, Tag::Paragraph | Tag::Item | Tag::Cell);
        while let Some(at) = self
            .stack
            .iter()
            .rposition(|open| closes(open.tag) || stops(open.tag))
        {
            match self.stack.get(at) {
                Some(open) if closes(open.tag) => self.close_from(at),
                _ => break,
            }
        }
    }

    fn end(&mut self, name: &[u8]) {
        let tag = Tag::of(name);
        if tag.breaks() {
            self.flush();
        }
        if self.melted > 0 && !matches!(tag, Tag::Body) {
            self.melted -= 1;
            return;
        }
        let wanted = hash(name);
        for at in (0..self.stack.len()).rev() {
            let Some(open) = self.stack.get(at) else {
                return;
            };
            if open.name == wanted {
                self.close_from(at);
                return;
            }
            // What ends within a line ends nothing around it; a cell keeps in what is loose.
            if (open.tag.breaks() && !tag.breaks()) || open.tag == Tag::Cell && tag != Tag::Table {
                return;
            }
        }
    }

    fn close_from(&mut self, at: usize) {
        while self.stack.len() > at {
            let Some(open) = self.stack.pop() else {
                return;
            };
            let before = self.current();
            if open.node != before {
                self.flush_into(open.node);
            }
            match open.tag {
                Tag::Link => self.links = self.links.saturating_sub(1),
                Tag::Silent => {
                    self.silent = self.silent.saturating_sub(1);
                    self.wanted = Wanted::Prose;
                }
                Tag::Title => self.wanted = Wanted::Prose,
                _ => {}
            }
        }
    }

    fn current(&self) -> usize {
        self.stack.last().map_or(0, |open| open.node)
    }

    fn take_text(&mut self, value: &[u8]) {
        match self.wanted {
            Wanted::Nothing => {}
            _ if self.silent > 0 && self.wanted != Wanted::Data => {}
            Wanted::Data => {
                self.data += value.len();
                if self.data <= DATA_MAX {
                    self.page.meta.take_data(value);
                }
            }
            Wanted::Title => {
                let title = String::from_utf8_lossy(value);
                self.page.meta.take("title", Some(&title));
            }
            Wanted::Prose => {
                let from = self.text.len();
                append(&mut self.text, &String::from_utf8_lossy(value));
                if self.links > 0 {
                    self.linked += self.text.len() - from;
                }
            }
        }
    }

    fn flush(&mut self) {
        self.flush_into(self.current());
    }

    fn flush_into(&mut self, node: usize) {
        let linked = std::mem::take(&mut self.linked);
        let trimmed = self.text.trim();
        if !trimmed.is_empty() {
            if self.page.blocks.len() < super::BLOCKS_MAX {
                self.page.blocks.push(Block {
                    text: trimmed.replace('\n', " "),
                    linked: linked.min(trimmed.len()),
                    node,
                });
            } else {
                self.page.is_cut = true;
            }
        }
        self.text.clear();
    }
}

/// Appends a text, each run of blanks as one.
fn append(to: &mut String, text: &str) {
    let mut is_blank = to.is_empty() || to.ends_with([' ', '\n']);
    for c in text.chars() {
        match c {
            // Zero width, and the mark for a hyphen that is not shown.
            '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\0' => {}
            c if c.is_whitespace() => {
                if !is_blank {
                    to.push(' ');
                }
                is_blank = true;
            }
            c => {
                to.push(c);
                is_blank = false;
            }
        }
    }
}

/// The first word of a class or id that says that its element holds no part of an article.
fn class_words(class: &str) -> Option<Reason> {
    if class.is_empty() {
        return None;
    }
    let mut word = String::new();
    let mut was_small = false;
    for c in class.chars().chain([' ']) {
        let starts = c.is_ascii_uppercase() && was_small;
        if !c.is_ascii_alphabetic() || starts {
            if let Some(reason) = judge_class(&word) {
                return Some(reason);
            }
            word.clear();
        }
        if c.is_ascii_alphabetic() {
            word.push(c.to_ascii_lowercase());
        }
        was_small = c.is_ascii_lowercase();
    }
    None
}

/// FNV-1a (64 bits): names told apart within one page, nothing that an attacker gains by a collision.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(FNV_BASIS, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(html: &str) -> Vec<String> {
        let page = Page::parse(html);
        page.blocks.into_iter().map(|block| block.text).collect()
    }

    #[test]
    fn blocks_are_split_where_a_reader_sees_them() {
        assert_eq!(
            texts(
                "<div>a<p>b <b>c</b>\n d<p>e<ul><li>f<li>g</ul>h<br>i<br> <br>j<script>k</script>"
            ),
            ["a", "b c d", "e", "f", "g", "h i", "j"]
        );
        assert_eq!(texts("<p>a&amp;b&nbsp;&#8212; c</p"), ["a&b — c"]);
        assert_eq!(texts("<svg><title>x</title></svg><p>y"), ["y"]);
    }

    #[test]
    fn links_are_counted_and_flags_set() {
        let page = Page::parse("<div class='siteShareBar'><p>see <a href=x>this one</a></div><p>z");
        assert_eq!(page.blocks[0].linked, 8);
        let holder = page.nodes[page.blocks[0].node].parent;
        assert_eq!(page.nodes[holder].flag, Some(Reason::Share));
        assert_eq!(page.nodes[page.blocks[1].node].flag, None);
    }

    #[test]
    fn depth_melts() {
        let deep = format!(
            "{}<p>in</p>{}<p>out</p>",
            "<div>".repeat(5_000),
            "</div>".repeat(5_000)
        );
        let page = Page::parse(&deep);
        assert!(page.nodes.len() <= DEPTH_MAX + 2);
        assert_eq!(page.blocks.len(), 2);
    }
}
