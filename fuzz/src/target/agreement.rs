//! The agreement document. What is accepted can be written anew from its values and reads the same;
//! prose after the end changes nothing; faults stand within the file.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use legation_core::agreement::document::{Document, Known, SIZE_MAX};
use legation_core::party::Status;

use super::{fault, toml};

pub(super) const WORDS: &[&str] = &[
    "+++\n",
    "id = ",
    "title = ",
    "programme = \"ITPP\"\n",
    "version = 2\n",
    "charter = true\n",
    "parties = [\"NATO\", \"members\"]\n",
    "in_force = 2024-01-01T00:00:00Z\n",
    "until = 2027-01-01T00:00:00+09:00\n",
    "after_end = \"keep\"\n",
    "[[take]]\n",
    "[[give]]\n",
    "article = \"4.1\"\n",
    "area = \"cyber\"\n",
    "kinds = [\"indicator\"]\n",
    "from = [\"host\", \"members\"]\n",
    "up_to = \"AMBER+STRICT\"\n",
    "accepts = []\n",
    "onward = [\"partners\"]\n",
    "unmarked = \"GREEN\"\n",
    "[[objective]]\n",
    "[[objective.goal]]\n",
    "[[objective.goal.activity]]\n",
    "due = 2024-02-29\n",
    "lead = [\"NATO\"]\n",
    "\n## Article 4.1 x\n",
    "\n```\n",
    "\n===\n",
    "\n<!--",
    "-->",
    "\"\"\"",
    "'''",
    "\\u00e9",
    "\r\n",
    "# ",
];

pub(super) fn run(bytes: &[u8]) -> bool {
    let document = match Document::parse(bytes) {
        Ok(document) => document,
        Err(faults) => {
            fault::judge(&faults, "agreement.", bytes);
            return false;
        }
    };
    assert!(document.version.0 > 0);
    assert!(document.until.is_none_or(|until| until > document.in_force));

    let again = render(&document);
    match Document::parse(again.as_bytes()) {
        Ok(read) => assert!(
            is_same(&document, &read),
            "written anew it reads otherwise:\n{again}\n{document:?}\n{read:?}"
        ),
        Err(faults) => assert!(
            again.len() > SIZE_MAX,
            "written anew it is refused:\n{again}\n{faults}"
        ),
    }

    let mut longer = bytes.to_vec();
    longer.extend(b"\n\nAnd so on, in prose.\n");
    if longer.len() <= SIZE_MAX {
        assert_eq!(Document::parse(&longer).as_ref(), Ok(&document));
    }

    let host = document.parties.host.clone();
    let known = Known {
        host: &host,
        area: &|area| area.as_str() == "cyber",
        party: &|code| match code.as_str() {
            "NATO" => Some(Status::Host),
            "JPN" => Some(Status::Partner),
            _ => None,
        },
    };
    if let Err(faults) = document.check(&known) {
        fault::judge(&faults, "agreement.", bytes);
    }
    true
}

/// All that the file says, without where it says it.
fn is_same(one: &Document, other: &Document) -> bool {
    one.id == other.id
        && one.title == other.title
        && one.programme == other.programme
        && one.version == other.version
        && one.charter == other.charter
        && one.parties == other.parties
        && one.in_force == other.in_force
        && one.until == other.until
        && one.after_end == other.after_end
        && one.take == other.take
        && one.give == other.give
        && one.objectives == other.objectives
}

fn render(document: &Document) -> String {
    let mut text = String::from("+++\n");
    toml::line(&mut text, "id", document.id.as_str());
    toml::line(&mut text, "title", &document.title);
    if let Some(programme) = &document.programme {
        toml::line(&mut text, "programme", programme);
    }
    let _ = writeln!(text, "version = {}", document.version);
    let _ = writeln!(text, "charter = {}", document.charter);
    let parties = [
        document.parties.host.to_string(),
        document.parties.other.to_string(),
    ];
    toml::list(&mut text, "parties", &parties);
    let _ = writeln!(text, "in_force = {}", document.in_force);
    if let Some(until) = document.until {
        let _ = writeln!(text, "until = {until}");
    }
    toml::line(&mut text, "after_end", document.after_end.as_str());
    let mut articles = BTreeSet::new();
    for take in &document.take {
        articles.insert(&take.article);
        text.push_str("[[take]]\n");
        toml::line(&mut text, "article", &take.article);
        toml::line(&mut text, "area", take.area.as_str());
        if let Some(kinds) = &take.kinds {
            toml::list(&mut text, "kinds", kinds);
        }
        if let Some(from) = &take.from {
            toml::list(&mut text, "from", from);
        }
        toml::line(&mut text, "up_to", take.up_to.as_str());
        toml::list(&mut text, "accepts", &take.accepts);
    }
    for give in &document.give {
        articles.insert(&give.article);
        text.push_str("[[give]]\n");
        toml::line(&mut text, "article", &give.article);
        toml::line(&mut text, "area", give.area.as_str());
        if let Some(kinds) = &give.kinds {
            toml::list(&mut text, "kinds", kinds);
        }
        toml::line(&mut text, "up_to", give.up_to.as_str());
        toml::list(&mut text, "onward", &give.onward);
        if let Some(unmarked) = give.unmarked {
            toml::line(&mut text, "unmarked", unmarked.as_str());
        }
    }
    render_objectives(&mut text, document);
    text.push_str("+++\n# An agreement\n");
    for article in articles {
        let _ = writeln!(text, "\n## {article} An article");
    }
    text
}

fn render_objectives(text: &mut String, document: &Document) {
    for objective in &document.objectives {
        text.push_str("[[objective]]\n");
        toml::line(text, "title", &objective.title);
        for goal in &objective.goals {
            text.push_str("[[objective.goal]]\n");
            toml::line(text, "id", goal.id.as_str());
            toml::line(text, "area", goal.area.as_str());
            toml::line(text, "title", &goal.title);
            if let Some(due) = goal.due {
                let _ = writeln!(text, "due = {due}");
            }
            toml::list(text, "lead", &goal.lead);
            for activity in &goal.activities {
                text.push_str("[[objective.goal.activity]]\n");
                toml::line(text, "title", &activity.title);
            }
        }
    }
}
