//! Reading what release 0.1 left behind, and putting it on a stage.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value};
use testkit::aws::UserView;
use testkit::slack::Message;

use crate::stage::{SESSION_ROLE, Stage};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/it/previous_release/left_behind");

/// One request, and each moment at which that release may have stopped.
#[derive(Debug, Deserialize)]
pub(super) struct Story {
    projects: Vec<Value>,
    moments: Vec<Value>,
}

/// What was there at one of them.
#[derive(Debug, Deserialize)]
pub(super) struct Moment {
    /// The request, how many writes there had been, and the status.
    pub(super) name: String,
    #[serde(skip)]
    projects: Vec<Value>,
    now: i64,
    pub(super) requests: Vec<Map<String, Value>>,
    #[serde(default)]
    users: Vec<UserView>,
    /// The denials of sessions that ended early, by name.
    #[serde(default)]
    role_policies: BTreeMap<String, Value>,
    #[serde(default)]
    schedules: Vec<Schedule>,
    #[serde(default)]
    messages: Vec<Queued>,
    #[serde(default)]
    slack: Vec<Posted>,
    /// How many mails it had sent.
    pub(super) mails: usize,
}

#[derive(Debug, Deserialize)]
struct Schedule {
    name: String,
    expression: String,
    target_arn: String,
    input: String,
}

#[derive(Debug, Deserialize)]
struct Queued {
    queue: String,
    body: String,
}

#[derive(Debug, Deserialize)]
struct Posted {
    channel: String,
    ts: String,
    recipient: Option<String>,
    text: String,
    ephemeral_for: Option<String>,
}

/// The moments of the request with this name.
pub(super) fn moments(story: &str) -> Vec<Moment> {
    let text = std::fs::read_to_string(format!("{FOLDER}/{story}.json")).unwrap();
    let Story { projects, moments } = serde_json::from_str(&text).unwrap();
    let read = |moment| {
        let moment: Moment = serde_json::from_value(moment).unwrap();
        Moment { projects: projects.clone(), ..moment }
    };
    moments.into_iter().map(read).collect()
}

impl Moment {
    /// The one request.
    pub(super) fn request(&self) -> &Map<String, Value> {
        &self.requests[0]
    }

    /// The jobs on the queues, by name.
    pub(super) fn jobs(&self) -> BTreeSet<String> {
        let name = |message: &Queued| {
            let body: Value = serde_json::from_str(&message.body).unwrap();
            body["job"].as_str().unwrap().to_owned()
        };
        self.messages.iter().map(name).collect()
    }

    /// A stage on which all of it is there, at that time.
    pub(super) async fn stage(&self) -> Stage {
        let mut stage = Stage::new().await;
        stage.patient = true;
        stage.backs_off = true;
        stage.pass(self.now - stage.now().0);
        for project in &self.projects {
            stage.put_project(project.clone()).await;
        }
        let tables = aws_sdk_dynamodb::Client::new(&stage.sdk);
        for record in &self.requests {
            let put = tables.put_item().table_name(&stage.settings().requests_table);
            put.set_item(Some(serde_dynamo::to_item(record).unwrap())).send().await.unwrap();
        }
        for user in &self.users {
            stage.aws.restore_user(user).await;
        }
        let iam = aws_sdk_iam::Client::new(&stage.sdk);
        let role = SESSION_ROLE.rsplit('/').next().unwrap();
        for (name, policy) in &self.role_policies {
            let put = iam.put_role_policy().role_name(role).policy_name(name);
            put.policy_document(policy.to_string()).send().await.unwrap();
        }
        for schedule in &self.schedules {
            let queue = schedule.target_arn.rsplit(':').next().unwrap();
            stage.aws.add_schedule(&schedule.name, &schedule.expression, &schedule.input, queue).await;
        }
        for posted in &self.slack {
            stage.slack.restore_message(Message {
                channel: posted.channel.clone(),
                ts: posted.ts.clone(),
                recipient: posted.recipient.clone(),
                text: posted.text.clone(),
                blocks: Value::Null,
                buttons: Vec::new(),
                edits: 0,
                ephemeral_for: posted.ephemeral_for.clone(),
                thread_ts: None,
            });
        }
        let queues = aws_sdk_sqs::Client::new(&stage.sdk);
        for message in &self.messages {
            let variable = format!("QUEUE_URL_{}", message.queue.to_uppercase());
            let send = queues.send_message().queue_url(&stage.aws.variables()[&variable]);
            send.message_body(&message.body).send().await.unwrap();
        }
        stage
    }
}
