//! The gate: every call to AWS or Slack stops here, and goes on when the simulation says so.
//!
//! Exactly one worker runs at a time, from one call to the next, so that the order of everything comes from the seed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use testkit::aws::{self, EmbeddedAws};
use testkit::hook;
use testkit::slack::{self, EmbeddedSlack};
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
    /// Its service fails, and has done nothing.
    Fail,
    /// There were too many calls; Slack says to wait for so many seconds.
    Throttle(u64),
    /// Its service refuses it until somebody repairs something.
    Refuse,
    /// This is the answer; the service never saw the call.
    Answer(Answer),
    /// The connection breaks; the service never saw the call.
    Break,
}

/// An answer as JSON.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// The code of a key that somebody has to enable again.
pub(crate) const DISABLED: &str = "KMSDisabledException";
/// What Slack answers once the app's token was revoked, until somebody installs the app again.
pub(crate) const REVOKED: &str = "token_revoked";

impl Way {
    fn at_aws(self) -> Option<aws::Fault> {
        match self {
            Self::Perform => None,
            Self::PerformAndBreak => Some(aws::Fault::LoseAnswer),
            Self::Fail => Some(aws::Fault::FailBefore),
            Self::Throttle(_) => Some(aws::Fault::Throttle),
            Self::Refuse => {
                Some(aws::Fault::Says { status: 400, code: DISABLED, message: "The key is disabled." })
            }
            Self::Answer(Answer { status, body }) => Some(aws::Fault::Reply { status, body }),
            Self::Break => Some(aws::Fault::Unreached),
        }
    }

    fn at_slack(self) -> Option<slack::Fault> {
        match self {
            Self::Perform => None,
            Self::PerformAndBreak => Some(slack::Fault::LoseAnswer),
            Self::Throttle(retry_after_secs) => Some(slack::Fault::RateLimited { retry_after_secs }),
            Self::Refuse => Some(slack::Fault::Api(REVOKED.to_owned())),
            // Only the queues are answered for by the simulation itself.
            Self::Fail | Self::Answer(_) | Self::Break => Some(slack::Fault::ServerError),
        }
    }
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

    /// Has every call to this AWS and to this Slack pass here.
    pub(crate) fn stand_before(&self, aws: &EmbeddedAws, slack: &EmbeddedSlack) {
        let gate = self.clone();
        aws.inject_when_ready(move |call| gate.clone().verdict(Call::of_aws(call), Way::at_aws));
        let gate = self.clone();
        slack.inject_when_ready(move |call| gate.clone().verdict(Call::of_slack(&call), Way::at_slack));
    }

    async fn verdict<F>(self, call: Call, fault: impl Fn(Way) -> Option<F>) -> hook::Verdict<F> {
        let Verdict { way, hold } = self.pass(call).await;
        let verdict = hook::Verdict::of(fault(way));
        if hold { verdict.held(async move { self.read_answer().await }) } else { verdict }
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
