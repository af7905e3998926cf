//! Slack's Web API: what the workers say, and whom they ask about.

pub mod blocks;
mod client;
pub mod text;

pub use client::{Person, Slack, SlackUnavailable};
pub use slack_morphism::prelude::SlackMessageContent;
