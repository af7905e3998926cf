//! `keylease projects`.

mod apply;
mod list;

use catalogue::schema::PUBLISHED;

use crate::cli::projects::Projects;
use crate::env::Env;
use crate::failure::Failure;

pub(super) async fn run(command: &Projects, as_json: bool, env: &Env) -> Result<(), Failure> {
    match command {
        Projects::Apply(apply) => apply::run(apply, as_json, env).await,
        Projects::List => env.unless_stopped(list::run(as_json, env)).await?,
        // A schema is JSON, asked for or not.
        Projects::Schema => env.terminal.print(PUBLISHED.trim_end()),
    }
}
