//! `keylease credentials`: what AWS's tools read by `credential_process`.

use claimer::Profile;

use crate::cli::claim::Credentials;
use crate::env::Env;
use crate::failure::Failure;

pub(super) async fn run(credentials: &Credentials, env: &Env) -> Result<(), Failure> {
    let profile = Profile::named(&credentials.profile, env)?;
    let credential = env.unless_stopped(profile.credential(env)).await??;
    env.terminal.print(&credential.to_process_json().to_string())
}
