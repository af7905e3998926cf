//! `browser`: the sandbox's page and the claim page, used by a real browser as a person would.
//!
//! `KEYLEASE_SCREENSHOT=docs/sandbox.png cargo xtask browser` also takes a picture of it with a grant live.

use std::path::PathBuf;
use std::process::Command;

use crate::process::{build_programs, find, run as run_process};
use crate::stamp::install_once;
use crate::workspace::Workspace;

const NO_NODE: &str = "the browser test needs node and npm; on Debian: apt-get install nodejs npm";
const NO_CHROMIUM: &str = "the browser test needs Chromium; on Debian: apt-get install chromium, \
     or set CHROMIUM to the path of one";

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    let folder = workspace.root().join("sandbox/browser");
    let node = find(&["node"]).ok_or(NO_NODE)?;
    let npm = find(&["npm"]).ok_or(NO_NODE)?;
    let chromium = chromium().ok_or(NO_CHROMIUM)?;
    install_once(&folder.join("node_modules"), &folder.join("package-lock.json"), || {
        run_process(Command::new(&npm).args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))
    })?;
    let page = workspace.root().join("ingress/page");
    install_once(&page.join("node_modules"), &page.join("package-lock.json"), || {
        run_process(Command::new(&npm).args(["ci", "--no-audit", "--no-fund"]).current_dir(&page))
    })?;
    run_process(Command::new(&node).args(["build.js", "--check"]).current_dir(&page))?;
    build_programs(workspace)?;
    let mut tests = Command::new(node);
    tests
        .args(["--test", "--test-reporter=spec"])
        .args(arguments)
        .current_dir(&folder)
        .env("CHROMIUM", chromium)
        .env("KEYLEASE_SANDBOX", workspace.programs().join("sandbox"));
    if let Some(picture) = std::env::var_os("KEYLEASE_SCREENSHOT") {
        // The test runs in its own folder; a path is meant from the workspace's root.
        tests.env("KEYLEASE_SCREENSHOT", workspace.root().join(picture));
    }
    run_process(&mut tests)
}

/// A browser that can be driven.
pub(crate) fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from).filter(|path| path.is_file());
    named.or_else(|| find(&["chromium", "chromium-browser", "google-chrome"]))
}
