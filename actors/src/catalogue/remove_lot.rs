//! Taking a lot out of a draft sale.

use super::{CatalogueActor, Error, RemoveLot};
use actix::{Handler, ResponseFuture};

impl Handler<RemoveLot> for CatalogueActor {
    type Result = ResponseFuture<Result<(), Error>>;

    fn handle(&mut self, message: RemoveLot, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move { Ok(core.store.lots().remove(message.sale_id, message.lot_id).await?) })
    }
}
