//! A packaged program is started once: without its variables it says which are missing, and so much shows that it is for this
//! machine and finds its libraries.

use std::path::Path;
use std::process::Command;

use super::zig::Arch;
use crate::process::find;

/// What a program says that was started without any variable.
const SAYS: &str = "the configuration is not complete";
/// Runs programs of the other architecture, and where Debian keeps their C library.
const EMULATORS: [(Arch, &str, &str); 2] = [
    (Arch::Arm64, "qemu-aarch64-static", "/usr/aarch64-linux-gnu"),
    (Arch::X86, "qemu-x86_64-static", "/usr/x86_64-linux-gnu"),
];

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Started {
    Here,
    Emulated,
    /// This machine cannot run it.
    Not,
}

impl Started {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Here => "yes",
            Self::Emulated => "under qemu",
            Self::Not => "no: install qemu-user-static and the architecture's libc6-…-cross",
        }
    }
}

pub(super) fn start(program: &Path, arch: Arch) -> Result<Started, String> {
    if cfg!(target_os = "linux") && std::env::consts::ARCH == arch.processor() {
        return says(&mut Command::new(program)).map(|()| Started::Here);
    }
    let emulator = EMULATORS.iter().find(|(which, ..)| *which == arch);
    match emulator.and_then(|(_, name, libraries)| Some((find(&[name])?, Path::new(libraries)))) {
        Some((emulator, libraries)) if libraries.is_dir() => {
            says(Command::new(emulator).arg("-L").arg(libraries).arg(program)).map(|()| Started::Emulated)
        }
        Some(_) | None => Ok(Started::Not),
    }
}

fn says(command: &mut Command) -> Result<(), String> {
    let ended = command.env_clear().output().map_err(|error| format!("it does not start: {error}"))?;
    let said = [ended.stdout, ended.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    if said.contains(SAYS) {
        return Ok(());
    }
    Err(format!("started without variables, it ended with {} and said: {said}", ended.status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Result<(), String> {
        says(Command::new("/bin/sh").args(["-c", script]))
    }

    #[test]
    fn a_program_that_says_what_is_missing_was_started() {
        assert_eq!(shell(&format!("echo '{SAYS}; set' >&2; exit 1")), Ok(()));
    }

    #[test]
    fn one_that_says_something_else_or_does_not_start_fails() {
        let why = shell("echo no version GLIBC_2.38 >&2; exit 1").unwrap_err();
        assert!(why.contains("exit status: 1") && why.contains("GLIBC_2.38"), "{why}");
        assert!(says(&mut Command::new("/nowhere/ingress")).unwrap_err().starts_with("it does not start"));
    }
}
