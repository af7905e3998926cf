//! The ids by which Slack says which button was clicked: written by the messages, read by the ingress.

/// The block that holds a request's buttons.
pub const ACTIONS_BLOCK_ID: &str = "aws_actions";
/// Approve a request.
pub const APPROVE: &str = "approve";
/// Deny a request.
pub const DENY: &str = "deny";
/// End a grant before its time.
pub const END: &str = "revoke";
