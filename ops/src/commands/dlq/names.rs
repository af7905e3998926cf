//! Which dead-letter queue somebody means.

use std::collections::BTreeSet;

use aws::sqs::DeadLetters;
use aws_config::SdkConfig;
use domain::QueueName;
use domain::names::{is_invisible, is_quote, one_kind};
use service::CallError;
use service::config::OpsSettings;

use crate::failure::Failure;

/// The one of our names that people write as several.
const SCHEDULES: [&str; 2] = ["schedule", "schedules"];

/// A dead-letter queue, named after what sends to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// A worker, or SQS on its behalf.
    Queue(QueueName),
    /// `EventBridge` Scheduler, which could not deliver a revoke job.
    Schedule,
}

#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) source: Source,
    pub(super) dlq: DeadLetters,
}

impl Source {
    pub(super) const ALL: [Self; 4] = [
        Self::Queue(QueueName::Notify),
        Self::Queue(QueueName::Provision),
        Self::Queue(QueueName::Revoke),
        Self::Schedule,
    ];

    /// What it is called on a command line.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Queue(queue) => queue.as_str(),
            Self::Schedule => "schedule",
        }
    }

    /// The queue that a body goes to which does not say where it belongs.
    pub(super) fn queue(self) -> QueueName {
        match self {
            Self::Queue(queue) => queue,
            Self::Schedule => QueueName::Revoke,
        }
    }

    /// Its dead-letter queue; `None` where there is none.
    pub(super) async fn open(
        self,
        aws: &SdkConfig,
        settings: &OpsSettings,
    ) -> Result<Option<Found>, CallError> {
        let dlq = match (self, &settings.scheduler_dlq_arn) {
            (Self::Queue(queue), _) => DeadLetters::of_queue(aws, settings.queues.of(queue)).await?,
            (Self::Schedule, Some(arn)) => Some(DeadLetters::of_arn(aws, arn).await?),
            (Self::Schedule, None) => None,
        };
        Ok(dlq.map(|dlq| Found { source: self, dlq }))
    }

    /// Why there is nothing to look into.
    fn absent(self) -> Failure {
        match self {
            Self::Queue(queue) => Failure::new(format!("the {} queue has no dead-letter queue", queue.as_str()))
                .hint("give it a redrive policy with a dead-letter queue"),
            Self::Schedule => Failure::new("the schedules have no dead-letter queue: SCHEDULER_DLQ_ARN is not set")
                .hint("set it to what the provision worker has; jobs that the workers dead-lettered are in notify, provision and revoke"),
        }
    }
}

/// The dead-letter queue that `typed` means: by one of our names, or by the name, URL or ARN of a queue or of its DLQ.
pub(super) async fn find(typed: &str, aws: &SdkConfig, settings: &OpsSettings) -> Result<Found, Failure> {
    let plain = bare(typed);
    let typed = plain.trim_end_matches('/');
    let name = typed.to_ascii_lowercase();
    let name = name.strip_suffix("-dlq").unwrap_or(&name);
    let ours = Source::ALL
        .into_iter()
        .find(|source| source.as_str() == name || SCHEDULES == [source.as_str(), name]);
    let by_queue = QueueName::ALL.into_iter().find(|queue| means(typed, settings.queues.of(*queue)));
    if let Some(source) = ours.or(by_queue.map(Source::Queue)) {
        return source.open(aws, settings).await?.ok_or_else(|| source.absent());
    }
    for source in Source::ALL {
        if let Some(found) = source.open(aws, settings).await?.filter(|found| means(typed, &found.dlq.url)) {
            return Ok(found);
        }
    }
    let names: Vec<&str> = Source::ALL.into_iter().map(Source::as_str).collect();
    Err(Failure::wrong_usage(format!("there is no queue `{typed}`"))
        .hint(format!("it is one of {}, or the name or URL of one of their queues", names.join(", "))))
}

/// What was typed or copied, without what that adds: quotes, commas, and characters that nobody sees.
fn bare(typed: &str) -> String {
    let visible: String = typed.chars().filter(|c| !is_invisible(*c)).map(one_kind).collect();
    visible.trim_matches(|c: char| c.is_whitespace() || is_quote(c) || matches!(c, ',' | ';')).to_owned()
}

/// The ids of messages, as typed after `--id`. Where that is given and names none, nothing is meant, and not everything.
pub(super) fn ids(typed: &[String]) -> Result<BTreeSet<String>, Failure> {
    let ids: BTreeSet<String> =
        typed.iter().flat_map(|typed| typed.split(',')).map(bare).filter(|id| !id.is_empty()).collect();
    if ids.is_empty() && !typed.is_empty() {
        return Err(
            Failure::wrong_usage("`--id` names no message").hint("see their ids with: keylease dlq list")
        );
    }
    Ok(ids)
}

/// Whether this is the queue's URL, or its name alone or at the end of an ARN.
fn means(typed: &str, url: &str) -> bool {
    let name = url.rsplit('/').next().unwrap_or(url);
    if typed.contains("://") { typed == url } else { typed.rsplit(':').next() == Some(name) }
}

/// What to do about a message that was not found.
pub(super) fn where_to_look(queue: &str, held_by_others: u64) -> String {
    match held_by_others {
        0 => format!("see what there is with: keylease dlq list {queue}"),
        held => {
            format!("about {held} messages are held by another reader just now; try again in two minutes")
        }
    }
}
