//! Looking at what a deployment is made of, without changing anything. What is not there is `None`.

pub mod identity;
pub mod mail;
pub mod permissions;
pub mod queue;
pub mod table;

pub use identity::{Identity, identity};
