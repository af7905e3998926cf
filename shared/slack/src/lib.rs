//! Slack's Web API: what the workers say, whom they ask about, and the forms that people fill in.

pub mod blocks;
mod client;
mod connector;
mod errors;
pub mod home;
pub mod ids;
mod inspect;
pub mod manifest;
pub mod messages;
pub mod modals;
pub mod text;
mod views;

pub use client::{Person, Slack, is_unknown_person, unknown_decider};
pub use connector::SlackUnavailable;
pub use errors::{is_undeliverable, is_view_over};
pub use inspect::{SCOPES, TokenSeen, token_seen};
pub use slack_morphism::prelude::SlackMessageContent;
pub use views::{Opened, Views};
