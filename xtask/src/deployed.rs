//! `deployed`: the declared stack, deployed into an emulator that enforces IAM, and driven there.
//!
//! The packages are made as `package` makes them, but of the programs that are built already: one that is optimised would
//! take minutes and do nothing else.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::endpoint::emulator;
use crate::package::{PROGRAMS, Wish, bundle};
use crate::process::{build_programs, checking, run as run_process};
use crate::pulumi;
use crate::workspace::Workspace;

/// Arguments go to `cargo test`.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    let emulator = emulator(workspace)?;
    let (deployment, _) = pulumi::build(workspace)?;
    build_programs(workspace)?;
    let packages = packages(workspace)?;
    let mut test = checking(workspace, "test");
    test.args(["--package", "endpoint", "--test", "deployed"])
        .args(arguments)
        // What is not covered is said there, and whoever reads the log should see it.
        .args(["--", "--nocapture"])
        .env("KEYLEASE_MINISTACK", &emulator)
        .env("KEYLEASE_PROGRAMS", workspace.programs())
        .env("KEYLEASE_DEPLOYMENT", deployment)
        .env("KEYLEASE_PACKAGES", packages);
    run_process(&mut test)
}

/// Packs the programs without their symbols, which are most of them.
fn packages(workspace: &Workspace) -> Result<PathBuf, String> {
    let folder = workspace.target().join("package-dev");
    let at = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(at)?;
    for program in PROGRAMS {
        let stripped = folder.join(program);
        let built = workspace.programs().join(program);
        run_process(Command::new("strip").arg("-o").arg(&stripped).arg(built))?;
        let zip = bundle(&fs::read(&stripped).map_err(at)?, Wish::Quick)?;
        fs::write(folder.join(format!("{program}.zip")), zip).map_err(at)?;
    }
    Ok(folder)
}
