//! The ids by which Slack says what was clicked or filled in: written by messages and forms, read by the ingress.

use domain::job::{ClaimClick, Click, ExtensionClick};
use domain::{Job, RequestId};

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

/// Ask to have access for longer: a button beside [`END`], and the form that it opens.
pub const EXTEND: &str = "extend";

/// The block that holds the buttons that open forms about a request.
pub const MORE_BLOCK_ID: &str = "aws_more";
/// Deny a request, and say why: a button, and the form that it opens.
pub const DENY_REASON: &str = "deny_reason";
/// Approve a request for less time: a button, and the form that it opens.
pub const APPROVE_SHORTER: &str = "approve_shorter";

/// Review what was granted by break-glass.
pub const REVIEWED: &str = "reviewed";
/// Review it, and say something about it: a button, and the form that it opens.
pub const REVIEW_NOTE: &str = "review_note";

/// Whether a block of this id holds a request's buttons.
#[must_use]
pub fn is_actions_block(block_id: &str) -> bool {
    block_id == ACTIONS_BLOCK_ID || block_id.starts_with(ACTIONS_BLOCK_PREFIX)
}

/// Confirm that a machine that asks for a credential is one's own.
pub const CONFIRM_CLAIM: &str = "confirm_claim";
/// Say that it is not.
pub const REFUSE_CLAIM: &str = "refuse_claim";

/// What makes a click into a job.
pub type JobOfClick = fn(Click) -> Job;

/// The job that a click on a request's button asks for, by the button's id; nothing for what is no button of ours.
#[must_use]
pub fn job_of(action_id: &str) -> Option<JobOfClick> {
    match action_id {
        APPROVE => Some(Job::Approve),
        DENY => Some(Job::Deny),
        END => Some(Job::EndGrant),
        REVIEWED => Some(Job::Review),
        _ => None,
    }
}

/// What stands between a request's id and the number of its extension in a button's value: no id has it.
const EXTENSION_MARK: &str = "#ext-";

/// The value of the buttons by which an extension is decided.
#[must_use]
pub fn extension_value(request_id: &RequestId, number: u32) -> String {
    format!("{request_id}{EXTENSION_MARK}{number}")
}

/// The request and the extension that a button is for; nothing where its value is not that of an extension.
#[must_use]
pub fn parse_extension_value(value: &str) -> Option<(RequestId, u32)> {
    let (request_id, number) = value.split_once(EXTENSION_MARK)?;
    Some((RequestId::parse(request_id).ok()?, number.parse().ok()?))
}

/// The job that a click on a button about an extension asks for, by the button's id; nothing for what is no such button.
#[must_use]
pub fn job_of_extension(action_id: &str, click: ExtensionClick) -> Option<Job> {
    match action_id {
        APPROVE => Some(Job::ApproveExtension(click)),
        DENY => Some(Job::DenyExtension(click)),
        _ => None,
    }
}

/// Somebody's App Home.
pub const HOME: &str = "home";

/// What makes a click on a button about a machine into a job.
pub type JobOfClaimClick = fn(ClaimClick) -> Job;

/// The job that a click on a button about a machine asks for, by the button's id; nothing for any other button.
#[must_use]
pub fn job_of_claim(action_id: &str) -> Option<JobOfClaimClick> {
    match action_id {
        CONFIRM_CLAIM => Some(Job::ConfirmClaim),
        REFUSE_CLAIM => Some(Job::RefuseClaim),
        _ => None,
    }
}

/// Whether a block of this id holds a button that is clicked for a job.
#[must_use]
pub fn may_hold(block_id: &str, action_id: &str) -> bool {
    if action_id == REVIEWED { block_id == MORE_BLOCK_ID } else { is_actions_block(block_id) }
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
    /// What somebody found who reviewed.
    pub const NOTE: &str = "note";
    /// Whether it is an emergency.
    pub const BREAK_GLASS: &str = "break_glass";
    /// Why somebody asks.
    pub const JUSTIFICATION: &str = "justification";
}
