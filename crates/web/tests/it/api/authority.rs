//! Whose an object is: nobody makes a new version of another's object by filing one.

use serde_json::{Value, json};

use super::counter::Counter;
use super::paper::{GREEN, agreement, id, indicator};

const CREATOR: &str = "identity--00000000-0000-4000-8000-0000000000c1";

const OFFICE_OF_ANOTHER: &str = "identity--00000000-0000-4000-8000-0000000000c9";

/// A version of the indicator of that number, made by that creator.
fn version(number: u32, day: u32, creator: Option<&str>, name: &str) -> Value {
    let mut object = indicator(number, GREEN);
    object["modified"] = json!(format!("2024-01-{day:02}T00:00:00.000Z"));
    object["name"] = json!(name);
    if let Some(creator) = creator {
        object["created_by_ref"] = json!(creator);
    }
    object
}

/// The names that a party reads, whatever versions it asks for.
fn names(office: &Counter, token: &str) -> Vec<Vec<String>> {
    let asked = ["", "&match[version]=all", "&match[version]=first"];
    let read = |query: &&str| {
        let path = format!("/taxii2/tokyo/collections/cyber/objects/?limit=50{query}");
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("accept", "application/taxii+json;version=2.1"),
        ];
        let page = office.send("GET", &path, &headers, b"").expect(200);
        let objects = page["objects"].as_array().cloned().unwrap_or_default();
        let name = |object: &Value| object["name"].as_str().unwrap().to_owned();
        objects.iter().map(name).collect()
    };
    asked.iter().map(read).collect()
}

fn every(names: &[&str]) -> Vec<Vec<String>> {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    vec![names.clone(), names.clone(), names]
}

struct Scene {
    office: Counter,
    creator: String,
    attacker: String,
    reader: String,
}

fn scene() -> Scene {
    let office = Counter::open();
    let admit = |code| office.admit(code, "partner");
    let (creator, attacker, reader) = (admit("JPN"), admit("KOR"), admit("AUS"));
    for code in ["JPN", "KOR", "AUS"] {
        office.agree(&agreement(code, 1, "AMBER", &["partners"]), code);
    }
    Scene {
        office,
        creator,
        attacker,
        reader,
    }
}

#[test]
fn a_later_version_by_another_is_a_claim_and_no_version() {
    let Scene {
        office,
        creator,
        attacker,
        reader,
    } = scene();
    office.file(&creator, "cyber", &[version(1, 1, Some(CREATOR), "true")]);
    for forged in [
        version(1, 2, Some(CREATOR), "forged"),
        version(1, 3, None, "forged without a creator"),
        version(
            1,
            4,
            Some("identity--00000000-0000-4000-8000-0000000000c2"),
            "forged as another",
        ),
    ] {
        office.file(&attacker, "cyber", &[forged]);
    }
    let mut revoked = version(1, 5, Some(CREATOR), "forged revocation");
    revoked["revoked"] = json!(true);
    office.file(&attacker, "cyber", &[revoked]);
    let chief = office.chief.clone();
    for token in [&reader, &creator, &chief, &attacker] {
        assert_eq!(names(&office, token), every(&["true"]));
    }
    // The officer is told; the others learn of nobody else's claims.
    let claims = office.get(&chief, "/claims").expect(200);
    let claims = claims["claims"].as_array().unwrap().clone();
    assert_eq!(claims.len(), 4);
    for claim in &claims {
        assert_eq!(
            (&claim["claimant"], &claim["author"]),
            (&json!("KOR"), &json!("JPN"))
        );
        assert_eq!(
            (&claim["record"], &claim["granted"]),
            (&json!(id(1)), &json!(false))
        );
    }
    let own = office.get(&attacker, "/claims").expect(200);
    assert_eq!(own["claims"].as_array().unwrap().len(), 4);
    assert_eq!(own["claims"][0].get("author"), None);
    for token in [&reader, &creator] {
        assert_eq!(
            office.get(token, "/claims").expect(200),
            json!({"claims": [], "more": false})
        );
    }
    // Who asks why is told of the version that it reads; the officer, of what is in the way.
    let why = office
        .get(&reader, &format!("/why?party=AUS&record={}", id(1)))
        .expect(200);
    assert_eq!(why["record_version"], "2024-01-01T00:00:00.000000Z");
    office.file(
        &attacker,
        "cyber",
        &[version(8, 1, Some(OFFICE_OF_ANOTHER), "relayed")],
    );
    let identity = json!({"identity": OFFICE_OF_ANOTHER});
    office
        .post(&chief, "/parties/JPN/identities", &identity)
        .expect(201);
    let why = format!("/why?party=AUS&record={}", id(8));
    let told = office.get(&chief, &why).expect(200);
    assert!(
        told["text"]
            .as_str()
            .unwrap()
            .contains("claim: the object is JPN's"),
        "{told}"
    );
    assert_eq!(office.get(&reader, &why).status, 404);
    let own = format!("/why?party=KOR&record={}", id(8));
    assert_eq!(
        office.get(&attacker, &own).expect(200)["rule"],
        "originator"
    );
    let end = json!({"record": id(8), "reason": "x"});
    office.post(&chief, "/withdraw", &end).expect(200);
    // The creator's own next version is one.
    office.file(
        &creator,
        "cyber",
        &[version(1, 3, Some(CREATOR), "true again")],
    );
    assert_eq!(names(&office, &reader)[0], ["true again"]);
    assert_eq!(names(&office, &reader)[1], ["true", "true again"]);
    // A copy of it is no claim.
    office.file(&attacker, "cyber", &[version(1, 1, Some(CREATOR), "true")]);
    let claims = office.get(&chief, "/claims").expect(200);
    assert_eq!(claims["claims"].as_array().unwrap().len(), 4);
}

#[test]
fn who_filed_first_yields_to_who_speaks_for_the_creator() {
    let Scene {
        office,
        creator,
        attacker,
        reader,
    } = scene();
    let chief = office.chief.clone();
    office.file(
        &attacker,
        "cyber",
        &[version(1, 9, Some(CREATOR), "forged")],
    );
    office.file(&creator, "cyber", &[version(1, 1, Some(CREATOR), "true")]);
    office.file(
        &attacker,
        "cyber",
        &[version(2, 1, Some(CREATOR), "forged alone")],
    );
    assert_eq!(names(&office, &reader), every(&["forged", "forged alone"]));

    let identity = json!({"identity": CREATOR});
    let path = "/parties/JPN/identities";
    let asked = office.post(&creator, path, &identity).expect(201);
    assert_eq!(asked["granted"], false);
    assert_eq!(
        names(&office, &reader),
        every(&["forged", "forged alone"]),
        "a question changes nothing"
    );
    let granted = office.post(&chief, path, &identity).expect(201);
    assert_eq!(granted["granted"], true);
    assert_eq!(names(&office, &reader), every(&["true"]));
    let listed = office.get(&creator, path).expect(200);
    assert_eq!(
        listed["identities"],
        json!([{"identity": CREATOR, "party": "JPN", "granted": true}])
    );
    // Nobody else can be granted it, and who asks is told nothing.
    let taken = office.post(&chief, "/parties/KOR/identities", &identity);
    assert_eq!(taken.refusal(409), "identity.taken");
    let asked = office.post(&attacker, "/parties/KOR/identities", &identity);
    assert_eq!(asked.expect(201)["granted"], false);
    let claims = office.get(&chief, "/claims").expect(200);
    assert!(
        claims["claims"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["granted"] == true)
    );

    let removed = office.post(&chief, "/parties/JPN/identities/remove", &identity);
    assert_eq!(removed.expect(200)["removed"], true);
    assert_eq!(names(&office, &reader), every(&["forged", "forged alone"]));
    let malformed = json!({"identity": "tool--00000000-0000-4000-8000-0000000000c1"});
    let refused = office.post(&chief, path, &malformed);
    assert_eq!(refused.refusal(422), "identity.malformed");
}
