//! The workspace as its people use it: what they ask for and click, what they are told, and what becomes of their requests.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use serde_json::{Value, json};
use testkit::slack::{EmbeddedSlack, Message, Person};
use tokio::net::TcpListener;

use crate::catalogue::OLIVIA;
use crate::eventually::{PATIENCE, eventually};
use crate::http::{self, Answer};
use crate::inspect;
use crate::payload::{SIGNING_SECRET, Signed};

/// The bot's token.
pub const BOT_TOKEN: &str = "xoxb-11111-22222-endpointtests";
/// The workflow's token.
pub const WORKFLOW_TOKEN: &str = "workflow-token-of-the-endpoint-tests";

/// Slack with its people, the ingress that it calls, and the table in which their requests are.
pub struct Workspace {
    pub slack: Arc<EmbeddedSlack>,
    pub ingress_url: String,
    account: SdkConfig,
    table: String,
}

/// A Slack with these people.
pub(crate) async fn slack(people: Vec<Person>) -> Arc<EmbeddedSlack> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port for Slack");
    EmbeddedSlack::start(listener, people, SIGNING_SECRET.to_owned(), BOT_TOKEN.to_owned())
}

impl Workspace {
    pub(crate) fn new(
        slack: Arc<EmbeddedSlack>,
        ingress_url: String,
        account: &SdkConfig,
        table: &str,
    ) -> Self {
        Self { slack, ingress_url, account: account.clone(), table: table.to_owned() }
    }

    /// Posts to one of the ingress's routes.
    pub async fn post(&self, route: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        http::send(&self.ingress_url, "POST", route, headers, body).await
    }

    /// Posts a body to the workflow's route, with this token.
    pub async fn post_workflow(&self, token: &str, body: &[u8]) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
        self.post("/workflows/aws-access", &headers, body).await
    }

    /// Posts a signed form to one of Slack's routes.
    pub async fn post_signed(&self, route: &str, signed: &Signed) -> Answer {
        self.post(route, &signed.headers(), signed.body.as_bytes()).await
    }

    /// Posts a signed form to the route of clicks.
    pub async fn post_interaction(&self, signed: &Signed) -> Answer {
        self.post_signed("/slack/interactions", signed).await
    }

    /// Posts what a workflow posts, with the workflow's token.
    pub async fn ask(&self, person: &str, project: &str, role: &str, duration: &str) -> Answer {
        let ask = json!({
            "user_id": person, "user_name": person.to_lowercase(),
            "project": project, "role": role, "duration": duration,
            "justification": "looking into ticket 42"
        });
        self.post_workflow(WORKFLOW_TOKEN, ask.to_string().as_bytes()).await
    }

    /// Posts the same until it is taken: a machine that is busy may answer 503, and then people ask again.
    pub async fn ask_until_taken(&self, person: &str, project: &str, role: &str, duration: &str) {
        eventually("the ask is taken", PATIENCE, async || {
            let answer = self.ask(person, project, role, duration).await;
            assert!(matches!(answer.status, 200 | 503), "{} {}", answer.status, answer.body);
            (answer.status == 200).then_some(())
        })
        .await;
    }

    /// Asks; gives the request's id and the message that asks the approvers.
    pub async fn asked(&self, person: &str, project: &str, role: &str, duration: &str) -> (String, Message) {
        let before = self.requests().await;
        self.ask_until_taken(person, project, role, duration).await;
        let is_theirs = |request: &&Value| {
            request["requester_slack_id"] == person
                && request["project"] == project
                && request["role"] == role
                && !before.iter().any(|old| old["request_id"] == request["request_id"])
        };
        eventually("the approvers are asked", PATIENCE, async || {
            let requests = self.requests().await;
            let id = requests.iter().find(is_theirs)?["request_id"].as_str()?.to_owned();
            let asking = self.with_button("approve", &id)?;
            Some((id, asking))
        })
        .await
    }

    /// Asks and has Olivia approve; gives the request's id.
    pub async fn asked_and_approved(
        &self,
        person: &str,
        project: &str,
        role: &str,
        duration: &str,
    ) -> String {
        let (id, asking) = self.asked(person, project, role, duration).await;
        self.click(OLIVIA, &asking, "approve").await;
        id
    }

    /// A click, as Slack sends it; the ingress must take it. A machine that is busy may answer 503, and then people click
    /// again.
    pub async fn click(&self, person: &str, message: &Message, action_id: &str) {
        let (channel, ts) = (&message.channel, &message.ts);
        eventually("the click is taken", PATIENCE, async || {
            let click = self.slack.click(&self.ingress_url, person, channel, ts, action_id).await;
            let status = click.expect("a click that Slack can send").as_u16();
            assert!(matches!(status, 200 | 503), "{status}");
            (status == 200).then_some(())
        })
        .await;
    }

    /// The first message that has such a button for this request.
    pub fn with_button(&self, action_id: &str, request_id: &str) -> Option<Message> {
        let messages = self.slack.messages();
        messages.into_iter().find(|message| button(message, action_id).as_deref() == Some(request_id))
    }

    /// Waits for the first message that has such a button, for whichever request.
    pub async fn message_with(&self, action_id: &str) -> Message {
        self.message(&format!("a button `{action_id}`"), |message| button(message, action_id).is_some()).await
    }

    /// Waits for the first message that is for this person, edited or not, and has all of these words.
    pub async fn expect_message(&self, person: &str, words: &[&str]) -> Message {
        self.message(&format!("{words:?} for {person}"), |message| is_for(message, person, words)).await
    }

    async fn message(&self, what: &str, is_it: impl Fn(&Message) -> bool) -> Message {
        let find = |messages: &[Message]| messages.iter().find(|message| is_it(message)).cloned();
        let found = self.slack.wait_for(find, PATIENCE).await;
        found.unwrap_or_else(|| panic!("no message with {what}, only: {:#?}", self.slack.messages()))
    }

    /// Every request's record.
    pub async fn requests(&self) -> Vec<Value> {
        inspect::rows(&self.account, &self.table).await
    }

    /// Waits until a request has this status, and gives its record.
    pub async fn request_is(&self, id: &str, status: &str, within: Duration) -> Value {
        let is_so = |request: &Value| request["status"] == status;
        self.request(&format!("the request {id} is {status}"), id, within, is_so).await
    }

    /// Waits until a request's record says that all is gone.
    pub async fn request_is_gone(&self, id: &str, within: Duration) -> Value {
        let is_gone = |request: &Value| request["gone_at"].is_number();
        self.request(&format!("the record of {id} says that all is gone"), id, within, is_gone).await
    }

    async fn request(&self, what: &str, id: &str, within: Duration, is_so: impl Fn(&Value) -> bool) -> Value {
        eventually(what, within, async || {
            self.requests().await.into_iter().find(|request| request["request_id"] == id && is_so(request))
        })
        .await
    }
}

/// The id that a message's button carries, if the message has that button.
pub fn button(message: &Message, action_id: &str) -> Option<String> {
    message.button(action_id)
}

/// All that a message says: its text and its blocks.
pub fn words(message: &Message) -> String {
    format!("{} {}", message.text.replace('\u{200B}', ""), message.blocks)
}

fn is_for(message: &Message, person: &str, wanted: &[&str]) -> bool {
    let receiver = message.recipient.as_deref().or(message.ephemeral_for.as_deref());
    let said = words(message);
    receiver == Some(person) && wanted.iter().all(|word| said.contains(word))
}
