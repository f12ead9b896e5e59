//! Mail that the office sends, by SMTP (RFC 5321) to one server: invitations and digests.
//!
//! The cast. [`Mailer::send`] hands one message to the server, or says whether it is worth trying
//! again ([`error`]); [`Outbox`] is the duty of a running office: it sends whatever invitations are
//! owed, one after the other, and records each. What is owed is said by the core.
//!
//! The office reads no mail: answers come in by `legation calendar reply` or the API.

mod error;
mod outbox;

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use legation_core::id::{Digest, MailAddress};
use legation_core::time::Instant;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{Address, Message, SmtpTransport, Transport as _};

pub(crate) use error::MailError;
pub(crate) use outbox::Outbox;

use crate::client::system_roots;
use crate::disk;

/// How long the server may take for one step: RFC 5321 section 4.5.3.2 gives it up to ten minutes,
/// in which it would hold up everybody else.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the mail server is spoken to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum MailTls {
    /// TLS before anything is said, or nothing.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// In the clear.
    None,
}

impl MailTls {
    /// Every way by its name.
    pub(crate) const ALL: [(&'static str, Self); 3] = [
        ("starttls", Self::Starttls),
        ("tls", Self::Tls),
        ("none", Self::None),
    ];

    fn port(self) -> u16 {
        match self {
            Self::Starttls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

impl FromStr for MailTls {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|(name, _)| *name == text);
        let known = known.map(|(_, way)| *way);
        known.ok_or_else(|| format!("`{text}` is no way to speak to a mail server"))
    }
}

/// How the office sends mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mail {
    /// The server; without one no mail is sent.
    pub(crate) server: Option<String>,
    /// Its port; by the way it is spoken to when left out.
    pub(crate) port: Option<u32>,
    /// How it is spoken to.
    pub(crate) tls: MailTls,
    /// Roots that its certificate comes from, PEM; those of the system when left out.
    pub(crate) root: Option<PathBuf>,
    /// The account there.
    pub(crate) user: Option<String>,
    /// The file of its password.
    pub(crate) password_file: Option<PathBuf>,
    /// From which address the office writes.
    pub(crate) from: Option<String>,
}

/// An invitation, as it goes with a mail.
#[derive(Clone, Debug)]
pub(crate) struct Invite {
    /// `REQUEST` or `CANCEL`.
    pub(crate) method: &'static str,
    /// The calendar.
    pub(crate) calendar: String,
}

/// One message.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    /// To whom, and what it is called.
    pub(crate) to: (String, MailAddress),
    /// What it is about; one line.
    pub(crate) subject: String,
    /// What it says.
    pub(crate) text: String,
    /// The invitation that goes with it.
    pub(crate) invite: Option<Invite>,
    /// What tells this message from any other: with it and the office's address its id is made, so
    /// that a message that is sent twice has the same one.
    pub(crate) stable: String,
}

/// Who hands mail to the server. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Mailer {
    mail: Arc<Mail>,
    server: Arc<str>,
    from: Mailbox,
}

impl Mailer {
    /// A mailer by those settings; none where they name no server. `name` is what the office calls
    /// itself.
    ///
    /// # Errors
    /// When the address that it writes from is none, or the files of the settings cannot be read.
    pub(crate) fn of(mail: Mail, name: &str) -> Result<Option<Self>, MailError> {
        let Some(server) = mail.server.clone() else {
            return Ok(None);
        };
        let from = mail.from.as_deref().unwrap_or_default();
        let from: Address = from.parse().map_err(|_| MailError::From(from.to_owned()))?;
        let mailer = Self {
            mail: Arc::new(mail),
            server: server.into(),
            from: Mailbox::new(Some(one_line(name)), from),
        };
        // What is wrong with the settings is told when the office starts, not when it writes.
        mailer.transport()?;
        Ok(Some(mailer))
    }

    /// The address that the office writes from.
    pub(crate) fn from(&self) -> String {
        self.from.email.to_string()
    }

    /// What the office calls itself.
    pub(crate) fn name(&self) -> &str {
        self.from.name.as_deref().unwrap_or_default()
    }

    /// Hands a message to the server; done when the server has taken it. Nobody waits for it on a
    /// thread of the office's own.
    ///
    /// # Errors
    /// When the message cannot be written, or the server did not take it.
    pub(crate) async fn send(&self, letter: Letter, now: Instant) -> Result<(), MailError> {
        let mailer = self.clone();
        let sent = tokio::task::spawn_blocking(move || {
            let message = mailer.write(letter, now)?;
            let answer = mailer.transport()?.send(&message);
            answer.map(|_| ()).map_err(|error| MailError::of(&error))
        });
        sent.await.unwrap_or(Err(MailError::Broken))
    }

    fn write(&self, letter: Letter, now: Instant) -> Result<Message, MailError> {
        let (name, address) = letter.to;
        let to: Address = address.as_str().parse().map_err(|_| MailError::To)?;
        let since = u64::try_from(now.micros()).unwrap_or(0);
        let domain = self.from.email.domain();
        let id = Digest::of(format!("{domain}\0{}", letter.stable).as_bytes()).to_string();
        let id = id.get(..40).unwrap_or(&id);
        let automatic = HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        );
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(Some(one_line(&name)), to))
            .subject(one_line(&letter.subject))
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(since))
            .message_id(Some(format!("<{id}@{domain}>")))
            // RFC 3834 section 5: no other machine answers to a machine.
            .raw_header(automatic);
        let Some(invite) = letter.invite else {
            let plain = SinglePart::plain(letter.text);
            return message.singlepart(plain).map_err(|_| MailError::Written);
        };
        // RFC 6047 section 2.4: the method stands in the type too.
        let kind = format!("text/calendar; charset=utf-8; method={}", invite.method);
        let kind = ContentType::parse(&kind).map_err(|_| MailError::Written)?;
        let inline = SinglePart::builder()
            .header(kind)
            .body(invite.calendar.clone());
        let both = MultiPart::alternative()
            .singlepart(SinglePart::plain(letter.text))
            .singlepart(inline);
        // Clients that know no calendars hand on a file.
        let file = ContentType::parse("application/ics").map_err(|_| MailError::Written)?;
        let file = Attachment::new("Invitation.ics".to_owned()).body(invite.calendar, file);
        let whole = MultiPart::mixed().multipart(both).singlepart(file);
        message.multipart(whole).map_err(|_| MailError::Written)
    }

    /// The way to the server. Files are read anew each time: a password may change while the office
    /// runs.
    fn transport(&self) -> Result<SmtpTransport, MailError> {
        let mail = &self.mail;
        let port = mail.port.and_then(|port| u16::try_from(port).ok());
        let tls = match mail.tls {
            MailTls::None => Tls::None,
            MailTls::Starttls => Tls::Required(self.trust()?),
            MailTls::Tls => Tls::Wrapper(self.trust()?),
        };
        let mut transport = SmtpTransport::builder_dangerous(&*self.server)
            .port(port.unwrap_or(mail.tls.port()))
            .tls(tls)
            .timeout(Some(PATIENCE));
        if let (Some(user), Some(file)) = (&mail.user, &mail.password_file) {
            let password =
                disk::read_text(file).map_err(|failure| MailError::File(failure.to_string()))?;
            let password = password.trim_end_matches(['\r', '\n']).to_owned();
            transport = transport.credentials(Credentials::new(user.clone(), password));
        }
        Ok(transport.build())
    }

    fn trust(&self) -> Result<TlsParameters, MailError> {
        let wrong = |failure: crate::failure::Failure| MailError::File(failure.to_string());
        let path = self.mail.root.clone().or_else(system_roots);
        let path = path.ok_or_else(|| {
            MailError::File("this system has no roots; name a file of them in `root`".to_owned())
        })?;
        let pem = disk::read(&path).map_err(wrong)?;
        let roots = Certificate::from_pem(&pem);
        let roots =
            roots.map_err(|error| MailError::File(format!("`{}`: {error}", path.display())))?;
        TlsParameters::builder(self.server.to_string())
            .certificate_store(CertificateStore::None)
            .add_root_certificate(roots)
            .build()
            .map_err(|error| MailError::File(format!("`{}`: {error}", path.display())))
    }
}

/// A text on one line: what would begin another header becomes a blank.
fn one_line(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    line.trim().to_owned()
}
