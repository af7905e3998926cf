//! A queue stand-in: SQS's `SendMessage` over HTTP, answered as SQS does, which keeps what it took and can misbehave.

mod answer;
mod ledger;
mod mood;
mod serve;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::fault::Fault;
use ledger::Ledger;
pub(crate) use mood::Mood;

/// The stand-in, serving until it is dropped.
#[derive(Debug)]
pub(crate) struct QueueStandIn {
    pub(crate) address: SocketAddr,
    ledger: Ledger,
    mood: watch::Sender<Mood>,
    server: AbortHandle,
}

impl QueueStandIn {
    /// On a port of its own, taking everything at once.
    pub(crate) async fn start() -> Result<Self, Fault> {
        let listener =
            TcpListener::bind("127.0.0.1:0").await.map_err(Fault::io("no port for the queue stand-in"))?;
        let address = listener.local_addr().map_err(Fault::io("the queue stand-in has no address"))?;
        let ledger = Ledger::default();
        let (mood, changes) = watch::channel(Mood::Takes(Duration::ZERO));
        let server = tokio::spawn(serve::serve(listener, address, changes, ledger.clone())).abort_handle();
        Ok(Self { address, ledger, mood, server })
    }

    /// Behaves so from now on.
    pub(crate) fn be(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// The serial numbers of the clicks whose jobs it took, in the order in which it took them; they are forgotten here.
    pub(crate) fn take_ledger(&self) -> Vec<u64> {
        self.ledger.take()
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
