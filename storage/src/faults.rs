//! Faults that are planted on purpose, to show that the simulation finds them.
//!
//! Without the feature `simulation` nothing can be planted, and every question for one is a constant.

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// A mistake that an engine like this could have.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Fault { $($(#[$doc])* $name,)+ }

        impl Fault {
            /// All that can be planted.
            pub const ALL: &[Self] = &[$(Self::$name,)+];
        }
    };
}

faults! {
    /// Records count as durable before they are written.
    AcknowledgeBeforeWrite,
    /// Frames are written and not synced.
    SkipDataSync,
    /// A new segment's name is not made durable.
    SkipDirectorySync,
    /// A sync that failed is tried again, and believed.
    RetryFailedSync,
    /// Whatever does not check at the end of the journal counts as an interrupted write.
    CutAnyTail,
    /// What can be read at a start counts as durable after one more sync.
    TrustPageCache,
    /// Records need not follow their auction's history.
    DropChainCheck,
    /// A durable record is applied twice to what is shown.
    ApplyTwice,
    /// Answers do not wait for the disk.
    AnswerFromSpeculation,
    /// What an outbid bidder was bound to stays held.
    KeepReleasedCredit,
    /// Credit is not held again for what was found at a start.
    ForgetHoldsAtStart,
    /// An actor may go back in time when the machine's clock does.
    FollowClockBack,
    /// Nobody wakes a replayed actor when its next lot closes.
    ForgetTimer,
    /// A bid id that was seen is not recognised.
    ForgetBidIds,
}

#[cfg(feature = "simulation")]
mod planting {
    use super::Fault;
    use std::cell::Cell;

    thread_local! {
        static PLANTED: Cell<Option<Fault>> = const { Cell::new(None) };
    }

    /// From now on code on this thread has this fault, or none.
    pub fn plant(fault: Option<Fault>) {
        PLANTED.set(fault);
    }

    /// Whether code on this thread has this fault.
    pub fn planted(fault: Fault) -> bool {
        PLANTED.get() == Some(fault)
    }
}

#[cfg(feature = "simulation")]
pub use planting::{plant, planted};

/// Nothing is planted.
#[cfg(not(feature = "simulation"))]
#[inline]
pub const fn planted(_: Fault) -> bool {
    false
}
