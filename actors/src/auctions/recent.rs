//! The latest updates, kept so that a client that was away for a moment gets what it missed.

use super::wire::Audience;
use bytes::Bytes;
use std::collections::VecDeque;

/// Updates kept for each audience.
const KEPT_MAX: usize = 1024;

#[derive(Debug)]
struct Kept {
    after_seq: u64,
    seq: u64,
    update: Bytes,
}

/// The latest updates of one audience.
#[derive(Debug)]
struct Shelf {
    last_seq: u64,
    kept: VecDeque<Kept>,
}

impl Shelf {
    fn push(&mut self, seq: u64, update: Bytes) {
        if self.kept.len() == KEPT_MAX {
            self.kept.pop_front();
        }
        self.kept.push_back(Kept {
            after_seq: self.last_seq,
            seq,
            update,
        });
        self.last_seq = seq;
    }

    /// Every update after `seq`; `None` when some of them are not kept any more.
    fn since(&self, seq: u64) -> Option<Vec<Bytes>> {
        if seq >= self.last_seq {
            return Some(Vec::new());
        }
        if self.kept.front().is_none_or(|oldest| oldest.after_seq > seq) {
            return None;
        }
        let missed = self.kept.iter().filter(|kept| kept.seq > seq);
        Some(missed.map(|kept| kept.update.clone()).collect())
    }
}

/// The latest updates of both audiences.
#[derive(Debug)]
pub(super) struct Recent {
    public: Shelf,
    staff: Shelf,
}

impl Recent {
    /// Nothing is kept from before `seq`.
    pub(super) fn starting_at(seq: u64) -> Self {
        let shelf = || Shelf {
            last_seq: seq,
            kept: VecDeque::new(),
        };
        Self {
            public: shelf(),
            staff: shelf(),
        }
    }

    /// The seq of the last update that this audience was sent.
    pub(super) fn last_seq(&self, audience: Audience) -> u64 {
        match audience {
            Audience::Public => self.public.last_seq,
            Audience::Staff => self.staff.last_seq,
        }
    }

    pub(super) fn push(&mut self, audience: Audience, seq: u64, update: Bytes) {
        match audience {
            Audience::Public => self.public.push(seq, update),
            Audience::Staff => self.staff.push(seq, update),
        }
    }

    pub(super) fn since(&self, audience: Audience, seq: u64) -> Option<Vec<Bytes>> {
        match audience {
            Audience::Public => self.public.since(seq),
            Audience::Staff => self.staff.since(seq),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_what_was_missed_or_says_that_it_is_gone() {
        let mut recent = Recent::starting_at(10);
        assert_eq!(recent.since(Audience::Public, 10), Some(Vec::new()));
        assert_eq!(
            recent.since(Audience::Public, 9),
            None,
            "from before this actor's life"
        );
        for seq in [12, 15] {
            recent.push(Audience::Public, seq, Bytes::from(seq.to_string()));
        }
        let texts = |missed: Option<Vec<Bytes>>| {
            missed.map(|all| {
                all.iter()
                    .map(|one| String::from_utf8_lossy(one).into_owned())
                    .collect::<Vec<_>>()
            })
        };
        assert_eq!(
            texts(recent.since(Audience::Public, 10)),
            Some(vec!["12".into(), "15".into()])
        );
        assert_eq!(texts(recent.since(Audience::Public, 13)), Some(vec!["15".into()]));
        assert_eq!(recent.since(Audience::Public, 15), Some(Vec::new()));
        assert_eq!(recent.last_seq(Audience::Staff), 10, "audiences are apart");
        for seq in 16..16 + KEPT_MAX as u64 {
            recent.push(Audience::Public, seq, Bytes::new());
        }
        assert_eq!(recent.since(Audience::Public, 14), None, "no longer kept");
    }
}
