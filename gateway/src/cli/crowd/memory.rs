//! How much memory a process has.

use std::fs;

/// The memory that a process has resident, in KiB; `None` where the system does not say.
pub fn resident_kb(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The memory over time.
#[derive(Debug, Default)]
pub struct Memory {
    samples_kb: Vec<u64>,
}

impl Memory {
    /// One more look.
    pub fn note(&mut self, kb: u64) {
        self.samples_kb.push(kb);
    }

    /// The most.
    pub fn max_kb(&self) -> u64 {
        self.samples_kb.iter().copied().max().unwrap_or(0)
    }

    /// The most in the first half of the time, and in the second.
    pub fn halves_kb(&self) -> (u64, u64) {
        let (early, late) = self.samples_kb.split_at(self.samples_kb.len() / 2);
        let max = |samples: &[u64]| samples.iter().copied().max().unwrap_or(0);
        (max(early), max(late))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory() {
        assert!(resident_kb(std::process::id()).unwrap() > 1_000);
        assert_eq!(resident_kb(u32::MAX), None);
    }

    #[test]
    fn what_grows_is_told_from_what_levels_off() {
        let halves = |samples: &[u64]| {
            let mut memory = Memory::default();
            for kb in samples {
                memory.note(*kb);
            }
            assert_eq!(memory.max_kb(), samples.iter().copied().max().unwrap());
            memory.halves_kb()
        };
        assert_eq!(halves(&[1, 5, 5, 4]), (5, 5));
        assert_eq!(halves(&[1, 2, 3, 4]), (2, 4));
    }
}
