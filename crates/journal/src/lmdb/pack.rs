//! Cutting the bodies of a batch into blocks, and compressing these on all processors at once.
//!
//! The writer makes a [`Work`], lets helpers begin, does its own part of the transaction meanwhile,
//! then joins in until every block is done.
//!
//! Not here: what a block looks like (`block`).

use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Scope};

use super::block::{self, COUNT_MAX};
use super::codec::Encoder;
use crate::journal::JournalError;

/// A block is cut before its bodies exceed this: 128 KiB, some 37 KiB on disk, so that the half
/// page that a value wastes on average is a twentieth of it.
const BLOCK_LEN: usize = 128 << 10;

/// A helper is asked for each so many blocks; with fewer, starting it costs more than it saves.
const BLOCKS_PER_HELPER: usize = 4;

/// The most helpers: filing must leave processors to those who read.
const HELPERS_MAX: usize = 3;

/// The compressors of the writer: its own first, then those of its helpers.
pub(super) struct Packer {
    own: Encoder,
    helpers: Vec<Encoder>,
}

impl Packer {
    pub(super) fn new() -> Result<Self, JournalError> {
        let encoder = || {
            Encoder::new().map_err(|source| JournalError::Io {
                doing: "set up compression",
                source,
            })
        };
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let helpers = (1..processors).take(HELPERS_MAX);
        Ok(Self {
            own: encoder()?,
            helpers: helpers.map(|_| encoder()).collect::<Result<_, _>>()?,
        })
    }

    /// The writer's own compressor.
    pub(super) fn own(&mut self) -> &mut Encoder {
        &mut self.own
    }

    /// Does `meanwhile` while helpers pack, then packs what is left.
    pub(super) fn pack<T>(&mut self, work: &Work, meanwhile: impl FnOnce(&mut Encoder) -> T) -> T {
        thread::scope(|scope| {
            let wanted = work.plan.len() / BLOCKS_PER_HELPER;
            for helper in self.helpers.iter_mut().take(wanted) {
                help(scope, work, helper);
            }
            let made = meanwhile(&mut self.own);
            work.run(&mut self.own);
            made
        })
    }
}

fn help<'s>(scope: &'s Scope<'s, '_>, work: &'s Work, encoder: &'s mut Encoder) {
    // Where the system gives no more threads the writer packs alone.
    let _ = thread::Builder::new()
        .name("journal-pack".into())
        .spawn_scoped(scope, move || work.run(encoder));
}

/// The blocks to be made of some bodies.
pub(super) struct Work<'b> {
    bodies: &'b [Option<&'b [u8]>],
    plan: Vec<Range<usize>>,
    next: AtomicUsize,
    done: Vec<OnceLock<Option<Vec<u8>>>>,
}

impl<'b> Work<'b> {
    pub(super) fn new(bodies: &'b [Option<&'b [u8]>]) -> Self {
        let plan = plan(bodies);
        Self {
            bodies,
            next: AtomicUsize::new(0),
            done: plan.iter().map(|_| OnceLock::new()).collect(),
            plan,
        }
    }

    /// The blocks in order, each with the place of its first body; all of them once
    /// [`Packer::pack`] has returned. None for one whose bodies are all erased.
    pub(super) fn blocks(&self) -> impl Iterator<Item = (usize, Option<&[u8]>)> {
        let blocks = self.plan.iter().zip(&self.done);
        blocks.filter_map(|(range, block)| Some((range.start, block.get()?.as_deref())))
    }

    /// Makes blocks until none is left to begin.
    fn run(&self, encoder: &mut Encoder) {
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let (Some(range), Some(done)) = (self.plan.get(at), self.done.get(at)) else {
                return;
            };
            let bodies = self.bodies.get(range.clone()).unwrap_or_default();
            let any = bodies.iter().any(Option::is_some);
            let _ = done.set(any.then(|| block::encode(bodies, encoder)));
        }
    }
}

/// Where the blocks are cut.
fn plan(bodies: &[Option<&[u8]>]) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let (mut begin, mut len) = (0, 0);
    for (at, body) in bodies.iter().enumerate() {
        let more = body.map_or(0, <[u8]>::len);
        if at > begin && (len + more > BLOCK_LEN || at - begin == COUNT_MAX) {
            blocks.push(begin..at);
            (begin, len) = (at, 0);
        }
        len += more;
    }
    if begin < bodies.len() {
        blocks.push(begin..bodies.len());
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_cut_by_length_and_by_count() {
        assert_eq!(plan(&[]), []);
        let long = vec![0; 3 * BLOCK_LEN];
        let short = vec![0; BLOCK_LEN / 2];
        let (long, short) = (Some(&long[..]), Some(&short[..]));
        assert_eq!(
            plan(&[short, short, short, long, None, short]),
            [0..2, 2..3, 3..4, 4..6]
        );
        let many = vec![None; 2 * COUNT_MAX + 1];
        let counts: Vec<_> = plan(&many).iter().map(Range::len).collect();
        assert_eq!(counts, [COUNT_MAX, COUNT_MAX, 1]);
    }

    #[test]
    fn helpers_make_the_same_blocks() {
        let bodies: Vec<Vec<u8>> = (0..3000_u32)
            .map(|n| format!("body {n} ").repeat(100).into_bytes())
            .collect();
        let bodies: Vec<_> = bodies.iter().map(|b| Some(&b[..])).collect();
        let collect = |helpers: usize| {
            let mut packer = Packer {
                own: Encoder::new().unwrap(),
                helpers: (0..helpers).map(|_| Encoder::new().unwrap()).collect(),
            };
            let work = Work::new(&bodies);
            assert_eq!(packer.pack(&work, |_| 7), 7);
            let blocks = work
                .blocks()
                .map(|(at, block)| (at, block.map(<[u8]>::to_vec)));
            blocks.collect::<Vec<_>>()
        };
        let alone = collect(0);
        assert!(alone.len() > 20, "{}", alone.len());
        assert!(collect(3) == alone);
    }
}
