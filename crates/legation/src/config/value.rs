//! The values that settings take: what each kind looks like in the file and in the environment.
//!
//! Sizes and times carry their unit, `10 MiB` and `30 s`, so that nobody has to know what a bare
//! number would mean. Which settings there are is said in [`table`](super::table).

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::acme::is_name;

/// What a setting may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An IP address and a port.
    Address,
    /// An address of the web, `https://office.example`.
    Url,
    /// A file or folder; one that is not absolute lies below the office's directory.
    #[allow(
        dead_code,
        reason = "the files of certificates are settings of this kind"
    )]
    Path,
    /// IP addresses: a list in the file, with commas between them in the environment.
    Hosts,
    /// Names of hosts: a list in the file, with commas between them in the environment.
    Names,
    /// The name of a host, or an IP address.
    Host,
    /// A mail address.
    Mail,
    /// Some words on one line.
    Line,
    /// True or false.
    Switch,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// How many, from the first number to the second.
    Number(u64, u64),
    /// A size in bytes, from the first to the second.
    Bytes(u64, u64),
    /// A length of time, from so many milliseconds to so many.
    Time(u64, u64),
}

/// What a setting is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Address(SocketAddr),
    Text(String),
    Path(PathBuf),
    Hosts(Vec<IpAddr>),
    Names(Vec<String>),
    Switch(bool),
    Number(u64),
    Bytes(u64),
    Time(Duration),
}

/// The units of sizes, the largest first.
const SIZES: [(&str, u64); 4] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];

/// The units of times in milliseconds, the largest first.
const TIMES: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("min", 60_000),
    ("s", 1000),
    ("ms", 1),
];

impl Kind {
    /// What the documents call it.
    #[cfg(test)]
    pub(super) fn name(self) -> String {
        match self {
            Self::Address => "address".to_owned(),
            Self::Url => "URL".to_owned(),
            Self::Path => "path".to_owned(),
            Self::Hosts => "IP addresses".to_owned(),
            Self::Names => "names of hosts".to_owned(),
            Self::Host => "name of a host".to_owned(),
            Self::Mail => "mail address".to_owned(),
            Self::Line => "text".to_owned(),
            Self::Switch => "true or false".to_owned(),
            Self::Word(words) => words.join(", "),
            Self::Number(..) => "number".to_owned(),
            Self::Bytes(..) => "size".to_owned(),
            Self::Time(..) => "time".to_owned(),
        }
    }

    /// The least and the most that it may be, where there are such.
    pub(super) fn range(self) -> Option<(Value, Value)> {
        match self {
            Self::Number(least, most) => Some((Value::Number(least), Value::Number(most))),
            Self::Bytes(least, most) => Some((Value::Bytes(least), Value::Bytes(most))),
            Self::Time(least, most) => Some((millis(least), millis(most))),
            _ => None,
        }
    }

    /// How one is written.
    fn example(self) -> &'static str {
        match self {
            Self::Address => "`127.0.0.1:8440`",
            Self::Url => "`https://office.example`",
            Self::Path => "`tls/certificate.pem`",
            Self::Hosts => "`[\"192.0.2.1\"]`, or `192.0.2.1,192.0.2.2` in the environment",
            Self::Names => {
                "`[\"office.example\"]`, or `a.example,b.example` in the environment; \
                 neither addresses nor wildcards"
            }
            Self::Host => "`mail.example.org`",
            Self::Mail => "`office@example.org`",
            Self::Line => "`office`, on one line",
            Self::Switch => "`true` or `false`",
            Self::Word(_) => "one of its words",
            Self::Number(..) => "`1000`, without quotes",
            Self::Bytes(..) => "`10 MiB`, in quotes and with its unit (B, KiB, MiB, GiB)",
            Self::Time(..) => "`30 s`, in quotes and with its unit (ms, s, min, h, d)",
        }
    }

    /// Reads a value of the file; the error says what to write instead.
    pub(super) fn read(self, value: &toml_edit::Value, dir: &Path) -> Result<Value, String> {
        match (self, value) {
            (Self::Switch, toml_edit::Value::Boolean(switch)) => Ok(Value::Switch(*switch.value())),
            (Self::Number(..), toml_edit::Value::Integer(number)) => {
                let number = u64::try_from(*number.value());
                self.within(Value::Number(
                    number.map_err(|_| self.wrong("a negative number"))?,
                ))
            }
            (Self::Hosts, toml_edit::Value::Array(hosts)) => {
                let hosts = hosts.iter().map(|host| {
                    let text = host
                        .as_str()
                        .ok_or_else(|| self.wrong("a list of other values"))?;
                    self.host(text)
                });
                hosts.collect::<Result<_, _>>().map(Value::Hosts)
            }
            (Self::Names, toml_edit::Value::Array(names)) => {
                let names = names.iter().map(|name| {
                    let text = name
                        .as_str()
                        .ok_or_else(|| self.wrong("a list of other values"))?;
                    self.host_name(text)
                });
                names.collect::<Result<_, _>>().map(Value::Names)
            }
            (Self::Switch | Self::Number(..) | Self::Hosts | Self::Names, other) => {
                Err(self.wrong(&format!("a value of type {}", other.type_name())))
            }
            (_, toml_edit::Value::String(text)) => self.read_text(text.value(), dir),
            (_, other) => Err(self.wrong(&format!("a value of type {}", other.type_name()))),
        }
    }

    /// Reads a value of the environment, or the text of one of the file.
    pub(super) fn read_text(self, text: &str, dir: &Path) -> Result<Value, String> {
        let wrong = || self.wrong(&format!("`{text}`"));
        match self {
            Self::Address => text.parse().map(Value::Address).map_err(|_| wrong()),
            Self::Url => {
                let rest = ["http://", "https://"]
                    .iter()
                    .find_map(|scheme| text.strip_prefix(scheme));
                let sound = rest.is_some_and(|rest| {
                    !rest.is_empty()
                        && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
                });
                match sound {
                    true => Ok(Value::Text(text.trim_end_matches('/').to_owned())),
                    false => Err(wrong()),
                }
            }
            Self::Path if text.is_empty() => Err("it should name a file or folder".to_owned()),
            Self::Path => Ok(Value::Path(dir.join(text))),
            Self::Hosts => {
                let hosts = text.split(',').map(|host| self.host(host.trim()));
                hosts.collect::<Result<_, _>>().map(Value::Hosts)
            }
            Self::Names => {
                let names = text.split(',').map(|name| self.host_name(name.trim()));
                names.collect::<Result<_, _>>().map(Value::Names)
            }
            Self::Host if text.parse::<IpAddr>().is_ok() => Ok(Value::Text(text.to_owned())),
            Self::Host => match text == "localhost" || is_name(text) {
                true => Ok(Value::Text(text.to_ascii_lowercase())),
                false => Err(wrong()),
            },
            Self::Line => match text.is_empty() || text.chars().any(char::is_control) {
                true => Err(wrong()),
                false => Ok(Value::Text(text.to_owned())),
            },
            Self::Mail => match text.split_once('@') {
                Some((who, host)) if is_mailbox(who) && is_name(host) => {
                    Ok(Value::Text(text.to_owned()))
                }
                _ => Err(wrong()),
            },
            Self::Switch => text.parse().map(Value::Switch).map_err(|_| wrong()),
            Self::Word(words) if words.contains(&text) => Ok(Value::Text(text.to_owned())),
            Self::Word(words) => Err(format!(
                "`{text}` is none of its words: {}",
                words.join(", ")
            )),
            Self::Number(..) => {
                let number = text.parse().map_err(|_| wrong())?;
                self.within(Value::Number(number))
            }
            Self::Bytes(..) => {
                let bytes = measured(text, &SIZES).ok_or_else(wrong)?;
                self.within(Value::Bytes(bytes))
            }
            Self::Time(..) => self.within(millis(measured(text, &TIMES).ok_or_else(wrong)?)),
        }
    }

    fn host(self, text: &str) -> Result<IpAddr, String> {
        text.parse().map_err(|_| self.wrong(&format!("`{text}`")))
    }

    fn host_name(self, text: &str) -> Result<String, String> {
        match is_name(text) {
            true => Ok(text.to_ascii_lowercase()),
            false => Err(self.wrong(&format!("`{text}`"))),
        }
    }

    fn wrong(self, found: &str) -> String {
        format!("{found} cannot be taken; write it like {}", self.example())
    }

    fn within(self, value: Value) -> Result<Value, String> {
        match self.range() {
            Some((least, most)) if value.amount() < least.amount() => {
                Err(format!("{value} is too little; it is {least} to {most}"))
            }
            Some((least, most)) if value.amount() > most.amount() => {
                Err(format!("{value} is too much; it is {least} to {most}"))
            }
            _ => Ok(value),
        }
    }
}

impl Value {
    /// What two values of one kind are compared by.
    fn amount(&self) -> u128 {
        match self {
            Self::Number(amount) | Self::Bytes(amount) => u128::from(*amount),
            Self::Time(time) => time.as_millis(),
            _ => 0,
        }
    }

    /// The value as the file writes it.
    pub(super) fn to_toml(&self) -> String {
        match self {
            Self::Switch(_) | Self::Number(_) => self.to_string(),
            Self::Hosts(hosts) => {
                let hosts = hosts.iter().map(|host| quote(&host.to_string()));
                format!("[{}]", hosts.collect::<Vec<_>>().join(", "))
            }
            Self::Names(names) => {
                let names = names.iter().map(|name| quote(name));
                format!("[{}]", names.collect::<Vec<_>>().join(", "))
            }
            _ => quote(&self.to_string()),
        }
    }

    /// The value as JSON has it.
    pub(super) fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Switch(switch) => (*switch).into(),
            Self::Number(number) => (*number).into(),
            Self::Hosts(hosts) => hosts.iter().map(ToString::to_string).collect(),
            Self::Names(names) => names.iter().map(String::as_str).collect(),
            _ => self.to_string().into(),
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Path(path) => path.display().fmt(f),
            Self::Hosts(hosts) => {
                let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
                f.write_str(&hosts.join(", "))
            }
            Self::Names(names) => f.write_str(&names.join(", ")),
            Self::Switch(switch) => switch.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Bytes(bytes) => f.write_str(&in_units(u128::from(*bytes), &SIZES)),
            Self::Time(time) => f.write_str(&in_units(time.as_millis(), &TIMES)),
        }
    }
}

/// What stands before the `@` of a mail address: a CA takes no addresses that need quotes, no lists
/// and no header fields after a `?` (RFC 8555 section 7.3).
fn is_mailbox(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".!#$&'*+-/=^_`{|}~".contains(&b))
}

fn millis(millis: u64) -> Value {
    Value::Time(Duration::from_millis(millis))
}

/// A whole number with one of the units; a zero needs none.
fn measured(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    let unit = unit.trim_start();
    if number == 0 && unit.is_empty() {
        return Some(0);
    }
    let (_, size) = units.iter().find(|(name, _)| *name == unit)?;
    number.checked_mul(*size)
}

/// An amount in the largest unit that leaves it whole.
fn in_units(amount: u128, units: &[(&str, u64)]) -> String {
    let fits = |(_, size): &&(&str, u64)| amount > 0 && amount.is_multiple_of(u128::from(*size));
    match units.iter().find(fits).or(units.last()) {
        Some((name, size)) => format!("{} {name}", amount / u128::from(*size)),
        None => amount.to_string(),
    }
}

/// A text as TOML writes it: what JSON escapes, TOML escapes alike (TOML 1.0, basic strings).
pub(super) fn quote(text: &str) -> String {
    serde_json::Value::from(text)
        .to_string()
        .replace('\u{7f}', "\\u007f")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: Kind, text: &str) -> Result<Value, String> {
        kind.read_text(text, Path::new("/office"))
    }

    #[test]
    fn sizes_and_times_are_written_as_they_are_read() {
        let bytes = Kind::Bytes(0, u64::MAX);
        for (text, amount, shown) in [
            ("10 MiB", 10 << 20, "10 MiB"),
            ("1024KiB", 1 << 20, "1 MiB"),
            ("1500 B", 1500, "1500 B"),
            ("0", 0, "0 B"),
        ] {
            let value = read(bytes, text).unwrap();
            assert_eq!(
                (value.amount(), value.to_string().as_str()),
                (amount, shown)
            );
        }
        let time = Kind::Time(0, u64::MAX);
        for (text, shown) in [
            ("90 s", "90 s"),
            ("120 s", "2 min"),
            ("1h", "1 h"),
            ("5 ms", "5 ms"),
        ] {
            assert_eq!(read(time, text).unwrap().to_string(), shown);
        }
        for text in [
            "",
            "10",
            "MiB",
            "10 MB",
            "-1 B",
            "1.5 GiB",
            "99999999999999 GiB",
        ] {
            assert!(read(bytes, text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_out_of_range_is_told_with_its_range() {
        let said = read(Kind::Number(1, 10), "11").unwrap_err();
        assert_eq!(said, "11 is too much; it is 1 to 10");
        let said = read(Kind::Time(1000, 60_000), "10 ms").unwrap_err();
        assert_eq!(said, "10 ms is too little; it is 1 s to 1 min");
    }

    #[test]
    fn a_path_lies_below_the_office_unless_it_is_absolute() {
        let path = |text| read(Kind::Path, text).unwrap().to_string();
        assert_eq!(path("tls/cert.pem"), "/office/tls/cert.pem");
        assert_eq!(path("/etc/cert.pem"), "/etc/cert.pem");
    }

    #[test]
    fn only_addresses_of_the_web_are_urls() {
        for text in ["office.example", "http://", "ftp://a", "https://a b"] {
            assert!(read(Kind::Url, text).is_err(), "{text}");
        }
        let url = read(Kind::Url, "https://a.example/").unwrap();
        assert_eq!(url.to_string(), "https://a.example");
    }
}
