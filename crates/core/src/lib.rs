//! The domain of a liaison office: who the parties are, what their agreements release, and the
//! one gate that decides.
//!
//! Pure: no input or output, no clock, no dice, not async. Bytes of outside formats are read
//! elsewhere; here live the words of the office, the acts that change it, and their fold.

pub mod act;
pub mod affairs;
pub mod agreement;
pub mod calendar;
pub mod derivation;
pub mod entry;
pub mod gate;
pub mod house;
pub mod id;
pub mod label;
pub mod notice;
pub mod party;
pub mod programme;
pub mod record;
mod run;
pub mod snapshot;
pub mod state;
pub mod time;
pub mod view;
