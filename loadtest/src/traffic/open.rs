//! At a constant rate, whatever the server does: each click has a moment at which it is meant to start.
//!
//! The moments come from a thread of their own, because the runtime's clock is only good to a millisecond. A click that
//! has to wait for a free connection counts its latency from its moment: no omission is coordinated with the server.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, mpsc};
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

/// Connections that are free, the last used on top: a server sees no more of them than it needs at once.
type Free = Arc<Mutex<Vec<Connection>>>;

/// Sends the clicks, each at its moment.
pub(crate) async fn at_constant_rate(load: &Open, target: &Target, clicks: &Arc<Clicks>) -> Vec<Answered> {
    let start = Instant::now();
    let (ticks, mut moments) = mpsc::unbounded_channel();
    let (rate, count) = (load.rate, load.count);
    let pacer = std::thread::spawn(move || pace(start, rate, count, &ticks));
    let (free, room): (Free, _) = (Free::default(), Arc::new(Semaphore::new(load.connections as usize)));
    let mut sending = JoinSet::new();
    while let Some(meant) = moments.recv().await {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { break };
        let mut connection = lock(&free).pop().unwrap_or_else(|| Connection::to(target.clone()));
        let (free, click) = (Arc::clone(&free), clicks.next());
        sending.spawn(async move {
            let sent = start.elapsed();
            let status = connection.send(&click).await;
            let done = start.elapsed();
            lock(&free).push(connection);
            drop(permit);
            Answered { serial: click.serial, status, meant, sent, done }
        });
    }
    let answers = sending.join_all().await;
    // It has ended: the loop above stops only after its last moment.
    let _ended = pacer.join();
    answers
}

fn lock(free: &Free) -> std::sync::MutexGuard<'_, Vec<Connection>> {
    free.lock().unwrap_or_else(PoisonError::into_inner)
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
