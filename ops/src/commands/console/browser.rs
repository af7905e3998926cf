//! Opens a link in the person's browser.

use std::process::{Command, Stdio};

use crate::env::Env;
use crate::failure::Failure;

pub(super) fn open(url: &str, env: &Env) -> Result<(), Failure> {
    let mut command = command(env);
    let shown = command.get_program().to_string_lossy().into_owned();
    let opened = command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let failed = match opened {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => format!("{shown} ended with {status}"),
        Err(error) => format!("{shown} did not start: {error}"),
    };
    Err(Failure::new("the browser could not be opened").because(failed).hint(
        "print the link instead: keylease console PROFILE --print; whoever has the link is signed in for its time",
    ))
}

/// `BROWSER` where it is set, and the system's own way otherwise.
fn command(env: &Env) -> Command {
    if let Some(browser) = env.variable("BROWSER").filter(|browser| !browser.trim().is_empty()) {
        return Command::new(browser);
    }
    if cfg!(windows) {
        let mut command = Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else if cfg!(target_os = "macos") {
        Command::new("open")
    } else {
        Command::new("xdg-open")
    }
}
