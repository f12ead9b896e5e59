//! Why mail was not sent, and whether to try again.

use lettre::transport::smtp::Error as SmtpError;
use thiserror::Error;

/// Why mail was not sent.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum MailError {
    /// The address of the settings is none.
    #[error("`{0}` is no address to write from; set `from` of `[mail]`")]
    From(String),
    /// The receiver's address is none.
    #[error("the address of the receiver is none that mail can go to")]
    To,
    /// The message could not be written.
    #[error("the message could not be written")]
    Written,
    /// A file of the settings cannot be used.
    #[error("cannot send mail: {0}")]
    File(String),
    /// The server refused for good: it will not take this message.
    #[error("the mail server refuses: {0}")]
    Refused(String),
    /// The server was not reached, or says to try again.
    #[error("the mail server did not take it: {0}")]
    Later(String),
    /// The thread that sends broke.
    #[error("sending broke off")]
    Broken,
}

impl MailError {
    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::From(_) => "mail.from",
            Self::To => "mail.to",
            Self::Written => "mail.unwritable",
            Self::File(_) => "mail.settings",
            Self::Refused(_) => "mail.refused",
            Self::Later(_) => "mail.not-taken",
            Self::Broken => "mail.broken",
        }
    }

    /// What the server or the way to it says. An answer of the class 5 is for good (RFC 5321 section
    /// 4.2.1).
    pub(super) fn of(error: &SmtpError) -> Self {
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(one) = cause {
            text = format!("{text}: {one}");
            cause = one.source();
        }
        let text = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        let text: String = text.take(500).collect();
        match error.is_permanent() {
            true => Self::Refused(text),
            false => Self::Later(text),
        }
    }
}
