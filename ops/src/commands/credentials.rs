//! `keylease credentials`: what AWS's tools read by `credential_process`.

use crate::claims::renew::credential;
use crate::cli::claim::Credentials;
use crate::env::Env;
use crate::failure::Failure;
use crate::profiles::folders::Folders;
use crate::profiles::name::ProfileName;

pub(super) async fn run(credentials: &Credentials, env: &Env) -> Result<(), Failure> {
    let name = ProfileName::parse(&credentials.profile)?;
    let folders = Folders::of(env)?;
    let found = env.unless_stopped(credential(&folders, &name, env)).await??;
    env.terminal.print(&found.to_process_json().to_string())
}
