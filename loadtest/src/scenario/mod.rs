//! The scenarios, and what they share.

pub(crate) mod ack;
pub(crate) mod cold;
mod ingress;
pub(crate) mod lifecycle;
pub(crate) mod storm;

use crate::cli::Programs;

/// What the figures were measured on.
pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{cores} cores, load generator included")
}

/// What was measured.
pub(crate) fn built(programs: &Programs) -> String {
    programs.bin_dir.as_ref().map_or("as they are shipped".to_owned(), |folder| folder.display().to_string())
}
