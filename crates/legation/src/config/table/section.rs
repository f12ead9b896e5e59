//! The sections of the file of settings.

/// A section and what it is about.
pub(in crate::config) struct Section {
    pub(in crate::config) name: &'static str,
    pub(in crate::config) about: &'static str,
}

/// The sections, in the order in which they are written.
pub(in crate::config) const SECTIONS: &[Section] = &[
    Section {
        name: "",
        about: "Where the office is",
    },
    Section {
        name: "tls",
        about: "How others reach the office: TLS from files, which are read anew when they change",
    },
    Section {
        name: "acme",
        about: "How the office gets its certificate from a CA by itself (ACME), where `acme` of `[tls]` says that it does",
    },
    Section {
        name: "limits",
        about: "How much one request may bring or ask for",
    },
    Section {
        name: "connections",
        about: "What connections may cost",
    },
    Section {
        name: "rates",
        about: "How much each caller may ask for; what is over is refused with a time to wait",
    },
    Section {
        name: "work",
        about: "How much may be under way at the same time; what is over is refused, never queued without end",
    },
    Section {
        name: "receipts",
        about: "Receipts written ahead: one durable entry for a run of pages, so that no page waits for the disk",
    },
    Section {
        name: "memory",
        about: "What is kept in memory beside the office itself",
    },
    Section {
        name: "mail",
        about: "How the office sends mail; it reads none",
    },
    Section {
        name: "log",
        about: "What the office says of its work, on its standard error; the journal is not meant",
    },
    Section {
        name: "metrics",
        about: "What the office tells about itself to those who watch over it",
    },
];
