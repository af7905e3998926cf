//! SES, with a mailbox: the emulator forgets a mail's HTML.

use std::sync::Mutex;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use winterbaume_core::{MockRequest, MockResponse, MockService};
use winterbaume_sesv2::SesV2Service;

use super::call::Service;
use super::{REGION, wire};
use crate::lock::lock;

/// The newest mails that are kept.
const MAILBOX_LIMIT: usize = 1_000;

/// One mail that SES took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// The message id that the sender was given.
    pub id: String,
    pub from: String,
    pub to: Vec<String>,
    pub subject: String,
    /// Its plain text, or all of it when it was sent raw.
    pub text: String,
    /// Its HTML, empty when it has none.
    pub html: String,
    /// The configuration set, whose events say what became of it.
    pub configuration_set: Option<String>,
    /// Its tags, which those events carry: names and values.
    pub tags: Vec<(String, String)>,
    /// When it was taken, in Unix seconds.
    pub at: i64,
}

/// The embedded SES.
#[derive(Default)]
pub(crate) struct Mailer {
    service: SesV2Service,
    mails: Mutex<Vec<Mail>>,
}

impl Mailer {
    pub(crate) async fn handle(&self, request: MockRequest, operation: &str, now: Timestamp) -> MockResponse {
        let sent: Option<Value> =
            (operation == "SendEmail").then(|| serde_json::from_slice(&request.body).ok()).flatten();
        let set = sent.as_ref().and_then(|sent| sent.get("ConfigurationSetName")).and_then(Value::as_str);
        if let Some(set) = set
            && !self.has_set(set).await
        {
            let message = format!("Configuration set <{set}> does not exist.");
            return wire::error(Service::Ses, 404, "NotFoundException", &message);
        }
        let answer = self.service.handle(request).await;
        if let (Some(sent), 200) = (sent, answer.status) {
            let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            let id = body.get("MessageId").and_then(Value::as_str).unwrap_or_default();
            let mut mails = lock(&self.mails);
            mails.push(read_mail(&sent, id, now));
            let surplus = mails.len().saturating_sub(MAILBOX_LIMIT);
            mails.drain(..surplus);
        }
        answer
    }

    /// Whether there is such a configuration set: the emulator does not ask when an email names one, as SES does.
    async fn has_set(&self, set: &str) -> bool {
        self.on_sets("GET", &format!("/{set}"), "").await == 200
    }

    /// Makes a configuration set, without which no email can name it.
    pub(crate) async fn add_set(&self, name: &str) {
        self.on_sets("POST", "", &json!({ "ConfigurationSetName": name }).to_string()).await;
    }

    pub(crate) async fn delete_set(&self, name: &str) {
        self.on_sets("DELETE", &format!("/{name}"), "").await;
    }

    async fn on_sets(&self, method: &str, path: &str, body: &str) -> u16 {
        let request = MockRequest {
            method: method.to_owned(),
            uri: format!("https://email.{REGION}.amazonaws.com/v2/email/configuration-sets{path}"),
            headers: http::HeaderMap::new(),
            body: body.to_owned().into(),
        };
        self.service.handle(request).await.status
    }

    /// All mails, oldest first.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        lock(&self.mails).clone()
    }
}

fn read_mail(sent: &Value, id: &str, now: Timestamp) -> Mail {
    let text = |pointer: &str| sent.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let tag =
        |tag: &Value| Some((tag.get("Name")?.as_str()?.to_owned(), tag.get("Value")?.as_str()?.to_owned()));
    let tags = sent.get("EmailTags").and_then(Value::as_array);
    let to = sent.pointer("/Destination/ToAddresses").and_then(Value::as_array);
    Mail {
        id: id.to_owned(),
        from: text("/FromEmailAddress").unwrap_or_default(),
        to: to.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
        subject: text("/Content/Simple/Subject/Data").unwrap_or_default(),
        text: text("/Content/Simple/Body/Text/Data")
            .or_else(|| text("/Content/Raw/Data"))
            .unwrap_or_default(),
        html: text("/Content/Simple/Body/Html/Data").unwrap_or_default(),
        configuration_set: text("/ConfigurationSetName"),
        tags: tags.into_iter().flatten().filter_map(tag).collect(),
        at: now.as_second(),
    }
}
