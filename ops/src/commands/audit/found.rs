//! One thing that a verification found.

use domain::audit::Place;
use serde::Serialize;

/// One thing that is not as Keylease wrote it.
#[derive(Debug, Serialize)]
pub(super) struct Found {
    pub(super) request_id: String,
    position: Option<u32>,
    event: Option<String>,
    /// A short, stable word.
    fault: &'static str,
    /// A sentence without its full stop.
    pub(super) what: String,
}

impl Found {
    pub(super) fn new(request_id: &str, place: Option<&Place>, fault: &'static str, what: String) -> Self {
        Self {
            request_id: request_id.to_owned(),
            position: place.map(|place| place.position),
            event: place.map(|place| place.event.clone()),
            fault,
            what,
        }
    }
}
