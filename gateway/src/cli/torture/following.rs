//! Whether one connection hears everything, once and in order.

use super::finding::{Fault, Findings};
use serde_json::Value;

/// What a connection has heard of one sale.
#[derive(Debug, Default)]
pub struct Following {
    /// The last record, and whether an update told it.
    last: Option<(u64, bool)>,
}

impl Following {
    /// The last record that was heard of.
    pub fn last_seq(&self) -> Option<u64> {
        self.last.map(|(seq, _)| seq)
    }

    /// It starts (again) from here.
    pub fn start(&mut self, seq: u64) {
        self.last = Some((seq, false));
    }

    /// An update has come: `after_seq` is the one before it for the same audience.
    ///
    /// # Errors
    /// What is wrong with that.
    pub fn update(&mut self, after_seq: u64, seq: u64) -> Result<(), (Fault, String)> {
        let Some((last, told)) = self.last.replace((seq, true)) else {
            return Err((Fault::Unexpected, format!("update {seq} came before a snapshot")));
        };
        if seq <= last {
            return Err((Fault::Reordered, format!("update {seq} came after {last}")));
        }
        // A snapshot may contain records that no update shows.
        if after_seq > last || told && after_seq != last {
            let what = format!("update {seq} follows {after_seq}, but {last} was heard last");
            return Err((Fault::Lost, what));
        }
        Ok(())
    }

    /// A message of the sale.
    pub fn hear(&mut self, message: &Value, findings: &mut Findings) {
        let number = |field: &str| message[field].as_u64().unwrap_or_default();
        match message["type"].as_str() {
            Some("snapshot") => return self.start(number("seq")),
            Some("resumed") => return self.start(number("from_seq")),
            _ => {}
        }
        if let Err((fault, what)) = self.update(number("after_seq"), number("seq")) {
            findings.note(fault, what);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(updates: &[(u64, u64)]) -> Result<(), Fault> {
        let mut following = Following::default();
        following.start(10);
        let mut heard = updates
            .iter()
            .map(|(after_seq, seq)| following.update(*after_seq, *seq));
        heard.try_for_each(|update| update.map_err(|(fault, _)| fault))
    }

    #[test]
    fn gaps_and_repeats_are_noticed() {
        assert_eq!(heard(&[(8, 11), (11, 13), (13, 14)]), Ok(()));
        assert_eq!(heard(&[(11, 12)]), Err(Fault::Lost));
        assert_eq!(heard(&[(10, 11), (12, 13)]), Err(Fault::Lost));
        assert_eq!(heard(&[(10, 12), (12, 12)]), Err(Fault::Reordered));
        assert_eq!(heard(&[(9, 10)]), Err(Fault::Reordered));
        let early = Following::default().update(1, 2);
        assert_eq!(early.unwrap_err().0, Fault::Unexpected);
    }
}
