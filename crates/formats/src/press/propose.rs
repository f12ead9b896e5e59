//! Statements found in the text of an article: who, with what stance, when, quoted or reported, by
//! what chain of sources, with the sentence as evidence.
//!
//! The flow. A sentence is cut into words (`word`), its reporting verbs are found (`verb`), for
//! each the noun phrase beside it is read (`speaker`) and matched to a party (`name`), and the
//! day is taken from what stands near the verb (`day`). A pronoun is whoever spoke last.
//!
//! What is found is proposed and nothing more: a person accepts, edits or rejects it. English only;
//! what is not understood is left out rather than guessed.

mod country;
mod day;
mod name;
mod speaker;
mod verb;
mod word;

use legation_core::act::{SourceKind, SourceLink, Speaker, Stance};
use legation_core::time::Instant;

pub use name::{Names, is_state, state_names};

use day::day_at;
use speaker::{Sentence, Who};
use verb::{Trigger, Verb, stance_of_words, triggers};
use word::{Word, words};

/// A sentence longer than this is no sentence but a list or a table that was read as one.
const SENTENCE_MAX: usize = 2000;

/// A quotation of so many words is the speaker's own text; a shorter one only a word of it.
const QUOTE_WORDS: usize = 3;

/// A statement that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The sentence, by its place in what was given.
    pub sentence: usize,
    /// How the speaker stands to it.
    pub stance: Stance,
    /// Who.
    pub speaker: Speaker,
    /// The day on which it was said, at midnight UTC, if the sentence names one.
    pub said: Option<Instant>,
    /// Whether the text is the speaker's own words.
    pub quoted: bool,
    /// What was said: the quotation, or else the sentence.
    pub text: String,
    /// The chain of sources that the sentence itself tells; the speaker comes last.
    pub sources: Vec<SourceLink>,
}

/// The statements in the sentences of an article, which was printed then.
pub fn propose<S: AsRef<str>>(
    sentences: &[S],
    printed: Option<Instant>,
    names: &Names,
) -> Vec<Found> {
    let mut found = Vec::new();
    // Who spoke last, and in which sentence.
    let mut last: Option<(usize, Who)> = None;
    for (place, text) in sentences.iter().enumerate() {
        let text = text.as_ref();
        if text.len() > SENTENCE_MAX {
            continue;
        }
        let sentence = Sentence {
            text,
            words: words(text),
            names,
        };
        let near = last.take_if(|(before, _)| place - *before <= 2);
        let mut heard = Hearing {
            sentence: &sentence,
            printed,
            last: near.as_ref().map(|(_, who)| who.clone()),
            spoke: false,
            found: Vec::new(),
        };
        heard.hear();
        let (who, spoke) = (heard.last.take(), heard.spoke);
        let of_sentence = heard.found.into_iter();
        found.extend(of_sentence.map(|one| Found {
            sentence: place,
            ..one
        }));
        last = match (spoke, who) {
            (true, Some(who)) => Some((place, who)),
            _ => near,
        };
    }
    found
}

/// One sentence as it is gone through.
struct Hearing<'a> {
    sentence: &'a Sentence<'a>,
    printed: Option<Instant>,
    last: Option<Who>,
    spoke: bool,
    found: Vec<Found>,
}

impl Hearing<'_> {
    fn hear(&mut self) {
        let all = triggers(&self.sentence.words);
        let mut outer: Option<Who> = None;
        for (place, trigger) in all.iter().enumerate() {
            if trigger.verb == Verb::According {
                // Beside another verb it names the source of that.
                let speaks = self.sentence.before_all(&all, place);
                if speaks {
                    continue;
                }
            }
            let elided = self.elided(trigger.begin);
            let who = match trigger.verb {
                _ if trigger.passive => self.sentence.after(trigger.end).into_iter().collect(),
                Verb::According => self.sentence.after(trigger.end).into_iter().collect(),
                Verb::Quotes => self.quoted(trigger),
                Verb::Says | Verb::Takes(_) | Verb::Reports if self.is_inverted(trigger) => {
                    self.sentence.after(trigger.end).into_iter().collect()
                }
                _ if elided => self
                    .last
                    .clone()
                    .filter(|_| self.spoke)
                    .into_iter()
                    .collect(),
                _ => self.sentence.before(trigger.begin),
            };
            for who in who {
                let Some(who) = self.resolve(who) else {
                    continue;
                };
                let nested = outer
                    .as_ref()
                    .filter(|_| trigger.verb != Verb::According && !elided);
                self.take(trigger, &who, nested);
                self.spoke = true;
                if outer.is_none()
                    && matches!(trigger.verb, Verb::Says | Verb::Tells | Verb::Reports)
                {
                    outer = Some(who.clone());
                }
                self.last = Some(who);
            }
        }
    }

    /// Whether a verb has no subject of its own but that of the verb before: `and declined to`.
    fn elided(&self, verb: usize) -> bool {
        let words = &self.sentence.words;
        let mut before = verb;
        while let Some(place) = before.checked_sub(1) {
            match words.get(place) {
                Some(word) if word.is_among(&["also", "has", "have", "later", "then", "had"]) => {
                    before = place;
                }
                Some(word) => return word.is_among(&["and", "but", "or", "yet", "nor"]),
                None => return false,
            }
        }
        false
    }

    /// Whether the speaker comes after the verb: `"...," said NAME`.
    fn is_inverted(&self, trigger: &Trigger) -> bool {
        let words = &self.sentence.words;
        let at = |back: usize| {
            trigger
                .begin
                .checked_sub(back)
                .and_then(|place| words.get(place))
        };
        let (Some(one), next) = (at(1), words.get(trigger.end)) else {
            return false;
        };
        let Some(next) = next.filter(|next| !next.is_mark()) else {
            return false;
        };
        if next.is_among(&["that", "it", "on", "in", "reporters", "there", "its", "no"]) {
            return false;
        }
        let after_quote = one.is_quote()
            || (one.text == "," && at(2).is_some_and(|two| two.is_quote() || two.quoted))
            || one.quoted;
        if after_quote {
            return true;
        }
        let clause = words.get(trigger.end..).unwrap_or_default();
        let finite = clause.iter().any(|word| {
            word.is_among(&[
                "will", "would", "is", "was", "were", "are", "had", "has", "have", "could", "can",
                "may", "might", "should", "did", "does", "do", "be", "it",
            ])
        });
        one.text == ","
            && !finite
            && (next.is_capital() || next.is_among(&["the", "a", "an"]))
            && matches!(trigger.verb, Verb::Says)
    }

    /// Whom somebody quoted: `quoted NAME as saying`. Who quoted is the outer link.
    fn quoted(&self, trigger: &Trigger) -> Vec<Who> {
        self.sentence.until_as(trigger.end).into_iter().collect()
    }

    fn resolve(&self, who: Who) -> Option<Who> {
        if who.pronoun {
            return self.last.clone();
        }
        // `the minister` without a name is the one who spoke before, if that one was a minister.
        let known = self.last.as_ref().filter(|last| {
            let role = last
                .speaker
                .role
                .as_deref()
                .unwrap_or_default()
                .to_lowercase();
            let called = who.called.to_lowercase();
            let noun = called.split_whitespace().next_back().unwrap_or_default();
            who.speaker.party.is_none()
                && who.speaker.name.is_none()
                && who.kind != SourceKind::Unnamed
                && !noun.is_empty()
                && called.split_whitespace().count() <= 2
                && role.contains(noun)
        });
        Some(known.cloned().unwrap_or(who))
    }

    fn take(&mut self, trigger: &Trigger, who: &Who, outer: Option<&Who>) {
        let quote = self.quote();
        let plain = match trigger.verb {
            Verb::Takes(stance) => Some(stance),
            Verb::Reports => Some(Stance::Reported),
            Verb::Says | Verb::Tells | Verb::Quotes | Verb::According => None,
        };
        let stance = plain.unwrap_or_else(|| {
            let said = quote.clone().unwrap_or_else(|| self.clause(trigger));
            let told = stance_of_words(&format!("{} {}", said, self.clause(trigger)));
            let binds = who.official
                && !matches!(
                    who.kind,
                    SourceKind::Unnamed | SourceKind::Outlet | SourceKind::Agency
                );
            match told {
                Stance::Announced if !binds => Stance::Reported,
                told => told,
            }
        });
        // What somebody says of its own side is one statement.
        let same = |one: &Found| {
            (one.speaker == who.speaker && one.stance == stance)
                || (outer.is_some()
                    && who.speaker.party.is_some()
                    && one.speaker.party == who.speaker.party
                    && one.stance == stance)
        };
        if self.found.iter().any(same) {
            return;
        }
        let mut sources = self.chain(trigger, outer.filter(|outer| outer.speaker != who.speaker));
        let link = who.link();
        match who.kind {
            // An outlet that cites somebody comes before what it cites.
            SourceKind::Outlet | SourceKind::Agency => sources.insert(0, link),
            _ => sources.push(link),
        }
        sources.dedup();
        self.found.push(Found {
            sentence: 0,
            stance,
            speaker: who.speaker.clone(),
            said: self.day(trigger),
            quoted: quote.is_some(),
            text: quote.unwrap_or_else(|| self.sentence.text.trim().to_owned()),
            sources,
        });
    }

    /// The longest quotation of the sentence, if it is more than a word.
    fn quote(&self) -> Option<String> {
        let words = &self.sentence.words;
        let runs = words.chunk_by(|one, next| one.quoted == next.quoted);
        let quotes = runs.filter(|run| run.first().is_some_and(|word| word.quoted));
        let count = |run: &&[Word<'_>]| run.iter().filter(|word| !word.is_mark()).count();
        let longest = quotes.max_by_key(count)?;
        if count(&longest) < QUOTE_WORDS {
            return None;
        }
        let (first, last) = (longest.first()?, longest.last()?);
        let text = self.sentence.text.get(first.at..last.end())?;
        Some(text.trim_end_matches(',').trim().to_owned())
    }

    /// What stands after the verb up to the end, or before it if nothing does.
    fn clause(&self, trigger: &Trigger) -> String {
        let words = &self.sentence.words;
        let rest = words.get(trigger.end..).unwrap_or_default();
        let content = rest.iter().filter(|word| !word.is_mark()).count();
        let part = match content > 3 && trigger.verb != Verb::According {
            true => words.get(trigger.end).map_or("", |word| {
                self.sentence.text.get(word.at..).unwrap_or_default()
            }),
            false => words.get(trigger.begin).map_or("", |word| {
                self.sentence.text.get(..word.at).unwrap_or_default()
            }),
        };
        part.to_owned()
    }

    /// From whom the speaker's words came here: `told OUTLET`, `citing NAME`, an outer reporter.
    fn chain(&self, trigger: &Trigger, outer: Option<&Who>) -> Vec<SourceLink> {
        let words = &self.sentence.words;
        let mut links: Vec<SourceLink> = Vec::new();
        if let Some(outer) = outer {
            links.push(outer.link());
        }
        if trigger.verb == Verb::Quotes {
            links.extend(self.sentence.before(trigger.begin).iter().map(Who::link));
        }
        let paper = |who: &Who| matches!(who.kind, SourceKind::Outlet | SourceKind::Agency);
        if trigger.verb == Verb::Tells {
            let heard = self.sentence.after(trigger.end);
            links.extend(heard.filter(paper).map(|who| who.link()));
        }
        for (place, word) in words.iter().enumerate().filter(|(_, word)| !word.quoted) {
            if word.is_among(&["citing"]) {
                links.extend(self.sentence.after(place + 1).map(|who| who.link()));
            }
            let interview = word.is("interview")
                && words
                    .get(place + 1)
                    .is_some_and(|next| next.is_among(&["with", "by"]));
            if interview {
                links.extend(
                    self.sentence
                        .after(place + 2)
                        .filter(paper)
                        .map(|who| who.link()),
                );
            }
            let according = word.is("according") && place != trigger.begin;
            if according {
                links.extend(self.sentence.after(place + 2).map(|who| who.link()));
            }
        }
        links
    }

    /// The day that stands with the verb and not with what was said.
    fn day(&self, trigger: &Trigger) -> Option<Instant> {
        let words = &self.sentence.words;
        let day = |place: usize| day_at(words, place, self.printed).and_then(|(day, _)| day);
        let limit = match trigger.verb {
            Verb::Takes(_) | Verb::Reports => 24,
            _ if self.is_inverted(trigger) => 18,
            _ => 6,
        };
        for place in trigger.end..words.len().min(trigger.end + limit) {
            let Some(word) = words.get(place) else { break };
            if word.is_among(&["that", "will", "would", "to", "by", "from", "until", "when"])
                || matches!(word.text, ";" | ":")
                || word.quoted
            {
                break;
            }
            let with_on = place
                .checked_sub(1)
                .and_then(|before| words.get(before))
                .is_some_and(|before| before.is("on"));
            if (with_on || place <= trigger.end + 3)
                && let Some(day) = day(place)
            {
                return Some(day);
            }
        }
        let begin = trigger.begin.saturating_sub(5);
        let before = (begin..trigger.begin).rev();
        before
            .filter(|place| {
                !words
                    .get(*place..trigger.begin)
                    .unwrap_or_default()
                    .iter()
                    .any(|word| word.is_among(&["by", "until"]))
            })
            .find_map(day)
            .or_else(|| match words.first() {
                Some(first) if first.is("on") => day(1),
                Some(_) => day(0),
                None => None,
            })
    }
}

impl Sentence<'_> {
    /// Whether another verb of the sentence reports what somebody said.
    fn before_all(&self, all: &[Trigger], place: usize) -> bool {
        all.iter().enumerate().any(|(other, one)| {
            other != place
                && matches!(
                    one.verb,
                    Verb::Says | Verb::Tells | Verb::Reports | Verb::Takes(_)
                )
                && !self.before(one.begin).is_empty()
        })
    }

    /// Who stands between a verb and `as saying`.
    fn until_as(&self, begin: usize) -> Option<Who> {
        self.after(begin)
    }
}

#[cfg(test)]
mod tests;
