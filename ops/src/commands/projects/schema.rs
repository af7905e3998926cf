//! `keylease projects schema`.

use crate::catalogue::schema::published;
use crate::failure::Failure;
use crate::surroundings::Surroundings;

/// Runs it: a schema is JSON, asked for or not.
pub(super) fn run(surroundings: &Surroundings) -> Result<(), Failure> {
    let schema = serde_json::to_string_pretty(published());
    let schema =
        schema.map_err(|error| Failure::new("the schema cannot be written as JSON").because(error))?;
    surroundings.terminal.print(&schema)
}
