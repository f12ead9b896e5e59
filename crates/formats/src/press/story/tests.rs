//! Placements: copies, what they changed, what is shared, and stories that become one.

use super::*;
use crate::press::Article;

const WIRE: [&str; 5] = [
    "Two patrol ships began to search the Gulf of Aland on Sunday for what tore a cable, the coast guard said.",
    "The cable, which links Helsinki to the island of Kokar, failed at 2.17 in the morning.",
    "Commander Jussi Lahti of the coast guard spoke of an anchor that was missing an arm.",
    "A freighter under the flag of the Cook Islands had passed the spot at three knots.",
    "The repair will take about two weeks and cost the operator 3.1 million euros.",
];

const NEWS: [&str; 4] = [
    "A court in Turku ordered on Friday that the freighter be held until the end of December.",
    "Its master, who denies everything, was questioned by investigators for nine hours.",
    "The owner, a company in Limassol, offered a guarantee of 4 million euros through its lawyer.",
    "Judges are to hear experts on anchors and weather in the second week of January.",
];

fn article(paragraphs: &[&str]) -> Article {
    Article {
        paragraphs: paragraphs.iter().map(|text| (*text).to_owned()).collect(),
        ..Article::default()
    }
}

fn id(number: u64) -> ArticleId {
    ArticleId::new(number)
}

#[test]
fn a_copy_joins_and_a_follow_up_shares() {
    let mut stories = Stories::new();
    let first = stories.add(id(1), &article(&WIRE));
    assert_eq!((first.copy_of, first.changes), (None, None));
    let cut = stories.add(id(2), &article(&WIRE[..3]));
    assert_eq!((cut.story, cut.copy_of), (first.story, Some(id(1))));
    assert_eq!(cut.changes.unwrap().removed, WIRE[3..]);
    let later: Vec<&str> = NEWS.into_iter().chain([WIRE[1]]).collect();
    let later = stories.add(id(3), &article(&later));
    assert_ne!(later.story, first.story);
    assert_eq!(later.copy_of, None);
    let shared = Shared {
        story: first.story,
        article: id(1),
        sentences: vec![WIRE[1].to_owned()],
    };
    assert_eq!(later.shares, [shared]);
    let wanted = BTreeMap::from([
        (StoryId(id(1)), vec![id(1), id(2)]),
        (StoryId(id(3)), vec![id(3)]),
    ]);
    assert_eq!(stories.stories(), wanted);
    assert_eq!(stories.len(), 3);
}

#[test]
fn the_same_article_is_added_once() {
    let mut stories = Stories::new();
    stories.add(id(1), &article(&WIRE));
    let copy = stories.add(id(2), &article(&WIRE));
    assert!(copy.changes.as_ref().is_some_and(Changes::is_empty));
    let again = stories.add(id(2), &article(&NEWS));
    assert_eq!(again, copy);
    assert_eq!(stories.len(), 2);
    assert_eq!(stories.place(id(2)), Some(copy));
    assert_eq!(stories.place(id(9)), None);
}

#[test]
fn an_article_may_make_two_stories_one() {
    let mut stories = Stories::new();
    let head = stories.add(id(5), &article(&WIRE[..2])).story;
    let tail = stories
        .add(id(4), &article(&[WIRE[2], WIRE[3], WIRE[4]]))
        .story;
    assert_ne!(head, tail);
    let whole = stories.add(
        id(6),
        &article(&[WIRE[2], WIRE[0], WIRE[1], WIRE[3], WIRE[4]]),
    );
    assert_eq!(whole.story, StoryId(id(4)));
    assert_eq!(whole.joined, [head]);
    assert_eq!(stories.stories().len(), 1);
}

#[test]
fn the_agency_s_own_text_is_the_base() {
    let mut stories = Stories::new();
    let mut own = article(&WIRE);
    own.outlet = Some("Baltic Dispatch".to_owned());
    own.agency = Some("Baltic Dispatch".to_owned());
    stories.add(id(1), &article(&WIRE[..4]));
    let placed = stories.add(id(2), &own);
    assert_eq!(placed.copy_of, None);
    assert_eq!(placed.story.article(), id(1));
    assert_eq!(stories.place(id(1)).unwrap().copy_of, Some(id(2)));
}

#[test]
fn what_many_share_costs_no_more() {
    let mut stories = Stories::new();
    for number in 0..2_000 {
        stories.add(id(number), &article(&WIRE));
    }
    assert_eq!(stories.stories().len(), 1);
    assert!(
        stories
            .postings
            .values()
            .all(|one| one.len() <= POSTING_MAX)
    );
}
