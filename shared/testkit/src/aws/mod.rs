//! AWS, embedded: the SDK's HTTP client answers itself, from memory.
//!
//! The services are the winterbaume emulators. Around them, each in a file of its own, is what they leave out and
//! Keylease relies on: keys that work only as far as policies say (`gate`), schedules that fire ([`schedules`]),
//! mails with their HTML (`mail`), messages that can be looked at (`queue_store`), conditional writes that are
//! atomic and indexes that hold keys (`tables`). In front of them all, each call is named, recorded and can be made to fail (`fault`).

mod attached;
mod call;
mod client;
mod condition;
mod credential;
mod deployment;
mod embedded;
mod fault;
mod gate;
mod holder;
mod iam;
pub mod identity_center;
mod lag;
mod long_poll;
mod mail;
mod names;
mod portal;
mod queue_store;
mod release;
mod restore;
mod scheduler;
pub mod schedules;
mod secret_store;
mod setup;
mod signature;
mod socket;
mod start;
mod sts;
mod tables;
mod trust;
mod view;
mod wire;

pub use call::{CallInfo, Service};
pub use credential::Credential;
pub use embedded::EmbeddedAws;
pub use fault::Fault;
pub use lag::Lag;
pub use mail::Mail;
pub use names::{ACCOUNT, REGION};
pub use release::Release;
pub use setup::{DEMO_SESSION_ROLE_ARN, FROM_ADDRESS, MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT_SECONDS};
pub(crate) use signature::{hex, hmac_sha256};
pub use tables::{Beside, plain_item};
pub use view::{KeyView, MessageView, QueueView, RoleView, ScheduleView, SessionView, UserView};
