//! Counts what becomes of jobs, and how long they wait and take.

use std::time::Instant;

use aws::sqs::Message;
use domain::{Job, QueueName};
use service::metrics::Amount::{Count, Seconds};
use service::metrics::{Label, Metric, Metrics};

use crate::consumer::Disposal;
use crate::failure::REASONS;

/// What stands for the name of a job in a message that is none.
const UNREADABLE: &str = "unreadable";

/// A job's turn with a worker.
#[derive(Debug)]
pub(crate) struct JobTimer {
    job_name: &'static str,
    delivery: &'static str,
    /// How long the message had lain there.
    lag_seconds: Option<f64>,
    began: Instant,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The job is done.
    Done,
    /// It failed, and will be tried again.
    Retried,
    /// It was too early.
    Deferred,
    /// It waits for an operator.
    Waiting,
    /// It failed, and was dropped because the next one is due soon.
    Dropped,
    /// It lies in the DLQ, for this reason.
    DeadLettered(&'static str),
    /// Its lease was lost, so it is left to whoever has it.
    Lost,
    /// SQS did not take what was to become of it, so it comes back by itself.
    Undisposed,
}

/// Makes the series that alarms look at be there before anything happened.
pub(crate) fn init_series(metrics: &Metrics, queue: QueueName) {
    for job_name in Job::names_on(queue).iter().copied().chain([UNREADABLE]) {
        for outcome in Outcome::NAMES {
            metrics.init_series(Metric::Jobs, &[(Label::JobName, job_name), (Label::Outcome, outcome)]);
        }
        metrics.init_series(Metric::JobsWaitingForOperator, &[(Label::JobName, job_name)]);
    }
    for reason in REASONS {
        metrics.init_series(Metric::Parks, &[(Label::Reason, reason)]);
    }
}

impl JobTimer {
    /// It begins now.
    pub(crate) fn start(message: &Message, job: Option<&Job>) -> Self {
        let lag_ms = message.available_at_ms.map(|at| service::clock::now_ms().saturating_sub(at).max(0));
        Self {
            job_name: job.map_or(UNREADABLE, Job::name),
            delivery: if message.receive_count <= 1 { "first" } else { "again" },
            // A lag of more than `u32::MAX` ms is 49 days; SQS keeps nothing for so long.
            lag_seconds: lag_ms.map(|ms| f64::from(u32::try_from(ms).unwrap_or(u32::MAX)) / 1_000.0),
            began: Instant::now(),
        }
    }

    /// It has ended: all that it had is recorded at once.
    pub(crate) fn end(self, metrics: &Metrics, outcome: Outcome) {
        let labels = [
            (Label::JobName, self.job_name),
            (Label::Delivery, self.delivery),
            (Label::Outcome, outcome.name()),
            (Label::Reason, outcome.reason().unwrap_or_default()),
        ];
        let took = Seconds(self.began.elapsed().as_secs_f64());
        let mut samples = vec![(Metric::Jobs, Count(1)), (Metric::JobDuration, took)];
        samples.extend(self.lag_seconds.map(|lag| (Metric::QueueLag, Seconds(lag))));
        samples.extend(outcome.reason().map(|_| (Metric::Parks, Count(1))));
        samples.extend((outcome == Outcome::Waiting).then_some((Metric::JobsWaitingForOperator, Count(1))));
        metrics.record(&labels, &samples);
    }
}

impl Outcome {
    /// The names of all.
    const NAMES: [&str; 8] =
        ["done", "retried", "postponed", "waiting", "dropped", "parked", "lost", "undisposed"];

    /// By what was to become of a message, and whether it did.
    pub(crate) fn of(disposal: &Disposal, disposed: bool) -> Self {
        match disposal {
            _ if !disposed => Self::Undisposed,
            Disposal::Ack => Self::Done,
            Disposal::RetryAfter { .. } => Self::Retried,
            Disposal::Defer { .. } | Disposal::AwaitTurn { .. } => Self::Deferred,
            Disposal::AwaitOperator { .. } => Self::Waiting,
            Disposal::Drop { .. } => Self::Dropped,
            Disposal::DeadLetter { reason, .. } => Self::DeadLettered(reason),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Retried => "retried",
            Self::Deferred => "postponed",
            Self::Waiting => "waiting",
            Self::Dropped => "dropped",
            Self::DeadLettered(_) => "parked",
            Self::Lost => "lost",
            Self::Undisposed => "undisposed",
        }
    }

    fn reason(self) -> Option<&'static str> {
        if let Self::DeadLettered(reason) = self { Some(reason) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_carried_out_counts_as_such() {
        let park = Disposal::DeadLetter { reason: "not_json", error: "e".into() };
        assert_eq!(Outcome::of(&park, true), Outcome::DeadLettered("not_json"));
        assert_eq!(Outcome::of(&park, false), Outcome::Undisposed);
        let again = Disposal::Defer { seconds: 1, anew: true };
        assert_eq!(Outcome::of(&again, true), Outcome::Deferred);
    }

    #[test]
    fn every_series_that_an_alarm_looks_at_is_there_from_the_start() {
        use Outcome::{DeadLettered, Deferred, Done, Dropped, Lost, Retried, Undisposed, Waiting};
        let metrics = Metrics::of("notify");
        init_series(&metrics, QueueName::Notify);
        let before = metrics.text().lines().count();
        assert!(
            metrics
                .text()
                .contains(r#"keylease_jobs_total{worker="notify",job_name="tell",outcome="parked"} 0"#)
        );
        let unparked = [Done, Retried, Deferred, Waiting, Dropped, Lost, Undisposed];
        for outcome in unparked.into_iter().chain(REASONS.map(DeadLettered)) {
            let labels = [(Label::JobName, "tell"), (Label::Outcome, outcome.name())];
            metrics.init_series(Metric::Jobs, &labels);
            metrics.init_series(Metric::Parks, &[(Label::Reason, outcome.reason().unwrap_or("not_json"))]);
        }
        assert_eq!(metrics.text().lines().count(), before, "none is new");
    }

    /// A new outcome does not compile here until it has a place in the list.
    #[test]
    fn every_outcome_has_its_place_in_the_list_of_names() {
        use Outcome::{DeadLettered, Deferred, Done, Dropped, Lost, Retried, Undisposed, Waiting};
        let place = |outcome: Outcome| match outcome {
            Done => 0,
            Retried => 1,
            Deferred => 2,
            Waiting => 3,
            Dropped => 4,
            DeadLettered(_) => 5,
            Lost => 6,
            Undisposed => 7,
        };
        let all = [Done, Retried, Deferred, Waiting, Dropped, DeadLettered("r"), Lost, Undisposed];
        assert_eq!(all.map(place), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(all.map(Outcome::name), Outcome::NAMES);
    }

    #[test]
    fn every_reason_of_a_body_that_is_no_job_is_known() {
        for body in ["", r#"{"version":9}"#, r#"{"version":1,"job":"dance"}"#] {
            let reason = Job::decode(body).unwrap_err().reason();
            assert!(REASONS.contains(&reason), "{reason}");
        }
    }
}
