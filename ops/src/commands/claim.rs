//! `keylease claim`: makes a key pair, asks for the credential, waits for the click in Slack, opens it, and writes the profile.

use domain::UnixSeconds;
use sealing::PrivateKey;

use crate::claims::credential::Credential;
use crate::claims::label::label;
use crate::claims::link::Link;
use crate::claims::server::Server;
use crate::claims::wait::{FOR_A_PERSON, Waited, until_ready};
use crate::cli::claim::Claim;
use crate::env::Env;
use crate::failure::Failure;
use crate::moment;
use crate::profiles::folders::Folders;
use crate::profiles::kept::Kept;
use crate::profiles::name::ProfileName;
use crate::profiles::write::{self, Owner, owner};

/// Where the credential goes.
struct Target {
    folders: Folders,
    name: ProfileName,
}

/// What was claimed.
struct Claimed {
    delivery_id: String,
    key: PrivateKey,
    credential: Credential,
}

pub(super) async fn run(claim: &Claim, as_json: bool, env: &Env) -> Result<(), Failure> {
    let link = Link::parse(&claim.url)?;
    let label = label(claim.label.as_deref(), env)?;
    if as_json && (claim.profile.is_some() || claim.force) {
        return Err(Failure::wrong_usage(
            "--json writes no profile, so --profile and --force cannot be meant with it",
        ));
    }
    // Found out before anything is claimed, for what cannot be written then is lost.
    let target = if as_json { None } else { Some(target(claim, env)?) };
    let claimed = tokio::select! {
        biased;
        () = env.stopped() => return Err(stopped()),
        claimed = Box::pin(claimed(&link, &label, env)) => claimed?,
    };
    match target {
        None => env.terminal.print(&claimed.credential.to_process_json().to_string()),
        Some(target) => target.keep(link, claimed, env).await,
    }
}

fn target(claim: &Claim, env: &Env) -> Result<Target, Failure> {
    let folders = Folders::of(env)?;
    let name = match &claim.profile {
        Some(typed) => named(&folders, typed, claim.force)?,
        None => first_free(&folders, env.clock.now())?,
    };
    write::try_writing(&folders, &name)?;
    Ok(Target { folders, name })
}

fn named(folders: &Folders, typed: &str, force: bool) -> Result<ProfileName, Failure> {
    let name = ProfileName::parse(typed)?;
    // What was kept and cannot be read is written anew, where that is asked for.
    let kept = match Kept::read(folders, &name) {
        Err(_) if force => None,
        kept => kept?,
    };
    match owner(folders, &name, kept.as_ref())? {
        Owner::Nobody | Owner::Keylease => Ok(name),
        Owner::Other(_) if force => Ok(name),
        Owner::Other(file) => {
            Err(Failure::new(format!("the profile `{name}` in {file} was not written by keylease"))
                .hint("choose another name with --profile, or replace it with --force"))
        }
    }
}

/// The first of the default names under which nothing is that still works.
fn first_free(folders: &Folders, now: UnixSeconds) -> Result<ProfileName, Failure> {
    for name in ProfileName::defaults() {
        // What cannot be read may still be needed.
        let Ok(kept) = Kept::read(folders, &name) else { continue };
        let works = kept.as_ref().is_some_and(|kept| kept.expires_at.is_none_or(|end| end > now));
        match owner(folders, &name, kept.as_ref())? {
            Owner::Nobody => return Ok(name),
            Owner::Keylease if !works => return Ok(name),
            Owner::Keylease | Owner::Other(_) => {}
        }
    }
    Err(Failure::new("every name that keylease gives a profile is taken").hint("choose one with --profile"))
}

async fn claimed(link: &Link, label: &str, env: &Env) -> Result<Claimed, Failure> {
    let key = PrivateKey::generate();
    let server = Server::of(link)?;
    let (delivery_id, code) = server.ask(link, &key.public(), label).await?;
    env.terminal.note(&format!(
        "Code: {}\n\nSlack asks you now whether you are at \"{label}\". Press Yes only if the code there is the same.\n\
         Waiting for your answer in Slack (Ctrl-C stops)…",
        env.terminal.bold(&code)
    ));
    let delivery = link.delivery(&delivery_id);
    let sealed = match until_ready(&server, delivery, FOR_A_PERSON, env).await? {
        Waited::Ready(sealed) => sealed,
        Waited::Refused => {
            return Err(Failure::new(
                "No was pressed in Slack, so the access was ended and nothing was handed out",
            )
            .hint("if that was a mistake, ask for it again in Slack"));
        }
        Waited::Over => {
            return Err(Failure::new("the credential can no longer be claimed here: another machine claimed it, or its time is over")
                .hint("look at Keylease's last message to you in Slack"));
        }
        Waited::TooLong(why) => {
            let failure = Failure::new("there was no answer in Slack for 15 minutes")
                .hint("run the same command again, and press Yes in Slack where the code is the same");
            return Err(match why {
                Some(why) => failure.because(why),
                None => failure,
            });
        }
    };
    let opened = sealing::open(&key, delivery, &sealed).map_err(|error| {
        Failure::new("the credential cannot be opened")
            .because(error)
            .hint("end the access in Slack, ask again, and tell those who run Keylease")
    })?;
    let credential = Credential::parse(&opened)?;
    Ok(Claimed { delivery_id, key, credential })
}

impl Target {
    async fn keep(&self, link: Link, claimed: Claimed, env: &Env) -> Result<(), Failure> {
        let Self { folders, name } = self;
        let credential = claimed.credential.clone();
        let kept = Kept::new(link, claimed.delivery_id, claimed.key, claimed.credential);
        // First what is kept: by it the profile is known to be Keylease's.
        kept.write(folders, name)?;
        write::write(folders, name, &credential, env).await?;
        env.terminal.print(&said(folders, name, &credential, env.clock.now()))
    }
}

fn said(folders: &Folders, name: &ProfileName, credential: &Credential, now: UnixSeconds) -> String {
    let end = credential.expires_at.map_or_else(String::new, |end| {
        format!(" until {} (in {})", moment::second(end), moment::length(end.seconds_since(now).max(0)))
    });
    let set = if cfg!(windows) { "set" } else { "export" };
    let first = if credential.session_token.is_some() {
        let file = folders.config.display();
        format!(
            "The profile `{name}` in {file} works{end}, and is renewed until the grant ends.\n\
             For the console: keylease console {name}"
        )
    } else {
        format!("The profile `{name}` in {} works{end}.", folders.credentials.display())
    };
    format!("{first}\nTo use it: {set} AWS_PROFILE={name}")
}

fn stopped() -> Failure {
    Failure::new("stopped: nothing was claimed on this machine")
        .hint("press No where Slack asks, or run the command again")
}
