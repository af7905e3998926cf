//! The credential of a profile now: what is kept, or the next one, asked for by a request that this machine signs.

use std::time::Duration;

use domain::UnixSeconds;

use super::credential::Credential;
use super::server::{Renewal, Server, State};
use super::wait::{FOR_A_WORKER, Waited, until_ready};
use crate::failure::Failure;
use crate::machine::{Machine, Note};
use crate::profiles::kept::{Kept, KeptSession};
use crate::profiles::lock::Lock;
use crate::profiles::profile::Profile;
use crate::profiles::sections::Which;

/// A session with less left is renewed: when AWS's own tools no longer wait for a new one.
const RENEWED_BEFORE_SECONDS: i64 = 10 * 60;
/// Between two looks whether the grant was ended early.
const LOOKED_EVERY_SECONDS: i64 = 60;
/// Longest such look: AWS's tools wait for it.
const LOOK_TIMEOUT: Duration = Duration::from_secs(3);
/// A clock that is this wrong is not the reason why a signature is not taken.
const CLOCK_DIFFERENCE_SECONDS: i64 = 60;

/// What came of a renewal.
enum Renewed {
    To(Credential),
    /// The grant is over.
    Over,
}

impl Profile {
    /// The credential now, renewed where little of it is left and the grant goes on.
    pub async fn credential(&self, machine: &dyn Machine) -> Result<Credential, Failure> {
        // Tools that run at once would each renew it.
        let _lock = Lock::of(&self.lock(), machine).await?;
        let mut kept = Kept::read(self)?.ok_or_else(|| {
            Failure::new(format!("`{self}` is not a profile that keylease claim wrote on this machine"))
                .hint("claim one: keylease claim URL --profile NAME")
        })?;
        let left =
            kept.session.as_ref().map(|session| session.credential.seconds_left(machine.clock().now()));
        let is_fresh = left.flatten().is_none_or(|left| left > RENEWED_BEFORE_SECONDS);
        let works = left.flatten().is_none_or(|left| left > 0);
        let is_last = kept.session.as_ref().is_some_and(|session| session.is_last);
        if is_fresh || (is_last && works) {
            if is_ended(&mut kept, self, machine).await? {
                return over(kept, self, machine);
            }
            return match kept.session {
                Some(session) => Ok(session.credential),
                None => key_of_file(self, &kept, machine),
            };
        }
        let Some(session) = kept.session.as_ref().filter(|session| !session.is_last) else {
            return over(kept, self, machine);
        };
        match renew(&kept, session, machine).await {
            Ok(Renewed::To(credential)) => {
                kept.renew(credential.clone());
                kept.write(self)?;
                Ok(credential)
            }
            Ok(Renewed::Over) => over(kept, self, machine),
            // It may be renewed the next time.
            Err(failure) if works => {
                machine.tell(Note::NotRenewedYet(&failure));
                Ok(session.credential.clone())
            }
            Err(failure) => Err(failure),
        }
    }
}

/// Whether the grant was ended before its time, which is looked up once a minute. Where that cannot be told, AWS tells.
///
/// A user's key lasts as long as the grant, which may be extended: where it would be over, that is looked up at once.
async fn is_ended(kept: &mut Kept, profile: &Profile, machine: &dyn Machine) -> Result<bool, Failure> {
    let (now, is_key) = (machine.clock().now(), kept.session.is_none());
    let would_be_over = is_key && kept.expires_at.is_some_and(|end| end <= now);
    let Some((delivery_id, looked_at)) = kept.delivery() else { return Ok(false) };
    let was_looked_up =
        looked_at.is_some_and(|at| (0..LOOKED_EVERY_SECONDS).contains(&now.seconds_since(at)));
    if was_looked_up && !would_be_over {
        return Ok(false);
    }
    *looked_at = Some(now);
    let server = Server::of(&kept.link)?;
    let look = server.look(kept.link.delivery(&delivery_id));
    let is_ended = match tokio::time::timeout(LOOK_TIMEOUT, look).await {
        Ok(Ok(State::Over | State::Refused)) => true,
        Ok(Ok(State::Ready { expires_at: Some(end), .. })) if is_key => {
            // What was sealed says the earlier end. IAM goes by neither.
            kept.expires_at = kept.expires_at.max(Some(UnixSeconds(end)));
            false
        }
        Ok(Ok(State::Waiting | State::Ready { .. } | State::Unknown) | Err(_)) | Err(_) => false,
    };
    kept.write(profile)?;
    Ok(is_ended)
}

async fn renew(kept: &Kept, session: &KeptSession, machine: &dyn Machine) -> Result<Renewed, Failure> {
    let server = Server::of(&kept.link)?;
    let accepted = match ask(&server, kept, session, machine.clock().now()).await? {
        Renewal::NotTaken { failure, server_time: Some(time) } => {
            let difference = time.seconds_since(machine.clock().now()).abs();
            if difference < CLOCK_DIFFERENCE_SECONDS {
                return Err(failure);
            }
            machine.tell(Note::ClockIsWrong);
            ask(&server, kept, session, time).await?
        }
        other => other,
    };
    let delivery_id = match accepted {
        Renewal::Accepted(delivery_id) => delivery_id,
        Renewal::Over => return Ok(Renewed::Over),
        Renewal::NotTaken { failure, .. } => return Err(failure),
    };
    let delivery = kept.link.delivery(&delivery_id);
    match until_ready(&server, delivery, FOR_A_WORKER, machine).await? {
        Waited::Ready(sealed) => {
            let opened = sealing::open(&session.key, delivery, &sealed);
            let opened = opened.map_err(|error| {
                Failure::new("the renewed credential cannot be opened").because(error).hint("try again")
            })?;
            Credential::parse(&opened).map(Renewed::To)
        }
        // A worker that came too late says so as well; whether the grant is over is found by asking again.
        Waited::Refused | Waited::Over => Err(Failure::new("the credential was not renewed")
            .hint("try again; the next answer says whether the grant is over")),
        Waited::TooLong(cause) => {
            let failure = Failure::new("the credential was not renewed in time").hint("try again");
            Err(Failure { cause, ..failure })
        }
    }
}

async fn ask(
    server: &Server,
    kept: &Kept,
    session: &KeptSession,
    at: UnixSeconds,
) -> Result<Renewal, Failure> {
    let delivery = kept.link.delivery(&session.delivery_id);
    let signature = sealing::sign_renewal(&session.key, delivery, at.0)
        .map_err(|error| Failure::new("the request cannot be signed").because(error))?;
    server.renew(delivery, at, &signature).await
}

/// A user's key is in AWS's file, and nowhere else.
fn key_of_file(profile: &Profile, kept: &Kept, machine: &dyn Machine) -> Result<Credential, Failure> {
    if kept.expires_at.is_some_and(|end| end <= machine.clock().now()) {
        return Err(ended(profile));
    }
    let file = profile.read(Which::Credentials)?;
    let setting = |key: &str| Which::Credentials.get(&file, &profile.name, key);
    let id = setting("aws_access_key_id").filter(|id| *id == kept.access_key_id);
    let (Some(id), Some(secret)) = (id, setting("aws_secret_access_key")) else {
        let path = profile.file(Which::Credentials).display();
        return Err(Failure::new(format!("the key of `{profile}` is no longer in {path}"))
            .hint("claim it again: keylease claim URL --profile NAME"));
    };
    Ok(Credential {
        access_key_id: id,
        secret_access_key: service::secret::SecretAccessKey::new(secret),
        session_token: None,
        expires_at: kept.expires_at,
    })
}

/// Says that it is over. What is over needs no key and no credential any more, so neither stays on this machine.
fn over(mut kept: Kept, profile: &Profile, machine: &dyn Machine) -> Result<Credential, Failure> {
    kept.session = None;
    kept.expires_at = Some(machine.clock().now());
    kept.write(profile)?;
    Err(ended(profile))
}

fn ended(profile: &Profile) -> Failure {
    Failure::new(format!("the access of `{profile}` has ended"))
        .hint("ask for it again in Slack, and claim it")
}
