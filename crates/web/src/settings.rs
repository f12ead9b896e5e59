//! What the one who runs an office may set about its faces.
//!
//! Plain structs with their defaults and reasons; reading them from a file is not done here.

use std::sync::Arc;
use std::time::Duration;

use legation_formats::taxii::PageSize;

use crate::health::Monitor;
use crate::limit::{Rates, Work};

use crate::event::Watch;
use crate::tls::Tls;

/// The settings of the faces.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address under which others reach the office, `https://office.example`; none where it
    /// is known by its listening address only.
    pub public_url: Option<String>,
    /// The longest request body, in bytes.
    pub max_body: usize,
    /// The longest body of a filing through the API, in bytes: whole bundles come that way.
    pub max_filing: usize,
    /// The most objects that one filing may hold.
    pub max_objects: usize,
    /// The most objects that one page may hold, whatever its reader asks for.
    pub max_page: usize,
    /// How many objects a page holds when its reader asks for no number.
    pub default_page: usize,
    /// How much each caller may ask for.
    pub rates: Rates,
    /// How much may be in work at the same time.
    pub work: Work,
    /// Whether browsers are told to come by TLS only (RFC 6797): where the office speaks it, or a
    /// proxy before it does. Default: no, since it stays told for a year.
    pub strict_transport: bool,
    /// What counts requests and says whether the office is ready. One monitor watches over one
    /// office; give a clone to [`crate::serve_monitor`].
    pub monitor: Monitor,
    /// What connections may cost.
    pub limits: Limits,
    /// TLS, where it is the office that speaks it. Default: none, plain HTTP.
    pub tls: Option<Tls>,
    /// Who is told what happens at the door: the monitor, unless somebody else should be.
    pub watch: Arc<dyn Watch>,
}

impl Default for Settings {
    fn default() -> Self {
        let monitor = Monitor::default();
        Self {
            public_url: None,
            // A filing of 10,000 objects of a kilobyte each.
            max_body: 10 * 1024 * 1024,
            // ATT&CK Enterprise as one bundle has 34 MB; room for it to grow threefold.
            max_filing: 128 * 1024 * 1024,
            max_objects: 100_000,
            max_page: 10_000,
            default_page: 1000,
            rates: Rates::default(),
            work: Work::default(),
            strict_transport: false,
            monitor: monitor.clone(),
            limits: Limits::default(),
            tls: None,
            watch: Arc::new(monitor),
        }
    }
}

/// What connections and the requests on them may cost. Each limit that bites is an event with the
/// code of [`crate::Limit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most connections at a time. Those beyond get a short 503 and are closed.
    pub connections: usize,
    /// The most connections at a time from one address, an IPv6 network of 64 bits counting as one
    /// address; 0 sets no limit of its own, for an office behind a proxy.
    pub connections_of_address: usize,
    /// How long a TLS handshake may take.
    pub handshake: Duration,
    /// How long the head of a request may take: after the connection came about, and after the
    /// first byte of each further head.
    pub head_time: Duration,
    /// The longest head of a request, in bytes: target, names and values of fields.
    pub head_bytes: usize,
    /// The most fields in the head of a request.
    pub head_fields: usize,
    /// How long a request's body may take to bring [`Limits::body_bytes`].
    pub body_time: Duration,
    /// How many bytes a request's body must bring in [`Limits::body_time`].
    pub body_bytes: usize,
    /// How long a reader may take for [`Limits::reader_bytes`] of its answer.
    pub reader_time: Duration,
    /// How many bytes of its answer a reader must take in [`Limits::reader_time`].
    pub reader_bytes: usize,
    /// How long a connection may stay open between two requests.
    pub idle: Duration,
    /// The most requests at a time on one HTTP/2 connection.
    pub streams: u32,
    /// How many requests of one HTTP/2 connection may be abandoned in ten seconds.
    pub resets: usize,
    /// How long requests under way may take to end once the office was told to stop.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // Four descriptors in five of the 5,120 that a system with modest limits gives; a
            // thousand partners with four pollers each.
            connections: 4096,
            // Many pollers behind one address translation; sixteen addresses fill the office.
            connections_of_address: 256,
            // Two round trips and a signature; a phone on a bad line does it in three seconds.
            handshake: Duration::from_secs(10),
            // A head is one packet or two. Shorter than what makes holding connections open cheap.
            head_time: Duration::from_secs(15),
            // Filters of TAXII with a hundred ids have 6 KB; proxies of others stop at 8 to 32 KB.
            head_bytes: 32 * 1024,
            // Clients send about ten, and proxies before them add about ten more.
            head_fields: 64,
            // 16 KiB in 20 seconds: 6.5 kbit/s, slower than any line that partners use.
            body_time: Duration::from_secs(20),
            body_bytes: 16 * 1024,
            reader_time: Duration::from_secs(20),
            reader_bytes: 16 * 1024,
            // Pollers that ask each minute keep their connection.
            idle: Duration::from_secs(75),
            // RFC 9113 section 6.5.2 advises against less than 100; each holds at most a page.
            streams: 100,
            // Twice what may be under way at once, so that a client that is stopped and started
            // again is not cut off.
            resets: 200,
            // What the largest page takes on a slow line; service managers wait 90 seconds.
            grace: Duration::from_secs(20),
        }
    }
}

impl Settings {
    pub(crate) fn page_size(&self) -> PageSize {
        PageSize {
            default: self.default_page,
            max: self.max_page,
        }
    }
}
