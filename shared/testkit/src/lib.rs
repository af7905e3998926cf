//! What every crate's tests run on: [`aws::EmbeddedAws`] is an HTTP client that the real AWS SDK speaks to,
//! [`slack::EmbeddedSlack`] is a server that the real Slack client speaks to, and a [`world::World`] is both with an installation
//! of Keylease between them. On one, [`stage::Stage`] handles jobs step by step, and [`system::System`] runs by itself.

pub mod aws;
pub mod demo;
pub mod slack;
pub mod stage;
pub mod system;
pub mod world;

mod clock;
mod lock;
