//! What every program runs on: configuration, logging, metrics, HTTP, the clock, and stopping when told to.

pub mod call_error;
pub mod clock;
pub mod config;
pub mod http_server;
pub mod metrics;
pub mod program;
pub mod secret;
pub mod telemetry;

pub use call_error::{CallError, Remedy};
