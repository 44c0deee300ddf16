//! Making a sale's catalogue final and known.

use super::actor::told;
use super::{CatalogueActor, Error, PublishSale, Sale, Viewer, validation, view};
use actix::{Handler, ResponseFuture};
use gavel_storage::relational::{LotRecord, SaleRecord};

impl Handler<PublishSale> for CatalogueActor {
    type Result = ResponseFuture<Result<Sale, Error>>;

    fn handle(&mut self, message: PublishSale, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let live = core.live().await;
            let now = core.clock.now();
            let complete = |sale: &SaleRecord, lots: &[LotRecord]| {
                validation::completed(sale, lots, now).map_err(Error::Validation)
            };
            let published = core.store.sales().publish(message.sale_id, complete).await?;
            told(live.publish(published.clone())).await?;
            Ok(view::sale(published.sale, published.lots, Viewer::Staff))
        })
    }
}
