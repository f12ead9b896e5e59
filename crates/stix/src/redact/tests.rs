//! What a derived object keeps and loses.

use super::*;

const ID: &str = "indicator--11111111-1111-4111-8111-111111111111";
const NEW: &str = "indicator--22222222-2222-4222-8222-222222222222";
const OFFICE: &str = "identity--33333333-3333-4333-8333-333333333333";
const RED: &str = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";
const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";

fn map(id: &str) -> Option<String> {
    match id {
        "malware--44444444-4444-4444-8444-444444444444" => {
            Some("malware--55555555-5555-4555-8555-555555555555".into())
        }
        _ => None,
    }
}

fn derive(text: &str, properties: &[&str], markings: &[&str]) -> Result<String, RedactError> {
    let (id, creator) = (NEW.parse().unwrap(), OFFICE.parse().unwrap());
    let redaction = Redaction {
        id: &id,
        creator: &creator,
        properties,
        markings,
    };
    let bytes = redact(text.as_bytes(), &redaction, &mut map)?;
    let text = String::from_utf8(bytes).unwrap();
    Head::read(text.as_bytes()).unwrap();
    Ok(text)
}

fn original(rest: &str) -> String {
    format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"{ID}",
        "created":"2020-01-01T00:00:00.000Z","modified":"2020-01-01T00:00:00.000Z",
        "pattern":"[a:b = 1]","pattern_type":"stix","valid_from":"2020-01-01T00:00:00Z"{rest}}}"#
    )
}

#[test]
fn what_is_left_out_is_gone_and_the_office_is_the_creator() {
    let text = original(r#","description":"secret","name":"kept \u00e9""#);
    let derived = derive(&text, &["description", "created_by_ref"], &[]).unwrap();
    assert!(!derived.contains("secret") && !derived.contains(ID));
    assert!(derived.contains(r#""name":"kept \u00e9""#), "{derived}");
    assert!(derived.contains(&format!(r#""id":"{NEW}","created_by_ref":"{OFFICE}""#)));
    let text = original(r#","created_by_ref":"identity--66666666-6666-4666-8666-666666666666""#);
    let derived = derive(&text, &[], &[]).unwrap();
    assert!(!derived.contains("66666666-6666"));
}

#[test]
fn ids_become_others_wherever_they_stand() {
    let own = "11111111-1111-4111-8111-111111111111";
    let text = original(
        &format!(
            r#","x_ref":"malware--44444444-4444-4444-8444-444444444444",
        "description":"see malware--44444444-4444-4444-8444-444444444444, {own} and
        44444444-4444-4444-8444-444444444444, not tool--44444444-4444-4444-8444-444444444441",
        "x_map":{{"{upper}":[1.50,{{"k":"indicator--{own}"}}]}}"#,
            upper = own.to_ascii_uppercase(),
        )
        .replace('\n', " "),
    );
    let derived = derive(&text, &[], &[]).unwrap();
    assert!(!derived.contains(own) && !derived.contains("44444444-4444-4444-8444-444444444444"));
    assert!(derived.contains("tool--44444444-4444-4444-8444-444444444441"));
    assert!(derived.contains("1.50"), "numbers stay as they are written");
    assert_eq!(
        derived
            .matches("55555555-5555-4555-8555-555555555555")
            .count(),
        3
    );
    assert_eq!(
        derived
            .matches("22222222-2222-4222-8222-222222222222")
            .count(),
        4
    );
}

#[test]
fn marked_parts_go_and_selectors_move() {
    let text = original(&format!(
        r#","labels":["a","b","c"],"description":"red","granular_markings":[
        {{"marking_ref":"{RED}","selectors":["labels.[1]","description"]}},
        {{"marking_ref":"{GREEN}","selectors":["labels.[2]","labels.[0]","description","labels"]}},
        {{"lang":"fr","selectors":["description"]}}]"#
    ));
    let derived = derive(&text, &[], &[RED]).unwrap();
    assert!(derived.contains(r#""labels":["a","c"]"#), "{derived}");
    assert!(!derived.contains("red\"") && !derived.contains(RED));
    assert!(derived.contains(r#""selectors":["labels.[1]","labels.[0]","labels"]"#));
    assert!(!derived.contains("lang"));
    let text = original(&format!(
        r#","labels":["a"],"granular_markings":[{{"marking_ref":"{RED}","selectors":["labels.[0]"]}}]"#
    ));
    let derived = derive(&text, &[], &[RED]).unwrap();
    assert!(!derived.contains("labels") && !derived.contains("granular_markings"));
}

#[test]
fn what_is_required_cannot_go() {
    let refused = derive(&original(""), &["pattern"], &[]).unwrap_err();
    assert_eq!(refused.code(), "stix.redact-fixed");
    let text = r#"{"type":"process","id":"process--77777777-7777-4777-8777-777777777777","command_line":"a"}"#;
    let (id, creator) = (
        "process--22222222-2222-4222-8222-222222222222"
            .parse()
            .unwrap(),
        OFFICE.parse().unwrap(),
    );
    let redaction = Redaction {
        id: &id,
        creator: &creator,
        properties: &["command_line"],
        markings: &[],
    };
    let refused = redact(text.as_bytes(), &redaction, &mut map).unwrap_err();
    assert_eq!(refused.code(), "stix.redact-empty");
}

#[test]
fn translations_lose_what_the_original_loses() {
    let text = r#"{"type":"language-content","spec_version":"2.1",
        "id":"language-content--77777777-7777-4777-8777-777777777777",
        "created":"2020-01-01T00:00:00.000Z","modified":"2020-01-01T00:00:00.000Z",
        "object_ref":"malware--44444444-4444-4444-8444-444444444444",
        "contents":{"de":{"description":"geheim","name":"offen"}}}"#;
    let (id, creator) = (
        "language-content--22222222-2222-4222-8222-222222222222"
            .parse()
            .unwrap(),
        OFFICE.parse().unwrap(),
    );
    let redaction = Redaction {
        id: &id,
        creator: &creator,
        properties: &["description"],
        markings: &[],
    };
    let derived = redact(text.as_bytes(), &redaction, &mut map).unwrap();
    let derived = String::from_utf8(derived).unwrap();
    assert!(
        derived.contains(r#""contents":{"de":{"name":"offen"}}"#),
        "{derived}"
    );
    assert!(derived.contains("malware--55555555"));
}
