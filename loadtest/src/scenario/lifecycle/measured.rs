//! What is measured of whole requests.

use std::time::Duration;

use serde::Serialize;

use super::calls::Calls;
use super::journey::Legs;
use crate::usage::Memory;

/// What was measured.
#[derive(Debug, Default, Serialize)]
pub(super) struct Measured {
    /// The calls of one request that had the system for itself.
    pub(super) calls: Calls,
    pub(super) legs: Vec<Legs>,
    pub(super) took: Duration,
    /// By program: memory in MiB by seconds.
    pub(super) memory: Vec<(&'static str, Vec<(f64, f64)>)>,
    /// By program: memory at the end, and CPU time of the whole run.
    pub(super) programs: Vec<(&'static str, Memory, Duration)>,
    pub(super) problems: Vec<String>,
}

pub(super) fn mib(kib: u64) -> f64 {
    kib as f64 / 1_024.0
}
