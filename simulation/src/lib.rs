//! The real handlers, with the real SDK, under a seeded schedule of faults.

mod beside;
mod call;
mod chaos;
mod client;
mod clock;
mod facts;
mod faults;
mod gate;
mod history;
mod invariants;
mod logs;
pub mod many;
mod observed;
mod orderly;
mod outage;
mod people;
mod play;
mod plot;
mod queues;
mod rolling;
mod scenario;
mod stage;
mod trace;
mod turn;
mod turnover;
mod violation;
mod worker;

pub use domain::Status;
pub use faults::Fault;
pub use play::Outcome;
pub use scenario::Scenario;
pub use stage::SetUpFailed;
pub use violation::{Invariant, Violation};
