//! How late AWS and Slack answer, as `docs/performance.md` assumes it.

use std::time::Duration;

use testkit::aws::{CallInfo, Fault, Service};
use testkit::hook::Verdict;
use testkit::slack::EmbeddedSlack;

/// Longest of all, and the same for each method.
const SLACK: Duration = Duration::from_millis(150);

/// As long as the call takes on AWS. A poll waits for messages anyway.
pub(super) fn of(call: &CallInfo) -> Option<Fault> {
    let millis = match call.service {
        Service::DynamoDb => 5,
        Service::Sqs if call.operation == "ReceiveMessage" => return None,
        Service::Sqs => 10,
        Service::Scheduler | Service::SecretsManager | Service::Ssm | Service::Sts => 50,
        Service::AccountAccess | Service::Iam | Service::IdentityStore | Service::Ses | Service::Sso => 100,
    };
    Some(Fault::Slow(Duration::from_millis(millis)))
}

/// Slack answers late from now on.
pub(super) fn slow_down(slack: &EmbeddedSlack) {
    slack.inject_when_ready(|_| async { Verdict::of(None).held(tokio::time::sleep(SLACK)) });
}
