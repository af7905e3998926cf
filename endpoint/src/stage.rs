//! A stage: one account, one Slack and the four programs, for one test.

use std::ops::Deref;
use std::time::Duration;

use serde_json::Value;
use testkit::slack::{EmbeddedSlack, Message};

use crate::catalogue::{self, DANA};
use crate::cloud::{Cloud, FROM_ADDRESS, REGION, ROOT_SECRET};
use crate::emulator::free_port;
use crate::eventually::{PATIENCE, eventually};
use crate::http;
use crate::inspect::Mail;
use crate::payload::SIGNING_SECRET;
use crate::program::{Program, Variables};
use crate::workspace::{self, Workspace};

pub use crate::workspace::{BOT_TOKEN, WORKFLOW_TOKEN, button, words};

/// The programs, the ingress first.
pub const PROGRAMS: [&str; 4] = ["ingress", "notify", "provision", "revoke"];

/// Everything that one test needs, and nothing that another touches.
pub struct Stage {
    pub cloud: Cloud,
    /// The variables that the programs were started with.
    pub variables: Variables,
    workspace: Workspace,
    programs: Vec<(&'static str, Program)>,
}

impl Deref for Stage {
    type Target = Workspace;

    fn deref(&self) -> &Workspace {
        &self.workspace
    }
}

impl Stage {
    /// Everything set up and all programs running.
    pub async fn open() -> Self {
        Self::open_with(&[]).await
    }

    /// As [`Stage::open`], with some variables other than usual.
    pub async fn open_with(other: &[(&str, &str)]) -> Self {
        let mut stage = Self::set(other).await;
        for name in PROGRAMS {
            stage.start(name);
        }
        stage.ingress_serves().await;
        stage
    }

    /// Everything set up and only the ingress running, so that what it queues stays to be looked at.
    pub async fn ingress_alone(other: &[(&str, &str)]) -> Self {
        let mut stage = Self::set(other).await;
        stage.start("ingress");
        stage.ingress_serves().await;
        stage
    }

    /// Everything set up and no program running.
    pub async fn set(other: &[(&str, &str)]) -> Self {
        // Boxed, because the SDK makes it big and every test holds it.
        Self::on(Box::pin(Cloud::open()).await, other).await
    }

    /// A second installation in the account of this one, with a Slack of its own; all its programs run.
    pub async fn beside(&self, other: &[(&str, &str)]) -> Self {
        let mut stage = Self::on(Box::pin(self.cloud.second("second-")).await, other).await;
        for name in PROGRAMS {
            stage.start(name);
        }
        stage.ingress_serves().await;
        stage
    }

    async fn on(cloud: Cloud, other: &[(&str, &str)]) -> Self {
        let slack = workspace::slack(catalogue::people()).await;
        let port = free_port();
        let mut variables = variables(&cloud, &slack, port);
        for (name, value) in other {
            set(&mut variables, name, value);
        }
        let ingress_url = format!("http://127.0.0.1:{port}");
        let workspace = Workspace::new(slack, ingress_url, &cloud.config, &cloud.requests);
        Self { cloud, variables, workspace, programs: Vec::new() }
    }

    pub fn start(&mut self, name: &'static str) {
        self.programs.push((name, Program::start(name, &self.variables)));
    }

    /// Takes one program out, to stop or crash it.
    pub fn take(&mut self, name: &str) -> Program {
        let index = self.programs.iter().position(|(running, _)| *running == name);
        self.programs.remove(index.unwrap_or_else(|| panic!("{name} does not run"))).1
    }

    /// Stops every program as an operator would, and gives what they said.
    pub async fn close(mut self) -> String {
        let mut output = String::new();
        for (_, program) in &mut self.programs {
            program.stop().await;
            output.push_str(&program.output());
        }
        output
    }

    /// Waits until the ingress answers.
    pub async fn ingress_serves(&self) {
        let address = self.ingress_url.trim_start_matches("http://");
        eventually("the ingress listens", PATIENCE, async || {
            tokio::net::TcpStream::connect(address).await.ok()
        })
        .await;
        assert_eq!(http::get(&self.ingress_url, "/healthz").await.status, 200);
    }

    /// Dana asks; gives the message that asks the approvers.
    pub async fn dana_asks(&self, role: &str, duration: &str) -> Message {
        let answer = self.ask(DANA, "payments", role, duration).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.message_with("approve").await
    }

    /// Waits until the only request has this status, and gives its record.
    pub async fn only_request(&self, status: &str) -> Value {
        self.only_request_within(status, PATIENCE).await
    }

    /// As [`Stage::only_request`], for what takes longer.
    pub async fn only_request_within(&self, status: &str, within: Duration) -> Value {
        let what = format!("the only request is {status}");
        eventually(&what, within, async || {
            let mut requests = self.cloud.requests().await;
            assert!(requests.len() < 2, "more than one request: {requests:#?}");
            requests.pop().filter(|request| request["status"] == status)
        })
        .await
    }

    /// Waits for the first mail.
    pub async fn first_mail(&self) -> Mail {
        let what = "a mail";
        eventually(what, PATIENCE, async || self.cloud.mails().await.into_iter().next()).await
    }
}

/// Sets a variable, or takes its usual value away when the new one is empty.
pub fn set(variables: &mut Variables, name: &str, value: &str) {
    variables.retain(|(known, _)| known != name);
    if !value.is_empty() {
        variables.push((name.to_owned(), value.to_owned()));
    }
}

fn variables(cloud: &Cloud, slack: &EmbeddedSlack, port: u16) -> Variables {
    let scheduler_role = cloud.scheduler_role_arn();
    let listen = format!("127.0.0.1:{port}");
    let (api, public) = (slack.api_url(), format!("http://{listen}"));
    let known = [
        ("LISTEN_ADDR", listen.as_str()),
        ("SLACK_SIGNING_SECRET", SIGNING_SECRET),
        ("WORKFLOW_TOKEN", WORKFLOW_TOKEN),
        ("SLACK_BOT_TOKEN", BOT_TOKEN),
        ("SLACK_API_URL", api.as_str()),
        ("AWS_REGION", REGION),
        ("AWS_ENDPOINT_URL", cloud.endpoint()),
        ("AWS_ACCESS_KEY_ID", cloud.account.as_str()),
        ("AWS_SECRET_ACCESS_KEY", ROOT_SECRET),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("QUEUE_URL_NOTIFY", cloud.notify.url.as_str()),
        ("QUEUE_URL_PROVISION", cloud.provision.url.as_str()),
        ("QUEUE_URL_REVOKE", cloud.revoke.url.as_str()),
        ("DYNAMODB_TABLE_PROJECTS", cloud.projects.as_str()),
        ("DYNAMODB_TABLE_REQUESTS", cloud.requests.as_str()),
        ("DYNAMODB_TABLE_CLAIMS", cloud.claims.as_str()),
        ("PUBLIC_URL", public.as_str()),
        ("SES_FROM_ADDRESS", FROM_ADDRESS),
        ("SCHEDULER_ROLE_ARN", scheduler_role.as_str()),
        ("MIN_DURATION", "5s"),
        ("RUST_LOG", "info"),
    ];
    known.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
