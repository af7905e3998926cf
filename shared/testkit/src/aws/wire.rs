//! Between the SDK's requests and the embedded services', and errors in each service's own form.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use winterbaume_core::{MockRequest, MockResponse, json_error_response, rest_json_error, xml_escape};

use super::call::Service;

/// The form of a `Date` header (RFC 9110), in UTC.
pub(crate) const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// The SDK's request as the embedded services take it.
pub(crate) fn from_sdk(request: &HttpRequest) -> MockRequest {
    let mut headers = http::HeaderMap::new();
    for (name, value) in request.headers() {
        let name = http::header::HeaderName::from_bytes(name.as_bytes());
        let value = http::header::HeaderValue::from_str(value);
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    MockRequest {
        method: request.method().to_owned(),
        uri: request.uri().to_owned(),
        headers,
        body: request.body().bytes().map(Bytes::copy_from_slice).unwrap_or_default(),
    }
}

/// An embedded service's answer as the SDK takes it.
pub(crate) fn to_sdk(response: MockResponse) -> Result<HttpResponse, ConnectorError> {
    let status =
        StatusCode::try_from(response.status).map_err(|error| ConnectorError::other(error.into(), None))?;
    let mut answer = HttpResponse::new(status, SdkBody::from(response.body));
    for (name, value) in &response.headers {
        if let Ok(value) = value.to_str() {
            answer.headers_mut().append(name.as_str().to_owned(), value.to_owned());
        }
    }
    Ok(answer)
}

/// An error as `service` words it on the wire.
pub(crate) fn error(service: Service, status: u16, code: &str, message: &str) -> MockResponse {
    match service {
        Service::Iam | Service::Sts => MockResponse::error(status, &xml_escape(code), &xml_escape(message)),
        Service::AccountAccess | Service::Scheduler | Service::Ses => rest_json_error(status, code, message),
        _ => json_error_response(status, code, message),
    }
}
