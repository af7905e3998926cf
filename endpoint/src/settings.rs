//! What `cargo xtask endpoint` tells the tests.

use std::path::PathBuf;

/// The emulator's program.
#[must_use]
pub fn emulator_program() -> PathBuf {
    path("KEYLEASE_MINISTACK")
}

/// The folder of the programs under test.
#[must_use]
pub fn programs() -> PathBuf {
    path("KEYLEASE_PROGRAMS")
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
