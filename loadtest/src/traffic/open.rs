//! At a constant rate, whatever the server does: each click has a moment at which it is meant to start.
//!
//! The moments come from a thread of their own, because the runtime's clock is only good to a millisecond. A click that
//! finds no free connection waits, and its latency counts from its moment: no omission is coordinated with the server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use super::click::Clicks;
use super::{Answered, Connection, Target};

/// A load at a constant rate.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    /// Clicks a second.
    pub(crate) rate: u32,
    /// Clicks in all.
    pub(crate) count: u32,
    /// Clicks on their way at once, at most. More wait, and their waiting counts.
    pub(crate) connections: u32,
}

/// Sends the clicks, each at its moment.
pub(crate) async fn at_constant_rate(load: &Open, target: &Target, clicks: &Arc<Clicks>) -> Vec<Answered> {
    let start = Instant::now();
    let (ticks, moments) = mpsc::unbounded_channel();
    let (rate, count) = (load.rate, load.count);
    let pacer = std::thread::spawn(move || pace(start, rate, count, &ticks));
    let moments = Arc::new(Mutex::new(moments));
    let mut senders = JoinSet::new();
    for _ in 0..load.connections {
        let (moments, clicks) = (Arc::clone(&moments), Arc::clone(clicks));
        let mut connection = Connection::to(target.clone());
        senders.spawn(async move {
            let mut answers = Vec::new();
            loop {
                let Some(meant) = moments.lock().await.recv().await else { return answers };
                let click = clicks.next();
                let sent = start.elapsed();
                let status = connection.send(&click).await;
                answers.push(Answered { serial: click.serial, status, meant, sent, done: start.elapsed() });
            }
        });
    }
    let answers = senders.join_all().await.into_iter().flatten().collect();
    // It has ended: the senders stop only after its last moment.
    let _ended = pacer.join();
    answers
}

/// Says each moment when it has come.
fn pace(start: Instant, rate: u32, count: u32, moments: &mpsc::UnboundedSender<Duration>) {
    for number in 0..count {
        let moment = Duration::from_secs(1) * number / rate.max(1);
        std::thread::sleep(moment.saturating_sub(start.elapsed()));
        if moments.send(moment).is_err() {
            return;
        }
    }
}
