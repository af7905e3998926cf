//! `keylease grants`: requests, and the grants that came of them.

pub(super) mod list;
pub(super) mod moment;
mod revoke;
mod show;

use crate::cli::grants::Grants;
use crate::failure::Failure;
use crate::surroundings::Surroundings;

/// Runs it.
pub(super) async fn run(grants: &Grants, as_json: bool, surroundings: &Surroundings) -> Result<(), Failure> {
    match grants {
        Grants::List(wanted) => list::list(wanted, as_json, surroundings).await,
        Grants::Show { id } => surroundings.unless_stopped(show::show(id, as_json, surroundings)).await?,
        Grants::Revoke(wanted) => revoke::revoke(wanted, as_json, surroundings).await,
    }
}
