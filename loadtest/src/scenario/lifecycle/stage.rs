//! The stage: embedded AWS and Slack, and the four programs as processes.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::{Value, json};
use testkit::aws::schedules;
use testkit::program::{Program, Variables};
use testkit::slack::Person;
use testkit::world::World;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::cli::Programs;
use crate::fault::Fault;
use crate::programs::{PROGRAM_WAIT, free_address, start};

use super::delays;
use super::watch::Watch;

/// Where approvers are asked.
pub(super) const CHANNEL: &str = "C0APPROVALS";
/// Who approves.
pub(super) const OWNER: &str = "U0OWNER";
/// What is asked for.
pub(super) const PROJECT: &str = "payments";
pub(super) const ROLE: &str = "ReadOnly";

const WORKERS: [&str; 3] = ["notify", "provision", "revoke"];

/// Everything that a request needs.
pub(super) struct Stage {
    world: World,
    pub(super) watch: Watch,
    ingress: SocketAddr,
    processes: Vec<(&'static str, Program)>,
    serving: Vec<AbortHandle>,
}

/// The id of a person who asks.
pub(super) fn requester(number: u32) -> String {
    format!("U0LOAD{number}")
}

impl Deref for Stage {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Stage {
    pub(super) async fn start(programs: &Programs, people: u32, delays: bool) -> Result<Self, Fault> {
        let everyone = (0..people).map(requester).chain([OWNER.to_owned()]);
        let world = World::start(everyone.map(|id| Person::with_id(&id)).collect()).await;
        let mut world = world.map_err(Fault::io("no port for the embedded Slack"))?;
        let watch = Watch::over(&world.aws, delays);
        if delays {
            delays::slow_down(&world.slack);
        }
        let listener =
            TcpListener::bind("127.0.0.1:0").await.map_err(Fault::io("no port for the embedded AWS"))?;
        let address = listener.local_addr().map_err(Fault::io("the embedded AWS has no address"))?;
        let aws = || Arc::clone(&world.aws);
        let served = tokio::spawn(aws().serve(listener)).abort_handle();
        let fired = tokio::spawn(schedules::run(aws(), std::future::pending())).abort_handle();
        let ingress = free_address().await?;
        world.variables.extend(world.aws.variables_at(address));
        world.set("LISTEN_ADDR", &ingress.to_string());
        world.set("LOG_FORMAT", "json");
        world.put_project(&project()).await;
        let variables: Variables = world.variables.clone().into_iter().collect();

        let mut processes = Vec::new();
        let folder = programs.folder("ingress")?;
        let mut process = start("ingress", &folder.join("ingress"), &[], &variables)?;
        process.listens(ingress, PROGRAM_WAIT).await?;
        processes.push(("ingress", process));
        let folder = programs.folder("workers")?;
        for name in WORKERS {
            processes.push((name, start(name, &folder.join(name), &[], &variables)?));
        }
        Ok(Self { world, watch, ingress, processes, serving: vec![served, fired] })
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
        for (_, mut process) in self.processes {
            process.stop(PROGRAM_WAIT).await?;
        }
        self.serving.iter().for_each(AbortHandle::abort);
        Ok(())
    }
}

/// The one project.
fn project() -> Value {
    json!({
        "project": PROJECT, "owner_slack_id": OWNER, "channel": CHANNEL,
        "roles": {ROLE: {"kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            "max_duration": "8h"}}
    })
}
