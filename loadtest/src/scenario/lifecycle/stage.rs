//! The stage: embedded AWS and Slack, and the four programs as processes.

use std::net::SocketAddr;
use std::sync::Arc;

use aws::dynamodb::Store;
use domain::project::Project;
use serde_json::json;
use testkit::aws::{EmbeddedAws, schedules};
use testkit::slack::{EmbeddedSlack, Person};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::cli::Programs;
use crate::fault::Fault;
use crate::process::{Process, Variables, free_address};
use crate::scenario::ingress::SIGNING_SECRET;

use super::watch::Watch;

/// Where approvers are asked.
pub(super) const CHANNEL: &str = "C0APPROVALS";
/// Who approves.
pub(super) const OWNER: &str = "U0OWNER";
/// What is asked for.
pub(super) const PROJECT: &str = "payments";
pub(super) const ROLE: &str = "ReadOnly";
/// What the workflow carries.
pub(super) const WORKFLOW_TOKEN: &str = "a-token-of-the-load-test";

const BOT_TOKEN: &str = "xoxb-of-the-load-test";
const WORKERS: [&str; 3] = ["notify", "provision", "revoke"];

/// Everything that a request needs.
pub(super) struct Stage {
    pub(super) aws: Arc<EmbeddedAws>,
    pub(super) slack: Arc<EmbeddedSlack>,
    pub(super) watch: Watch,
    ingress: SocketAddr,
    processes: Vec<(&'static str, Process)>,
    serving: Vec<AbortHandle>,
}

/// The id of a person who asks.
pub(super) fn requester(number: u32) -> String {
    format!("U0LOAD{number}")
}

impl Stage {
    pub(super) async fn start(programs: &Programs, people: u32) -> Result<Self, Fault> {
        let aws = EmbeddedAws::start().await;
        let watch = Watch::over(&aws);
        let listener =
            TcpListener::bind("127.0.0.1:0").await.map_err(Fault::io("no port for the embedded AWS"))?;
        let address = listener.local_addr().map_err(Fault::io("the embedded AWS has no address"))?;
        let served = tokio::spawn(Arc::clone(&aws).serve(listener)).abort_handle();
        let fired = tokio::spawn(schedules::run(Arc::clone(&aws), std::future::pending())).abort_handle();
        let listener =
            TcpListener::bind("127.0.0.1:0").await.map_err(Fault::io("no port for the embedded Slack"))?;
        let everyone = (0..people)
            .map(|number| Person::with_id(&requester(number)))
            .chain([Person::with_id(OWNER)])
            .collect();
        let slack = EmbeddedSlack::start(listener, everyone, SIGNING_SECRET.to_owned(), BOT_TOKEN.to_owned());
        let ingress = free_address().await?;

        let mut variables: Variables = aws.variables_at(address).into_iter().collect();
        let own = [
            ("LISTEN_ADDR", ingress.to_string()),
            ("SLACK_SIGNING_SECRET", SIGNING_SECRET.to_owned()),
            ("SLACK_BOT_TOKEN", BOT_TOKEN.to_owned()),
            ("SLACK_API_URL", slack.api_url()),
            ("WORKFLOW_TOKEN", WORKFLOW_TOKEN.to_owned()),
            ("LOG_FORMAT", "json".to_owned()),
        ];
        variables.extend(own.map(|(name, value)| (name.to_owned(), value)));
        fill(&aws).await?;

        let mut processes = Vec::new();
        let folder = programs.folder("ingress")?;
        let mut process = Process::start("ingress", &folder.join("ingress"), &[], &variables)?;
        process.listens(ingress).await?;
        processes.push(("ingress", process));
        let folder = programs.folder("workers")?;
        for name in WORKERS {
            processes.push((name, Process::start(name, &folder.join(name), &[], &variables)?));
        }
        Ok(Self { aws, slack, watch, ingress, processes, serving: vec![served, fired] })
    }

    pub(super) fn ingress_url(&self) -> String {
        format!("http://{}", self.ingress)
    }

    /// The programs by name, with their process ids.
    pub(super) fn programs(&self) -> Vec<(&'static str, u32)> {
        self.processes.iter().map(|(name, process)| (*name, process.pid())).collect()
    }

    /// What should not be there once every request is over.
    pub(super) async fn left_behind(&self) -> Vec<String> {
        let mut left = Vec::new();
        let users = self.aws.users().await.len();
        if users > 0 {
            left.push(format!("{users} users are left behind in IAM"));
        }
        for queue in self.aws.queues() {
            let dead = queue.dead_letter_queue.is_none() && !queue.messages.is_empty();
            if dead {
                left.push(format!("{} jobs lie in {}", queue.messages.len(), queue.name));
            }
        }
        left
    }

    /// Ends the programs as an operator would.
    pub(super) async fn stop(self) -> Result<(), Fault> {
        for (_, process) in self.processes {
            process.stop().await?;
        }
        self.serving.iter().for_each(AbortHandle::abort);
        Ok(())
    }
}

/// Puts the one project into the catalogue.
async fn fill(aws: &Arc<EmbeddedAws>) -> Result<(), Fault> {
    let project = json!({
        "project": PROJECT, "owner_slack_id": OWNER, "channel": CHANNEL,
        "roles": {ROLE: {"kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            "max_duration": "8h"}}
    });
    let project: Project =
        serde_json::from_value(project).map_err(|error| Fault::Stage(error.to_string()))?;
    let variables = aws.variables();
    let table = |name: &str| variables.get(name).map(String::as_str).unwrap_or_default();
    let store =
        Store::new(&aws.sdk_config(), table("DYNAMODB_TABLE_PROJECTS"), table("DYNAMODB_TABLE_REQUESTS"));
    store.put_project(&project).await.map_err(|error| Fault::Stage(error.to_string()))
}
