//! Agreements at the office: what is refused, and that a refusal leaves no trace.

use legation_core::agreement::signature::{from_seed, sign};
use legation_engine::Fault;

use crate::sample::{AGREEMENT, sample};

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_must_be_genuine_registered_and_live() {
    let sample = sample().await;
    let office = &sample.office;
    let next = AGREEMENT.replace("version = 1", "version = 2");
    let tabled = office
        .table(&sample.chief, next.clone().into_bytes())
        .await
        .unwrap();
    let (jpn_key, jpn_line) = from_seed(&[2; 32], "JPN").unwrap();
    let (stranger, _) = from_seed(&[9; 32], "x").unwrap();
    let size = office.log_size().unwrap();
    let good = sign(next.as_bytes(), &jpn_key).unwrap();
    let jpn = || "JPN".parse().unwrap();
    for (signature, code) in [
        (
            sign(next.as_bytes(), &stranger).unwrap(),
            "signature.unknown-key",
        ),
        (
            sign(AGREEMENT.as_bytes(), &jpn_key).unwrap(),
            "signature.invalid",
        ),
        ("nonsense".to_owned(), "signature.malformed"),
    ] {
        let refused = office
            .accept(
                &sample.chief,
                tabled.id.clone(),
                tabled.version,
                jpn(),
                signature,
            )
            .await;
        assert_eq!(refused.unwrap_err().code, code);
    }
    // Somebody else's good signature is not JPN's.
    let kor = "KOR".parse().unwrap();
    let refused = office
        .accept(
            &sample.chief,
            tabled.id.clone(),
            tabled.version,
            kor,
            good.clone(),
        )
        .await;
    assert!(refused.is_err());
    assert_eq!(
        office.log_size().unwrap(),
        size,
        "a refusal leaves no trace"
    );
    let fingerprint = legation_core::agreement::signature::parse_public_key(&jpn_line).unwrap();
    office
        .revoke_key(&sample.chief, jpn(), fingerprint.fingerprint)
        .await
        .unwrap();
    let refused = office
        .accept(
            &sample.chief,
            tabled.id.clone(),
            tabled.version,
            jpn(),
            good,
        )
        .await;
    assert_eq!(refused.unwrap_err().code, "signature.revoked-key");
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_and_rivals_are_refused_on_the_table() {
    let sample = sample().await;
    let table = |file: String| sample.office.table(&sample.chief, file.into_bytes());
    let rival = AGREEMENT.replace("nato-jpn", "nato-jpn-b");
    assert_eq!(
        table(rival).await.unwrap_err().code,
        "agreement.partner-has-one"
    );
    let unknown = AGREEMENT
        .replace("version = 1", "version = 2")
        .replace("\"cyber\"", "\"ciber\"");
    let refused = table(unknown).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.fault),
        ("agreement.unknown-area", Fault::Invalid)
    );
    assert!(refused.place.unwrap().starts_with("line "));
    let gap = AGREEMENT.replace("version = 1", "version = 3");
    assert_eq!(table(gap).await.unwrap_err().fault, Fault::Conflict);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_may_do_nothing_of_the_staff() {
    let sample = sample().await;
    let jpn = sample.client("JPN").await;
    let office = &sample.office;
    let id = || "nato-jpn".parse().unwrap();
    assert_eq!(
        office.table(&jpn, Vec::new()).await.unwrap_err().fault,
        Fault::Forbidden
    );
    assert_eq!(
        office
            .suspend(&jpn, id(), "x".into())
            .await
            .unwrap_err()
            .fault,
        Fault::Forbidden
    );
    assert_eq!(
        office
            .set_house(&jpn, String::new())
            .await
            .unwrap_err()
            .fault,
        Fault::Forbidden
    );
    assert_eq!(office.who(&jpn, "x").unwrap_err().fault, Fault::Forbidden);
    let kor = "nato-kor".parse().unwrap();
    assert_eq!(
        office.agreement(&jpn, &kor, None).unwrap_err().fault,
        Fault::NotFound
    );
    assert!(office.agreement(&jpn, &id(), None).is_ok());
}
