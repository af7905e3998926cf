//! The workers: `notify` takes requests in and keeps Slack in step, `provision` decides and provisions, `revoke` ends
//! access. One consumer serves all three; they differ in their queue.

pub mod consumer;
pub mod context;
pub mod dispatch;
pub mod failure;
mod grants;
mod reconcile;
mod requests;
mod slack_sync;
mod start;
mod unit_of_work;

pub use context::{Context, Slice, StartError};
pub use dispatch::{Role, Worker};
pub use failure::Failure;
pub use start::{Opened, main, open, run};
