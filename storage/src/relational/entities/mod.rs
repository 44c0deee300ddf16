//! Rows, as SeaORM maps them. Only the repositories beside this module see them.

pub(super) mod applied_cursors;
pub(super) mod credit_lines;
pub(super) mod lot_pictures;
pub(super) mod lots;
pub(super) mod refresh_tokens;
pub(super) mod registrations;
pub(super) mod results;
pub(super) mod sales;
pub(super) mod users;
