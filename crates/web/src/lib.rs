//! The faces of an office over HTTP: TAXII 2.1, the JSON API and the log, all on one engine.
//!
//! Every handler extracts, calls the engine and shapes the answer; it picks a status and decides
//! nothing. What a face sends of records was cleared by the gate, and the types see to it.

mod api;
mod arrival;
mod auth;
mod body;
mod calendar;
mod connection;
mod door;
mod event;
mod face;
mod filing;
#[doc(hidden)]
pub mod fuzzing;
mod health;
mod leaving;
mod limit;
mod log;
mod metrics;
mod misp;
mod observe;
mod problem;
mod route;
mod router;
mod serve;
mod settings;
mod streams;
mod taxii;
mod tls;
mod uuid;
mod valve;

pub use api::notice_json;
pub use event::{Event, Limit, Unwatched, Watch};
pub use health::{Monitor, Monitoring, Unready, serve_monitor};
pub use limit::{Rates, Work};
pub use router::{Listed, listing, router};
pub use serve::serve;
pub use settings::{Limits, Settings};
pub use taxii::envelope_pieces;
pub use tls::{Certificates, Challenges, Tls, TlsError, TlsFiles};
