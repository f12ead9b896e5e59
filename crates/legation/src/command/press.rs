//! `legation press`: what papers printed, and the statements that were found in it.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::answer::{Answer, list, printable, put, shown};
use crate::client::{Client, Connection};
use crate::disk;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::table::{Table, facts};

const EXAMPLES: &str = "\
Examples:
  legation press file page.html wire.txt --dir office
  legation press file page.html --outlet 'Harbour Gazette' --printed 2023-07-05T00:00:00Z --dir office
  legation press proposals --dir office
  legation statement accept proposal-7k2m9x4q --subject office:tokyo --point opening-date --dir office

Articles are kept for the office's own people and handed to nobody. What is found in them is proposed \
and waits for `legation statement accept`, `edit` or `reject`; nothing is recorded by itself. Copies \
of one sentence make one proposal with several sources.";

/// The press: file articles, read the statements found in them
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Press {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// File articles: pages (HTML) or texts
    File {
        /// Files of articles, at most 1 MiB each
        #[arg(value_name = "PATH", required = true)]
        paths: Vec<PathBuf>,
        /// Who printed them, where the pages do not say so
        #[arg(long, value_name = "NAME")]
        outlet: Option<String>,
        /// When they were printed, where the pages do not say so
        #[arg(long, value_name = "INSTANT")]
        printed: Option<legation_core::time::Instant>,
        #[command(flatten)]
        connection: Connection,
    },
    /// List the articles, story by story: the copies of one text together
    List {
        #[command(flatten)]
        connection: Connection,
    },
    /// Show one article as it was read
    Show {
        /// The article, by its digest or the beginning of it
        #[arg(value_name = "DIGEST")]
        article: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// List the statements found: those that wait, unless others are asked for
    Proposals {
        /// One of waiting, accepted, rejected, all
        #[arg(long, value_name = "WHICH", default_value = "waiting")]
        outcome: String,
        #[command(flatten)]
        connection: Connection,
    },
}

impl Press {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::File {
                paths,
                outlet,
                printed,
                connection,
            } => {
                let mut extra = json!({});
                if let Some(outlet) = outlet {
                    put(&mut extra, "outlet", outlet.as_str());
                }
                if let Some(printed) = printed {
                    put(&mut extra, "printed", printed.to_string());
                }
                file(&connection.open()?, paths, &extra)
            }
            Verb::List { connection } => {
                let mut answer = connection.open()?.get("/press/stories")?;
                let text = stories(&answer);
                let all = list(&answer, "stories").iter();
                let flat: Vec<Value> = all.flat_map(|one| list(one, "articles")).cloned().collect();
                put(&mut answer, "articles", flat);
                Ok(Answer::new(text, answer))
            }
            Verb::Show {
                article,
                connection,
            } => {
                let office = connection.open()?;
                let digest = whole(&office, article)?;
                let read = office.get(&format!("/press/articles/{digest}"))?;
                Ok(Answer::new(describe(&read), read))
            }
            Verb::Proposals {
                outcome,
                connection,
            } => {
                let office = connection.open()?;
                let answer = office.query("/press/proposals", &[("outcome", outcome.as_str())])?;
                let mut text = String::new();
                for one in list(&answer, "proposals") {
                    text += &proposal(one);
                }
                if text.is_empty() {
                    text = "no proposals\n".to_owned();
                }
                Ok(Answer::new(text, answer))
            }
        }
    }
}

/// Files each; one that cannot be read stops no other.
fn file(office: &Client, paths: &[PathBuf], extra: &Value) -> Result<Answer, Failure> {
    let bar = Progress::over(paths.len() as u64, "filing", "articles");
    let (mut filed, mut refused) = (Vec::new(), Vec::new());
    for path in paths {
        let bytes = disk::read(path)?;
        let mut body = extra.clone();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        put(&mut body, "name", name.unwrap_or_default());
        put(&mut body, "content", STANDARD.encode(bytes));
        match office.post("/press/articles", &body) {
            Ok(mut answer) => {
                put(&mut answer, "file", json!(path));
                filed.push(answer);
            }
            Err(failure) => refused.push(json!({
                "file": path, "reason": failure.code(), "text": failure.text(),
            })),
        }
        bar.add(1);
    }
    drop(bar);
    let mut text = String::new();
    for one in &filed {
        let short = shown(one, "article");
        let short = short.get(..12).unwrap_or(&short).to_owned();
        let (new, same) = (list(one, "proposed").len(), list(one, "supported").len());
        let known = one.get("known").and_then(Value::as_bool) == Some(true);
        let file = shown(one, "file");
        text += &match known {
            true => format!("{file}: filed before as {short}\n"),
            false => {
                format!("{file}: filed as {short}; proposes {new}, says {same} that others said\n")
            }
        };
    }
    for one in &refused {
        let [file, reason, said] = ["file", "reason", "text"].map(|key| shown(one, key));
        text += &format!("{file}: {reason}: {said}\n");
    }
    let nothing = filed.is_empty();
    Ok(Answer::new(text, json!({"filed": filed, "refused": refused})).refused_if(nothing))
}

/// The digest that begins so; the office says if there is none.
fn whole(office: &Client, begins: &str) -> Result<String, Failure> {
    if begins.len() == 64 {
        return Ok(begins.to_owned());
    }
    let all = office.get("/press/articles")?;
    let digests = list(&all, "articles")
        .iter()
        .map(|one| shown(one, "article"));
    let mut fitting: Vec<String> = digests.filter(|one| one.starts_with(begins)).collect();
    match (fitting.pop(), fitting.pop()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Failure::new(
            "cli.no-article",
            format!("no article begins with `{begins}`"),
        )),
        _ => Err(Failure::new(
            "cli.no-article",
            format!("several articles begin with `{begins}`; write more of it"),
        )),
    }
}

fn short(digest: &str) -> String {
    digest.get(..12).unwrap_or(digest).to_owned()
}

/// What a copy changed, in a few words.
fn changes(one: &Value) -> String {
    let Some(changes) = one.get("changes").filter(|changes| changes.is_object()) else {
        return "-".to_owned();
    };
    let counts = ["added", "removed", "changed"].map(|key| (key, list(changes, key).len()));
    let mut words: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| format!("{key} {count}"))
        .collect();
    if changes.get("reordered").and_then(Value::as_bool) == Some(true) {
        words.push("reordered".to_owned());
    }
    match words.is_empty() {
        true => "the same".to_owned(),
        false => words.join(", "),
    }
}

fn stories(answer: &Value) -> String {
    let mut table = Table::new([
        "STORY", "PRINTED", "OUTLET", "AGENCY", "TITLE", "CHANGES", "SHARES", "FOUND", "ARTICLE",
    ]);
    for story in list(answer, "stories") {
        let mut name = short(&shown(story, "story"));
        for one in list(story, "articles") {
            let [printed, outlet, agency, title, found, article] = [
                "printed",
                "outlet",
                "agency",
                "title",
                "proposals",
                "article",
            ]
            .map(|key| printable(&shown(one, key)));
            let shares: usize = list(one, "shares")
                .iter()
                .map(|one| list(one, "sentences").len())
                .sum();
            table.row([
                std::mem::take(&mut name),
                printed.get(..10).unwrap_or(&printed).to_owned(),
                outlet,
                agency,
                title,
                changes(one),
                shares.to_string(),
                found,
                short(&article),
            ]);
        }
    }
    table.or("no articles")
}

fn describe(read: &Value) -> String {
    let keys = [
        "article", "file", "outlet", "agency", "title", "byline", "dateline", "printed", "filed",
    ];
    let values = keys.map(|key| (key, printable(&shown(read, key))));
    let lines: Vec<(&str, &str)> = values
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    let mut text = facts(&lines);
    for paragraph in list(read, "paragraphs") {
        text += &format!("\n{}\n", printable(paragraph.as_str().unwrap_or_default()));
    }
    if let Some(changes) = read.get("changes").filter(|changes| changes.is_object()) {
        text += &format!("\ncopy of {}\n", short(&shown(read, "copy_of")));
        for (key, sign) in [("removed", '-'), ("added", '+')] {
            for sentence in list(changes, key) {
                text += &format!(
                    "{sign} {}\n",
                    printable(sentence.as_str().unwrap_or_default())
                );
            }
        }
        for one in list(changes, "changed") {
            let [before, after] = ["before", "after"].map(|key| printable(&shown(one, key)));
            text += &format!("- {before}\n+ {after}\n");
        }
    }
    for shared in list(read, "shares") {
        text += &format!(
            "\nshared with the story {}\n",
            short(&shown(shared, "story"))
        );
        for sentence in list(shared, "sentences") {
            text += &format!("  {}\n", printable(sentence.as_str().unwrap_or_default()));
        }
    }
    let found = list(read, "found");
    if !found.is_empty() {
        text += &format!("\nfound {}\n", shown(read, "found"));
    }
    text
}

fn proposal(one: &Value) -> String {
    let speaker = one.get("speaker").unwrap_or(&Value::Null);
    let [name, role, party] = ["name", "role", "party"].map(|key| printable(&shown(speaker, key)));
    let [id, stance, said, outcome] =
        ["id", "stance", "said", "outcome"].map(|key| shown(one, key));
    let who = if name == "-" { role } else { name };
    let day = said.get(..10).unwrap_or(&said).to_owned();
    let links: Vec<String> = list(one, "sources")
        .iter()
        .map(|link| printable(&shown(link, "name")))
        .collect();
    let mut text = format!(
        "{id} {outcome}: {who} ({party}) {stance}, {day}; {}\n",
        links.join(", citing ")
    );
    for evidence in list(one, "evidence") {
        let sentence = printable(&shown(evidence, "sentence"));
        let article = shown(evidence, "article");
        text += &format!("  {}: {sentence}\n", article.get(..12).unwrap_or(&article));
    }
    text
}
