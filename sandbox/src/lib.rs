//! The whole system in one process: embedded AWS, an embedded Slack, a mailbox and a web page to look at them.
//!
//! The library half is also the other crates' test support: [`aws::EmbeddedAws`] is an HTTP client that the real AWS
//! SDK speaks to, and [`slack::EmbeddedSlack`] is a server that the real Slack client speaks to.

pub mod aws;
pub mod slack;
pub mod system;
pub mod web;

mod clock;
mod demo;
mod lock;
