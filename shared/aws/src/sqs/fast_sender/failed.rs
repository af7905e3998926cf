//! The failure of the short way.

/// Why the short way did not do; whoever sees it lets the SDK send.
pub(crate) type Failed = Box<dyn std::error::Error + Send + Sync>;
