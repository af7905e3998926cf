//! A queue stand-in: SQS's `SendMessage` over HTTP, answered as SQS does, which keeps what it took and can misbehave.

mod answer;
mod ledger;
mod serve;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::fault::Fault;

/// How the queue behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Takes each message after so long.
    Takes(Duration),
    /// Takes nothing, and says that there were too many calls.
    Throttles,
    /// Is not there: connections break, and no new one is accepted.
    Gone,
}

/// The stand-in, serving until it is dropped.
#[derive(Debug)]
pub(crate) struct QueueStandIn {
    pub(crate) address: SocketAddr,
    taken: Arc<Mutex<Vec<u64>>>,
    mood: watch::Sender<Mood>,
    server: AbortHandle,
}

impl QueueStandIn {
    /// On a port of its own, taking everything at once.
    pub(crate) async fn start() -> Result<Self, Fault> {
        let listener =
            TcpListener::bind("127.0.0.1:0").await.map_err(Fault::io("no port for the queue stand-in"))?;
        let address = listener.local_addr().map_err(Fault::io("the queue stand-in has no address"))?;
        let taken = Arc::new(Mutex::new(Vec::new()));
        let (mood, changes) = watch::channel(Mood::Takes(Duration::ZERO));
        let server =
            tokio::spawn(serve::serve(listener, address, changes, Arc::clone(&taken))).abort_handle();
        Ok(Self { address, taken, mood, server })
    }

    /// Behaves so from now on.
    pub(crate) fn be(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// The serial numbers of the clicks whose jobs it took, in the order in which it took them; they are forgotten here.
    pub(crate) fn take_ledger(&self) -> Vec<u64> {
        std::mem::take(&mut *lock(&self.taken))
    }

    /// The URL of a queue on it.
    pub(crate) fn queue_url(&self, name: &str) -> String {
        format!("http://{}/123456789012/{name}", self.address)
    }
}

impl Drop for QueueStandIn {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
