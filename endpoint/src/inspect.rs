//! Looking at an account from outside: what is in its tables, queues, IAM, schedules and outgoing mail.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_iam::types::Tag;
use serde_json::Value;

use crate::cloud::{Cloud, Queue};
use crate::http;

/// The path of users and roles that grants make.
pub const USER_PATH: &str = "/keylease/";

/// A mail that was sent.
#[derive(Debug, Clone)]
pub struct Mail {
    pub to: Vec<String>,
    pub subject: String,
    pub text: String,
}

/// A message that lies in a queue, seen without receiving it.
#[derive(Debug, Clone)]
pub struct Lying {
    pub body: String,
    pub attributes: Value,
}

impl Lying {
    /// One attribute, as text.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes[name]["StringValue"].as_str()
    }
}

impl Cloud {
    /// Every request's record.
    pub async fn requests(&self) -> Vec<Value> {
        rows(&self.config, &self.requests).await
    }

    /// Users that grants made.
    pub async fn users(&self) -> Vec<aws_sdk_iam::types::User> {
        users(&self.config).await
    }

    /// Roles that grants made.
    pub async fn grant_roles(&self) -> Vec<aws_sdk_iam::types::Role> {
        grant_roles(&self.config).await
    }

    /// A user's tags.
    pub async fn tags(&self, user: &str) -> Vec<Tag> {
        let iam = aws_sdk_iam::Client::new(&self.config);
        iam.list_user_tags().user_name(user).send().await.expect("the user's tags").tags
    }

    /// A user's own policies, each as its JSON text.
    pub async fn inline_policies(&self, user: &str) -> Vec<String> {
        let iam = aws_sdk_iam::Client::new(&self.config);
        let names = iam.list_user_policies().user_name(user).send().await.expect("policy names").policy_names;
        let mut documents = Vec::new();
        for name in names {
            let get = iam.get_user_policy().user_name(user).policy_name(name).send().await;
            documents.push(decoded(&get.expect("a policy").policy_document));
        }
        documents
    }

    /// The ids of a user's access keys.
    pub async fn access_keys(&self, user: &str) -> Vec<String> {
        let iam = aws_sdk_iam::Client::new(&self.config);
        let listed = iam.list_access_keys().user_name(user).send().await.expect("the user's keys");
        listed.access_key_metadata.into_iter().filter_map(|key| key.access_key_id).collect()
    }

    /// The names of all schedules.
    pub async fn schedules(&self) -> Vec<String> {
        let scheduler = aws_sdk_scheduler::Client::new(&self.config);
        let listed = scheduler.list_schedules().send().await.expect("the schedules");
        listed.schedules.into_iter().filter_map(|schedule| schedule.name).collect()
    }

    /// Every mail that was sent, oldest first.
    pub async fn mails(&self) -> Vec<Mail> {
        mails(self.endpoint(), &self.account).await
    }

    /// What lies in a queue, hidden or not.
    pub async fn lying(&self, url: &str) -> Vec<Lying> {
        let path = format!("/_ministack/sqs/messages?account={}&QueueUrl={url}", self.account);
        let answer = peek(self.endpoint(), &path).await;
        let queues = answer["messages"][&self.account].as_object().cloned().unwrap_or_default();
        let regions = queues.values().filter_map(Value::as_object).flat_map(|queues| queues.values());
        let messages = regions.filter_map(Value::as_array).flatten();
        let lying = messages.map(|message| Lying {
            body: message["Body"].as_str().unwrap_or_default().to_owned(),
            attributes: message["MessageAttributes"].clone(),
        });
        lying.collect()
    }

    /// Puts a body on a queue as it is.
    pub async fn put(&self, queue: &Queue, body: &str) {
        send(&self.config, &queue.url, body).await;
    }

    /// How many messages lie in the three queues.
    pub async fn queued(&self) -> usize {
        let mut lying = 0;
        for queue in self.queues() {
            lying += self.lying(&queue.url).await.len();
        }
        lying
    }

    /// The three queues.
    pub fn queues(&self) -> [&Queue; 3] {
        [&self.notify, &self.provision, &self.revoke]
    }

    /// Everything that is kept in tables, queues and DLQs, as text to search in.
    pub async fn everything_kept(&self) -> String {
        let mut text = String::new();
        for table in [&self.projects, &self.requests] {
            text.push_str(&Value::from(rows(&self.config, table).await).to_string());
        }
        for queue in self.queues() {
            for url in [&queue.url, &queue.dlq_url] {
                text.push_str(&format!("{:?}", self.lying(url).await));
            }
        }
        text
    }
}

/// A table's records.
pub(crate) async fn rows(account: &SdkConfig, table: &str) -> Vec<Value> {
    let scan = aws_sdk_dynamodb::Client::new(account).scan().table_name(table).consistent_read(true);
    let items = scan.send().await.expect("a table's rows").items.unwrap_or_default();
    items.into_iter().map(row).collect()
}

/// Users that grants made, in an account.
pub(crate) async fn users(account: &SdkConfig) -> Vec<aws_sdk_iam::types::User> {
    let iam = aws_sdk_iam::Client::new(account);
    let page = iam.list_users().path_prefix(USER_PATH).send().await.expect("the users");
    assert!(!page.is_truncated, "a test has few users");
    page.users
}

/// Roles that grants made.
pub(crate) async fn grant_roles(account: &SdkConfig) -> Vec<aws_sdk_iam::types::Role> {
    let iam = aws_sdk_iam::Client::new(account);
    iam.list_roles().path_prefix(USER_PATH).send().await.expect("the roles").roles
}

/// Every mail that an account sent, oldest first.
pub(crate) async fn mails(endpoint: &str, account: &str) -> Vec<Mail> {
    let answer = peek(endpoint, &format!("/_ministack/ses/messages?account={account}")).await;
    let mails = answer["messages"][account].as_array().cloned().unwrap_or_default();
    mails.iter().map(mail).collect()
}

/// Puts a body on a queue as it is.
pub(crate) async fn send(account: &SdkConfig, url: &str, body: &str) {
    let sqs = aws_sdk_sqs::Client::new(account);
    sqs.send_message().queue_url(url).message_body(body).send().await.expect("a message sent");
}

async fn peek(endpoint: &str, path: &str) -> Value {
    let answer = http::get(endpoint, path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON from the emulator")
}

/// A row as JSON, without what JSON cannot hold.
fn row(item: HashMap<String, AttributeValue>) -> Value {
    let fields = item.into_iter().filter_map(|(name, value)| {
        let value: Value = serde_dynamo::from_attribute_value(value).ok()?;
        Some((name, value))
    });
    Value::Object(fields.collect())
}

fn mail(record: &Value) -> Mail {
    let to = record["To"].as_array().into_iter().flatten().filter_map(Value::as_str);
    Mail {
        to: to.map(String::from).collect(),
        subject: record["Subject"].as_str().unwrap_or_default().to_owned(),
        text: record["BodyText"].as_str().unwrap_or_default().to_owned(),
    }
}

/// IAM returns policy documents percent-encoded.
pub fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let pair = (byte == b'%').then(|| [rest.next(), rest.next()]);
        let hex = pair.map(|pair| pair.into_iter().flatten().map(char::from).collect::<String>());
        bytes.push(hex.and_then(|hex| u8::from_str_radix(&hex, 16).ok()).unwrap_or(byte));
    }
    String::from_utf8(bytes).expect("a policy is text")
}
