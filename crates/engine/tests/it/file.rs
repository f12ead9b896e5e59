//! Filing: idempotence, conflicts, refusals beside acceptances, many at once, statuses.

use legation_engine::{Envelope, Fault, Shape};

use crate::sample::{GREEN, RED, cyber, id, malware, sample};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_again_is_unchanged_and_other_bytes_are_refused() {
    let sample = sample().await;
    let jpn = sample.client("JPN").await;
    let (one, two) = (malware(1, GREEN, ""), malware(2, GREEN, ""));
    let first = sample.file(&jpn, &[one.clone(), two]).await;
    assert_eq!(
        (
            first.filed.len(),
            first.unchanged.len(),
            first.refused.len()
        ),
        (2, 0, 0)
    );
    let changed = malware(2, GREEN, r#","description":"x""#);
    let again = sample
        .file(&jpn, &[one, changed, malware(3, GREEN, "")])
        .await;
    assert_eq!(
        (
            again.filed.len(),
            again.unchanged.len(),
            again.refused.len()
        ),
        (1, 1, 1)
    );
    let refusal = again.refused.first().unwrap();
    assert_eq!(
        (refusal.index, refusal.code.as_str()),
        (1, "file.other-bytes")
    );
    assert_eq!(refusal.id.as_deref(), Some(id(2).as_str()));
    // The outcome can be asked for again, by whoever filed and by nobody else.
    assert_eq!(sample.office.status(&jpn, &again.status).unwrap(), again);
    let kor = sample.client("KOR").await;
    assert_eq!(
        sample.office.status(&kor, &again.status).unwrap_err().fault,
        Fault::NotFound
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_version_of_another_party_is_its_own_record_with_a_shared_body() {
    let sample = sample().await;
    let (jpn, kor) = (sample.client("JPN").await, sample.client("KOR").await);
    let object = malware(1, GREEN, "");
    sample.file(&jpn, std::slice::from_ref(&object)).await;
    let filed = sample.file(&kor, &[object]).await;
    assert_eq!(filed.filed.len(), 1);
    let bodies = sample.office.with(|fold| {
        let state = fold.state();
        let records = state.records_of(&id(1));
        records
            .iter()
            .map(|&record| state.record_body(record))
            .collect::<Vec<_>>()
    });
    let bodies = bodies.unwrap();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies.first(), bodies.last());
    // The host is shown the version once, and it stays when the first filer withdraws.
    assert_eq!(sample.ids(&sample.chief).await, [id(1)]);
    sample
        .office
        .withdraw(&jpn, id(1), None, "error".into())
        .await
        .unwrap();
    assert_eq!(sample.ids(&sample.chief).await, [id(1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_object_does_not_stop_the_others() {
    let sample = sample().await;
    let jpn = sample.client("JPN").await;
    let bad = r#"{"type":"malware","spec_version":"2.1","id":"malware--nope"}"#.to_owned();
    let filed = sample
        .file(&jpn, &[malware(1, GREEN, ""), bad, malware(2, RED, "")])
        .await;
    assert_eq!(filed.filed.len(), 2);
    let refusal = filed.refused.first().unwrap();
    assert_eq!((refusal.index, refusal.code.as_str()), (1, "stix.id-form"));
    assert_eq!(refusal.id.as_deref(), Some("malware--nope"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_standard_forbids_is_filed_only_if_the_house_says_so() {
    let sample = sample().await;
    let jpn = sample.client("JPN").await;
    let nameless = malware(1, GREEN, r#","labels":[7],"confidence":101"#);
    let filed = sample
        .file(&jpn, &[nameless.clone(), malware(2, GREEN, "")])
        .await;
    assert_eq!(filed.filed.len(), 1);
    let refusal = filed.refused.first().unwrap();
    assert_eq!(
        (refusal.index, refusal.code.as_str()),
        (0, "stix.wrong-type")
    );
    assert_eq!(refusal.id.as_deref(), Some(id(1).as_str()));
    for said in ["/labels/0", "section 2.15", "1 more"] {
        assert!(refusal.text.contains(said), "{}", refusal.text);
    }

    let house = "validation = \"structure\"\n[[ceiling]]\nup_to = \"RED\"\n".to_owned();
    sample.office.set_house(&sample.chief, house).await.unwrap();
    let filed = sample.file(&jpn, &[nameless]).await;
    assert_eq!((filed.filed.len(), filed.refused.len()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_standard_recommends_is_told_and_filed() {
    let sample = sample().await;
    let jpn = sample.client("JPN").await;
    let objects: Vec<String> = (1..=3)
        .map(|n| malware(n, GREEN, r#","x_a":1,"x_b":2"#))
        .collect();
    let filed = sample.file(&jpn, &objects).await;
    assert_eq!((filed.filed.len(), filed.refused.len()), (3, 0));
    assert_eq!((filed.warning_count, filed.warnings.len()), (6, 3));
    let first = filed.warnings.first().unwrap();
    assert_eq!((first.index, first.code), (0, "stix.custom"));
    assert!(first.text.contains("/x_a"), "{}", first.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_body_is_refused_whole_with_its_place() {
    let sample = sample().await;
    for (body, code) in [
        (&b"{\"objects\": ["[..], "json.truncated"),
        (
            b"{\"objects\": [\n{\"a\": 1, \"a\": 2}]}",
            "json.duplicate-key",
        ),
        (b"{\"objects\": [{\"a\": \"\xff\"}]}", "json.utf8"),
        (
            b"{\"type\": \"bundle\", \"objects\": []}",
            "stix.bundle-not-envelope",
        ),
        (b"[]", "stix.not-a-body"),
    ] {
        let error = Envelope::read(body, Shape::Envelope, 10).unwrap_err();
        assert_eq!((error.code, error.fault), (code, Fault::Invalid));
        assert!(error.place.unwrap().contains("line"));
    }
    let many = format!("{{\"objects\": [{}]}}", ["{}"; 11].join(","));
    let error = Envelope::read(many.as_bytes(), Shape::Envelope, 10).unwrap_err();
    assert_eq!(
        (error.code, error.fault),
        ("stix.too-many-objects", Fault::TooLarge)
    );
    let deep = format!(
        "{{\"objects\": [{{\"a\": {}1{}}}]}}",
        "[".repeat(500),
        "]".repeat(500)
    );
    let error = Envelope::read(deep.as_bytes(), Shape::Envelope, 10).unwrap_err();
    assert_eq!(error.code, "json.depth");
    assert!(
        sample.ids(&sample.chief).await.is_empty(),
        "nothing is half stored"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_share_writes_and_lose_nothing() {
    let sample = sample().await;
    let jpn = sample.client("JPN").await;
    let mut tasks = Vec::new();
    for round in 0..20_u32 {
        let (office, jpn) = (sample.office.clone(), jpn.clone());
        tasks.push(tokio::spawn(async move {
            let mut filed = 0;
            for object in 0..20_u32 {
                // Half of the objects are filed by two tasks: one of them finds it unchanged.
                let number =
                    round / 2 * 20 + object + if object % 2 == 0 { 0 } else { 1000 * round };
                let body = format!("{{\"objects\": [{}]}}", malware(number, GREEN, ""));
                let envelope = Envelope::read(body.as_bytes(), Shape::Envelope, 10).unwrap();
                let outcome = office.file(&jpn, cyber(), envelope).await.unwrap();
                assert_eq!(outcome.filed.len() + outcome.unchanged.len(), 1);
                filed += outcome.filed.len();
            }
            filed
        }));
    }
    let mut filed = 0;
    for task in tasks {
        filed += task.await.unwrap();
    }
    assert_eq!(sample.ids(&sample.chief).await.len(), filed);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_give_term_in_force_lets_a_party_file() {
    let sample = sample().await;
    let jpn = sample.client("JPN").await;
    sample
        .office
        .suspend(&sample.chief, "nato-jpn".parse().unwrap(), "x".into())
        .await
        .unwrap();
    let refused = sample
        .try_file(&jpn, &[malware(1, GREEN, "")])
        .await
        .unwrap_err();
    assert_eq!(refused.fault, Fault::NotFound);
    sample
        .office
        .resume(&sample.chief, "nato-jpn".parse().unwrap(), "x".into())
        .await
        .unwrap();
    assert_eq!(
        sample
            .file(&jpn, &[malware(1, GREEN, "")])
            .await
            .filed
            .len(),
        1
    );
    let space = "space".parse().unwrap();
    let refused = sample
        .office
        .file(&jpn, space, Envelope::default())
        .await
        .unwrap_err();
    assert_eq!(refused.fault, Fault::NotFound);
}
