//! The SDK's configuration: one for each process, cheap to clone, sharing one connection pool.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};

/// Longest wait for a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Longest single try of a call. The SDK has no limit of its own.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(8);
/// Longest call, its tries together.
pub const OPERATION_TIMEOUT: Duration = Duration::from_secs(25);

/// Loads the SDK's usual chain: variables, profile, container and instance credentials.
pub async fn load() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts()).load().await
}

/// Limits for every call. `ReceiveMessage` waits longer, and sets its own.
#[must_use]
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build()
}

/// Where the calls would go is not known.
#[derive(Debug, thiserror::Error)]
#[error(
    "the configuration is not complete; set this environment variable and start again:\n  \
     AWS_REGION: is not set, and no AWS profile says the region"
)]
pub struct NoRegion;

/// The SDK would fail at its first call without a region; a program should at its start.
pub fn check_region(aws: &SdkConfig) -> Result<(), NoRegion> {
    aws.region().map(|_| ()).ok_or(NoRegion)
}
