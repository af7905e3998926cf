//! `keylease grants`: requests, and the grants that came of them.

mod id;
mod list;
mod revoke;
mod show;

use crate::cli::grants::Grants;
use crate::env::Env;
use crate::failure::Failure;

pub(super) async fn run(grants: &Grants, as_json: bool, env: &Env) -> Result<(), Failure> {
    match grants {
        Grants::List(wanted) => list::list(wanted, as_json, env).await,
        Grants::Show { id } => env.unless_stopped(show::show(id, as_json, env)).await?,
        Grants::Revoke(wanted) => revoke::revoke(wanted, as_json, env).await,
    }
}
