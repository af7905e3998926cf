//! The failure of the short way.

/// Why the short way did not do; whoever sees it lets the SDK send.
pub(super) type Failed = Box<dyn std::error::Error + Send + Sync>;
