//! `keylease audit`: exports the audit trail, or verifies it.

mod against;
mod export;
mod line;
mod verify;

use crate::cli::audit::{Audit, AuditCommand};
use crate::env::Env;
use crate::failure::Failure;

pub(super) async fn run(audit: &Audit, as_json: bool, env: &Env) -> Result<(), Failure> {
    match &audit.command {
        None => export::run(&audit.export, as_json, env).await,
        Some(AuditCommand::Verify { against }) => verify::run(against.as_deref(), as_json, env).await,
    }
}
