//! Long polling, for workers that are processes of their own.

use std::sync::Arc;
use std::time::Duration;

use aws::sqs::{JobConsumer, LONG_POLL_SECONDS, Message, RECEIVE_MAX};
use service::CallError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tracing::{info, warn};

use crate::consumer::Handler;
use crate::consumer::process::process;

/// Jobs that one process works on at once. IAM throttles whole accounts, so this stays low.
pub const IN_FLIGHT_MAX: usize = 16;
/// After the signal to stop, a poll that is under way gets so long to bring its messages. Abandoning it sooner would
/// leave messages that SQS has just handed out invisible until their timeout.
const LAST_POLL: Duration = Duration::from_secs(1);
/// After the signal to stop, jobs in flight get so long. A process is usually killed 30 s after the signal; a job that
/// is cut off then or now comes back, and every job allows for that.
const LAST_JOBS: Duration = Duration::from_secs(25);
/// Wait after a poll that failed.
const FAILED_POLL_WAIT: Duration = Duration::from_secs(1);

/// Consumes the queue until `shutdown` resolves; then takes no more, and returns when all in flight is done.
pub async fn poll<H: Handler>(
    consumer: JobConsumer,
    handler: Arc<H>,
    shutdown: impl Future<Output = ()> + Send,
) {
    let permits = Arc::new(Semaphore::new(IN_FLIGHT_MAX));
    let mut jobs = JoinSet::new();
    tokio::pin!(shutdown);
    info!(in_flight_max = IN_FLIGHT_MAX, "taking jobs");
    loop {
        // Permits come before messages, so that nothing is received that cannot be worked on at once.
        let first = tokio::select! {
            () = &mut shutdown => break,
            permit = Arc::clone(&permits).acquire_owned() => permit,
        };
        let Ok(first) = first else { break };
        let mut held = Permits::with(first, &permits);

        let receive = consumer.receive(held.count(), LONG_POLL_SECONDS);
        tokio::pin!(receive);
        let (received, stopping) = tokio::select! {
            received = &mut receive => (received, false),
            () = &mut shutdown => (last_poll(receive).await, true),
        };
        let failed = received.is_err();
        match received {
            Ok(messages) => {
                for message in messages {
                    let (consumer, handler, permit) = (consumer.clone(), Arc::clone(&handler), held.take());
                    jobs.spawn(async move {
                        process(&consumer, &handler, message).await;
                        drop(permit);
                    });
                }
            }
            Err(error) => warn!(%error, "no messages could be received"),
        }
        while jobs.try_join_next().is_some() {}
        if stopping {
            break;
        }
        if failed {
            tokio::select! {
                () = &mut shutdown => break,
                () = tokio::time::sleep(FAILED_POLL_WAIT) => {}
            }
        }
    }
    info!(in_flight = jobs.len(), "stopping: finishing what is in flight");
    let finish = async { while jobs.join_next().await.is_some() {} };
    match tokio::time::timeout(LAST_JOBS, finish).await {
        Ok(()) => info!("stopped"),
        Err(_) => warn!(cut_off = jobs.len(), "stopped before all was done; the rest comes back"),
    }
}

async fn last_poll(
    receive: impl Future<Output = Result<Vec<Message>, CallError>>,
) -> Result<Vec<Message>, CallError> {
    tokio::time::timeout(LAST_POLL, receive).await.unwrap_or_else(|_| Ok(Vec::new()))
}

/// Permits for one poll: one at least, and as many more as are free.
struct Permits(Vec<OwnedSemaphorePermit>);

impl Permits {
    fn with(first: OwnedSemaphorePermit, from: &Arc<Semaphore>) -> Self {
        let more = std::iter::from_fn(|| Arc::clone(from).try_acquire_owned().ok());
        Self(std::iter::once(first).chain(more.take(RECEIVE_MAX - 1)).collect())
    }

    fn count(&self) -> usize {
        self.0.len()
    }

    /// The permit of one message. SQS never hands out more messages than were asked for.
    fn take(&mut self) -> Option<OwnedSemaphorePermit> {
        self.0.pop()
    }
}
