//! `unit`: the Rust tests alone, which need no network and no other program.

use crate::process::{checking, run as run_process};
use crate::workspace::Workspace;

/// Not the examples in documentation: there are none (`tidy` sees to it), and to look for them compiles each crate once more.
const ARGUMENTS: [&str; 3] = ["--lib", "--bins", "--tests"];

/// So many tests run at once, also where there are fewer cores. The command line's wait for queues far more than they compute: on two
/// cores, two at once take 102 s, six 41 s.
const PARALLEL_TESTS: usize = 6;

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut tests = checking(workspace, "test");
    tests.env("RUST_TEST_THREADS", cores.max(PARALLEL_TESTS).to_string());
    run_process(tests.args(ARGUMENTS).args(arguments))
}
