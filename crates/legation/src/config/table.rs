//! Every setting there is, in one table: the file, the environment, the checks, `legation config`
//! and `docs/settings.md` are all made from it.
//!
//! A default stands once, in the `Default` of the part that uses it; a row only says where it lies.
//! Sections and keys keep their order here in everything that is written.

mod section;

use std::time::Duration;

pub(super) use section::SECTIONS;

use super::Settings;
use super::field::Field;
use super::value::{Kind, Value};

/// One setting.
pub(super) struct Row {
    /// The table of the file in which it stands; empty for the top.
    pub(super) section: &'static str,
    pub(super) key: &'static str,
    pub(super) kind: Kind,
    /// What it does.
    pub(super) what: &'static str,
    /// Why its default is what it is.
    pub(super) reason: &'static str,
    /// The default in words, where it depends on the machine.
    pub(super) usual: Option<&'static str>,
    pub(super) bind: Bind,
}

/// Where a setting lies among the settings.
pub(super) struct Bind {
    /// Takes a value of the row's kind; false if it is of another.
    pub(super) put: fn(&mut Settings, Value) -> bool,
    /// What holds; none where it is not set.
    pub(super) show: fn(&Settings) -> Option<Value>,
}

macro_rules! bind {
    ($kind:expr, $($path:ident).+) => {
        Bind {
            put: |settings, value| Field::put(&mut settings.$($path).+, value),
            show: |settings| Field::show(&settings.$($path).+, $kind),
        }
    };
}

macro_rules! row {
    ($section:literal, $key:literal, $kind:expr, $($path:ident).+, $what:literal, $reason:literal, usual: $usual:literal) => {
        Row {
            usual: Some($usual),
            ..row!($section, $key, $kind, $($path).+, $what, $reason)
        }
    };
    ($section:literal, $key:literal, $kind:expr, $($path:ident).+, $what:literal, $reason:literal) => {
        Row {
            section: $section,
            key: $key,
            kind: $kind,
            what: $what,
            reason: $reason,
            usual: None,
            bind: bind!($kind, $($path).+),
        }
    };
}

/// A time that lies in microseconds.
macro_rules! micros {
    ($($path:ident).+) => {
        Bind {
            put: |settings, value| match value {
                Value::Time(time) => {
                    let micros = i64::try_from(time.as_micros());
                    micros.map(|micros| settings.$($path).+ = micros).is_ok()
                }
                _ => false,
            },
            show: |settings| {
                let micros = u64::try_from(settings.$($path).+).ok()?;
                Some(Value::Time(Duration::from_micros(micros)))
            },
        }
    };
}

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// The settings.
pub(super) const ROWS: &[Row] = &[
    row!(
        "",
        "listen",
        Kind::Address,
        listen,
        "Where `legation serve` listens; `--listen` says otherwise for one run.",
        "Loopback: nobody else can reach an office that nobody has set up yet."
    ),
    row!(
        "",
        "public_url",
        Kind::Url,
        faces.public_url,
        "Where others find the office, for the links that they are sent; `--public-url` says otherwise for one run.",
        "Unset, it is the address that the office listens on, which serves on one machine only."
    ),
    row!(
        "tls",
        "certificate",
        Kind::Path,
        secure.certificate,
        "The office's certificate and those between it and its root, PEM, its own first; `--tls-certificate` says otherwise for one run.",
        "Unset, the office speaks plain HTTP, which goes no further than this machine."
    ),
    row!(
        "tls",
        "key",
        Kind::Path,
        secure.key,
        "The private key of the certificate, PEM, readable by nobody else; `--tls-key` says otherwise for one run.",
        "It goes with the certificate."
    ),
    row!(
        "tls",
        "acme",
        Kind::Switch,
        secure.acme,
        "Whether the office gets its certificate from a CA by itself and renews it, in place of `certificate` and `key`; `--acme` says so for one run. Whoever says so agrees to the terms of the CA.",
        "It needs a name that others find, and a port 443 that the CA can reach."
    ),
    row!(
        "tls",
        "clients",
        Kind::Word(&["ignored", "asked", "required"]),
        secure.clients,
        "Whether clients are asked for certificates: `asked` takes them, `required` lets nobody in without.",
        "Who has bound a certificate to an account can use it; nobody else notices."
    ),
    row!(
        "tls",
        "client_roots",
        Kind::Path,
        secure.client_roots,
        "Roots from which the certificates of clients must come, PEM, besides being bound.",
        "Unset, the binding is all the trust there is, and partners may sign their own."
    ),
    row!(
        "tls",
        "insecure_http",
        Kind::Switch,
        secure.insecure_http,
        "Whether plain HTTP may go further than this machine, where no certificate is set; `--insecure-http` says so for one run.",
        "Every password would be readable on the way. Behind a proxy that speaks TLS it is fine."
    ),
    row!(
        "tls",
        "strict_transport",
        Kind::Switch,
        faces.strict_transport,
        "Whether browsers are told to come by TLS only (RFC 6797), where the office or a proxy before it speaks it.",
        "A browser remembers it for a year: say it when TLS has proved itself."
    ),
    row!(
        "acme",
        "names",
        Kind::Names,
        acme.names,
        "The names that the certificate is for; each must lead to this office, at port 443.",
        "Unset, it is the one name in `public_url`, under which others find the office."
    ),
    row!(
        "acme",
        "contact",
        Kind::Mail,
        acme.contact,
        "Where the CA writes to when something is wrong with the certificate.",
        "Unset, it is told nothing of anybody; the office tells of failures itself."
    ),
    row!(
        "acme",
        "directory",
        Kind::Url,
        acme.directory,
        "The CA, by the URL of its directory (RFC 8555).",
        "Let's Encrypt asks no money and no contract, and every client trusts it."
    ),
    row!(
        "acme",
        "root",
        Kind::Path,
        acme.root,
        "Roots, PEM, from which the certificate of the CA's own server must come: for a CA of your own.",
        "Unset, those that the system trusts."
    ),
    row!(
        "acme",
        "renew_before",
        Kind::Time(MINUTE, 3650 * DAY),
        acme.renew_before,
        "How long before its end a certificate is renewed; where that is more than two thirds of its life, it is renewed when a third is left.",
        "It leaves time for many attempts and for a person, with certificates of three months as with those of six days.",
        usual: "a third of its life"
    ),
    row!(
        "acme",
        "retry_time",
        Kind::Time(SECOND, DAY),
        acme.retry,
        "How long the CA is left alone after it gave no certificate; after each further failure twice as long, up to 12 hours, and never shorter than it asks for.",
        "Let's Encrypt allows five failures an hour for a name, and this makes four."
    ),
    row!(
        "limits",
        "body",
        Kind::Bytes(KIB, GIB),
        faces.max_body,
        "The longest body of a request; more is refused with `web.body-too-long`.",
        "A filing of 10,000 objects of a kilobyte each."
    ),
    row!(
        "limits",
        "filing",
        Kind::Bytes(KIB, GIB),
        faces.max_filing,
        "The longest body of a filing through the API, by which whole bundles come.",
        "ATT&CK Enterprise as one bundle has 34 MB; there is room for it to grow threefold."
    ),
    row!(
        "limits",
        "objects",
        Kind::Number(1, 10_000_000),
        faces.max_objects,
        "The most objects that one filing may hold.",
        "Four times ATT&CK Enterprise; all of them are one entry, and one batch of the disk."
    ),
    row!(
        "limits",
        "page",
        Kind::Number(1, 1_000_000),
        faces.max_page,
        "The most objects on one page, whatever its reader asks for.",
        "A page is in memory while it is sent: 10,000 objects of a kilobyte are 10 MB a reader."
    ),
    row!(
        "limits",
        "page_default",
        Kind::Number(1, 1_000_000),
        faces.default_page,
        "How many objects a page has when its reader asks for no number.",
        "Large enough that a round trip costs little beside it, and a megabyte on the wire."
    ),
    row!(
        "connections",
        "most",
        Kind::Number(1, 1_000_000),
        faces.limits.connections,
        "The most connections at a time; those beyond get a short 503 and are closed.",
        "Four descriptors in five of the 5,120 that a modest system gives; a thousand partners with four pollers each."
    ),
    row!(
        "connections",
        "per_address",
        Kind::Number(0, 1_000_000),
        faces.limits.connections_of_address,
        "The most at a time from one address, an IPv6 network of 64 bits counting as one; 0 sets no such limit, for an office behind a proxy.",
        "Many pollers behind one address translation; sixteen addresses fill the office."
    ),
    row!(
        "connections",
        "handshake_time",
        Kind::Time(SECOND, 10 * MINUTE),
        faces.limits.handshake,
        "How long a TLS handshake may take.",
        "Two round trips and a signature; a phone on a bad line does it in three seconds."
    ),
    row!(
        "connections",
        "head_time",
        Kind::Time(SECOND, 10 * MINUTE),
        faces.limits.head_time,
        "How long the head of a request may take, after the connection came about and after the first byte of each further head.",
        "A head is one packet or two; shorter than what makes holding connections open cheap."
    ),
    row!(
        "connections",
        "head_bytes",
        Kind::Bytes(KIB, MIB),
        faces.limits.head_bytes,
        "The longest head of a request: target, names and values of fields.",
        "Filters of TAXII with a hundred ids have 6 KB; proxies of others stop at 8 to 32 KB."
    ),
    row!(
        "connections",
        "head_fields",
        Kind::Number(8, 10_000),
        faces.limits.head_fields,
        "The most fields in the head of a request.",
        "Clients send about ten, and proxies before them add about ten more."
    ),
    row!(
        "connections",
        "body_time",
        Kind::Time(SECOND, HOUR),
        faces.limits.body_time,
        "How long the body of a request may take to bring each `body_bytes`.",
        "With `body_bytes`, 6.5 kbit/s: slower than any line that partners use."
    ),
    row!(
        "connections",
        "body_bytes",
        Kind::Bytes(1, MIB),
        faces.limits.body_bytes,
        "How much of its body a request must bring in each `body_time`.",
        "See `body_time`."
    ),
    row!(
        "connections",
        "reader_time",
        Kind::Time(SECOND, HOUR),
        faces.limits.reader_time,
        "How long a reader may take for each `reader_bytes` of its answer.",
        "As slow as a filer may be."
    ),
    row!(
        "connections",
        "reader_bytes",
        Kind::Bytes(1, MIB),
        faces.limits.reader_bytes,
        "How much of its answer a reader must take in each `reader_time`.",
        "See `reader_time`."
    ),
    row!(
        "connections",
        "idle_time",
        Kind::Time(SECOND, HOUR),
        faces.limits.idle,
        "How long a connection may stay open between two requests.",
        "Pollers that ask each minute keep their connection."
    ),
    row!(
        "connections",
        "streams",
        Kind::Number(1, 10_000),
        faces.limits.streams,
        "The most requests at a time on one HTTP/2 connection.",
        "RFC 9113 section 6.5.2 advises against less than 100; each holds at most a page."
    ),
    row!(
        "connections",
        "resets",
        Kind::Number(1, 100_000),
        faces.limits.resets,
        "How many requests of one HTTP/2 connection may be abandoned in ten seconds.",
        "Twice what may be under way at once, so that a client that is stopped and started again is not cut off."
    ),
    row!(
        "connections",
        "stop_time",
        Kind::Time(0, HOUR),
        faces.limits.grace,
        "How long requests under way may take to end once the office was told to stop.",
        "What the largest page takes on a slow line; service managers wait 90 seconds."
    ),
    row!(
        "rates",
        "requests",
        Kind::Number(1, 1_000_000_000),
        faces.rates.requests_per_second,
        "Requests a second of one client or person.",
        "A hundred times what a busy poller asks."
    ),
    row!(
        "rates",
        "requests_at_once",
        Kind::Number(1, 1_000_000_000),
        faces.rates.request_burst,
        "How many requests of one client or person may come at once, before the rate counts.",
        "A first synchronisation in small pages."
    ),
    row!(
        "rates",
        "bytes",
        Kind::Bytes(0, 1 << 50),
        faces.rates.bytes_per_second,
        "Bytes a second of one client or person, requests and answers together, before compression; 0 sets no limit.",
        "The network is the limit."
    ),
    row!(
        "rates",
        "bytes_at_once",
        Kind::Bytes(0, 1 << 50),
        faces.rates.byte_burst,
        "How many bytes of one client or person may come at once, before the rate counts.",
        "A first synchronisation of a large area."
    ),
    row!(
        "rates",
        "strangers",
        Kind::Number(1, 1_000_000_000),
        faces.rates.stranger_requests_per_second,
        "Requests a second of one address that does not say who it is: auditors of the log, and whoever signs in.",
        "A log is read in tiles; two hundred of them are fifty thousand entries."
    ),
    row!(
        "rates",
        "strangers_at_once",
        Kind::Number(1, 1_000_000_000),
        faces.rates.stranger_burst,
        "How many of them may come at once, before the rate counts.",
        "An auditor that reads the whole log."
    ),
    row!(
        "rates",
        "failures",
        Kind::Number(1, 1_000_000_000),
        faces.rates.failures_per_minute,
        "Wrong passwords, tokens and links a minute from one address.",
        "Nobody guesses 256 bits; what is slowed down is noise."
    ),
    row!(
        "rates",
        "failures_at_once",
        Kind::Number(1, 1_000_000_000),
        faces.rates.failure_burst,
        "How many of them may come at once, before the rate counts.",
        "A fleet of pollers with an old password."
    ),
    row!(
        "rates",
        "refusals",
        Kind::Number(1, 1_000_000_000),
        faces.rates.refusals_per_second,
        "Refusals a second that one address is told at once; those beyond wait, so that asking again and again gets nowhere faster.",
        "A hundred of them cost a hundredth of a processor."
    ),
    row!(
        "rates",
        "remembered",
        Kind::Number(16, 10_000_000),
        faces.rates.remembered,
        "About how many callers and how many addresses are remembered; those not heard of longest are forgotten.",
        "It takes some megabytes."
    ),
    row!(
        "rates",
        "proxies",
        Kind::Hosts,
        faces.rates.trusted_proxies,
        "The proxies whose `X-Forwarded-For` is believed; without, all who come through one share its address.",
        "Whoever is believed can say that it is somebody else."
    ),
    row!(
        "work",
        "at_once",
        Kind::Number(1, 100_000),
        faces.work.at_once,
        "Requests that are worked on at the same time.",
        "Some wait for the disk while others compute.",
        usual: "four for each processor, at least 16"
    ),
    row!(
        "work",
        "at_once_per_party",
        Kind::Number(1, 100_000),
        faces.work.at_once_per_party,
        "The same for one party.",
        "There is always room for another.",
        usual: "half of `at_once`"
    ),
    row!(
        "work",
        "at_once_beside_others",
        Kind::Number(1, 100_000),
        faces.work.at_once_beside_others,
        "The same for one party while others ask too.",
        "One that takes long does not hold up the next, and they do not crowd out the others.",
        usual: "one for each processor, at least two"
    ),
    row!(
        "work",
        "bytes_beside_others",
        Kind::Bytes(0, 1 << 50),
        faces.work.bytes_beside_others,
        "Bytes a second that one party is sent while others ask too, beyond one request at a time; what is over waits, and 0 sets no limit.",
        "An eighth of what the processors can send, so that one party's flood is not felt by the others; more than a partner's line takes.",
        usual: "128 MiB for each processor"
    ),
    row!(
        "work",
        "under_way",
        Kind::Number(1, 1_000_000_000),
        faces.work.under_way,
        "Requests that wait, are worked on or are being answered; one on top gets a 503, unless its party has nothing under way.",
        "Each has a page in memory at worst."
    ),
    row!(
        "work",
        "under_way_per_party",
        Kind::Number(1, 1_000_000_000),
        faces.work.under_way_per_party,
        "The same for one party.",
        "A quarter of all."
    ),
    row!(
        "work",
        "bytes",
        Kind::Bytes(MIB, 1 << 50),
        faces.work.bytes_under_way,
        "Bytes of bodies that arrive and of answers that leave, in memory at the same time.",
        "One longest filing takes an eighth of it."
    ),
    row!(
        "work",
        "bytes_per_party",
        Kind::Bytes(MIB, 1 << 50),
        faces.work.bytes_under_way_per_party,
        "The same for one party.",
        "Two of the longest filings."
    ),
    row!(
        "work",
        "wait_time",
        Kind::Time(1, HOUR),
        faces.work.patience,
        "How long a request may wait for its turn before it gets a 503.",
        "Less than most clients wait for an answer."
    ),
    row!(
        "receipts",
        "pages_ahead",
        Kind::Number(0, 10_000),
        office.window.pages,
        "How many pages a receipt is written ahead for; 0 writes one receipt for each page.",
        "At 32 the disk costs a page a thirtieth of what it would; an entry that follows says exactly what was sent."
    ),
    Row {
        section: "receipts",
        key: "idle_time",
        kind: Kind::Time(1, HOUR),
        what: "A receipt written ahead is closed when nothing was sent under it for so long.",
        reason: "Longer than the pause between two pages, shorter than that between two polls.",
        usual: None,
        bind: micros!(office.window.idle),
    },
    Row {
        section: "receipts",
        key: "longest_time",
        kind: Kind::Time(1, HOUR),
        what: "A receipt written ahead is closed when it has been open for so long.",
        reason: "A minute after a page was sent, the journal says exactly what was on it.",
        usual: None,
        bind: micros!(office.window.longest),
    },
    row!(
        "memory",
        "pages",
        Kind::Bytes(0, 1 << 40),
        office.page_store,
        "How much of the pages that were sent lately is kept, for other parties whose view has the same pages.",
        "ATT&CK Enterprise whole, with room for as much again."
    ),
    row!(
        "mail",
        "server",
        Kind::Host,
        mail.server,
        "The mail server that takes what the office sends: invitations to meetings, and digests.",
        "Unset, the office sends no mail; everything is there to be read all the same."
    ),
    row!(
        "mail",
        "port",
        Kind::Number(1, 65_535),
        mail.port,
        "Its port.",
        "Unset, it goes by `tls`.",
        usual: "587 for `starttls`, 465 for `tls`, 25 for `none`"
    ),
    row!(
        "mail",
        "tls",
        Kind::Word(&["starttls", "tls", "none"]),
        mail.tls,
        "How it is spoken to: `starttls` turns to TLS before anything is said, and sends nothing if the server will not; `tls` begins with it; `none` is in the clear.",
        "RFC 6409 and RFC 8314: port 587 is what most servers have; nothing goes in the clear unless somebody says so."
    ),
    row!(
        "mail",
        "root",
        Kind::Path,
        mail.root,
        "Roots, PEM, from which its certificate must come: for a server with a CA of your own.",
        "Unset, those that the system trusts."
    ),
    row!(
        "mail",
        "user",
        Kind::Line,
        mail.user,
        "The account that the office has there.",
        "Unset, it does not log in, which is what a relay of your own network asks."
    ),
    row!(
        "mail",
        "password_file",
        Kind::Path,
        mail.password_file,
        "A file with the password of that account and nothing else, readable by nobody else; read anew for each connection.",
        "A password in the settings would be shown by `legation config`."
    ),
    row!(
        "mail",
        "from",
        Kind::Mail,
        mail.from,
        "From which address the office writes; answers to invitations come back to it.",
        "There is none that would be right everywhere; where there is a server there must be one."
    ),
    row!(
        "log",
        "level",
        Kind::Word(&["off", "error", "warn", "info", "debug", "trace"]),
        observe.level,
        "How much the log tells: `error` what is the fault of the office, `warn` what its keeper should look at, `info` a line for each request.",
        "A line for each request finds what a partner complains of, by the id that its answer carried."
    ),
    row!(
        "log",
        "format",
        Kind::Word(&["text", "json"]),
        observe.format,
        "How the log tells it: `text` for people, `json` for machines, an object a line.",
        "Somebody reads it on the first day; a machine comes later."
    ),
    row!(
        "metrics",
        "listen",
        Kind::Address,
        observe.metrics,
        "Where metrics and health are told. There is no log-in: take an address that only the keeper of the office reaches.",
        "Unset, they are told nowhere."
    ),
    row!(
        "metrics",
        "parties",
        Kind::Switch,
        observe.monitoring.parties,
        "Whether requests and bytes are told by party.",
        "They would tell everybody who reads the metrics who cooperates with the office, and how much."
    ),
    row!(
        "metrics",
        "least_free",
        Kind::Bytes(0, 1 << 50),
        observe.monitoring.least_free,
        "Below so many free bytes on its disk the office says that it is not ready.",
        "Room for some hours of filing while somebody comes to help."
    ),
];

impl Row {
    /// The key as people say it, with its section.
    pub(super) fn name(&self) -> String {
        match self.section {
            "" => self.key.to_owned(),
            section => format!("{section}.{}", self.key),
        }
    }

    /// The variable of the environment that overrides it.
    pub(super) fn variable(&self) -> String {
        format!("LEGATION_{}", self.name())
            .to_uppercase()
            .replace('.', "_")
    }

    /// What holds where nobody says otherwise.
    pub(super) fn default(&self) -> Option<Value> {
        (self.bind.show)(&Settings::default())
    }
}
