//! Turns, bounds, and that nothing is lost when somebody goes away.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;

fn queue(at_once: usize, at_once_per_party: usize, under_way: usize, per_party: usize) -> Queue {
    Queue::new(Work {
        at_once,
        at_once_per_party,
        under_way,
        under_way_per_party: per_party,
        patience: Duration::from_secs(60),
        ..Work::default()
    })
}

fn party(code: &str) -> PartyCode {
    code.parse().unwrap()
}

fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    let mut context = Context::from_waker(Waker::noop());
    match future.poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

#[tokio::test]
async fn slots_go_round_the_parties_however_many_one_has_waiting() {
    let queue = queue(1, 1, 100, 50);
    let (jpn, kor) = (party("JPN"), party("KOR"));
    let first = queue.enter(Some(&jpn)).unwrap();
    let mut slot = Some(first.turn().await.unwrap());
    // Thirty of one party come before a single one of another.
    let flood: Vec<Stay> = (0..30).map(|_| queue.enter(Some(&jpn)).unwrap()).collect();
    let mut turns: Vec<_> = flood.iter().map(|stay| Box::pin(stay.turn())).collect();
    for turn in &mut turns {
        assert!(poll(turn.as_mut()).is_none());
    }
    let other = queue.enter(Some(&kor)).unwrap();
    let mut other_turn = pin!(other.turn());
    assert!(poll(other_turn.as_mut()).is_none());
    assert_eq!(queue.depth().waiting, 31);
    // One of the flood is before it, not thirty.
    slot.take();
    let one = poll(turns[0].as_mut()).unwrap().unwrap();
    assert!(poll(other_turn.as_mut()).is_none());
    drop(one);
    let served = poll(other_turn.as_mut()).unwrap().unwrap();
    assert_eq!(queue.depth().in_work, 1);
    drop(served);
    assert!(poll(turns[1].as_mut()).is_some());
}

#[tokio::test]
async fn a_party_takes_its_share_and_no_more() {
    let queue = queue(4, 2, 100, 5);
    let jpn = party("JPN");
    let stays: Vec<Stay> = (0..5).map(|_| queue.enter(Some(&jpn)).unwrap()).collect();
    assert_eq!(queue.enter(Some(&jpn)).unwrap_err(), Full);
    let _one = stays[0].turn().await.unwrap();
    let _two = stays[1].turn().await.unwrap();
    let mut three = pin!(stays[2].turn());
    assert!(poll(three.as_mut()).is_none());
    // Strangers, and others, still find room at once.
    let stranger = queue.enter(None).unwrap();
    let _slot = stranger.turn().await.unwrap();
    assert_eq!(
        queue.depth(),
        Depth {
            in_work: 3,
            waiting: 1,
            under_way: 6,
            bytes: 0,
            held: 0,
        }
    );
}

#[test]
fn whoever_has_nothing_under_way_is_let_in_even_when_all_is_taken() {
    let queue = queue(4, 2, 10, 10);
    let jpn = party("JPN");
    let flood: Vec<Stay> = (0..10).map(|_| queue.enter(Some(&jpn)).unwrap()).collect();
    let kor = party("KOR");
    let first = queue.enter(Some(&kor)).unwrap();
    assert_eq!(queue.enter(Some(&kor)).unwrap_err(), Full);
    drop(first);
    drop(flood);
    assert_eq!(queue.depth(), Depth::default());
}

#[test]
fn bytes_have_their_bounds_and_come_back() {
    let queue = Queue::new(Work {
        bytes_under_way: 100,
        bytes_under_way_per_party: 60,
        ..Work::default()
    });
    let (jpn, kor) = (party("JPN"), party("KOR"));
    let first = queue.enter(Some(&jpn)).unwrap();
    let second = queue.enter(Some(&jpn)).unwrap();
    assert_eq!(first.take(50), Ok(()));
    assert_eq!(second.take(11), Err(Full));
    assert_eq!(second.take(10), Ok(()));
    assert_eq!(queue.enter(Some(&jpn)).unwrap_err(), Full);
    // Another's share is not touched by that.
    let other = queue.enter(Some(&kor)).unwrap();
    assert_eq!(other.take(41), Err(Full));
    assert_eq!(other.take(40), Ok(()));
    // An answer that is there is borne; then nobody has room but who has nothing.
    other.hold(500);
    drop((first, second));
    assert_eq!(queue.enter(Some(&kor)).unwrap_err(), Full);
    assert!(queue.enter(Some(&jpn)).is_ok());
    drop(other);
    assert_eq!(queue.depth(), Depth::default());
}

#[tokio::test]
async fn whoever_goes_away_leaves_nothing_behind() {
    let queue = queue(1, 1, 100, 50);
    let jpn = party("JPN");
    let stays: Vec<Stay> = (0..6).map(|_| queue.enter(Some(&jpn)).unwrap()).collect();
    let slot = stays[0].turn().await.unwrap();
    let mut turns: Vec<_> = stays[1..]
        .iter()
        .map(|stay| Box::pin(stay.turn()))
        .collect();
    for turn in &mut turns {
        assert!(poll(turn.as_mut()).is_none());
    }
    // One goes while it waits, one after it was given the slot and before it knew.
    drop(turns.remove(0));
    drop(slot);
    drop(turns.remove(0));
    let slot = poll(turns[0].as_mut()).unwrap().unwrap();
    assert_eq!(queue.depth().in_work, 1);
    drop(turns.remove(0));
    drop(slot);
    drop(turns);
    drop(stays);
    // A flood that went away in its sleep is counted off when a slot comes free next.
    let last = queue.enter(Some(&jpn)).unwrap();
    drop(last.turn().await.unwrap());
    drop(last);
    assert_eq!(queue.depth(), Depth::default());
}

#[tokio::test]
async fn patience_ends() {
    let queue = Queue::new(Work {
        at_once: 1,
        patience: Duration::from_millis(5),
        ..Work::default()
    });
    let stays = [queue.enter(None).unwrap(), queue.enter(None).unwrap()];
    let slot = stays[0].turn().await.unwrap();
    assert_eq!(stays[1].turn().await.unwrap_err(), Full);
    drop(slot);
    assert_eq!(queue.depth().in_work, 0);
}

#[tokio::test]
async fn a_flood_that_comes_and_goes_does_not_pile_up() {
    let queue = queue(1, 1, 100, 10);
    let jpn = party("JPN");
    let first = queue.enter(Some(&jpn)).unwrap();
    let _slot = first.turn().await.unwrap();
    for _ in 0..1000 {
        let stay = queue.enter(Some(&jpn)).unwrap();
        let mut turn = Box::pin(stay.turn());
        assert!(poll(turn.as_mut()).is_none());
    }
    assert!(queue.depth().waiting <= 20, "{:?}", queue.depth());
    assert_eq!(queue.depth().under_way, 1);
}

const SECOND: u64 = 1_000_000_000;

/// A board with lanes of two parties that have so many requests under way, and what it goes by.
fn board(loud: usize, quiet: usize) -> (Board, [usize; 2]) {
    let mut board = Board {
        lanes: vec![Lane::default()],
        ..Board::default()
    };
    let lanes = ["JPN", "KOR"].map(|code| board.lane(Some(&party(code))));
    for (lane, under_way) in lanes.into_iter().zip([loud, quiet]) {
        board.lanes[lane].under_way = under_way;
        board.under_way += under_way;
    }
    (board, lanes)
}

#[test]
fn alone_a_party_has_all_its_slots_and_beside_others_few() {
    let limits = Work {
        at_once: 8,
        at_once_per_party: 4,
        at_once_beside_others: 1,
        ..Work::default()
    };
    let (mut board, [loud, quiet]) = board(8, 1);
    board.company.came(loud, 0);
    let alone = (0..8).filter(|_| board.take(loud, &limits, 0)).count();
    assert_eq!(alone, 4);
    // Another comes: it is served at once, and the first gets no new slot until one is left to it.
    board.company.came(quiet, 1);
    assert!(board.take(quiet, &limits, 1));
    for left in (0..4).rev() {
        assert!(!board.take(loud, &limits, 1), "{left}");
        board.in_work -= 1;
        board.lanes[loud].in_work -= 1;
    }
    assert!(board.take(loud, &limits, 1));
    assert!(!board.take(loud, &limits, 1));
    // As long as the other is worked for it is there, however long that takes.
    assert!(!board.take(loud, &limits, 3600 * SECOND));
    board.in_work -= 1;
    board.lanes[quiet].in_work -= 1;
    assert!(board.take(loud, &limits, 3600 * SECOND));
}

#[test]
fn only_what_a_party_asks_beside_others_and_beyond_one_request_is_held() {
    let pace = Pace::new(1000, 100);
    let (mut board, [loud, quiet]) = board(2, 1);
    // Alone: nothing is held, and nothing is remembered.
    board.company.came(loud, 0);
    for _ in 0..1000 {
        assert_eq!(board.share(loud, pace, 1000, 0), Share::Whole);
    }
    board.company.came(quiet, 0);
    assert_eq!(board.share(loud, pace, 300, 0), Share::Now);
    for held in 1..=5 {
        let after = Duration::from_millis(300 * held - 100);
        assert_eq!(board.share(loud, pace, 300, 0), Share::After(after));
    }
    assert_eq!(board.held, 5);
    // Whoever has one thing under way is not, be it loud or quiet.
    for _ in 0..1000 {
        assert_eq!(board.share(quiet, pace, 1000, 0), Share::Whole);
    }
    board.lanes[loud].under_way = 1;
    assert_eq!(board.share(loud, pace, 1000, 0), Share::Whole);
    board.lanes[loud].under_way = 2;
    assert!(matches!(
        board.share(loud, pace, 1, SECOND),
        Share::After(_)
    ));
    // Alone again.
    let later = 3600 * SECOND;
    assert_eq!(board.share(loud, pace, 1000, later), Share::Whole);
    // No pace, no hold.
    board.company.came(quiet, later);
    assert_eq!(
        board.share(loud, Pace::new(0, 0), 1000, later),
        Share::Whole
    );
}

#[tokio::test]
async fn a_party_with_all_slots_taken_leaves_one_to_whoever_comes() {
    let queue = Queue::new(Work {
        at_once: 4,
        at_once_per_party: 4,
        at_once_beside_others: 1,
        patience: Duration::from_secs(60),
        ..Work::default()
    });
    let (jpn, kor) = (party("JPN"), party("KOR"));
    let flood: Vec<Stay> = (0..12).map(|_| queue.enter(Some(&jpn)).unwrap()).collect();
    let mut turns: Vec<_> = flood.iter().map(|stay| Box::pin(stay.turn())).collect();
    let mut slots: Vec<_> = turns
        .iter_mut()
        .filter_map(|turn| poll(turn.as_mut()))
        .map(|slot| slot.unwrap())
        .collect();
    assert_eq!(slots.len(), 4);
    let other = queue.enter(Some(&kor)).unwrap();
    let mut turn = pin!(other.turn());
    assert!(poll(turn.as_mut()).is_none());
    // The first slot that comes free is the other's, with eight of the flood before it.
    slots.pop();
    let _slot = poll(turn.as_mut()).unwrap().unwrap();
    // The flood keeps one at a time from here on, whatever comes free.
    slots.drain(1..);
    assert_eq!((queue.depth().in_work, queue.depth().waiting), (2, 8));
    slots.clear();
    assert_eq!((queue.depth().in_work, queue.depth().waiting), (2, 7));
}
