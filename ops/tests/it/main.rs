//! `keylease` in process, against the embedded AWS: output and exit status of whole command lines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets the unexpected fails"
)]

mod agreement;
mod audit;
mod claiming;
mod clumsy;
mod dlq;
mod doctor;
mod grants_filters;
mod grants_list;
mod grants_revoke;
mod grants_show;
mod identity_center;
mod json;
mod projects;
mod running;
mod slack;
mod stage;
mod stopping;
mod usage;
