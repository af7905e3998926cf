//! Every metric that Keylease counts or measures: each is declared here once, and explained in `docs/metrics.md`.

use super::declare::Kind::{Counter, Gauge, Histogram};
use super::declare::Label::{Delivery, End, JobName, Outcome, Reason, Route, Status, Worker};
use super::declare::Unit::{Count, Seconds};
use super::declare::{Declared, metrics};

metrics! {
    Jobs = "jobs", Counter, Count, [Worker, JobName, Outcome],
        by [&[Worker, JobName, Outcome], &[Worker, Outcome]],
        "Turns that jobs had with a worker, by how they ended";
    JobDuration = "job_duration_seconds", Histogram(JOB_SECONDS), Seconds, [Worker, JobName],
        by [&[Worker, JobName]],
        "How long a job's turn took, from receipt to disposal";
    QueueLag = "queue_lag_seconds", Histogram(LAG_SECONDS), Seconds, [Worker, Delivery],
        by [&[Worker, Delivery]],
        "Age of a message when it was received, without the delay that it was sent with";
    Parks = "parks", Counter, Count, [Worker, Reason],
        by [&[Worker, Reason], &[Worker]],
        "Jobs that were put into the dead-letter queue, by why";
    JobsWaitingForOperator = "jobs_waiting_for_operator", Counter, Count, [Worker, JobName],
        by [&[Worker]],
        "Turns after which a job went on waiting until an operator has repaired something";
    Answers = "answers", Counter, Count, [Route, Status],
        by [&[Route, Status], &[Status]],
        "Answers of the ingress, by HTTP status";
    AckDuration = "ack_duration_seconds", Histogram(ACK_SECONDS), Seconds, [Route, Status],
        by [&[Route, Status]],
        "How long the ingress took to answer; its promise is 2.5 s";
    Requests = "requests", Counter, Count, [Status],
        by [&[Status]],
        "Requests that came into this status: ACTIVE counts grants that were made, EXPIRED and REVOKED those that ended";
    ClaimAnswers = "claim_answers", Counter, Count, [Outcome],
        by [&[Outcome]],
        "Answers of requesters to the question whether a machine that asks for their credential is theirs";
    UndeliveredEmails = "undelivered_emails", Counter, Count, [Reason],
        by [&[Reason]],
        "Emails with a credential of which SES reported that they did not arrive, or were marked as spam";
    UndeliverableMessages = "undeliverable_messages", Counter, Count, [Worker],
        by [&[Worker]],
        "Slack messages about a refused click or request that their person cannot get";
    CleanUpLateness = "clean_up_lateness_seconds", Histogram(LATENESS_SECONDS), Seconds, [End],
        by [&[End]],
        "From a grant's end until all that was made for it had been read back as gone";
    OpenGrants = "open_grants", Gauge, Count, [],
        by [&[]],
        "Grants that were live when a sweep last came to its end";
    SweepRequestsSeen = "sweep_requests_seen", Counter, Count, [],
        by [&[]],
        "Requests that sweeps looked at";
    SweepRequestsMended = "sweep_requests_mended", Counter, Count, [],
        by [&[]],
        "Requests for which a sweep did what was overdue";
    SweepUsersSeen = "sweep_users_seen", Counter, Count, [],
        by [&[]],
        "IAM users and roles under /keylease/ that sweeps looked at";
    SweepUsersRemoved = "sweep_users_removed", Counter, Count, [],
        by [&[]],
        "IAM users and roles that a sweep removed";
    SweepJobsSent = "sweep_jobs_sent", Counter, Count, [],
        by [&[]],
        "Jobs that no worker had received two minutes after the change that they follow from, and that a sweep sent";
    SweepSlackUpdatesResent = "sweep_slack_updates_resent", Counter, Count, [],
        by [&[]],
        "Jobs that bring Slack up to date, which a sweep sent again because the first one was lost or gave up";
    SweepFailures = "sweep_failures", Counter, Count, [],
        by [&[]],
        "Requests, users and listings that a sweep could not deal with";
    SweepLastSuccess = "sweep_last_success_timestamp_seconds", Gauge, Seconds, [],
        by [&[]],
        "When a sweep last came to its end without a failure that may pass, in Unix seconds";
}

/// A worker's claim lasts 45 s, and a sweep of many thousands takes minutes.
const JOB_SECONDS: &[f64] = &[0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0];
/// A message that nobody receives is dropped by SQS after four days, its default.
const LAG_SECONDS: &[f64] =
    &[0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3_600.0, 21_600.0, 86_400.0];
/// The ingress answers within 2.5 s, and Slack gives up after 3 s.
const ACK_SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0];
/// A schedule fires up to 60 s late, and the sweep comes every 300 s.
const LATENESS_SECONDS: &[f64] =
    &[1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 90.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 86_400.0];

#[cfg(test)]
mod tests;
