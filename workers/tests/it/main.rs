//! The workers' handlers in process, with the real SDK on embedded AWS and the real Slack client on an embedded Slack.

mod asking;
mod deciding;
mod ending;
mod faults;
mod lambda;
mod runtime;
mod stage;
mod sweeping;
