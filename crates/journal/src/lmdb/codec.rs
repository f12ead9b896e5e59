//! Bytes on disk, compressed where that saves something: Zstandard (RFC 8878), one frame for each
//! piece, with its checksum, so that a flipped bit is found when the piece is read.
//!
//! Not here: which bytes stand together (`block`, `frame`), and where (`table`).

use std::io;

use zstd::bulk::{Compressor, Decompressor};

/// One of the fast levels: on STIX it compresses five to two, where the lowest of the usual levels
/// makes ten to three, in little more than half the time; and what it makes is decompressed twice
/// as fast, because the letters stay as they are. Whoever files and whoever reads first wait for it.
const LEVEL: i32 = -2;

/// A piece is kept compressed if that saves a sixteenth at least; else reading would pay for nothing.
const GAIN: usize = 16;

/// A buffer that grew beyond this for one long piece is given back.
const BUFFER_KEPT: usize = 1 << 20;

/// How a piece is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is.
    Plain,
    /// As one Zstandard frame.
    Zstd,
}

impl Form {
    pub(super) fn to_byte(self) -> u8 {
        match self {
            Self::Plain => 0,
            Self::Zstd => 1,
        }
    }

    pub(super) fn of_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Plain),
            1 => Some(Self::Zstd),
            _ => None,
        }
    }
}

/// Compresses pieces, one after another.
pub(super) struct Encoder {
    compressor: Compressor<'static>,
    out: Vec<u8>,
}

impl Encoder {
    pub(super) fn new() -> io::Result<Self> {
        let mut compressor = Compressor::new(LEVEL)?;
        compressor.include_checksum(true)?;
        // The length stands in the directory already.
        compressor.include_contentsize(false)?;
        Ok(Self {
            compressor,
            out: Vec::new(),
        })
    }

    /// Appends a piece to `target` in the form that is the better one.
    pub(super) fn push(&mut self, raw: &[u8], target: &mut Vec<u8>) -> Form {
        self.out.clear();
        self.out.reserve(zstd::zstd_safe::compress_bound(raw.len()));
        // What cannot be compressed, for whatever reason, is kept as it is.
        let done = self.compressor.compress_to_buffer(raw, &mut self.out);
        let form = match done {
            Ok(len) if len < raw.len() - raw.len() / GAIN => {
                target.extend_from_slice(&self.out);
                Form::Zstd
            }
            _ => {
                target.extend_from_slice(raw);
                Form::Plain
            }
        };
        if self.out.capacity() > BUFFER_KEPT {
            self.out = Vec::new();
        }
        form
    }
}

/// Decompresses pieces, one after another.
pub(super) struct Decoder {
    decompressor: Decompressor<'static>,
    out: Vec<u8>,
}

impl Decoder {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            decompressor: Decompressor::new()?,
            out: Vec::new(),
        })
    }

    /// The piece that is stored so and has `len` bytes; None if it is anything else. No more memory
    /// is taken than `len` asks for, whatever the stored bytes unfold to.
    pub(super) fn piece<'a>(
        &'a mut self,
        form: Form,
        len: usize,
        stored: &'a [u8],
    ) -> Option<&'a [u8]> {
        match form {
            Form::Plain => (stored.len() == len).then_some(stored),
            Form::Zstd => {
                self.out.clear();
                if self.out.capacity() > BUFFER_KEPT && len <= BUFFER_KEPT {
                    self.out = Vec::new();
                }
                self.out.try_reserve(len).ok()?;
                let done = (self.decompressor).decompress_to_buffer(stored, &mut self.out);
                (done.ok()? == len).then_some(&self.out)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use legation_core::id::Digest;

    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let (mut encoder, mut decoder) = (Encoder::new().unwrap(), Decoder::new().unwrap());
        let noise = (0..100_u64).flat_map(|n| *Digest::of(&n.to_be_bytes()).as_bytes());
        let noise: Vec<u8> = noise.collect();
        for (raw, form) in [
            (vec![], Form::Plain),
            (b"short".to_vec(), Form::Plain),
            (b"a word ".repeat(1000), Form::Zstd),
            (noise, Form::Plain),
            (vec![0; 5_000_000], Form::Zstd),
        ] {
            let mut stored = b"before".to_vec();
            assert_eq!(encoder.push(&raw, &mut stored), form);
            let stored = &stored[6..];
            assert_eq!(decoder.piece(form, raw.len(), stored), Some(&raw[..]));
            assert_eq!(decoder.piece(form, raw.len() + 1, stored), None);
            if !raw.is_empty() {
                assert_eq!(decoder.piece(form, raw.len() - 1, stored), None);
                assert_eq!(
                    decoder.piece(form, raw.len(), &stored[..stored.len() - 1]),
                    None
                );
            }
        }
    }

    #[test]
    fn a_flipped_bit_is_found() {
        let (mut encoder, mut decoder) = (Encoder::new().unwrap(), Decoder::new().unwrap());
        let raw = b"one record, and another record, and ".repeat(20);
        let mut stored = Vec::new();
        assert_eq!(encoder.push(&raw, &mut stored), Form::Zstd);
        for bit in 0..stored.len() * 8 {
            let mut spoilt = stored.clone();
            spoilt[bit / 8] ^= 1 << (bit % 8);
            let found = decoder.piece(Form::Zstd, raw.len(), &spoilt);
            // A bit that means nothing may flip; the bytes are never others.
            assert!(found.is_none_or(|found| found == raw), "bit {bit}");
        }
    }

    #[test]
    fn a_bomb_takes_no_memory() {
        let (mut encoder, mut decoder) = (Encoder::new().unwrap(), Decoder::new().unwrap());
        let mut bomb = Vec::new();
        encoder.push(&vec![0; 64 << 20], &mut bomb);
        assert!(bomb.len() < 64 << 10);
        assert_eq!(decoder.piece(Form::Zstd, 1000, &bomb), None);
        assert!(decoder.out.capacity() < 1 << 20);
        assert_eq!(decoder.piece(Form::Zstd, usize::MAX, &bomb), None);
    }
}
