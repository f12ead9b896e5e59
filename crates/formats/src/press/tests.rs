//! Whole pages and texts.

use super::*;

const PAGE: &str = r##"<!DOCTYPE html><html lang="en-GB"><head>
<title>Alliance and Japan agree on liaison office - Harbour Gazette</title>
<meta property="og:site_name" content="Harbour Gazette">
<link rel="canonical" href="https://harbour.example/a/1">
<script type="application/ld+json">{"@type":"NewsArticle","headline":"Alliance and Japan agree on liaison office",
"datePublished":"2024-07-05T10:30:00+02:00","author":{"name":"Northern Wire"}}</script></head>
<body class="has-sidebar"><div class="cookie-wall"><p>We use cookies and similar technologies. Accept all?</p></div>
<nav><ul><li><a href=/>Home</a><li><a href=/w>World</a></ul></nav>
<div class="wrap"><article><h1>Alliance and Japan agree on liaison office</h1>
<p class="by">By Ann Lee, Northern Wire</p><p>5 July 2024, 10:30 GMT</p>
<div class="story"><p>TOKYO, July 5 (Northern Wire) - The alliance and Japan agreed on Friday to open
a liaison office in the capital, two officials said.</p>
<div class="share-bar"><a href=#>Share</a> <a href=#>Tweet</a></div>
<p>The office will have a staff of one, and <a href="/x">premises</a> come from a member's embassy.</p>
<h3>Related stories</h3><ul><li><a href=/1>An older story about the talks in the spring of the year</a></li></ul>
<p>"We are close partners," the spokeswoman told reporters after the talks. Members have yet to give their consent, which needs all of them.</p>
<p>(Reporting by Ann Lee; Editing by Bo Moss)</p></div>
<p>Sign up for our newsletter to have stories like this in your inbox.</p></article>
<aside><h4>Most read</h4><p>A long teaser about something else that ends like a sentence does.</p></aside></div>
<footer><p>Copyright 2024 Harbour Gazette. All rights reserved.</p></footer></body></html>"##;

#[test]
fn a_page_gives_its_article() {
    let article = read(PAGE.as_bytes()).unwrap();
    assert_eq!(article.outlet.as_deref(), Some("Harbour Gazette"));
    assert_eq!(
        article.title.as_deref(),
        Some("Alliance and Japan agree on liaison office")
    );
    assert_eq!(article.byline.as_deref(), Some("Ann Lee"));
    assert_eq!(article.agency.as_deref(), Some("Northern Wire"));
    assert_eq!(article.language.as_deref(), Some("en-GB"));
    assert_eq!(article.url.as_deref(), Some("https://harbour.example/a/1"));
    let published = article.published.clone().unwrap();
    assert_eq!(
        published.instant.unwrap().to_string(),
        "2024-07-05T08:30:00.000000Z"
    );
    let line = article.dateline.clone().unwrap();
    assert_eq!(line.place.as_deref(), Some("TOKYO"));
    assert_eq!(line.day.as_deref(), Some("July 5"));
    assert_eq!(
        article.paragraphs,
        [
            "The alliance and Japan agreed on Friday to open a liaison office in the capital, two officials said.",
            "The office will have a staff of one, and premises come from a member's embassy.",
            "\"We are close partners,\" the spokeswoman told reporters after the talks. Members have yet to give their consent, which needs all of them.",
        ]
    );
    for reason in [
        Reason::Cookie,
        Reason::Menu,
        Reason::Share,
        Reason::Related,
        Reason::Credit,
        Reason::Newsletter,
        Reason::Copyright,
    ] {
        assert!(
            article.dropped.iter().any(|one| one.reason == reason),
            "{reason:?}: {:#?}",
            article.dropped
        );
    }
}

#[test]
fn a_text_gives_its_article() {
    let text = "Home | World | Politics | Sport\n\nAlliance and Japan agree on liaison office\n\n\
        By Ann Lee, Northern Wire\nJuly 5, 2024\n\n\
        TOKYO (Northern Wire) - The alliance and Japan agreed on Friday to open\na liaison office in \
        the capital, two officials said.\n\n\"We are close,\" a spokeswoman said. Nothing is signed.\n\n\
        Share this: Facebook Twitter\n\nRead more: The talks of spring\n\n© 2024 Harbour Gazette\n";
    let article = read(text.as_bytes()).unwrap();
    assert_eq!(
        article.title.as_deref(),
        Some("Alliance and Japan agree on liaison office")
    );
    assert_eq!(article.byline.as_deref(), Some("Ann Lee"));
    assert_eq!(
        article.published.unwrap().date,
        jiff::civil::date(2024, 7, 5)
    );
    assert_eq!(
        article.paragraphs,
        [
            "The alliance and Japan agreed on Friday to open a liaison office in the capital, two officials said.",
            "\"We are close,\" a spokeswoman said. Nothing is signed.",
        ]
    );
}

#[test]
fn a_body_that_is_there_twice_is_read_once() {
    let body = "<p>The alliance and Japan agreed on Friday to open a liaison office.</p>\
                <p>Two officials said so on Friday, after a day of talks in the capital.</p>";
    let page = format!("<body><div class=m>{body}</div><div class=m>{body}</div></body>");
    let article = read(page.as_bytes()).unwrap();
    assert_eq!(article.paragraphs.len(), 2);
    let repeated = article.dropped.iter();
    assert_eq!(
        repeated
            .filter(|one| one.reason == Reason::Repeated)
            .count(),
        2
    );
}

#[test]
fn pages_without_an_article_are_refused() {
    for page in [
        "",
        "<html><body><nav><a href=/>Home</a></nav></body></html>",
        "Home | World | Sport",
        "<p>We use cookies to improve your visit.</p>",
    ] {
        assert_eq!(read(page.as_bytes()), Err(PressError::NoArticle), "{page}");
    }
    let large = vec![b' '; BYTES_MAX + 1];
    assert_eq!(read(&large), Err(PressError::TooLarge));
}

#[test]
fn hostile_pages_end() {
    // Each would take a careless reader time or depth beyond its size; the largest are 1 MB.
    let many = |piece: &str, n: usize| piece.repeat(n);
    for page in [
        many("<div>", 200_000),
        many("<p><b><a href=x>", 60_000),
        many("</p></div></a>", 70_000),
        many("<ul><li>x", 100_000),
        many("<table><td>y", 80_000),
        many("<p>The same sentence is said again and again here.", 20_000),
        many("<h2>Related stories</h2>", 40_000),
        format!("<p>{}", many("A. ", 300_000)),
        format!("<p>{}", many("\" “", 200_000)),
        format!("<script type=application/ld+json>{}", many("[", 900_000)),
        format!("<p {}>", many("class=x ", 100_000)),
        format!("<p>{}.", many("a | ", 200_000)),
        many("By A, ", 150_000),
        many("(", 900_000),
    ] {
        let _ = read(page.as_bytes());
        let _ = quotations(&page);
    }
}
