//! The declared stack, deployed whole into an emulator of its own: the functions behind the HTTP API or a function URL, and
//! behind the queues, each with its role, and every decision of IAM written down.

mod deploy;
mod look;
mod names;
mod projects;
mod roles;

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use aws_config::SdkConfig;
use serde_json::Value;
use testkit::slack::{Message, Person};

use crate::catalogue;
use crate::cloud::{ROOT_SECRET, config_at, credentials};
use crate::emulator::Emulator;
use crate::eventually::{PATIENCE, eventually};
use crate::http::{self, Answer};
use crate::settings;
use crate::workspace::{self, Workspace};

pub use look::Decision;
pub use names::{AT_URL, LISTED_POLICY, MAIN, MEMBER, REGION, SENDER};

/// The table of requests.
const REQUESTS: &str = "keylease-requests";
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
    workspace: Workspace,
    account: &'static str,
    decisions: PathBuf,
    emulator: Arc<Emulator>,
}

impl Deref for Deployed {
    type Target = Workspace;

    fn deref(&self) -> &Workspace {
        &self.workspace
    }
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

        let slack = workspace::slack(people()).await;
        let main = root(emulator.url(), MAIN).await;
        let member = root(emulator.url(), MEMBER).await;
        let made = deploy::main_stack(emulator.url(), &slack);
        let made_in_member = deploy::member_stack(emulator.url());
        let workspace = Workspace::new(slack, url(&made), &main, REQUESTS);
        let emulator = Arc::new(emulator);
        let deployed =
            Self { made, made_in_member, main, member, workspace, account: MAIN, decisions, emulator };
        deployed.make_session_roles().await;
        deployed.fill_catalogue(&[projects::payments(MAIN), projects::elsewhere()]).await;
        deployed
    }

    /// The stack once more, in an account of its own, with a function URL and a Slack of its own. No member account goes
    /// with it.
    pub async fn at_function_url(&self) -> Self {
        let slack = workspace::slack(people()).await;
        let main = root(self.endpoint(), AT_URL).await;
        let made = deploy::at_function_url(self.endpoint(), &slack);
        let workspace = Workspace::new(slack, url(&made), &main, REQUESTS);
        let (decisions, emulator) = (self.decisions.clone(), Arc::clone(&self.emulator));
        let (made_in_member, member) = (Value::Null, self.member.clone());
        let deployed =
            Self { made, made_in_member, main, member, workspace, account: AT_URL, decisions, emulator };
        deployed.fill_catalogue(&[projects::payments(AT_URL)]).await;
        deployed
    }

    /// The emulator's URL.
    pub fn endpoint(&self) -> &str {
        self.emulator.url()
    }

    /// Gets one of the ingress's routes.
    pub async fn get(&self, route: &str) -> Answer {
        http::get(&self.ingress_url, route).await
    }

    /// Asked and approved, and live; the request's id.
    pub async fn live(&self, person: &str, project: &str, role: &str, duration: &str) -> String {
        let id = self.asked_and_approved(person, project, role, duration).await;
        self.until(&id, "ACTIVE").await;
        id
    }

    /// The message with the button that ends a live grant.
    pub async fn message_that_ends(&self, id: &str) -> Message {
        eventually("a button that ends it", PATIENCE, async || self.with_button("revoke", id)).await
    }

    /// The requester ends it early; its record, once it is gone.
    pub async fn ended(&self, person: &str, id: &str) -> Value {
        let message = self.message_that_ends(id).await;
        self.click(person, &message, "revoke").await;
        self.until_gone(id, "REVOKED").await
    }
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
    config_at(endpoint, REGION, credentials(account, ROOT_SECRET, None)).await
}
