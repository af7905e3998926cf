//! The scenarios, and what they share.

pub(crate) mod ack;
mod ingress;

/// Median and tail of a load in one row.
pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{cores} cores, load generator included")
}
