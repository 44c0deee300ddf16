//! Listing the lots of a sale.

use super::{CatalogueActor, Error, ListLots, LotList, view};
use actix::{Handler, ResponseFuture};

impl Handler<ListLots> for CatalogueActor {
    type Result = ResponseFuture<Result<LotList, Error>>;

    fn handle(&mut self, message: ListLots, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            core.visible_sale(message.sale_id, message.viewer).await?;
            let lots = core.store.lots().of_sale(message.sale_id).await?;
            Ok(LotList {
                lots: view::lots(lots, message.viewer),
            })
        })
    }
}
