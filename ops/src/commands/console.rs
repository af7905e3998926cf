//! `keylease console`: signs in to the AWS console with a claimed session, on the person's own machine.

mod browser;
mod sign_in;

use serde::Serialize;

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
        sign_in::url(&sign_in::endpoint(region.as_deref(), env)?, &credential, &name).await
    };
    // It leaves the process here, for the person's own terminal or browser.
    let url = env.unless_stopped(work).await??;
    if console.print {
        return env.terminal.show(&SignedIn { opened: false, url: Some(url.reveal().to_owned()) }, as_json);
    }
    browser::open(url.reveal(), env)?;
    env.terminal.show(&SignedIn { opened: true, url: None }, as_json)
}

/// The region that the profile names, by which AWS's partition is known.
fn region(folders: &Folders, name: &ProfileName) -> Result<Option<String>, Failure> {
    Ok(Which::Config.get(&read(&folders.config)?, name, "region"))
}
