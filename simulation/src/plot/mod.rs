//! What random histories are about besides people and faults. Each is drawn from a generator of its own, so that the other
//! histories stay what they are.

mod center;
mod claiming;
mod extending;
mod outage;
mod rolling;
mod ruling;
mod turnover;

pub(crate) use center::Center;
pub(crate) use claiming::Claiming;
pub(crate) use extending::{ASKED, Extending};
pub(crate) use outage::Outage;
pub(crate) use rolling::Rolling;
pub(crate) use ruling::{GroupChange, Ruling};
pub(crate) use turnover::Turnover;
