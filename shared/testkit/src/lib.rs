//! What every crate's tests run on: [`aws::EmbeddedAws`] is an HTTP client that the real AWS SDK speaks to,
//! [`slack::EmbeddedSlack`] is a server that the real Slack client speaks to, and a [`world::World`] is both with an installation
//! of Keylease between them. On one, [`stage::Stage`] handles jobs step by step, and [`system::System`] runs by itself.
#![allow(missing_docs, reason = "a comment says more than its name, or is not there")]
#![allow(clippy::must_use_candidate, reason = "a test that throws an answer away sees nothing of it")]

pub mod aws;
pub mod demo;
pub mod federation;
pub mod lambda;
pub mod program;
pub mod slack;
pub mod stage;
pub mod system;
pub mod world;

pub mod hook;

mod clock;
mod in_time;
mod lock;

pub use in_time::in_time;
