//! What the workers call AWS by: the SDK as in production, but that it never waits.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_types::retry::RetryConfig;
use testkit::aws::EmbeddedAws;

/// The SDK's configuration. It retries as it does in production; the clients that must not retry say so themselves.
pub(crate) fn config(aws: &Arc<EmbeddedAws>) -> SdkConfig {
    let retries =
        RetryConfig::standard().with_initial_backoff(Duration::ZERO).with_max_backoff(Duration::ZERO);
    aws.sdk_config().to_builder().retry_config(retries).sleep_impl(NoWaiting).build()
}

/// Backoff takes no time, and limits never come: how long a call takes is for the simulation to say.
#[derive(Debug)]
struct NoWaiting;

impl AsyncSleep for NoWaiting {
    fn sleep(&self, duration: Duration) -> Sleep {
        if duration.is_zero() {
            Sleep::new(std::future::ready(()))
        } else {
            Sleep::new(std::future::pending())
        }
    }
}
