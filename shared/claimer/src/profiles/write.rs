//! Writes a profile into AWS's files, and leaves alone what is not Keylease's.

use std::path::Path;

use super::folders::Folders;
use super::ini::Ini;
use super::kept::Kept;
use super::lock::Lock;
use super::name::ProfileName;
use super::private_file;
use super::sections::{OF_CREDENTIALS, Which};
use crate::claims::credential::Credential;
use crate::failure::Failure;
use crate::machine::Machine;

/// The setting by which AWS's tools ask a program for credentials.
const PROCESS: &str = "credential_process";

/// Whose a profile is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owner {
    /// No profile of this name has credentials.
    Nobody,
    /// Keylease wrote it.
    Keylease,
    /// Somebody else did, in this file.
    Other(String),
}

/// Finds out whose the profile is.
pub(crate) fn owner(folders: &Folders, name: &ProfileName, kept: Option<&Kept>) -> Result<Owner, Failure> {
    let keys = Which::Credentials.of_credentials(&read(&folders.credentials)?, name);
    let config = Which::Config.of_credentials(&read(&folders.config)?, name);
    let is_ours = |key: &str, value: &str| match key {
        "aws_access_key_id" => kept.is_some_and(|kept| kept.access_key_id == value),
        "aws_secret_access_key" => true,
        _ => false,
    };
    let has_id = keys.is_empty() || keys.iter().any(|(key, _)| key == "aws_access_key_id");
    if !has_id || !keys.iter().all(|(key, value)| is_ours(key, value)) {
        return Ok(Owner::Other(folders.credentials.display().to_string()));
    }
    // By the end alone, for the program may have been moved.
    let calls_us = |value: &str| value.ends_with(&format!(" credentials {name}"));
    if !config.iter().all(|(key, value)| kept.is_some() && key == PROCESS && calls_us(value)) {
        return Ok(Owner::Other(folders.config.display().to_string()));
    }
    Ok(if keys.is_empty() && config.is_empty() { Owner::Nobody } else { Owner::Keylease })
}

/// Whether the profile could be written, before anything is claimed that could not be kept.
pub(crate) fn try_writing(folders: &Folders, name: &ProfileName) -> Result<(), Failure> {
    for path in [&folders.kept(name), &folders.credentials, &folders.config] {
        private_file::try_beside(path).map_err(|error| unwritable(path, error))?;
    }
    Ok(())
}

/// Writes the profile: a key as it is, a session as the command that has it.
pub(crate) async fn write(
    folders: &Folders,
    name: &ProfileName,
    credential: &Credential,
    machine: &dyn Machine,
) -> Result<(), Failure> {
    let _lock = Lock::of(&folders.files_lock(), machine).await?;
    let (mut keys, mut process) = (Vec::new(), Vec::new());
    if credential.is_session() {
        process.push((PROCESS, format!("{} credentials {name}", this_program(machine))));
    } else {
        keys.push(("aws_access_key_id", credential.access_key_id.clone()));
        keys.push(("aws_secret_access_key", credential.secret_access_key.reveal().to_owned()));
    }
    // Keys come before a command for AWS's tools, so those of an earlier claim go first.
    edit(&folders.credentials, Which::Credentials, name, &keys)?;
    edit(&folders.config, Which::Config, name, &process)
}

fn edit(path: &Path, which: Which, name: &ProfileName, settings: &[(&str, String)]) -> Result<(), Failure> {
    let before = read(path)?;
    let mut file = before.clone();
    file.set(&which.heading(name), &|heading| which.is_of(heading, name), settings, &OF_CREDENTIALS);
    let text = file.text();
    if text == before.text() {
        return Ok(());
    }
    private_file::replace(path, text.as_bytes()).map_err(|error| unwritable(path, error))
}

/// Reads one of AWS's files; one that is not there is empty.
pub(crate) fn read(path: &Path) -> Result<Ini, Failure> {
    let text = private_file::read(path).map_err(|error| {
        Failure::new(format!("{} cannot be read", path.display()))
            .because(error)
            .hint("repair the file, or use --json, which reads and writes none")
    })?;
    Ok(Ini::parse(&text.unwrap_or_default()))
}

fn unwritable(path: &Path, error: std::io::Error) -> Failure {
    Failure::new(format!("{} cannot be written", path.display()))
        .because(error)
        .hint("repair that, or use --json, which writes no file")
}

/// How AWS's tools call this program: by its name where that finds it, and by its path otherwise.
fn this_program(machine: &dyn Machine) -> String {
    const NAME: &str = "keylease";
    let Ok(this) = std::env::current_exe() else { return NAME.to_owned() };
    let file = format!("{NAME}{}", std::env::consts::EXE_SUFFIX);
    let path = machine.variable("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(&file)).find(|path| path.is_file());
    let by_name = found.is_some_and(|found| match (found.canonicalize(), this.canonicalize()) {
        (Ok(found), Ok(this)) => found == this,
        (Err(_), _) | (_, Err(_)) => false,
    });
    let path = this.display().to_string();
    match () {
        () if by_name => NAME.to_owned(),
        () if path.contains(char::is_whitespace) => format!("\"{path}\""),
        () => path,
    }
}
