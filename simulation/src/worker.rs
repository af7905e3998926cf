//! A worker with a message, and the calls at which it stands.

use domain::{QueueName, UnixSeconds};
use testkit::aws::Release;
use tokio::sync::oneshot;

use crate::call::Call;
use crate::faults::Fault;
use crate::gate::Verdict;

/// A worker with one message.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) message: u32,
    pub(crate) receipt: u32,
    pub(crate) queue: QueueName,
    /// Where it is: at one call, or at several where its job does several things at once.
    pub(crate) at: Vec<At>,
    /// Until when it stands still.
    pub(crate) still_until: Option<UnixSeconds>,
    /// Until when it waits before it tries something again: it runs meanwhile, and keeps its message.
    pub(crate) waits_until: Option<UnixSeconds>,
    /// What happens to it once the answer has come.
    pub(crate) after: Option<Fault>,
    /// Whether it stood still at any time.
    pub(crate) stood_still: bool,
    /// Whether another worker was at work on the provision queue at any time since this one began.
    pub(crate) beside_a_maker: bool,
    pub(crate) dead: bool,
    /// The release that it is of, where that is not ours.
    pub(crate) release: Option<Release>,
    pub(crate) began_at: UnixSeconds,
}

impl Worker {
    pub(crate) fn makes(&self) -> bool {
        !self.dead && self.queue == QueueName::Provision
    }
}

/// Where a worker stands.
#[derive(Debug)]
pub(crate) enum At {
    /// Before a call; whether the call has had its fault.
    Call(Call, oneshot::Sender<Verdict>, bool),
    /// Before an answer.
    Answer(oneshot::Sender<()>),
}
