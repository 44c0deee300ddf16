//! Showing a lot.

use super::{CatalogueActor, Error, GetLot, Lot};
use actix::{Handler, ResponseFuture};

impl Handler<GetLot> for CatalogueActor {
    type Result = ResponseFuture<Result<Lot, Error>>;

    fn handle(&mut self, message: GetLot, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            core.visible_sale(message.sale_id, message.viewer).await?;
            core.lot(message.sale_id, message.lot_id, message.viewer).await
        })
    }
}
