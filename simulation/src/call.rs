//! A call to AWS or Slack, named: what a fault is put on and what the trace shows.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use testkit::aws::{CallInfo, Service};
use testkit::slack;

/// What stands for a service where a worker waits for time to pass.
const CLOCK: &str = "clock";
/// What Slack is called among the services.
const SLACK: &str = "slack";

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

    /// A call to AWS.
    pub(crate) fn of_aws(call: CallInfo) -> Self {
        let named = || call.resource.rsplit(['/', ':']).next().filter(|name| *name != "*").map(str::to_owned);
        let subject = if call.service == Service::DynamoDb { item(&call.body) } else { named() };
        Self {
            service: call.service.name().to_owned(),
            operation: call.operation,
            subject: subject.unwrap_or_default(),
            invocation: call.invocation,
            body: call.body,
        }
    }

    /// A call to Slack.
    pub(crate) fn of_slack(call: &slack::Call) -> Self {
        let text = |name: &str| call.body.get(name).and_then(Value::as_str);
        let subject = text("channel").or_else(|| text("user")).unwrap_or_default().to_owned();
        let (operation, body) = (call.method.clone(), call.body.to_string().into());
        Self { service: SLACK.to_owned(), operation, subject, invocation: String::new(), body }
    }

    /// Whether it is to Slack.
    pub(crate) fn is_to_slack(&self) -> bool {
        self.service == SLACK
    }
}

impl std::fmt::Display for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{} {}", self.service, self.operation, self.subject)
    }
}

/// What a body says it is about; all else is skipped unread.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Named {
    key: Key,
    item: Key,
    table_name: Option<String>,
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

/// The request, the project or the table that a call to DynamoDB is about.
fn item(body: &[u8]) -> Option<String> {
    let Named { key, item, table_name } = serde_json::from_slice(body).unwrap_or_default();
    key.request_id.or(item.request_id).or(key.project).and_then(|text| text.s).or(table_name)
}
