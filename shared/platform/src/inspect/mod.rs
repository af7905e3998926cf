//! Looking at what a deployment stands on, without changing any of it: for the operator's command line.

mod identity;

pub use identity::{Identity, identity};
