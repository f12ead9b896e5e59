//! The JSON API, through a real server: each endpoint, the refusals, the whole life of an
//! agreement, and that nothing leaks.

mod activity;
mod attack;
mod authority;
mod counter;
mod decision;
mod document;
mod leak;
mod life;
mod misp;
mod paper;
mod recall;
mod redaction;
mod refusal;
mod schema;
