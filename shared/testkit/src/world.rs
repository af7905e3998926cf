//! What every stage is built on: an AWS and a Slack of its own, and the variables of programs between the two.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_config::SdkConfig;
use domain::QueueName;
use serde_json::Value;
use service::clock::Clock;
use service::config::{ConfigError, WorkerSettings};
use tokio::net::TcpListener;
use workers::{Context, Role, Slice, StartError, Worker};

use crate::aws::EmbeddedAws;
use crate::slack::{EmbeddedSlack, Person};

/// An AWS, a Slack, and an installation of Keylease between them, of which no program runs yet.
#[derive(Debug, Clone)]
pub struct World {
    pub aws: Arc<EmbeddedAws>,
    pub slack: Arc<EmbeddedSlack>,
    /// What each program is told.
    pub variables: BTreeMap<String, String>,
}

impl World {
    /// An AWS of its own, and a Slack with these people.
    pub async fn start(people: Vec<Person>) -> std::io::Result<Self> {
        let aws = EmbeddedAws::start().await;
        let variables = aws.variables();
        Self::on(aws, variables, people).await
    }

    /// Another installation in the same account, with a Slack of its own and the same people.
    pub async fn beside(&self, deployment: &str) -> std::io::Result<Self> {
        let variables = self.aws.add_deployment(deployment).await;
        Self::on(Arc::clone(&self.aws), variables, self.slack.people()).await
    }

    async fn on(
        aws: Arc<EmbeddedAws>,
        variables: BTreeMap<String, String>,
        people: Vec<Person>,
    ) -> std::io::Result<Self> {
        let [signing_secret, bot_token, workflow_token] = ["", "xoxb-", ""].map(secret);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let slack = EmbeddedSlack::start(listener, people, signing_secret.clone(), bot_token.clone());
        let mut world = Self { aws, slack, variables };
        let api_url = world.slack.api_url();
        for (name, value) in [
            ("SLACK_SIGNING_SECRET", signing_secret.as_str()),
            ("SLACK_BOT_TOKEN", &bot_token),
            ("SLACK_API_URL", &api_url),
            ("WORKFLOW_TOKEN", &workflow_token),
        ] {
            world.set(name, value);
        }
        Ok(world)
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// The value of a variable; empty where it is not set.
    pub fn variable(&self, name: &str) -> String {
        self.variables.get(name).cloned().unwrap_or_default()
    }

    /// Puts a project into the catalogue as it is, good or bad.
    pub async fn put_project(&self, project: &Value) {
        self.aws.put(&self.variable("DYNAMODB_TABLE_PROJECTS"), project).await;
    }

    /// Puts a request's record into its table as it is, good or bad.
    pub async fn put_request(&self, request: &Value) {
        self.aws.put(&self.variable("DYNAMODB_TABLE_REQUESTS"), request).await;
    }

    /// What the worker of this queue is told.
    pub fn settings(&self, queue: QueueName) -> Result<WorkerSettings, ConfigError> {
        WorkerSettings::from_lookup(queue, &|name| self.variables.get(name).cloned())
    }

    /// The worker of this queue, which calls AWS by `sdk`.
    pub async fn worker(
        &self,
        queue: QueueName,
        sdk: &SdkConfig,
        clock: &Clock,
        slice: Slice,
    ) -> Result<Worker, StartError> {
        let settings = self.settings(queue)?;
        let mut context = Context::connect(&settings, sdk).await?;
        context.clock = clock.clone();
        context.slice = slice;
        Ok(Worker::new(Role::connect(&settings, sdk).await?, context))
    }
}

/// A secret that is new with each start.
pub(crate) fn secret(prefix: &str) -> String {
    format!("{prefix}{}", uuid::Uuid::now_v7().simple())
}
