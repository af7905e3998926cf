//! Why a message was dead-lettered: what the workers, `EventBridge` Scheduler or SQS left on it.

use std::collections::BTreeMap;

use super::{DeadLetter, DeadLetters};

type Attributes = BTreeMap<String, String>;

impl DeadLetter {
    /// Why it lies in this queue, in a few words by which messages are grouped.
    #[must_use]
    pub fn reason(&self, dlq: &DeadLetters) -> String {
        reason(&self.attributes, dlq.max_receive_count)
    }

    /// What went wrong, in the words of whoever dead-lettered it.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        error(&self.attributes)
    }
}

fn reason(attributes: &Attributes, max_receive_count: Option<u32>) -> String {
    if let Some(reason) = attributes.get("reason").or_else(|| attributes.get("ERROR_CODE")) {
        return reason.clone();
    }
    // SQS adds nothing to a message that it moves itself.
    match max_receive_count {
        Some(count) => format!("dead-lettered by SQS after {count} receives"),
        None => "no reason given".to_owned(),
    }
}

fn error(attributes: &Attributes) -> Option<String> {
    let value = |name: &str| attributes.get(name).map(String::as_str);
    let schedule = value("SCHEDULE_ARN").map(|arn| format!("schedule {}", last_part(arn, '/')));
    let target = value("TARGET_ARN").map(|arn| format!("to {}", last_part(arn, ':')));
    let tries = value("RETRY_ATTEMPTS").map(|count| format!("retried {count} times"));
    let delivery = [schedule, target, tries].into_iter().flatten().collect::<Vec<_>>().join(", ");
    match value("error").or_else(|| value("ERROR_MESSAGE")) {
        Some(said) if delivery.is_empty() => Some(said.to_owned()),
        Some(said) => Some(format!("{said} ({delivery})")),
        None => Some(delivery).filter(|delivery| !delivery.is_empty()),
    }
}

fn last_part(arn: &str, separator: char) -> &str {
    arn.rsplit(separator).next().unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(of: &[(&str, &str)]) -> Attributes {
        of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_workers_say_why() {
        let by_worker = attributes(&[("reason", "retries_exhausted"), ("error", "it hangs")]);
        assert_eq!(reason(&by_worker, Some(8)), "retries_exhausted");
        assert_eq!(error(&by_worker).as_deref(), Some("it hangs"));
    }

    #[test]
    fn sqs_says_nothing() {
        let nothing = Attributes::new();
        assert_eq!(reason(&nothing, Some(8)), "dead-lettered by SQS after 8 receives");
        assert_eq!(reason(&nothing, None), "no reason given");
        assert_eq!(error(&nothing), None);
    }

    #[test]
    fn the_scheduler_has_words_of_its_own() {
        let by_scheduler = attributes(&[
            ("ERROR_CODE", "AWS.SimpleQueueService.NonExistentQueue"),
            ("ERROR_MESSAGE", "no such queue"),
            ("SCHEDULE_ARN", "arn:aws:scheduler:us-east-1:123456789012:schedule/default/keylease-r-0"),
            ("TARGET_ARN", "arn:aws:sqs:us-east-1:123456789012:revoke"),
            ("RETRY_ATTEMPTS", "185"),
        ]);
        assert_eq!(reason(&by_scheduler, None), "AWS.SimpleQueueService.NonExistentQueue");
        let said = error(&by_scheduler).unwrap();
        assert_eq!(said, "no such queue (schedule keylease-r-0, to revoke, retried 185 times)");
    }
}
