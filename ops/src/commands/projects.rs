//! `keylease projects`.

mod apply;
mod input;
mod list;
mod schema;

use crate::cli::projects::Projects;
use crate::failure::Failure;
use crate::surroundings::Surroundings;

/// Runs it.
pub(super) async fn run(
    command: &Projects,
    as_json: bool,
    surroundings: &Surroundings,
) -> Result<(), Failure> {
    match command {
        Projects::Apply(apply) => apply::run(apply, as_json, surroundings).await,
        Projects::List => surroundings.unless_stopped(list::run(as_json, surroundings)).await?,
        Projects::Schema => schema::run(surroundings),
    }
}
