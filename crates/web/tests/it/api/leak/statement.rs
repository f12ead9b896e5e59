//! Statements in the scene: about the agreement of ELSEWHERIA, about that of JPN, and about a matter
//! of the office's own; and an article that the office keeps, with what was found in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use legation_core::id::Digest;
use serde_json::{Value, json};

use crate::api::counter::Counter;

const ARTICLE: &str = "The hidden headline of the day\n\nThe hidden spokesman of the French government \
    denied the report on Monday.\n\nThe hidden city slept well and nobody spoke of it for long.\n";

/// What JPN must not be told.
pub(super) const SECRETS: [&str; 6] = [
    "said in another room",
    "said of other matters",
    "statement-nato-elsewheria",
    "hidden headline",
    "hidden spokesman",
    "recorded in error",
];

/// The choices for a parameter, if it is one of these.
pub(super) fn choices(name: &str) -> Option<Vec<String>> {
    let list: &[&str] = match name {
        "statement" => &[
            "statement-nato-elsewheria",
            "statement-nato-jpn",
            "statement-nato-xyz",
        ],
        "subject" => &[
            "agreement:nato-elsewheria",
            "agreement:nato-jpn",
            "agreement:nato-xyz",
            "matter:nato-elsewheria",
            "matter:nato-xyz",
            "office:tokyo",
            "x",
        ],
        "proposal" => &["proposal-x"],
        "article" => {
            let digest = Digest::of(ARTICLE.as_bytes()).to_string();
            return Some(vec![digest, "0".repeat(64)]);
        }
        _ => return None,
    };
    Some(list.iter().map(|one| (*one).to_owned()).collect())
}

/// The queries worth asking.
pub(super) fn queries() -> Vec<String> {
    [
        "?subject=agreement:nato-elsewheria",
        "?subject=agreement:nato-jpn",
        "?after=statement-nato-elsewheria",
        "?after=statement-nato-jpn",
        "?party=FRA",
        "?stance=denied",
        "?limit=1",
    ]
    .map(String::from)
    .to_vec()
}

fn said(id: &str, subject: &str, text: &str) -> Value {
    json!({"id": id, "subject": subject, "point": "date", "stance": "denied", "party": "FRA",
        "said": "2020-01-01T00:00:00Z", "text": text})
}

/// Records all of it.
pub(super) fn stage(office: &Counter) {
    let chief = &office.chief;
    let add = |new: &Value| office.post(chief, "/statements", new).expect(201);
    let hidden = "agreement:nato-elsewheria";
    add(&said(
        "statement-nato-elsewheria",
        hidden,
        "said in another room",
    ));
    add(&said(
        "matter-1",
        "matter:nato-elsewheria",
        "said of other matters",
    ));
    let content = STANDARD.encode(ARTICLE);
    let article = json!({"name": "hidden headline.txt", "content": content});
    let filed = office.post(chief, "/press/articles", &article).expect(201);
    assert_eq!(filed["proposed"].as_array().unwrap().len(), 1, "{filed}");
    let mut open = said("statement-nato-jpn", "agreement:nato-jpn", "said of ours");
    let sentence = "The hidden spokesman of the French government denied the report on Monday.";
    open["evidence"] = json!([{"article": filed["article"], "sentence": sentence}]);
    add(&open);
    let wrong = said("wrong", "agreement:nato-jpn", "said of ours, wrongly");
    add(&wrong);
    let reason = json!({"reason": "recorded in error"});
    office
        .post(chief, "/statements/wrong/retract", &reason)
        .expect(200);
}

/// What the partner does see is what was said about its own agreement, without where it came from.
pub(super) fn inspect(office: &Counter, jpn: &str) {
    let shown = office
        .get(jpn, "/statements/statement-nato-jpn")
        .expect(200);
    assert_eq!(shown["text"], "said of ours");
    assert_eq!(shown["inside"], Value::Null);
    let listed = office.get(jpn, "/statements").expect(200);
    assert_eq!(listed["statements"].as_array().unwrap().len(), 2);
    let subjects = office.get(jpn, "/subjects").expect(200);
    assert_eq!(subjects["subjects"].as_array().unwrap().len(), 1);
    let page = office.get(jpn, "/subjects/agreement:nato-jpn").expect(200);
    assert_eq!(page["points"][0]["standing"], "denied");
    assert_eq!(page["struck"].as_array().unwrap().len(), 1);
    let whole = office.get(&office.chief, "/statements").text()
        + &office.get(&office.chief, "/press/proposals").text()
        + &office.get(&office.chief, "/press/articles").text();
    for secret in SECRETS {
        assert!(whole.contains(secret), "{secret}");
    }
    let subjects = office.get(&office.chief, "/subjects").expect(200);
    assert_eq!(subjects["subjects"].as_array().unwrap().len(), 3);
}
