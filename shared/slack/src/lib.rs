//! Slack's Web API: what the workers say, and whom they ask about.

pub mod blocks;
mod client;
mod connector;
mod errors;
pub mod ids;
mod inspect;
pub mod messages;
pub mod text;

pub use client::{Person, Slack};
pub use connector::SlackUnavailable;
pub use errors::is_undeliverable;
pub use inspect::{SCOPES, TokenSeen, token_seen};
pub use slack_morphism::prelude::SlackMessageContent;
