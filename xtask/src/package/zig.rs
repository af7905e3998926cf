//! The two architectures of Lambda, and building for both from any machine: zig compiles the C and links, against the oldest
//! glibc that has to do.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{cargo, find, output, run as run_process};
use crate::python;
use crate::workspace::Workspace;

/// What Lambda's `provided.al2023` has: Amazon Linux 2023 is built on it. A program that asks for more does not link.
const GLIBC: &str = "2.34";

/// An architecture, by the name that Lambda gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arch {
    X86,
    Arm64,
}

impl Arch {
    pub(super) const ALL: [Self; 2] = [Self::X86, Self::Arm64];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }

    /// What Rust calls its processor.
    pub(super) fn processor(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm64 => "aarch64",
        }
    }

    fn triple(self) -> String {
        format!("{}-unknown-linux-gnu", self.processor())
    }
}

impl std::fmt::Display for Arch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// What is built of a package, and how: the profile is one of `Cargo.toml`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Build {
    package: &'static str,
    pub(super) profile: &'static str,
}

pub(super) const INGRESS: Build = Build { package: "ingress", profile: "lambda-ingress" };
pub(super) const WORKERS: Build = Build { package: "workers", profile: "lambda" };

/// All that building for an architecture takes.
#[derive(Debug)]
pub(super) struct Zig {
    folder: PathBuf,
    arch: Arch,
}

impl Zig {
    /// Installs what is missing.
    pub(super) fn prepare(workspace: &Workspace, arch: Arch) -> Result<Self, String> {
        let requirements = workspace.root().join("xtask/requirements.txt");
        let folder = python::environment(&workspace.target().join("zig-env"), &requirements)?;
        add_target(workspace, &arch.triple())?;
        Ok(Self { folder, arch })
    }

    /// Builds these programs; the folder that they are in then.
    pub(super) fn build(
        &self,
        workspace: &Workspace,
        how: Build,
        programs: &[&str],
    ) -> Result<PathBuf, String> {
        let triple = self.arch.triple();
        let mut build = cargo(workspace, &["zigbuild", "--target", &format!("{triple}.{GLIBC}")]);
        build.args(["--locked", "--profile", how.profile, "--package", how.package]);
        build.args(programs.iter().flat_map(|program| ["--bin", program]));
        // Builds that run side by side write their linkers' scripts to folders of their own.
        build.env("CARGO_ZIGBUILD_CACHE_DIR", workspace.target().join("zig-cache").join(how.profile));
        run_process(build.env("PATH", first_on_the_path(&self.folder)?))?;
        Ok(workspace.target().join(triple).join(how.profile))
    }
}

/// Rust's library for the other architecture, where the toolchain has none yet.
fn add_target(workspace: &Workspace, triple: &str) -> Result<(), String> {
    let printed = output(Command::new("rustc").current_dir(workspace.root()).args([
        "--print",
        "target-libdir",
        "--target",
        triple,
    ]))?;
    if Path::new(printed.trim()).is_dir() {
        return Ok(());
    }
    let rustup = find(&["rustup"])
        .ok_or_else(|| format!("this toolchain has no {triple}, and there is no rustup to add it with"))?;
    run_process(Command::new(rustup).current_dir(workspace.root()).args(["target", "add", triple]))
}

fn first_on_the_path(folder: &Path) -> Result<std::ffi::OsString, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_path_buf()).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).map_err(|error| format!("{}: {error}", folder.display()))
}
