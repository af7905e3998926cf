//! The real handlers, with the real SDK, under a seeded schedule of faults.

mod administering;
mod beside;
mod call;
mod catalogue;
mod center;
mod chaos;
mod claiming;
mod client;
mod clock;
mod extending;
mod facts;
mod faults;
mod gate;
mod history;
mod invariants;
mod logs;
mod machine;
pub mod many;
mod observed;
mod orderly;
mod outage;
mod people;
mod play;
mod plot;
mod queues;
mod rolling;
mod rulebook;
mod ruling;
mod scenario;
mod stage;
mod theme;
mod trace;
mod turn;
mod turnover;
mod violation;
mod worker;

pub use domain::Status;
pub use faults::{Fault, Plan};
pub use play::Outcome;
pub use scenario::Scenario;
pub use stage::SetUpFailed;
pub use violation::{Invariant, Violation};

/// A history is many small allocations, and this one takes fewer instructions for them (`docs/performance.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
