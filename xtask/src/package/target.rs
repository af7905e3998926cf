//! The two architectures of Lambda, and how this machine can build for them.

use std::env::consts::ARCH;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::glibc::NEWEST;
use crate::process::find;

/// An architecture, by the name that Lambda gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arch {
    X86,
    Arm64,
}

/// How to build for an architecture.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// For the machine that builds.
    Native,
    /// For the other one, with a linker that cargo is told of by the variable that this names.
    Cross(&'static str),
    /// For the other one, with zig as its compiler and linker, for the oldest glibc that has to do.
    Zig(&'static str),
}

impl Arch {
    pub(super) const ALL: [Self; 2] = [Self::X86, Self::Arm64];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }

    fn triple(self) -> &'static str {
        match self {
            Self::X86 => "x86_64-unknown-linux-gnu",
            Self::Arm64 => "aarch64-unknown-linux-gnu",
        }
    }

    /// How it is built here, or what is missing.
    pub(super) fn way(self) -> Result<Way, String> {
        let triple = self.triple();
        if triple.split('-').next() == Some(ARCH) {
            return Ok(Way::Native);
        }
        if !has_target(triple) {
            return Err(format!("this toolchain has no {triple}; add it with: rustup target add {triple}"));
        }
        if find(&["cargo-zigbuild"]).is_some() {
            return Ok(Way::Zig(triple));
        }
        let linker = linker_variable(triple);
        match std::env::var_os(&linker) {
            Some(_) => Ok(Way::Cross(triple)),
            None => Err(format!(
                "there is no linker for {triple}; install cargo-zigbuild, or name one in {linker} (and a C compiler \
                 in CC_{})",
                triple.replace('-', "_")
            )),
        }
    }
}

impl Way {
    /// What cargo is told first.
    pub(super) fn arguments(&self) -> Vec<String> {
        match self {
            Self::Native => vec!["build".to_owned()],
            Self::Cross(triple) => ["build", "--target", triple].map(String::from).to_vec(),
            Self::Zig(triple) => {
                vec!["zigbuild".to_owned(), "--target".to_owned(), format!("{triple}.{NEWEST}")]
            }
        }
    }

    /// Where the programs are then.
    pub(super) fn built(&self, target: &Path, profile: &str) -> PathBuf {
        match self {
            Self::Native => target.join(profile),
            Self::Cross(triple) | Self::Zig(triple) => target.join(triple).join(profile),
        }
    }
}

impl std::fmt::Display for Arch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

fn has_target(triple: &str) -> bool {
    let printed = Command::new("rustc").args(["--print", "target-libdir", "--target", triple]).output();
    printed.is_ok_and(|output| {
        output.status.success() && Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir()
    })
}

fn linker_variable(triple: &str) -> String {
    format!("CARGO_TARGET_{}_LINKER", triple.replace('-', "_").to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_builds_for_itself() {
        let native = Arch::ALL.into_iter().find(|arch| arch.way() == Ok(Way::Native)).unwrap();
        assert!(native.triple().starts_with(ARCH));
        assert!(has_target(native.triple()));
        assert!(!has_target("pdp11-unknown-unix"));
    }

    #[test]
    fn cargo_is_told_the_target_and_zig_the_glibc() {
        let triple = Arch::Arm64.triple();
        assert_eq!(Way::Native.arguments(), ["build"]);
        assert_eq!(Way::Cross(triple).arguments(), ["build", "--target", triple]);
        assert_eq!(Way::Zig(triple).arguments(), ["zigbuild", "--target", "aarch64-unknown-linux-gnu.2.34"]);
        assert_eq!(linker_variable(triple), "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER");
        let folder = Way::Cross(triple).built(Path::new("target"), "lambda");
        assert_eq!(folder, Path::new("target/aarch64-unknown-linux-gnu/lambda"));
    }
}
