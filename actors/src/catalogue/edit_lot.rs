//! Changing a lot of a draft sale.

use super::{CatalogueActor, EditLot, Error, Lot, Viewer, validation};
use actix::{Handler, ResponseFuture};

impl Handler<EditLot> for CatalogueActor {
    type Result = ResponseFuture<Result<Lot, Error>>;

    fn handle(&mut self, message: EditLot, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let EditLot {
                sale_id,
                lot_id,
                edit,
            } = message;
            let sale = core.visible_sale(sale_id, Viewer::Staff).await?;
            let edit = |lot| validation::edited_lot(&sale, lot, edit).map_err(Error::Validation);
            core.store.lots().edit(sale_id, lot_id, edit).await?;
            core.lot(sale_id, lot_id, Viewer::Staff).await
        })
    }
}
