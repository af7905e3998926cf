//! Slack, embedded: the Web API methods that the workers call, and people who see messages, click and ask.
//!
//! [`EmbeddedSlack`] holds the messages. The Web API is in `methods`, served by `server`; what people do is in
//! `people_do`. Faults can be put in front of each method.

mod answer;
mod blocks;
mod bodies;
mod contents;
mod fault;
mod home;
mod methods;
mod people_do;
mod people_fill_in;
mod server;
mod sign;
mod start;
mod steps;
mod view_rules;
mod views;
mod workspace;

pub use blocks::problems as block_problems;
pub use bodies::{click_payload, form};
pub use contents::{Button, Call, Channel, HomePage, Message, Person, StepRun, UserGroup, View};
pub use fault::Fault;
pub use home::problems as home_problems;
pub use people_do::SlackError;
pub use sign::sign;
pub use steps::executed;
pub use view_rules::problems as view_problems;
pub use workspace::EmbeddedSlack;

#[cfg(test)]
mod tests;
