//! The records of the benches: ATT&CK Enterprise where it is present, else objects of the same
//! kinds, counts and sizes; and as many copies of them as are wanted, each with ids of its own.
//!
//! Not here: what is filed in which order; see `fill`.

use std::path::Path;

use legation_engine::{Envelope, Shape};

use crate::{Outcome, tell};

pub(crate) const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";

/// The marking that ATT&CK's objects bear: a statement, which restricts nothing.
const STATEMENT: &str = "marking-definition--fa42a846-8d90-4e51-bc29-71d5b4802168";
const IDENTITY: &str = "identity--c78cb6e5-0c4b-4611-8297-d1b8b55e40b5";

/// The kinds of ATT&CK Enterprise 18 with their counts, and the sizes in bytes at the least, the
/// first tenth, quarter, half, third quarter, ninth tenth, last hundredth and the most.
const MIX: [(&str, usize, [usize; 8]); 12] = [
    (
        "attack-pattern",
        834,
        [1334, 2077, 2505, 3204, 4239, 5468, 7984, 10029],
    ),
    (
        "campaign",
        52,
        [1632, 1798, 1923, 2165, 2516, 3520, 7482, 7482],
    ),
    (
        "course-of-action",
        268,
        [817, 1027, 1398, 2292, 2765, 3231, 4290, 6237],
    ),
    (
        "intrusion-set",
        187,
        [651, 1410, 1651, 2311, 3615, 5466, 13889, 14828],
    ),
    (
        "malware",
        696,
        [783, 1311, 1403, 1614, 1986, 2583, 3947, 5690],
    ),
    ("tool", 91, [913, 1121, 1197, 1417, 1901, 2198, 3306, 3306]),
    (
        "x-mitre-analytic",
        1738,
        [1006, 1417, 1573, 1753, 1992, 2360, 3419, 4984],
    ),
    (
        "x-mitre-data-component",
        109,
        [854, 1081, 1561, 2235, 3306, 9504, 28598, 34851],
    ),
    (
        "x-mitre-data-source",
        38,
        [933, 975, 1243, 1403, 1542, 1708, 1905, 1905],
    ),
    (
        "x-mitre-detection-strategy",
        691,
        [841, 860, 884, 960, 1050, 1113, 1251, 1366],
    ),
    (
        "x-mitre-tactic",
        14,
        [1199, 1204, 1244, 1317, 1369, 1392, 1564, 1564],
    ),
    (
        "relationship",
        20048,
        [643, 883, 1103, 1181, 1304, 1593, 2676, 8946],
    ),
];

/// The objects of a bundle, each as its bytes.
pub(crate) struct Corpus {
    /// What everything else refers to: identity and marking, filed once, visible to all.
    pub(crate) shared: Vec<Vec<u8>>,
    /// All others.
    pub(crate) objects: Vec<Vec<u8>>,
    /// Some of those: of middling size, referring to nothing but what is shared.
    light: Vec<usize>,
}

impl Corpus {
    /// Reads a bundle, or makes objects of the same mix.
    pub(crate) fn open(bundle: Option<&Path>) -> Outcome<Self> {
        let all = match bundle {
            Some(path) => read(path)?,
            None => generate(),
        };
        let is_shared = |object: &[u8]| {
            let head = kind(object);
            head == "identity" || head == "marking-definition"
        };
        let (shared, objects): (Vec<_>, Vec<_>) = all.into_iter().partition(|o| is_shared(o));
        let shared = shared.iter().map(|object| open_to_all(object)).collect();
        let light = (0..objects.len())
            .filter(|&at| {
                objects.get(at).is_some_and(|object| {
                    kind(object) == "malware"
                        && (1100..1700).contains(&object.len())
                        && find(object, STATEMENT.as_bytes()).is_some()
                })
            })
            .collect();
        Ok(Self {
            shared,
            objects,
            light,
        })
    }

    /// The object at that place of an endless row of copies.
    pub(crate) fn copy(&self, place: usize) -> Outcome<Vec<u8>> {
        let length = self.objects.len().max(1);
        let object = self.objects.get(place % length).ok_or("an empty corpus")?;
        Ok(renamed(object, (place / length) as u32))
    }

    /// One of the objects that everybody may see, with an id of its own; as large as most.
    pub(crate) fn light(&self, number: usize) -> Outcome<Vec<u8>> {
        let at = self.light.get(number % self.light.len().max(1));
        let object = at.and_then(|&at| self.objects.get(at));
        let object = object.ok_or("the corpus has no malware of middling size")?;
        let marked = replaced(object, STATEMENT, GREEN);
        Ok(renamed(&marked, 1_000_000 + number as u32))
    }
}

/// Writes the objects as envelopes of `size`, `000.json` and so on; beside each, in `000.bodies`,
/// the bare bytes of its objects, each behind its length (4 bytes, big-endian).
pub(crate) fn write_envelopes(out: &Path, size: usize, bundle: Option<&Path>) -> Outcome<()> {
    let all = match bundle {
        Some(path) => read(path)?,
        None => generate(),
    };
    std::fs::create_dir_all(out)?;
    for (number, part) in all.chunks(size.max(1)).enumerate() {
        let path = out.join(format!("{number:03}.json"));
        std::fs::write(&path, envelope(part.iter().map(Vec::as_slice)))?;
        let mut bodies = Vec::new();
        for object in part {
            bodies.extend((object.len() as u32).to_be_bytes());
            bodies.extend(object);
        }
        std::fs::write(path.with_extension("bodies"), bodies)?;
    }
    tell("objects", &[all.len() as f64]);
    tell("bytes", &[all.iter().map(Vec::len).sum::<usize>() as f64]);
    Ok(())
}

/// A TAXII envelope of those objects.
pub(crate) fn envelope<'a>(objects: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut body = b"{\"objects\":[".to_vec();
    for (at, object) in objects.enumerate() {
        if at > 0 {
            body.push(b',');
        }
        body.extend_from_slice(object);
    }
    body.extend_from_slice(b"]}");
    body
}

fn read(path: &Path) -> Outcome<Vec<Vec<u8>>> {
    let text = std::fs::read(path)?;
    let envelope = Envelope::read(&text, Shape::Any, usize::MAX)?;
    Ok(envelope.bodies().map(<[u8]>::to_vec).collect())
}

/// The kind of an object: what stands before the dashes of its own id.
fn kind(object: &[u8]) -> &str {
    let id = find(object, b"\"id\":").map(|at| at + b"\"id\":".len());
    let rest = id.and_then(|at| object.get(at..)).unwrap_or_default();
    let mut parts = rest.splitn(3, |byte| *byte == b'"');
    let id = parts.nth(1).unwrap_or_default();
    let end = find(id, b"--").unwrap_or(0);
    std::str::from_utf8(id.get(..end).unwrap_or_default()).unwrap_or_default()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

fn replaced(object: &[u8], old: &str, new: &str) -> Vec<u8> {
    String::from_utf8_lossy(object)
        .replace(old, new)
        .into_bytes()
}

/// An identity or marking with a marking that lets it go wherever anything goes.
fn open_to_all(object: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(object);
    if text.contains("object_marking_refs") {
        return replaced(object, STATEMENT, GREEN);
    }
    let mark = format!("\"object_marking_refs\":[\"{GREEN}\"],\"id\":");
    text.replacen("\"id\":", &mark, 1).into_bytes()
}

/// The object with other ids, its references moved along. Identities and markings stay.
fn renamed(object: &[u8], copy: u32) -> Vec<u8> {
    let mut renamed = object.to_vec();
    if copy == 0 {
        return renamed;
    }
    // Odd, so that no two copies share a mask.
    let mask = copy.wrapping_mul(0x9E37_79B1);
    let mut from = 0;
    while let Some(found) = object.get(from..).and_then(|rest| find(rest, b"--")) {
        let at = from + found + 2;
        from = at;
        let Some(digits) = object.get(at..at + 9).filter(|part| part.ends_with(b"-")) else {
            continue;
        };
        let digits = std::str::from_utf8(digits.get(..8).unwrap_or_default()).unwrap_or_default();
        let Ok(number) = u32::from_str_radix(digits, 16) else {
            continue;
        };
        let before = object.get(..at).unwrap_or_default();
        if before.ends_with(b"identity--") || before.ends_with(b"marking-definition--") {
            continue;
        }
        if let Some(slot) = renamed.get_mut(at..at + 8) {
            slot.copy_from_slice(format!("{:08x}", number ^ mask).as_bytes());
        }
    }
    renamed
}

/// Numbers without a pattern, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    fn id(&mut self, kind: &str) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{kind}--{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            a as u32,
            (a >> 32) as u16,
            (a >> 48) & 0xfff,
            b & 0xfff,
            b >> 16
        )
    }

    /// English-like words, common ones often: it is packed about as well as ATT&CK's prose is.
    fn prose(&mut self, length: usize) -> String {
        const SYLLABLES: [&str; 24] = [
            "ad", "ver", "sar", "ies", "may", "use", "com", "mand", "sys", "tem", "net", "work",
            "file", "pro", "cess", "ex", "e", "cute", "to", "the", "of", "re", "mote", "in",
        ];
        let mut text = String::with_capacity(length + 16);
        while text.len() < length {
            // The square makes some words much more common than others.
            let word = (self.next() % 61) * (self.next() % 61);
            let mut rest = word + 24;
            while rest > 0 {
                let at = (rest % 24) as usize;
                text.push_str(SYLLABLES.get(at).copied().unwrap_or_default());
                rest /= 24;
            }
            text.push(' ');
        }
        text.truncate(length);
        text
    }
}

/// Objects of the kinds, counts and sizes of ATT&CK Enterprise.
fn generate() -> Vec<Vec<u8>> {
    let mut numbers = Numbers(1);
    let day = "2025-01-01T00:00:00.000Z";
    let mut objects = vec![
        format!(
            "{{\"type\":\"identity\",\"id\":\"{IDENTITY}\",\"spec_version\":\"2.1\",\"created\":\"{day}\",\
             \"modified\":\"{day}\",\"name\":\"n\",\"identity_class\":\"organization\"}}"
        )
        .into_bytes(),
        format!(
            "{{\"type\":\"marking-definition\",\"id\":\"{STATEMENT}\",\"spec_version\":\"2.1\",\
             \"created\":\"{day}\",\"definition_type\":\"statement\",\
             \"definition\":{{\"statement\":\"free to use\"}}}}"
        )
        .into_bytes(),
    ];
    let mut ids: Vec<String> = Vec::new();
    for (kind, count, sizes) in MIX {
        for at in 0..count {
            let id = numbers.id(kind);
            let own = own_properties(kind, &mut numbers, &ids);
            let head = format!(
                "{{\"type\":\"{kind}\",\"id\":\"{id}\",\"spec_version\":\"2.1\",\"created\":\"{day}\",\
                 \"modified\":\"{day}\",\"created_by_ref\":\"{IDENTITY}\",\
                 \"object_marking_refs\":[\"{STATEMENT}\"],{own}\"description\":\""
            );
            let size = size_at(sizes, at as f64 / count as f64);
            let prose = numbers.prose(size.saturating_sub(head.len() + 2));
            objects.push(format!("{head}{prose}\"}}").into_bytes());
            if kind != "relationship" {
                ids.push(id);
            }
        }
    }
    objects
}

fn own_properties(kind: &str, numbers: &mut Numbers, ids: &[String]) -> String {
    let mut some = || {
        let at = numbers.next() as usize % ids.len().max(1);
        ids.get(at).cloned().unwrap_or_default()
    };
    match kind {
        "relationship" => format!(
            "\"relationship_type\":\"uses\",\"source_ref\":\"{}\",\"target_ref\":\"{}\",",
            some(),
            some()
        ),
        "malware" => "\"is_family\":true,\"name\":\"n\",".to_owned(),
        _ => "\"name\":\"n\",".to_owned(),
    }
}

/// The size at a share of the mix, between the sizes that are known.
fn size_at(sizes: [usize; 8], share: f64) -> usize {
    const SHARES: [f64; 8] = [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0];
    let known: Vec<(f64, f64)> = SHARES
        .into_iter()
        .zip(sizes.map(|size| size as f64))
        .collect();
    known
        .windows(2)
        .find_map(|pair| match pair {
            [(low, from), (high, to)] if share <= *high => {
                Some(from + (to - from) * (share - low) / (high - low))
            }
            _ => None,
        })
        .unwrap_or(0.0) as usize
}
