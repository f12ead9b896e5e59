//! The reader that applies the tables to an object and keeps what it finds.
//!
//! Not the rules of the standard; they are rows of the tables. On an object without a fault
//! nothing is allocated but the path of names, which is kept from object to object.

use std::borrow::Cow;

use super::finding::{Code, Finding, Report, Severity, list, quote};
use super::rule::{Algorithms, Fields, Form, Joint, Kind, Refs, Rule, Table, Values};
use super::vocabulary::{self, Vocabulary};
use super::{form, object};
use crate::id;
use crate::json::{Member, Node, Value};
use crate::timestamp;

/// A step from the object to a value.
#[derive(Clone, Copy, Debug)]
enum Step<'n> {
    Name(&'n str),
    Index(usize),
}

/// The findings on one object, and where the reader stands in it.
#[derive(Debug)]
pub(crate) struct Check<'n, 'a> {
    /// The object that is validated.
    pub(super) root: &'n Node<'a>,
    /// The identifiers in the old container of observed data, if the reader is in one.
    pub(super) container: Option<&'n [Member<'a>]>,
    steps: Vec<Step<'n>>,
    base: usize,
    findings: Vec<Finding>,
    /// How many warnings are still to be kept, and how many were not.
    room: usize,
    left_out: usize,
}

impl<'n, 'a> Check<'n, 'a> {
    /// A reader at the object `root`, which begins at `base` in the text that was read.
    pub(super) fn begin(root: &'n Node<'a>, base: usize) -> Self {
        Self {
            root,
            container: None,
            steps: Vec::new(),
            base,
            findings: Vec::new(),
            room: usize::MAX,
            left_out: 0,
        }
    }

    /// Keeps so many warnings and counts the others.
    pub(super) fn keep_warnings(mut self, most: usize) -> Self {
        self.room = most;
        self
    }

    pub(super) fn finish(self) -> Report {
        Report {
            findings: self.findings,
            more_warnings: self.left_out,
        }
    }

    /// Goes to the member `name`.
    pub(super) fn step_name(&mut self, name: &'n str) {
        self.steps.push(Step::Name(name));
    }

    /// Goes to the item `index`.
    pub(super) fn step_index(&mut self, index: usize) {
        self.steps.push(Step::Index(index));
    }

    /// Goes back to where the last step began.
    pub(super) fn back(&mut self) {
        self.steps.pop();
    }

    /// Tells that `at` breaks a requirement.
    pub(super) fn fail<T: Into<Cow<'static, str>>>(
        &mut self,
        at: &Node<'_>,
        code: Code,
        section: &'static str,
        text: impl FnOnce() -> T,
    ) {
        self.tell(Severity::Error, at, code.as_str(), section, text().into());
    }

    /// Tells that `at` breaks a recommendation.
    pub(super) fn warn<T: Into<Cow<'static, str>>>(
        &mut self,
        at: &Node<'_>,
        code: Code,
        section: &'static str,
        text: impl FnOnce() -> T,
    ) {
        if let Some(room) = self.room.checked_sub(1) {
            self.room = room;
            self.tell(Severity::Warning, at, code.as_str(), section, text().into());
        } else {
            self.left_out += 1;
        }
    }

    /// Tells that `at` is not as it should be.
    pub(super) fn tell(
        &mut self,
        severity: Severity,
        at: &Node<'_>,
        code: &'static str,
        section: &'static str,
        text: Cow<'static, str>,
    ) {
        let mut pointer = String::new();
        for step in &self.steps {
            pointer.push('/');
            match step {
                Step::Name(name) if name.contains(['~', '/']) => {
                    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                }
                Step::Name(name) => pointer.push_str(name),
                Step::Index(n) => pointer.push_str(&n.to_string()),
            }
        }
        self.findings.push(Finding {
            severity,
            code,
            pointer,
            offset: at.span.start().saturating_sub(self.base),
            section,
            text,
        });
    }

    /// Keeps a finding that another part of the crate has made.
    pub(super) fn keep(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Whether something breaks a requirement so far.
    pub(super) fn has_errors(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.severity == Severity::Error)
    }

    pub(super) fn missing(&mut self, at: &Node<'_>, name: &str, of: &str, section: &'static str) {
        self.fail(at, Code::Missing, section, || {
            format!("`{name}` is missing; a `{of}` needs it")
        });
    }

    pub(super) fn wrong(&mut self, at: &Node<'_>, expected: &str, section: &'static str) {
        self.fail(at, Code::WrongType, section, || {
            format!("expected {expected}, found {}", at.what())
        });
    }

    /// Applies the tables to the members of an object; `unknown` sees what no table has.
    pub(super) fn tables(
        &mut self,
        node: &'n Node<'a>,
        tables: [Option<&'static Table>; 2],
        mut unknown: impl FnMut(&mut Self, &'n Member<'a>),
    ) {
        let members = node.members().unwrap_or_default();
        let mut seen = [0_u64; 2];
        'member: for member in members {
            for (table, seen) in tables.iter().zip(&mut seen) {
                let Some(table) = table else { continue };
                let found = table.rules.iter().position(|r| r.name == member.name);
                let rule = found.and_then(|n| table.rules.get(n).map(|rule| (n, rule)));
                if let Some((n, rule)) = rule {
                    *seen |= 1 << n;
                    self.steps.push(Step::Name(rule.name));
                    self.value(rule.kind, &member.node, table.section);
                    self.back();
                    continue 'member;
                }
            }
            unknown(self, member);
        }
        let fields = Fields { node, members };
        for (table, seen) in tables.into_iter().zip(seen) {
            let Some(table) = table else { continue };
            let lacks = |(n, rule): &(usize, &Rule)| rule.needed && seen >> n & 1 == 0;
            for (_, rule) in table.rules.iter().enumerate().filter(lacks) {
                // In the old container an identifier is a key (section 2.13).
                if !(rule.name == "id" && self.container.is_some()) {
                    self.missing(node, rule.name, table.name, table.section);
                }
            }
            for joint in table.joints {
                self.joint(joint, &fields, table);
            }
        }
    }

    fn joint(&mut self, joint: &Joint, fields: &Fields<'n, 'a>, table: &'static Table) {
        let at = fields.node;
        match *joint {
            Joint::Any(names) => {
                if !names.iter().any(|name| fields.has(name)) {
                    self.fail(at, Code::Together, table.section, || {
                        let names = list(names);
                        format!("a `{}` needs at least one of {names}; add one", table.name)
                    });
                }
            }
            Joint::One(names) => {
                let given = names.iter().filter(|name| fields.has(name)).count();
                if given != 1 {
                    self.fail(at, Code::Together, table.section, || {
                        let (of, names) = (table.name, list(names));
                        format!("a `{of}` has exactly one of {names}, this has {given}; keep one")
                    });
                }
            }
            Joint::With(first, others) => {
                let lacks = others.iter().filter(|other| !fields.has(other));
                for other in lacks.filter(|_| fields.has(first)) {
                    self.fail(at, Code::Together, table.section, || {
                        format!("`{first}` goes with `{other}`, which is missing; add it, or remove `{first}`")
                    });
                }
            }
            Joint::Order(first, then) => self.order(fields, first, then, false, table.section),
            Joint::After(first, then) => self.order(fields, first, then, true, table.section),
            Joint::Own(rule) => rule(self, fields),
        }
    }

    fn order(
        &mut self,
        fields: &Fields<'n, 'a>,
        first: &'static str,
        then: &'static str,
        strictly: bool,
        section: &'static str,
    ) {
        let (Some(before), Some(after)) = (fields.get(first), fields.get(then)) else {
            return;
        };
        let (Some(one), Some(two)) = (before.text(), after.text()) else {
            return;
        };
        let (Some(one), Some(two)) = (timestamp::exact(one), timestamp::exact(two)) else {
            return;
        };
        if two < one || strictly && two == one {
            self.steps.push(Step::Name(then));
            let word = if strictly { "not after" } else { "before" };
            self.fail(after, Code::Order, section, || {
                format!("`{then}` is {word} `{first}`; correct one of them")
            });
            self.back();
        }
    }

    /// Judges one value.
    pub(super) fn value(&mut self, kind: Kind, node: &'n Node<'a>, section: &'static str) {
        match kind {
            Kind::Elsewhere => {}
            Kind::Text => self.text(node, "2.15", |_, _| {}),
            Kind::Texts => self.texts(node, |_, _, _| {}),
            Kind::Flag => {
                if node.truth().is_none() {
                    self.wrong(node, "a boolean", "2.2");
                }
            }
            Kind::Integer(least, most) => self.integer(node, least, most, section),
            Kind::Number(least, most) => self.number(node, least, most, section),
            Kind::Time => self.text(node, "2.16", |check, text| check.time(node, text, "2.16")),
            Kind::Milliseconds => self.text(node, "3.2", |check, text| {
                check.time(node, text, "3.2");
                if fraction(text) < 3 && timestamp::exact(text).is_some() {
                    check.fail(node, Code::Timestamp, "3.2", || {
                        format!("`{}` has no milliseconds; write three digits of fraction, as `2016-05-12T08:17:27.000Z`", quote(text))
                    });
                }
            }),
            Kind::Seconds => self.text(node, "2.16", |check, text| {
                check.time(node, text, "2.16");
                if text.contains('.') && timestamp::exact(text).is_some() {
                    check.fail(node, Code::Timestamp, section, || {
                        format!("`{}` is finer than a second; leave the fraction out", quote(text))
                    });
                }
            }),
            Kind::Id(refs) => self.text(node, "2.9", |check, text| {
                check.id(node, text, refs, section);
            }),
            Kind::Ids(refs) => self.texts(node, |check, node, text| {
                check.id(node, text, refs, section);
            }),
            Kind::Open(terms) => self.text(node, "2.14", |check, text| {
                check.open(node, text, terms);
            }),
            Kind::Opens(terms) => self.texts(node, |check, node, text| {
                check.open(node, text, terms);
            }),
            Kind::Closed(terms) => self.text(node, "2.4", |check, text| {
                check.closed(node, text, terms);
            }),
            Kind::Closeds(terms) => self.texts(node, |check, node, text| {
                check.closed(node, text, terms);
            }),
            Kind::Hex => self.text(node, "2.8", |check, text| {
                check.form(node, text, &form::HEX, true);
            }),
            Kind::Binary => self.text(node, "2.1", |check, text| {
                check.form(node, text, &form::BASE64, true);
            }),
            Kind::Hashes(algorithms) => self.hashes(node, algorithms),
            Kind::Dictionary(values) => self.dictionary(node, values, section),
            Kind::Form(form) => self.text(node, "2.15", |check, text| {
                check.form(node, text, form, true);
            }),
            Kind::Advice(form) => self.text(node, "2.15", |check, text| {
                check.form(node, text, form, false);
            }),
            Kind::Forms(form) => self.texts(node, |check, node, text| {
                check.form(node, text, form, true);
            }),
            Kind::Advices(form) => self.texts(node, |check, node, text| {
                check.form(node, text, form, false);
            }),
            Kind::Part(table) => self.part(node, table),
            Kind::Parts(table) => self.each(node, |check, item| check.part(item, table)),
        }
    }

    fn text(
        &mut self,
        node: &'n Node<'a>,
        section: &'static str,
        judge: impl FnOnce(&mut Self, &'n str),
    ) {
        match node.text() {
            Some(text) => judge(self, text),
            None => self.wrong(node, "a string", section),
        }
    }

    fn texts(
        &mut self,
        node: &'n Node<'a>,
        mut judge: impl FnMut(&mut Self, &'n Node<'a>, &'n str),
    ) {
        self.each(node, |check, item| match item.text() {
            Some(text) => judge(check, item, text),
            None => check.wrong(item, "a string", "2.15"),
        });
    }

    /// Judges each item of a list, which must have one (section 2.12).
    pub(super) fn each(
        &mut self,
        node: &'n Node<'a>,
        mut judge: impl FnMut(&mut Self, &'n Node<'a>),
    ) {
        match node.items() {
            None => self.wrong(node, "a list", "2.12"),
            Some([]) => self.empty_list(node),
            Some(items) => {
                for (n, item) in items.iter().enumerate() {
                    self.step_index(n);
                    judge(self, item);
                    self.back();
                }
            }
        }
    }

    pub(super) fn empty_list(&mut self, node: &Node<'_>) {
        self.fail(
            node,
            Code::EmptyList,
            "2.12",
            || "the list is empty; give it an item or leave the property out",
        );
    }

    pub(super) fn empty_object(&mut self, node: &Node<'_>, section: &'static str) {
        self.fail(
            node,
            Code::EmptyObject,
            section,
            || "the object is empty; give it a property or leave it out",
        );
    }

    fn part(&mut self, node: &'n Node<'a>, table: &'static Table) {
        match node.members() {
            None => self.wrong(node, "an object", table.section),
            Some([]) => self.empty_object(node, table.section),
            Some(_) => self.tables(node, [Some(table), None], |check, member| {
                object::unknown(check, member, false);
            }),
        }
    }

    fn integer(&mut self, node: &Node<'_>, least: i64, most: i64, section: &'static str) {
        match whole(node) {
            None => self.wrong(node, "an integer", "2.10"),
            Some(n) if n < least || n > most => self.fail(node, Code::Range, section, || {
                format!("{n} is out of range; give a number from {least} to {most}")
            }),
            Some(_) => {}
        }
    }

    fn number(&mut self, node: &Node<'_>, least: f64, most: f64, section: &'static str) {
        let Value::Number(digits) = node.value else {
            return self.wrong(node, "a number", "2.6");
        };
        if !digits
            .parse::<f64>()
            .is_ok_and(|n| (least..=most).contains(&n))
        {
            self.fail(node, Code::Range, section, || {
                format!(
                    "`{}` is out of range; give a number from {least} to {most}",
                    quote(digits)
                )
            });
        }
    }

    fn time(&mut self, node: &Node<'_>, text: &str, section: &'static str) {
        if let Err(error) = timestamp::judge(text) {
            self.fail(node, Code::Timestamp, section, || error.to_string());
        }
    }

    fn id(&mut self, node: &Node<'_>, text: &str, refs: Refs, section: &'static str) {
        let local = self.container.map(|members| {
            // Section 2.13: a reference in a container is a key of it.
            let found = members.iter().find(|member| member.name == text);
            found.map(|member| member.node.member("type").and_then(Node::text))
        });
        let kind = match local {
            Some(None) => {
                return self.fail(node, Code::RefType, "2.13", || {
                    format!(
                        "`{}` is no key of this container; refer to an observable in it",
                        quote(text)
                    )
                });
            }
            // Whatever is wrong with that observable is told there.
            Some(Some(None)) => return,
            Some(Some(Some(kind))) => kind,
            None if id::is_id(text) => id::kind_of(text),
            None => return self.no_id(node, text),
        };
        let wanted: Cow<'static, str> = match refs {
            Refs::Any => return,
            Refs::Of(kinds) if kinds.contains(&kind) => return,
            Refs::But(lists, _) if !lists.iter().any(|kinds| kinds.contains(&kind)) => return,
            Refs::Of(kinds) => Cow::Owned(list(kinds)),
            Refs::But(_, what) => Cow::Borrowed(what),
        };
        self.fail(node, Code::RefType, section, || {
            format!("`{}` cannot stand here; refer to {wanted}", quote(text))
        });
    }

    /// Tells what is wrong with a text that is no identifier.
    pub(super) fn no_id(&mut self, node: &Node<'_>, text: &str) {
        if let Err(error) = text.parse::<id::ObjectId>() {
            self.fail(node, Code::IdForm, "2.9", || error.to_string());
        }
    }

    fn open(&mut self, node: &Node<'_>, text: &str, terms: &'static Vocabulary) {
        if !terms.has(text) {
            self.warn(node, Code::Vocabulary, terms.section, || {
                format!(
                    "`{}` is not in {}; use one of its terms, or a word in lower case with hyphens",
                    quote(text),
                    terms.name
                )
            });
        }
    }

    fn closed(&mut self, node: &Node<'_>, text: &str, terms: &'static Vocabulary) {
        if !terms.has(text) {
            self.fail(node, Code::Enumeration, terms.section, || {
                format!(
                    "`{}` is not in {}; write one of {}",
                    quote(text),
                    terms.name,
                    list(terms.terms)
                )
            });
        }
    }

    pub(super) fn form(&mut self, node: &Node<'_>, text: &str, form: &'static Form, must: bool) {
        if (form.holds)(text) {
            return;
        }
        let say = || format!("`{}` is not {}; correct it", quote(text), form.what);
        if must {
            self.fail(node, Code::Value, form.section, say);
        } else {
            self.warn(node, Code::Value, form.section, say);
        }
    }

    fn hashes(&mut self, node: &'n Node<'a>, algorithms: Algorithms) {
        let Some(members) = node.members() else {
            return self.wrong(node, "an object of hashes", "2.7");
        };
        if members.is_empty() {
            return self.empty_object(node, "2.7");
        }
        for member in members {
            self.step_name(&member.name);
            let (name, at) = (&*member.name, &member.node);
            let known = vocabulary::HASH_ALGORITHM.has(name);
            if name.len() < 3 || !form::is_key(name) {
                self.fail(at, Code::DictionaryKey, "2.7", || {
                    "a hash algorithm is named with 3 to 250 letters, digits, hyphens and underscores; correct it"
                });
            } else if !known && algorithms == Algorithms::Closed {
                self.fail(at, Code::Enumeration, "2.5", || {
                    format!(
                        "`{}` is not in hash-algorithm-ov; use an algorithm that is",
                        quote(name)
                    )
                });
            } else if !known && !name.starts_with("x_") {
                self.open(at, name, &vocabulary::HASH_ALGORITHM);
            }
            match at.text() {
                None => self.wrong(at, "a string", "2.7"),
                Some(text) if !form::is_hash(name, text) => {
                    self.fail(at, Code::Hash, "2.7", || {
                        format!(
                            "`{}` is not a hash of {}; correct it",
                            quote(text),
                            quote(name)
                        )
                    });
                }
                Some(_) => {}
            }
            self.back();
        }
    }

    /// Section 2.3.
    pub(super) fn dictionary(&mut self, node: &'n Node<'a>, values: Values, section: &'static str) {
        let Some(members) = node.members() else {
            return self.wrong(node, "a dictionary", "2.3");
        };
        if members.is_empty() {
            return self.empty_object(node, "2.3");
        }
        for member in members {
            let at = &member.node;
            self.step_name(&member.name);
            if !form::is_key(&member.name) {
                self.fail(
                    at,
                    Code::DictionaryKey,
                    "2.3",
                    || "a key has 1 to 250 of a-z, A-Z, 0-9, hyphens and underscores; rename it",
                );
            }
            match values {
                Values::Any => self.something(at),
                Values::Text => self.value(Kind::Text, at, section),
                Values::Texts => self.value(Kind::Texts, at, section),
                Values::Integer if whole(at).is_none() => self.wrong(at, "an integer", section),
                Values::IntegerOrText if whole(at).is_none() && at.text().is_none() => {
                    self.wrong(at, "an integer or a string", section);
                }
                Values::Integer | Values::IntegerOrText => {}
            }
            self.back();
        }
    }

    /// What no rule limits is still neither null nor an empty list (sections 2.12 and 3.1).
    pub(super) fn something(&mut self, node: &Node<'_>) {
        match &node.value {
            Value::Null => self.fail(
                node,
                Code::WrongType,
                "3.1",
                || "null is no value of STIX; leave the property out",
            ),
            Value::Array(items) if items.is_empty() => self.empty_list(node),
            _ => {}
        }
    }
}

/// The number at `node`, if it is a whole one within 2^53 - 1, however written.
fn whole(node: &Node<'_>) -> Option<i64> {
    let Value::Number(digits) = node.value else {
        return None;
    };
    if let Ok(n) = digits.parse::<i64>() {
        return Some(n);
    }
    let n = digits.parse::<f64>().ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole and within the bounds of a double's integers"
    )]
    let whole = (n.fract() == 0.0 && n.abs() <= 9_007_199_254_740_991.0).then_some(n as i64);
    whole
}

/// How many digits of fraction a timestamp has.
fn fraction(text: &str) -> usize {
    text.split_once('.')
        .map_or(0, |(_, rest)| rest.len().saturating_sub(1))
}
