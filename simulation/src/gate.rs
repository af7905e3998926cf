//! The gate: every call to AWS or Slack stops here, and goes on when the simulation says so.
//!
//! Exactly one worker runs at a time, from one call to the next, so that the order of everything comes from the seed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use crate::call::Call;

/// Something that the running worker came to.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// It is about to make a call.
    Call(Call, oneshot::Sender<Verdict>),
    /// A call was made, and its answer waits to be read.
    Answered(oneshot::Sender<()>),
    /// The message with this receipt was worked on; whether it is off the queue.
    Done(u32, bool),
}

/// What becomes of a call.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// What is done.
    pub(crate) way: Way,
    /// Whether the worker then stops once more before it reads the answer.
    pub(crate) hold: bool,
}

/// How a call is made.
#[derive(Debug)]
pub(crate) enum Way {
    /// It reaches its service, and the answer comes back.
    Perform,
    /// It reaches its service, and the connection breaks before the answer comes back.
    PerformAndBreak,
    /// This is the answer; the service never saw the call.
    Answer(Answer),
    /// The connection breaks; the service never saw the call.
    Break,
}

/// An answer over HTTP.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

/// Where calls stop.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    arrivals: mpsc::UnboundedSender<Arrival>,
    open: Arc<AtomicBool>,
}

impl Gate {
    /// One that lets everything through until it is closed.
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Arrival>) {
        let (arrivals, receiver) = mpsc::unbounded_channel();
        (Self { arrivals, open: Arc::new(AtomicBool::new(true)) }, receiver)
    }

    /// From now on every call stops.
    pub(crate) fn close(&self) {
        self.open.store(false, Ordering::Relaxed);
    }

    /// Waits for what becomes of the call.
    pub(crate) async fn pass(&self, call: Call) -> Verdict {
        if self.open.load(Ordering::Relaxed) {
            return Verdict { way: Way::Perform, hold: false };
        }
        let (sender, verdict) = oneshot::channel();
        self.send(Arrival::Call(call, sender));
        match verdict.await {
            Ok(verdict) => verdict,
            // Nobody will ever say: this worker's process has died.
            Err(_) => std::future::pending().await,
        }
    }

    /// Waits before an answer is read.
    pub(crate) async fn read_answer(&self) {
        let (sender, go) = oneshot::channel();
        self.send(Arrival::Answered(sender));
        if go.await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Says that a worker has finished.
    pub(crate) fn done(&self, worker: u32, off_the_queue: bool) {
        self.send(Arrival::Done(worker, off_the_queue));
    }

    fn send(&self, arrival: Arrival) {
        // The receiver lives as long as the history; after that nobody cares.
        let _nobody_cares = self.arrivals.send(arrival);
    }
}
