//! The two architectures of Lambda, and how this machine can build for them.

use std::env::consts::ARCH;
use std::ffi::OsString;
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
    /// For the other one, with a cross compiler that cargo is told of in its environment already.
    Named(&'static str),
    /// For the other one, with zig as its compiler and linker, for the oldest glibc that has to do.
    Zig(&'static str),
    /// For the other one, with the cross compiler of a Debian package, at this path.
    Debian(&'static str, PathBuf),
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

    /// The compiler for it that Debian has for other machines.
    fn compiler(self) -> &'static str {
        match self {
            Self::X86 => "x86_64-linux-gnu-gcc",
            Self::Arm64 => "aarch64-linux-gnu-gcc",
        }
    }

    /// Debian's packages of that compiler, and of the C library that it links to.
    fn debian_packages(self) -> &'static str {
        match self {
            Self::X86 => "gcc-x86-64-linux-gnu libc6-dev-amd64-cross",
            Self::Arm64 => "gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
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
        self.across(&|name| std::env::var_os(name), &|name| find(&[name]), &has_libc)
    }

    /// What the environment names comes first, for somebody meant it.
    fn across(
        self,
        variable: &dyn Fn(&str) -> Option<OsString>,
        program: &dyn Fn(&str) -> Option<PathBuf>,
        has_libc: &dyn Fn(&Path) -> bool,
    ) -> Result<Way, String> {
        let triple = self.triple();
        let linker = linker_variable(triple);
        if variable(&linker).is_some() {
            return Ok(Way::Named(triple));
        }
        if program("cargo-zigbuild").is_some() {
            return Ok(Way::Zig(triple));
        }
        let install = format!("on Debian: apt-get install {}", self.debian_packages());
        match program(self.compiler()) {
            Some(compiler) if has_libc(&compiler) => Ok(Way::Debian(triple, compiler)),
            Some(compiler) => {
                Err(format!("{} has no C library to link {triple} with; {install}", compiler.display()))
            }
            None => Err(format!(
                "there is no compiler and linker for {triple}; {install}; or install cargo-zigbuild; or name a linker in \
                 {linker} and a C compiler in {}",
                compiler_variable(triple)
            )),
        }
    }
}

impl Way {
    /// What cargo is told first.
    pub(super) fn arguments(&self) -> Vec<String> {
        match self {
            Self::Native => vec!["build".to_owned()],
            Self::Named(triple) | Self::Debian(triple, _) => {
                ["build", "--target", triple].map(String::from).to_vec()
            }
            Self::Zig(triple) => {
                vec!["zigbuild".to_owned(), "--target".to_owned(), format!("{triple}.{NEWEST}")]
            }
        }
    }

    /// What cargo is told in its environment: who links, and who compiles C.
    pub(super) fn variables(&self) -> Vec<(String, &Path)> {
        match self {
            Self::Native | Self::Named(_) | Self::Zig(_) => Vec::new(),
            Self::Debian(triple, compiler) => {
                vec![(linker_variable(triple), compiler), (compiler_variable(triple), compiler)]
            }
        }
    }

    /// Where the programs are then.
    pub(super) fn built(&self, target: &Path, profile: &str) -> PathBuf {
        match self {
            Self::Native => target.join(profile),
            Self::Named(triple) | Self::Zig(triple) | Self::Debian(triple, _) => {
                target.join(triple).join(profile)
            }
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

/// Whether a compiler finds the file that every C program begins with. A cross compiler can be there without it.
fn has_libc(compiler: &Path) -> bool {
    let asked = Command::new(compiler).arg("-print-file-name=crt1.o").output();
    asked.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_absolute())
}

fn linker_variable(triple: &str) -> String {
    format!("CARGO_TARGET_{}_LINKER", triple.replace('-', "_").to_uppercase())
}

fn compiler_variable(triple: &str) -> String {
    format!("CC_{}", triple.replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARM: &str = "aarch64-unknown-linux-gnu";
    const LINKER: &str = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER";

    /// How arm64 is built where these variables are set and these programs are there.
    fn across(variables: &[&str], programs: &[&str], has_libc: bool) -> Result<Way, String> {
        let variable = |name: &str| variables.contains(&name).then(|| OsString::from("mine"));
        let program = |name: &str| programs.contains(&name).then(|| Path::new("/usr/bin").join(name));
        Arch::Arm64.across(&variable, &program, &|_| has_libc)
    }

    #[test]
    fn this_machine_builds_for_itself() {
        let native = Arch::ALL.into_iter().find(|arch| arch.way() == Ok(Way::Native)).unwrap();
        assert!(native.triple().starts_with(ARCH));
        assert!(has_target(native.triple()));
        assert!(!has_target("pdp11-unknown-unix"));
    }

    #[test]
    fn a_compiler_that_is_there_is_found_and_what_was_named_comes_first() {
        let debian = Way::Debian(ARM, PathBuf::from("/usr/bin/aarch64-linux-gnu-gcc"));
        let both = ["cargo-zigbuild", "aarch64-linux-gnu-gcc"];
        assert_eq!(across(&[], &both[1..], true), Ok(debian));
        assert_eq!(across(&[], &both, true), Ok(Way::Zig(ARM)));
        assert_eq!(across(&[LINKER], &both, true), Ok(Way::Named(ARM)));
    }

    #[test]
    fn what_is_missing_is_said_with_the_packages_that_have_it() {
        let packages = "apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross";
        let why = across(&["CC_aarch64_unknown_linux_gnu"], &["x86_64-linux-gnu-gcc"], true).unwrap_err();
        assert!(why.starts_with("there is no compiler and linker for aarch64-unknown-linux-gnu"), "{why}");
        assert!(why.contains(packages) && why.contains(LINKER), "{why}");
        let why = across(&[], &["aarch64-linux-gnu-gcc"], false).unwrap_err();
        assert!(why.starts_with("/usr/bin/aarch64-linux-gnu-gcc has no C library"), "{why}");
        assert!(why.contains(packages), "{why}");
    }

    #[test]
    fn this_machines_compiler_has_a_c_library_and_a_program_that_is_no_compiler_has_none() {
        assert!(has_libc(Path::new("cc")));
        assert!(!has_libc(Path::new("true")));
        assert!(!has_libc(Path::new("/nowhere/gcc")));
    }

    #[test]
    fn cargo_is_told_the_target_and_the_compiler_and_zig_the_glibc() {
        assert_eq!(Way::Native.arguments(), ["build"]);
        assert_eq!(Way::Native.variables(), []);
        assert_eq!(Way::Zig(ARM).arguments(), ["zigbuild", "--target", "aarch64-unknown-linux-gnu.2.34"]);
        assert_eq!(Way::Named(ARM).arguments(), ["build", "--target", ARM]);
        let gcc = PathBuf::from("/usr/bin/aarch64-linux-gnu-gcc");
        let debian = Way::Debian(ARM, gcc.clone());
        assert_eq!(debian.arguments(), ["build", "--target", ARM]);
        let variables = [LINKER, "CC_aarch64_unknown_linux_gnu"].map(|name| (name.to_owned(), gcc.as_path()));
        assert_eq!(debian.variables(), variables);
        let folder = Path::new("target/aarch64-unknown-linux-gnu/lambda");
        assert_eq!(debian.built(Path::new("target"), "lambda"), folder);
    }
}
