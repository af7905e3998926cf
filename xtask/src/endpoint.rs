//! `endpoint`: the real programs against an emulated AWS that is a real HTTP endpoint.

use std::path::PathBuf;

use crate::process::{build_programs, checking, run as run_process};
use crate::python;
use crate::workspace::Workspace;

/// How many tests run at once: they wait far more than they compute.
const PARALLEL_TESTS: &str = "8";

/// Keeps the emulator so busy that tests beside it, which look at the time, would fail: it runs alone, after them.
const HEAVY_TEST: &str = "five_thousand_jobs";

/// Arguments go to `cargo test`, as the name of a test to run alone.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    let emulator = emulator(workspace)?;
    build_programs(workspace)?;
    let run_tests = |arguments: &[&str]| {
        let mut tests = checking(workspace, "test");
        tests
            .args(["--package", "endpoint", "--test", "endpoint"])
            .args(arguments)
            .env("KEYLEASE_MINISTACK", &emulator)
            .env("KEYLEASE_PROGRAMS", workspace.programs())
            .env("RUST_TEST_THREADS", PARALLEL_TESTS);
        run_process(&mut tests)
    };
    if !arguments.is_empty() {
        return run_tests(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    }
    run_tests(&["--", "--skip", HEAVY_TEST])?;
    run_tests(&[HEAVY_TEST])
}

/// The emulator's program.
pub(crate) fn emulator(workspace: &Workspace) -> Result<PathBuf, String> {
    let requirements = workspace.root().join("endpoint/requirements.txt");
    Ok(python::environment(&workspace.target().join("ministack-env"), &requirements)?.join("ministack"))
}
