//! `keylease claim`: claims a credential on this machine, and says how it is used.

use claimer::{Asked, Claimed, Credential, Link, Profile, label};
use domain::text::length;

use crate::cli::claim::Claim;
use crate::env::Env;
use crate::failure::Failure;
use crate::moment;

pub(super) async fn run(claim: &Claim, as_json: bool, env: &Env) -> Result<(), Failure> {
    let link = Link::parse(&claim.url)?;
    let label = label(claim.label.as_deref(), env)?;
    if as_json && (claim.profile.is_some() || claim.force) {
        return Err(Failure::wrong_usage(
            "--json writes no profile, so --profile and --force cannot be meant with it",
        ));
    }
    let profile =
        if as_json { None } else { Some(Profile::to_write(claim.profile.as_deref(), claim.force, env)?) };
    let claimed = tokio::select! {
        biased;
        () = env.stopped() => return Err(stopped()),
        claimed = Box::pin(claimed(link, &label, env)) => claimed?,
    };
    let credential = claimed.credential.clone();
    env.terminal.print(&match profile {
        None => credential.to_process_json().to_string(),
        Some(profile) => {
            let file = profile.write(claimed, env).await?;
            how_to_use(&profile, &file, &credential, env)
        }
    })
}

async fn claimed(link: Link, label: &str, env: &Env) -> Result<Claimed, Failure> {
    let asked = Asked::at(link, label).await?;
    env.terminal.note(&format!(
        "Code: {}\n\nSlack asks you now whether you are at \"{label}\". Press Yes only if the code there is the same.\n\
         Waiting for your answer in Slack (Ctrl-C stops)…",
        env.terminal.bold(asked.code())
    ));
    Ok(asked.answered(env).await?)
}

fn how_to_use(profile: &Profile, file: &str, credential: &Credential, env: &Env) -> String {
    let end = credential.expires_at.map_or_else(String::new, |end| {
        let left = length(end.seconds_since(env.clock.now()).max(0));
        format!(" until {} (in {left})", moment::second(end))
    });
    let more = if credential.is_session() {
        format!(", and is renewed until the grant ends.\nFor the console: keylease console {profile}")
    } else {
        ".".to_owned()
    };
    let set = if cfg!(windows) { "set" } else { "export" };
    format!("The profile `{profile}` in {file} works{end}{more}\nTo use it: {set} AWS_PROFILE={profile}")
}

fn stopped() -> Failure {
    Failure::new("stopped: nothing was claimed on this machine")
        .hint("press No where Slack asks, or run the command again")
}
