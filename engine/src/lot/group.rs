//! Lots that are offered together, led by one of them: combined into one, or for the winner to
//! choose from.

use crate::{
    ids::{BidderId, LotId},
    rules::RuleSet,
};
use serde::{Deserialize, Serialize};

/// The most lots that one bid can be for.
pub const GROUP_MAX: usize = 100;

/// How lots are offered together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Together {
    /// As one lot at one price.
    Combined,
    /// The winner takes one or more of them at the hammer price each.
    Choice,
}

/// What the leading lot of a group knows of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// How they are offered.
    pub together: Together,
    /// The lots beside the leading one, in running order.
    pub others: Vec<LotId>,
    /// The consignors of the others, who may not bid either.
    pub sellers: Vec<BidderId>,
    /// The leading lot's rules when it stands alone.
    pub own_rules: RuleSet,
}
