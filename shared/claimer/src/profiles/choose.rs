//! Which profile a claim writes: the one that is named, where that may be, or the first that is free.

use super::kept::Kept;
use super::name::ProfileName;
use super::profile::Profile;
use super::write::{Owner, owner, try_writing};
use crate::failure::Failure;
use crate::machine::Machine;

impl Profile {
    /// The profile that a claim is to write. What could not be written is found out here, before anything is claimed that would
    /// be lost then.
    pub fn to_write(typed: Option<&str>, force: bool, machine: &dyn Machine) -> Result<Self, Failure> {
        let profile = match typed {
            Some(typed) => writable(Self::named(typed, machine)?, force)?,
            None => first_free(machine)?,
        };
        try_writing(&profile)?;
        Ok(profile)
    }
}

fn writable(profile: Profile, force: bool) -> Result<Profile, Failure> {
    // What was kept and cannot be read is written anew, where that is asked for.
    let kept = match Kept::read(&profile) {
        Err(_) if force => None,
        kept => kept?,
    };
    match owner(&profile, kept.as_ref())? {
        Owner::Nobody | Owner::Keylease => Ok(profile),
        Owner::Other(_) if force => Ok(profile),
        Owner::Other(file) => {
            Err(Failure::new(format!("the profile `{profile}` in {file} was not written by keylease"))
                .hint("choose another name with --profile, or replace it with --force"))
        }
    }
}

/// The first of the default names under which nothing is that still works.
fn first_free(machine: &dyn Machine) -> Result<Profile, Failure> {
    let now = machine.clock().now();
    for name in ProfileName::defaults() {
        let profile = Profile::of(name, machine)?;
        // What cannot be read may still be needed.
        let Ok(kept) = Kept::read(&profile) else { continue };
        let works = kept.as_ref().is_some_and(|kept| kept.expires_at.is_none_or(|end| end > now));
        match owner(&profile, kept.as_ref())? {
            Owner::Nobody => return Ok(profile),
            Owner::Keylease if !works => return Ok(profile),
            Owner::Keylease | Owner::Other(_) => {}
        }
    }
    Err(Failure::new("every name that keylease gives a profile is taken").hint("choose one with --profile"))
}
