//! `pulumi`: the deployment program: its types, and its own tests. Neither AWS nor the emulator is needed.
//!
//! `pulumi preview` needs the Pulumi CLI and an account, and is no part of the checks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{find, run as run_process};
use crate::stamp::install_once;
use crate::workspace::Workspace;

const NO_NODE: &str = "the deployment program needs node and npm; on Debian: apt-get install nodejs npm";
const NO_TESTS: &str = "the deployment program has no tests under pulumi/build; `tsc` should have made them";

/// Arguments go to `node --test`.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    let (folder, node) = build(workspace)?;
    let mut tests = Vec::new();
    find_tests(&folder.join("build"), &mut tests)?;
    if tests.is_empty() {
        return Err(String::from(NO_TESTS));
    }
    let mut command = Command::new(node);
    run_process(
        command.args(["--test", "--test-reporter=spec"]).args(arguments).args(tests).current_dir(folder),
    )
}

/// Installs what the program depends on, where its lock file asks for something else than there is, and compiles it anew.
/// Returns its folder, and node.
pub(crate) fn build(workspace: &Workspace) -> Result<(PathBuf, PathBuf), String> {
    let folder = workspace.root().join("pulumi");
    let node = find(&["node"]).ok_or(NO_NODE)?;
    let npm = find(&["npm"]).ok_or(NO_NODE)?;
    install_once(&folder.join("node_modules"), &folder.join("package-lock.json"), || {
        let install = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
        run_process(Command::new(npm).args(install).current_dir(&folder))
    })?;
    let compiled = folder.join("build");
    if compiled.exists() {
        // A test whose source is gone must not run on.
        fs::remove_dir_all(&compiled).map_err(|error| format!("{} stays: {error}", compiled.display()))?;
    }
    run_process(
        Command::new(&node).args(["node_modules/typescript/bin/tsc", "-p", "."]).current_dir(&folder),
    )?;
    Ok((folder, node))
}

fn find_tests(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries =
        fs::read_dir(folder).map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            find_tests(&path, found)?;
        } else if path.to_string_lossy().ends_with(".test.js") {
            found.push(path);
        }
    }
    found.sort();
    Ok(())
}
