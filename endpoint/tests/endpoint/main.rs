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
mod broken_accounts;
mod calls_failing;
mod claiming;
mod claims_clumsy;
mod claims_flood;
mod claims_killed;
mod closing;
mod clumsy;
mod contract;
mod crowd;
mod dead_letters;
mod deciding;
mod down;
mod ending;
mod escape;
mod extending;
mod failing;
mod forms;
mod forms_about;
mod guard;
mod home;
mod identity_center;
mod independence;
mod installations;
mod killed;
mod late;
mod leavers;
mod metrics;
mod operators;
mod own_access;
mod own_role;
mod poison;
mod queue_down;
mod queues_failing;
mod rules;
mod secrets;
mod session_grant;
mod shutdown;
mod slack_failing;
mod start;
mod steps;
mod typed;
mod unreachable;
mod user_grant;
mod who_counts;
mod whole;
mod wire;
