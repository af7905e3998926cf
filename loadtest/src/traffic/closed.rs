//! As fast as it is answered: how much a server can take, and what that costs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::click::Clicks;
use super::{Answered, Connection, Target};

/// A load without pauses.
#[derive(Debug, Clone)]
pub(crate) struct Closed {
    /// Connections, each with one click on its way.
    pub(crate) connections: u32,
    pub(crate) length: Duration,
}

/// Sends clicks on each connection, the next when the last is answered.
pub(crate) async fn as_fast_as_answered(
    load: &Closed,
    target: &Target,
    clicks: &Arc<Clicks>,
) -> Vec<Answered> {
    let (start, length) = (Instant::now(), load.length);
    let mut senders = JoinSet::new();
    for _ in 0..load.connections {
        let (clicks, mut connection) = (Arc::clone(clicks), Connection::to(target.clone()));
        senders.spawn(async move {
            let mut answers = Vec::new();
            while start.elapsed() < length {
                let click = clicks.next();
                let sent = start.elapsed();
                let status = connection.send(&click).await;
                let done = start.elapsed();
                answers.push(Answered { serial: click.serial, status, meant: sent, sent, done });
                if status.is_none() {
                    break;
                }
            }
            answers
        });
    }
    senders.join_all().await.into_iter().flatten().collect()
}
