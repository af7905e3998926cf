//! The workers: `notify` takes requests in and tells people things, `provision` decides and makes credentials,
//! `revoke` ends access. One runtime serves all three; they differ in their handler and their queue.

mod accounts;
mod claim;
pub mod context;
mod direct;
pub mod failure;
pub mod notify;
mod people;
pub mod provision;
mod record;
mod remove;
pub mod revoke;
pub mod runtime;
mod say;
mod start;
mod tracked;
mod verdict;

pub use context::{Context, Slice, StartError};
pub use failure::Failure;
pub use start::{Opened, main, open, run};
