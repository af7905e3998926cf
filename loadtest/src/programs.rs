//! The measured programs: where they are, given or built as they are shipped, and how they are started.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use testkit::program::{Program, Variables};
use tokio::net::TcpListener;

use crate::cli::Programs;
use crate::fault::Fault;

/// The profile in `Cargo.toml` that makes what is shipped of this package.
fn profile(package: &str) -> &'static str {
    if package == "ingress" { "lambda-ingress" } else { "lambda" }
}

/// How long a program may take until it listens, and to end after SIGTERM.
pub(crate) const PROGRAM_WAIT: Duration = Duration::from_secs(20);

/// Where cargo builds, and where reports and logs go.
pub(crate) fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

impl Programs {
    /// The folder in which `package`'s programs are, after building them where no folder was given.
    pub(crate) fn folder(&self, package: &str) -> Result<PathBuf, Fault> {
        if let Some(folder) = &self.bin_dir {
            return Ok(folder.clone());
        }
        let profile = profile(package);
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.args(["build", "--profile", profile, "--locked", "--package", package]).current_dir(root());
        match build.stdin(Stdio::null()).status() {
            Ok(status) if status.success() => Ok(target_folder().join(profile)),
            Ok(status) => Err(Fault::Program(format!(
                "`cargo build --profile {profile} --package {package}` ended with {status}"
            ))),
            Err(error) => Err(Fault::Program(format!(
                "cargo could not be started to build {package}: {error}; name a folder of built programs with \
                 --bin-dir"
            ))),
        }
    }
}

fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR");
    let here = here.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().map_or_else(|| here.clone(), Path::to_path_buf)
}

/// Starts a program with these arguments and variables, and no other variables.
pub(crate) fn start(
    name: &'static str,
    program: &Path,
    arguments: &[&str],
    variables: &Variables,
) -> Result<Program, Fault> {
    let folder = target_folder().join("loadtest");
    std::fs::create_dir_all(&folder).map_err(Fault::io("no folder for logs"))?;
    Program::start(name, program, arguments, variables, folder.join(format!("{name}.log")))
        .map_err(|error| Fault::Program(format!("{} does not start: {error}", program.display())))
}

/// An address that nobody listens on at the moment.
pub(crate) async fn free_address() -> Result<SocketAddr, Fault> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Fault::io("no free port"))?;
    listener.local_addr().map_err(Fault::io("a port without an address"))
}
