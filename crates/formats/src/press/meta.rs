//! What a page says of itself: JSON-LD (schema.org `NewsArticle`), OpenGraph, `meta`, `time`.
//!
//! What a page says first and best wins: JSON-LD before OpenGraph before the rest. Not here: what
//! can be read from the body.

use serde_json::Value;

use super::article::Published;
use super::date::published;

/// How deep lists and graphs of JSON-LD are followed.
const DATA_DEPTH: usize = 4;

/// The longest name, title or address that is kept, in characters.
const NAME_MAX: usize = 300;

/// What a page says of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Meta {
    pub(super) title: Said,
    pub(super) outlet: Said,
    pub(super) author: Said,
    pub(super) url: Said,
    pub(super) language: Said,
    pub(super) source: Said,
    published: Option<(u8, Published)>,
    /// The name of the page's window, with the outlet's on it.
    pub(super) window: Option<String>,
}

/// A text and how far it is trusted: less is better.
#[derive(Clone, Debug, Default)]
pub(super) struct Said(Option<(u8, String)>);

impl Said {
    fn take(&mut self, rank: u8, text: &str) {
        let text = text.trim();
        let is_better = self.0.as_ref().is_none_or(|(before, _)| rank < *before);
        if is_better && !text.is_empty() {
            let kept: String = text.chars().take(NAME_MAX).collect();
            let words: Vec<&str> = kept.split_whitespace().collect();
            self.0 = Some((rank, words.join(" ")));
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.0.as_ref().map(|(_, text)| text.as_str())
    }
}

impl Meta {
    pub(super) fn published(&self) -> Option<Published> {
        self.published.as_ref().map(|(_, date)| date.clone())
    }

    /// Takes a date if nothing better has said one.
    pub(super) fn take_date(&mut self, rank: u8, text: &str) {
        if self
            .published
            .as_ref()
            .is_none_or(|(before, _)| rank < *before)
            && let Some(date) = published(text)
        {
            self.published = Some((rank, date));
        }
    }

    /// Takes a `meta` of that name, or what stands for one.
    pub(super) fn take(&mut self, key: &str, content: Option<&str>) {
        let Some(content) = content else {
            return;
        };
        match key {
            "og:title" => self.title.take(2, content),
            "twitter:title" | "DC.title" | "headline" => self.title.take(3, content),
            "title" if self.window.is_none() => {
                let title: String = content.chars().take(NAME_MAX).collect();
                self.window = Some(title.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            "og:site_name" => self.outlet.take(1, content),
            "application-name" | "apple-mobile-web-app-title" | "publisher" | "DC.publisher" => {
                self.outlet.take(4, content);
            }
            "author" | "article:author" | "byl" | "DC.creator" | "parsely-author"
                if !content.contains("://") =>
            {
                self.author.take(2, content);
            }
            "canonical" => self.url.take(1, content),
            "og:url" => self.url.take(2, content),
            "lang" => self.language.take(2, content),
            "og:locale" => self.language.take(3, &content.replace('_', "-")),
            "content-language" => self.language.take(4, content),
            "source" | "syndication-source-name" | "news:source" | "original-source"
                if !content.contains("://") =>
            {
                self.source.take(2, content);
            }
            "article:published_time" | "og:article:published_time" => self.take_date(2, content),
            "datePublished" | "pubdate" | "publishdate" | "publish-date" | "date" | "DC.date"
            | "DC.date.issued" | "parsely-pub-date" => {
                self.take_date(3, content);
            }
            "time" => self.take_date(5, content),
            _ => {}
        }
    }

    /// Takes a script with JSON-LD.
    pub(super) fn take_data(&mut self, bytes: &[u8]) {
        if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
            self.take_value(&value, DATA_DEPTH);
        }
    }

    fn take_value(&mut self, value: &Value, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        match value {
            Value::Array(list) => {
                for one in list.iter().take(50) {
                    self.take_value(one, depth);
                }
            }
            Value::Object(members) => {
                if let Some(graph) = members.get("@graph") {
                    self.take_value(graph, depth);
                }
                if members.get("@type").is_some_and(is_article) {
                    self.take_article(value);
                }
            }
            _ => {}
        }
    }

    fn take_article(&mut self, value: &Value) {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        if let Some(title) = text("headline") {
            self.title.take(1, title);
        }
        if let Some(date) = text("datePublished") {
            self.take_date(1, date);
        }
        if let Some(language) = text("inLanguage") {
            self.language.take(1, language);
        }
        if let Some(url) = text("url").or_else(|| text("mainEntityOfPage")) {
            self.url.take(3, url);
        }
        if let Some(outlet) = value.get("publisher").and_then(name) {
            self.outlet.take(2, outlet);
        }
        if let Some(author) = value.get("author").and_then(name) {
            self.author.take(1, author);
            // An organisation that writes and is not the outlet is an agency.
            let is_outlet = value.get("publisher").and_then(name) == Some(author);
            let kind = |value: &Value| value.get("@type")?.as_str().map(str::to_owned);
            let kind = value.get("author").and_then(kind).unwrap_or_default();
            if kind.ends_with("Organization") && !is_outlet {
                self.source.take(3, author);
            }
        }
        for member in ["sourceOrganization", "copyrightHolder", "isBasedOn"] {
            if let Some(source) = value.get(member).and_then(name) {
                self.source.take(1, source);
            }
        }
    }
}

/// Whether a type of schema.org is an article's.
fn is_article(kind: &Value) -> bool {
    let is = |kind: &Value| {
        kind.as_str().is_some_and(|kind| {
            kind.ends_with("Article") || kind == "BlogPosting" || kind == "Report"
        })
    };
    is(kind) || kind.as_array().is_some_and(|kinds| kinds.iter().any(is))
}

/// The name of a person or organisation, which may be a text, an object or the first of a list.
fn name(value: &Value) -> Option<&str> {
    let value = value.as_array().map_or(Some(value), |list| list.first())?;
    let named = value.as_str().or_else(|| value.get("name")?.as_str())?;
    (!named.contains("://")).then_some(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_word_wins() {
        let mut meta = Meta::default();
        meta.take("og:title", Some("From OpenGraph"));
        meta.take("time", Some("2024-07-01"));
        meta.take_data(
            br#"{"@graph":[{"@type":"WebPage"},{"@type":["NewsArticle"],"headline":"From data",
            "datePublished":"2024-07-05T10:30:00Z","author":[{"name":"Ann Lee"}],
            "publisher":{"@type":"Organization","name":"Harbour Gazette"}}]}"#,
        );
        meta.take("twitter:title", Some("Late"));
        assert_eq!(meta.title.text(), Some("From data"));
        assert_eq!(meta.outlet.text(), Some("Harbour Gazette"));
        assert_eq!(meta.author.text(), Some("Ann Lee"));
        assert_eq!(meta.published().unwrap().date.to_string(), "2024-07-05");
    }

    #[test]
    fn what_is_no_data_is_passed_over() {
        let mut meta = Meta::default();
        meta.take_data(b"{");
        meta.take_data(&[b'['; 10_000]);
        meta.take("author", Some("https://example.org/ann"));
        assert!(meta.title.text().is_none() && meta.author.text().is_none());
    }
}
