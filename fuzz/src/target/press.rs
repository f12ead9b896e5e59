//! News articles. What is read of a page reads the same again, its pieces come of the page, and
//! stories place it.

use legation_formats::press::{ArticleId, Stories, quotations, read, sentences};

pub(super) const WORDS: &[&str] = &[
    "<p>",
    "</p>",
    "<div class=\"share\">",
    "<div class=body>",
    "</div>",
    "<article>",
    "<h2>Related stories</h2>",
    "<ul><li><a href=/>",
    "<br><br>",
    "<table><tr><td>",
    "<script type=\"application/ld+json\">{\"@type\":\"NewsArticle\",\"headline\":\"",
    "</script>",
    "<meta property=\"og:title\" content=\"",
    "<time datetime=\"2024-07-05T10:30:00Z\">",
    "<aside hidden>",
    "TOKYO, July 5 (Northern Wire) — ",
    "[Tokyo 7th Kyodo] ",
    "By Ann Lee, Northern Wire",
    "(Reporting by ",
    "Risk disclosure: ",
    "We use cookies. ",
    "© 2024 ",
    "\n\n",
    "Title: ",
    "&mdash;",
    "&#8220;",
    "“",
    "”",
    "U.S. ",
    ". ",
    "。",
    "\u{feff}",
];

pub(super) fn run(bytes: &[u8]) -> bool {
    let Ok(article) = read(bytes) else {
        return false;
    };
    assert_eq!(read(bytes).as_ref(), Ok(&article));
    assert!(!article.paragraphs.is_empty());
    // What is kept is no more than there was: a character of the page takes at most three bytes.
    assert!(article.body().len() <= bytes.len() * 3 + 2 * article.paragraphs.len());
    for paragraph in &article.paragraphs {
        let mut at = 0;
        for sentence in sentences(paragraph) {
            let place = paragraph[at..].find(sentence);
            at += place.expect("a sentence of the paragraph, in order") + sentence.len();
            assert_eq!(sentence, sentence.trim());
        }
        for quotation in quotations(paragraph) {
            assert!(paragraph[quotation.start..].starts_with(quotation.text));
        }
    }
    let mut stories = Stories::new();
    let first = stories.add(ArticleId::new(2), &article);
    let second = stories.add(ArticleId::new(1), &article);
    assert_eq!(first.copy_of, None);
    if second.story == first.story || stories.stories().len() == 1 {
        assert!(stories.place(ArticleId::new(2)).is_some());
    }
    for place in [&first, &second] {
        let changes = place.changes.as_ref();
        assert!(
            changes.is_none_or(|changes| changes.added.is_empty() && changes.removed.is_empty())
        );
    }
    true
}
