//! A profile of AWS's tools on this machine, by which a claimed credential is used.

use domain::UnixSeconds;

use super::folders::Folders;
use super::kept::Kept;
use super::name::ProfileName;
use super::sections::Which;
use super::write::{self, Owner, owner, read};
use crate::claims::asked::Claimed;
use crate::claims::credential::Credential;
use crate::claims::renew;
use crate::failure::Failure;
use crate::machine::Machine;

/// A profile, and where its files are.
#[derive(Debug)]
pub struct Profile {
    pub(crate) folders: Folders,
    pub(crate) name: ProfileName,
}

impl Profile {
    /// The profile of this name.
    pub fn named(typed: &str, machine: &dyn Machine) -> Result<Self, Failure> {
        let name = ProfileName::parse(typed)?;
        Ok(Self { folders: Folders::of(machine)?, name })
    }

    /// The profile that a claim is to write: of this name, or of the first that is free. What could not be written is found out
    /// here, before anything is claimed that would be lost then.
    pub fn to_write(typed: Option<&str>, force: bool, machine: &dyn Machine) -> Result<Self, Failure> {
        let folders = Folders::of(machine)?;
        let name = match typed {
            Some(typed) => writable(&folders, typed, force)?,
            None => first_free(&folders, machine.clock().now())?,
        };
        write::try_writing(&folders, &name)?;
        Ok(Self { folders, name })
    }

    /// Keeps what was claimed, and writes it into AWS's files. Returns the credential, and the file in which the profile is.
    pub async fn write(&self, claimed: Claimed, machine: &dyn Machine) -> Result<String, Failure> {
        let Self { folders, name } = self;
        let credential = claimed.credential.clone();
        // First what is kept: by it the profile is known to be Keylease's.
        Kept::new(claimed.link, claimed.delivery_id, claimed.key, claimed.credential).write(folders, name)?;
        write::write(folders, name, &credential, machine).await?;
        let file = if credential.is_session() { &folders.config } else { &folders.credentials };
        Ok(file.display().to_string())
    }

    /// The credential now, renewed where little of it is left and the grant goes on.
    pub async fn credential(&self, machine: &dyn Machine) -> Result<Credential, Failure> {
        renew::credential(&self.folders, &self.name, machine).await
    }

    /// The region that the profile names, by which AWS's partition is known.
    pub fn region(&self) -> Result<Option<String>, Failure> {
        Ok(Which::Config.get(&read(&self.folders.config)?, &self.name, "region"))
    }
}

impl std::fmt::Display for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.name.fmt(f)
    }
}

fn writable(folders: &Folders, typed: &str, force: bool) -> Result<ProfileName, Failure> {
    let name = ProfileName::parse(typed)?;
    // What was kept and cannot be read is written anew, where that is asked for.
    let kept = match Kept::read(folders, &name) {
        Err(_) if force => None,
        kept => kept?,
    };
    match owner(folders, &name, kept.as_ref())? {
        Owner::Nobody | Owner::Keylease => Ok(name),
        Owner::Other(_) if force => Ok(name),
        Owner::Other(file) => {
            Err(Failure::new(format!("the profile `{name}` in {file} was not written by keylease"))
                .hint("choose another name with --profile, or replace it with --force"))
        }
    }
}

/// The first of the default names under which nothing is that still works.
fn first_free(folders: &Folders, now: UnixSeconds) -> Result<ProfileName, Failure> {
    for name in ProfileName::defaults() {
        // What cannot be read may still be needed.
        let Ok(kept) = Kept::read(folders, &name) else { continue };
        let works = kept.as_ref().is_some_and(|kept| kept.expires_at.is_none_or(|end| end > now));
        match owner(folders, &name, kept.as_ref())? {
            Owner::Nobody => return Ok(name),
            Owner::Keylease if !works => return Ok(name),
            Owner::Keylease | Owner::Other(_) => {}
        }
    }
    Err(Failure::new("every name that keylease gives a profile is taken").hint("choose one with --profile"))
}
