//! The house's increments in pounds, printed at the back of the catalogue.

use super::pence;
use serde_json::{Value, json};

/// (from, step). Between 3,000 and 5,000 and between 30,000 and 50,000 bids run 2–5–8.
const BANDS_POUNDS: [(i64, i64); 19] = [
    (0, 50),
    (1_000, 100),
    (2_000, 200),
    (3_000, 200),
    (3_200, 300),
    (3_800, 200),
    (4_200, 300),
    (4_800, 200),
    (5_000, 500),
    (10_000, 1_000),
    (20_000, 2_000),
    (30_000, 2_000),
    (32_000, 3_000),
    (38_000, 2_000),
    (42_000, 3_000),
    (48_000, 2_000),
    (50_000, 5_000),
    (100_000, 10_000),
    (200_000, 20_000),
];

/// As the rules of a lot hold them, minor units.
pub fn increments() -> Value {
    BANDS_POUNDS
        .iter()
        .map(|(from, step)| json!({"from_minor": pence(*from), "step_minor": pence(*step)}))
        .collect()
}
