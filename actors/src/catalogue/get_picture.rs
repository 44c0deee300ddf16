//! Fetching a lot's picture.

use super::{CatalogueActor, Error, GetPicture, Picture, PictureContent};
use actix::{Handler, ResponseFuture};
use gavel_storage::relational::SaleStatus;

impl Handler<GetPicture> for CatalogueActor {
    type Result = ResponseFuture<Result<Picture, Error>>;

    fn handle(&mut self, message: GetPicture, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let GetPicture {
                sale_id,
                lot_id,
                viewer,
                known_etag,
            } = message;
            let sale = core.visible_sale(sale_id, viewer).await?;
            let is_public = sale.status != SaleStatus::Draft;
            let etag = core
                .store
                .pictures()
                .etag(sale_id, lot_id)
                .await?
                .ok_or(Error::NotFound("picture"))?;
            if known_etag.as_deref() == Some(&*etag) {
                return Ok(Picture {
                    etag,
                    is_public,
                    content: None,
                });
            }
            let picture = core
                .store
                .pictures()
                .of_lot(lot_id)
                .await?
                .ok_or(Error::NotFound("picture"))?;
            let content = PictureContent {
                media_type: picture.media_type,
                bytes: picture.bytes.into(),
            };
            Ok(Picture {
                etag: picture.etag,
                is_public,
                content: Some(content),
            })
        })
    }
}
