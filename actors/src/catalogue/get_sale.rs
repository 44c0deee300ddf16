//! Showing a sale with its lots.

use super::{CatalogueActor, Error, GetSale, Sale, view};
use actix::{Handler, ResponseFuture};

impl Handler<GetSale> for CatalogueActor {
    type Result = ResponseFuture<Result<Sale, Error>>;

    fn handle(&mut self, message: GetSale, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let sale = core.visible_sale(message.sale_id, message.viewer).await?;
            let lots = core.store.lots().of_sale(message.sale_id).await?;
            Ok(view::sale(sale, lots, message.viewer))
        })
    }
}
