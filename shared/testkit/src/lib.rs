//! What every crate's tests run on: [`aws::EmbeddedAws`] is an HTTP client that the real AWS SDK speaks to,
//! [`slack::EmbeddedSlack`] is a server that the real Slack client speaks to, and [`system::System`] is all of Keylease on both.

pub mod aws;
pub mod demo;
pub mod slack;
pub mod system;

mod clock;
mod lock;
