//! Random patterns and random observations: what is written reads back, normal forms mean the
//! same, matching agrees with trying every binding, and the index with trying every pattern.
//!
//! No corpus is needed.

use std::time::Duration;

use legation_stix::json;
use legation_stix::pattern::{
    Comparison, Expression, Float, Index, Literal, ObjectPath, Observation, Operator, Outcome,
    Pattern, Qualifier, Step, Test,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const TEXTS: [&str; 12] = [
    "",
    "x",
    "y'\\",
    "abcdef",
    "xabcdefx",
    "ab",
    "198.51.100.7",
    "198.51.100.0/24",
    "2001:db8::1",
    "2016-01-01T00:00:00Z",
    "é",
    "e\u{301}",
];

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        4 => (0..4i64).prop_map(Literal::Int),
        1 => (0..6).prop_map(|n| Literal::Float(Float::new(f64::from(n) / 2.0).unwrap())),
        4 => select(&TEXTS[..]).prop_map(|text| Literal::String(text.into())),
        1 => any::<bool>().prop_map(Literal::Bool),
        1 => select(&TEXTS[..]).prop_map(|text| Literal::Hex(text.as_bytes().into())),
        1 => select(&TEXTS[..]).prop_map(|text| Literal::Binary(text.as_bytes().into())),
        1 => (0..3).prop_map(|n| {
            Literal::Timestamp(format!("2016-01-01T00:00:0{n}.5Z").parse().unwrap())
        }),
    ]
}

fn path() -> impl Strategy<Value = ObjectPath> {
    let key = || select(&["x", "y", "l", "z_hex", "r_ref", "n_refs", "AND", "d-e"][..]);
    let step = prop_oneof![
        3 => key().prop_map(|key| Step::Key(key.into())),
        1 => (0..2u32).prop_map(Step::Index),
        1 => Just(Step::Any),
    ];
    (
        select(&["a", "b", "x-c", "identity"][..]),
        key(),
        vec(step, 0..3),
    )
        .prop_map(|(object_type, first, rest)| ObjectPath {
            object_type: object_type.into(),
            steps: std::iter::once(Step::Key(first.into()))
                .chain(rest)
                .collect(),
        })
}

fn test() -> impl Strategy<Value = Test> {
    use Operator as O;
    let fixed = |text: &'static [&'static str]| {
        select(text).prop_map(|text| vec![Literal::String(text.into())])
    };
    let rest = prop_oneof![
        6 => (select(&[O::Equal, O::NotEqual][..]), literal().prop_map(|l| vec![l])),
        2 => (
            select(&[O::Less, O::LessOrEqual, O::Greater, O::GreaterOrEqual][..]),
            literal().prop_filter("booleans have no order", |l| !matches!(l, Literal::Bool(_)))
                .prop_map(|l| vec![l]),
        ),
        2 => (Just(O::In), vec(literal(), 0..4)),
        2 => (Just(O::Like), fixed(&["%", "x%", "%abcdef%", "_bcdef_", "%ab%", "é", "e\u{301}"])),
        2 => (
            Just(O::Matches),
            fixed(&["", "^x", "abc(def)+", "a|b", "(?i)ABCDEF", "x(?=a)", "(", "^é$", "\\x61bc"]),
        ),
        1 => (
            select(&[O::IsSubset, O::IsSuperset][..]),
            fixed(&["198.51.100.0/24", "198.51.0.0/16", "198.51.100.7", "2001:db8::/32", "z"]),
        ),
        1 => (Just(O::Exists), Just(Vec::new())),
    ];
    (path(), any::<bool>(), rest).prop_map(|(path, negated, (operator, operands))| Test {
        path,
        negated,
        operator,
        operands: operands.into(),
    })
}

fn comparison(test: impl Strategy<Value = Test> + 'static) -> impl Strategy<Value = Comparison> {
    test.prop_map(Comparison::Test)
        .prop_recursive(3, 8, 3, |inner| {
            prop_oneof![
                vec(inner.clone(), 2..4).prop_map(|parts| Comparison::And(parts.into())),
                vec(inner, 2..4).prop_map(|parts| Comparison::Or(parts.into())),
            ]
        })
}

fn qualifier() -> impl Strategy<Value = Qualifier> {
    let moment = |n: u8| format!("2016-01-01T00:00:0{n}Z").parse().unwrap();
    prop_oneof![
        3 => (0..4u64, select(&[0, 500_000_000][..]))
            .prop_map(|(s, n)| Qualifier::Within(Duration::new(s, n))),
        3 => (1..4u64).prop_map(Qualifier::Repeats),
        2 => (0..6u8, 0..9u8)
            .prop_map(move |(a, b)| Qualifier::StartStop(moment(a), moment(b))),
    ]
}

fn expression(
    comparison: impl Strategy<Value = Comparison> + 'static,
) -> impl Strategy<Value = Expression> {
    comparison
        .prop_map(Expression::Observation)
        .prop_recursive(3, 5, 3, |inner| {
            prop_oneof![
                vec(inner.clone(), 2..4).prop_map(|parts| Expression::And(parts.into())),
                vec(inner.clone(), 2..4).prop_map(|parts| Expression::Or(parts.into())),
                vec(inner.clone(), 2..4).prop_map(|parts| Expression::FollowedBy(parts.into())),
                (inner, vec(qualifier(), 1..3))
                    .prop_map(|(e, qs)| Expression::Qualified(Box::new(e), qs.into())),
            ]
        })
}

fn pattern() -> impl Strategy<Value = Pattern> {
    expression(comparison(test())).prop_map(|e| Pattern::parse(&e.to_string()).unwrap())
}

/// Patterns that say whether each observation has this or that, and much about when.
fn plain() -> impl Strategy<Value = Pattern> {
    let test = (0..3i64).prop_map(|n| Test {
        path: ObjectPath {
            object_type: "a".into(),
            steps: [Step::Key("l".into()), Step::Any].into(),
        },
        negated: false,
        operator: Operator::Equal,
        operands: [Literal::Int(n)].into(),
    });
    expression(test.prop_map(Comparison::Test))
        .prop_map(|e| Pattern::parse(&e.to_string()).unwrap())
}

/// Observed data as JSON text: when, how long, how often, and what.
fn observed(most: usize) -> impl Strategy<Value = String> {
    let value = prop_oneof![
        (0..4u8).prop_map(|n| n.to_string()),
        select(
            &[
                "true",
                "1.5",
                "null",
                "\"78\"",
                "\"616263646566\"",
                "{\"x\": [0, \"x\"]}",
                "[[1]]"
            ][..]
        )
        .prop_map(str::to_owned),
        select(&TEXTS[..]).prop_map(|text| format!("{text:?}")
            .replace("\\u{301}", "\u{301}")
            .replace("\\'", "'")),
    ];
    let list = vec(0..3, 0..3).prop_map(|items| format!("{items:?}"));
    let object = (
        select(&["a", "b", "x-c", "identity"][..]),
        vec(
            (select(&["x", "y", "z_hex", "AND", "d-e"][..]), value),
            0..3,
        ),
        list,
        vec(0..3, 0..3),
    );
    let one = (0..6, 0..4, 1..3, vec(object, 1..4));
    vec(one, 0..most).prop_map(|all| {
        let mut objects = Vec::new();
        for (n, (first, length, number, scos)) in all.iter().enumerate() {
            let ids: Vec<String> = (0..scos.len()).map(|m| format!("\"o{n}-{m}\"")).collect();
            objects.push(format!(
                "{{\"type\": \"observed-data\", \"first_observed\": \"2016-01-01T00:00:0{first}Z\", \
                 \"last_observed\": \"2016-01-01T00:00:0{}Z\", \"number_observed\": {number}, \
                 \"object_refs\": [{}]}}",
                first + length,
                ids.join(", "),
            ));
            for ((kind, properties, list, refs), id) in scos.iter().zip(&ids) {
                let mut members = vec![format!("\"type\": \"{kind}\", \"id\": {id}, \"l\": {list}")];
                let mut names: Vec<&str> = Vec::new();
                for (name, value) in properties {
                    if !names.contains(name) {
                        names.push(name);
                        members.push(format!("\"{name}\": {value}"));
                    }
                }
                let refs: Vec<String> = refs.iter().map(|m| format!("\"o{n}-{m}\"")).collect();
                members.extend(refs.first().map(|first| format!("\"r_ref\": {first}")));
                members.push(format!("\"n_refs\": [{}]", refs.join(", ")));
                objects.push(format!("{{{}}}", members.join(", ")));
            }
        }
        format!("[{}]", objects.join(",\n"))
    })
}

/// How an outcome counts in comparisons: which way it matches is free.
fn told(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Match(_) => "match",
        Outcome::NoMatch => "no match",
        Outcome::Undecided(_) => "undecided",
    }
}

/// An observation as often as it was seen: its place, and which time it is.
type Instance = (usize, u64);

/// Every binding of `expression`, by definition.
fn bindings(expression: &Expression, observations: &[Observation<'_, '_>]) -> Vec<Vec<Instance>> {
    let first = |b: &[Instance]| b.iter().map(|i| observations[i.0].first_observed()).max();
    let last = |b: &[Instance]| b.iter().map(|i| observations[i.0].last_observed()).min();
    let disjoint = |a: &[Instance], b: &[Instance]| a.iter().all(|i| !b.contains(i));
    let nanos = |m: legation_stix::pattern::Moment| {
        i128::from(m.seconds()) * 1_000_000_000 + i128::from(m.subsecond_nanos())
    };
    match expression {
        Expression::Observation(comparison) => {
            let pattern = Pattern::parse(&format!("[{comparison}]")).unwrap();
            let held = observations.iter().enumerate().filter(|(_, observation)| {
                pattern
                    .matches(std::slice::from_ref(*observation))
                    .is_match()
            });
            held.flat_map(|(place, o)| (0..o.number_observed()).map(move |n| vec![(place, n)]))
                .collect()
        }
        Expression::Or(parts) => parts
            .iter()
            .flat_map(|p| bindings(p, observations))
            .collect(),
        Expression::And(parts) | Expression::FollowedBy(parts) => {
            let ordered = matches!(expression, Expression::FollowedBy(_));
            let mut all: Vec<Vec<Instance>> = vec![Vec::new()];
            for part in parts {
                let right = bindings(part, observations);
                all = all
                    .iter()
                    .flat_map(|a| right.iter().map(move |b| (a, b)))
                    .filter(|(a, b)| disjoint(a, b))
                    .filter(|(a, b)| !ordered || a.is_empty() || first(a) <= last(b))
                    .map(|(a, b)| [a.as_slice(), b].concat())
                    .collect();
            }
            all
        }
        Expression::Qualified(inner, qualifiers) => {
            let mut all = bindings(inner, observations);
            for qualifier in qualifiers {
                all = match qualifier {
                    Qualifier::Within(time) => all
                        .into_iter()
                        .filter(|b| {
                            let time = i128::try_from(time.as_nanos()).unwrap();
                            nanos(first(b).unwrap()) - nanos(last(b).unwrap()) <= time
                        })
                        .collect(),
                    Qualifier::StartStop(start, stop) => all
                        .into_iter()
                        .filter(|b| {
                            start < stop
                                && b.iter().all(|i| {
                                    let o = &observations[i.0];
                                    o.first_observed() < *stop && o.last_observed() >= *start
                                })
                        })
                        .collect(),
                    Qualifier::Repeats(times) => {
                        let mut chosen: Vec<(usize, Vec<Instance>)> =
                            all.iter().cloned().enumerate().collect();
                        for _ in 1..*times {
                            chosen = chosen
                                .iter()
                                .flat_map(|(n, a)| {
                                    all.iter().enumerate().skip(n + 1).map(move |b| (a, b))
                                })
                                .filter(|(a, (_, b))| disjoint(a, b))
                                .map(|(a, (n, b))| (n, [a.as_slice(), b].concat()))
                                .take(20_000)
                                .collect();
                        }
                        chosen.into_iter().map(|(_, b)| b).collect()
                    }
                };
            }
            all
        }
    }
}

/// Whether trying every binding stays within what a test may do.
fn is_small(expression: &Expression, instances: u64) -> bool {
    fn size(expression: &Expression, n: u64) -> u64 {
        match expression {
            Expression::Observation(_) => n,
            Expression::Or(parts) => parts.iter().map(|p| size(p, n)).sum(),
            Expression::And(parts) | Expression::FollowedBy(parts) => parts
                .iter()
                .fold(1, |all, p| all.saturating_mul(size(p, n))),
            Expression::Qualified(inner, qualifiers) => {
                qualifiers.iter().fold(size(inner, n), |all, q| match q {
                    Qualifier::Repeats(times) => all.saturating_pow(u32::try_from(*times).unwrap()),
                    _ => all,
                })
            }
        }
    }
    size(expression, instances) <= 20_000
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn reads_what_it_writes(expression in expression(comparison(test()))) {
        let text = expression.to_string();
        let pattern = Pattern::parse(&text).unwrap();
        prop_assert_eq!(pattern.expression(), &expression, "{}", text);
        prop_assert_eq!(pattern.to_string(), text);
    }

    #[test]
    fn normal_forms_are_final_and_mean_the_same(pattern in pattern(), text in observed(4)) {
        let Some(canonical) = pattern.canonical() else { return Ok(()) };
        prop_assert_eq!(canonical.canonical(), Some(canonical.clone()));
        prop_assert_eq!(Pattern::parse(&canonical.to_string()), Ok(canonical.clone()));
        let tree = json::parse(text.as_bytes()).unwrap();
        let observations = Observation::read_all(tree.items().unwrap()).unwrap();
        let (a, b) = (pattern.matches(&observations), canonical.matches(&observations));
        prop_assert_eq!(told(&a), told(&b), "{} is {}", pattern, canonical);
    }

    #[test]
    fn binds_as_by_trying_everything(pattern in plain(), text in observed(5)) {
        let tree = json::parse(text.as_bytes()).unwrap();
        let observations = Observation::read_all(tree.items().unwrap()).unwrap();
        let instances = observations.iter().map(Observation::number_observed).sum();
        prop_assume!(is_small(pattern.expression(), instances));
        let all = bindings(pattern.expression(), &observations);
        let outcome = pattern.matches(&observations);
        prop_assert_eq!(told(&outcome), if all.is_empty() { "no match" } else { "match" }, "{}", pattern);
        if let Outcome::Match(places) = outcome {
            prop_assert!(places.iter().all(|place| *place < observations.len()));
            // What it names is enough to match.
            let named: Vec<_> = places.iter().map(|n| observations[*n].clone()).collect();
            prop_assert!(pattern.matches(&named).is_match());
        }
    }

    #[test]
    fn index_agrees_with_trying_each(patterns in vec(pattern(), 0..30), text in observed(3)) {
        let tree = json::parse(text.as_bytes()).unwrap();
        let observations = Observation::read_all(tree.items().unwrap()).unwrap();
        let mut index = Index::new();
        for (key, pattern) in (0..).zip(&patterns) {
            prop_assert!(index.insert(key, pattern));
        }
        for gone in [usize::MAX, 2, 3] {
            for key in (0..patterns.len()).step_by(gone) {
                // The first round removes nothing but what a second insertion puts back.
                index.remove(key as u64);
                if gone == usize::MAX {
                    prop_assert!(index.insert(key as u64, &patterns[key]));
                }
            }
            let held = |key: usize| gone == usize::MAX || !(key.is_multiple_of(2) || gone == 3 && key.is_multiple_of(3));
            let (mut matched, mut undecided) = (Vec::new(), Vec::new());
            for (key, pattern) in patterns.iter().enumerate().filter(|(key, _)| held(*key)) {
                match pattern.matches(&observations) {
                    Outcome::Match(_) => matched.push(key as u64),
                    Outcome::Undecided(doubt) => undecided.push((key as u64, doubt)),
                    Outcome::NoMatch => {}
                }
            }
            let hits = index.matches(&observations);
            prop_assert_eq!(&hits.matched, &matched);
            prop_assert_eq!(&hits.undecided, &undecided);
            let candidates = index.candidates(&observations);
            prop_assert!(matched.iter().all(|key| candidates.contains(key)));
        }
    }
}
