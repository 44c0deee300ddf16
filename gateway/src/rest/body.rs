//! Reading bodies: bounded in size, depth and time, and every way to get one wrong has its answer.

use crate::problem::{Code, Problem};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, error::PayloadError};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use std::time::Duration;

/// The largest JSON body.
pub const JSON_BYTES_MAX: usize = 256 * 1024;

/// The deepest JSON body; the API's own go to 4.
pub const JSON_DEPTH_MAX: usize = 32;

/// How long a body may take to arrive.
const ARRIVAL_MAX: Duration = Duration::from_secs(30);

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        // Forms of other sites cannot send this type without the browser asking first, which is
        // what keeps the refresh cookie from working for them.
        let is_json = request.content_type().eq_ignore_ascii_case("application/json");
        let announced = announced(request);
        let payload = payload.take();
        Box::pin(async move {
            if !is_json {
                return Err(Problem::new(
                    Code::UnsupportedMediaType,
                    "send the body as Content-Type: application/json",
                ));
            }
            let body = read(payload, announced?, JSON_BYTES_MAX, ARRIVAL_MAX).await?;
            parse(&body).map(Self)
        })
    }
}

/// Reads a body of another kind.
///
/// # Errors
/// `too_large`, `timed_out`, `malformed`, `unsupported_media_type`.
pub async fn read_bytes(request: &HttpRequest, payload: Payload, bytes_max: usize) -> Result<Bytes, Problem> {
    read(payload, announced(request)?, bytes_max, ARRIVAL_MAX).await
}

/// How many bytes are announced, of a body that is sent as it is: what unpacks to how much is not
/// known before it is done.
fn announced(request: &HttpRequest) -> Result<Option<usize>, Problem> {
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        return Err(Problem::new(
            Code::UnsupportedMediaType,
            "send the body without Content-Encoding",
        ));
    }
    let length = request.headers().get(header::CONTENT_LENGTH);
    Ok(length.and_then(|length| length.to_str().ok()?.parse().ok()))
}

async fn read(
    mut payload: Payload,
    announced_bytes: Option<usize>,
    bytes_max: usize,
    arrival_max: Duration,
) -> Result<Bytes, Problem> {
    let too_large = || {
        let kib = bytes_max / 1024;
        Problem::new(Code::TooLarge, format!("the body may have at most {kib} KiB"))
    };
    if announced_bytes.is_some_and(|bytes| bytes > bytes_max) {
        return Err(too_large());
    }
    let arrival = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|error| broken(&error))?;
            if body.len() + chunk.len() > bytes_max {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    };
    match tokio::time::timeout(arrival_max, arrival).await {
        Ok(body) => body,
        Err(_) => Err(Problem::new(Code::TimedOut, "the body did not arrive in time")),
    }
}

fn broken(error: &PayloadError) -> Problem {
    tracing::debug!(%error, "a body broke off");
    Problem::new(Code::Malformed, "the body broke off or is wrongly encoded")
}

/// Reads JSON: first whether it is any, then whether it says what is asked for.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let malformed = |detail: String| Problem::new(Code::Malformed, detail);
    let text = std::str::from_utf8(body).map_err(|error| {
        malformed(format!(
            "the body is not UTF-8 from byte {} on",
            error.valid_up_to()
        ))
    })?;
    if text.trim_ascii().is_empty() {
        return Err(malformed(
            "the body is empty, a JSON object is expected".to_owned(),
        ));
    }
    if is_deeper_than(text, JSON_DEPTH_MAX) {
        return Err(malformed(format!(
            "the body is nested more than {JSON_DEPTH_MAX} levels deep"
        )));
    }
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            Category::Eof => malformed(format!(
                "the JSON ends too early, in line {line}, column {column}"
            )),
            _ => malformed(format!("the body is not JSON: {error}")),
        }
    })?;
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let message = error.into_inner().to_string();
        Problem::field(
            if path == "." { String::new() } else { path },
            // The place is in the path already.
            message.split(" at line ").next().unwrap_or_default(),
        )
    })
}

/// Braces and brackets outside of strings; text that is no JSON gets some answer, which is enough.
fn is_deeper_than(json: &str, depth_max: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > depth_max {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::ResponseError as _;
    use actix_web::body::MessageBody as _;
    use futures_util::stream;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only parsed")]
        name: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only parsed")]
        inner: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only parsed")]
        step_minor: i64,
    }

    fn refusal(body: &[u8]) -> serde_json::Value {
        let response = parse::<Outer>(body).unwrap_err().error_response();
        serde_json::from_slice(&response.into_body().try_into_bytes().unwrap()).unwrap()
    }

    #[test]
    fn what_is_not_json_is_malformed_and_says_where() {
        for (body, detail) in [
            (&b""[..], "empty"),
            (b" \n", "empty"),
            (b"{", "line 1, column 1"),
            (br#"{"name": "x"#, "ends too early"),
            (br#"{"nonsense": 1, "#, "ends too early"),
            (br#"{"name": "x"} {"#, "trailing characters"),
            (br#"{"name": x}"#, "line 1 column 10"),
            (b"\xef\xbb\xbf{}", "not JSON"),
            (b"{\"name\": \"\xff\"}", "not UTF-8 from byte 10"),
            (b"name=x", "not JSON"),
        ] {
            let problem = refusal(body);
            assert_eq!(problem["code"], "malformed", "{body:?}");
            assert!(problem["detail"].as_str().unwrap().contains(detail), "{problem}");
        }
    }

    #[test]
    fn what_is_json_but_not_asked_for_names_the_field() {
        for (body, field, message) in [
            (
                r#"{"name": 1}"#,
                "name",
                "invalid type: integer `1`, expected a string",
            ),
            (r"{}", "", "missing field `name`"),
            (r"[]", "", "invalid length 0"),
            (r#"{"name": "x", "name": "y"}"#, "", "duplicate field `name`"),
            (
                r#"{"name": "x", "role": "admin"}"#,
                "role",
                "unknown field `role`",
            ),
            (
                r#"{"name": "x", "inner": [{"step_minor": 1}, {"step_minor": 1.5}]}"#,
                "inner[1].step_minor",
                "invalid type: floating point",
            ),
            (
                r#"{"name": "x", "inner": [{"step_minor": 9223372036854775808}]}"#,
                "inner[0].step_minor",
                "invalid value",
            ),
        ] {
            let problem = refusal(body.as_bytes());
            assert_eq!(problem["code"], "validation", "{body}");
            assert_eq!(problem["fields"][0]["field"], field, "{problem}");
            let said = problem["fields"][0]["message"].as_str().unwrap();
            assert!(said.starts_with(message) && !said.contains(" at line "), "{said}");
        }
    }

    #[test]
    fn depth_counts_outside_of_strings() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(!is_deeper_than(&nested(32), 32));
        assert!(is_deeper_than(&nested(33), 32));
        assert!(!is_deeper_than(&format!("\"\\\"{}\"", nested(33)), 32));
        assert!(!is_deeper_than(&"[]".repeat(100), 32));
        assert!(is_deeper_than(&"{\"a\":".repeat(50_000), 32));
    }

    fn payload(chunks: usize, ends: bool) -> Payload {
        let chunks = stream::iter((0..chunks).map(|_| Ok(Bytes::from_static(&[b'x'; 1024]))));
        let payload: actix_http::BoxedPayloadStream = if ends {
            Box::pin(chunks)
        } else {
            Box::pin(chunks.chain(stream::pending()))
        };
        Payload::Stream { payload }
    }

    #[actix_web::test]
    async fn bodies_are_bounded_in_size_and_time() {
        let hour = Duration::from_hours(1);
        let body = read(payload(4, true), None, 4096, hour).await.unwrap();
        assert_eq!(body.len(), 4096);
        // Nothing is read of what is announced to be too large, and nothing more than the bound of
        // what is not announced.
        let refused = read(payload(0, false), Some(4097), 4096, hour).await.unwrap_err();
        assert_eq!(refused.code(), Code::TooLarge);
        let refused = read(payload(5, false), None, 4096, hour).await.unwrap_err();
        assert_eq!(refused.code(), Code::TooLarge);
        let refused = read(payload(1, false), None, 4096, Duration::from_millis(1))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::TimedOut);
    }
}
