//! Where SQS moves a message that was received too often.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;

use super::attributes;
use crate::error::{CallError, from_sdk};

/// A queue's redrive policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redrive {
    /// The name of its dead-letter queue.
    pub dlq_name: String,
    /// Deliveries before SQS itself moves a message there.
    pub max_receive_count: u32,
}

impl Redrive {
    /// A queue's own; `None` where it has none.
    pub(super) async fn read(client: &Client, url: &str) -> Result<Option<Self>, CallError> {
        let attributes = attributes(client, url, &[QueueAttributeName::RedrivePolicy]).await?;
        Ok(attributes(QueueAttributeName::RedrivePolicy).and_then(|text| Self::parse(&text)))
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let policy: serde_json::Value = serde_json::from_str(text).ok()?;
        let dlq_name = name_in_arn(policy.get("deadLetterTargetArn")?.as_str()?).to_owned();
        // SQS gives the count back as a number or as text, depending on how it was set.
        let count = policy.get("maxReceiveCount")?;
        let count = count.as_u64().or_else(|| count.as_str()?.parse().ok())?;
        Some(Self { dlq_name, max_receive_count: u32::try_from(count).ok()?.max(1) })
    }
}

/// `arn:aws:sqs:eu-central-1:111122223333:jobs-dlq` is called `jobs-dlq`.
pub(crate) fn name_in_arn(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}

/// The URL of a queue by its name.
pub(crate) async fn url_of(client: &Client, name: &str) -> Result<String, CallError> {
    const CALL: &str = "sqs:GetQueueUrl";
    let answer = client.get_queue_url().queue_name(name).send().await.map_err(|e| from_sdk(CALL, e))?;
    answer.queue_url.ok_or_else(|| CallError::incomplete(CALL, "QueueUrl"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redrive_policy_is_read_in_both_forms() {
        for count in ["5", r#""5""#] {
            let text = format!(
                r#"{{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:q-dlq","maxReceiveCount":{count}}}"#
            );
            let redrive = Redrive::parse(&text).unwrap();
            assert_eq!((redrive.dlq_name.as_str(), redrive.max_receive_count), ("q-dlq", 5));
        }
        assert!(Redrive::parse("{}").is_none());
    }
}
