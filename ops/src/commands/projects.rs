//! `keylease projects`.

mod apply;
mod difference;
mod input;
mod list;
mod schema;

use crate::cli::projects::Projects;
use crate::env::Env;
use crate::failure::Failure;

/// Runs it.
pub(super) async fn run(command: &Projects, as_json: bool, env: &Env) -> Result<(), Failure> {
    match command {
        Projects::Apply(apply) => apply::run(apply, as_json, env).await,
        Projects::List => env.unless_stopped(list::run(as_json, env)).await?,
        Projects::Schema => schema::run(env),
    }
}
