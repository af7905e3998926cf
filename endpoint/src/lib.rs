//! The harness: an emulated AWS on a real port, an embedded Slack, and the real programs between them.
//!
//! Each test opens a [`Stage`] of its own: an AWS account, queues, tables, a catalogue and four processes that
//! nothing else touches, so tests run side by side on one emulator.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a surprise in test support is a failed test, told where it happened"
)]
#![allow(missing_docs, reason = "a comment says more than its name, or is not there")]
#![allow(clippy::must_use_candidate, reason = "a test that throws an answer away sees nothing of it")]

pub mod catalogue;
pub mod cloud;
pub mod deployed;
mod emulator;
pub mod eventually;
pub mod faulty;
pub mod fleet;
pub mod furnish;
pub mod http;
pub mod inspect;
pub mod key;
pub mod live;
pub mod moto;
pub mod outgrow;
pub mod payload;
pub mod program;
pub mod settings;
pub mod stage;
pub mod workspace;

pub use cloud::Cloud;
pub use emulator::free_port;
pub use eventually::{CLAIMS_END, PATIENCE, eventually};
pub use program::Program;
pub use stage::Stage;
