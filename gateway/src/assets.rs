//! The web apps, embedded in the binary.
//!
//! A release build needs them (`build.rs` refuses without); a debug build may lack them, so that
//! the engine, the services and the API can be built and tested without Node.js, and says so on the
//! page.

use crate::problem::Problem;
use actix_web::http::header::{self, ETag, EntityTag, Header as _, HeaderValue, IfNoneMatch};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use rust_embed::RustEmbed;
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{LazyLock, OnceLock};

/// The apps run their own scripts and styles, talk to this node, and are in nobody's frame.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
    style-src-attr 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";

/// The name of such a file changes with its content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Asked for again each time, and not sent again when it has not changed.
const REVALIDATED: &str = "no-cache";

/// The page that every path of the apps starts with.
const START_PAGE: &str = "index.html";

/// Files below this size are not worth compressing: they fit a packet or two either way.
const COMPRESSED_BYTES_MIN: usize = 1024;

#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Dist;

static SITE: LazyLock<Site> = LazyLock::new(Site::embedded);

/// Answers everything that nothing else does: the apps' files, their start page for the paths that
/// they route themselves, a problem for the rest.
pub fn configure(config: &mut ServiceConfig) {
    config.default_service(web::to(serve));
}

async fn serve(request: HttpRequest) -> HttpResponse {
    SITE.answer(&request)
}

/// The files of the web apps.
struct Site {
    files: HashMap<String, File>,
}

struct File {
    bytes: Bytes,
    etag: String,
    media_type: &'static str,
    caching: &'static str,
    /// Made when first asked for, then kept.
    gzip: OnceLock<Option<Bytes>>,
}

impl Site {
    fn embedded() -> Self {
        let files = Dist::iter().filter_map(|path| {
            let file = Dist::get(&path)?;
            Some((path.into_owned(), file.data.into_owned()))
        });
        Self::new(files)
    }

    fn new(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let files = files
            .into_iter()
            .map(|(path, bytes)| {
                let file = File::new(&path, bytes);
                (path, file)
            })
            .collect();
        Self { files }
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let mut response = self
            .find(request)
            .unwrap_or_else(|problem| problem.error_response());
        for (name, value) in [
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::REFERRER_POLICY, "same-origin"),
            (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
        ] {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        response
    }

    fn find(&self, request: &HttpRequest) -> Result<HttpResponse, Problem> {
        if ![Method::GET, Method::HEAD].contains(request.method()) {
            return Err(Problem::method_not_allowed("GET, HEAD".to_owned()));
        }
        let path = request.path().trim_start_matches('/');
        if let Some(file) = self.files.get(path) {
            return Ok(file.answer(request));
        }
        if !is_app_path(path) {
            return Err(Problem::no_such_path());
        }
        match self.files.get(START_PAGE) {
            Some(page) => Ok(page.answer(request)),
            None => Ok(not_built()),
        }
    }
}

/// A path that the apps may route themselves: not one of another part of the node, and not the name
/// of a file, of which a page would make no sense.
fn is_app_path(path: &str) -> bool {
    let mut segments = path.split('/');
    let first = segments.next().unwrap_or_default();
    let last = segments.next_back().unwrap_or(first);
    !["api", "ws", "assets"].contains(&first) && !last.contains('.')
}

/// Only in a debug build.
fn not_built() -> HttpResponse {
    HttpResponse::build(StatusCode::OK)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(
            "<!doctype html><html lang=en><title>Gavel</title><h1>The web app was not built</h1>\
             <p>This is a debug build of the server without it: run <code>npm ci &amp;&amp; npm run \
             build</code> in <code>gateway/web</code> and start the server again. The API is described \
             at <a href=/api/docs/>/api/docs/</a>.",
        )
}

impl File {
    fn new(path: &str, bytes: Vec<u8>) -> Self {
        Self {
            etag: blake3::hash(&bytes).to_hex()[..32].to_owned(),
            media_type: media_type(path),
            caching: if path.starts_with("assets/") {
                FOR_EVER
            } else {
                REVALIDATED
            },
            bytes: bytes.into(),
            gzip: OnceLock::new(),
        }
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response
            // Weak, because it may be sent compressed or not.
            .insert_header(ETag(EntityTag::new_weak(self.etag.clone())))
            .insert_header((header::CACHE_CONTROL, self.caching))
            .insert_header((header::VARY, "Accept-Encoding"));
        if self.is_known(request) {
            return response.status(StatusCode::NOT_MODIFIED).finish();
        }
        response.content_type(self.media_type);
        match self.compressed() {
            Some(gzip) if takes_gzip(request) => response
                .insert_header((header::CONTENT_ENCODING, "gzip"))
                .body(gzip.clone()),
            _ => response.body(self.bytes.clone()),
        }
    }

    fn is_known(&self, request: &HttpRequest) -> bool {
        match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.tag() == self.etag),
            Err(_) => false,
        }
    }

    /// `None` for what is small or compressed already.
    fn compressed(&self) -> Option<&Bytes> {
        let is_text = self.media_type.starts_with("text/")
            || ["image/svg+xml", "application/json", "application/manifest+json"].contains(&self.media_type);
        if !is_text || self.bytes.len() < COMPRESSED_BYTES_MIN {
            return None;
        }
        self.gzip.get_or_init(|| gzip(&self.bytes)).as_ref()
    }
}

fn gzip(bytes: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory has no way to fail; the file would be sent as it is.
    encoder.write_all(bytes).ok()?;
    let gzip = encoder.finish().ok()?;
    (gzip.len() < bytes.len()).then(|| gzip.into())
}

fn takes_gzip(request: &HttpRequest) -> bool {
    let accepted = header::AcceptEncoding::parse(request).ok();
    let supported = [header::Encoding::gzip(), header::Encoding::identity()];
    accepted.and_then(|accepted| accepted.negotiate(supported.iter())) == Some(header::Encoding::gzip())
}

/// What Vite puts into `dist`.
fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "mp3" => "audio/mpeg",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::body::MessageBody as _;
    use actix_web::test::TestRequest;

    fn site() -> Site {
        let files = [
            ("index.html", "<!doctype html>start".to_owned()),
            ("favicon.svg", "<svg/>".to_owned()),
            ("assets/index-abc.js", "let a = 1;".repeat(500)),
        ];
        Site::new(files.map(|(path, text)| (path.to_owned(), text.into_bytes())))
    }

    fn get(path: &str) -> TestRequest {
        TestRequest::get().uri(path)
    }

    fn answer(request: TestRequest) -> HttpResponse {
        site().answer(&request.to_http_request())
    }

    fn text_header(response: &HttpResponse, name: header::HeaderName) -> String {
        let value = response.headers().get(name);
        value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn files_have_their_type_and_are_kept_as_long_as_their_name_says() {
        for (path, media_type, caching) in [
            ("/", "text/html; charset=utf-8", REVALIDATED),
            ("/favicon.svg", "image/svg+xml", REVALIDATED),
            ("/assets/index-abc.js", "text/javascript; charset=utf-8", FOR_EVER),
        ] {
            let response = answer(get(path));
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(text_header(&response, header::CONTENT_TYPE), media_type, "{path}");
            assert_eq!(text_header(&response, header::CACHE_CONTROL), caching, "{path}");
            assert!(
                text_header(&response, header::CONTENT_SECURITY_POLICY).contains("frame-ancestors 'none'")
            );
        }
    }

    #[test]
    fn the_apps_route_their_own_paths_and_no_others() {
        for (path, status) in [
            ("/sales/1/lots/2", StatusCode::OK),
            ("/console", StatusCode::OK),
            ("/apiary", StatusCode::OK),
            ("/assets/old-123.js", StatusCode::NOT_FOUND),
            ("/assets/", StatusCode::NOT_FOUND),
            ("/robots.txt", StatusCode::NOT_FOUND),
            ("/../Cargo.toml", StatusCode::NOT_FOUND),
            ("/api/v2/sales", StatusCode::NOT_FOUND),
            ("/api", StatusCode::NOT_FOUND),
            ("/ws/v2", StatusCode::NOT_FOUND),
        ] {
            let response = answer(get(path));
            assert_eq!(response.status(), status, "{path}");
            let body = response.into_body().try_into_bytes().unwrap();
            assert_eq!(body == "<!doctype html>start", status == StatusCode::OK, "{path}");
        }
        let response = answer(TestRequest::post().uri("/"));
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() {
        let etag = text_header(&answer(get("/")), header::ETAG);
        let response = answer(get("/").insert_header((header::IF_NONE_MATCH, etag)));
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
        let response = answer(get("/").insert_header((header::IF_NONE_MATCH, "W/\"other\"")));
        assert_eq!(response.status(), StatusCode::OK);
    }

    #[test]
    fn text_is_sent_compressed_to_those_who_take_it() {
        let path = "/assets/index-abc.js";
        for (accepted, encoding) in [("gzip, br", "gzip"), ("br", ""), ("gzip;q=0", ""), ("", "")] {
            let response = answer(get(path).insert_header((header::ACCEPT_ENCODING, accepted)));
            assert_eq!(
                text_header(&response, header::CONTENT_ENCODING),
                encoding,
                "{accepted}"
            );
            let length = response.into_body().try_into_bytes().unwrap().len();
            assert_eq!(length < 5000, encoding == "gzip", "{accepted}");
        }
        let small = answer(get("/").insert_header((header::ACCEPT_ENCODING, "gzip")));
        assert_eq!(text_header(&small, header::CONTENT_ENCODING), "");
    }

    #[test]
    fn a_build_without_the_apps_says_so() {
        let response = Site::new([]).answer(&get("/").to_http_request());
        let body = response.into_body().try_into_bytes().unwrap();
        assert!(
            String::from_utf8(body.to_vec())
                .unwrap()
                .contains("was not built")
        );
    }
}
