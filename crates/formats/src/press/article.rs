//! An article as it was read, and what fell away.
//!
//! Not here: where it came from. An article knows only what its own page says.

use jiff::civil::Date;
use legation_core::time::Instant;

/// An article: what the page or text says, without what is no article.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Article {
    /// The outlet that printed it, by its own name, like `Harbour Gazette`.
    pub outlet: Option<String>,
    /// The headline, without the outlet's name.
    pub title: Option<String>,
    /// The date line that the text begins with.
    pub dateline: Option<Dateline>,
    /// Who wrote it, without the word `by`.
    pub byline: Option<String>,
    /// The agency that the text comes from, like `Reuters`.
    pub agency: Option<String>,
    /// When the page says that it was published.
    pub published: Option<Published>,
    /// The language (BCP 47), as the page says: `en`, `ja-JP`.
    pub language: Option<String>,
    /// The canonical address, as the page says. Not checked.
    pub url: Option<String>,
    /// The paragraphs of the body, in order, without the date line.
    pub paragraphs: Vec<String>,
    /// What fell away, in the order of the page.
    pub dropped: Vec<Dropped>,
}

impl Article {
    /// The body: paragraphs with an empty line between them.
    pub fn body(&self) -> String {
        self.paragraphs.join("\n\n")
    }

    /// The sentences of the body, in order; none goes over the end of a paragraph.
    pub fn sentences(&self) -> Vec<&str> {
        self.paragraphs
            .iter()
            .flat_map(|paragraph| super::sentences(paragraph))
            .collect()
    }
}

/// A date line: `TOKYO, July 5 (Kyodo) —`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dateline {
    /// As it stands in the text.
    pub text: String,
    /// Where the report was written.
    pub place: Option<String>,
    /// The agency, if the line names one.
    pub agency: Option<String>,
    /// The day, as the line says: `July 5`, `7th`.
    pub day: Option<String>,
}

/// When an article was published, as far as the page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// As it stands in the page.
    pub text: String,
    /// The day, in the zone of the page.
    pub date: Date,
    /// The instant, if the page gives a time and its offset from UTC.
    pub instant: Option<Instant>,
}

/// A piece of the page that is no part of the article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Why it fell away.
    pub reason: Reason,
    /// Its text; long ones are cut.
    pub text: String,
}

/// Why a piece fell away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// Navigation: a menu, a list of links, a line of sections.
    Menu,
    /// A banner about cookies and consent.
    Cookie,
    /// Links and words for sharing and following.
    Share,
    /// A risk disclosure or another disclaimer.
    Risk,
    /// A newsletter, an account or a subscription is offered.
    Newsletter,
    /// Other stories.
    Related,
    /// An advertisement.
    Advert,
    /// Readers' comments, or words about them.
    Comment,
    /// Copyright and the small print of the site.
    Copyright,
    /// The caption of a picture, or who took it.
    Caption,
    /// Who reported, wrote and edited; what it says is in the byline.
    Credit,
    /// Headline, byline, date and place as furniture of the page.
    Furniture,
    /// A heading within the body.
    Heading,
    /// Said already: a repeated body, a teaser, a pull quote.
    Repeated,
    /// Not shown by the page.
    Hidden,
    /// Outside of the part of the page that holds the body.
    Outside,
    /// Beyond the limits on paragraphs or blocks.
    TooMuch,
}

impl Reason {
    /// Its name in lists: `menu`, `cookie`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Menu => "menu",
            Self::Cookie => "cookie",
            Self::Share => "share",
            Self::Risk => "risk",
            Self::Newsletter => "newsletter",
            Self::Related => "related",
            Self::Advert => "advert",
            Self::Comment => "comment",
            Self::Copyright => "copyright",
            Self::Caption => "caption",
            Self::Credit => "credit",
            Self::Furniture => "furniture",
            Self::Heading => "heading",
            Self::Repeated => "repeated",
            Self::Hidden => "hidden",
            Self::Outside => "outside",
            Self::TooMuch => "too-much",
        }
    }
}
