//! The verbs with which papers report what was said, and what stance they tell.
//!
//! A verb counts only where it asserts: not in the future, the conditional, a question or the passive,
//! not where it only describes something (`the announced date`). Who is its subject is not decided
//! here.

use legation_core::act::Stance;

use super::word::Word;

/// What a reporting verb says of whoever is its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    /// Plainly said something; what was said tells the stance.
    Says,
    /// Told somebody something.
    Tells,
    /// Took a stance.
    Takes(Stance),
    /// Printed something.
    Reports,
    /// Quoted somebody else as saying something.
    Quotes,
    /// `according to`: who said it follows.
    According,
}

/// A reporting verb in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trigger {
    /// Its first word.
    pub(super) begin: usize,
    /// The first word after it.
    pub(super) end: usize,
    /// What it says.
    pub(super) verb: Verb,
    /// Whether its subject comes after it: `was denied by`.
    pub(super) passive: bool,
}

const SAYS: &str = "said|says|stated|added|adds|noted|notes|wrote|writes|explained|stressed|insisted|\
    insists|argued|argues|warned|warns|remarked|tweeted|emphasised|emphasized|reiterated|commented|\
    pledged|vowed|clarified|indicated|underlined|maintained|asserted|concluded|observed|recalled|\
    made clear|went on record";
const TELLS: &str = "told|tells|informed";
const REPORTS: &str = "reported|reports";
const ANNOUNCED: &str = "announced|announces|declared|unveiled|disclosed|revealed|made public|\
    officially announced";
const CONFIRMED: &str = "confirmed|confirms|acknowledged|acknowledges|admitted|verified|conceded|\
    corroborated";
const NOT_CONFIRMED: &str = "could not confirm|would not confirm|did not confirm|does not confirm|\
    declined to confirm|refused to confirm|has not confirmed|have not confirmed|had not confirmed|\
    neither confirmed nor denied|would neither confirm nor deny|could neither confirm nor deny|\
    would not confirm or deny|declined to confirm or deny|refused to confirm or deny|\
    has yet to confirm|have yet to confirm|had yet to confirm|was unable to confirm|\
    were unable to confirm|cannot confirm|can not confirm|did not deny|has not denied|\
    stopped short of confirming|could not independently verify|could not verify|\
    could not immediately verify|could not immediately confirm|was not able to confirm|\
    could not independently confirm|were not able to confirm";
const DENIED: &str = "denied|denies|has denied|refuted|rebutted|dismissed reports|dismissed the report|\
    dismissed the reports|dismissed claims|dismissed suggestions|dismissed speculation|\
    dismissed as false|dismissed the claim|rejected reports|rejected the report|rejected claims|\
    rejected suggestions|rejected the claim|rejected the claims|rejected as false|flatly denied|\
    categorically denied|dismissed media reports|rejected media reports|dismissed a report|\
    rejected a report|dismissed the suggestion|rejected the suggestion|dismissed the allegation|\
    rejected the allegation";
const OBJECTED: &str = "objected|objects|opposed|opposes|voiced opposition|expressed opposition|\
    came out against|lodged an objection|lodged a protest|lodged objections|raised an objection|\
    raised objections|protested|registered its objection|registered an objection|broke silence|\
    broke the silence|voiced objections|stated its opposition|reiterated its opposition|\
    spoke out against|spoke against|spoke up against";
const DECLINED: &str = "declined to comment|declined comment|declined to discuss|declined to answer|\
    declined to say|declined an interview|refused to comment|refused to say|refuses to comment|\
    declines to comment|would not comment|would not say|did not comment|does not comment|\
    had no comment|has no comment|offered no comment|gave no comment|did not respond|\
    did not immediately respond|did not reply|did not immediately reply|did not immediately comment|\
    could not be reached|could not immediately be reached|was not available for comment|\
    were not available for comment|was not immediately available for comment|\
    were not immediately available for comment|has not commented|have not commented|\
    had not commented|did not answer|declined requests for comment|declined a request for comment|\
    did not return a call|did not return calls|was unavailable for comment|\
    were unavailable for comment|made no comment";
const CORRECTED: &str = "corrected|retracted|issued a correction|issued a retraction|walked back|\
    withdrew its statement|withdrew his statement|withdrew her statement|withdrew the statement|\
    withdrew its report|withdrew the report|took back|published a correction|\
    corrected itself";

/// Every list with what it says.
const LISTS: [(&str, Verb); 11] = [
    (SAYS, Verb::Says),
    (TELLS, Verb::Tells),
    (REPORTS, Verb::Reports),
    (ANNOUNCED, Verb::Takes(Stance::Announced)),
    (CONFIRMED, Verb::Takes(Stance::Confirmed)),
    (NOT_CONFIRMED, Verb::Takes(Stance::NotConfirmed)),
    (DENIED, Verb::Takes(Stance::Denied)),
    (OBJECTED, Verb::Takes(Stance::Objected)),
    (DECLINED, Verb::Takes(Stance::DeclinedToComment)),
    (CORRECTED, Verb::Takes(Stance::Corrected)),
    ("according to", Verb::According),
];

/// After these a verb asserts nothing.
const NOT_ASSERTING: &[&str] = &[
    "to",
    "will",
    "would",
    "may",
    "might",
    "could",
    "should",
    "must",
    "can",
    "shall",
    "not",
    "never",
    "n't",
    "is",
    "are",
    "was",
    "were",
    "be",
    "been",
    "being",
    "get",
    "got",
    "as",
    "nor",
    "the",
    "a",
    "an",
    "its",
    "their",
    "his",
    "her",
    "newly",
    "previously",
    "widely",
    "having",
];

/// After these a word that looks like a verb describes something, unless it is at the end.
const DESCRIBING: &[&str] = &[
    "this", "those", "these", "any", "no", "so", "recently", "without",
];

/// Words with which something begins that may not be so.
const SUPPOSING: &[&str] = &[
    "if",
    "unless",
    "whether",
    "until",
    "should",
    "once",
    "suppose",
    "had",
    "asked whether",
];

/// The reporting verbs of a sentence, in their order. Those in quotations are the speaker's own.
pub(super) fn triggers(words: &[Word<'_>]) -> Vec<Trigger> {
    let mut found = Vec::new();
    let asks = words.iter().rfind(|word| !word.is_quote());
    if asks.is_some_and(|last| last.text == "?" && !last.quoted) {
        return found;
    }
    let mut place = 0;
    while place < words.len() {
        let one = trigger(words, place);
        let by = one.and_then(|one| by_whom(words, one));
        match by.or(one.filter(|one| asserts(words, one))) {
            Some(one) => {
                place = one.end;
                found.push(one);
            }
            None => place += 1,
        }
    }
    found
}

fn trigger(words: &[Word<'_>], begin: usize) -> Option<Trigger> {
    let first = words
        .get(begin)
        .filter(|word| !word.quoted && !word.is_mark())?;
    // `quoted the minister as saying`
    if first.is_among(&["quoted", "quotes", "quoting"]) {
        let rest = words.get(begin + 1..words.len().min(begin + 16))?;
        let says = rest.windows(2).any(|pair| {
            matches!(pair, [a, b] if a.is("as") && b.is_among(&["saying", "telling", "writing", "confirming", "denying", "announcing"]))
        });
        return says.then_some(Trigger {
            begin,
            end: begin + 1,
            verb: Verb::Quotes,
            passive: false,
        });
    }
    let mut best: Option<Trigger> = None;
    for (list, verb) in LISTS {
        for phrase in list.split('|') {
            let length = phrase.split_ascii_whitespace().count();
            let end = begin + length;
            if best.is_some_and(|best| best.end >= end) {
                continue;
            }
            let there = words.get(begin..end);
            let fits = there.is_some_and(|there| {
                let parts = phrase.split_ascii_whitespace();
                there
                    .iter()
                    .zip(parts)
                    .all(|(word, part)| !word.quoted && word.is(part))
            });
            if fits {
                best = Some(Trigger {
                    begin,
                    end,
                    verb,
                    passive: false,
                });
            }
        }
    }
    best
}

/// The same verb with its subject after it, where it is `was confirmed by`.
fn by_whom(words: &[Word<'_>], one: Trigger) -> Option<Trigger> {
    if !matches!(one.verb, Verb::Takes(_)) || !words.get(one.end)?.is("by") {
        return None;
    }
    let before = words.get(one.begin.saturating_sub(3)..one.begin)?;
    let is = before
        .iter()
        .any(|word| word.is_among(&["was", "were", "been", "is", "are"]));
    let may = before.iter().any(|word| {
        word.is_among(&[
            "not", "will", "would", "may", "to", "could", "should", "might", "never",
        ])
    });
    (is && !may).then_some(Trigger {
        end: one.end + 1,
        passive: true,
        ..one
    })
}

/// Whether somebody did what the verb says.
fn asserts(words: &[Word<'_>], one: &Trigger) -> bool {
    if one.verb == Verb::According {
        // `go according to plan`
        return !words
            .get(one.end)
            .is_some_and(|next| next.is_among(&["plan", "plans", "law"]));
    }
    let before = one.begin.checked_sub(1).and_then(|place| words.get(place));
    let next = words.get(one.end);
    if let Some(before) = before {
        if before.is_among(NOT_ASSERTING) {
            return false;
        }
        if before.is_among(DESCRIBING) && next.is_some_and(|next| !next.is_mark()) {
            return false;
        }
        // `confirmed cases`: a number or a noun that is counted.
        if before.text.bytes().all(|byte| byte.is_ascii_digit()) {
            return false;
        }
    }
    // Adverbs may stand between: `has not yet confirmed`, `will also announce`.
    let near = words
        .get(one.begin.saturating_sub(4)..one.begin)
        .unwrap_or_default();
    let clause = near
        .iter()
        .rposition(Word::is_mark)
        .map_or(0, |place| place + 1);
    let near = near.get(clause..).unwrap_or_default();
    let yet = near.windows(2).any(|pair| {
        matches!(pair, [a, b] if a.is_among(&["has", "have", "had", "was", "were", "is", "are", "been", "did", "does", "will", "would", "could", "may", "might", "should", "can"])
            && b.is_among(&["not", "never", "yet", "be", "been", "also", "still", "only", "publicly", "officially", "soon", "later", "formally", "immediately", "reportedly", "quietly"])
            && (b.is_among(&["not", "never", "be", "been"]) || a.is_among(&["was", "were", "is", "are", "will", "would", "could", "may", "might", "should", "can"])))
    });
    if yet
        || near
            .iter()
            .any(|word| word.text.ends_with("n't") || word.text.ends_with("n’t"))
    {
        return false;
    }
    let own = words.get(..one.begin).unwrap_or_default();
    let clause = own
        .iter()
        .rposition(Word::is_mark)
        .map_or(0, |place| place + 1);
    let own = own.get(clause..).unwrap_or_default();
    !own.iter()
        .any(|word| word.is_among(SUPPOSING) && !word.quoted && !word.is("had"))
}

/// What the words of a speaker come to who plainly says something.
pub(super) fn stance_of_words(text: &str) -> Stance {
    let lower = format!(" {} ", text.to_lowercase().replace('’', "'"));
    let holds = |list: &[&str]| list.iter().any(|part| lower.contains(part));
    if holds(&[
        "could not confirm",
        "cannot confirm",
        "can't confirm",
        "can not confirm",
        "not in a position to confirm",
        "unable to confirm",
        "no decision has been",
        "no decision had been",
        "no final decision",
        "nothing has been decided",
        "nothing had been decided",
        "nothing to announce",
        "not aware of",
        "unaware of",
        "had no information",
        "have no information",
        "neither confirm nor deny",
    ]) {
        return Stance::NotConfirmed;
    }
    if holds(&[
        "no comment",
        "would not comment",
        "will not comment",
        "nothing to say",
        "not comment on",
        "does not comment",
        "do not comment",
        "did not wish to comment",
    ]) {
        return Stance::DeclinedToComment;
    }
    let softened = holds(&[
        "not against",
        "not opposed",
        "not object",
        "no objection",
        "not oppose",
    ]);
    // `the ministers said that France opposed it`: the objection must be the speaker's own.
    let own = |before: &str| {
        let words = before.split(|c: char| !c.is_alphanumeric());
        let mine = [
            "it", "he", "she", "they", "we", "i", "his", "her", "its", "their", "our", "my",
        ];
        words.into_iter().any(|word| mine.contains(&word))
    };
    let objections = [
        " opposes ",
        " oppose ",
        " opposed ",
        " was against ",
        " is against ",
        " are against ",
        " were against ",
        " objects to ",
        " objected to ",
        " object to ",
        "not in favour",
        "not in favor",
        "would not support",
        "will not support",
        "cannot support",
        "could not support",
        "would block",
        "will block",
        "would veto",
        "cannot agree to",
        "could not agree to",
        "would be a mistake",
        "would be a big mistake",
    ];
    let objects = objections.iter().any(|part| {
        lower
            .find(part)
            .is_some_and(|at| own(lower.get(..at).unwrap_or_default()))
    });
    if !softened && objects {
        return Stance::Objected;
    }
    if holds(&[
        "no plan ",
        "no plans",
        "no intention",
        "not true",
        "untrue",
        " was false",
        " is false",
        " were false",
        " are false",
        "groundless",
        "baseless",
        "unfounded",
        "no truth",
        "incorrect",
        "fabricat",
        "fake",
        "never happened",
        "had never agreed",
        "simply wrong",
        " was wrong",
        " were wrong",
    ]) {
        return Stance::Denied;
    }
    Stance::Announced
}
