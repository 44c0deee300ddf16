//! Why something did not go over the bus.

use super::BODY_BYTES_MAX;

/// See the variants. None says that nothing has happened at the other end, except [`NobodyThere`](Self::NobodyThere),
/// [`Busy`](Self::Busy) and [`TooLarge`](Self::TooLarge).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No service listens for such requests.
    #[error("nobody is there to answer {subject}")]
    NobodyThere {
        /// What was asked.
        subject: String,
    },
    /// Somebody may have heard the request, and did not answer in time.
    #[error("{subject} was not answered within {deadline_ms} ms")]
    Unanswered {
        /// What was asked.
        subject: String,
        /// How long the answer was waited for, milliseconds.
        deadline_ms: u64,
    },
    /// Whoever could answer has as many requests waiting as it takes.
    #[error("those who answer {subject} have too much waiting")]
    Busy {
        /// What was asked.
        subject: String,
    },
    /// More than a message may carry.
    #[error("a message of {bytes} bytes; at most {BODY_BYTES_MAX} are taken")]
    TooLarge {
        /// How many.
        bytes: usize,
    },
    /// No stream of this name, or none that keeps this subject.
    #[error("nothing is kept of {what}")]
    NotKept {
        /// The stream or the subject.
        what: String,
    },
    /// There is no connection to the server.
    #[error("the message server cannot be reached")]
    Unreachable,
    /// Anything else that the server says.
    #[error("{0}")]
    Failed(String),
}
