//! Entering a lot.

use super::{AddLot, CatalogueActor, Error, Lot, Viewer, validation};
use actix::{Handler, ResponseFuture};
use uuid::Uuid;

impl Handler<AddLot> for CatalogueActor {
    type Result = ResponseFuture<Result<Lot, Error>>;

    fn handle(&mut self, message: AddLot, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let sale = core.visible_sale(message.sale_id, Viewer::Staff).await?;
            let id = Uuid::now_v7().into();
            let lot = validation::new_lot(id, &sale, message.input).map_err(Error::Validation)?;
            core.store.lots().insert(lot).await?;
            core.lot(message.sale_id, id, Viewer::Staff).await
        })
    }
}
