//! Whether somebody is still there, and how long the way there and back takes.

use std::{collections::VecDeque, time::Duration};
use tokio::time::Instant;

/// Without a sign of life for this long the client is gone.
const SILENCE_MS_MAX: u64 = 45_000;

/// Measurements that count: the way changes when people move.
const ROUND_TRIPS: usize = 8;

/// The pulse of one connection.
#[derive(Debug)]
pub struct Pulse {
    heard_at: Instant,
    /// The last ping's payload and time. Random, so nobody answers before it has come.
    asked: Option<([u8; 8], Instant)>,
    /// In milliseconds, the latest last.
    round_trips_ms: VecDeque<u32>,
}

impl Pulse {
    /// Of a connection that has just begun.
    pub fn new(now: Instant) -> Self {
        Self {
            heard_at: now,
            asked: None,
            round_trips_ms: VecDeque::with_capacity(ROUND_TRIPS),
        }
    }

    /// The client has sent something.
    pub fn heard(&mut self, now: Instant) {
        self.heard_at = now;
    }

    /// Whether the client has been silent for too long.
    pub fn is_silent(&self, now: Instant) -> bool {
        now.duration_since(self.heard_at) > Duration::from_millis(SILENCE_MS_MAX)
    }

    /// The payload of a ping that goes out now. `waits`: it goes out behind something else, so that
    /// the time until its answer says nothing about the way. An answer to the ping before it is too
    /// late now.
    pub fn ask(&mut self, now: Instant, waits: bool) -> [u8; 8] {
        let payload = rand::random();
        self.asked = (!waits).then_some((payload, now));
        payload
    }

    /// A pong has come; `false` when it answers no ping that is being measured.
    pub fn answered(&mut self, payload: &[u8], now: Instant) -> bool {
        let Some((_, asked_at)) = self.asked.take_if(|(asked, _)| asked == payload) else {
            return false;
        };
        let round_trip_ms = now.duration_since(asked_at).as_millis();
        if self.round_trips_ms.len() == ROUND_TRIPS {
            self.round_trips_ms.pop_front();
        }
        self.round_trips_ms
            .push_back(u32::try_from(round_trip_ms).unwrap_or(u32::MAX));
        true
    }

    /// The shortest of the last few round trips, in milliseconds; `None` before the first. A client
    /// can answer late and seem to be farther away than it is, never nearer; and never by more than
    /// the time between two pings.
    pub fn round_trip_ms(&self) -> Option<u32> {
        self.round_trips_ms.iter().min().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_of_the_last_round_trips_counts() {
        let start = Instant::now();
        let after = |ms| start + Duration::from_millis(ms);
        let mut pulse = Pulse::new(start);
        assert_eq!(pulse.round_trip_ms(), None);
        for (turn, way_ms) in (0..).zip([80, 30, 200]) {
            let asked_ms = turn * 5_000;
            let payload = pulse.ask(after(asked_ms), false);
            assert!(pulse.answered(&payload, after(asked_ms + way_ms)));
        }
        assert_eq!(pulse.round_trip_ms(), Some(30));
        for turn in 0..ROUND_TRIPS as u64 {
            let asked_ms = 20_000 + turn * 5_000;
            let payload = pulse.ask(after(asked_ms), false);
            assert!(pulse.answered(&payload, after(asked_ms + 90)));
        }
        assert_eq!(pulse.round_trip_ms(), Some(90), "what was long ago is forgotten");
        assert_eq!(pulse.round_trips_ms.len(), ROUND_TRIPS);
    }

    #[test]
    fn what_answers_no_ping_is_no_measurement() {
        let now = Instant::now();
        let mut pulse = Pulse::new(now);
        assert!(!pulse.answered(b"", now), "never asked");
        let first = pulse.ask(now, false);
        assert!(!pulse.answered(b"a guess.", now));
        let second = pulse.ask(now, false);
        assert!(!pulse.answered(&first, now), "too late");
        assert!(pulse.answered(&second, now));
        assert!(!pulse.answered(&second, now), "twice");
        let behind = pulse.ask(now, true);
        assert!(!pulse.answered(&behind, now), "it was not on its way at once");
        assert_eq!(pulse.round_trips_ms.len(), 1);
    }

    #[test]
    fn who_says_nothing_is_gone() {
        let start = Instant::now();
        let after = |ms| start + Duration::from_millis(ms);
        let mut pulse = Pulse::new(start);
        assert!(!pulse.is_silent(after(SILENCE_MS_MAX)));
        assert!(pulse.is_silent(after(SILENCE_MS_MAX + 1)));
        pulse.heard(after(1));
        assert!(!pulse.is_silent(after(SILENCE_MS_MAX + 1)));
    }
}
