//! The expressions of `LIKE`: `%` for any text, `_` for any character (STIX 2.1 section 9.6.1).
//!
//! No escapes: the standard has none. The whole value must fit, regardless of line feeds.

use super::compare::{Doubt, Truth};

/// The most comparisons of characters for one value. Only `_` needs more than one look at each
/// character; 2^24 take some tens of milliseconds, and a value and an expression of 4 KiB each
/// just fit.
const MAX_WORK: usize = 1 << 24;

/// An expression cut at its `%`.
#[derive(Clone, Debug)]
pub(crate) struct Like {
    /// Before the first `%`.
    head: Piece,
    /// Between two of them; empty pieces left out.
    middle: Vec<Piece>,
    /// Behind the last; none if there is no `%`.
    tail: Option<Piece>,
}

#[derive(Clone, Debug)]
enum Piece {
    Plain(Box<str>),
    /// With a `_` in it; none stands for any character.
    Wild(Box<[Option<char>]>),
}

impl Piece {
    fn new(text: &str) -> Self {
        if text.contains('_') {
            Self::Wild(text.chars().map(|c| (c != '_').then_some(c)).collect())
        } else {
            Self::Plain(text.into())
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Plain(text) if text.is_empty())
    }

    /// What follows the piece if `text` begins with it.
    fn strip<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Plain(plain) => text.strip_prefix(&**plain),
            Self::Wild(wild) => {
                let mut chars = text.chars();
                for wanted in wild {
                    let c = chars.next()?;
                    if wanted.is_some_and(|wanted| wanted != c) {
                        return None;
                    }
                }
                Some(chars.as_str())
            }
        }
    }

    /// What follows the first place in `text` where the piece stands.
    fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Plain(plain) => text.split_once(&**plain).map(|(_, rest)| rest),
            Self::Wild(_) => text
                .char_indices()
                .find_map(|(at, _)| self.strip(text.get(at..)?)),
        }
    }

    /// Whether `text` ends with it.
    fn ends(&self, text: &str) -> bool {
        match self {
            Self::Plain(plain) => text.ends_with(&**plain),
            Self::Wild(wild) => {
                let mut chars = text.chars().rev();
                wild.iter().rev().all(|wanted| {
                    chars
                        .next()
                        .is_some_and(|c| wanted.is_none_or(|wanted| wanted == c))
                })
            }
        }
    }

    fn wild(&self) -> usize {
        match self {
            Self::Plain(_) => 0,
            Self::Wild(wild) => wild.len(),
        }
    }
}

impl Like {
    pub(crate) fn new(text: &str) -> Self {
        let mut parts = text.split('%');
        let head = Piece::new(parts.next().unwrap_or_default());
        let mut middle: Vec<Piece> = parts.map(Piece::new).collect();
        let tail = middle.pop();
        middle.retain(|piece| !piece.is_empty());
        Self { head, middle, tail }
    }

    /// Whether all of `text` fits.
    pub(crate) fn holds(&self, text: &str) -> Truth {
        let wild = self.middle.iter().map(Piece::wild).sum::<usize>();
        if wild.saturating_mul(text.len()) > MAX_WORK {
            return Truth::Unknown(Doubt::TooMuchWork);
        }
        Truth::from(self.fits(text))
    }

    /// Taking each piece where it first stands leaves the most to those that follow.
    fn fits(&self, text: &str) -> bool {
        let Some(mut rest) = self.head.strip(text) else {
            return false;
        };
        let Some(tail) = &self.tail else {
            return rest.is_empty();
        };
        for piece in &self.middle {
            match piece.find(rest) {
                Some(behind) => rest = behind,
                None => return false,
            }
        }
        tail.ends(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By definition, trying everything.
    fn naive(like: &[char], text: &[char]) -> bool {
        match like.split_first() {
            None => text.is_empty(),
            Some(('%', rest)) => (0..=text.len()).any(|n| naive(rest, &text[n..])),
            Some((c, rest)) => text
                .split_first()
                .is_some_and(|(d, text)| (*c == '_' || c == d) && naive(rest, text)),
        }
    }

    #[test]
    fn fits_as_by_definition() {
        let alphabet = ['a', 'b', '%', '_', 'é'];
        let words = |n: usize, m: usize| -> Vec<Vec<char>> {
            let mut all = vec![vec![]];
            let mut last = all.clone();
            for _ in 0..n {
                last = last
                    .iter()
                    .flat_map(|w: &Vec<char>| {
                        alphabet[..m].iter().map(|c| [w.as_slice(), &[*c]].concat())
                    })
                    .collect();
                all.extend(last.clone());
            }
            all
        };
        for like in words(5, 4) {
            for text in words(4, 2).iter().chain(&[vec!['é'], vec!['a', 'é', '\n']]) {
                let (pattern, value): (String, String) =
                    (like.iter().collect(), text.iter().collect());
                let expected = Truth::from(naive(&like, text));
                assert_eq!(
                    Like::new(&pattern).holds(&value),
                    expected,
                    "{pattern} {value}"
                );
            }
        }
    }

    #[test]
    fn gives_up_rather_than_look_for_ever() {
        let like = Like::new(&format!("%_{}%", "a".repeat(100_000)));
        assert_eq!(
            like.holds(&"a".repeat(90_000)),
            Truth::Unknown(Doubt::TooMuchWork)
        );
    }
}
