//! Listing how lots ended.

use super::{CatalogueActor, Error, ListResults, ResultList, view};
use actix::{Handler, ResponseFuture};

impl Handler<ListResults> for CatalogueActor {
    type Result = ResponseFuture<Result<ResultList, Error>>;

    fn handle(&mut self, message: ListResults, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            core.visible_sale(message.sale_id, message.viewer).await?;
            let results = core.store.results().of_sale(message.sale_id).await?;
            Ok(ResultList {
                results: results.into_iter().map(view::result).collect(),
            })
        })
    }
}
