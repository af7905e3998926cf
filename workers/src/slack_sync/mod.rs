//! Keeps Slack in step with each request: the approvers' messages, and the requester's own.

pub(crate) mod approvers;
pub(crate) mod cannot_decide;
pub(crate) mod direct;
mod extensions;
mod failed;
pub(crate) mod home;
pub(crate) mod pace;
pub(crate) mod sync;
pub(crate) mod tracked;
pub(crate) mod viewers;
mod warnings;
