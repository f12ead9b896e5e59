//! The settings of an office's directory, `DIR/office.toml`, typed.
//!
//! ```text
//! DIR/office.toml   settings; `serve` writes the address that it bound into `url`
//! DIR/chief.token   the chief's token and nothing else, mode 0600
//! DIR/keys/         the office's own key, and the host's signing key if it was made here
//! DIR/journal/      the journal
//! ```
//!
//! What the office may release is not here: that is in agreements and house rules, in the journal.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use legation_core::id::PartyCode;
use toml_edit::{Document, Item};

use crate::disk::{self, Mode};
use crate::failure::Failure;

/// Where an office listens that was not told: the loopback interface, since TLS is a proxy's.
pub(crate) const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8440);

/// The settings of an office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Where `serve` listens.
    pub(crate) listen: SocketAddr,
    /// Where commands on this machine find the office.
    pub(crate) url: String,
    /// Where others find it, if that is elsewhere.
    pub(crate) public_url: Option<String>,
    /// The host's code.
    pub(crate) alliance: PartyCode,
    /// The city.
    pub(crate) office: String,
    /// The key with which the log is checked.
    pub(crate) log_key: String,
}

/// The file of settings of an office.
pub(crate) fn file(dir: &Path) -> PathBuf {
    dir.join("office.toml")
}

/// The file of the chief's token.
pub(crate) fn token_file(dir: &Path) -> PathBuf {
    dir.join("chief.token")
}

/// The address at which an office that listens there is found from this machine.
pub(crate) fn url_of(listen: SocketAddr) -> String {
    let reachable = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(reachable, listen.port()))
}

impl Settings {
    /// Reads the settings of the office in `dir`.
    pub(crate) fn read(dir: &Path) -> Result<Self, Failure> {
        let file = file(dir);
        if !file.exists() {
            let text = format!(
                "there is no office in `{}`; `legation init` makes one",
                dir.display()
            );
            return Err(Failure::new("cli.no-office", text));
        }
        Self::parse(&disk::read_text(&file)?, &file)
    }

    fn parse(text: &str, file: &Path) -> Result<Self, Failure> {
        let refuse = |at: usize, what: String| {
            let (line, column) = place(text, at);
            Failure::new("cli.settings", format!("`{}`: {what}", file.display()))
                .at(format!("line {line}, column {column}"))
        };
        let document = Document::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            refuse(at, error.message().trim().to_owned())
        })?;
        let mut found = [const { None::<(&str, usize)> }; KEYS.len()];
        for (key, item) in document.as_table().iter() {
            let at = document.as_table().key(key).and_then(|key| key.span());
            let at = at.map_or(0, |span| span.start);
            let slot = KEYS.iter().position(|known| *known == key);
            let Some(slot) = slot.and_then(|slot| found.get_mut(slot)) else {
                let text = format!("there is no setting `{key}`; there are {}", KEYS.join(", "));
                return Err(refuse(at, text));
            };
            let Some(value) = item.as_str() else {
                return Err(refuse(at, format!("`{key}` should be a text in quotes")));
            };
            *slot = Some((value, item.span().map_or(at, |span| span.start)));
        }
        let [listen, url, public_url, alliance, office, log_key] = found;
        let must = |found: Option<_>, key: &str| {
            found.ok_or_else(|| refuse(text.len(), format!("`{key}` is missing")))
        };
        let (code, at) = must(alliance, "alliance")?;
        let alliance = code.parse::<PartyCode>();
        let alliance = alliance.map_err(|error| refuse(at, error.to_string()))?;
        let listen = match listen {
            None => LISTEN,
            Some((listen, at)) => listen.parse().map_err(|_| {
                let text = format!("`{listen}` is no address; write it like `{LISTEN}`");
                refuse(at, text)
            })?,
        };
        Ok(Self {
            listen,
            url: must(url, "url")?.0.to_owned(),
            public_url: public_url.map(|(url, _)| url.to_owned()),
            alliance,
            office: must(office, "office")?.0.to_owned(),
            log_key: must(log_key, "log_key")?.0.to_owned(),
        })
    }

    /// Writes the settings of a new office, with a word on each.
    pub(crate) fn create(&self, dir: &Path) -> Result<(), Failure> {
        disk::create(&file(dir), self.text().as_bytes(), Mode::Open)
    }

    fn text(&self) -> String {
        format!(
            "# An office of Legation. Stop the office before you change anything here.

# Where `legation serve` listens, unless `--listen` says otherwise. It speaks plain HTTP: let
# others come in through a proxy that speaks TLS.
listen = {}

# Where commands with `--dir` find the office; `legation serve` writes what it has bound.
url = {}

# Where others find it, for the links that they are sent; `--public-url` sets it for one run.
# public_url = \"https://legation.example.org\"

# Whose office this is. The journal says so too, and it is the one that counts.
alliance = {}
office = {}

# The key with which anybody checks the log of this office (C2SP signed-note).
log_key = {}
",
            quote(&self.listen.to_string()),
            quote(&self.url),
            quote(self.alliance.as_str()),
            quote(&self.office),
            quote(&self.log_key),
        )
    }
}

/// Writes the address at which an office is found into its settings; nothing else is touched.
pub(crate) fn set_url(dir: &Path, url: &str) -> Result<(), Failure> {
    let path = file(dir);
    let text = disk::read_text(&path)?;
    let changed = with_url(&text, url)
        .ok_or_else(|| Failure::new("cli.settings", format!("`{}` has no url", path.display())))?;
    if changed == text {
        return Ok(());
    }
    disk::replace(&path, changed.as_bytes(), Mode::Open)
}

fn with_url(text: &str, url: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let span = document.as_table().get("url").and_then(Item::span)?;
    let (before, after) = (text.get(..span.start)?, text.get(span.end..)?);
    Some(format!("{before}{}{after}", quote(url)))
}

/// The settings there are, in the order in which [`Settings::parse`] takes them apart.
const KEYS: [&str; 6] = [
    "listen",
    "url",
    "public_url",
    "alliance",
    "office",
    "log_key",
];

/// A text as TOML writes it: what JSON escapes, TOML escapes alike (TOML 1.0, basic strings).
fn quote(text: &str) -> String {
    serde_json::Value::from(text)
        .to_string()
        .replace('\u{7f}', "\\u007f")
}

/// Line and column in characters, both from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let in_line = before.get(line_start..).unwrap_or_default();
    (
        before.matches('\n').count() + 1,
        in_line.chars().count() + 1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Settings {
        Settings {
            listen: LISTEN,
            url: "http://127.0.0.1:8440".to_owned(),
            public_url: None,
            alliance: "NATO".parse().unwrap(),
            office: "T\"okyo\u{7f}".to_owned(),
            log_key: "legation/nato/tokyo+01234567+AQ==".to_owned(),
        }
    }

    fn parse(text: &str) -> Result<Settings, Failure> {
        Settings::parse(text, Path::new("office.toml"))
    }

    #[test]
    fn what_is_written_is_read_again() {
        assert_eq!(parse(&sample().text()).unwrap(), sample());
    }

    #[test]
    fn only_the_url_changes() {
        let text = sample().text();
        let changed = with_url(&text, "http://127.0.0.1:9").unwrap();
        assert_eq!(changed.replace(":9\"", ":8440\""), text);
        assert_eq!(parse(&changed).unwrap().url, "http://127.0.0.1:9");
    }

    #[test]
    fn an_unknown_setting_is_told_with_its_place() {
        let text = sample().text().replace("url =", "ulr =");
        let failure = parse(&text).unwrap_err();
        assert_eq!(failure.code(), "cli.settings");
        let shown = failure.to_string();
        assert!(shown.contains("`ulr`"), "{shown}");
        assert!(shown.ends_with("(line 8, column 1)"), "{shown}");
    }

    #[test]
    fn a_setting_of_another_type_or_form_or_none_at_all_is_refused() {
        let text = sample().text();
        for (from, to) in [
            ("\"127.0.0.1:8440\"\n", "8440\n"),
            ("\"127.0.0.1:8440\"\n", "\"everywhere\"\n"),
            ("alliance = \"NATO\"", "alliance = \"nato\""),
            ("log_key", "# log_key"),
            ("office =", "office ="),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_eq!(parse(&changed).is_err(), changed != text, "{to}");
        }
        assert!(parse("listen = ").is_err());
    }

    #[test]
    fn an_office_that_listens_everywhere_is_found_on_loopback() {
        assert_eq!(url_of("0.0.0.0:80".parse().unwrap()), "http://127.0.0.1:80");
        assert_eq!(url_of("[::]:80".parse().unwrap()), "http://[::1]:80");
        assert_eq!(url_of("10.1.2.3:80".parse().unwrap()), "http://10.1.2.3:80");
    }
}
