//! The walk over an object that tells its values.
//!
//! Not a validator: a property that is not as the standard has it holds no value. What the text of
//! a property means follows from the type and the property (STIX 2.1 section 6), in patterns from the
//! path that a constant is compared with (section 9.7); names, aliases and external ids are taken from
//! objects of every type (sections 2.5 and 3.2).

use super::kind::Kind;
use super::normal::{cve_len, form, is_domain, is_hex, read_network, url_parts};
use super::{TEXT_MAX, VALUES_MAX};
use crate::json::{Member, Node, Value as Json};
use crate::pattern::{Constant, Literal, ObjectPath, Operator, Pattern, Step as PathStep};

/// A value that was found, for as long as the walk stands there.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Found<'v> {
    /// What it is.
    pub kind: Kind,
    /// Its normal form.
    pub text: &'v str,
    steps: &'v [Step<'v>],
}

/// A step from the object to a value.
#[derive(Clone, Copy, Debug)]
enum Step<'n> {
    Name(&'n str),
    Index(usize),
}

impl Found<'_> {
    /// The JSON pointer (RFC 6901) of the property or item that holds the value.
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in self.steps {
            pointer.push('/');
            match step {
                Step::Name(name) => {
                    for c in name.chars() {
                        match c {
                            '~' => pointer.push_str("~0"),
                            '/' => pointer.push_str("~1"),
                            c => pointer.push(c),
                        }
                    }
                }
                Step::Index(index) => pointer.push_str(&index.to_string()),
            }
        }
        pointer
    }

    /// The property of the object in which the value stands.
    pub fn property(&self) -> &str {
        match self.steps.first() {
            Some(Step::Name(name)) => name,
            _ => "",
        }
    }
}

/// Shows the values of an object, in the order in which its properties are looked at, each as often
/// as it stands. What is no object has none.
pub fn visit(object: &Node<'_>, each: &mut dyn FnMut(Found<'_>)) {
    let mut walk = Walk {
        steps: Vec::new(),
        scratch: String::new(),
        left: VALUES_MAX,
        each,
    };
    walk.object(object.members().unwrap_or_default(), false);
}

struct Walk<'n, 'e> {
    steps: Vec<Step<'n>>,
    scratch: String,
    left: usize,
    each: &'e mut dyn FnMut(Found<'_>),
}

/// How deep digests lie in extensions: those of a section of a binary (section 6.7.5) lie four deep.
const EXTENSION_DEPTH: usize = 6;

impl<'n> Walk<'n, '_> {
    /// An object; `inner` is one of the deprecated `objects` of observed data (section 4.14).
    fn object(&mut self, members: &'n [Member<'n>], inner: bool) {
        let own = members.iter().find(|member| member.name == "type");
        let Some(own) = own.and_then(|member| member.node.text()) else {
            return;
        };
        for member in members {
            self.steps.push(Step::Name(&member.name));
            self.property(own, members, member, inner);
            self.steps.pop();
        }
    }

    fn property(
        &mut self,
        own: &str,
        members: &'n [Member<'n>],
        member: &'n Member<'n>,
        inner: bool,
    ) {
        let node = &member.node;
        match (own, &*member.name) {
            (_, "external_references") => self.references(node),
            (_, "hashes") => self.hashes(node),
            (_, "extensions") => self.extension(node, EXTENSION_DEPTH),
            ("indicator", "pattern") => {
                let language = members.iter().find(|one| one.name == "pattern_type");
                let language = language.and_then(|one| one.node.text());
                if language.is_none_or(|language| language == "stix") {
                    self.pattern(node);
                }
            }
            ("observed-data", "objects") if !inner => {
                for one in node.members().unwrap_or_default() {
                    self.steps.push(Step::Name(&one.name));
                    self.object(one.node.members().unwrap_or_default(), true);
                    self.steps.pop();
                }
            }
            ("autonomous-system", "number") => {
                if let Json::Number(number) = node.value {
                    self.tell(Kind::Asn, number);
                }
            }
            (own, property) => match holds(own, property) {
                Some(kind) => self.text(kind, node),
                None if property == "name" => self.name(node),
                None if property == "aliases" => self.items(node, Self::name),
                None => {}
            },
        }
    }

    fn items(&mut self, node: &'n Node<'n>, each: impl Fn(&mut Self, &'n Node<'n>)) {
        for (index, item) in node.items().unwrap_or_default().iter().enumerate() {
            self.steps.push(Step::Index(index));
            each(self, item);
            self.steps.pop();
        }
    }

    fn text(&mut self, kind: Kind, node: &Node<'_>) {
        if let Some(text) = node.text() {
            self.tell(kind, text);
        }
    }

    /// A name, and what it names if it is nothing but that: feeds call indicators by their values.
    fn name(&mut self, node: &Node<'_>) {
        let Some(text) = node.text().filter(|text| text.len() <= TEXT_MAX) else {
            return;
        };
        self.tell(Kind::Name, text);
        let text = text.trim();
        if let Some(kind) = by_form(text).filter(|kind| *kind != Kind::Domain) {
            self.tell(kind, text);
            return;
        }
        let mut rest = text;
        while let Some(at) = rest.find(['C', 'c']) {
            let (before, here) = rest.split_at(at);
            let after = before.bytes().next_back();
            let whole = !after.is_some_and(|byte| byte.is_ascii_alphanumeric());
            let found = cve_len(here)
                .filter(|_| whole)
                .and_then(|len| here.get(..len));
            if let Some(cve) = found {
                self.tell(Kind::Cve, cve);
            }
            rest = here.get(found.map_or(1, str::len)..).unwrap_or_default();
        }
    }

    fn references(&mut self, node: &'n Node<'n>) {
        self.items(node, |walk, reference| {
            for member in reference.members().unwrap_or_default() {
                walk.steps.push(Step::Name(&member.name));
                match &*member.name {
                    "external_id" => {
                        let is_cve = |text: &str| cve_len(text) == Some(text.len());
                        let kind = match member.node.text() {
                            Some(text) if is_cve(text) => Kind::Cve,
                            _ => Kind::ExternalId,
                        };
                        walk.text(kind, &member.node);
                    }
                    "hashes" => walk.hashes(&member.node),
                    _ => {}
                }
                walk.steps.pop();
            }
        });
    }

    fn hashes(&mut self, node: &'n Node<'n>) {
        for member in node.members().unwrap_or_default() {
            self.steps.push(Step::Name(&member.name));
            if let Some(text) = member.node.text() {
                self.tell(digest_kind(&member.name, text), text);
            }
            self.steps.pop();
        }
    }

    /// Digests anywhere within extensions.
    fn extension(&mut self, node: &'n Node<'n>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        for member in node.members().unwrap_or_default() {
            self.steps.push(Step::Name(&member.name));
            match &*member.name {
                "imphash" => self.text(Kind::Hash, &member.node),
                name if name == "hashes" || name.ends_with("_hashes") => self.hashes(&member.node),
                _ => self.extension(&member.node, depth),
            }
            self.steps.pop();
        }
        self.items(node, |walk, item| walk.extension(item, depth));
    }

    fn pattern(&mut self, node: &Node<'_>) {
        let pattern = node.text().and_then(|text| Pattern::parse(text).ok());
        for constant in pattern.iter().flat_map(Pattern::constants) {
            if self.left == 0 {
                return;
            }
            self.constant(&constant);
        }
    }

    fn constant(&mut self, constant: &Constant<'_>) {
        let subset = constant.operator == Operator::IsSubset && !constant.negated;
        if !constant.is_sought() && !subset {
            return;
        }
        match constant.literal {
            Literal::String(text) => {
                let kind = compared(constant.path, text);
                if let Some(kind) = kind.filter(|kind| !subset || *kind == Kind::Ip) {
                    self.tell(kind, text);
                }
            }
            Literal::Int(number) if &*constant.path.object_type == "autonomous-system" => {
                self.tell(Kind::Asn, &number.to_string());
            }
            _ => {}
        }
    }

    fn tell(&mut self, kind: Kind, text: &str) {
        let Some(left) = self.left.checked_sub(1) else {
            return;
        };
        if let Some(text) = form(kind, text, &mut self.scratch) {
            self.left = left;
            let steps = &self.steps;
            (self.each)(Found { kind, text, steps });
        }
        if kind == Kind::Url
            && let Some(parts) = url_parts(text)
        {
            // Whoever looks for a host looks for what lies on it as well.
            let is_ip = parts.host.parse::<core::net::IpAddr>().is_ok();
            self.tell(if is_ip { Kind::Ip } else { Kind::Domain }, parts.host);
        }
    }
}

/// What a property of an observable holds (section 6).
fn holds(own: &str, property: &str) -> Option<Kind> {
    Some(match (own, property) {
        ("ipv4-addr" | "ipv6-addr", "value") => Kind::Ip,
        ("domain-name", "value") => Kind::Domain,
        ("url", "value") | ("artifact", "url") => Kind::Url,
        ("email-addr", "value") => Kind::Email,
        ("mac-addr", "value") => Kind::Mac,
        ("file", "name") => Kind::FileName,
        ("directory", "path") => Kind::Path,
        ("windows-registry-key", "key") => Kind::RegistryKey,
        ("mutex", "name") => Kind::Mutex,
        ("user-account", "user_id" | "account_login" | "display_name") => Kind::Account,
        ("x509-certificate", "serial_number") => Kind::Serial,
        (own, "address" | "value") if own.contains("crypto") || own.contains("wallet") => {
            Kind::Wallet
        }
        _ => return None,
    })
}

/// What a constant is, by the path that it is compared with.
fn compared(path: &ObjectPath, text: &str) -> Option<Kind> {
    let keys = path.steps.iter().filter_map(|step| match step {
        PathStep::Key(key) => Some(&**key),
        _ => None,
    });
    let (mut before, mut last, mut count) = ("", "", 0_usize);
    for key in keys {
        (before, last) = (last, key);
        count += 1;
    }
    if before == "hashes" || before.ends_with("_hashes") {
        return Some(digest_kind(last, text));
    }
    let own = &*path.object_type;
    if count == 1 {
        return match holds(own, last) {
            None if last == "name" => Some(Kind::Name),
            kind => kind,
        };
    }
    // Through a reference the type is not said; some properties stand in one type alone.
    let through = before.ends_with("_ref") || before.ends_with("_refs");
    match last {
        "value" if through => by_form(text),
        "name" if through && before != "installed_software_refs" => Some(Kind::FileName),
        "path" if through => Some(Kind::Path),
        "user_id" | "account_login" if through => Some(Kind::Account),
        "imphash" => Some(Kind::Hash),
        _ => None,
    }
}

/// What a text is by its form alone; none for an ordinary word.
fn by_form(text: &str) -> Option<Kind> {
    if read_network(text).is_some() {
        return Some(Kind::Ip);
    }
    if text.contains(char::is_whitespace) {
        return None;
    }
    if url_parts(text).is_some() {
        return Some(Kind::Url);
    }
    if is_hex(text) {
        return hex_kind(text.len());
    }
    if let Some((local, host)) = text.rsplit_once('@') {
        return (!local.is_empty() && is_domain(host)).then_some(Kind::Email);
    }
    let pairs = text.split([':', '-']);
    if text.len() == 17
        && pairs.clone().count() == 6
        && pairs.clone().all(|pair| is_hex(pair) && pair.len() == 2)
    {
        return Some(Kind::Mac);
    }
    is_domain(text).then_some(Kind::Domain)
}

fn hex_kind(digits: usize) -> Option<Kind> {
    match digits {
        32 => Some(Kind::Md5),
        40 => Some(Kind::Sha1),
        64 => Some(Kind::Sha256),
        128 => Some(Kind::Sha512),
        _ => None,
    }
}

/// The kind of a digest by the name of its algorithm (section 10.7), however it is spelled; digests of
/// the wrong length are digests of something else.
fn digest_kind(algorithm: &str, text: &str) -> Kind {
    let letters = algorithm.bytes().filter(u8::is_ascii_alphanumeric);
    let is = |name: &str| {
        letters
            .clone()
            .map(|byte| byte.to_ascii_lowercase())
            .eq(name.bytes())
    };
    let kind = if is("md5") {
        Kind::Md5
    } else if is("sha1") {
        Kind::Sha1
    } else if is("sha256") {
        Kind::Sha256
    } else if is("sha512") {
        Kind::Sha512
    } else {
        Kind::Hash
    };
    let text = text.trim();
    if kind != Kind::Hash && hex_kind(text.len()) == Some(kind) && is_hex(text) {
        kind
    } else {
        Kind::Hash
    }
}
