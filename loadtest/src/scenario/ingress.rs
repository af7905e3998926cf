//! The ingress as a process under load.

use std::net::SocketAddr;
use std::path::Path;

use testkit::program::{Program, Variables};

use crate::fault::Fault;
use crate::programs::{PROGRAM_WAIT, free_address, start};
use crate::stand_in::QueueStandIn;

/// What the clicks are signed with.
pub(crate) const SIGNING_SECRET: &str = "a-signing-secret-of-the-load-test";

/// An ingress that serves on a socket.
#[derive(Debug)]
pub(crate) struct Ingress {
    pub(crate) process: Program,
    pub(crate) address: SocketAddr,
}

impl Ingress {
    /// Starts it, with its queues on the stand-in, and waits until it listens.
    pub(crate) async fn start(programs: &Path, queue: &QueueStandIn) -> Result<Self, Fault> {
        let address = free_address().await?;
        let mut variables = variables(queue);
        variables.push(("LISTEN_ADDR".to_owned(), address.to_string()));
        let mut process = start("ingress", &programs.join("ingress"), &[], &variables)?;
        process.listens(address, PROGRAM_WAIT).await?;
        Ok(Self { process, address })
    }
}

/// What an ingress is told that sends to the stand-in.
pub(crate) fn variables(queue: &QueueStandIn) -> Variables {
    let own = [
        ("SLACK_SIGNING_SECRET", SIGNING_SECRET.to_owned()),
        ("WORKFLOW_TOKEN", "a-token-of-the-load-test".to_owned()),
        ("QUEUE_URL_NOTIFY", queue.queue_url("notify")),
        ("QUEUE_URL_PROVISION", queue.queue_url("provision")),
        ("QUEUE_URL_REVOKE", queue.queue_url("revoke")),
        ("AWS_ENDPOINT_URL", format!("http://{}", queue.address)),
        ("AWS_REGION", "eu-central-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "AKIALOADTEST".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "not-checked".to_owned()),
        ("LOG_FORMAT", "json".to_owned()),
    ];
    own.map(|(name, value)| (name.to_owned(), value)).into()
}
