//! The paths that patterns name, as a tree, with what hangs on each; and the walk of an observation
//! along them.
//!
//! Not which patterns hang where. The walk steps as [`reach`](super::super::value::reach) does,
//! along all paths at once: it costs what the observation has of them.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use super::hook::{Hook, LONG, SHORT, Want, number};
use crate::json::Value;
use crate::pattern::expression::{ObjectPath, Step};
use crate::pattern::literal::{Float, Literal};
use crate::pattern::moment::Moment;
use crate::pattern::network::Network;
use crate::pattern::observation::Observation;
use crate::pattern::value::{Found, Stage, compose, forget_twice, is_observable, take};

/// All paths.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// Where the paths of each type begin, in `places`.
    types: HashMap<Box<str>, usize>,
    places: Vec<Place>,
}

/// A step of paths, and what hangs on the path that ends here.
#[derive(Debug, Default)]
struct Place {
    keys: HashMap<Box<str>, usize>,
    indexes: HashMap<u32, usize>,
    any: Option<usize>,
    hung: Option<Box<Hung>>,
}

/// Slots, few or many.
#[derive(Debug, Default)]
#[expect(
    clippy::box_collection,
    reason = "a million of these are single slots; a vector in place would double them all"
)]
enum Slots {
    #[default]
    None,
    One(u32),
    Many(Box<Vec<u32>>),
}

impl Slots {
    fn push(&mut self, slot: u32) {
        match self {
            Self::None => *self = Self::One(slot),
            Self::One(first) => *self = Self::Many(Box::new(vec![*first, slot])),
            Self::Many(slots) => slots.push(slot),
        }
    }

    fn as_slice(&self) -> &[u32] {
        match self {
            Self::None => &[],
            Self::One(slot) => std::slice::from_ref(slot),
            Self::Many(slots) => slots,
        }
    }

    /// Puts each slot where it has moved to; false if none is left.
    fn renumber(&mut self, place: &impl Fn(u32) -> Option<u32>) -> bool {
        let moved: Vec<u32> = self.as_slice().iter().filter_map(|s| place(*s)).collect();
        *self = match moved.as_slice() {
            [] => Self::None,
            [one] => Self::One(*one),
            _ => Self::Many(Box::new(moved)),
        };
        !matches!(self, Self::None)
    }
}

/// What hangs on one path.
#[derive(Debug, Default)]
struct Hung {
    texts: HashMap<Box<str>, Slots>,
    /// Constants that are no strings.
    others: HashMap<Literal, Slots>,
    /// All with a timestamp constant: a text that is none leaves them undecided.
    timed: Slots,
    networks: HashMap<Network, Slots>,
    /// The prefixes in use, IPv4 as 0 and IPv6 as 1.
    prefixes: [BTreeSet<u8>; 2],
    long: HashMap<[u8; LONG], Slots>,
    short: HashMap<[u8; SHORT], Slots>,
    any: Slots,
    /// On the empty path: any object of the type.
    object: Slots,
}

impl Paths {
    /// How many hang where `hook` would.
    pub(super) fn load(&self, hook: &Hook<'_>) -> usize {
        let place = match hook.want {
            Want::Object => self.types.get(&hook.path.object_type).copied(),
            _ => self.find(hook.path),
        };
        let hung = place
            .and_then(|place| self.places.get(place))
            .and_then(|place| place.hung.as_deref());
        let Some(hung) = hung else {
            return 0;
        };
        let slots = match &hook.want {
            Want::Constant(Literal::String(text)) => hung.texts.get(text),
            Want::Constant(literal) => hung.others.get(literal),
            Want::Network(network) => hung.networks.get(network),
            Want::Letters(letters) => {
                letters_of(&hung.long, letters).or_else(|| letters_of(&hung.short, letters))
            }
            Want::Any => Some(&hung.any),
            Want::Object => Some(&hung.object),
        };
        slots.map_or(0, |slots| slots.as_slice().len())
    }

    fn find(&self, path: &ObjectPath) -> Option<usize> {
        let mut at = *self.types.get(&path.object_type)?;
        for step in &path.steps {
            let place = self.places.get(at)?;
            at = match step {
                Step::Key(key) => *place.keys.get(key)?,
                Step::Index(index) => *place.indexes.get(index)?,
                Step::Any => place.any?,
            };
        }
        Some(at)
    }

    /// Hangs `slot` on `hook`.
    pub(super) fn hang(&mut self, hook: &Hook<'_>, slot: u32) {
        let steps: &[Step] = match hook.want {
            Want::Object => &[],
            _ => &hook.path.steps,
        };
        let at = self.grow(&hook.path.object_type, steps);
        let Some(place) = self.places.get_mut(at) else {
            return;
        };
        let hung = place.hung.get_or_insert_default();
        match &hook.want {
            Want::Constant(Literal::String(text)) => {
                hung.texts.entry(text.clone()).or_default().push(slot);
            }
            Want::Constant(literal) => {
                if let Literal::Timestamp(_) = literal {
                    hung.timed.push(slot);
                }
                hung.others.entry(literal.clone()).or_default().push(slot);
            }
            Want::Network(network) => {
                let [four, six] = &mut hung.prefixes;
                match network {
                    Network::V4 { prefix, .. } => four.insert(*prefix),
                    Network::V6 { prefix, .. } => six.insert(*prefix),
                };
                hung.networks.entry(*network).or_default().push(slot);
            }
            Want::Letters(letters) => {
                if let Ok(letters) = <[u8; LONG]>::try_from(&**letters) {
                    hung.long.entry(letters).or_default().push(slot);
                } else if let Ok(letters) = <[u8; SHORT]>::try_from(&**letters) {
                    hung.short.entry(letters).or_default().push(slot);
                } else {
                    hung.any.push(slot);
                }
            }
            Want::Any => hung.any.push(slot),
            Want::Object => hung.object.push(slot),
        }
    }

    /// The place where a path ends, made if it is not there.
    fn grow(&mut self, object_type: &str, steps: &[Step]) -> usize {
        let mut next = self.places.len();
        let mut at = match self.types.get(object_type) {
            Some(at) => *at,
            None => {
                self.types.insert(object_type.into(), next);
                self.places.push(Place::default());
                next
            }
        };
        for step in steps {
            next = self.places.len();
            let Some(place) = self.places.get_mut(at) else {
                return at;
            };
            at = match step {
                Step::Key(key) => match place.keys.get(key) {
                    Some(at) => *at,
                    None => *place.keys.entry(key.clone()).or_insert(next),
                },
                Step::Index(index) => *place.indexes.entry(*index).or_insert(next),
                Step::Any => *place.any.get_or_insert(next),
            };
            if at == next {
                self.places.push(Place::default());
            }
        }
        at
    }

    /// Puts each slot where it has moved to; what has nowhere to go is let go.
    pub(super) fn renumber(&mut self, place: &impl Fn(u32) -> Option<u32>) {
        fn all<K>(map: &mut HashMap<K, Slots>, place: &impl Fn(u32) -> Option<u32>)
        where
            K: Eq + Hash,
        {
            map.retain(|_, slots| slots.renumber(place));
        }
        for hung in self.places.iter_mut().filter_map(|p| p.hung.as_deref_mut()) {
            all(&mut hung.texts, place);
            all(&mut hung.others, place);
            all(&mut hung.networks, place);
            all(&mut hung.long, place);
            all(&mut hung.short, place);
            hung.timed.renumber(place);
            hung.any.renumber(place);
            hung.object.renumber(place);
        }
    }

    /// Adds to `raised` what an observation brings up.
    pub(super) fn raise<'n, 'a>(&self, observation: &Observation<'n, 'a>, raised: &mut Vec<u32>) {
        // Places still to be walked, with what of the observation lies there. Not recursion:
        // references let paths be as long as patterns.
        let mut walk: Vec<(usize, Vec<Stage<'n, 'a>>)> = Vec::new();
        for object in &observation.objects {
            if is_observable(object.kind)
                && let Some(place) = self.types.get(object.kind)
            {
                let hung = self.places.get(*place).and_then(|p| p.hung.as_deref());
                if let Some(hung) = hung {
                    raised.extend(hung.object.as_slice());
                }
                let stage = Stage::Value(Found::Plain(object.node));
                walk.push((*place, vec![stage]));
            }
        }
        while let Some((at, stages)) = walk.pop() {
            let Some(place) = self.places.get(at) else {
                continue;
            };
            let mut go = |to: usize, step: &Step| {
                // What the step reaches as an end, and what it reaches on the way further.
                let Some(next) = self.places.get(to) else {
                    return;
                };
                if let Some(hung) = &next.hung {
                    let mut ends = Vec::new();
                    for stage in &stages {
                        take(observation, stage, step, true, &mut ends);
                    }
                    forget_twice(&mut ends);
                    for end in &ends {
                        if let Stage::Value(found) = end {
                            hung.look(found, raised);
                        }
                    }
                }
                if next.goes_on() {
                    let mut further = Vec::new();
                    for stage in &stages {
                        take(observation, stage, step, false, &mut further);
                    }
                    forget_twice(&mut further);
                    if !further.is_empty() {
                        walk.push((to, further));
                    }
                }
            };
            for (key, to) in place.steps_by_key(&stages) {
                go(to, &Step::Key(key.into()));
            }
            for (index, to) in &place.indexes {
                go(*to, &Step::Index(*index));
            }
            if let Some(to) = place.any {
                go(to, &Step::Any);
            }
        }
    }
}

impl Place {
    fn goes_on(&self) -> bool {
        !self.keys.is_empty() || !self.indexes.is_empty() || self.any.is_some()
    }

    /// The steps by key that something in `stages` can take, found from the side that has fewer.
    fn steps_by_key(&self, stages: &[Stage<'_, '_>]) -> Vec<(&str, usize)> {
        let members = || {
            stages.iter().filter_map(|stage| match stage {
                Stage::Value(Found::Plain(node)) => node.members(),
                _ => None,
            })
        };
        if members().map(<[_]>::len).sum::<usize>() > self.keys.len() {
            return self.keys.iter().map(|(key, to)| (&**key, *to)).collect();
        }
        let mut steps: Vec<(&str, usize)> = members()
            .flatten()
            .filter_map(|member| self.keys.get_key_value(&*member.name))
            .map(|(key, to)| (&**key, *to))
            .collect();
        steps.sort_unstable();
        steps.dedup();
        steps
    }
}

fn letters_of<'m, const N: usize>(
    map: &'m HashMap<[u8; N], Slots>,
    letters: &[u8],
) -> Option<&'m Slots> {
    map.get(&<[u8; N]>::try_from(letters).ok()?)
}

impl Hung {
    /// Adds what a value brings up.
    fn look(&self, found: &Found<'_, '_>, raised: &mut Vec<u32>) {
        raised.extend(self.any.as_slice());
        let node = match found {
            Found::Bytes(bytes) => {
                // A string constant whose characters are these bytes is equal to them.
                let text: String = bytes.iter().copied().map(char::from).collect();
                self.text(&text, raised);
                self.other(&Literal::Binary(bytes.as_slice().into()), raised);
                self.letters(bytes, raised);
                if let Ok(text) = std::str::from_utf8(bytes) {
                    self.letters(compose(text).as_bytes(), raised);
                }
                return;
            }
            Found::Plain(node) => *node,
        };
        match &node.value {
            Value::String(text) => self.string(text, raised),
            Value::Number(text) => {
                let literal = match text.parse() {
                    Ok(int) => Some(Literal::Int(int)),
                    Err(_) => text.parse().ok().and_then(Float::new).map(number),
                };
                if let Some(literal) = literal {
                    self.other(&literal, raised);
                }
            }
            Value::Bool(truth) => self.other(&Literal::Bool(*truth), raised),
            Value::Null | Value::Array(_) | Value::Object(_) => {}
        }
    }

    fn string(&self, text: &str, raised: &mut Vec<u32>) {
        self.text(text, raised);
        if !self.others.is_empty() {
            let bytes: Option<Box<[u8]>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
            if let Some(bytes) = bytes {
                self.other(&Literal::Binary(bytes), raised);
            }
            match text.parse::<Moment>() {
                Ok(moment) => self.other(&Literal::Timestamp(moment), raised),
                Err(_) => raised.extend(self.timed.as_slice()),
            }
        }
        if !self.networks.is_empty()
            && let Ok(network) = text.parse::<Network>()
        {
            let [four, six] = &self.prefixes;
            let prefixes = match network {
                Network::V4 { .. } => four,
                Network::V6 { .. } => six,
            };
            for prefix in prefixes.range(..=network.prefix()) {
                let slots = network
                    .widen(*prefix)
                    .and_then(|wide| self.networks.get(&wide));
                raised.extend(slots.map(Slots::as_slice).unwrap_or_default());
            }
        }
        if !(self.long.is_empty() && self.short.is_empty()) {
            self.letters(compose(text).as_bytes(), raised);
        }
    }

    fn text(&self, text: &str, raised: &mut Vec<u32>) {
        raised.extend(
            self.texts
                .get(text)
                .map(Slots::as_slice)
                .unwrap_or_default(),
        );
    }

    fn other(&self, literal: &Literal, raised: &mut Vec<u32>) {
        raised.extend(
            self.others
                .get(literal)
                .map(Slots::as_slice)
                .unwrap_or_default(),
        );
    }

    fn letters(&self, bytes: &[u8], raised: &mut Vec<u32>) {
        if !self.long.is_empty() {
            windows(&self.long, bytes, raised);
        }
        if !self.short.is_empty() {
            windows(&self.short, bytes, raised);
        }
    }
}

fn windows<const N: usize>(map: &HashMap<[u8; N], Slots>, bytes: &[u8], raised: &mut Vec<u32>) {
    for window in bytes.windows(N) {
        if let Some(slots) = letters_of(map, window) {
            raised.extend(slots.as_slice());
        }
    }
}
