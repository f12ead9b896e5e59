//! Who says it: the noun phrase beside a reporting verb, and what it tells of name, role and party.
//!
//! A private person is of no party here, wherever it comes from: a name of a state counts beside an
//! office, or where it stands alone.

use std::ops::Range;

use legation_core::act::{SourceKind, SourceLink, Speaker};

use super::day::day_at;
use super::name::Names;
use super::word::{Word, without_genitive};

/// Who speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Who {
    pub(super) speaker: Speaker,
    pub(super) kind: SourceKind,
    /// As the sentence calls it.
    pub(super) called: String,
    /// A word that stands for whoever spoke before.
    pub(super) pronoun: bool,
    /// Whether it holds some office, so that its plain words are its party's.
    pub(super) official: bool,
}

impl Who {
    /// Its link in a chain of sources.
    pub(super) fn link(&self) -> SourceLink {
        SourceLink {
            kind: self.kind,
            name: self.called.clone(),
        }
    }
}

/// Nouns of offices, persons in office and their bodies.
const OFFICIAL: &str = "minister|ministers|ministry|ministries|president|presidency|government|\
    governments|official|officials|spokesman|spokeswoman|spokesperson|spokespeople|ambassador|embassy|\
    envoy|diplomat|diplomats|parliament|cabinet|army|navy|military|authorities|secretary|premier|\
    chancellor|king|queen|office|delegation|mission|representative|commissioner|council|commission|\
    palace|chief|head|general|admiral|department|agency|alliance|chair|chairman|chairwoman|director|\
    deputy|senator|lawmaker|lawmakers|legislator|mayor|governor|attaché|attache|consul|consulate|leader|\
    leadership|side|capital|administration|secretariat|headquarters|commander|marshal|colonel|mp|bank|\
    statement";

/// Nouns of whoever is not named.
const UNNAMED: &str = "official|officials|source|sources|diplomat|diplomats|person|people|insider|\
    insiders|aide|aides|adviser|advisers|advisor|advisors|lawmaker|lawmakers|negotiator|negotiators|\
    expert|experts|analyst|analysts|observers|participants|staffer|staffers|officer|officers|envoys|\
    representatives|authorities|individuals";

/// Words before a name.
const TITLES: &str = "president|prime|minister|foreign|defense|defence|finance|secretary|general|\
    secretary-general|chancellor|ambassador|spokesman|spokeswoman|spokesperson|chief|cabinet|deputy|\
    vice|senator|king|queen|prince|princess|pope|admiral|colonel|mr|mrs|ms|dr|sir|lord|lady|director|\
    chairman|chairwoman|chair|commissioner|high|representative|envoy|press|professor|mp|leader|state|\
    premier|governor|mayor|undersecretary|director-general|major|vice-president|vice-minister|acting|\
    former|then|interior|justice|trade|national|security|adviser|advisor|analyst|researcher|lawyer|\
    author|editor|historian|scholar|economist|professor|official|diplomat|commander|captain|councillor";

/// Nouns of papers and stations.
const OUTLET: &str = "newspaper|daily|weekly|broadcaster|magazine|website|tabloid|outlet|news|times|\
    post|journal|herald|tribune|gazette|shimbun|press|media|television|tv|radio|paper|papers|reuters|\
    bbc|cnn|nhk|nikkei|bloomberg|politico|guardian|monde|figaro|spiegel|afp|ap|kyodo|jiji|yonhap|xinhua|\
    tass|dpa|ansa|efe|pti|upi|anadolu|belga|tanjug|interfax|courier|observer|chronicle|dispatch|\
    telegraph|wire|bulletin|channel|network";

/// Papers that sell to papers.
const AGENCY: &str = "agency|wire|reuters|afp|ap|kyodo|jiji|yonhap|xinhua|tass|dpa|ansa|efe|pti|upi|\
    anadolu|belga|tanjug|interfax|bloomberg";

/// Words that stand between a subject and its verb.
const BETWEEN: &str = "has|have|had|also|later|then|earlier|reportedly|immediately|officially|formally|\
    publicly|flatly|repeatedly|again|once|already|meanwhile|subsequently|initially|firmly|strongly|\
    categorically|quickly|bluntly|recently|simply|separately|privately|eventually|all|both|since|now|\
    only|on|yesterday|today|itself|himself|herself|themselves|finally|quietly|consistently|jointly|\
    vehemently|partly|explicitly|previously|briefly|further|just|swiftly|promptly|merely|still|and";

/// Words that end a noun phrase to the left.
const BOUNDARY: &str = "that|while|but|as|after|because|when|although|though|since|where|which|who|\
    whether|if|said|says|told|confirmed|denied|announced|reported|added|whom|whose|than|so|yet|before|\
    reporting|saying|until|adding";

/// Words with which a phrase begins that is no subject.
const LEADING: &str = "in|on|at|from|after|during|by|for|earlier|later|meanwhile|however|yesterday|today|\
    last|also|then|separately|and|or|but|with|amid|following|still|instead|nevertheless|asked|indeed|\
    despite|under|through|within|since|over|next|this";

/// Prepositions that follow the head of a noun phrase.
const FOLLOWING: &str = "for|of|in|with|familiar|who|at|from|close|on|to|near|briefed|speaking|involved|\
    and|responsible|representing|there|based";

/// Words that are no speaker.
const NOBODY: &str = "having|this|that|these|those|there|which|what|one|many|some|others|everyone|nobody|most|\
    few|who|it's|here|everybody|none|all|i|we|you|nothing|something|reports|rumours|rumors|cases";

/// Words that end a noun phrase to the right.
const RIGHT: &str = "that|who|when|as|while|after|before|yesterday|today|to|adding|citing|but|which|\
    during|late|early|last|saying|quoting|reported|following|told|said|without|if|because|where";

fn among(word: &Word<'_>, list: &str) -> bool {
    list.split('|').any(|one| word.is(one))
}

fn any_of(words: &[Word<'_>], list: &str) -> bool {
    words.iter().any(|word| {
        let plain = without_genitive(word.text).to_lowercase();
        list.split('|').any(|one| plain == one)
    })
}

/// Words like `for` and the months hold no names.
fn is_determiner(word: &Word<'_>) -> bool {
    word.is_among(&[
        "the", "a", "an", "its", "his", "her", "their", "one", "two", "three", "several",
    ])
}

fn text_of(sentence: &str, words: &[Word<'_>]) -> String {
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return String::new();
    };
    sentence
        .get(first.at..last.end())
        .unwrap_or_default()
        .to_owned()
}

/// A sentence, cut, with the names that count.
pub(super) struct Sentence<'a> {
    pub(super) text: &'a str,
    pub(super) words: Vec<Word<'a>>,
    pub(super) names: &'a Names,
}

impl<'a> Sentence<'a> {
    fn word(&self, place: usize) -> Option<&Word<'a>> {
        self.words.get(place)
    }

    fn cut(&self, range: Range<usize>) -> &[Word<'a>] {
        self.words.get(range).unwrap_or_default()
    }

    /// The first word of the verb's group: adverbs, auxiliaries and days before it belong to it.
    fn group(&self, verb: usize) -> usize {
        let mut begin = verb;
        while let Some(before) = begin.checked_sub(1).and_then(|place| self.word(place)) {
            let is_day = (begin.saturating_sub(4)..begin).find(|place| {
                let length = day_at(&self.words, *place, None).map(|(_, length)| length);
                length.is_some_and(|length| place + length == begin)
            });
            if let Some(day) = is_day {
                begin = day;
            } else if among(before, BETWEEN) && !before.quoted {
                begin -= 1;
            } else {
                break;
            }
        }
        begin
    }

    /// Who stands before a verb as its subject; several where parties are named together.
    pub(super) fn before(&self, verb: usize) -> Vec<Who> {
        let end = self.group(verb);
        let Some(last) = end.checked_sub(1).and_then(|place| self.word(place)) else {
            return Vec::new();
        };
        if last.text != "," {
            return self.subject(end, None);
        }
        // `NAME, a spokesman for X, said`: back to the comma before.
        let comma = end - 1;
        let opening = (0..comma)
            .rev()
            .find(|place| self.word(*place).is_some_and(Word::is_mark));
        match opening {
            Some(opening) if self.word(opening).is_some_and(|mark| mark.text == ",") => {
                self.subject(opening, Some(opening + 1..comma))
            }
            _ => Vec::new(),
        }
    }

    fn subject(&self, end: usize, beside: Option<Range<usize>>) -> Vec<Who> {
        let mut begin = end;
        let mut and = None;
        while let Some(place) = begin.checked_sub(1) {
            let Some(word) = self.word(place) else { break };
            if word.is_mark() && word.text != "." || word.quoted || among(word, BOUNDARY) {
                break;
            }
            if word.is("and") && and.is_none() {
                and = Some(place);
            }
            begin = place;
        }
        // What stands before an `and` is another clause if it has a verb of its own.
        if let Some(and) = and {
            let left = self.cut(begin..and);
            let is_clause = left.iter().any(|word| {
                word.is_among(&[
                    "will", "would", "is", "was", "are", "were", "has", "had", "have", "objected",
                    "opposed", "declined",
                ])
            });
            let object = begin
                .checked_sub(1)
                .and_then(|place| self.word(place))
                .is_some_and(|word| among(word, BOUNDARY) && !word.is("that"));
            if is_clause || object {
                begin = and + 1;
            } else if beside.is_none() {
                let (one, other) = (
                    self.describe(begin..and, None),
                    self.describe(and + 1..end, None),
                );
                if let (Some(one), Some(other)) = (one, other)
                    && one.speaker.party.is_some()
                    && other.speaker.party.is_some()
                    && one.speaker.party != other.speaker.party
                {
                    return vec![one, other];
                }
            }
        }
        // `a diplomat who asked not to be named said`
        let who = begin.checked_sub(1).filter(|place| {
            self.word(*place)
                .is_some_and(|word| word.is_among(&["who", "which"]) && !word.quoted)
        });
        if let Some(who) = who.filter(|who| *who > 0 && beside.is_none()) {
            return self.subject(who, Some(who..end));
        }
        self.describe(begin..end, beside).into_iter().collect()
    }

    /// Who stands after a verb: `said NAME, the minister`.
    pub(super) fn after(&self, begin: usize) -> Option<Who> {
        let mut begin = begin;
        while let Some((_, length)) = day_at(&self.words, begin, None) {
            begin += length;
        }
        let mut end = begin;
        while let Some(word) = self.word(end) {
            let is_day = word.is("on") && day_at(&self.words, end + 1, None).is_some();
            let is_place = word.is_among(&["in", "at"])
                && self
                    .word(end + 1)
                    .is_some_and(|next| next.is_among(&["a", "an"]));
            if (word.is_mark() && word.text != ".")
                || word.quoted
                || is_day
                || is_place
                || end - begin > 18
            {
                break;
            }
            if word.text == "." || among(word, RIGHT) || day_at(&self.words, end, None).is_some() {
                break;
            }
            end += 1;
        }
        let beside = (self.word(end).is_some_and(|word| word.text == ",")).then(|| {
            let close = (end + 1..self.words.len())
                .find(|place| self.word(*place).is_some_and(Word::is_mark))
                .unwrap_or(self.words.len());
            end + 1..close
        });
        let beside = beside.filter(|range| {
            let first = self.word(range.start);
            first.is_some_and(|word| {
                is_determiner(word) || among(word, TITLES) || among(word, OFFICIAL)
            }) || any_of(self.cut(range.clone()), "anonymity")
        });
        self.describe(begin..end, beside)
    }

    /// What a noun phrase tells, with what stands beside it between commas.
    fn describe(&self, range: Range<usize>, beside: Option<Range<usize>>) -> Option<Who> {
        let mut range = range;
        self.strip(&mut range);
        let all = self.cut(range.clone());
        let first = all.first()?;
        if all.len() > 24 {
            return None;
        }
        if all.len() == 1 && first.is_among(&["he", "she", "they", "it"]) {
            return Some(Who {
                speaker: Speaker::default(),
                kind: SourceKind::Person,
                called: first.text.to_owned(),
                pronoun: true,
                official: false,
            });
        }
        if (among(first, NOBODY) && all.len() == 1) || first.is_among(&["neither", "no", "nobody"])
        {
            return None;
        }
        let length = all
            .iter()
            .skip(1)
            .position(|word| among(word, FOLLOWING))
            .map_or(all.len(), |place| place + 1);
        let core = all.get(..length).unwrap_or(all);
        let head = core.last()?;
        let beside_words = beside.map(|range| self.cut(range)).unwrap_or_default();
        let role_beside = beside_words.first().is_some_and(|word| {
            !word.is_among(&[
                "who",
                "which",
                "whose",
                "citing",
                "speaking",
                "asked",
                "quoting",
                "when",
                "in",
                "on",
                "at",
                "after",
                "meanwhile",
                "however",
                "for",
            ])
        });
        let hides = |words: &[Word<'_>]| {
            any_of(words, "anonymity|anonymous|unnamed|anonymously")
            || words.windows(3).any(|three| matches!(three, [a, b, c] if a.is("not") && b.is("to") && c.is("be"))
                || matches!(three, [a, b, _] if a.is("not") && b.is_among(&["authorized", "authorised"])))
        };
        let person = self.person(core);
        let outlet = any_of(core, OUTLET)
            && !any_of(
                core,
                "secretary|spokesman|spokeswoman|minister|office|ministry|conference",
            );
        let unnamed =
            (among(head, UNNAMED) && person.is_none()) || hides(all) || hides(beside_words);
        let official = any_of(all, OFFICIAL) || (role_beside && any_of(beside_words, OFFICIAL));
        let party = match outlet {
            true => None,
            false => self.party(all, official).or_else(|| {
                let beside = if role_beside { beside_words } else { &[] };
                self.party(beside, official)
            }),
        };
        let capital = core.iter().any(|word| {
            // Every sentence begins with a capital.
            let proper = word.at > 0 || core.len() == 1 || party.is_some();
            word.is_capital() && proper && !is_determiner(word) && !among(word, NOBODY)
        });
        if !capital && !official && !unnamed && !outlet {
            return None;
        }
        let bare = match is_determiner(first) && all.len() > 1 {
            true => all.get(1..).unwrap_or(all),
            false => all,
        };
        let called = text_of(self.text, bare);
        let beside_text = role_beside.then(|| text_of(self.text, beside_words));
        let is_body = any_of(
            core,
            "ministry|government|embassy|parliament|cabinet|department|agency|office|council|commission|delegation|secretariat|authorities|palace|alliance|army|navy|military|consulate|presidency|administration|bank|headquarters|statement",
        );
        // `the mayor, ANNA WEISS,`
        let apposed = beside_words.len() < 5
            && !beside_words.is_empty()
            && beside_words.iter().all(|word| word.is_capital());
        let apposed = apposed.then(|| self.person(beside_words)).flatten();
        let (name, role) = match person {
            None if apposed.is_some() && !outlet => {
                (apposed.map(|(name, _)| name), Some(called.clone()))
            }
            Some((name, title)) if !outlet => (Some(name), title.or(beside_text)),
            _ if unnamed => (None, Some(called.clone())),
            _ if outlet || is_body => (Some(called.clone()), beside_text),
            _ if party.is_some() && !any_of(core, OFFICIAL) => (Some(called.clone()), beside_text),
            _ if any_of(core, OFFICIAL) => (None, Some(called.clone())),
            _ => (Some(called.clone()), beside_text),
        };
        let kind = if unnamed {
            SourceKind::Unnamed
        } else if outlet && any_of(core, AGENCY) {
            SourceKind::Agency
        } else if outlet {
            SourceKind::Outlet
        } else if name.is_some() && !is_body && (party.is_none() || role.is_some()) {
            SourceKind::Person
        } else {
            SourceKind::Party
        };
        let own_name = party.is_some() && !unnamed;
        Some(Who {
            speaker: Speaker { name, role, party },
            kind,
            called,
            pronoun: false,
            official: official || own_name,
        })
    }

    /// Takes away what is before a subject: `On Monday`, `In Tokyo`.
    fn strip(&self, range: &mut Range<usize>) {
        while let Some(first) = self.word(range.start).filter(|_| range.start < range.end) {
            if !among(first, LEADING) || first.is("asked") && range.len() == 1 {
                return;
            }
            let rest = self.cut(range.start + 1..range.end);
            let next = rest.iter().position(is_determiner);
            range.start += match next {
                Some(0)
                    if first.is_among(&[
                        "in",
                        "on",
                        "at",
                        "during",
                        "after",
                        "amid",
                        "from",
                        "following",
                        "under",
                    ]) =>
                {
                    // `In the capital the ministry`: the second one begins the subject.
                    let second = rest.iter().skip(1).position(is_determiner);
                    second.map_or(range.len(), |place| place + 2)
                }
                Some(place) => place + 1,
                None if first.is_among(&["in", "on", "at"]) => 2.min(range.len()),
                None => 1,
            };
        }
    }

    /// The name of a person at the end of a phrase, and what stands before it.
    fn person(&self, core: &[Word<'_>]) -> Option<(String, Option<String>)> {
        let found = self.names.find(core);
        let is_state = |place: usize| {
            found
                .iter()
                .any(|one| (one.begin..one.end).contains(&place) && !one.alias)
        };
        let mut begin = core.len();
        while let Some(place) = begin.checked_sub(1) {
            let word = core.get(place)?;
            let particle = place + 1 < core.len()
                && place > 0
                && word.is_among(&[
                    "von", "van", "de", "der", "den", "al", "bin", "da", "di", "la", "le", "el",
                    ".",
                ]);
            let part = word.is_capital()
                && !among(word, UNNAMED)
                && !among(word, NOBODY)
                && !among(word, TITLES)
                && !among(word, OFFICIAL)
                && !is_state(place)
                && !is_determiner(word)
                && without_genitive(word.text) == word.text;
            if !part && !particle {
                break;
            }
            begin = place;
        }
        let name = core.get(begin..).filter(|name| !name.is_empty())?;
        // A body's name: `the North Atlantic Council`.
        if any_of(
            core,
            "ministry|council|embassy|commission|parliament|agency|department|office",
        ) {
            return None;
        }
        let before = core.get(..begin).unwrap_or_default();
        let before = match before.first().is_some_and(is_determiner) {
            true => before.get(1..).unwrap_or_default(),
            false => before,
        };
        if before.is_empty() && core.first().is_some_and(is_determiner) {
            return None;
        }
        let title = (!before.is_empty()).then(|| text_of(self.text, before));
        Some((text_of(self.text, name), title))
    }

    /// The party that a phrase names as the speaker's.
    fn party(&self, words: &[Word<'_>], official: bool) -> Option<legation_core::id::PartyCode> {
        let found = self.names.find(words);
        let place = |word: &Word<'_>| word.is_among(&["in", "at", "near"]);
        let aim = |word: &Word<'_>| word.is_among(&["to", "about", "on", "against", "with"]);
        let bare = words.iter().filter(|word| !is_determiner(word)).count();
        let counts = |one: &&super::name::Named| {
            let mut before = one.begin.checked_sub(1).and_then(|place| words.get(place));
            if before.is_some_and(is_determiner) {
                before = one.begin.checked_sub(2).and_then(|place| words.get(place));
            }
            if before.is_some_and(aim) {
                return false;
            }
            if before.is_some_and(place) {
                return any_of(words, "officials|authorities|government|diplomats");
            }
            let named = words.get(one.begin..one.end).unwrap_or_default();
            let whole = named.iter().filter(|word| !is_determiner(word)).count() == bare;
            one.alias || official || whole
        };
        found.iter().find(counts).map(|one| one.party.clone())
    }
}
