//! The whole life: parties, clients, an agreement from its draft to its end, records and answers.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use legation_core::agreement::signature::sign;
use legation_core::entry::commitment;
use legation_tree::{NoteVerifier, TlogProof, leaf_hash};
use serde_json::{Value, json};

use super::counter::{Counter, key};
use super::paper::{AMBER, GREEN, RED, agreement, charter, id, indicator, relationship};

/// The ids that a party reads, in order.
fn reads(office: &Counter, token: &str) -> Vec<String> {
    let page = office.read(token, "cyber").expect(200);
    let objects = page["objects"].as_array().cloned().unwrap_or_default();
    objects
        .iter()
        .map(|object| object["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn parties_keys_clients_and_persons_come_and_go() {
    let office = Counter::open();
    let chief = office.chief.clone();
    let about = office.get(&chief, "/office").expect(200);
    assert_eq!(about["alliance"], "NATO");
    assert_eq!(about["office"], "Tokyo");
    assert_eq!(about["name"], "North Atlantic Treaty Organization");
    assert_eq!(about["records"], 0);

    let new = json!({"code": "JPN", "name": "Japan", "status": "partner", "zone": "Asia/Tokyo"});
    let made = office.post(&chief, "/parties", &new).expect(201);
    assert_eq!(
        made,
        json!({"code": "JPN", "name": "Japan", "status": "partner", "zone": "Asia/Tokyo"})
    );
    assert_eq!(
        office.post(&chief, "/parties", &new).refusal(409),
        "party.exists"
    );
    for (change, place, code) in [
        (json!({"status": "ally"}), "status", "party.unknown-status"),
        (json!({"zone": "Asia/Tokio"}), "zone", "party.unknown-zone"),
    ] {
        let mut bad = json!({"code": "KOR", "name": "Korea", "status": "partner"});
        bad.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let answer = office.post(&chief, "/parties", &bad);
        assert_eq!(answer.refusal(422), code);
        assert_eq!(answer.json()["error"]["where"], place);
    }
    let host = json!({"code": "EU", "name": "x", "status": "host"});
    assert_eq!(
        office.post(&chief, "/parties", &host).refusal(409),
        "party.one-host"
    );

    let line = key("JPN").1;
    let added = office
        .post(&chief, "/parties/JPN/keys", &json!({"key": line}))
        .expect(201);
    let print = added["fingerprint"].clone();
    assert!(print.as_str().unwrap().starts_with("SHA256:"));
    let again = office.post(&chief, "/parties/JPN/keys", &json!({"key": line}));
    assert_eq!(again.refusal(409), "party.key-exists");
    let keys = office.get(&chief, "/parties/JPN/keys").expect(200);
    assert_eq!(keys["keys"][0]["fingerprint"], print);
    assert_eq!(keys["keys"][0]["revoked"], Value::Null);
    let revoke = json!({"fingerprint": print});
    let revoked = office
        .post(&chief, "/parties/JPN/keys/revoke", &revoke)
        .expect(200);
    assert_eq!(
        revoked,
        json!({"party": "JPN", "fingerprint": print, "revoked": true})
    );
    let keys = office.get(&chief, "/parties/JPN/keys").expect(200);
    assert!(keys["keys"][0]["revoked"].is_string());
    let twice = office.post(&chief, "/parties/JPN/keys/revoke", &revoke);
    assert_eq!(twice.refusal(404), "party.unknown-key");

    let client = office
        .post(&chief, "/parties/JPN/clients", &json!({"name": "feed"}))
        .expect(201);
    assert_eq!(client["user"], "JPN/feed");
    let password = client["password"].as_str().unwrap().to_owned();
    let basic = STANDARD.encode(format!("JPN/feed:{password}"));
    let header = format!("Basic {basic}");
    let headers = [("authorization", header.as_str())];
    let own = office
        .send("GET", "/api/v1/office", &headers, b"")
        .expect(200);
    assert_eq!(own.get("records"), None, "{own}");
    assert_eq!(own["log_key"], about["log_key"]);
    let clients = office.get(&password, "/parties/JPN/clients").expect(200);
    assert_eq!(
        clients,
        json!({"clients": [
            {"name": "feed", "live": true, "certificates": [], "only_by_certificate": false}
        ]})
    );
    let name = json!({"name": "feed"});
    let gone = office
        .post(&chief, "/parties/JPN/clients/revoke", &name)
        .expect(200);
    assert_eq!(
        gone,
        json!({"party": "JPN", "client": "feed", "revoked": true})
    );
    assert_eq!(
        office.get(&password, "/office").refusal(401),
        "web.unauthorized"
    );
    let twice = office.post(&chief, "/parties/JPN/clients/revoke", &name);
    assert_eq!(twice.refusal(404), "party.unknown-client");
    let nobody = office.post(&chief, "/parties/XYZ/clients", &name);
    assert_eq!(nobody.refusal(404), "party.unknown");

    let parties = office.get(&chief, "/parties").expect(200);
    let codes: Vec<_> = parties["parties"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["code"])
        .collect();
    assert_eq!(codes, ["NATO", "JPN"]);
    assert_eq!(parties["parties"][1]["keys"], 1);
}

#[test]
fn a_sign_in_link_is_used_once() {
    let office = Counter::open();
    office.admit("JPN", "partner");
    let person = json!({"name": "sato", "role": "delegate"});
    let made = office
        .post(&office.chief, "/parties/JPN/persons", &person)
        .expect(201);
    let secret = made["secret"].as_str().unwrap();
    let link = made["link"].as_str().unwrap();
    assert!(link.starts_with("http://127.0.0.1:"), "{link}");
    assert!(link.ends_with(&format!("/sign-in?link={secret}")), "{link}");
    assert_eq!(
        office.get(secret, "/office").refusal(401),
        "web.unauthorized"
    );

    let signed = office
        .post("", "/sign-in", &json!({"link": secret}))
        .expect(200);
    assert_eq!(signed["person"], "sato");
    assert_eq!(signed["role"], "delegate");
    let token = signed["token"].as_str().unwrap();
    office.get(token, "/office").expect(200);
    let again = office.post("", "/sign-in", &json!({"link": secret}));
    let wrong = office.post("", "/sign-in", &json!({"link": "x"}));
    assert_eq!(again.refusal(404), "engine.not-found");
    assert_eq!(again.body, wrong.body);

    let host = json!({"name": "berg", "role": "officer"});
    let made = office
        .post(&office.chief, "/parties/NATO/persons", &host)
        .expect(201);
    let signed = office
        .post("", "/sign-in", &json!({"link": made["secret"]}))
        .expect(200);
    let officer = signed["token"].as_str().unwrap();
    office.get(officer, "/parties").expect(200);
    for (party, role) in [("JPN", "officer"), ("NATO", "delegate"), ("JPN", "client")] {
        let person = json!({"name": "x", "role": role});
        let path = format!("/parties/{party}/persons");
        assert_eq!(
            office.post(officer, &path, &person).refusal(422),
            "party.role"
        );
    }
}

#[test]
fn a_link_names_the_public_address() {
    let office = Counter::with(legation_web::Settings {
        public_url: Some("https://office.example/".into()),
        ..Default::default()
    });
    let person = json!({"name": "berg", "role": "officer"});
    let made = office
        .post(&office.chief, "/parties/NATO/persons", &person)
        .expect(201);
    let link = made["link"].as_str().unwrap();
    assert!(
        link.starts_with("https://office.example/sign-in?link="),
        "{link}"
    );
}

#[test]
fn house_rules_are_read_and_set() {
    let office = Counter::open();
    let answer = office.get(&office.chief, "/house");
    assert_eq!(answer.status, 200);
    let rules = answer.text();
    let wider = format!("{rules}\n[[area]]\nname = \"energy\"\ntitle = \"Energy security\"\n");
    let set = office.put_file(&office.chief, "/house", &wider).expect(200);
    assert_eq!(set, json!({"in_force": true}));
    assert_eq!(office.get(&office.chief, "/house").text(), wider);
    let filed = office.file(&office.chief, "energy", &[indicator(1, GREEN)]);
    assert_eq!(filed["filed"], 1);

    let broken = office.put_file(&office.chief, "/house", &format!("{wider}surprise = 1\n"));
    let body = broken.expect(422);
    let fault = &body["faults"][0];
    assert!(fault["line"].as_u64().unwrap() > 30, "{body}");
    assert!(
        body["error"]["where"]
            .as_str()
            .unwrap()
            .starts_with("line "),
        "{body}"
    );
    assert_eq!(office.get(&office.chief, "/house").text(), wider);
}

#[test]
fn an_agreement_lives_from_its_draft_to_its_end() {
    let office = Counter::open();
    let chief = office.chief.clone();
    let jpn = office.admit("JPN", "partner");
    let draft = agreement("JPN", 1, "AMBER", &["members"]);

    let wrong = draft.replace("area = \"cyber\"", "area = \"cybr\"");
    for path in ["/agreements/check", "/agreements", "/agreements/rehearse"] {
        let body = office.post_file(&chief, path, &wrong).expect(422);
        let faults = body["faults"].as_array().unwrap();
        assert_eq!(faults.len(), 2, "{body}");
        assert_eq!(faults[0]["line"], 10, "{body}");
        let place = format!("line 10, column {}", faults[0]["column"]);
        assert_eq!(body["error"]["where"], Value::String(place));
        assert_eq!(body["error"]["code"], faults[0]["code"]);
    }
    let checked = office
        .post_file(&chief, "/agreements/check", &draft)
        .expect(200);
    assert_eq!(checked["parties"], json!(["NATO", "JPN"]));
    let tabled = office.post_file(&chief, "/agreements", &draft).expect(201);
    assert_eq!(tabled["digest"], checked["digest"]);
    assert_eq!(office.post_file(&chief, "/agreements", &draft).status, 409);
    let shown = office.get(&chief, "/agreements/nato-jpn").expect(200);
    assert_eq!(shown["state"], "tabled");
    let file = office.get(&jpn, "/agreements/nato-jpn/file?version=1");
    assert_eq!((file.status, file.text()), (200, draft.clone()));

    let one = office.sign("nato-jpn", &json!(1), "NATO", &draft);
    assert_eq!(one["state"], "signed by one");
    let path = "/agreements/nato-jpn/signatures";
    let mine = |bytes: &str| {
        let signature = sign(bytes.as_bytes(), &key("JPN").0).unwrap();
        json!({"version": 1, "party": "JPN", "signature": signature})
    };
    // One bit of the text, and the host's key in the partner's name.
    let flipped = draft.replace("It takes.", "It takes,");
    let other = office.post(&jpn, path, &mine(&flipped));
    assert_eq!(other.refusal(422), "signature.invalid");
    let host = sign(draft.as_bytes(), &key("NATO").0).unwrap();
    let forged = json!({"version": 1, "party": "JPN", "signature": host});
    assert_eq!(
        office.post(&jpn, path, &forged).refusal(422),
        "signature.unknown-key"
    );
    // The partner cannot sign for the host, whatever it holds.
    let host = json!({"version": 1, "party": "NATO", "signature": host});
    assert_eq!(
        office.post(&jpn, path, &host).refusal(404),
        "engine.not-found"
    );
    let signed = office.post(&jpn, path, &mine(&draft)).expect(200);
    assert_eq!(signed["state"], "in force");
    let signers: Vec<_> = signed["signatures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| &s["party"])
        .collect();
    assert_eq!(signers, ["NATO", "JPN"]);
    assert_eq!(office.post(&jpn, path, &mine(&draft)).status, 409);

    office.file(
        &chief,
        "cyber",
        &[indicator(1, GREEN), indicator(2, AMBER), indicator(3, RED)],
    );
    assert_eq!(reads(&office, &jpn), [id(1), id(2)]);

    let reason = json!({"reason": "a leak is looked into"});
    let stopped = office
        .post(&chief, "/agreements/nato-jpn/suspend", &reason)
        .expect(200);
    assert_eq!(
        (&stopped["state"], &stopped["suspended"]),
        (&json!("suspended"), &json!(true))
    );
    assert_ne!(office.read(&jpn, "cyber").status, 200);
    let why = office
        .get(&chief, &format!("/why?party=JPN&record={}", id(1)))
        .expect(200);
    assert_eq!(
        (&why["released"], &why["reason"]),
        (&json!(false), &json!("gate.suspended"))
    );
    assert_eq!(
        office
            .post(&chief, "/agreements/nato-jpn/suspend", &reason)
            .status,
        409
    );
    let on = office
        .post(&chief, "/agreements/nato-jpn/resume", &reason)
        .expect(200);
    assert_eq!(
        (&on["state"], &on["suspended"]),
        (&json!("in force"), &json!(false))
    );
    assert_eq!(reads(&office, &jpn), [id(1), id(2)]);

    let past = json!({"reason": "x", "effective": "2020-01-01T00:00:00Z"});
    let path = "/agreements/nato-jpn/terminate";
    assert_eq!(office.post(&chief, path, &past).status, 409);
    let over = office
        .post(&chief, path, &json!({"reason": "it is over"}))
        .expect(200);
    assert_eq!(over["state"], "ended");
    assert!(over["terminated"].is_string());
    assert_ne!(office.read(&jpn, "cyber").status, 200);
    let listed = office.get(&jpn, "/agreements").expect(200);
    assert_eq!(listed["agreements"][0]["state"], "ended");
    for path in ["/agreements/nato-kor", "/agreements/nato-jpn?version=2"] {
        assert_eq!(office.get(&chief, path).refusal(404), "engine.not-found");
    }
}

#[test]
fn a_signature_by_the_real_ssh_keygen_counts() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "kor", "-f"])
        .arg(path("kor"))
        .status();
    let Ok(made) = made else {
        println!("corpus not present: ssh-keygen");
        return;
    };
    assert!(made.success());
    let office = Counter::open();
    let new = json!({
        "code": "KOR", "name": "Korea", "status": "partner",
        "key": std::fs::read_to_string(path("kor.pub")).unwrap(),
    });
    office.post(&office.chief, "/parties", &new).expect(201);
    let file = agreement("KOR", 1, "AMBER", &["members"]);
    office
        .post_file(&office.chief, "/agreements", &file)
        .expect(201);
    office.sign("nato-kor", &json!(1), "NATO", &file);
    std::fs::write(path("file.md"), &file).unwrap();
    let sign = |namespace: &str| {
        let _ = std::fs::remove_file(path("file.md.sig"));
        let done = Command::new("ssh-keygen")
            .args(["-q", "-Y", "sign", "-n", namespace, "-f"])
            .args([path("kor"), path("file.md")])
            .status()
            .unwrap();
        assert!(done.success());
        let signature = std::fs::read_to_string(path("file.md.sig")).unwrap();
        let body = json!({"version": 1, "party": "KOR", "signature": signature});
        office.post(&office.chief, "/agreements/nato-kor/signatures", &body)
    };
    assert_eq!(sign("file").refusal(422), "signature.namespace");
    assert_eq!(sign("legation-agreement").expect(200)["state"], "in force");
}

#[test]
fn records_are_filed_answered_for_and_withdrawn() {
    let office = Counter::open();
    let chief = office.chief.clone();
    let (jpn, kor) = (
        office.admit("JPN", "partner"),
        office.admit("KOR", "partner"),
    );
    let fra = office.admit("FRA", "member");
    office.agree(&charter(), "FRA");
    office.agree(&agreement("JPN", 1, "AMBER", &["KOR", "members"]), "JPN");
    office.agree(&agreement("KOR", 1, "AMBER", &["members"]), "KOR");

    let mut other = indicator(10, GREEN);
    let filed = office.file(
        &jpn,
        "cyber",
        &[other.clone(), json!({"type": "indicator"})],
    );
    assert_eq!(filed["filed"], 1);
    assert_eq!(filed["refused"][0]["index"], 1);
    let status = format!(
        "/taxii2/tokyo/status/{}/",
        filed["status"].as_str().unwrap()
    );
    let authorization = format!("Bearer {jpn}");
    let headers = [
        ("authorization", authorization.as_str()),
        ("accept", "application/taxii+json;version=2.1"),
    ];
    assert_eq!(
        office.send("GET", &status, &headers, b"").expect(200)["failure_count"],
        1
    );
    assert_eq!(office.file(&jpn, "cyber", &[other.clone()])["unchanged"], 1);
    other["pattern"] = json!("[domain-name:value = 'changed.example']");
    let refused = office.file(&jpn, "cyber", &[other]);
    assert_eq!(refused["refused"][0]["reason"], "file.other-bytes");
    assert_eq!(refused["refused"][0]["record"], Value::String(id(10)));
    office.file(&chief, "cyber", &[indicator(1, GREEN), indicator(3, RED)]);
    for path in ["/areas/weather/records", "/areas/NO SUCH/records"] {
        let path = path.replace(' ', "%20");
        let lost = office.post(&chief, &path, &super::paper::bundle(&[]));
        assert!(lost.refusal(404).ends_with("unknown-area") || path.contains("%20"));
    }

    assert_eq!(reads(&office, &kor), [id(10), id(1)]);
    assert_eq!(reads(&office, &fra), [id(10), id(1)]);

    // The office sees both clauses; the partner its own, and no other party.
    let ask = format!("/why?party=KOR&record={}", id(10));
    let why = office.get(&chief, &ask).expect(200);
    assert_eq!(
        (&why["released"], &why["rule"]),
        (&json!(true), &json!("take"))
    );
    assert_eq!(
        (&why["agreement"], &why["article"]),
        (&json!("nato-kor"), &json!("1"))
    );
    assert_eq!(
        why["give"],
        json!({"agreement": "nato-jpn", "version": 1, "article": "2"})
    );
    assert_eq!(why["originator"], "JPN");
    let answer = office.get(&kor, &ask);
    assert!(
        !answer.text().to_lowercase().contains("jpn"),
        "{}",
        answer.text()
    );
    assert_eq!(answer.expect(200)["article"], "1");
    let withheld = office
        .get(&chief, &format!("/why?party=KOR&record={}", id(3)))
        .expect(200);
    assert_eq!(withheld["rule"], "take");
    assert_eq!(withheld["reason"], "gate.level-exceeds");
    let hidden = office.get(&kor, &format!("/why?party=KOR&record={}", id(3)));
    let absent = office.get(&kor, &format!("/why?party=KOR&record={}", id(99)));
    assert_eq!(hidden.refusal(404), "engine.not-found");
    assert_eq!(hidden.body, absent.body);
    let of_another = office.get(&kor, &format!("/why?party=JPN&record={}", id(10)));
    assert_eq!(of_another.body, absent.body);

    let who = office
        .get(&chief, &format!("/who?record={}", id(10)))
        .expect(200);
    let received = who["received"].as_array().unwrap();
    let parties: Vec<_> = received.iter().map(|one| &one["party"]).collect();
    assert_eq!(parties, ["KOR", "FRA"]);
    assert_eq!(received[0]["agreement"], "nato-kor");
    assert_eq!(received[0]["account"], "KOR/feed");
    assert_eq!(received[0]["extent"], "bodies");
    assert_eq!(who["could"], json!(["FRA", "JPN", "KOR"]));

    // The receipt is an entry that the partner can prove.
    let receipt = &received[0]["receipt"];
    let mine = office.get(&kor, "/entries").expect(200);
    assert!(
        mine["entries"].as_array().unwrap().contains(receipt),
        "{mine}"
    );
    let later = office
        .get(&kor, &format!("/entries?from={receipt}&limit=1"))
        .expect(200);
    assert_eq!(later["entries"], json!([receipt]));
    let proof = office
        .get(&kor, &format!("/entries/{receipt}/proof"))
        .expect(200);
    verify(&proof);
    let foreign = office.get(&fra, &format!("/entries/{receipt}/proof"));
    let absent = office.get(&fra, "/entries/99999/proof");
    assert_eq!(foreign.refusal(404), "engine.not-found");
    assert_eq!(foreign.body, absent.body);
    let all = office.get(&chief, "/entries?limit=100000").expect(200);
    let entries = office.get(&chief, "/office").expect(200)["entries"]
        .as_u64()
        .unwrap();
    assert_eq!(all["entries"].as_array().unwrap().len() as u64, entries);
    for entry in all["entries"].as_array().unwrap() {
        verify(
            &office
                .get(&chief, &format!("/entries/{entry}/proof"))
                .expect(200),
        );
    }

    // Only whoever filed it may withdraw it, or the office.
    let end = json!({"record": id(10), "reason": "a false alarm"});
    assert_eq!(
        office.post(&kor, "/withdraw", &end).refusal(404),
        "engine.not-found"
    );
    let gone = office.post(&jpn, "/withdraw", &end).expect(200);
    assert_eq!(gone["withdrawn"], 1);
    assert_eq!(
        (&gone["received"], &gone["recipients"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(reads(&office, &kor), [id(1)]);
    assert_eq!(
        office.post(&jpn, "/withdraw", &end).refusal(404),
        "engine.not-found"
    );
    let end = json!({"record": id(1), "version": "2024-01-01T00:00:00Z", "reason": "old"});
    let gone = office.post(&chief, "/withdraw", &end).expect(200);
    assert_eq!(gone["recipients"], json!(["FRA", "KOR"]));
    assert!(reads(&office, &kor).is_empty());
    let end = json!({"record": id(10), "reason": "by order of a court"});
    let erased = office.post(&chief, "/erase", &end).expect(200);
    assert_eq!(
        (&erased["erased"], &erased["recipients"]),
        (&json!(1), &json!(["FRA", "KOR"]))
    );
    let who = office
        .get(&chief, &format!("/who?record={}", id(10)))
        .expect(200);
    assert_eq!(who["could"], json!([]));
}

/// Checks a proof as an auditor would who has the log's key and nothing else of the office.
fn verify(proof: &Value) {
    let decode = |name: &str| STANDARD.decode(proof[name].as_str().unwrap()).unwrap();
    let nonce: [u8; 32] = decode("nonce").try_into().unwrap();
    let mut frame = decode("frame");
    let known = [NoteVerifier::parse(proof["log_key"].as_str().unwrap()).unwrap()];
    let parsed = TlogProof::parse(proof["proof"].as_str().unwrap()).unwrap();
    assert_eq!(json!(parsed.index), proof["entry"]);
    let leaf = |frame: &[u8]| leaf_hash(commitment(&nonce, frame).as_bytes());
    parsed.verify(leaf(&frame), &known).unwrap();
    *frame.last_mut().unwrap() ^= 1;
    parsed.verify(leaf(&frame), &known).unwrap_err();
}

#[test]
fn a_whole_corpus_goes_in_with_one_request() {
    let corpus = std::env::var_os("LEGATION_CORPUS").map(std::path::PathBuf::from);
    let path = corpus.map(|corpus| corpus.join("attack/enterprise-attack.json"));
    let Some(bytes) = path.and_then(|path| std::fs::read(path).ok()) else {
        println!("corpus not present: attack");
        return;
    };
    let office = Counter::open();
    let kind = "application/json";
    let path = "/areas/cyber/records";
    let filed = office
        .ask(&office.chief, "POST", path, kind, &bytes)
        .expect(200);
    let bundle: Value = serde_json::from_slice(&bytes).unwrap();
    let objects = bundle["objects"].as_array().unwrap().len();
    assert_eq!(
        (&filed["filed"], &filed["refused"]),
        (&json!(objects), &json!([]))
    );
    let again = office
        .ask(&office.chief, "POST", path, kind, &bytes)
        .expect(200);
    assert_eq!(
        (&again["filed"], &again["unchanged"]),
        (&json!(0), &json!(objects))
    );
}

#[test]
fn what_is_rehearsed_is_what_happens() {
    let office = Counter::open();
    let chief = office.chief.clone();
    let (jpn, kor) = (
        office.admit("JPN", "partner"),
        office.admit("KOR", "partner"),
    );
    let file = agreement("JPN", 1, "AMBER", &["members"]);
    office.agree(&file, "JPN");
    office.agree(&agreement("KOR", 1, "GREEN", &["JPN"]), "KOR");
    let records = [
        indicator(1, GREEN),
        indicator(2, AMBER),
        indicator(3, AMBER),
        indicator(4, RED),
        relationship(5, &id(1), &id(2), GREEN),
    ];
    office.file(&chief, "cyber", &records);
    office.file(&jpn, "cyber", &[indicator(10, GREEN)]);

    for (version, up_to) in [(2, "AMBER"), (3, "CLEAR"), (4, "AMBER")] {
        let draft = agreement("KOR", version, up_to, &["JPN"]);
        let before = reads(&office, &kor);
        let told = office
            .post_file(&chief, "/agreements/rehearse", &draft)
            .expect(200);
        assert_eq!(reads(&office, &kor), before, "a rehearsal changes nothing");
        office.agree(&draft, "KOR");
        let after = reads(&office, &kor);
        let count =
            |one: &[String], other: &[String]| one.iter().filter(|id| !other.contains(id)).count();
        let (gains, loses) = (count(&after, &before), count(&before, &after));
        assert!(gains + loses > 0, "version {version} changes nothing");
        let changes = told["changes"].as_array().unwrap();
        assert_eq!(changes.len(), 1, "{told}");
        assert_eq!(changes[0]["party"], "KOR");
        assert_eq!(changes[0]["area"], "cyber");
        assert_eq!(changes[0]["gains"], gains, "{told}");
        assert_eq!(changes[0]["loses"], loses, "{told}");
        for sample in changes[0]["samples"].as_array().unwrap() {
            let (here, gone) = (&after, &before);
            let gain = sample["gain"].as_bool().unwrap();
            let (to, from) = if gain { (here, gone) } else { (gone, here) };
            let id = sample["id"].as_str().unwrap().to_owned();
            assert!(to.contains(&id) && !from.contains(&id), "{sample}");
        }
    }

    // The next version is due, not the one after; and a second agreement is refused.
    let late = agreement("KOR", 9, "AMBER", &["JPN"]);
    assert_eq!(
        office
            .post_file(&chief, "/agreements/rehearse", &late)
            .status,
        409
    );
    let second = agreement("KOR", 1, "AMBER", &["JPN"]).replace("nato-kor", "second");
    let answer = office.post_file(&chief, "/agreements/check", &second);
    assert_eq!(answer.refusal(409), "agreement.partner-has-one");
}
