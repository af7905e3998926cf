//! `keylease projects schema`.

use crate::catalogue::schema::published;
use crate::env::Env;
use crate::failure::Failure;

/// Runs it: a schema is JSON, asked for or not.
pub(super) fn run(env: &Env) -> Result<(), Failure> {
    let schema = serde_json::to_string_pretty(published());
    let schema =
        schema.map_err(|error| Failure::new("the schema cannot be written as JSON").because(error))?;
    env.terminal.print(&schema)
}
