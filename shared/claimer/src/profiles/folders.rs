//! Where AWS's tools have their files, and where Keylease has its own.

use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::machine::Machine;

/// The files and folders of this person.
#[derive(Debug, Clone)]
pub(crate) struct Folders {
    /// AWS's file of keys.
    pub(crate) credentials: PathBuf,
    /// AWS's file of everything else.
    pub(crate) config: PathBuf,
    /// Keylease's own.
    pub(crate) own: PathBuf,
}

impl Folders {
    /// As the variables of AWS's tools and of the operating system say.
    pub(crate) fn of(machine: &dyn Machine) -> Result<Self, Failure> {
        let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        let variable = |name: &str| machine.variable(name).filter(|value| !value.trim().is_empty());
        let base = variable(home).map(PathBuf::from);
        let at_home = |variable_name: &str, path: &str| {
            if let Some(named) = variable(variable_name) {
                return Ok(expanded(&named, base.as_deref()));
            }
            let found = base.as_ref().map(|base| base.join(path));
            found.ok_or_else(|| {
                Failure::new(format!("it is not known where your files are: {home} is not set"))
                    .hint(format!("set {home}, or use --json, which writes no file"))
            })
        };
        let own = if cfg!(windows) { "APPDATA" } else { "XDG_CONFIG_HOME" };
        let own_default = if cfg!(windows) { "AppData/Roaming" } else { ".config" };
        Ok(Self {
            credentials: at_home("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials")?,
            config: at_home("AWS_CONFIG_FILE", ".aws/config")?,
            own: at_home(own, own_default)?.join("keylease"),
        })
    }
}

/// AWS's tools expand the tilde in these variables themselves.
fn expanded(path: &str, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}
