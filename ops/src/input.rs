//! A file that is named on the command line: a path, or `-` for standard input.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::env::Env;
use crate::failure::Failure;

/// What stands for standard input.
const STANDARD_INPUT: &str = "-";

/// What it is called in faults.
pub(crate) fn name(path: &Path) -> String {
    if path == Path::new(STANDARD_INPUT) { "stdin".to_owned() } else { path.display().to_string() }
}

/// Reads it, up to so many bytes. Whoever is asked for standard input may stop instead.
pub(crate) async fn read(
    path: &Path,
    most_bytes: u64,
    env: &Env,
) -> Result<std::io::Result<Vec<u8>>, Failure> {
    if path == Path::new(STANDARD_INPUT) {
        return env.unless_stopped(env.terminal.read_input(most_bytes)).await;
    }
    let mut bytes = Vec::new();
    Ok(File::open(path).and_then(|file| file.take(most_bytes).read_to_end(&mut bytes)).map(|_| bytes))
}
