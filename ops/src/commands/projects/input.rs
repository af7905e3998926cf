//! The file of `apply`: a path, or standard input.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use catalogue::FILE_MAX_BYTES;

use crate::env::Env;
use crate::failure::Failure;

/// What stands for standard input.
const STANDARD_INPUT: &str = "-";

/// What the file is called in faults.
pub(super) fn name(path: &Path) -> String {
    if path == Path::new(STANDARD_INPUT) { "stdin".to_owned() } else { path.display().to_string() }
}

/// Reads it, up to one byte more than a file may have.
pub(super) async fn read(path: &Path, env: &Env) -> Result<Vec<u8>, Failure> {
    let most = FILE_MAX_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    let read = if path == Path::new(STANDARD_INPUT) {
        env.unless_stopped(env.terminal.read_input(most)).await?
    } else {
        File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).map(|_| bytes)
    };
    read.map_err(|error| {
        Failure::new(format!("{} cannot be read", name(path)))
            .because(error)
            .hint("give a YAML or JSON file, or - for standard input; docs/catalogue.md has an example")
    })
}
