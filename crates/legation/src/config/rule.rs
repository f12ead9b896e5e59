//! What settings must be to each other: each may be right alone, and wrong beside another.
//!
//! Not here: what each may be by itself, which [`table`](super::table) says.

use std::net::IpAddr;

use super::Settings;
use crate::mail::MailTls;

/// What settings must be to each other.
pub(super) struct Rule {
    /// Section and key of those that it is about; the fault is told at the first that is said.
    pub(super) about: &'static [(&'static str, &'static str)],
    /// What is wrong with them.
    pub(super) fault: fn(&Settings) -> Option<String>,
}

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        about: &[("tls", "acme"), ("tls", "certificate"), ("tls", "key")],
        fault: |settings| {
            let secure = &settings.secure;
            let text = "`acme` and a certificate from files contradict each other: take `certificate` and `key` away, or `acme`";
            let has_files = secure.certificate.is_some() || secure.key.is_some();
            (secure.acme && has_files).then(|| text.to_owned())
        },
    },
    Rule {
        about: &[("tls", "acme")],
        fault: |settings| {
            let url = settings.faces.public_url.as_deref();
            let text = "for which name? set `names` of `[acme]`, or a `public_url` with the name under which others find the office";
            let is_nameless = settings.acme.names(url).is_empty();
            (settings.secure.acme && is_nameless).then(|| text.to_owned())
        },
    },
    Rule {
        about: &[("acme", "directory")],
        fault: |settings| {
            let text = "a CA is asked by TLS only (RFC 8555 section 6.1): `directory` begins with `https://`";
            let is_tls = settings.acme.directory.starts_with("https://");
            (!is_tls).then(|| text.to_owned())
        },
    },
    Rule {
        about: &[("mail", "server")],
        fault: |settings| {
            let mail = &settings.mail;
            let text =
                "from whom? set `from` of `[mail]`, the address from which the office writes";
            (mail.server.is_some() && mail.from.is_none()).then(|| text.to_owned())
        },
    },
    Rule {
        about: &[("mail", "user"), ("mail", "password_file")],
        fault: |settings| {
            let mail = &settings.mail;
            let text = "`user` and `password_file` go together: set both, or neither";
            (mail.user.is_some() != mail.password_file.is_some()).then(|| text.to_owned())
        },
    },
    Rule {
        about: &[("mail", "tls"), ("mail", "user")],
        fault: |settings| {
            let mail = &settings.mail;
            let is_near = mail.server.as_deref().is_some_and(|server| {
                let near = |ip: IpAddr| ip.is_loopback();
                server == "localhost" || server.parse().is_ok_and(near)
            });
            let is_bare = mail.tls == MailTls::None && mail.user.is_some() && !is_near;
            let text = "the password would go in the clear; set `tls` to `starttls` or `tls`";
            is_bare.then(|| text.to_owned())
        },
    },
    Rule {
        about: &[("limits", "page_default"), ("limits", "page")],
        fault: |settings| {
            let (usual, most) = (settings.faces.default_page, settings.faces.max_page);
            (usual > most).then(|| format!("`page_default` is {usual}, and `page` allows {most}"))
        },
    },
    Rule {
        about: &[("receipts", "idle_time"), ("receipts", "longest_time")],
        fault: |settings| {
            let window = settings.office.window;
            let text = "`idle_time` is longer than `longest_time`, so that it would never count";
            (window.idle > window.longest).then(|| text.to_owned())
        },
    },
];
