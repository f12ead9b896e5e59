//! The recorded exchanges of the OASIS reference server (medallion 3.0.0), replayed: the same
//! requests over the same seed give the same statuses and the same objects.
//!
//! Where this office differs on purpose, [`EXCEPTIONS`] says why. Dates added are this office's
//! own, so no exchange is compared by date.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::{Value, json};

use super::venue::{Answer, MEDIA_TYPE, Venue};

/// Tests of the reference server, by how their names begin, that are not replayed.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "test_server_discovery",
        "another server with other API roots",
    ),
    (
        "test_get_api_root_information[",
        "another API root, with a description",
    ),
    (
        "test_get_status[",
        "the status is in the seed, not made by filing",
    ),
    (
        "test_get_collections[",
        "collections here are areas, not those of the seed",
    ),
    (
        "test_get_objects_added_after",
        "the seed's dates added are not ours",
    ),
    (
        "test_get_object_added_after",
        "the seed's dates added are not ours",
    ),
    (
        "test_get_manifest_added_after",
        "the seed's dates added are not ours",
    ),
    (
        "test_get_version_added_after",
        "the seed's dates added are not ours",
    ),
    (
        "test_get_objects_spec_version_20",
        "STIX 2.0 is not held: it is refused when filed",
    ),
    (
        "test_get_objects_spec_version_21_20",
        "STIX 2.0 is not held",
    ),
    ("test_get_object_spec_version_20", "STIX 2.0 is not held"),
    ("test_manifest_spec_version_20", "STIX 2.0 is not held"),
    ("test_get_version_spec_version_20", "STIX 2.0 is not held"),
    (
        "test_get_objects_match_type_spec_version",
        "files and reads STIX 2.0",
    ),
    ("test_delete_objects_spec_version", "deletes STIX 2.0"),
    ("test_SCO_versioning", "reads by the date of the recording"),
    (
        "test_object_already_present",
        "one object lacks `modified`, which STIX 2.1 section 3.2 requires",
    ),
    (
        "test_get_object_manifest_403",
        "a collection without rights is not there at all: 404",
    ),
    (
        "test_get_object_403",
        "a collection without rights is not there at all: 404",
    ),
];

/// The seed's collections and the areas that stand for them.
const COLLECTIONS: &[(&str, &str)] = &[
    ("91a7b528-80eb-42ed-a74d-c6fbd5a26116", "cyber"),
    ("365fed99-08fa-fdcd-a1b3-fb247eb41d01", "training"),
];

fn corpus() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("LEGATION_CORPUS")?).join("taxii");
    folder.join("exchanges.jsonl").exists().then_some(folder)
}

fn seeded(seed: &Value) -> Venue {
    let venue = Venue::open();
    let root = &seed["trustgroup1"];
    for (uuid, area) in COLLECTIONS {
        let collections = root["collections"].as_array().unwrap();
        let collection = collections.iter().find(|one| one["id"] == *uuid).unwrap();
        let dates: BTreeMap<String, String> = collection["manifest"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|record| {
                (
                    format!("{} {}", record["id"], record["version"]),
                    record["date_added"].to_string(),
                )
            })
            .collect();
        let mut objects = collection["objects"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let version = |object: &Value| object.get("modified").or(object.get("created")).cloned();
        objects.sort_by_key(|object| {
            let version = version(object).unwrap_or_default();
            dates.get(&format!("{} {version}", object["id"])).cloned()
        });
        for object in objects {
            // STIX 2.0 is refused; everything else is filed, oldest first.
            let body = json!({"objects": [object]}).to_string();
            let status = venue.post(&venue.chief, area, &body).expect(202);
            let old = object.get("spec_version").is_none();
            assert_eq!(status["failure_count"], u32::from(old), "{status}");
        }
    }
    venue
}

/// What an answer gives: ids with versions, or version texts.
fn given(body: &Value) -> BTreeSet<String> {
    let list = |name: &str| body[name].as_array().cloned().unwrap_or_default();
    let objects = list("objects").into_iter().map(|object| {
        let version = ["modified", "version", "created"]
            .iter()
            .find_map(|name| object[*name].as_str());
        format!(
            "{} {}",
            object["id"].as_str().unwrap(),
            version.unwrap_or_default()
        )
    });
    let versions = list("versions")
        .into_iter()
        .map(|version| version.as_str().unwrap().to_owned());
    objects.chain(versions).collect()
}

/// The same request in this office's words.
fn replay(venue: &Venue, exchange: &Value, learnt: &BTreeMap<String, String>) -> Answer {
    let mut path = exchange["path"]
        .as_str()
        .unwrap()
        .replace("/trustgroup1/", "/taxii2/tokyo/");
    for (unknown, here) in [
        ("/trustgroup2/", "/taxii2/trustgroup2/"),
        ("/carbon1/", "/taxii2/carbon1/"),
    ] {
        path = path.replace(unknown, here);
    }
    let mut query = exchange["query"].as_str().unwrap().to_owned();
    for (uuid, area) in COLLECTIONS {
        path = path.replace(uuid, area);
    }
    for (theirs, ours) in learnt {
        path = path.replace(theirs, ours);
        query = query.replace(theirs, ours);
    }
    if !query.is_empty() {
        path = format!("{path}?{query}");
    }
    let bearer = format!("Bearer {}", venue.chief);
    let mut headers = Vec::new();
    for (name, value) in exchange["headers"].as_object().unwrap() {
        match name.as_str() {
            "Authorization" => headers.push(("authorization", bearer.as_str())),
            "Accept" => headers.push(("accept", value.as_str().unwrap())),
            "Content-Type" => headers.push(("content-type", MEDIA_TYPE)),
            _ => {}
        }
    }
    let body = match &exchange["body"] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        body => body.to_string(),
    };
    venue.send(
        exchange["method"].as_str().unwrap(),
        &path,
        &headers,
        body.as_bytes(),
    )
}

#[test]
fn the_reference_server_answers_alike() {
    let Some(folder) = corpus() else {
        println!("corpus not present: taxii");
        return;
    };
    let seed = std::fs::read_to_string(folder.join("seed.json")).unwrap();
    let seed: Value = serde_json::from_str(&seed).unwrap();
    let text = std::fs::read_to_string(folder.join("exchanges.jsonl")).unwrap();
    let mut tests: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in text.lines() {
        let exchange: Value = serde_json::from_str(line).unwrap();
        tests
            .entry(exchange["test"].as_str().unwrap().to_owned())
            .or_default()
            .push(exchange);
    }
    let (mut replayed, mut unused) = (0, EXCEPTIONS.to_vec());
    let fresh = seeded(&seed);
    for (test, mut exchanges) in tests {
        if let Some((name, _)) = EXCEPTIONS.iter().find(|(name, _)| test.starts_with(name)) {
            unused.retain(|(other, _)| other != name);
            continue;
        }
        exchanges.sort_by_key(|exchange| exchange["seq"].as_u64());
        let writes = exchanges.iter().any(|exchange| exchange["method"] != "GET");
        let own = writes.then(|| seeded(&seed));
        let venue = own.as_ref().unwrap_or(&fresh);
        // What the recorded server made up, and what this office made up in its place.
        let mut learnt: BTreeMap<String, String> = BTreeMap::new();
        for exchange in &exchanges {
            let what = format!("{test} {}", exchange["seq"]);
            let answer = replay(venue, exchange, &learnt);
            assert_eq!(
                u64::from(answer.status),
                exchange["status"].as_u64().unwrap(),
                "{what}: {}",
                answer.text()
            );
            replayed += 1;
            if answer.status >= 300 || answer.body.is_empty() {
                continue;
            }
            let (ours, theirs) = (answer.json(), &exchange["resp"]);
            for name in ["next", "id"] {
                if let (Some(theirs), Some(ours)) = (theirs[name].as_str(), ours[name].as_str()) {
                    learnt.insert(theirs.to_owned(), ours.to_owned());
                }
            }
            for name in [
                "success_count",
                "failure_count",
                "pending_count",
                "total_count",
            ] {
                assert_eq!(ours[name], theirs[name], "{what}");
            }
            assert_eq!(ours["more"] == true, theirs["more"] == true, "{what}");
            assert_eq!(given(&ours), given(theirs), "{what}");
        }
    }
    assert_eq!(unused, [], "exceptions that except nothing");
    assert!(replayed > 60, "{replayed} exchanges");
}
