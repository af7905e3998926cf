//! `keylease console`: signs in to the AWS console with a claimed session, on the person's own machine.

mod browser;
mod sign_in;

use claimer::Profile;
use serde::Serialize;

use crate::cli::claim::Console;
use crate::env::Env;
use crate::failure::Failure;
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
    let profile = Profile::named(&console.profile, env)?;
    let sign_in = sign_in::endpoint(profile.region()?.as_deref(), env)?;
    let work = async {
        let credential = profile.credential(env).await?;
        sign_in::url(&sign_in, &credential, &profile).await
    };
    // It leaves the process here, for the person's own terminal or browser.
    let url = env.unless_stopped(work).await??;
    if console.print {
        return env.terminal.show(&SignedIn { opened: false, url: Some(url.reveal().to_owned()) }, as_json);
    }
    browser::open(url.reveal(), env)?;
    env.terminal.show(&SignedIn { opened: true, url: None }, as_json)
}
