//! Where the objects of a body seem to lie, found without reading them: so that several threads can
//! read them at once.
//!
//! A guess that checks itself. If the skeleton is a sound body with as many objects as there are
//! spans, and each span holds one sound JSON object and nothing else, then the body is sound and
//! those are its objects: to put one value in another's place leaves the grammar as it is.
//! Whatever is unusual is not guessed at; the strict reader then says what there is to say.

use std::ops::Range;

use crate::json::plain_run;

/// Guesses where the objects of a body lie, and shows each place as soon as it is found, in order.
/// What comes back is the skeleton: the body with `{}` in the place of each object.
pub fn outline(bytes: &[u8], mut each: impl FnMut(Range<usize>)) -> Option<Vec<u8>> {
    let mut scan = Scan { bytes, at: 0 };
    let list = scan.find_list()?;
    let mut skeleton = bytes.get(..list)?.to_vec();
    let mut copied = list;
    loop {
        scan.skip_space();
        match scan.peek()? {
            b'{' => {
                let start = scan.at;
                scan.skip_value()?;
                skeleton.extend(bytes.get(copied..start)?);
                skeleton.extend(b"{}");
                each(start..scan.at);
                copied = scan.at;
            }
            b',' => scan.at += 1,
            b']' => break,
            _ => return None,
        }
    }
    skeleton.extend(bytes.get(copied..)?);
    Some(skeleton)
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Passes a string whose opening quote is next.
    fn skip_string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            let (run, _) = plain_run(self.bytes.get(self.at..)?);
            self.at += run;
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => self.at += 2,
                _ => return None,
            }
        }
    }

    /// Passes what is between a bracket and the one that closes it, however sound it is.
    fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.skip_string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.checked_sub(1)?,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// Goes behind the bracket that opens the list of objects.
    fn find_list(&mut self) -> Option<usize> {
        self.skip_space();
        if self.peek()? != b'{' {
            return None;
        }
        self.at += 1;
        loop {
            self.skip_space();
            let start = self.at;
            if self.peek()? != b'"' {
                return None;
            }
            self.skip_string()?;
            let name = self.bytes.get(start..self.at)?;
            self.skip_space();
            if self.peek()? != b':' {
                return None;
            }
            self.at += 1;
            self.skip_space();
            if name == b"\"objects\"" {
                let list = self.peek()? == b'[';
                self.at += 1;
                return list.then_some(self.at);
            }
            match self.peek()? {
                b'"' => self.skip_string()?,
                b'{' | b'[' => self.skip_value()?,
                _ => {
                    while !matches!(self.peek()?, b',' | b'}' | b']' | b'"' | b'{' | b'[') {
                        self.at += 1;
                    }
                }
            }
            self.skip_space();
            if self.peek()? != b',' {
                return None;
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::envelope::{Shape, split};
    use crate::json;

    /// What the guess says once it has been checked.
    fn checked(bytes: &[u8]) -> Option<Vec<&[u8]>> {
        let mut objects: Vec<&[u8]> = Vec::new();
        let skeleton = outline(bytes, |span| objects.push(&bytes[span]))?;
        let skeleton = split(&skeleton, Shape::Any, 100).ok()?;
        if skeleton.objects.len() != objects.len() {
            return None;
        }
        objects
            .iter()
            .all(|object| json::parse(object).is_ok())
            .then_some(objects)
    }

    fn body() -> impl Strategy<Value = String> {
        let object = prop::sample::select(vec![
            r#"{"type":"x","a":"b\"}]"}"#,
            r#"{ "n": [1, {"deep": [[]]}], "objects": [{}] }"#,
            "{}",
            r#"{"a":"\\"}"#,
            "{\"\u{fc}\":\"\u{1f30d}\"}",
        ]);
        let space = prop::sample::select(vec!["", " ", "\n  "]);
        let before = prop::sample::select(vec![
            "",
            r#""more":true,"next":"a\"b","#,
            r#""type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","#,
            r#""x":{"objects":[1]},"y":-1.5e3 ,"#,
        ]);
        let after = prop::sample::select(vec!["", r#","more":false"#, r#","objects":[]"#]);
        let list = prop::collection::vec((object, space), 0..6);
        (before, list, after).prop_map(|(before, list, after)| {
            let objects: Vec<String> = list
                .iter()
                .map(|(object, space)| format!("{space}{object}{space}"))
                .collect();
            format!("{{{before}\"objects\":[{}]{after}}}", objects.join(","))
        })
    }

    proptest! {
        #[test]
        fn what_is_guessed_and_checked_is_what_the_strict_reader_reads(
            body in body(),
            spoilt in prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
        ) {
            let mut bytes = body.into_bytes();
            if let Some((at, byte)) = spoilt {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let strict = split(&bytes, Shape::Any, 100).ok().map(|split| split.objects);
            match checked(&bytes) {
                Some(objects) => prop_assert_eq!(Some(objects), strict),
                // What is sound is recognised, unless its list is not where others have it.
                None => prop_assert!(spoilt.is_some() || strict.is_none()),
            }
        }

        #[test]
        fn any_bytes_are_scanned_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = outline(&bytes, |span| assert!(bytes.get(span).is_some()));
        }
    }
}
