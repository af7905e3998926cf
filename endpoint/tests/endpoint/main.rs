//! The real programs on a real endpoint. `cargo xtask endpoint` runs this; a word after it picks tests by name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a surprise in a test is a failed test, told where it happened"
)]

mod asking;
mod attached;
mod authenticity;
mod aws_errors;
mod bodies;
mod dead_letters;
mod deciding;
mod down;
mod ending;
mod escape;
mod failing;
mod guard;
mod independence;
mod killed;
mod metrics;
mod operators;
mod poison;
mod queue_down;
mod secrets;
mod session_grant;
mod shutdown;
mod start;
mod user_grant;
