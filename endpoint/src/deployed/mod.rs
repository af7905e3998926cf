//! The declared stack, deployed whole into an emulator of its own: the functions behind the HTTP API or a function URL, and
//! behind the queues, each with its role, and every decision of IAM written down.

mod deploy;
mod look;
mod roles;

use std::path::PathBuf;
use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use serde_json::{Value, json};
use testkit::slack::{EmbeddedSlack, Message, Person};
use tokio::net::TcpListener;

use crate::catalogue;
use crate::cloud::ROOT_SECRET;
use crate::emulator::Emulator;
use crate::eventually::{PATIENCE, eventually};
use crate::http::{self, Answer};
use crate::payload::SIGNING_SECRET;
use crate::settings;
use crate::stage::{BOT_TOKEN, WORKFLOW_TOKEN, button};

pub use look::Decision;
pub use roles::{MEMBER, REGION, SENDER};

/// The account of the stack; the emulator takes it for requests that are not signed, too.
pub const MAIN: &str = "000000000000";
/// The account of the same stack with a function URL.
pub const AT_URL: &str = "777788889999";
/// The policy that grants may attach, and no other.
pub const LISTED_POLICY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

/// How long the functions do not see a user that was made, and still see one that was deleted.
const IAM_LAG_SECONDS: &str = "0.6";

/// The stack and the member account's, deployed.
pub struct Deployed {
    /// What the deployment wrote of itself: outputs, functions, roles, queues.
    pub made: Value,
    /// The same of the member account.
    pub made_in_member: Value,
    /// The root of the stack's account.
    pub main: SdkConfig,
    /// The root of the member account.
    pub member: SdkConfig,
    /// Slack.
    pub slack: Arc<EmbeddedSlack>,
    /// Where the ingress answers.
    pub url: String,
    account: &'static str,
    decisions: PathBuf,
    emulator: Arc<Emulator>,
}

impl Deployed {
    /// Deploys everything, and fills the catalogue.
    pub async fn open() -> Self {
        let decisions = settings::logs().join("decisions.jsonl");
        std::fs::write(&decisions, "").expect("a file for IAM's decisions");
        let python = settings::emulator_program().with_file_name("python");
        let start = settings::deployment().join("emulator/closer_to_aws.py");
        let closer = [
            ("KEYLEASE_IAM_DECISIONS", decisions.to_str().expect("a path")),
            ("KEYLEASE_IAM_LAG_SECONDS", IAM_LAG_SECONDS),
        ];
        let emulator = Emulator::run("closer-to-aws", &[python, start], &closer);

        let slack = slack().await;
        let main = root(emulator.url(), MAIN).await;
        let member = root(emulator.url(), MEMBER).await;
        let made = deploy::main_stack(emulator.url(), &slack);
        let made_in_member = deploy::member_stack(emulator.url());
        let url = url(&made);
        let emulator = Arc::new(emulator);
        let deployed =
            Self { made, made_in_member, main, member, slack, url, account: MAIN, decisions, emulator };
        deployed.make_session_roles().await;
        deployed.fill_catalogue(&[roles::payments(MAIN), roles::elsewhere()]).await;
        deployed
    }

    /// The stack once more, in an account of its own, with a function URL and a Slack of its own. No member account goes
    /// with it.
    pub async fn at_function_url(&self) -> Self {
        let slack = slack().await;
        let main = root(self.endpoint(), AT_URL).await;
        let made = deploy::at_function_url(self.endpoint(), &slack);
        let url = url(&made);
        let (decisions, emulator) = (self.decisions.clone(), Arc::clone(&self.emulator));
        let (made_in_member, member) = (Value::Null, self.member.clone());
        let deployed =
            Self { made, made_in_member, main, member, slack, url, account: AT_URL, decisions, emulator };
        deployed.fill_catalogue(&[roles::payments(AT_URL)]).await;
        deployed
    }

    /// The emulator's URL.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.emulator.url()
    }

    /// Posts what a workflow posts, with the workflow's token.
    pub async fn post_ask(&self, token: &str, ask: &Value) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
        self.post("/workflows/aws-access", &headers, &ask.to_string()).await
    }

    /// Gets one of the ingress's routes.
    pub async fn get(&self, route: &str) -> Answer {
        http::get(self.endpoint(), &format!("{}{route}", self.path())).await
    }

    /// Posts to one of the ingress's routes.
    pub async fn post(&self, route: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let path = format!("{}{route}", self.path());
        http::send(self.endpoint(), "POST", &path, headers, body.as_bytes()).await
    }

    /// The API, or the function's URL, is known to the emulator by its path.
    fn path(&self) -> &str {
        self.url.strip_prefix(self.endpoint()).expect("a path at the emulator")
    }

    /// Somebody asks; the request's id, once it is pending and its approvers were asked, and the message that asks them.
    pub async fn asked(&self, person: &str, project: &str, role: &str, duration: &str) -> (String, Message) {
        let before: Vec<Value> = self.requests().await;
        let ask = json!({ "user_id": person, "user_name": person.to_lowercase(), "project": project, "role": role,
            "duration": duration, "justification": "looking into ticket 42" });
        let answer = self.post_ask(WORKFLOW_TOKEN, &ask).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let is_new = |request: &Value| {
            request["status"] == "PENDING"
                && !before.iter().any(|old| old["request_id"] == request["request_id"])
        };
        let what = format!("{role} on {project} is pending");
        let id = eventually(&what, PATIENCE, async || {
            let new = self.requests().await.into_iter().find(|request| is_new(request))?;
            Some(new["request_id"].as_str().expect("an id").to_owned())
        })
        .await;
        let asks = |message: &Message| button(message, "approve").as_ref() == Some(&id);
        let find = |messages: &[Message]| messages.iter().find(|message| asks(message)).cloned();
        let message = self.slack.wait_for(find, PATIENCE).await.expect("the approvers are asked");
        (id, message)
    }

    /// Somebody clicks a button of a message.
    pub async fn click(&self, person: &str, message: &Message, action_id: &str) {
        let click = self.slack.click(&self.url, person, &message.channel, &message.ts, action_id).await;
        assert_eq!(click.expect("a click that Slack can send").as_u16(), 200);
    }

    /// Asked and approved, and live; the request's id.
    pub async fn live(&self, person: &str, project: &str, role: &str, duration: &str) -> String {
        let (id, message) = self.asked(person, project, role, duration).await;
        self.click(catalogue::OLIVIA, &message, "approve").await;
        self.until(&id, "ACTIVE").await;
        id
    }

    /// The message with the button that ends a live grant.
    pub async fn message_that_ends(&self, id: &str) -> Message {
        let ends = |message: &Message| button(message, "revoke").as_deref() == Some(id);
        let find = |messages: &[Message]| messages.iter().find(|message| ends(message)).cloned();
        self.slack.wait_for(find, PATIENCE).await.expect("a button that ends it")
    }

    /// The requester ends it early; its record, once it is gone.
    pub async fn ended(&self, person: &str, id: &str) -> Value {
        let message = self.message_that_ends(id).await;
        self.click(person, &message, "revoke").await;
        self.until_gone(id, "REVOKED").await
    }

    /// Waits until somebody was told all of these words in one message.
    pub async fn expect_message(&self, person: &str, words: &[&str]) {
        let tells = |message: &Message| {
            let text = message.text.replace('\u{200B}', "");
            message.recipient.as_deref() == Some(person) && words.iter().all(|word| text.contains(word))
        };
        let find = |messages: &[Message]| messages.iter().any(&tells).then_some(());
        let found = self.slack.wait_for(find, PATIENCE).await;
        found.unwrap_or_else(|| panic!("{person} was not told {words:?}: {:#?}", self.slack.messages()));
    }
}

async fn slack() -> Arc<EmbeddedSlack> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port for Slack");
    EmbeddedSlack::start(listener, people(), SIGNING_SECRET.to_owned(), BOT_TOKEN.to_owned())
}

/// Where the deployment says that the ingress answers.
fn url(made: &Value) -> String {
    made["url"].as_str().expect("where the ingress answers").to_owned()
}

/// Everybody, and two whose mail comes back: SES has addresses for trying that out.
fn people() -> Vec<Person> {
    let mut people = catalogue::people();
    for (id, address) in [("U0BOUNCE", "bounce"), ("U0COMPLAINS", "complaint")] {
        let email = Some(format!("{address}@simulator.amazonses.com"));
        people.push(Person { id: id.to_owned(), email, ..people[0].clone() });
    }
    people
}

/// The root of an account.
async fn root(endpoint: &str, account: &str) -> SdkConfig {
    config(endpoint, Credentials::new(account, ROOT_SECRET, None, None, "root")).await
}

/// Clients that talk to this emulator with these credentials.
async fn config(endpoint: &str, credentials: Credentials) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(endpoint)
        .credentials_provider(credentials)
        .load()
        .await
}
