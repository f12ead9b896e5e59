//! The settings of an office, typed, and the files of its directory.
//!
//! ```text
//! DIR/legation.toml  settings, every one with a word on it; none need be there
//! DIR/office.url     where the running office is found on this machine; `serve` writes it
//! DIR/chief.token    the chief's token and nothing else, mode 0600
//! DIR/keys/          the office's own key, `log.pub` to check its log with, and the host's signing
//!                    key if it was made here
//! DIR/journal/       the journal
//! DIR/acme/          what a CA has issued, where the office gets its certificate itself
//! ```
//!
//! The cast: [`table`] says which settings there are, `value` what each may be, `rule` what they must
//! be to each other, `reader` reads file and environment and finds every fault, `page` writes files
//! and documents, `office_toml` takes over what 0.1 left. What the office may release is not here:
//! that is in agreements and house rules, in the journal.

mod fault;
mod field;
mod office_toml;
mod page;
mod reader;
mod rule;
mod table;
mod value;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use self::reader::{Origin, Read};
use crate::acme::Acme;
use crate::disk::{self, Mode};
use crate::failure::Failure;
use crate::mail::Mail;
use crate::observe::Observe;
use crate::secure::Secure;

/// Where an office listens that was not told: the loopback interface.
pub(crate) const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8440);

/// The settings of an office.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Where `serve` listens.
    pub(crate) listen: SocketAddr,
    /// Its receipts and its memory.
    pub(crate) office: legation_engine::OfficeSettings,
    /// How it is reached: TLS, or plain HTTP.
    pub(crate) secure: Secure,
    /// How it gets its certificate from a CA, if it does.
    pub(crate) acme: Acme,
    /// Its faces, their limits included.
    pub(crate) faces: legation_web::Settings,
    /// How it sends mail, if it does.
    pub(crate) mail: Mail,
    /// Its log and its metrics.
    pub(crate) observe: Observe,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: LISTEN,
            office: legation_engine::OfficeSettings::default(),
            secure: Secure::default(),
            acme: Acme::default(),
            faces: legation_web::Settings::default(),
            mail: Mail::default(),
            observe: Observe::default(),
        }
    }
}

/// The file of settings of an office.
pub(crate) fn file(dir: &Path) -> PathBuf {
    dir.join("legation.toml")
}

/// The file of the chief's token.
pub(crate) fn token_file(dir: &Path) -> PathBuf {
    dir.join("chief.token")
}

/// The file of the key with which anybody checks the office's log.
pub(crate) fn log_key_file(dir: &Path) -> PathBuf {
    dir.join("keys").join("log.pub")
}

fn url_file(dir: &Path) -> PathBuf {
    dir.join("office.url")
}

/// The address at which an office that listens there is found from this machine.
pub(crate) fn url_of(listen: SocketAddr, tls: bool) -> String {
    let scheme = if tls { "https" } else { "http" };
    let reachable = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("{scheme}://{}", SocketAddr::new(reachable, listen.port()))
}

impl Settings {
    /// Reads the settings of the office in `dir`: its file, then the environment.
    pub(crate) fn read(dir: &Path) -> Result<Self, Failure> {
        must_be_office(dir)?;
        read(Some(dir)).map(|read| read.settings)
    }

    /// Writes a new office's file of settings, with a word on each.
    pub(crate) fn create(&self, dir: &Path) -> Result<(), Failure> {
        disk::create(&file(dir), page::file(self).as_bytes(), Mode::Open)
    }

    /// The file that says these settings.
    pub(crate) fn text(&self) -> String {
        page::file(self)
    }
}

fn must_be_office(dir: &Path) -> Result<(), Failure> {
    if dir.join("journal").exists() {
        return Ok(());
    }
    let dir = dir.display();
    let text = format!("there is no office in `{dir}`; `legation init` makes one");
    Err(Failure::new("cli.no-office", text))
}

/// Reads file and environment; without a directory, the environment alone.
fn read(dir: Option<&Path>) -> Result<Read, Failure> {
    let environment = environment();
    let Some(dir) = dir else {
        let here = Path::new("");
        return reader::read("", &environment, here, false)
            .map_err(|faults| fault::failure(here, faults));
    };
    let (file, old) = match (file(dir), office_toml::file(dir)) {
        (new, old) if !new.exists() && old.exists() => (old, true),
        (new, _) => (new, false),
    };
    let text = match file.exists() {
        true => disk::read_text(&file)?,
        false => String::new(),
    };
    reader::read(&text, &environment, dir, old).map_err(|faults| fault::failure(&file, faults))
}

/// The variables that can be settings. What is no Unicode cannot be the value of one.
fn environment() -> BTreeMap<String, String> {
    let named = std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        name.starts_with("LEGATION_")
            .then(|| (name, value.to_string_lossy().into_owned()))
    });
    named.collect()
}

/// A setting as it holds, and where it comes from.
pub(crate) struct Effective {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) from: String,
    pub(crate) document: Json,
}

/// Every setting as it holds for the office in `dir`, or without any directory.
pub(crate) fn effective(dir: Option<&Path>) -> Result<Vec<Effective>, Failure> {
    let Read { settings, origins } = read(dir)?;
    let rows = table::ROWS.iter().zip(origins);
    let told = rows.map(|(row, origin)| {
        let (value, default) = ((row.bind.show)(&settings), row.default());
        let json = |value: &Option<value::Value>| value.as_ref().map(value::Value::to_json);
        let (from, line) = match origin {
            Origin::Default => ("default".to_owned(), None),
            Origin::File(line, _) => (format!("file, line {line}"), Some(line)),
            Origin::Environment => (row.variable(), None),
        };
        let origin = match origin {
            Origin::Default => "default",
            Origin::File(..) => "file",
            Origin::Environment => "environment",
        };
        Effective {
            name: row.name(),
            value: page::told(value.as_ref()),
            from,
            document: json!({"setting": row.name(), "value": json(&value), "default": json(&default),
                "from": origin, "line": line, "variable": row.variable()}),
        }
    });
    Ok(told.collect())
}

/// Takes over the settings of an office of 0.1, if they are there; what to tell about it.
pub(crate) fn take_over(dir: &Path) -> Result<Option<String>, Failure> {
    office_toml::take_over(dir)
}

/// Where the office in `dir` is found: where it said when it last started, else where its settings
/// say that it listens.
pub(crate) fn url(dir: &Path) -> Result<String, Failure> {
    must_be_office(dir)?;
    let file = url_file(dir);
    if file.exists() {
        return Ok(disk::read_text(&file)?.trim().to_owned());
    }
    if let Some(url) = office_toml::url(dir)? {
        return Ok(url);
    }
    let settings = read(Some(dir))?.settings;
    Ok(url_of(
        settings.listen,
        settings.secure.certificate.is_some() || settings.secure.acme,
    ))
}

/// Writes down where the office in `dir` is found.
pub(crate) fn set_url(dir: &Path, url: &str) -> Result<(), Failure> {
    let line = format!("{url}\n");
    disk::replace(&url_file(dir), line.as_bytes(), Mode::Open)
}

/// Writes down the key with which the office's log is checked, if it is not there yet.
pub(crate) fn keep_log_key(dir: &Path, key: &str) -> Result<(), Failure> {
    let file = log_key_file(dir);
    match file.exists() {
        true => Ok(()),
        false => disk::create(&file, format!("{key}\n").as_bytes(), Mode::Open),
    }
}

#[cfg(test)]
mod tests;
