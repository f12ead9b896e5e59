//! Lines on their way to the log, written by a thread of their own.
//!
//! Lines gather for some milliseconds and are written together, so that a busy office does not make
//! a system call for each. Whoever reads the log and stops reading holds up this thread and nothing
//! else: beyond its bound, lines are dropped, and the next one that is written says how many.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many bytes may wait: some ten thousand lines.
const MOST: usize = 4 * 1024 * 1024;

/// How long lines gather.
const GATHER: Duration = Duration::from_millis(10);

/// How long what is left at the end may take to be written.
const FAREWELL: Duration = Duration::from_secs(2);

/// A handle to the lines. Dropping the last one outside the log itself is not needed: the one that
/// [`Spool::start`] gave writes the rest when it is dropped.
pub(crate) struct Spool {
    held: Arc<Held>,
    /// Whether it is the first handle, at whose end the rest is written.
    first: bool,
}

struct Held {
    lines: Mutex<Lines>,
    /// Told when there is something to write, or written.
    changed: Condvar,
}

#[derive(Default)]
struct Lines {
    waiting: Vec<u8>,
    lost: u64,
    /// Whether the thread waits to be told.
    idle: bool,
    /// Whether something is being written now.
    writing: bool,
    ending: bool,
}

impl Clone for Spool {
    fn clone(&self) -> Self {
        Self {
            held: Arc::clone(&self.held),
            first: false,
        }
    }
}

impl Spool {
    /// Starts the thread that writes.
    ///
    /// # Errors
    /// When the system gives none.
    pub(crate) fn start(sink: impl Write + Send + 'static) -> io::Result<Self> {
        let held = Arc::new(Held {
            lines: Mutex::default(),
            changed: Condvar::new(),
        });
        let thread = Arc::clone(&held);
        std::thread::Builder::new()
            .name("log".into())
            .spawn(move || thread.run(sink))?;
        Ok(Self { held, first: true })
    }

    /// Takes a line, with its end.
    pub(crate) fn write(&self, line: &[u8]) {
        let mut lines = self.held.lock();
        if lines.waiting.len() + line.len() > MOST {
            lines.lost += 1;
            return;
        }
        lines.waiting.extend_from_slice(line);
        if lines.idle {
            self.held.changed.notify_all();
        }
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if !self.first {
            return;
        }
        let begun = Instant::now();
        let mut lines = self.held.lock();
        lines.ending = true;
        self.held.changed.notify_all();
        while !(lines.waiting.is_empty() && lines.lost == 0 && !lines.writing) {
            let Some(left) = FAREWELL.checked_sub(begun.elapsed()) else {
                return;
            };
            let waited = self.held.changed.wait_timeout(lines, left);
            lines = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Held {
    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, mut sink: impl Write) {
        let mut lines = self.lock();
        loop {
            if lines.waiting.is_empty() && lines.lost == 0 {
                if lines.ending {
                    self.changed.notify_all();
                    return;
                }
                lines.idle = true;
                lines = self
                    .changed
                    .wait(lines)
                    .unwrap_or_else(PoisonError::into_inner);
                lines.idle = false;
                continue;
            }
            let mut bytes = std::mem::take(&mut lines.waiting);
            if lines.lost > 0 {
                let lost = std::mem::take(&mut lines.lost);
                let _ = writeln!(bytes, "{{\"lost\":{lost}}}");
            }
            lines.writing = true;
            drop(lines);
            // Where nobody reads there is nobody to tell.
            let _ = sink.write_all(&bytes).and_then(|()| sink.flush());
            lines = self.lock();
            lines.writing = false;
            if !lines.ending {
                // Not woken by each line that comes now.
                let gathered = self.changed.wait_timeout(lines, GATHER);
                lines = gathered.unwrap_or_else(PoisonError::into_inner).0;
            } else {
                self.changed.notify_all();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Takes what it is given when it is let.
    struct Slow(mpsc::Receiver<()>, mpsc::Sender<Vec<u8>>);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            let _ = self.1.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_stops_holds_nobody_up_and_is_told_what_it_missed() {
        let (let_go, held) = mpsc::channel();
        let (out, written) = mpsc::channel();
        let spool = Spool::start(Slow(held, out)).unwrap();
        let line = [b'x'; 1023];
        let line = [&line[..], b"\n"].concat();
        // More than twice what may wait; none of these calls blocks.
        for _ in 0..3 * MOST / line.len() {
            spool.write(&line);
        }
        drop(let_go);
        drop(spool);
        let bytes: Vec<u8> = written.try_iter().flatten().collect();
        let text = String::from_utf8(bytes).unwrap();
        let lost = text.lines().filter(|line| line.starts_with("{\"lost\":"));
        assert!(lost.count() >= 1);
        let kept = text.lines().filter(|line| line.len() == 1023).count();
        assert!(kept * line.len() <= 2 * MOST + line.len(), "{kept}");
    }

    #[test]
    fn nothing_is_lost_at_the_end() {
        let (let_go, held) = mpsc::channel::<()>();
        drop(let_go);
        let (out, written) = mpsc::channel();
        let spool = Spool::start(Slow(held, out)).unwrap();
        for number in 0..1000 {
            spool.write(format!("{number}\n").as_bytes());
        }
        drop(spool);
        let bytes: Vec<u8> = written.try_iter().flatten().collect();
        let text = String::from_utf8(bytes).unwrap();
        let wanted: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
        assert!(text.lines().eq(wanted.iter().map(String::as_str)));
    }
}
