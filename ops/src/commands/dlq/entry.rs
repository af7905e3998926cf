//! One dead-lettered message, and what is known about it.

use std::collections::BTreeMap;

use aws::sqs::DeadLetter;
use domain::job::UnreadableJob;
use domain::replay::{
    Lookup, PreviewContext, ReplayPreview, is_over, preview, preview_of_newer_version, preview_of_no_job,
};
use domain::text::short;
use domain::{Job, RequestId, Status, UnixSeconds};
use serde::Serialize;

use super::names::{Found, Source};
use super::requests::Requests;
use crate::moment::age;
use crate::terminal::Terminal;

/// A message with its body read.
#[derive(Debug)]
pub(super) struct DeadJob {
    pub(super) message: DeadLetter,
    /// What a replay sends: the body, with the time of the click where it names none. It would count from the replay
    /// otherwise.
    pub(super) replayed_body: String,
    pub(super) job: Result<Job, UnreadableJob>,
}

/// What `dlq list` says of a message.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    message_id: String,
    queue: &'static str,
    /// Its job's name; absent where the body is not a job.
    job: Option<&'static str>,
    request_id: Option<String>,
    request_status: Option<Status>,
    request_over: Option<bool>,
    pub(super) sent_at: Option<UnixSeconds>,
    age_seconds: Option<i64>,
    pub(super) reason: String,
    error: Option<String>,
    replay: ReplayPreview,
    body: String,
    attributes: BTreeMap<String, String>,
}

impl DeadJob {
    pub(super) fn open(message: DeadLetter) -> Self {
        let as_it_is = Job::decode(&message.body);
        let timed = as_it_is
            .as_ref()
            .ok()
            .zip(message.sent_at)
            .and_then(|(job, sent_at)| job.body_with_time(&message.body, sent_at));
        match timed {
            Some(body) => Self { job: Job::decode(&body), replayed_body: body, message },
            None => Self { job: as_it_is, replayed_body: message.body.clone(), message },
        }
    }

    pub(super) fn preview(&self, requests: &Requests, at: PreviewContext) -> ReplayPreview {
        match &self.job {
            Ok(job) => preview(job, requests.of(job), at),
            Err(UnreadableJob::UnknownVersion { .. }) => preview_of_newer_version(),
            Err(UnreadableJob::NotVersioned(_) | UnreadableJob::NotAJob(_)) => preview_of_no_job(),
        }
    }

    pub(super) fn entry(self, found: &Found, requests: &Requests, at: PreviewContext) -> Entry {
        let replay = self.preview(requests, at);
        let request = match self.job.as_ref().map(|job| requests.of(job)) {
            Ok(Lookup::Record(request)) => Some(request),
            Ok(Lookup::Missing | Lookup::Unreadable | Lookup::Newer | Lookup::Unknown) | Err(_) => None,
        };
        let (reason, error) = (self.message.reason(&found.dlq), self.message.error());
        let DeadLetter { id, body, attributes, sent_at, .. } = self.message;
        let unreadable = self.job.as_ref().err().map(ToString::to_string);
        let job = self.job.as_ref().ok();
        Entry {
            message_id: id,
            queue: found.source.as_str(),
            job: job.map(Job::name),
            request_id: job.and_then(Job::request_id).map(RequestId::to_string),
            request_status: request.map(|request| request.status),
            request_over: request.map(|request| is_over(request, at)),
            sent_at,
            age_seconds: sent_at.map(|sent_at| at.now.seconds_since(sent_at)),
            reason,
            error: error.or(unreadable),
            replay,
            body,
            attributes,
        }
    }
}

impl Entry {
    pub(super) fn lines(&self, terminal: &Terminal) -> Vec<String> {
        let mut facts = vec![self.message_id.clone(), self.job.unwrap_or("no job").to_owned()];
        facts.extend(self.request_id.as_ref().map(|id| match self.request_state() {
            Some(state) => format!("{id} ({state})"),
            None => id.clone(),
        }));
        facts.extend(self.age_seconds.map(|seconds| format!("{} old", age(seconds))));
        let mut lines = vec![format!("  {}", facts.join("  "))];
        if let Some(error) = &self.error {
            lines.push(terminal.dim(&format!("    error:  {}", short(error))));
        }
        if self.job.is_none() {
            lines.push(terminal.dim(&format!("    body:   {}", short(&self.body))));
        }
        let until = self.replay.grant_ends_at.map(|end| format!(" (the grant's end: {})", end.rfc3339()));
        lines.push(format!("    replay: {}{}", self.replay.summary, until.unwrap_or_default()));
        lines
    }

    fn request_state(&self) -> Option<String> {
        let status = self.request_status?;
        Some(match (status.is_final(), self.request_over) {
            (true, _) => format!("{status}, over"),
            (false, Some(true)) => format!("{status}, its time is over"),
            (false, _) => status.to_string(),
        })
    }
}

/// Where a dead job goes when it is sent back: to the queue that its job belongs on, also where it came on another.
pub(super) fn destination(dead_job: &DeadJob, source: Source) -> domain::QueueName {
    dead_job.job.as_ref().map_or_else(|_| source.queue(), Job::queue)
}
