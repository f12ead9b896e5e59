//! The reading of patterns: what is read, what is refused and where, what is odd.

use super::*;

fn written(text: &str) -> String {
    let pattern = Pattern::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    let written = pattern.to_string();
    assert_eq!(Pattern::parse(&written).as_ref(), Ok(&pattern), "{written}");
    written
}

#[test]
fn writes_one_spelling() {
    for (text, expected) in [
        ("[a:b=1]", "[a:b = 1]"),
        ("( ( [ a : b == 'it\\'s' ] ) )", "[a:b = 'it\\'s']"),
        ("[a:b<>-0 /* why */] // so", "[a:b != 0]"),
        ("[a:b NOT IN(1,.5,+2.50)]", "[a:b NOT IN (1, 0.5, 2.5)]"),
        ("[a:b IN ()]", "[a:b IN ()]"),
        (
            "[a-b:'c'.'d-e'[*][3].'AND' = h'fFd8']",
            "[a-b:c.'d-e'[*][3].'AND' = h'ffd8']",
        ),
        ("[a:b = b'dGVzdB==']", "[a:b = b'dGVzdA==']"),
        ("[NOT EXISTS a:b.c]", "[NOT EXISTS a:b.c]"),
        (
            "[a:b=1 AND(a:c=2 OR a:d=3)]",
            "[a:b = 1 AND (a:c = 2 OR a:d = 3)]",
        ),
        (
            "[(a:b=1 AND a:c=2)OR a:d=3]",
            "[a:b = 1 AND a:c = 2 OR a:d = 3]",
        ),
        (
            "[a:b=1 AND (a:c=2 AND a:d=3)]",
            "[a:b = 1 AND (a:c = 2 AND a:d = 3)]",
        ),
        (
            "[a:b=1] FOLLOWEDBY [a:b=2] OR [a:b=3] AND [a:b=4]",
            "[a:b = 1] FOLLOWEDBY [a:b = 2] OR [a:b = 3] AND [a:b = 4]",
        ),
        (
            "([a:b=1] FOLLOWEDBY [a:b=2]) OR [a:b=3]",
            "([a:b = 1] FOLLOWEDBY [a:b = 2]) OR [a:b = 3]",
        ),
        (
            "[a:b=1] AND [a:b=2] WITHIN .50 SECONDS",
            "[a:b = 1] AND [a:b = 2] WITHIN 0.5 SECONDS",
        ),
        (
            "([a:b=1]) WITHIN 5 SECONDS WITHIN 6 SECONDS",
            "([a:b = 1]) WITHIN 5 SECONDS WITHIN 6 SECONDS",
        ),
        (
            "([a:b=1] REPEATS 2 TIMES) REPEATS +2 TIMES",
            "([a:b = 1] REPEATS 2 TIMES) REPEATS 2 TIMES",
        ),
        (
            "[a:b > t'2016-01-01T00:00:00.100Z'] START t'2016-01-01T00:00:00Z' STOP t'2017-01-01T00:00:00Z'",
            "[a:b > t'2016-01-01T00:00:00.1Z'] START t'2016-01-01T00:00:00Z' STOP t'2017-01-01T00:00:00Z'",
        ),
        ("[a:b = 'x\\\\y\n\u{e9}']", "[a:b = 'x\\\\y\n\u{e9}']"),
        (
            "[a:b = 100000000000000000000.0]",
            "[a:b = 100000000000000000000.0]",
        ),
        (
            "[h:b = true AND t:'b' = false]",
            "[h:b = true AND t:b = false]",
        ),
    ] {
        assert_eq!(written(text), expected);
    }
}

#[test]
fn refuses_with_code_and_place() {
    for (text, code, offset) in [
        ("", "pattern.empty", 0),
        (" /* nothing */ // at all", "pattern.empty", 0),
        ("[a:b = 1", "pattern.syntax", 8),
        ("[a:b = 1]]", "pattern.syntax", 9),
        ("[a:b = 1] AND", "pattern.syntax", 13),
        ("([a:b = 1]", "pattern.syntax", 10),
        ("[a:b = 1])", "pattern.syntax", 9),
        ("()", "pattern.syntax", 1),
        ("[]", "pattern.syntax", 1),
        ("[()]", "pattern.syntax", 2),
        ("[a:b = 1 AND ]", "pattern.syntax", 13),
        ("[a:b = \"x\"]", "pattern.syntax", 7),
        ("[a:b = 'x]", "pattern.open-string", 7),
        ("[a:b = 'x\\", "pattern.open-string", 7),
        ("[a:b = 'x\\q']", "pattern.escape", 9),
        ("[a:b = 1] /* x", "pattern.open-comment", 10),
        ("[a:b = t'2016-02-30T00:00:00Z']", "pattern.timestamp", 7),
        ("[a:b = h'abc']", "pattern.hex", 7),
        ("[a:b = b'====']", "pattern.binary", 7),
        ("[a:b = 9223372036854775808]", "pattern.number-range", 7),
        ("[a:b = 01]", "pattern.syntax", 8),
        ("[a:b = 1e5]", "pattern.syntax", 8),
        ("[a:b = 5.]", "pattern.syntax", 8),
        ("[a:b > true]", "pattern.syntax", 7),
        ("[a:b LIKE 5]", "pattern.syntax", 10),
        ("[a:b.c-d = 1]", "pattern.syntax", 5),
        ("[a:b not = 1]", "pattern.syntax", 5),
        ("[a:b NOT NOT = 1]", "pattern.syntax", 9),
        ("[NOT a:b = 1]", "pattern.syntax", 5),
        ("[a:b[-1] = 1]", "pattern.index", 5),
        ("[a:b[4294967296] = 1]", "pattern.index", 5),
        ("[a:b IN (1,)]", "pattern.syntax", 11),
        ("[a:b = 1] REPEATS 1.5 TIMES", "pattern.syntax", 18),
        ("[a:b = 1] WITHIN -5 SECONDS", "pattern.syntax", 17),
        (
            "[a:b = 1] WITHIN 99999999999999999999 SECONDS",
            "pattern.number-range",
            17,
        ),
        (
            "[a:b = 1] WITHIN 5 SECONDS WITHIN 6 SECONDS",
            "pattern.qualifier-twice",
            27,
        ),
        ("[a:b = 1] within 5 SECONDS", "pattern.syntax", 10),
        ("[true:b = 1]", "pattern.syntax", 1),
        ("[a:LAST = 1]", "pattern.syntax", 3),
    ] {
        let error = Pattern::parse(text).unwrap_err();
        assert_eq!(
            (error.code(), error.position.offset),
            (code, offset),
            "{text}: {error}"
        );
    }
    let error = Pattern::parse("[a:b = 1\n AND é:b = 2]").unwrap_err();
    assert_eq!((error.position.line, error.position.column), (2, 6));
    let error = Pattern::parse("[a:b = 1\n AND a:'é' ! 2]").unwrap_err();
    assert_eq!((error.position.line, error.position.column), (2, 12));
}

#[test]
fn bounds_hold() {
    let nest = |n: usize| format!("{}[a:b=1]{}", "(".repeat(n), ")".repeat(n));
    assert_eq!(written(&nest(MAX_DEPTH)), "[a:b = 1]");
    assert_eq!(
        Pattern::parse(&nest(MAX_DEPTH + 1)).unwrap_err().code(),
        "pattern.too-deep"
    );
    let nest = |n: usize| format!("[{}a:b=1{}]", "(".repeat(n), ")".repeat(n));
    assert_eq!(written(&nest(MAX_DEPTH)), "[a:b = 1]");
    assert_eq!(
        Pattern::parse(&nest(1 << 18)).unwrap_err().code(),
        "pattern.too-deep"
    );
    let long = format!("[a:b = '{}']", "x".repeat(MAX_BYTES));
    assert_eq!(
        Pattern::parse(&long).unwrap_err().code(),
        "pattern.too-long"
    );
    // The deepest tree: each parenthesis holds every operator.
    let mut deep = "[a:b=1]".to_owned();
    for _ in 0..MAX_DEPTH {
        deep = format!("({deep} AND [a:b=2] OR [a:b=3] FOLLOWEDBY [a:b=4]) REPEATS 2 TIMES");
    }
    assert_eq!(
        Pattern::parse(&written(&deep)).unwrap().constants().count(),
        1 + 3 * MAX_DEPTH
    );
}

#[test]
fn tells_the_constants_in_order() {
    let text = "[a:b = 'x' AND (a:c IN ('y', 'z') OR a:d != 1)] FOLLOWEDBY [a:e NOT IN ('v') OR a:f NOT != 'w' AND EXISTS a:g]";
    let pattern = Pattern::parse(text).unwrap();
    let told: Vec<String> = pattern
        .constants()
        .map(|c| format!("{} {} {} {}", c.path, c.operator, c.literal, c.is_sought()))
        .collect();
    assert_eq!(
        told,
        [
            "a:b = 'x' true",
            "a:c IN 'y' true",
            "a:c IN 'z' true",
            "a:d != 1 false",
            "a:e IN 'v' false",
            "a:f != 'w' true",
        ]
    );
}

#[test]
fn finds_what_is_odd() {
    for (text, expected) in [
        ("[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']", ""),
        ("[file:hashes.'SHA-256' = 'f00']", "pattern.hash 25"),
        ("[file:hashes.'SHA-256' LIKE 'f00%']", ""),
        (
            "[file:hashes.MD5 IN ('x', 'd41d8cd98f00b204e9800998ecf8427e')]",
            "pattern.hash 20",
        ),
        ("[a:b MATCHES '^x+$']", ""),
        ("[a:b MATCHES '(?<=x)y']", "pattern.regex-backtracking 13"),
        ("[a:b MATCHES '(a)\\\\1']", "pattern.regex-backtracking 13"),
        ("[a:b MATCHES '(']", "pattern.regex 13"),
        (
            "[a:b MATCHES '((((a{1,99}){1,99}){1,99}){1,99})']",
            "pattern.regex-too-large 13",
        ),
        ("[a:b ISSUBSET '198.51.100.0/24']", ""),
        ("[a:b ISSUBSET '1234']", "pattern.network 14"),
        ("[a:b IN (1, 2.5)]", ""),
        ("[a:b IN (1, 'x')]", "pattern.mixed-set 1"),
        ("[a:b = 1] REPEATS 0 TIMES", "pattern.no-repeats 10"),
        (
            "[a:b = 1] START t'2017-01-01T00:00:00Z' STOP t'2016-01-01T00:00:00Z'",
            "pattern.empty-interval 10",
        ),
    ] {
        let (_, findings) = Pattern::inspect(text).unwrap();
        let told: Vec<String> = findings
            .iter()
            .map(|f| format!("{} {}", f.code, f.position.offset))
            .collect();
        assert_eq!(told.join(", "), expected, "{text}");
    }
}

#[test]
fn knows_patterns_that_mean_the_same() {
    use Equivalence::{Distinct, Equivalent};
    // The verdicts of the first part are those of the reference, `stix2` 3.0.2; the last part goes further.
    for (a, b, expected) in [
        (
            "[a:b=1 AND a:c=2]",
            "[a:c=2 AND a:b=1 AND a:c=2]",
            Equivalent,
        ),
        (
            "[a:b=1 AND (a:c=2 OR a:d=3)]",
            "[a:b=1 AND a:c=2 OR a:d=3 AND a:b=1]",
            Equivalent,
        ),
        ("[a:b=1 OR a:b=1 AND a:c=2]", "[a:b=1]", Equivalent),
        ("[a:b=1 AND (a:b=1 OR a:c=2)]", "[a:b=1]", Equivalent),
        (
            "[(a:b=1 OR c:d=1) AND (a:e=2 OR c:f=2)]",
            "[a:b=1 AND a:e=2 OR c:d=1 AND c:f=2]",
            Equivalent,
        ),
        ("[a:b IN (3,2,1)]", "[a:b IN (1,2,3)]", Equivalent),
        ("[a:b=1]", "[a:b=1.0]", Equivalent),
        ("[a:b='x']", "[a:b='X']", Distinct),
        ("[a:b=1]", "[a:b=2]", Distinct),
        ("[a:b=1 OR a:c=2]", "[a:b=1] OR [a:c=2]", Distinct),
        ("[a:b=1] OR [a:b=1]", "[a:b=1]", Equivalent),
        ("[a:b=1] AND [a:b=1]", "[a:b=1]", Distinct),
        ("[a:b=1] AND [a:c=2]", "[a:c=2] AND [a:b=1]", Equivalent),
        (
            "[a:b=1] FOLLOWEDBY [a:c=2]",
            "[a:c=2] FOLLOWEDBY [a:b=1]",
            Distinct,
        ),
        ("[a:b=1] OR ([a:b=1] AND [a:c=2])", "[a:b=1]", Equivalent),
        (
            "[a:b=1] OR ([a:c=2] FOLLOWEDBY [a:b=1])",
            "[a:b=1]",
            Equivalent,
        ),
        (
            "([a:b=1] FOLLOWEDBY [a:b=3]) OR ([a:b=0] FOLLOWEDBY [a:b=1] FOLLOWEDBY [a:b=2] FOLLOWEDBY [a:b=3])",
            "[a:b=1] FOLLOWEDBY [a:b=3]",
            Equivalent,
        ),
        (
            "([a:b=1] AND [a:b=1]) OR ([a:b=1] AND [a:b=2])",
            "[a:b=1] AND [a:b=2]",
            Distinct,
        ),
        (
            "[a:b=1] AND ([a:b=2] OR [a:b=3])",
            "([a:b=1] AND [a:b=2]) OR ([a:b=3] AND [a:b=1])",
            Equivalent,
        ),
        (
            "([a:b=1] OR [a:b=2]) FOLLOWEDBY ([a:b=3] AND [a:b=4])",
            "([a:b=2] FOLLOWEDBY ([a:b=4] AND [a:b=3])) OR ([a:b=1] FOLLOWEDBY ([a:b=3] AND [a:b=4]))",
            Equivalent,
        ),
        (
            "[a:b=1] WITHIN 5 SECONDS",
            "[a:b=1] WITHIN 6 SECONDS",
            Distinct,
        ),
        (
            "([a:b=1] OR [a:b=2]) REPEATS 2 TIMES",
            "([a:b=2] OR [a:b=1]) REPEATS 2 TIMES",
            Equivalent,
        ),
        (
            "[ipv4-addr:value='198.51.100.7/24']",
            "[ipv4-addr:value='198.51.100.0/24']",
            Equivalent,
        ),
        (
            "[ipv4-addr:value='198.51.100.7/32']",
            "[ipv4-addr:value='198.51.100.7']",
            Equivalent,
        ),
        (
            "[ipv4-addr:value='198.51.100.7/33']",
            "[ipv4-addr:value='198.51.100.7']",
            Distinct,
        ),
        (
            "[ipv6-addr:value='2001:DB8:0::1']",
            "[ipv6-addr:value='2001:db8::1']",
            Equivalent,
        ),
        (
            "[windows-registry-key:key='HKEY\\\\A']",
            "[windows-registry-key:key='hkey\\\\a']",
            Equivalent,
        ),
        (
            "[windows-registry-key:values[0].name='A']",
            "[windows-registry-key:values[0].name='a']",
            Equivalent,
        ),
        (
            "[windows-registry-key:values[0].data='A']",
            "[windows-registry-key:values[0].data='a']",
            Distinct,
        ),
        // Beyond the reference.
        (
            "[a:b=1] WITHIN 5 SECONDS",
            "[a:b=1] WITHIN 5.0 SECONDS",
            Equivalent,
        ),
        ("[a:b NOT = 1]", "[a:b <> 1]", Equivalent),
        ("[a:b IN (1)]", "[a:b = 1]", Equivalent),
        ("[a:b IN (1, 1.0, 2)]", "[a:b IN (2, 1)]", Equivalent),
        ("[a:b = h'ff']", "[a:b = b'/w==']", Equivalent),
        ("[a:b NOT < 1]", "[a:b >= 1]", Distinct),
    ] {
        let (a, b) = (Pattern::parse(a).unwrap(), Pattern::parse(b).unwrap());
        assert_eq!(a.is_equivalent(&b), expected, "{a} and {b}");
        assert_eq!(b.is_equivalent(&a), expected, "{b} and {a}");
        let canonical = a.canonical().unwrap();
        assert_eq!(canonical.canonical().as_ref(), Some(&canonical), "{a}");
        assert_eq!(Pattern::parse(&canonical.to_string()), Ok(canonical), "{a}");
    }
}

#[test]
fn makes_no_normal_form_that_explodes() {
    let many: Vec<String> = (0..40).map(|n| format!("(a:x{n}=1 OR a:y{n}=2)")).collect();
    let one = Pattern::parse(&format!("[{}]", many.join(" AND "))).unwrap();
    let many: Vec<String> = (0..40)
        .map(|n| format!("([a:x{n}=1] OR [a:y{n}=2])"))
        .collect();
    let two = Pattern::parse(&many.join(" FOLLOWEDBY ")).unwrap();
    assert_eq!(one.is_equivalent(&two), Equivalence::Undecided);
    assert_eq!(one.is_equivalent(&one.clone()), Equivalence::Equivalent);
    assert_eq!((one.canonical(), two.canonical()), (None, None));
    // Long, but not exponentially so.
    let many: Vec<String> = (0..20_000)
        .map(|n| format!("a:b='{}'", n * 7919 % 20_000))
        .collect();
    let long = Pattern::parse(&format!("[{}]", many.join(" OR "))).unwrap();
    assert!(long.canonical().is_some());
}
