//! `keylease console`: signs in to the AWS console with a claimed session, on the person's own machine.

mod browser;
mod sign_in;

use serde::Serialize;

use crate::claims::credential::Credential;
use crate::claims::renew::credential;
use crate::cli::claim::Console;
use crate::env::Env;
use crate::failure::Failure;
use crate::profiles::folders::Folders;
use crate::profiles::name::ProfileName;
use crate::profiles::sections::Which;
use crate::profiles::write::read;
use crate::terminal::{Shown, Terminal};

/// What was done with the link.
#[derive(Serialize)]
struct SignedIn {
    opened: bool,
    /// The link, where it was to be printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl Shown for SignedIn {
    fn text(&self, _: &Terminal) -> String {
        self.url.clone().unwrap_or_else(|| "The console opens in your browser.".to_owned())
    }
}

pub(super) async fn run(console: &Console, as_json: bool, env: &Env) -> Result<(), Failure> {
    let name = ProfileName::parse(&console.profile)?;
    let folders = Folders::of(env)?;
    let region = region(&folders, &name)?;
    let work = async {
        let credential = credential(&folders, &name, env).await?;
        let session = session(&credential, &name)?;
        sign_in::url(&sign_in::endpoint(region.as_deref(), env)?, &session).await
    };
    let url = env.unless_stopped(work).await??;
    if console.print {
        return env.terminal.show(&SignedIn { opened: false, url: Some(url) }, as_json);
    }
    browser::open(&url, env)?;
    env.terminal.show(&SignedIn { opened: true, url: None }, as_json)
}

/// What AWS's sign-in page takes. The secret leaves the process here, for AWS.
fn session(credential: &Credential, name: &ProfileName) -> Result<String, Failure> {
    let Some(token) = &credential.session_token else {
        return Err(Failure::new(format!("`{name}` has the key of a user, which cannot sign in to the console"))
            .because("the sign-in page takes sessions only, and a user of Keylease may not make one (sts:GetFederationToken is denied)")
            .hint("ask for a role of kind `session`"));
    };
    let session = serde_json::json!({
        "sessionId": credential.access_key_id,
        "sessionKey": credential.secret_access_key.reveal(),
        "sessionToken": token.reveal(),
    });
    Ok(session.to_string())
}

/// The region that the profile names, by which AWS's partition is known.
fn region(folders: &Folders, name: &ProfileName) -> Result<Option<String>, Failure> {
    Ok(Which::Config.get(&read(&folders.config)?, name, "region"))
}
