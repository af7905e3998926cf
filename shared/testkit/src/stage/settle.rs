//! Handling jobs until nothing is left to be done.

use aws::sqs::JobConsumer;
use domain::retry::JOB_RETRY;
use domain::{Job, QueueName};
use workers::Failure;
use workers::consumer::{Attempt, Handler};

use super::Stage;

/// Jobs that one settling takes, at most.
const JOBS_MAX: u32 = 300;

/// What settling left undone.
#[derive(Debug, Default)]
pub struct Left {
    /// Jobs that were refused for good, with the reason.
    pub rejected: Vec<(String, &'static str)>,
    /// Jobs of which every try failed, with the last error.
    pub exhausted: Vec<String>,
    /// Jobs that it is too early for.
    pub later: usize,
    /// Jobs that wait for an operator, with what is to be repaired.
    pub waiting: Vec<(String, String)>,
}

impl Stage {
    /// Handles jobs until no queue has any. A job that failed is tried again at once; one that needs an operator, at the
    /// next settling.
    pub async fn settle(&self) -> Left {
        let mut left = Left::default();
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap());
        for job in &waiting {
            self.send(job).await;
        }
        for _ in 0..JOBS_MAX {
            let mut idle = true;
            for queue in QueueName::ALL {
                idle &= !self.turn(queue, &mut left).await;
            }
            if idle {
                return left;
            }
        }
        panic!("the queues do not settle");
    }

    /// Takes the jobs off a queue without handling them.
    pub async fn take(&self, queue: QueueName) -> Vec<Job> {
        let consumer = self.consumer(queue);
        let messages = self.calm(|| consumer.receive(10, 0)).await;
        for message in &messages {
            self.calm(|| consumer.delete(&message.receipt_handle)).await;
        }
        messages.iter().map(|message| Job::decode(&message.body).unwrap()).collect()
    }

    /// Handles what one queue hands out now, and says whether that was anything.
    async fn turn(&self, queue: QueueName, left: &mut Left) -> bool {
        // To look costs less than a call, and most queues have nothing most of the time.
        if self.aws.queue(self.settings.queues.of(queue)).is_some_and(|queue| queue.visible == 0) {
            return false;
        }
        let consumer = self.consumer(queue);
        let messages = self.calm(|| consumer.receive(10, 0)).await;
        for message in &messages {
            let job = Job::decode(&message.body).unwrap();
            let attempt = Attempt { number: message.receive_count, max: consumer.max_receive_count };
            let mut outcome = self.handle(queue, &job, attempt).await;
            if self.twice && outcome.is_ok() {
                outcome = self.handle(queue, &job, attempt).await;
            }
            let stays = match outcome {
                Ok(()) => false,
                Err(Failure::Later { seconds }) if self.patient && seconds <= 60 => {
                    self.pass(seconds.into());
                    if attempt.is_last() {
                        // SQS would not hand it out again, so the runtime sends it anew.
                        self.calm(|| consumer.requeue(&message.body, 0, None)).await;
                    }
                    !attempt.is_last()
                }
                Err(Failure::Later { .. }) => {
                    left.later += 1;
                    continue;
                }
                Err(Failure::NeedsOperator { error }) => {
                    self.waiting.lock().unwrap().push(job.clone());
                    left.waiting.push((job.name().to_owned(), error));
                    false
                }
                Err(Failure::Reject { reason, .. }) => {
                    left.rejected.push((job.name().to_owned(), reason));
                    false
                }
                // Who is only busy uses no deliveries up: the runtime sends the job anew.
                Err(Failure::Retry { after_seconds: 1.., .. }) if attempt.is_last() => {
                    self.calm(|| consumer.requeue(&message.body, 0, None)).await;
                    false
                }
                Err(Failure::Retry { error, .. }) if attempt.is_last() => {
                    left.exhausted.push(format!("{}: {error}", job.name()));
                    self.worker(queue).on_exhausted(&job, &error).await.unwrap();
                    false
                }
                Err(Failure::Retry { after_seconds, .. }) => {
                    // What has to wait for a certain time would come back unchanged before it.
                    self.pass(if self.backs_off {
                        JOB_RETRY.delay_seconds(attempt.number, 1.0, after_seconds).into()
                    } else {
                        after_seconds.into()
                    });
                    true
                }
            };
            if stays {
                self.calm(|| consumer.change_visibility(&message.receipt_handle, 0)).await;
            } else {
                self.calm(|| consumer.delete(&message.receipt_handle)).await;
            }
        }
        !messages.is_empty()
    }

    fn consumer(&self, queue: QueueName) -> &JobConsumer {
        self.consumers.get(&queue).unwrap()
    }

    /// The stage's own calls may meet a fault that is meant for the workers; they are simply made again.
    pub(super) async fn calm<T, E: std::fmt::Debug, F: Future<Output = Result<T, E>>>(
        &self,
        call: impl Fn() -> F,
    ) -> T {
        const TRIES: u32 = 3;
        for _ in 1..TRIES {
            if let Ok(value) = call().await {
                return value;
            }
        }
        call().await.unwrap()
    }
}
