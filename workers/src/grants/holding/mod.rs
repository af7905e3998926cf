//! What several grants may hold at once in Identity Center: taken for a grant, and released at its end.
//!
//! An item of the table says which grants hold it and whether it was there before (`domain::holding`). Every change is written there
//! before the call that makes it, on condition that nobody wrote the item meanwhile; what Identity Center has not finished is
//! looked at again by the job when it comes back.

mod release;
mod take;
mod target;
mod visit;

pub(crate) use release::{release, resume};
pub(crate) use take::{Taken, busy_or, take};
