//! Acts about what was said in public, and the press, as JSON. The bytes of an article are told by
//! their digest alone.

use legation_core::act::{Draft, Evidence, Link, Saying, SourceLink, Speaker, StatementAct};
use legation_core::time::Instant;
use serde_json::{Value, json};

pub(super) fn document(act: &StatementAct) -> Value {
    match act {
        StatementAct::Record(act) => {
            let (replaces, corrects) = match &act.link {
                Some(Link::Replaces(id)) => (Some(id), None),
                Some(Link::Corrects(id)) => (None, Some(id)),
                _ => (None, None),
            };
            json!({"kind": "record-statement", "statement": act.id, "saying": saying(&act.saying),
                "evidence": act.evidence.iter().map(evidence).collect::<Vec<_>>(),
                "replaces": replaces, "corrects": corrects, "proposal": act.proposal})
        }
        StatementAct::Retract(act) => json!({"kind": "retract-statement", "statement": act.id,
            "reason": act.reason}),
        StatementAct::FileArticle(act) => json!({"kind": "file-article",
            "article": act.digest.to_string(), "file": act.name,
            "bytes": act.bytes.as_bytes().len(), "outlet": act.outlet,
            "printed": act.printed.map(text)}),
        StatementAct::Propose(act) => json!({"kind": "propose-statement", "proposal": act.id,
            "draft": draft(&act.draft), "evidence": evidence(&act.evidence)}),
        StatementAct::Support(act) => json!({"kind": "support-proposal", "proposal": act.id,
            "evidence": evidence(&act.evidence)}),
        StatementAct::Revise(act) => json!({"kind": "edit-proposal", "proposal": act.id,
            "draft": draft(&act.draft)}),
        StatementAct::Reject(act) => json!({"kind": "reject-proposal", "proposal": act.id,
            "reason": act.reason}),
        StatementAct::AddAlias(act) => json!({"kind": "add-alias", "name": act.name,
            "party": act.party}),
        StatementAct::RemoveAlias(act) => json!({"kind": "remove-alias", "name": act.name}),
        _ => json!({"kind": "statement"}),
    }
}

fn text(at: Instant) -> String {
    at.to_string()
}

fn speaker(speaker: &Speaker) -> Value {
    json!({"name": speaker.name, "role": speaker.role, "party": speaker.party})
}

fn sources(sources: &[SourceLink]) -> Vec<Value> {
    let link = |link: &SourceLink| json!({"kind": link.kind.as_str(), "name": link.name});
    sources.iter().map(link).collect()
}

fn evidence(evidence: &Evidence) -> Value {
    json!({"article": evidence.article.to_string(), "sentence": evidence.sentence})
}

fn saying(saying: &Saying) -> Value {
    json!({"subject": saying.subject, "point": saying.point, "stance": saying.stance.as_str(),
        "speaker": speaker(&saying.speaker), "said": text(saying.said), "place": saying.place,
        "quoted": saying.quoted, "text": saying.text, "sources": sources(&saying.sources)})
}

fn draft(draft: &Draft) -> Value {
    json!({"subject": draft.subject, "point": draft.point, "stance": draft.stance.as_str(),
        "speaker": speaker(&draft.speaker), "said": draft.said.map(text), "place": draft.place,
        "quoted": draft.quoted, "text": draft.text, "sources": sources(&draft.sources)})
}
