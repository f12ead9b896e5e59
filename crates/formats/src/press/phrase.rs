//! Words by which a piece of a page shows that it is no part of the article.
//!
//! A table of phrases with weights, searched at once. Not here: what the page's structure says.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::article::Reason;

/// Enough to drop a short piece.
const ENOUGH: usize = 2;

/// What makes a piece long, in bytes: an article may well tell of cookies and risks, so more words
/// that belong to none are asked for.
const LONG: usize = 420;

const fn row(reason: Reason, weight: usize, phrases: &'static [&'static str]) -> Row {
    Row {
        reason,
        weight,
        phrases,
    }
}

struct Row {
    reason: Reason,
    weight: usize,
    phrases: &'static [&'static str],
}

const TABLE: &[Row] = &[
    row(
        Reason::Cookie,
        2,
        &[
            "we use cookies",
            "uses cookies",
            "use of cookies",
            "accept all",
            "cookie settings",
            "cookie policy",
            "cookie preferences",
            "manage preferences",
            "manage consent",
            "reject all",
            "your privacy choices",
            "we and our partners",
            "store and/or access",
            "similar technologies",
            "consent preferences",
            "we value your privacy",
            "your consent",
            "data-processing partners",
            "legitimate interest",
        ],
    ),
    row(
        Reason::Cookie,
        1,
        &[
            "cookies",
            "privacy notice",
            "by continuing to",
            "your browsing",
        ],
    ),
    row(
        Reason::Share,
        2,
        &[
            "share this",
            "share on",
            "share via",
            "follow us on",
            "copy link",
            "click to share",
            "tweet this",
            "join our whatsapp",
            "join our telegram",
            "follow our channel",
            "send by email",
            "email this article",
            "print this",
            "find us on facebook",
            "like us on",
            "listen to this article",
            "save for later",
            "add us as a preferred source",
        ],
    ),
    row(
        Reason::Share,
        1,
        &[
            "facebook", "whatsapp", "linkedin", "telegram", "reddit", "twitter",
        ],
    ),
    row(
        Reason::Risk,
        2,
        &[
            "the views expressed",
            "risk disclosure",
            "risk warning",
            "trading in financial instruments",
            "lose some or all",
            "losing some, or all",
            "investment objectives",
            "past performance",
            "does not constitute investment advice",
            "not investment advice",
            "not necessarily real-time",
            "not necessarily accurate",
            "for informational purposes only",
            "should not be relied upon",
            "any liability",
            "at your own risk",
            "capital is at risk",
            "may not be suitable for all investors",
            "trading on margin",
            "without the explicit prior written permission",
            "do not necessarily reflect",
            "does not necessarily reflect",
            "not responsible for the content",
            "compensated by the advertisers",
        ],
    ),
    row(
        Reason::Risk,
        1,
        &[
            "accepts no responsibility",
            "accepts no liability",
            "for the content",
            "for their content",
            "of other sites",
            "high risks",
            "extremely volatile",
            "financial loss",
            "disclaimer",
            "losses incurred",
            "professional advice",
            "this website",
            "risk appetite",
            "cryptocurrencies",
        ],
    ),
    row(
        Reason::Newsletter,
        2,
        &[
            "sign up for",
            "sign up to",
            "subscribe to",
            "subscribe now",
            "subscribe for",
            "our newsletter",
            "to your inbox",
            "in your inbox",
            "create a free account",
            "already a subscriber",
            "already have an account",
            "log in to continue",
            "register to read",
            "start your free trial",
            "support our journalism",
            "support independent journalism",
            "become a member",
            "unlimited access",
            "download our app",
            "get our app",
            "free articles",
            "unsubscribe at any time",
            "push notifications",
            "breaking news alerts",
            "daily briefing",
            "enter your email",
            "your email address",
            "make a donation",
            "turn on notifications",
        ],
    ),
    row(
        Reason::Newsletter,
        1,
        &["newsletter", "subscriber", "inbox", "per month", "sign in"],
    ),
    row(
        Reason::Related,
        2,
        &[
            "read more:",
            "read also",
            "also read",
            "read next",
            "see also:",
            "more on this",
            "related stories",
            "related articles",
            "related coverage",
            "related news",
            "related:",
            "you may also like",
            "you might also like",
            "more from",
            "recommended for you",
            "most read",
            "most popular",
            "trending now",
            "don't miss",
            "editor's picks",
            "editors' picks",
            "more stories",
            "top stories",
            "click here",
            "watch:",
            "photos:",
            "in pictures:",
            "from our partners",
            "around the web",
            "further reading",
            "story continues",
            "continue reading",
            "read the full",
            "latest headlines",
            "up next",
            "keep reading",
        ],
    ),
    row(
        Reason::Advert,
        2,
        &[
            "advertisement",
            "sponsored content",
            "paid content",
            "promoted by",
            "ad feedback",
            "article continues below",
            "story continues below",
            "scroll to continue",
            "remove ads",
            "skip advert",
            "partner content",
            "paid post",
        ],
    ),
    row(
        Reason::Comment,
        2,
        &[
            "leave a comment",
            "post a comment",
            "join the conversation",
            "comments are closed",
            "view comments",
            "log in to comment",
            "community guidelines",
            "be the first to comment",
            "show comments",
            "join the discussion",
            "comments are moderated",
            "what do you think?",
        ],
    ),
    row(
        Reason::Copyright,
        2,
        &[
            "all rights reserved",
            "terms of use",
            "terms of service",
            "terms and conditions",
            "privacy policy",
            "may not be published, broadcast",
            "may not be reproduced",
            "reproduction is prohibited",
            "no part of this",
            "registered in england",
            "©",
            "(c) 20",
            "our standards:",
            "thomson reuters trust",
            "editorial policy",
            "report an error",
            "spotted an error",
            "suggest a correction",
            "licensing rights",
            "has not been edited by",
            "generated from a syndicated feed",
            "syndicated feed",
            "auto-generated",
            "published under licence",
            "first appeared on",
            "originally appeared on",
            "contact our newsroom",
            "contact the newsroom",
            "send us a tip",
            "news tips",
        ],
    ),
    row(
        Reason::Copyright,
        1,
        &[
            "copyright",
            "about us",
            "contact us",
            "imprint",
            "sitemap",
            "careers",
        ],
    ),
    row(
        Reason::Caption,
        2,
        &[
            "file photo",
            "photo:",
            "image:",
            "photograph:",
            "image credit",
            "photo credit",
            "(photo by",
            "getty images",
            "picture:",
            "handout via",
            "courtesy of the photographer",
            "file picture",
            "(photo/",
            "/handout",
        ],
    ),
    row(
        Reason::Credit,
        2,
        &[
            "(reporting by",
            "reporting by",
            "editing by",
            "writing by",
            "additional reporting",
            "contributed to this report",
            "compiled by",
            "with inputs from",
            "with agency inputs",
            "(edited by",
            "translated by",
            "with files from",
        ],
    ),
    row(
        Reason::Menu,
        2,
        &[
            "skip to content",
            "skip to main",
            "skip navigation",
            "back to top",
            "open menu",
            "toggle navigation",
            "main menu",
            "close menu",
            "go to homepage",
            "search for:",
        ],
    ),
];

/// Phrases that a sentence of an article may well have: they count only at the start of a piece.
const AT_START: &[&str] = &[
    "the views expressed",
    "accept all",
    "your consent",
    "legitimate interest",
    "any liability",
    "subscribe to",
    "become a member",
    "more from",
    "most popular",
    "don't miss",
    "keep reading",
    "trending now",
    "read next",
    "up next",
    "top stories",
    "reporting by",
    "photo:",
    "image:",
    "picture:",
    "watch:",
    "photos:",
    "sign up for",
    "sign up to",
    "editing by",
    "related:",
    "share on",
    "what do you think?",
    "compiled by",
    "reject all",
    "more stories",
    "click here",
    "past performance",
    "make a donation",
    "translated by",
    "advertisement",
    "at your own risk",
    "does not necessarily reflect",
    "do not necessarily reflect",
    "free articles",
    "save for later",
    "most read",
    "writing by",
    "unlimited access",
    "daily briefing",
    "no part of this",
    "additional reporting",
];

struct Phrases {
    searcher: AhoCorasick,
    /// Of each pattern: reason, weight, whether it counts only at the start.
    rows: Vec<(Reason, usize, bool)>,
}

static PHRASES: LazyLock<Option<Phrases>> = LazyLock::new(|| {
    let mut patterns = Vec::new();
    let mut rows = Vec::new();
    for row in TABLE {
        for phrase in row.phrases {
            patterns.push(*phrase);
            rows.push((row.reason, row.weight, AT_START.contains(phrase)));
        }
    }
    let searcher = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(patterns)
        .ok()?;
    Some(Phrases { searcher, rows })
});

/// Why a piece is no part of an article, by its words; `None` if they do not say so.
pub(super) fn judge(text: &str) -> Option<Reason> {
    let phrases = PHRASES.as_ref()?;
    let mut first = None;
    let mut weight = 0;
    for found in phrases.searcher.find_iter(text) {
        let Some((reason, worth, at_start)) = phrases.rows.get(found.pattern().as_usize()) else {
            continue;
        };
        if !is_word(text, found.start(), found.end()) || (*at_start && found.start() > 3) {
            continue;
        }
        weight += worth;
        if *worth > 1 || first.is_none() {
            first = first
                .filter(|(_, most)| most >= worth)
                .or(Some((*reason, *worth)));
        }
    }
    let needed = if text.len() > LONG {
        ENOUGH + 2
    } else {
        ENOUGH
    };
    first.filter(|_| weight >= needed).map(|(reason, _)| reason)
}

/// Whether what was found begins and ends with words.
fn is_word(text: &str, start: usize, end: usize) -> bool {
    let before = text
        .get(..start)
        .and_then(|before| before.chars().next_back());
    let after = text.get(end..).and_then(|after| after.chars().next());
    let last = text
        .get(start..end)
        .and_then(|found| found.chars().next_back());
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let goes_on = is_letter(after) && is_letter(last);
    !(is_letter(before) || goes_on)
}

/// Why a heading says that what follows is no part of the article.
pub(super) fn judge_heading(text: &str) -> Option<Reason> {
    let text = text.trim().trim_end_matches([':', '.', '…', '»', '>']);
    if text.len() > 60 {
        return None;
    }
    let small = text.to_lowercase();
    let begins = |words: &[&str]| words.iter().any(|word| small.starts_with(word));
    let is = |words: &[&str]| words.contains(&small.as_str());
    if begins(&[
        "related",
        "more from",
        "more on",
        "more in",
        "read more",
        "read also",
        "also read",
        "see also",
        "you may",
        "you might",
        "recommended",
        "most read",
        "most popular",
        "trending",
        "latest news",
        "latest stories",
        "latest headlines",
        "top stories",
        "other stories",
        "more stories",
        "more news",
        "editor's picks",
        "editors' picks",
        "don't miss",
        "in other news",
        "what to read",
        "from the web",
        "around the web",
        "further reading",
        "latest from",
    ]) || is(&[
        "popular",
        "elsewhere",
        "next",
        "just in",
        "the latest",
        "more",
    ]) {
        return Some(Reason::Related);
    }
    if begins(&[
        "comments",
        "leave a comment",
        "leave a reply",
        "join the conversation",
    ]) {
        return Some(Reason::Comment);
    }
    if begins(&["share", "follow us", "connect with"]) {
        return Some(Reason::Share);
    }
    if begins(&[
        "newsletter",
        "sign up",
        "subscribe",
        "stay informed",
        "get the latest",
        "get our",
        "stay up to date",
    ]) {
        return Some(Reason::Newsletter);
    }
    if begins(&[
        "risk disclosure",
        "risk warning",
        "disclaimer",
        "disclosure",
        "important information",
    ]) {
        return Some(Reason::Risk);
    }
    if begins(&["cookie", "your privacy", "we value your privacy", "privacy"]) {
        return Some(Reason::Cookie);
    }
    if begins(&["advertisement", "sponsored", "partner content"]) {
        return Some(Reason::Advert);
    }
    if begins(&["about the author", "about us", "contact us"]) {
        return Some(Reason::Copyright);
    }
    None
}

/// Why an element holds no part of the article, by a word of its class or id.
pub(super) fn judge_class(word: &str) -> Option<Reason> {
    Some(match word {
        "nav" | "menu" | "navbar" | "navigation" | "breadcrumb" | "breadcrumbs" | "topbar"
        | "masthead" | "skip" | "pagination" | "pager" | "ticker" | "submenu" | "toolbar"
        | "sitemap" => Reason::Menu,
        "cookie" | "cookies" | "consent" | "gdpr" | "cmp" | "onetrust" | "ccpa" | "cookiebar" => {
            Reason::Cookie
        }
        "share" | "sharing" | "social" | "sharebar" | "addthis" | "sharedaddy" | "follow"
        | "socials" => Reason::Share,
        "disclaimer" | "disclosure" | "disclaimers" => Reason::Risk,
        "newsletter" | "subscribe" | "subscription" | "signup" | "optin" | "paywall" | "piano"
        | "regwall" | "donate" | "donation" | "membership" => Reason::Newsletter,
        "related" | "recommended" | "recommendations" | "trending" | "popular" | "outbrain"
        | "taboola" | "teaser" | "teasers" | "sidebar" | "rail" | "widget" | "mostread"
        | "readmore" | "recirc" | "upnext" | "morefrom" => Reason::Related,
        "ad" | "ads" | "advert" | "advertisement" | "advertising" | "sponsored" | "sponsor"
        | "promo" | "promotion" | "dfp" | "adslot" | "adbox" => Reason::Advert,
        "comment" | "comments" | "disqus" | "respond" => Reason::Comment,
        "footer" | "copyright" | "legal" | "colophon" | "imprint" => Reason::Copyright,
        "caption" | "figcaption" | "credit" | "imagecredit" => Reason::Caption,
        "byline" | "dateline" | "timestamp" | "dek" | "kicker" | "authorbox" => Reason::Furniture,
        "hidden" | "offscreen" | "screenreader" => Reason::Hidden,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_of_sites_are_known() {
        for (text, reason) in [
            (
                "We use cookies to improve your visit. Accept all?",
                Reason::Cookie,
            ),
            ("Sign up for our newsletter.", Reason::Newsletter),
            ("© 2024 Harbour Gazette", Reason::Copyright),
            ("Read more: The office that nobody wanted", Reason::Related),
            ("(Reporting by A. Lee; Editing by B. Moss)", Reason::Credit),
            ("Facebook Twitter WhatsApp", Reason::Share),
            (
                "Trading in financial instruments involves high risks, and you may lose some or all of it.",
                Reason::Risk,
            ),
            ("A soldier waits. File photo.", Reason::Caption),
        ] {
            assert_eq!(judge(text), Some(reason), "{text}");
        }
    }

    #[test]
    fn articles_may_tell_of_such_things() {
        for text in [
            "The regulator fined the portal because it sets cookies without asking.",
            "Japan will become a member of the group, and may subscribe to its charter.",
            "The minister shared the text on Facebook.",
            "Officials warned of high risks in the strait.",
            "The more from the south they came, the better.",
            "The ministry asked all partners to share intelligence.",
        ] {
            assert_eq!(judge(text), None, "{text}");
        }
    }

    #[test]
    fn headings_and_classes_speak() {
        assert_eq!(judge_heading("Related Stories"), Some(Reason::Related));
        assert_eq!(judge_heading("What happens now"), None);
        assert_eq!(judge_class("cookie"), Some(Reason::Cookie));
        assert_eq!(judge_class("article"), None);
    }

    #[test]
    fn what_counts_at_the_start_is_in_the_table() {
        for phrase in AT_START {
            assert!(
                TABLE.iter().any(|row| row.phrases.contains(phrase)),
                "{phrase}"
            );
        }
    }
}
