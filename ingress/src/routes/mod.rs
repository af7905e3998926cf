//! What Slack posts, one file for each kind.

pub(crate) mod action;
pub(crate) mod claim;
pub(crate) mod claim_page;
pub(crate) mod command;
pub(crate) mod event;
pub(crate) mod step;
pub(crate) mod view;
pub(crate) mod workflow;
