//! Why there is no article in what was handed in.

use thiserror::Error;

/// Why nothing could be read.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PressError {
    /// Longer than [`BYTES_MAX`](super::BYTES_MAX).
    #[error("the page is longer than {max} bytes", max = super::BYTES_MAX)]
    TooLarge,
    /// Nothing is left that could be an article.
    #[error("no article here: no paragraph is left when menus, notices and links are taken away")]
    NoArticle,
}

impl PressError {
    /// The stable code of this error.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "press.too-large",
            Self::NoArticle => "press.no-article",
        }
    }
}
