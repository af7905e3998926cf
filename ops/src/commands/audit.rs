//! `keylease audit`: exports the audit trail, or verifies it.

mod against;
mod export;
mod line;
mod moment;
mod scan;
mod verify;

use crate::cli::audit::{Audit, AuditCommand};
use crate::failure::Failure;
use crate::surroundings::Surroundings;

/// Runs it.
pub(super) async fn run(audit: &Audit, as_json: bool, surroundings: &Surroundings) -> Result<(), Failure> {
    match &audit.command {
        None => export::run(&audit.export, as_json, surroundings).await,
        Some(AuditCommand::Verify { against }) => {
            verify::run(against.as_deref(), as_json, surroundings).await
        }
    }
}
