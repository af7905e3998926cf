//! Workers of another release: the real handlers, whose records and messages are as that release writes and reads them.
//!
//! It lies between the SDK and whatever performs the calls: what goes out is written as that release would, and what
//! comes in is what that release makes of it.

mod next;
mod previous;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;

use super::tables::Object;

/// Which release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// 0.1, which does not know what was added since, and does not keep what it does not know.
    Previous,
    /// One that is still to come: it writes attributes that nobody else knows, a status, a kind of role and a job under
    /// names that nobody else knows, and a job in a version that nobody else reads.
    Next,
}

impl Release {
    /// The SDK configuration of this release's workers; nothing where `sdk` has no client.
    #[must_use]
    pub fn config(self, sdk: &aws_config::SdkConfig) -> Option<aws_config::SdkConfig> {
        let client = Client { inner: sdk.http_client()?, release: self };
        Some(sdk.to_builder().http_client(client).build())
    }

    /// A message's body as this release reads it.
    #[must_use]
    pub fn received(self, body: &str) -> String {
        changed(body, |fields| match self {
            Self::Previous => previous::strip_message(fields),
            Self::Next => next::read_message(fields),
        })
    }

    /// Makes of a request's record, in DynamoDB's own types, what this release reads in it.
    pub fn read(self, record: &mut Object) {
        match self {
            Self::Previous => previous::strip_record(record),
            Self::Next => next::read_record(record),
        }
    }

    fn write(self, record: &mut Object) {
        match self {
            Self::Previous => previous::strip_record(record),
            Self::Next => next::write_record(record),
        }
    }

    /// A message's body as this release sends it.
    fn sent(self, body: &str) -> String {
        changed(body, |fields| match self {
            Self::Previous => previous::strip_message(fields),
            Self::Next => next::write_message(fields),
        })
    }

    fn outgoing(self, request: &mut HttpRequest) {
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let Some(sent) = request.body().bytes() else { return };
        let changed = match operation {
            "PutItem" | "SendMessage" => {
                let Ok(mut body) = serde_json::from_slice::<Object>(sent) else { return };
                self.rewrite(&mut body);
                Value::Object(body).to_string()
            }
            // IAM's calls are forms, and have no such header.
            "" if self == Self::Previous => match previous::without_deployment(sent) {
                Some(form) => form,
                None => return,
            },
            _ => return,
        };
        request.headers_mut().insert("content-length", changed.len().to_string());
        *request.body_mut() = SdkBody::from(changed);
    }

    fn rewrite(self, body: &mut Object) {
        if let Some(record) =
            body.get_mut("Item").and_then(Value::as_object_mut).filter(|item| is_request(item))
        {
            self.write(record);
        }
        let to_dlq = body.get("QueueUrl").and_then(Value::as_str).is_some_and(|url| url.ends_with("-dlq"));
        if let Some(Value::String(message)) = body.get_mut("MessageBody").filter(|_| !to_dlq) {
            *message = self.sent(message);
        }
    }

    fn incoming(self, response: &mut HttpResponse) {
        let Some(body) = response.body().bytes() else { return };
        let Ok(mut body) = serde_json::from_slice::<Value>(body) else { return };
        if self.reread(&mut body) {
            *response.body_mut() = SdkBody::from(body.to_string());
        }
    }

    /// Whether there was any record in it.
    fn reread(self, value: &mut Value) -> bool {
        match value {
            Value::Object(record) if is_request(record) => {
                self.read(record);
                true
            }
            Value::Object(fields) => fields.values_mut().fold(false, |any, value| self.reread(value) | any),
            Value::Array(values) => values.iter_mut().fold(false, |any, value| self.reread(value) | any),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        }
    }
}

/// A message's body with this change; to the letter as it was, where that changes nothing.
fn changed(body: &str, change: impl FnOnce(&mut Object)) -> String {
    let Ok(before) = serde_json::from_str::<Object>(body) else { return body.to_owned() };
    let mut fields = before.clone();
    change(&mut fields);
    if fields == before { body.to_owned() } else { Value::Object(fields).to_string() }
}

/// Whether this is the record of a request, and not only its key.
fn is_request(item: &Object) -> bool {
    ["request_id", "status"].iter().all(|name| item.get(*name).is_some_and(|value| value.get("S").is_some()))
}

#[derive(Debug, Clone)]
struct Client {
    inner: SharedHttpClient,
    release: Release,
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, release: self.release })
    }
}

#[derive(Debug, Clone)]
struct Connector {
    inner: SharedHttpConnector,
    release: Release,
}

impl HttpConnector for Connector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let (inner, release) = (self.inner.clone(), self.release);
        HttpConnectorFuture::new(async move {
            release.outgoing(&mut request);
            let mut response = inner.call(request).await?;
            release.incoming(&mut response);
            Ok(response)
        })
    }
}
