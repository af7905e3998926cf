//! A call to AWS or Slack, named: what a fault is put on and what the trace shows.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

/// What stands for a service where a worker waits for time to pass.
const CLOCK: &str = "clock";

/// One try of a call, as it comes out of the SDK or of the Slack client.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The service in lower case, such as `iam`; `slack` for Slack.
    pub(crate) service: String,
    /// The operation, such as `CreateAccessKey` or `chat.postMessage`.
    pub(crate) operation: String,
    /// What it is about: a user, a table's key, a queue, a channel.
    pub(crate) subject: String,
    /// The same for all tries of one call by the SDK.
    pub(crate) invocation: String,
    /// The body as it was sent.
    pub(crate) body: Bytes,
}

impl Call {
    /// A worker waits for so many seconds before it tries something again.
    pub(crate) fn waiting(seconds: u64) -> Self {
        let operation = "Wait".to_owned();
        let subject = format!("{seconds} s");
        Self { service: CLOCK.to_owned(), operation, subject, invocation: String::new(), body: Bytes::new() }
    }

    /// The seconds that a worker waits, where that is what it is about to do.
    pub(crate) fn waits(&self) -> Option<i64> {
        self.subject.strip_suffix(" s").filter(|_| self.service == CLOCK)?.parse().ok()
    }

    /// `iam:CreateAccessKey`.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }

    /// The body as JSON; null when it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Reads what an SDK request asks for, from its own wire form.
    pub(crate) fn of_aws(request: &HttpRequest) -> Self {
        let header = |name: &str| request.headers().get(name).unwrap_or_default();
        let body = request.body().bytes().map(Bytes::copy_from_slice).unwrap_or_default();
        // `…Credential=AKIA…/20261123/us-east-1/iam/aws4_request, …`
        let service = header("authorization").split('/').nth(3).unwrap_or_default().to_owned();
        let (operation, subject) = match service.as_str() {
            "iam" | "sts" => by_form(&body),
            "scheduler" => by_path(request.method(), request.uri()),
            "ses" => ("SendEmail".to_owned(), String::new()),
            _ => by_target(header("x-amz-target"), &body),
        };
        let invocation = header("amz-sdk-invocation-id").to_owned();
        Self { service, operation, subject, invocation, body }
    }
}

impl std::fmt::Display for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{} {}", self.service, self.operation, self.subject)
    }
}

fn by_form(body: &[u8]) -> (String, String) {
    let mut operation = String::new();
    let mut subject = String::new();
    for (name, value) in form_urlencoded::parse(body) {
        match name.as_ref() {
            "Action" => operation = value.into_owned(),
            "UserName" | "RoleName" | "RoleArn" => last(&value).clone_into(&mut subject),
            _ => {}
        }
    }
    (operation, subject)
}

fn by_path(method: &str, uri: &str) -> (String, String) {
    let path = uri.split('?').next().unwrap_or(uri);
    let operation = match method {
        "POST" => "CreateSchedule",
        "PUT" => "UpdateSchedule",
        "DELETE" => "DeleteSchedule",
        _ => "GetSchedule",
    };
    (operation.to_owned(), last(path).to_owned())
}

/// What a body says it is about; all else is skipped unread.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Named {
    key: Key,
    item: Key,
    table_name: Option<String>,
    queue_url: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Key {
    request_id: Option<Text>,
    project: Option<Text>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Text {
    s: Option<String>,
}

fn by_target(target: &str, body: &[u8]) -> (String, String) {
    let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
    let Named { key, item, table_name, queue_url } = serde_json::from_slice(body).unwrap_or_default();
    let request = key.request_id.or(item.request_id).or(key.project).and_then(|text| text.s);
    let subject = request.or(table_name).or(queue_url).unwrap_or_default();
    (operation, last(&subject).to_owned())
}

/// What comes after the last slash.
fn last(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or(text)
}
