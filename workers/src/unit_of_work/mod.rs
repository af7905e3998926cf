//! Changing a request: decide, write on condition, send the jobs that follow; and claims on work that two must not do.

pub(crate) mod change;
pub(crate) mod claim;
