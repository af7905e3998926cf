//! The failure of a call that was made without the SDK.

/// Why there is no answer.
pub(crate) type Failed = Box<dyn std::error::Error + Send + Sync>;
