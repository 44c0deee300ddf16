//! What happened, in order: the same seed gives the same text.

use std::cell::{Cell, RefCell};

/// Lines with their simulated time, and the hash of all of them.
pub struct Trace {
    hasher: RefCell<blake3::Hasher>,
    now_ms: Cell<u64>,
    lines: Cell<u64>,
    is_printed: bool,
}

impl Trace {
    pub fn new(is_printed: bool) -> Self {
        Self {
            hasher: RefCell::new(blake3::Hasher::new()),
            now_ms: Cell::new(0),
            lines: Cell::new(0),
            is_printed,
        }
    }

    /// It is this late now, simulated milliseconds.
    pub fn at(&self, now_ms: u64) {
        self.now_ms.set(now_ms);
    }

    pub fn note(&self, line: impl FnOnce() -> String) {
        let line = format!("{:>6} ms  {}\n", self.now_ms.get(), line());
        self.hasher.borrow_mut().update(line.as_bytes());
        self.lines.set(self.lines.get() + 1);
        if self.is_printed {
            print!("{line}");
        }
    }

    /// Number of lines so far: a place in the order of everything.
    pub fn order(&self) -> u64 {
        self.lines.get()
    }

    pub fn hash(&self) -> blake3::Hash {
        self.hasher.borrow().finalize()
    }
}
