//! The ids by which Slack says what was clicked or filled in: written by messages and forms, read by the ingress.

use domain::Job;
use domain::job::Click;

/// The block that holds a request's buttons.
pub const ACTIONS_BLOCK_ID: &str = "aws_actions";
/// What the ids of such blocks begin with where a message or a page has several: Slack takes each id once.
pub const ACTIONS_BLOCK_PREFIX: &str = "aws_actions:";
/// Approve a request.
pub const APPROVE: &str = "approve";
/// Deny a request.
pub const DENY: &str = "deny";
/// End a grant before its time.
pub const END: &str = "revoke";

/// The block that holds the buttons that open forms about a request.
pub const MORE_BLOCK_ID: &str = "aws_more";
/// Deny a request, and say why: a button, and the form that it opens.
pub const DENY_REASON: &str = "deny_reason";
/// Approve a request for less time: a button, and the form that it opens.
pub const APPROVE_SHORTER: &str = "approve_shorter";

/// Whether a block of this id holds a request's buttons.
#[must_use]
pub fn is_actions_block(block_id: &str) -> bool {
    block_id == ACTIONS_BLOCK_ID || block_id.starts_with(ACTIONS_BLOCK_PREFIX)
}

/// What makes a click into a job.
pub type JobOfClick = fn(Click) -> Job;

/// The job that a click on a request's button asks for, by the button's id; nothing for what is no button of ours.
#[must_use]
pub fn job_of(action_id: &str) -> Option<JobOfClick> {
    match action_id {
        APPROVE => Some(Job::Approve),
        DENY => Some(Job::Deny),
        END => Some(Job::EndGrant),
        _ => None,
    }
}

/// The form by which somebody asks for access, the shortcut that opens it, and a button that does.
pub const REQUEST_ACCESS: &str = "request_access";

/// The fields of forms. A field's block has the same id as its element.
pub mod field {
    /// A project's name.
    pub const PROJECT: &str = "project";
    /// A role's name.
    pub const ROLE: &str = "role";
    /// How long.
    pub const DURATION: &str = "duration";
    /// How long, typed, where [`DURATION`] is a list of choices. It counts before the choice.
    pub const DURATION_TEXT: &str = "duration_text";
    /// Why somebody denies.
    pub const REASON: &str = "reason";
    /// Why somebody asks.
    pub const JUSTIFICATION: &str = "justification";
}
