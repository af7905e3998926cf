//! What Keylease decides, as pure functions.
//!
//! Nothing here does I/O, reads a clock or knows the environment: time and randomness are arguments, and the
//! crate's dependencies prove it. The worker binaries act on what is decided here.

pub mod actor;
pub mod address;
pub mod as_read;
pub mod audit;
pub mod authorization;
pub mod canary;
pub mod cause;
pub mod claim;
pub mod command;
pub mod contact;
pub mod delivery;
pub mod directory;
pub mod duration;
pub mod end_reason;
pub mod history;
pub mod holding;
pub mod identity;
pub mod ids;
pub mod job;
pub mod kind;
pub mod late_click;
pub mod lifecycle;
pub mod names;
pub mod outbox;
pub mod own_access;
pub mod policy;
pub mod principal;
pub mod project;
pub mod reminders;
pub mod replay;
pub mod request;
pub mod resync;
pub mod retry;
pub mod rule;
pub mod status;
pub mod step;
pub mod sweep;
pub mod text;
pub mod time;
pub mod typed_id;
pub mod validation;
pub mod warning;

pub use actor::Actor;
pub use address::EmailAddress;
pub use delivery::{Delivery, Undelivered};
pub use duration::GrantDuration;
pub use ids::{
    ChannelId, ClaimId, ClickId, DeliveryId, DeploymentId, ExecutionId, OperatorName, ProjectName, RequestId,
    RoleName, SlackUserId, ViewId,
};
pub use job::{Job, QueueName};
pub use outbox::Outbox;
pub use project::{Project, Role};
pub use request::Request;
pub use rule::{Rule, RuleName};
pub use status::{Phase, Status};
pub use time::UnixSeconds;
