//! What comes over a socket.

use bytes::Bytes;
use gavel_gateway::ws::fuzzing::{Heard, listen};

/// The first byte is how many of the others come at once: that makes no difference.
pub fn run(data: &[u8]) {
    let Some((step, stream)) = data.split_first() else {
        return;
    };
    let stream = Bytes::copy_from_slice(stream);
    let whole = listen(vec![stream.clone()]);
    let parts = match usize::from(*step) {
        0 => 1,
        step => step,
    };
    let pieces = (0..stream.len())
        .step_by(parts)
        .map(|at| stream.slice(at..stream.len().min(at + parts)));
    assert_eq!(whole, listen(pieces.collect()), "in pieces of {parts}");
    let ended = |heard: &Heard| matches!(heard, Heard::Closed | Heard::Violation(_));
    let end = whole.iter().position(ended);
    assert_eq!(end, Some(whole.len() - 1), "a connection ends once: {whole:?}");
}
