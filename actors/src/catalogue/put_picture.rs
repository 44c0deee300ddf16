//! Giving a lot its picture.

use super::{CatalogueActor, Error, PICTURE_BYTES_MAX, PutPicture, picture};
use actix::{Handler, ResponseFuture};
use gavel_storage::relational::PictureRecord;

impl Handler<PutPicture> for CatalogueActor {
    type Result = ResponseFuture<Result<(), Error>>;

    fn handle(&mut self, message: PutPicture, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let PutPicture {
                sale_id,
                lot_id,
                bytes,
            } = message;
            if bytes.len() > PICTURE_BYTES_MAX {
                return Err(Error::TooLarge);
            }
            // Reading a large SVG takes milliseconds that others should not wait.
            let (media_type, bytes) =
                tokio::task::spawn_blocking(move || (picture::media_type(&bytes), bytes))
                    .await
                    .map_err(Error::unavailable)?;
            let media_type = media_type.map_err(|finding| Error::field("picture", &finding.to_string()))?;
            let etag = blake3::hash(&bytes).to_hex().to_string();
            let picture = PictureRecord {
                media_type: media_type.as_str().to_owned(),
                etag,
                bytes: bytes.into(),
            };
            Ok(core.store.pictures().put(sale_id, lot_id, picture).await?)
        })
    }
}
