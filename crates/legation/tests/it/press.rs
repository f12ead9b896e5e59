//! The press on the real binary: a text and a page of one wire story make one proposal, and nothing
//! is on the record before an officer accepts it. The articles are our own.

use std::path::Path;

use serde_json::{Value, json};

use crate::office::{answer, legation};
use crate::statement::open;

/// As a paper printed what an agency sent.
const LANTERN: &str = "The Daily Lantern\n\nAlliance office in Tokyo still open, Paris objects\n\n\
    TOKYO, July 5 (Kyodo) - The French government objected to a plan for an office of the alliance in Tokyo, \
    two diplomats said on Tuesday.\n\n\
    The Japanese foreign ministry declined to comment on the objection on Wednesday.\n\n\
    \"We are still talking with everybody,\" said Pieter Maas, a spokesman for the alliance.\n\n\
    The plan has been discussed since January, and the city has offered two buildings near the station.\n";

/// The same story on a page, shortened and with a paragraph of its own.
const COURIER: &str = r#"<!doctype html><html lang="en"><head><title>Paris objects to Tokyo office | Morning Courier</title>
<meta property="og:site_name" content="Morning Courier"><meta property="article:published_time" content="2023-07-05T09:00:00Z"></head>
<body><nav><a href="/">Home</a> <a href="/world">World</a></nav><div class="cookie-banner">We use cookies. Accept all</div>
<article><h1>Paris objects to Tokyo office</h1>
<p>The French government objected to a plan for an office of the alliance in Tokyo, two diplomats said Tuesday.</p>
<p>The Japanese foreign ministry declined to comment on the objection.</p>
<p>The mayor of the quarter, who has not been asked, hopes for a bakery on the ground floor and trees in the yard instead.</p>
<p>The plan has been discussed since January, and the city has offered two buildings near the station.</p>
</article><footer>Copyright Morning Courier</footer></body></html>"#;

/// Both as files.
pub(crate) fn props(cwd: &Path) {
    std::fs::write(cwd.join("lantern.txt"), LANTERN).unwrap();
    std::fs::write(cwd.join("courier.html"), COURIER).unwrap();
}

fn here<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &["--dir", "office"]].concat()
}

fn waiting(cwd: &Path) -> Vec<Value> {
    let proposals = answer(cwd, &here(&["press", "proposals"]));
    proposals["proposals"].as_array().unwrap().clone()
}

fn find<'a>(proposals: &'a [Value], stance: &str, party: &Value) -> &'a Value {
    let fits = |one: &&Value| one["stance"] == stance && one["speaker"]["party"] == *party;
    proposals
        .iter()
        .find(fits)
        .unwrap_or_else(|| panic!("no {stance} of {party}: {proposals:#?}"))
}

#[test]
fn copies_of_a_story_make_one_proposal_and_an_officer_decides() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    props(cwd);
    std::fs::write(cwd.join("empty.txt"), " \n").unwrap();
    let serving = open(cwd);
    answer(cwd, &here(&["alias", "add", "Pieter Maas", "NATO"]));
    let twice = legation(cwd, &here(&["alias", "add", "pieter MAAS", "FRA"]));
    assert!(String::from_utf8_lossy(&twice.stderr).contains("statement.alias-taken"));
    let filed = answer(
        cwd,
        &here(&["press", "file", "lantern.txt", "courier.html", "empty.txt"]),
    );
    assert_eq!(filed["filed"].as_array().unwrap().len(), 2, "{filed}");
    assert_eq!(filed["refused"][0]["reason"], "press.no-article", "{filed}");
    let again = answer(cwd, &here(&["press", "file", "courier.html"]));
    assert_eq!(again["filed"][0]["known"], true);

    let proposals = waiting(cwd);
    let objection = find(&proposals, "objected", &json!("FRA"));
    assert_eq!(
        objection["evidence"].as_array().unwrap().len(),
        2,
        "{objection:#}"
    );
    let silent = find(&proposals, "declined to comment", &json!("JPN"));
    assert_eq!(
        silent["evidence"].as_array().unwrap().len(),
        2,
        "{silent:#}"
    );
    let talks = find(&proposals, "announced", &json!("NATO"));
    assert_eq!(talks["quoted"], true);
    assert_eq!(talks["text"], "We are still talking with everybody");
    assert_eq!(talks["evidence"].as_array().unwrap().len(), 1);
    // Each sentence stands in the article that it names.
    for proposal in &proposals {
        for evidence in proposal["evidence"].as_array().unwrap() {
            let digest = evidence["article"].as_str().unwrap();
            let article = answer(cwd, &here(&["press", "show", digest]));
            let sentence = evidence["sentence"].as_str().unwrap();
            let paragraphs = article["paragraphs"].as_array().unwrap();
            let stands = |one: &Value| one.as_str().unwrap().contains(sentence);
            assert!(paragraphs.iter().any(stands), "{sentence}");
        }
    }
    // Menus and banners fell away, and what the page says of itself was read.
    let listed = answer(cwd, &here(&["press", "list"]));
    let courier = listed["articles"].as_array().unwrap();
    let courier = courier
        .iter()
        .find(|one| one["file"] == "courier.html")
        .unwrap();
    assert_eq!(courier["outlet"], "Morning Courier");
    let begins = &courier["article"].as_str().unwrap()[..10];
    let shown = legation(cwd, &here(&["press", "show", begins]));
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(
        shown.contains("bakery") && !shown.contains("cookies"),
        "{shown}"
    );

    // The two are copies of one story, and what the second one changed is told.
    let stories = listed["stories"].as_array().unwrap();
    assert_eq!(stories.len(), 1, "{listed:#}");
    let copies = stories[0]["articles"].as_array().unwrap();
    let copy = copies.iter().find(|one| !one["copy_of"].is_null()).unwrap();
    let added = copy["changes"]["added"].to_string() + &copy["changes"]["removed"].to_string();
    assert!(added.contains("bakery"), "{copy:#}");
    let people = legation(cwd, &here(&["press", "list"]));
    assert!(String::from_utf8(people.stdout).unwrap().contains("added"));

    // Nothing is on the record yet.
    let statements = || answer(cwd, &here(&["statement", "list"]))["statements"].clone();
    assert_eq!(statements(), json!([]));
    let id = |one: &Value| one["id"].as_str().unwrap().to_owned();
    let (objection, silent, talks) = (id(objection), id(silent), id(talks));
    let early = legation(cwd, &here(&["statement", "accept", &objection]));
    assert!(String::from_utf8_lossy(&early.stderr).contains("statement.incomplete"));
    let edit = [
        "statement",
        "edit",
        &objection,
        "--point",
        "opening",
        "--said",
        "2023-07-04",
    ];
    let edited = answer(cwd, &here(&edit));
    assert_eq!(
        (&edited["revised"], &edited["outcome"]),
        (&json!(true), &json!("waiting"))
    );
    let accept = [
        "statement",
        "accept",
        &objection,
        "--subject",
        "matter:tokyo",
    ];
    let accepted = answer(cwd, &here(&accept));
    assert_eq!(accepted["stance"], "objected");
    assert_eq!(accepted["said"], "2023-07-04T00:00:00.000000Z");
    assert_eq!(accepted["inside"]["proposal"], objection.as_str());
    assert_eq!(accepted["inside"]["evidence"].as_array().unwrap().len(), 2);
    let rejected = answer(
        cwd,
        &here(&["statement", "reject", &silent, "--reason", "says nothing"]),
    );
    assert_eq!(rejected["outcome"], "rejected");
    for (verb, rest) in [("accept", "--subject"), ("edit", "--subject")] {
        let late = legation(
            cwd,
            &here(&["statement", verb, &silent, rest, "matter:tokyo"]),
        );
        let said = String::from_utf8_lossy(&late.stderr).into_owned();
        assert!(said.contains("statement.decided"), "{said}");
    }
    assert_eq!(statements().as_array().unwrap().len(), 1);
    let left: Vec<String> = waiting(cwd).iter().map(id).collect();
    assert!(left.contains(&talks) && !left.contains(&silent) && !left.contains(&objection));
    // Another copy of what was decided does not ask again.
    let copy = LANTERN.replace("The plan has been", "For months the plan has been");
    std::fs::write(cwd.join("copy.txt"), copy).unwrap();
    let filed = answer(cwd, &here(&["press", "file", "copy.txt"]));
    assert_eq!(filed["filed"][0]["proposed"], json!([]), "{filed}");
    assert_eq!(waiting(cwd).len(), left.len());
    assert_eq!(serving.stop(), Some(0));
    let verified = legation(cwd, &["journal", "verify", "office"]);
    assert!(verified.status.success());
}
