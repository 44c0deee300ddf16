//! Listing sales.

use super::{CatalogueActor, Error, ListSales, SALES_LISTED_MAX, SaleList, Viewer, view};
use actix::{Handler, ResponseFuture};

impl Handler<ListSales> for CatalogueActor {
    type Result = ResponseFuture<Result<SaleList, Error>>;

    fn handle(&mut self, message: ListSales, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let with_drafts = message.viewer == Viewer::Staff;
            let sales = core.store.sales().list(with_drafts, SALES_LISTED_MAX).await?;
            Ok(SaleList {
                sales: sales.into_iter().map(view::summary).collect(),
            })
        })
    }
}
