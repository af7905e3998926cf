//! A profile of AWS's tools on this machine, by which a claimed credential is used; and where its files are.

use std::path::{Path, PathBuf};

use super::folders::Folders;
use super::ini::Ini;
use super::name::ProfileName;
use super::private_file;
use super::sections::Which;
use crate::failure::Failure;
use crate::machine::Machine;

/// A profile.
#[derive(Debug)]
pub struct Profile {
    pub(crate) name: ProfileName,
    folders: Folders,
}

impl Profile {
    /// The profile of this name.
    pub fn named(typed: &str, machine: &dyn Machine) -> Result<Self, Failure> {
        Self::of(ProfileName::parse(typed)?, machine)
    }

    pub(crate) fn of(name: ProfileName, machine: &dyn Machine) -> Result<Self, Failure> {
        Ok(Self { name, folders: Folders::of(machine)? })
    }

    /// The region that the profile names, by which AWS's partition is known.
    pub fn region(&self) -> Result<Option<String>, Failure> {
        Ok(Which::Config.get(&self.read(Which::Config)?, &self.name, "region"))
    }

    /// One of AWS's two files.
    pub(crate) fn file(&self, which: Which) -> &Path {
        match which {
            Which::Credentials => &self.folders.credentials,
            Which::Config => &self.folders.config,
        }
    }

    /// Reads one of AWS's files; one that is not there is empty.
    pub(crate) fn read(&self, which: Which) -> Result<Ini, Failure> {
        let path = self.file(which);
        let text = private_file::read(path).map_err(|error| {
            Failure::new(format!("{} cannot be read", path.display()))
                .because(error)
                .hint("repair the file, or use --json, which reads and writes none")
        })?;
        Ok(Ini::parse(&text.unwrap_or_default()))
    }

    /// What Keylease keeps of it.
    pub(crate) fn kept(&self) -> PathBuf {
        self.own(&format!("profiles/{}.json", self.name))
    }

    /// Held by whoever renews it.
    pub(crate) fn lock(&self) -> PathBuf {
        self.own(&format!("profiles/{}.lock", self.name))
    }

    /// Held by whoever writes AWS's files.
    pub(crate) fn files_lock(&self) -> PathBuf {
        self.own("files.lock")
    }

    fn own(&self, path: &str) -> PathBuf {
        self.folders.own.join(path)
    }
}

impl std::fmt::Display for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.name.fmt(f)
    }
}
