//! Pictures of lots.

use super::State;
use super::body::read_bytes;
use super::paths::LotPath;
use crate::access::{Caller, Staff};
use crate::problem::{Code, Problem};
use actix_web::http::header::{self, ETag, EntityTag, Header as _, IfNoneMatch};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, get, put};
use gavel_actors::catalogue::{GetPicture, MediaType, PICTURE_BYTES_MAX, PutPicture};
use utoipa::ToSchema;

/// Even a picture that is a document (SVG) can do nothing but be looked at.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

/// The pictures of a published sale stay as they are; that may change, and is then seen after this long.
const CACHING: &str = "public, max-age=300";

/// Of a draft's: nobody else may be shown what staff were.
const CACHING_DRAFT: &str = "private, no-cache";

/// What may be sent; what it really is, the catalogue sees from the content.
const MEDIA_TYPES: [MediaType; 4] = [MediaType::Svg, MediaType::Png, MediaType::Jpeg, MediaType::Webp];

/// The bytes of a picture.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only described")]
struct PictureFile(Vec<u8>);

/// The picture of a lot; of drafts only for staff.
#[utoipa::path(
    tag = "lots",
    params(LotPath),
    responses(
        (status = 200, description = "The picture", content(
            (PictureFile = "image/svg+xml"), (PictureFile = "image/png"), (PictureFile = "image/jpeg"), (PictureFile = "image/webp")
        )),
        (status = 304, description = "The client has it already")
    )
)]
#[get("/sales/{sale_id}/lots/{lot_id}/picture")]
pub(super) async fn get_picture(
    state: Data<State>,
    caller: Caller,
    path: Path<LotPath>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let LotPath { sale_id, lot_id } = path.into_inner();
    let get = GetPicture {
        sale_id,
        lot_id,
        viewer: caller.viewer(),
        known_etag: known_etag(&request),
    };
    let picture = state.catalogue.send(get).await?;
    let mut response = match picture.content {
        Some(_) => HttpResponse::Ok(),
        None => HttpResponse::NotModified(),
    };
    response
        // Weak, because it may be sent compressed or not.
        .insert_header(ETag(EntityTag::new_weak(picture.etag)))
        .insert_header((
            header::CACHE_CONTROL,
            if picture.is_public { CACHING } else { CACHING_DRAFT },
        ))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    Ok(match picture.content {
        Some(content) => response.content_type(content.media_type).body(content.bytes),
        None => response.finish(),
    })
}

/// What the client has; browsers send one. A header that makes no sense is none.
fn known_etag(request: &HttpRequest) -> Option<String> {
    match IfNoneMatch::parse(request).ok()? {
        IfNoneMatch::Items(tags) => tags.first().map(|tag| tag.tag().to_owned()),
        IfNoneMatch::Any => None,
    }
}

/// Gives a lot of a draft sale its picture, in place of an earlier one; at most 2 MiB.
#[utoipa::path(
    tag = "lots",
    params(LotPath),
    request_body(content(
        (PictureFile = "image/svg+xml"), (PictureFile = "image/png"), (PictureFile = "image/jpeg"), (PictureFile = "image/webp")
    )),
    responses((status = 204, description = "The lot has it"))
)]
#[put("/sales/{sale_id}/lots/{lot_id}/picture")]
pub(super) async fn put_picture(
    state: Data<State>,
    _: Staff,
    path: Path<LotPath>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let sent_as = request.content_type();
    if !MEDIA_TYPES
        .iter()
        .any(|allowed| sent_as.eq_ignore_ascii_case(allowed.as_str()))
    {
        return Err(Problem::new(
            Code::UnsupportedMediaType,
            "a picture is image/svg+xml, image/png, image/jpeg or image/webp",
        ));
    }
    let LotPath { sale_id, lot_id } = path.into_inner();
    let bytes = read_bytes(&request, payload.into_inner(), PICTURE_BYTES_MAX).await?;
    let put = PutPicture {
        sale_id,
        lot_id,
        bytes,
    };
    state.catalogue.send(put).await?;
    Ok(HttpResponse::NoContent().finish())
}
