//! One message from receipt to disposal.

use std::sync::Arc;
use std::time::Duration;

use aws::sqs::{JobConsumer, Message, OperatorWait};
use domain::job::UnreadableJob;
use domain::request::Waiting;
use domain::retry::{OPERATOR_WAIT_MAX_SECONDS, visibility_left_seconds};
use domain::{Job, UnixSeconds};
use service::CallError;
use tokio::time::Instant;
use tracing::{Instrument, error, info, info_span, warn};

use crate::consumer::count::{JobTimer, Outcome};
use crate::consumer::dispose::{Disposal, dispose, may_wait_on};
use crate::consumer::handler::{Attempt, Handler};
use crate::consumer::lease::Lease;
use crate::failure::Failure;

/// Handles one message from receipt to disposal. Returns whether it is off the queue.
pub(super) async fn process<H: Handler>(consumer: &JobConsumer, handler: &Arc<H>, message: Message) -> bool {
    let received = Instant::now();
    let attempt = Attempt { number: message.receive_count, max: consumer.max_receive_count };
    let message = with_time_of_click(message);
    let decoded = Job::decode(&message.body);
    let span = match &decoded {
        Ok(job) => info_span!(
            "job",
            job = job.name(),
            request_id = job.request_id().map(domain::RequestId::as_str),
            attempt = attempt.number
        ),
        Err(_) => info_span!("job", message_id = message.id, attempt = attempt.number),
    };
    let turn = JobTimer::start(&message, decoded.as_ref().ok());
    let waited_seconds = waited_seconds(&message);
    let recurs = matches!(decoded, Ok(Job::Sweep));
    async {
        let lease = Lease::hold(consumer.clone(), message.receipt_handle.clone());
        let mut waiting = message
            .waiting
            .unwrap_or_else(|| OperatorWait { since_ms: service::clock::now_ms(), is_told: false });
        let (outcome, is_told) = match decoded {
            Err(unreadable) => (Err(rejected(&unreadable)), false),
            Ok(job) => run(handler, job, attempt, waiting, waited_seconds).await,
        };
        waiting.is_told |= is_told;
        let (outcome, off_the_queue) = if lease.release().await {
            warn!("the lease was lost: another worker has this message, so the outcome is left to it");
            (Outcome::Lost, false)
        } else {
            let disposal = dispose(outcome, attempt, waited_seconds, fastrand::f64());
            let disposal = if recurs { disposal.of_recurring() } else { disposal };
            let disposed = settle(consumer, &message, &disposal, waiting, received.elapsed()).await;
            (Outcome::of(&disposal, disposed), disposed && disposal.takes_it_off())
        };
        turn.end(handler.metrics(), outcome);
        off_the_queue
    }
    .instrument(span)
    .await
}

/// A click of an ingress that did not write its time counts from when it was put on the queue, not from when it is
/// worked on. The body keeps that time wherever it is sent from here.
fn with_time_of_click(message: Message) -> Message {
    let Some(sent_at_ms) = message.waiting.map(|waiting| waiting.since_ms).or(message.sent_at_ms) else {
        return message;
    };
    let sent_at = UnixSeconds(sent_at_ms.div_euclid(1_000));
    let timed = Job::decode(&message.body).ok().and_then(|job| job.body_with_time(&message.body, sent_at));
    match timed {
        Some(body) => Message { body, ..message },
        None => message,
    }
}

fn rejected(unreadable: &UnreadableJob) -> Failure {
    Failure::Reject { reason: unreadable.reason(), error: unreadable.to_string() }
}

/// How long its job has waited for an operator.
fn waited_seconds(message: &Message) -> u32 {
    let waited =
        message.waiting.map(|waiting| service::clock::now_ms().saturating_sub(waiting.since_ms).max(0));
    waited.map_or(0, |ms| u32::try_from(ms / 1_000).unwrap_or(u32::MAX))
}

/// Runs the handler in a task of its own, so that a panic costs one try of one job. Says besides whether it told
/// whoever waits for the job that an operator has to repair something first.
async fn run<H: Handler>(
    handler: &Arc<H>,
    job: Job,
    attempt: Attempt,
    waiting: OperatorWait,
    waited_seconds: u32,
) -> (Result<(), Failure>, bool) {
    let worker = Arc::clone(handler);
    let work = async move {
        let outcome = worker.handle(&job, attempt).await;
        match outcome {
            Err(Failure::Retry { after_seconds, error })
                if attempt.is_last() && !may_wait_on(after_seconds, waited_seconds) =>
            {
                error!(error, "the last try failed");
                (exhausted(&*worker, &job, crate::failure::REASON_EXHAUSTED, error).await, false)
            }
            Err(Failure::NeedsOperator { error }) if waited_seconds >= OPERATOR_WAIT_MAX_SECONDS => {
                error!(error, "no operator has repaired it in time");
                (exhausted(&*worker, &job, crate::failure::REASON_NEEDS_OPERATOR, error).await, false)
            }
            Err(Failure::NeedsOperator { error }) => {
                let is_long = i64::from(waited_seconds) >= Waiting::TOLD_AFTER_SECONDS;
                let is_told = is_long && !waiting.is_told && worker.on_waiting(&job, &error).await;
                (Err(Failure::NeedsOperator { error }), is_told)
            }
            other => (other, false),
        }
    };
    match tokio::spawn(work.in_current_span()).await {
        Ok(outcome) => outcome,
        Err(panic) => (Err(Failure::retry(format!("the handler panicked: {panic}"))), false),
    }
}

/// There are no tries left.
async fn exhausted<H: Handler>(
    worker: &H,
    job: &Job,
    reason: &'static str,
    error: String,
) -> Result<(), Failure> {
    worker.on_exhausted(job, &error).await?;
    Err(Failure::Reject { reason, error })
}

/// Carries a disposal out, and says whether that went well. What fails here leaves the message to come back, which every job allows for.
async fn settle(
    consumer: &JobConsumer,
    message: &Message,
    disposal: &Disposal,
    waiting: OperatorWait,
    held: Duration,
) -> bool {
    let outcome = match disposal {
        Disposal::Ack | Disposal::Drop { .. } => consumer.delete(&message.receipt_handle).await,
        Disposal::RetryAfter { seconds, .. } | Disposal::Defer { seconds, anew: false } => {
            let left = visibility_left_seconds(held.as_secs());
            consumer.change_visibility(&message.receipt_handle, left.min(*seconds)).await
        }
        Disposal::Defer { seconds, anew: true } => renew(consumer, message, *seconds, None).await,
        Disposal::AwaitTurn { seconds, .. } | Disposal::AwaitOperator { seconds, .. } => {
            renew(consumer, message, *seconds, Some(waiting)).await
        }
        Disposal::DeadLetter { reason, error } => {
            match consumer.dead_letter(&message.body, reason, error).await {
                Ok(()) => consumer.delete(&message.receipt_handle).await,
                Err(failed) => Err(failed),
            }
        }
    };
    match disposal {
        Disposal::Ack => info!("done"),
        Disposal::RetryAfter { seconds, error } => warn!(error, seconds, "failed; will be tried again"),
        Disposal::Defer { seconds, .. } => info!(seconds, "too early; will be looked at again"),
        Disposal::AwaitTurn { seconds, error } => {
            info!(error, seconds, "the other side is busy; the job waits");
        }
        Disposal::AwaitOperator { seconds, error } => {
            error!(error, seconds, "an operator has to repair this; the job waits and goes on by itself");
        }
        Disposal::Drop { error } => error!(error, "failed; the next one is due soon"),
        Disposal::DeadLetter { reason, error } => error!(reason, error, "cannot succeed; moved to the DLQ"),
    }
    if let Err(failed) = &outcome {
        warn!(error = %failed, "the message could not be disposed of, and will come back");
    }
    outcome.is_ok()
}

/// Sends the job as a new message, and deletes this one: the new one has all its deliveries before it.
async fn renew(
    consumer: &JobConsumer,
    message: &Message,
    seconds: u32,
    waiting: Option<OperatorWait>,
) -> Result<(), CallError> {
    consumer.requeue(&message.body, seconds, waiting).await?;
    consumer.delete(&message.receipt_handle).await
}
