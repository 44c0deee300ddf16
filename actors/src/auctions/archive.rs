//! What a journal tells of its sales, read beside the node that writes it or while none runs.

use super::recovery::{self, Error};
use gavel_engine::{
    auction::{Auction, Record},
    ids::SaleId,
};
use gavel_storage::journal::Survey;
use std::path::Path;

/// The sales of a journal as they were at one moment. Reading blocks.
pub struct Archive {
    survey: Survey,
}

impl Archive {
    /// Reads the journal in `directory` and checks all of it; nothing is changed there.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub fn read(directory: &Path) -> Result<Self, Error> {
        Ok(Self {
            survey: Survey::of(directory)?,
        })
    }

    /// Every sale that has gone live.
    pub fn sales(&self) -> Vec<SaleId> {
        let mut sales: Vec<_> = self.survey.heads().keys().copied().map(SaleId).collect();
        sales.sort_unstable();
        sales
    }

    /// Goes through the records of a sale, from the first; `visit` is given each with the state after
    /// it, whose `seq` is the record's. Answers the last state.
    ///
    /// # Errors
    /// [`Error`].
    pub fn replay(&self, sale: SaleId, mut visit: impl FnMut(&Record, &Auction)) -> Result<Auction, Error> {
        recovery::play(
            |visitor| self.survey.scan(sale.0, visitor),
            |_, decision, after| visit(decision, after),
        )
    }
}
