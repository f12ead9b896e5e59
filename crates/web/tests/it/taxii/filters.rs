//! Every filter against a second, naive reading of the rules (TAXII 2.1 section 3.4), over random
//! queries.

use legation_core::id::PartyCode;
use legation_core::party::Status;
use legation_core::time::Instant;
use serde_json::Value;

use super::venue::{GREEN, RED, Venue, domain, indicator, tool};

/// What a party is shown, one row for each version.
#[derive(Clone, Debug)]
struct Row {
    id: String,
    kind: String,
    version: Instant,
    date: Instant,
}

/// Everything that is shown, straight from the view.
fn rows(venue: &Venue, party: &str) -> Vec<Row> {
    let party: PartyCode = party.parse().unwrap();
    let mut rows: Vec<Row> = venue
        .office
        .with(|fold| {
            let shown = fold.shown(&party, &"cyber".parse().unwrap());
            let state = fold.state();
            shown
                .into_iter()
                .map(|record| Row {
                    id: state.record_id(record).to_string(),
                    kind: state.record_label(record).unwrap().kind.to_string(),
                    version: state
                        .record_version(record)
                        .unwrap_or(Instant::from_micros(0)),
                    date: fold.date_added(&party, record).unwrap().1,
                })
                .collect()
        })
        .unwrap();
    rows.sort_by_key(|row| row.date);
    rows
}

/// A query: the `match` fields as lists, and the rest.
#[derive(Clone, Debug, Default)]
struct Asked {
    ids: Option<Vec<String>>,
    kinds: Option<Vec<String>>,
    versions: Vec<String>,
    spec: Option<Vec<&'static str>>,
    after: Option<Instant>,
}

impl Asked {
    fn query(&self) -> String {
        let mut parts = vec!["limit=500".to_owned()];
        if let Some(ids) = &self.ids {
            parts.push(format!("match[id]={}", ids.join(",")));
        }
        if let Some(kinds) = &self.kinds {
            parts.push(format!("match%5Btype%5D={}", kinds.join("%2C")));
        }
        if !self.versions.is_empty() {
            parts.push(format!("match[version]={}", self.versions.join(",")));
        }
        if let Some(spec) = &self.spec {
            parts.push(format!("match[spec_version]={}", spec.join(",")));
        }
        if let Some(after) = self.after {
            parts.push(format!("added_after={after}"));
        }
        parts.join("&")
    }

    /// The rules, one by one, over all rows.
    fn answer(&self, rows: &[Row]) -> Vec<(String, Instant)> {
        let last = ["last".to_owned()];
        let versions = if self.versions.is_empty() {
            &last[..]
        } else {
            &self.versions
        };
        let wanted = |row: &&Row| {
            let of_id = rows
                .iter()
                .filter(|other| other.id == row.id)
                .map(|other| other.version);
            let (first, last) = (of_id.clone().min(), of_id.max());
            self.ids.as_ref().is_none_or(|ids| ids.contains(&row.id))
                && self
                    .kinds
                    .as_ref()
                    .is_none_or(|kinds| kinds.contains(&row.kind))
                && self.spec.as_ref().is_none_or(|spec| spec.contains(&"2.1"))
                && self.after.is_none_or(|after| row.date > after)
                && versions.iter().any(|version| match version.as_str() {
                    "all" => true,
                    "first" => Some(row.version) == first,
                    "last" => Some(row.version) == last,
                    exact => exact.parse() == Ok(row.version),
                })
        };
        rows.iter()
            .filter(wanted)
            .map(|row| (row.id.clone(), row.version))
            .collect()
    }
}

/// Dice with a seed (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn asked(&mut self, rows: &[Row]) -> Asked {
        let row = |dice: &mut Self| rows[dice.roll(rows.len())].clone();
        let mut asked = Asked::default();
        if self.roll(3) == 0 {
            let count = 1 + self.roll(4);
            let mut ids: Vec<_> = (0..count).map(|_| row(self).id).collect();
            ids.push("tool--00000000-0000-4000-8000-ffffffffffff".into());
            asked.ids = Some(ids);
        }
        if self.roll(3) == 0 {
            let kinds = [
                "indicator",
                "tool",
                "domain-name",
                "malware",
                "x-custom",
                "No Type",
            ];
            let count = 1 + self.roll(2);
            asked.kinds = Some(
                (0..count)
                    .map(|_| kinds[self.roll(kinds.len())].replace(' ', "%20"))
                    .collect(),
            );
        }
        let exact = row(self).version.to_string();
        asked.versions = match self.roll(8) {
            0 => vec!["all".into()],
            1 => vec!["first".into()],
            2 => vec!["last".into()],
            3 => vec!["first".into(), "last".into()],
            4 => vec![exact],
            5 => vec!["last".into(), exact],
            6 => vec![row(self).version.to_string().replace("000Z", "Z")],
            _ => Vec::new(),
        };
        asked.spec = match self.roll(10) {
            0 => Some(vec!["2.0"]),
            1 => Some(vec!["2.0", "2.1"]),
            2 => Some(vec!["2.1"]),
            _ => None,
        };
        if self.roll(3) == 0 {
            let shift = i64::try_from(self.roll(3)).unwrap() - 1;
            asked.after = Some(row(self).date.plus_micros(shift));
        }
        asked
    }
}

fn found(body: &Value, version: &str) -> Vec<(String, Instant)> {
    let objects = body["objects"].as_array().cloned().unwrap_or_default();
    objects
        .iter()
        .map(|object| {
            let at = object[version].as_str().unwrap_or("1970-01-01T00:00:00Z");
            (
                object["id"].as_str().unwrap().to_owned(),
                at.parse().unwrap(),
            )
        })
        .collect()
}

#[test]
fn filters_are_as_the_rules_say() {
    let venue = Venue::open();
    let jpn = venue.admit("JPN", Status::Partner);
    let aus = venue.admit("AUS", Status::Partner);
    venue.agree("JPN", &["cyber"]);
    venue.agree("AUS", &["cyber"]);
    let mut dice = Dice(7);
    let filers = [venue.chief.clone(), aus];
    for _ in 0..40 {
        let marking = [GREEN, GREEN, GREEN, RED][dice.roll(4)];
        let number = dice.roll(25);
        let version = 1 + dice.roll(50);
        let object = match dice.roll(3) {
            0 => indicator(number, version, GREEN),
            1 => tool(number + 50, version, marking),
            _ => domain(number, GREEN),
        };
        let body = serde_json::json!({"objects": [object]}).to_string();
        let filer = &filers[dice.roll(2)];
        assert_eq!(venue.post(filer, "cyber", &body).status, 202);
    }
    for (secret, party) in [(&jpn, "JPN"), (&venue.chief, "NATO")] {
        let rows = rows(&venue, party);
        assert!(rows.len() > 20);
        for _ in 0..150 {
            let asked = dice.asked(&rows);
            let expected = asked.answer(&rows);
            let objects = venue.area(secret, "cyber", &format!("objects/?{}", asked.query()));
            assert_eq!(
                found(&objects.expect(200), "modified"),
                expected,
                "{asked:?}"
            );
            let manifest = venue.area(secret, "cyber", &format!("manifest/?{}", asked.query()));
            assert_eq!(
                found(&manifest.expect(200), "version"),
                expected,
                "{asked:?}"
            );
        }
        for _ in 0..60 {
            let mut asked = dice.asked(&rows);
            let id = rows[dice.roll(rows.len())].id.clone();
            asked.ids = Some(vec![id.clone()]);
            asked.kinds = None;
            let expected = asked.answer(&rows);
            let there = Asked {
                after: None,
                ..asked.clone()
            }
            .answer(&rows);
            let answer = venue.area(secret, "cyber", &format!("objects/{id}/?{}", asked.query()));
            if there.is_empty() {
                assert_eq!(answer.status, 404, "{asked:?}");
            } else {
                assert_eq!(
                    found(&answer.expect(200), "modified"),
                    expected,
                    "{asked:?}"
                );
            }
        }
    }
}

#[test]
fn malformed_queries() {
    let venue = Venue::open();
    let base = "/taxii2/tokyo/collections/cyber";
    let object = format!("{base}/objects/indicator--00000000-0000-4000-8000-000000000001/");
    let everywhere = [
        "limit=0",
        "limit=x",
        "added_after=now",
        "limit=1&limit=1",
        "match[spec_version]=x",
    ];
    for path in [
        format!("{base}/objects/"),
        format!("{base}/manifest/"),
        object.clone(),
        format!("{object}versions/"),
    ] {
        for query in everywhere {
            let answer = venue.get(&venue.chief, &format!("{path}?{query}"));
            assert_eq!(
                answer.refusal(400),
                "taxii.malformed-query",
                "{path}?{query}"
            );
        }
    }
    for query in [
        "match[version]=all,first",
        "match[version]=last,last",
        "match%5bversion%5d=x",
    ] {
        let answer = venue.get(&venue.chief, &format!("{object}?{query}"));
        assert_eq!(answer.status, 400, "{query}");
    }
}
