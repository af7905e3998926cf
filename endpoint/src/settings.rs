//! What `cargo xtask endpoint` tells the tests.

use std::path::PathBuf;

/// The emulator's program.
pub fn emulator_program() -> PathBuf {
    path("KEYLEASE_MINISTACK")
}

/// The folder of the programs under test.
pub fn programs() -> PathBuf {
    path("KEYLEASE_PROGRAMS")
}

/// The folder of what the tests write down of a run, made where it is not there.
pub fn logs() -> PathBuf {
    let folder = programs().join("endpoint-logs");
    std::fs::create_dir_all(&folder).expect("a folder for logs");
    folder
}

/// The compiled deployment program.
pub fn deployment() -> PathBuf {
    path("KEYLEASE_DEPLOYMENT")
}

/// The folder of the programs' Lambda packages.
pub fn packages() -> PathBuf {
    path("KEYLEASE_PACKAGES")
}

/// What makes a run with random kills the same again: its seed, printed when it failed.
pub fn kill_seed() -> Option<u64> {
    std::env::var_os("KEYLEASE_KILL_SEED")?.to_str()?.parse().ok()
}

fn path(variable: &str) -> PathBuf {
    let value = std::env::var_os(variable);
    let path = PathBuf::from(value.unwrap_or_else(|| {
        panic!("{variable} is not set: these tests need an emulator and built programs; run `cargo xtask endpoint`")
    }));
    assert!(
        path.exists(),
        "{variable} says {}, which does not exist; run `cargo xtask endpoint`",
        path.display()
    );
    path
}
