//! `keylease projects schema`.

use catalogue::schema::PUBLISHED;

use crate::env::Env;
use crate::failure::Failure;

/// Runs it: a schema is JSON, asked for or not.
pub(super) fn run(env: &Env) -> Result<(), Failure> {
    env.terminal.print(PUBLISHED.trim_end())
}
