//! A queue's settings, and how much lies in it.

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;

use crate::error::{CallError, from_sdk};
use crate::sqs::{Redrive, queue_url};

/// A queue, as SQS has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct QueueSeen {
    pub arn: String,
    /// For how long a received message is hidden, in seconds.
    pub visibility_seconds: u32,
    /// For how long a message is kept, in seconds.
    pub retention_seconds: u32,
    /// Where a message goes that was received too often.
    pub redrive: Option<Redrive>,
    /// Messages that can be received; the number may be a minute old.
    pub visible: u64,
}

const NOT_THERE: [&str; 2] = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];

/// The queue of this URL.
pub async fn queue(aws: &SdkConfig, url: &str) -> Result<Option<QueueSeen>, CallError> {
    const CALL: &str = "sqs:GetQueueAttributes";
    let call = Client::new(aws).get_queue_attributes().queue_url(url);
    let answer = call.attribute_names(QueueAttributeName::All).send().await;
    let found = match answer.map_err(|e| from_sdk(CALL, e)) {
        Ok(answer) => answer.attributes.unwrap_or_default(),
        Err(error) if NOT_THERE.iter().any(|code| error.is(code)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let number = |name| found.get(&name).and_then(|text| text.parse().ok()).unwrap_or(0);
    Ok(Some(QueueSeen {
        arn: found.get(&QueueAttributeName::QueueArn).cloned().unwrap_or_default(),
        visibility_seconds: number(QueueAttributeName::VisibilityTimeout),
        retention_seconds: number(QueueAttributeName::MessageRetentionPeriod),
        redrive: found.get(&QueueAttributeName::RedrivePolicy).and_then(|text| Redrive::parse(text)),
        visible: number(QueueAttributeName::ApproximateNumberOfMessages).into(),
    }))
}

/// The queue of this name, in the configuration's region and account.
pub async fn queue_named(aws: &SdkConfig, name: &str) -> Result<Option<QueueSeen>, CallError> {
    match queue_url(&Client::new(aws), name).await {
        Ok(url) => queue(aws, &url).await,
        Err(error) if NOT_THERE.iter().any(|code| error.is(code)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The name of the queue with this ARN.
#[must_use]
pub fn name_of(arn: &str) -> &str {
    crate::sqs::name_in_arn(arn)
}
