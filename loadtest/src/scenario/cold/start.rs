//! One start of the ingress, and the ways in which it is started.

use std::time::Duration;

use serde::Serialize;

use super::stages::Stage;

/// How the ingress is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum Way {
    Server,
    Lambda,
    /// As a server, with no certificates to trust.
    ServerWithoutRoots,
}

pub(super) const WAYS: [Way; 3] = [Way::Server, Way::Lambda, Way::ServerWithoutRoots];

impl Way {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Lambda => "Lambda",
            Self::ServerWithoutRoots => "server without TLS roots",
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Start {
    pub(super) way: Way,
    /// From the start of the process to the acknowledgement.
    pub(super) took: Duration,
    /// How long each step took.
    pub(super) stages: Vec<Stage>,
    /// Resident memory after it, at most, in KiB.
    pub(super) memory_kib: u64,
    /// Why it was not as it should be.
    pub(super) problem: Option<String>,
}
