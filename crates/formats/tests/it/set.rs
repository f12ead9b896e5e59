//! The labelled set of news articles, and the pages they are printed in.
//!
//! `tests/press/set/` has a file for each story, with its copies one below the other: a head of
//! fields, then the paragraphs, which are the very body that extraction should give. `tests/press/page/`
//! has the templates of outlets, with all that stands around a body; each begins with how a
//! paragraph is set and what is put in after which one. Texts, outlets and persons are made up.
//!
//! Not here: what is measured with it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;

/// An article of the set.
#[derive(Clone, Debug)]
pub(crate) struct Labelled {
    /// The story that it belongs to.
    pub(crate) story: String,
    /// Whether the rules were tuned without it.
    pub(crate) is_held: bool,
    /// What was done to the wire: `copy`, `cut`, `rewrite`; or `wire`, `independent`.
    pub(crate) kind: String,
    pub(crate) fields: BTreeMap<String, String>,
    pub(crate) paragraphs: Vec<String>,
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/press")
        .join(name)
}

fn files(name: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = fs::read_dir(folder(name))
        .expect("the folder is there")
        .map(|item| {
            let path = item.expect("it can be listed").path();
            let name = path.file_stem().expect("a name").to_string_lossy();
            (
                name.into_owned(),
                fs::read_to_string(&path).expect("it is text"),
            )
        })
        .collect();
    found.sort();
    found
}

/// All articles, in the order of their files.
pub(crate) fn labelled() -> Vec<Labelled> {
    let mut all = Vec::new();
    for (story, text) in files("set") {
        for piece in text.split("\n====\n\n") {
            let (head, body) = piece.split_once("\n\n").expect("a head and a body");
            let fields: BTreeMap<String, String> = head
                .lines()
                .map(|line| line.split_once(": ").expect("a field"))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            all.push(Labelled {
                story: story.clone(),
                is_held: fields["part"] == "held",
                kind: fields["kind"].clone(),
                paragraphs: body.trim().split("\n\n").map(str::to_owned).collect(),
                fields,
            });
        }
    }
    all
}

/// How an outlet prints.
pub(crate) struct Template {
    paragraph: String,
    inserts: Vec<(usize, String)>,
    page: String,
}

/// The templates by name.
pub(crate) fn templates() -> BTreeMap<String, Template> {
    files("page")
        .into_iter()
        .map(|(name, text)| {
            let (head, page) = text.split_once("----\n").expect("a head and a page");
            let mut template = Template {
                paragraph: String::new(),
                inserts: Vec::new(),
                page: page.to_owned(),
            };
            for line in head.lines() {
                let (field, value) = line.split_once(": ").expect("a field");
                match field.strip_prefix("after ") {
                    Some(after) => {
                        let after = after.parse().expect("a number");
                        template.inserts.push((after, value.to_owned()));
                    }
                    None => template.paragraph = value.to_owned(),
                }
            }
            (name, template)
        })
        .collect()
}

/// Prints the article of that number: the bytes that its outlet publishes.
pub(crate) fn print(
    templates: &BTreeMap<String, Template>,
    all: &[Labelled],
    number: usize,
) -> String {
    let one = &all[number];
    let name = &one.fields["template"];
    let template = &templates[name];
    let is_html = !name.starts_with("text-");
    let mut words = words(all, number, is_html);
    let mut body = String::new();
    for (at, paragraph) in one.paragraphs.iter().enumerate() {
        let mut text = paragraph.clone();
        if let (0, Some(line)) = (at, one.fields.get("dateline")) {
            text = format!("{line} {text}");
        }
        let wrapped = wrap(&text);
        let text = if is_html { escape(&text) } else { text };
        let set = BTreeMap::from([("text", text), ("wrapped", wrapped)]);
        body.push_str(&fill(&template.paragraph, &set));
        body.push('\n');
        let gap = if name == "text-plain" { "" } else { "\n" };
        body.push_str(if is_html { "" } else { gap });
        for (_, insert) in template
            .inserts
            .iter()
            .filter(|(after, _)| *after == at + 1)
        {
            body.push_str(&fill(insert, &words));
            body.push('\n');
            body.push_str(if is_html { "" } else { gap });
        }
    }
    words.insert("body", body);
    let lines = template.page.lines();
    let kept = lines.filter(|line| {
        !(line.contains("{{byline}}") && words["byline"].is_empty() && line.len() < 60)
    });
    let page: Vec<&str> = kept.collect();
    fill(&page.join("\n"), &words)
}

fn words(all: &[Labelled], number: usize, is_html: bool) -> BTreeMap<&'static str, String> {
    let one = &all[number];
    let tidy = |text: &str| {
        if is_html {
            escape(text)
        } else {
            text.to_owned()
        }
    };
    let field = |name: &str| tidy(one.fields.get(name).map_or("", String::as_str));
    let published: Timestamp = one.fields["published"].parse().expect("an instant");
    let first = legation_formats::press::sentences(&one.paragraphs[0])[0];
    let slug: String = one.fields["title"]
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let mut words = BTreeMap::from([
        ("title", field("title")),
        ("title_json", one.fields["title"].replace('"', "\\\"")),
        ("outlet", field("outlet")),
        ("byline", field("byline")),
        ("agency", field("agency")),
        ("iso", one.fields["published"].clone()),
        ("day", published.strftime("%B %-d, %Y").to_string()),
        ("url", format!("https://outlet.example/{slug}")),
        ("n", (4_000 + number).to_string()),
        ("lead_sentence", tidy(first)),
    ]);
    let mut at = number * 7;
    let names = [
        ("other0", "tease0"),
        ("other1", "tease1"),
        ("other2", "tease2"),
        ("other3", "tease3"),
    ];
    for (other, tease) in names {
        let family = |story: &str| story.split('-').next().unwrap_or_default().to_owned();
        at += 11;
        while family(&all[at % all.len()].story) == family(&one.story) {
            at += 1;
        }
        let found = &all[at % all.len()];
        words.insert(other, tidy(&found.fields["title"]));
        let first = legation_formats::press::sentences(&found.paragraphs[0])[0];
        words.insert(tease, tidy(first));
    }
    words
}

fn fill(text: &str, words: &BTreeMap<&str, String>) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, behind) = after.split_once("}}").expect("a closed place");
        out.push_str(before);
        let word = words.get(name);
        out.push_str(word.unwrap_or_else(|| panic!("no word for {name}")));
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
        .replace('’', "&rsquo;")
}

/// Lines of at most 72 characters, as in mail.
fn wrap(text: &str) -> String {
    let mut out = String::new();
    let mut width = 0;
    for word in text.split_whitespace() {
        if width > 0 && width + word.len() > 71 {
            out.push('\n');
            width = 0;
        } else if width > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += word.len();
    }
    out
}
