//! Blocks there and back, and blocks that somebody spoilt.
//!
//! Not here: blocks within a journal.

use legation_core::id::Digest;

use super::*;

fn coders() -> (Encoder, Decoder) {
    (Encoder::new().unwrap(), Decoder::new().unwrap())
}

/// Bodies of many lengths, some erased; the same for the same seed.
fn sample(seed: u64, count: usize) -> Vec<Option<Vec<u8>>> {
    let mut state = seed;
    let mut roll = move |sides: u64| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (z ^ (z >> 31)) % sides
    };
    (0..count)
        .map(|n| match roll(12) {
            0 => None,
            1 => Some(Vec::new()),
            2 => Some((0..roll(40_000)).map(|_| roll(256) as u8).collect()),
            _ => Some(
                format!("record {n} of {seed}, ")
                    .repeat(roll(200) as usize)
                    .into(),
            ),
        })
        .collect()
}

fn borrow(bodies: &[Option<Vec<u8>>]) -> Vec<Option<&[u8]>> {
    bodies.iter().map(Option::as_deref).collect()
}

#[test]
fn bodies_come_back_together_and_alone() {
    let (mut encoder, mut decoder) = coders();
    let mut directory = Directory::default();
    for seed in 0..60 {
        let bodies = sample(seed, 1 + seed as usize * 3);
        let block = encode(&borrow(&bodies), &mut encoder);
        directory.read(&block).unwrap();
        assert_eq!(directory.len(), bodies.len());
        assert_eq!(directory.bodies(&block, &mut decoder), Ok(bodies.clone()));
        for (at, body) in bodies.iter().enumerate().rev() {
            let place = directory.place(at);
            let found = place.map(|place| {
                let bytes = directory.chunk(place.chunk, &block, &mut decoder).unwrap();
                bytes[place.range].to_vec()
            });
            assert_eq!(&found, body, "body {at} of {seed}");
        }
        assert!(directory.place(bodies.len()).is_none());
    }
}

#[test]
fn an_erased_body_leaves_no_byte() {
    let (mut encoder, mut decoder) = coders();
    let noise = |n: u64| -> Vec<u8> {
        let part = |i: u64| *Digest::of(&(n * 100 + i).to_be_bytes()).as_bytes();
        (0..16).flat_map(part).collect()
    };
    let mut bodies: Vec<_> = (0..40).map(|n| Some(noise(n))).collect();
    let held = |block: &[u8], n: u64| block.windows(512).any(|w| w == noise(n));
    let block = encode(&borrow(&bodies), &mut encoder);
    assert!(held(&block, 7), "noise is kept as it is");
    bodies[7] = None;
    let block = encode(&borrow(&bodies), &mut encoder);
    assert!(!held(&block, 7));
    let mut directory = Directory::default();
    directory.read(&block).unwrap();
    assert_eq!(directory.bodies(&block, &mut decoder), Ok(bodies));
}

#[test]
fn spoilt_blocks_are_refused() {
    let (mut encoder, mut decoder) = coders();
    let mut directory = Directory::default();
    let bodies = sample(3, 30);
    let block = encode(&borrow(&bodies), &mut encoder);
    for keep in 0..block.len() {
        let cut = directory.read(&block[..keep]);
        assert!(cut.is_err(), "{keep} of {} bytes", block.len());
    }
    let mut longer = block.clone();
    longer.push(0);
    assert!(directory.read(&longer).is_err());
    let chunks = u32::from_be_bytes(block[4..8].try_into().unwrap()) as usize;
    let directory_len = 8 + chunks * CHUNK_LINE + bodies.len() * 4;
    let mut refused = 0;
    for at in 0..directory_len {
        for with in [0, 1, 0x7f, 0x80, 0xff] {
            let mut spoilt = block.clone();
            spoilt[at] = with;
            if spoilt == block {
                continue;
            }
            // Lengths that were moved from one body to its neighbour cannot be told from others;
            // nothing else is believed, and nothing panics.
            match directory.read(&spoilt) {
                Err(_) => refused += 1,
                Ok(()) => refused += usize::from(directory.bodies(&spoilt, &mut decoder).is_err()),
            }
        }
    }
    assert!(refused > directory_len * 3, "{refused} of {directory_len}");
}

#[test]
fn a_directory_asks_for_no_more_than_the_limits() {
    let mut directory = Directory::default();
    let block = |bodies: u32, len: u32| {
        let mut block = Vec::new();
        block.extend(bodies.to_be_bytes());
        block.extend(1_u32.to_be_bytes());
        block.extend(bodies.to_be_bytes());
        block.extend(len.to_be_bytes());
        block.extend([0, 0, 0, 4, 1]);
        block.extend(len.to_be_bytes());
        block.extend(vec![0; (bodies as usize - 1) * 4]);
        block.extend(*b"bomb");
        block
    };
    let long = BODY_MAX as u32;
    assert_eq!(directory.read(&block(1, long)), Ok(()));
    let absurd = Err(Malformed("a chunk is longer than it can be"));
    assert_eq!(directory.read(&block(1, long + 1)), absurd);
    assert_eq!(directory.read(&block(2, CHUNK_MAX as u32)), Ok(()));
    assert_eq!(directory.read(&block(2, CHUNK_MAX as u32 + 1)), absurd);
    let counts = Err(Malformed("its counts are absurd"));
    assert_eq!(directory.read(&block(COUNT_MAX as u32, 9)), Ok(()));
    assert_eq!(directory.read(&block(COUNT_MAX as u32 + 1, 9)), counts);
    assert_eq!(directory.read(&[0; 100]), counts);
}
