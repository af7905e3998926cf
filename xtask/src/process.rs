//! Running other programs, with their output let through and their failure put into a sentence.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::workspace::{CHECKS, Workspace};

/// A cargo command in the workspace's root; the lock file is never changed by a check.
pub(crate) fn cargo(workspace: &Workspace, arguments: &[impl AsRef<OsStr>]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(workspace.root()).args(arguments);
    command
}

/// A cargo command that builds in the profile of the checks.
pub(crate) fn checking(workspace: &Workspace, command: &str) -> Command {
    cargo(workspace, &[command, "--locked", "--profile", CHECKS])
}

/// Runs a command to its end; anything but success is an error that shows the command.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let shown = shown(command);
    println!("$ {shown}");
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` ended with {status}")),
        Err(error) => Err(format!("`{shown}` could not be started: {error}")),
    }
}

/// Runs a command to its end; what it writes on its standard output, or an error that shows the command.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let shown = shown(command);
    let ended = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let ended = ended.map_err(|error| format!("`{shown}` could not be started: {error}"))?;
    if !ended.status.success() {
        return Err(format!("`{shown}` ended with {}", ended.status));
    }
    Ok(String::from_utf8_lossy(&ended.stdout).into_owned())
}

/// Builds every program that the checks start.
pub(crate) fn build_programs(workspace: &Workspace) -> Result<(), String> {
    run(checking(workspace, "build").arg("--bins"))
}

/// The first of these programs that is on the search path.
pub(crate) fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file()))
}

/// Whether a command runs and succeeds; its output is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// The command as a person would type it, the program without its folder.
fn shown(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_shows_the_command() {
        let why = run(Command::new("/bin/sh").args(["-c", "exit 7"])).unwrap_err();
        assert_eq!(why, "`sh -c exit 7` ended with exit status: 7");
    }

    #[test]
    fn a_missing_program_is_said_to_be_so() {
        let why = run(&mut Command::new("/nowhere/program")).unwrap_err();
        assert!(why.starts_with("`program` could not be started"), "{why}");
    }

    #[test]
    fn the_search_path_is_searched() {
        assert!(find(&["no-such-program", "sh"]).is_some());
        assert_eq!(find(&["no-such-program"]), None);
    }
}
