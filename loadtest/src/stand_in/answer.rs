//! SQS's answers on the wire: awsJson 1.0.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use md5::{Digest, Md5};

const JSON: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.0");
const REQUEST_ID: HeaderValue = HeaderValue::from_static("5f3f7a52-0000-4000-8000-000000000000");

pub(super) type Answer = Response<Full<Bytes>>;

/// The message is durable.
pub(super) fn taken(serial: u64, body: &str) -> Answer {
    let md5: String = Md5::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    let text =
        format!(r#"{{"MessageId":"00000000-0000-4000-8000-{serial:012x}","MD5OfMessageBody":"{md5}"}}"#);
    with(StatusCode::OK, text)
}

/// There were too many calls.
pub(super) fn throttled() -> Answer {
    with(StatusCode::BAD_REQUEST, error("com.amazonaws.sqs#RequestThrottled", "Rate exceeded"))
}

/// The call is not what a click should have led to.
pub(super) fn refused() -> Answer {
    let message =
        "this stand-in takes the jobs of the load's clicks, on the provision queue, and nothing else";
    with(StatusCode::BAD_REQUEST, error("com.amazon.coral.service#SerializationException", message))
}

fn error(kind: &str, message: &str) -> String {
    format!(r#"{{"__type":"{kind}","message":"{message}"}}"#)
}

fn with(status: StatusCode, text: String) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(text)));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, JSON);
    answer.headers_mut().insert("x-amzn-requestid", REQUEST_ID);
    answer
}
