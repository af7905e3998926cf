//! The edges of the system: the only crate that talks to AWS and to Slack's HTTP API.
//!
//! There are no traits over AWS: the real SDK is used everywhere, and configuration decides what answers it.

pub mod aws;
pub mod clock;
pub mod config;
pub mod error;
pub mod iam;
pub mod inspect;
pub mod mail;
pub mod metrics;
pub mod program;
pub mod queue;
pub mod schedule;
pub mod secret;
pub mod serving;
pub mod session;
pub mod slack;
pub mod store;
pub mod telemetry;

pub use error::{CallError, Remedy};
