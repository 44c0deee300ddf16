//! What every request to the API passes on its way in and out.

use super::State;
use crate::access;
use crate::problem::{MEDIA_TYPE, Problem};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage as _, ResponseError as _};
use futures_util::FutureExt as _;
use std::any::Any;
use std::panic::AssertUnwindSafe;

/// Answers are data: nothing in them may ever run, be framed or be kept.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// The browsable description has scripts and styles of its own, some of them inline.
const DOCS_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Rate limit and rights on the way in; on the way out, every error is a problem and every answer
/// says how it may be used.
pub async fn gate(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.method() == Method::HEAD {
        // Answered as GET; the connection, which knows better, leaves the body out.
        request.head_mut().method = Method::GET;
    }
    let mut response = match admit(&request) {
        Ok(()) => pass(request, next).await?,
        Err(problem) => request.into_response(problem.error_response()),
    };
    let headers = response.headers_mut();
    set_default(headers, header::CONTENT_SECURITY_POLICY, DATA_POLICY);
    set_default(headers, header::CACHE_CONTROL, "no-store");
    set_default(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    Ok(response)
}

/// The same for the browsable description of the API, which anyone may read.
pub async fn browsable(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut response = match count(&request) {
        Ok(()) => pass(request, next).await?,
        Err(problem) => request.into_response(problem.error_response()),
    };
    let headers = response.headers_mut();
    set_default(headers, header::CONTENT_SECURITY_POLICY, DOCS_POLICY);
    set_default(headers, header::CACHE_CONTROL, "no-cache");
    set_default(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    Ok(response)
}

fn admit(request: &ServiceRequest) -> Result<(), Problem> {
    count(request)?;
    access::admit(request, &state(request)?.verifier)
}

/// Notes from where the request comes and counts it.
fn count(request: &ServiceRequest) -> Result<(), Problem> {
    let state = state(request)?;
    let client = state.proxies.client(request.head());
    request.extensions_mut().insert(client);
    state.limits.api(client.address).map_err(Problem::rate_limited)
}

fn state(request: &ServiceRequest) -> Result<&Data<State>, Problem> {
    let state = request.app_data::<Data<State>>();
    state.ok_or_else(|| Problem::internal("the application has no state"))
}

/// Lets the request through to its handler; whatever goes wrong there comes out as a problem.
async fn pass(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // Handlers are not supposed to panic. If one does, this request fails, not its connection.
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(response)) => Ok(as_problem(response.map_into_boxed_body())),
        Ok(Err(error)) if error.as_error::<Problem>().is_some() => Err(error),
        Ok(Err(error)) => Err(Problem::of_status(error.as_response_error().status_code()).into()),
        Err(panic) => Err(Problem::internal(format_args!("panic: {}", panic_text(&*panic))).into()),
    }
}

/// Replaces an error that is not ours.
fn as_problem(response: ServiceResponse) -> ServiceResponse {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error
        || response.headers().get(header::CONTENT_TYPE) == Some(&HeaderValue::from_static(MEDIA_TYPE))
    {
        return response;
    }
    response.into_response(Problem::of_status(status).error_response())
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a text")
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::StatusCode;
    use actix_web::middleware::from_fn;
    use actix_web::{App, HttpResponse, test, web};

    async fn failing(path: web::Path<String>) -> HttpResponse {
        match path.as_str() {
            "panic" => panic!("the secret of {path}"),
            "html" => HttpResponse::NotFound().body("<h1>Not found</h1>"),
            _ => HttpResponse::BadGateway().finish(),
        }
    }

    #[actix_web::test]
    async fn whatever_goes_wrong_comes_out_as_a_problem() {
        let app = App::new()
            .wrap(from_fn(pass))
            .route("/{how}", web::get().to(failing));
        let app = test::init_service(app).await;
        for (path, status, code) in [
            ("/panic", StatusCode::INTERNAL_SERVER_ERROR, "internal"),
            ("/html", StatusCode::NOT_FOUND, "not_found"),
            ("/other", StatusCode::INTERNAL_SERVER_ERROR, "internal"),
            ("/a/b", StatusCode::NOT_FOUND, "not_found"),
        ] {
            let request = test::TestRequest::get().uri(path).to_request();
            let response = match test::try_call_service(&app, request).await {
                Ok(response) => response.into_parts().1,
                Err(error) => error.error_response(),
            };
            assert_eq!(response.status(), status, "{path}");
            assert_eq!(
                response.headers().get(header::CONTENT_TYPE).unwrap(),
                MEDIA_TYPE,
                "{path}"
            );
            let body = response.into_body().try_into_bytes().unwrap();
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(body["code"], code, "{path}");
            assert!(!body.to_string().contains("secret"), "{body}");
        }
    }
}
