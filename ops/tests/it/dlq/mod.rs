//! Dead letters: what lies there, sent back, and removed.

mod dropping;
mod listing;
mod replaying;

use std::collections::BTreeMap;

use aws_sdk_sqs::types::MessageAttributeValue;
use serde_json::{Value, json};
use service::clock::{Clock, now};
use testkit::aws::{MessageView, QueueView};

use crate::stage::{Ran, Stage};

/// Long enough after now that an age in hours is the same for the whole test, in seconds.
const LATER_SECONDS: i64 = 3 * 3_600 + 600;

impl Stage {
    /// With a clock that runs three hours ahead of the queues, so that a new dead letter is 3 h old.
    async fn three_hours_later() -> Self {
        let mut stage = Self::new().await;
        stage.clock = Clock::reading(|| now().plus_seconds(LATER_SECONDS));
        stage
    }

    fn dlq(&self, queue: &str) -> QueueView {
        self.aws.queue(&format!("keylease-{queue}-dlq")).unwrap()
    }

    fn queue(&self, queue: &str) -> QueueView {
        self.aws.queue(&format!("keylease-{queue}")).unwrap()
    }

    /// Parks a body as a worker does; gives the message's id.
    async fn dead_letter(&self, queue: &str, body: &str, reason: &str, error: &str) -> String {
        self.park_with(queue, body, &[("reason", reason), ("error", error)]).await
    }

    /// Puts a body with attributes into a dead-letter queue; gives the message's id.
    async fn park_with(&self, queue: &str, body: &str, attributes: &[(&str, &str)]) -> String {
        let sqs = aws_sdk_sqs::Client::new(&self.aws.sdk_config());
        let mut send = sqs.send_message().queue_url(self.dlq(queue).url).message_body(body);
        for (name, value) in attributes {
            let value = MessageAttributeValue::builder().data_type("String").string_value(*value).build();
            send = send.message_attributes(*name, value.unwrap());
        }
        send.send().await.unwrap().message_id.unwrap()
    }

    /// Puts many bodies into a dead-letter queue, without attributes.
    pub(crate) async fn park_all(&self, queue: &str, bodies: impl Iterator<Item = &str>) {
        for body in bodies {
            self.park_with(queue, body, &[]).await;
        }
    }

    /// A dead-letter queue of the schedules, which a deployment may have.
    async fn with_schedule_dlq(mut self) -> Self {
        let sqs = aws_sdk_sqs::Client::new(&self.aws.sdk_config());
        sqs.create_queue().queue_name("keylease-schedule-dlq").send().await.unwrap();
        let arn = self.dlq("schedule").arn;
        self.variables.insert("SCHEDULER_DLQ_ARN".to_owned(), arn);
        self
    }

    /// A request in this status, which ends so many seconds from now by the command's clock.
    async fn request(&self, id: &str, status: &str, ends_in_seconds: i64) {
        let now = self.clock.now().0;
        let user = json!({"kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]});
        self.put_request(&json!({
            "request_id": id, "status": status, "project": "payments", "role": "ReadOnly",
            "duration_seconds": 3_600, "requester_slack_id": "U0DANA", "created_at": now,
            "expires_at": now + ends_in_seconds, "version": 1, "grant": {"role": user},
        }))
        .await;
    }
}

/// The body of a job about a request.
fn job(name: &str, request_id: &str) -> String {
    json!({"version": 1, "job": name, "request_id": request_id}).to_string()
}

/// The body of a click.
fn click(name: &str, request_id: &str) -> String {
    json!({"version": 1, "job": name, "request_id": request_id, "user_id": "U0OWNER"}).to_string()
}

/// The bodies that lie in a queue, in order.
fn bodies(queue: &QueueView) -> Vec<String> {
    let mut bodies: Vec<String> = queue.messages.iter().map(|message| message.body.clone()).collect();
    bodies.sort();
    bodies
}

/// Messages by their ids.
fn by_id(queue: QueueView) -> BTreeMap<String, MessageView> {
    queue.messages.into_iter().map(|message| (message.id.clone(), message)).collect()
}

/// What was shown, with each message's id replaced by a name.
fn shown(ran: &Ran, ids: &[(&str, &str)]) -> String {
    let mut shown = ran.shown();
    for (id, name) in ids {
        shown = shown.replace(id, &format!("<{name}>"));
    }
    shown
}

/// The messages of the only queue in a listing.
fn messages(ran: &Ran) -> Vec<Value> {
    let json = ran.json();
    let queues = json["queues"].as_array().unwrap();
    assert_eq!(queues.len(), 1, "{json:#}");
    queues[0]["messages"].as_array().unwrap().clone()
}
