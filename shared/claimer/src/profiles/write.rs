//! Writes a profile into AWS's files, and leaves alone what is not Keylease's.

use std::path::Path;

use super::kept::Kept;
use super::lock::Lock;
use super::private_file;
use super::profile::Profile;
use super::sections::{OF_CREDENTIALS, Which};
use crate::claims::asked::Claimed;
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

impl Profile {
    /// Keeps what was claimed, and writes it into AWS's files. Returns the file in which the profile is.
    pub async fn write(&self, claimed: Claimed, machine: &dyn Machine) -> Result<String, Failure> {
        let credential = claimed.credential.clone();
        // First what is kept: by it the profile is known to be Keylease's.
        Kept::new(claimed.link, claimed.delivery_id, claimed.key, claimed.credential).write(self)?;
        write(self, &credential, machine).await?;
        let which = if credential.is_session() { Which::Config } else { Which::Credentials };
        Ok(self.file(which).display().to_string())
    }
}

/// Finds out whose the profile is.
pub(super) fn owner(profile: &Profile, kept: Option<&Kept>) -> Result<Owner, Failure> {
    let keys = Which::Credentials.of_credentials(&profile.read(Which::Credentials)?, &profile.name);
    let config = Which::Config.of_credentials(&profile.read(Which::Config)?, &profile.name);
    let is_ours = |key: &str, value: &str| match key {
        "aws_access_key_id" => kept.is_some_and(|kept| kept.access_key_id == value),
        "aws_secret_access_key" => true,
        _ => false,
    };
    let other = |which| Ok(Owner::Other(profile.file(which).display().to_string()));
    let has_id = keys.is_empty() || keys.iter().any(|(key, _)| key == "aws_access_key_id");
    if !has_id || !keys.iter().all(|(key, value)| is_ours(key, value)) {
        return other(Which::Credentials);
    }
    // By the end alone, for the program may have been moved.
    let calls_us = |value: &str| value.ends_with(&format!(" credentials {profile}"));
    if !config.iter().all(|(key, value)| kept.is_some() && key == PROCESS && calls_us(value)) {
        return other(Which::Config);
    }
    Ok(if keys.is_empty() && config.is_empty() { Owner::Nobody } else { Owner::Keylease })
}

/// Whether the profile could be written.
pub(super) fn try_writing(profile: &Profile) -> Result<(), Failure> {
    for path in [&*profile.kept(), profile.file(Which::Credentials), profile.file(Which::Config)] {
        private_file::try_beside(path).map_err(|error| unwritable(path, error))?;
    }
    Ok(())
}

/// A key as it is, a session as the command that has it.
async fn write(profile: &Profile, credential: &Credential, machine: &dyn Machine) -> Result<(), Failure> {
    let _lock = Lock::of(&profile.files_lock(), machine).await?;
    let (mut keys, mut process) = (Vec::new(), Vec::new());
    if credential.is_session() {
        process.push((PROCESS, format!("{} credentials {profile}", this_program(machine))));
    } else {
        keys.push(("aws_access_key_id", credential.access_key_id.clone()));
        keys.push(("aws_secret_access_key", credential.secret_access_key.reveal().to_owned()));
    }
    // Keys come before a command for AWS's tools, so those of an earlier claim go first.
    edit(profile, Which::Credentials, &keys)?;
    edit(profile, Which::Config, &process)
}

fn edit(profile: &Profile, which: Which, settings: &[(&str, String)]) -> Result<(), Failure> {
    let (path, name) = (profile.file(which), &profile.name);
    let before = profile.read(which)?;
    let mut file = before.clone();
    file.set(&which.heading(name), &|heading| which.is_of(heading, name), settings, &OF_CREDENTIALS);
    let text = file.text();
    if text == before.text() {
        return Ok(());
    }
    private_file::replace(path, text.as_bytes()).map_err(|error| unwritable(path, error))
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
