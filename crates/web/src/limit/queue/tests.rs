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
