//! The finder on labelled sentences, and on texts that nobody wrote.

use proptest::prelude::*;

use super::*;

const LABELLED: &str = include_str!("labelled.txt");

/// Wednesday.
fn printed() -> Instant {
    "2023-07-05T12:00:00Z".parse().unwrap()
}

struct Labelled {
    text: &'static str,
    wanted: Vec<(&'static str, &'static str)>,
}

fn labelled(part: &'static str) -> Vec<Labelled> {
    let mut all: Vec<Labelled> = Vec::new();
    for line in part
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        match line.strip_prefix("= ") {
            None => all.push(Labelled {
                text: line,
                wanted: Vec::new(),
            }),
            Some(label) => {
                let ends = |stance: &&Stance| label.ends_with(stance.as_str());
                let longest = Stance::ALL
                    .iter()
                    .filter(ends)
                    .max_by_key(|one| one.as_str().len());
                let stance = longest.unwrap().as_str();
                let who = label[..label.len() - stance.len()].trim();
                all.last_mut().unwrap().wanted.push((who, stance));
            }
        }
    }
    all
}

fn is(found: &Found, (who, stance): (&str, &str)) -> bool {
    let speaker = &found.speaker;
    let same = match who.strip_prefix('~') {
        None => speaker
            .party
            .as_ref()
            .is_some_and(|party| party.as_str() == who),
        Some(part) => {
            let holds =
                |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains(part));
            holds(&speaker.name) || holds(&speaker.role)
        }
    };
    same && found.stance.as_str() == stance
}

fn read(text: &str) -> Vec<Found> {
    propose(
        &crate::press::sentences(text),
        Some(printed()),
        &Names::of_states(),
    )
}

fn one(text: &str) -> Found {
    let mut found = read(text);
    assert_eq!(found.len(), 1, "{text}: {found:#?}");
    found.remove(0)
}

#[derive(Default)]
struct Score {
    sentences: usize,
    without: usize,
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Score {
    fn share(&self, rest: usize) -> f64 {
        self.right as f64 / (self.right + rest).max(1) as f64
    }
}

fn score(cases: &[Labelled]) -> Score {
    let mut score = Score::default();
    for case in cases {
        let mut wanted = case.wanted.clone();
        score.sentences += 1;
        score.without += usize::from(wanted.is_empty());
        for one in &read(case.text) {
            match wanted.iter().position(|label| is(one, *label)) {
                Some(place) => {
                    wanted.remove(place);
                    score.right += 1;
                }
                None => {
                    score.wrong += 1;
                    let stance = one.stance.as_str();
                    println!("wrong: {}\n  {:?} {stance}", case.text, one.speaker);
                }
            }
        }
        for label in &wanted {
            println!("missed: {}\n  {label:?}", case.text);
        }
        score.missed += wanted.len();
    }
    score
}

/// The first part is what the finder was made with, so a fall there is a fault. The second shows what
/// to expect of other texts: the thresholds leave room for what is known to be hard (`two members
/// raised objections, according to`), and none for a finder that guesses.
#[test]
fn speaker_and_stance_on_the_labelled_sentences() {
    let (first, second) = LABELLED.split_once("# The second part").unwrap();
    for (name, part, precision, recall, least) in [
        ("made with", first, 0.95, 0.95, 120),
        ("unseen", second, 0.8, 0.8, 30),
    ] {
        let score = score(&labelled(part));
        println!(
            "{name}: {} sentences, {} without a statement: speaker and stance with precision {:.3}, recall {:.3}",
            score.sentences,
            score.without,
            score.share(score.wrong),
            score.share(score.missed)
        );
        assert!(score.sentences >= least && score.without * 4 >= score.sentences);
        assert!(score.share(score.wrong) >= precision, "{name}");
        assert!(score.share(score.missed) >= recall, "{name}");
    }
}

#[test]
fn a_chain_of_sources_is_kept_in_its_order() {
    let found = one(
        "The Daily Lantern reported on Friday, citing unnamed officials, that the date had been moved.",
    );
    let chain: Vec<(SourceKind, &str)> = found
        .sources
        .iter()
        .map(|link| (link.kind, link.name.as_str()))
        .collect();
    assert_eq!(
        chain,
        [
            (SourceKind::Outlet, "Daily Lantern"),
            (SourceKind::Unnamed, "unnamed officials")
        ]
    );
    assert_eq!(
        found.said.unwrap().to_string(),
        "2023-06-30T00:00:00.000000Z"
    );
    assert!(!found.quoted);

    let found =
        one("Kyodo quoted a Japanese government source as saying the building had been leased.");
    assert_eq!(found.sources[0].kind, SourceKind::Agency);
    assert_eq!(found.sources[1].kind, SourceKind::Unnamed);

    let found = one(
        "The alliance's secretary general, Pieter Maas, told the Harbour Gazette that the door was open.",
    );
    assert_eq!(found.sources[0].name, "Harbour Gazette");
    assert_eq!(found.speaker.name.as_deref(), Some("Pieter Maas"));
    assert_eq!(
        found.speaker.role.as_deref(),
        Some("alliance's secretary general")
    );
}

#[test]
fn quotations_days_and_pronouns_go_to_their_speaker() {
    let text = "\u{201c}We have not agreed to anything,\u{201d} said Keiko Arakawa, the Japanese foreign minister, on Monday. \
        \u{201c}The talks go on,\u{201d} she added. Nobody left.";
    let found = read(text);
    assert_eq!(found.len(), 2, "{found:#?}");
    for one in &found {
        assert_eq!(one.speaker.name.as_deref(), Some("Keiko Arakawa"));
        assert_eq!(one.speaker.party.as_ref().unwrap().as_str(), "JPN");
        assert!(one.quoted);
    }
    assert_eq!(found[0].text, "We have not agreed to anything");
    assert_eq!(found[1].text, "The talks go on");
    assert_eq!(
        found[0].said.unwrap().to_string(),
        "2023-07-03T00:00:00.000000Z"
    );
    assert_eq!((found[0].sentence, found[1].sentence), (0, 1));
    assert_eq!(found[1].said, None);
}

#[test]
fn an_alias_names_the_party_and_a_private_person_has_none() {
    let text = "Pieter Maas said the alliance had agreed. Japanese baker Jiro Sato said business was good.";
    let nato = "NATO".parse().unwrap();
    let names = Names::of_states().with([("pieter maas", &nato)]);
    let found = propose(&crate::press::sentences(text), None, &names);
    assert_eq!(found[0].speaker.party, Some(nato));
    assert_eq!(found[0].stance, Stance::Announced);
    assert_eq!(found[1].speaker.party, None);
    assert_eq!(found[1].stance, Stance::Reported);
}

fn piece() -> impl Strategy<Value = String> {
    let words = "said|told|according to|citing|Japan|France|the|a|spokesman|official|,|.|\"|\u{201c}|\u{201d}|\u{2019}s|who|and|\
        declined to comment|denied|was confirmed by|quoted|as saying|on Monday|May 3|2023|he|it|would|not|if|?|Kyodo|\
        Keiko Arakawa|ministry|in|of|U.S.|\u{df}\u{130}|\u{1f600}|-|'|;|(|)";
    let words: Vec<String> = words.split('|').map(str::to_owned).collect();
    prop_oneof![8 => prop::sample::select(words), 1 => ".{0,8}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn nothing_is_proposed_that_is_not_in_the_text(
        sentences in prop::collection::vec(prop::collection::vec(piece(), 0..40), 0..5),
        printed in prop::option::of(any::<i64>()),
    ) {
        let sentences: Vec<String> = sentences.iter().map(|pieces| pieces.join(" ")).collect();
        let printed = printed.map(Instant::from_micros);
        let names = Names::of_states();
        let found = propose(&sentences, printed, &names);
        for one in &found {
            let sentence = &sentences[one.sentence];
            prop_assert!(sentence.contains(&one.text), "{} {}", sentence, one.text);
            prop_assert!(!one.sources.is_empty());
        }
        prop_assert!(found.is_sorted_by_key(|one| one.sentence));
        // The same text gives the same proposals.
        prop_assert_eq!(found, propose(&sentences, printed, &names));
    }
}
