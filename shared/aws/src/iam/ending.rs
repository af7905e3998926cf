//! Ending a user or a role, step by step: it is looked for, denied everything, removed with everything on it, and read back
//! until it is gone. Each step may be repeated.
//!
//! IAM deletes no user with anything left on it. So where the boundary denies everything, what was made for the grant is
//! taken away and the user deleted; what somebody else attached is looked for when IAM refuses that. IAM itself ends the
//! sessions of a role that is gone; they were denied everything before.
//!
//! "Not there" is believed when two calls say so that cannot both be stale: a `DeleteUser` that succeeded and a look
//! after it, or two looks with time between them.

use std::time::Duration;

use tracing::{info, warn};

use super::principal::refused;
use super::{DENIED, Found, GUARD_POLICY, Iam, NOT_THERE, Principal, ROLE_POLICY};
use crate::error::{CallError, Remedy, from_sdk, ignore_code};

/// What is known of a user or a role before it is looked for: how many looks it takes to believe that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prior {
    /// It was read back as gone before: one look is enough.
    Gone,
    /// It is long since anybody may have made it, if ever: two, with time between them.
    Settled,
    /// Somebody may have made it a moment ago, and IAM may not show it yet: as many as it would be waited for.
    MayBeNew,
}

impl Prior {
    fn looks(self) -> u32 {
        match self {
            Self::Gone => 1,
            Self::Settled => 2,
            Self::MayBeNew => 7,
        }
    }
}

/// What was made for a grant, and so is on its user.
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Made<'a> {
    pub key_id: Option<&'a str>,
    /// Managed policies.
    pub policy_arns: &'a [String],
    /// Whether it has the inline policy that the catalogue gives its role.
    pub has_role_policy: bool,
}

/// Time between two looks at a user or a role, of which the second proves the first.
pub const LOOKS_APART: Duration = Duration::from_secs(3);
/// How often a deleted user or role is looked for before its removal is tried again later.
const READ_BACK_TRIES: usize = 12;
/// Wait between two of those looks.
const READ_BACK_WAIT: Duration = Duration::from_millis(500);
/// AWS's own policy that denies everything, after the partition.
const DENY_ALL_POLICY: &str = ":iam::aws:policy/AWSDenyAll";

/// Whether a permissions boundary is the one that ends a user or a role. It goes with its bearer only.
#[must_use]
pub fn is_ended(boundary_arn: &str) -> bool {
    boundary_arn.ends_with(DENY_ALL_POLICY)
}

/// The boundary that ends whoever has this ARN, which names its partition: `arn:aws:iam::111122223333:user/…`.
fn deny_all_boundary(arn: &str) -> String {
    format!("arn:{}{DENY_ALL_POLICY}", arn.split(':').nth(1).unwrap_or("aws"))
}

/// Refuses to go on with one that is being taken away: whatever is put on it now is dead, and goes with it.
pub(super) fn refuse_ending(
    call: &'static str,
    what: Principal,
    name: &str,
    boundary_arn: Option<&str>,
) -> Result<(), CallError> {
    if !boundary_arn.is_some_and(is_ended) {
        return Ok(());
    }
    Err(CallError {
        remedy: Remedy::Transient { after_seconds: 0 },
        ..refused(call, "Ending", format!("the {what} {name} is being taken away"))
    })
}

/// Whether the boundary or the guard denies everything now; one of them is enough.
fn all_that_denies(
    name: &str,
    boundary: Result<(), CallError>,
    guard: Result<(), CallError>,
) -> Result<(), CallError> {
    match (boundary, guard) {
        (Ok(()), Ok(())) => Ok(()),
        (Ok(()), Err(error)) => {
            warn!(name, %error, "the guard could not be set; the boundary denies everything");
            Ok(())
        }
        (Err(error), Ok(())) if !error.is_retryable() => {
            warn!(name, %error, "the boundary could not be set; the guard denies everything");
            Ok(())
        }
        // An ending is never given up.
        (Err(_), Err(error)) if error.is_final() => Err(CallError { remedy: Remedy::NeedsOperator, ..error }),
        (Err(error), Ok(())) | (Err(_), Err(error)) => Err(error),
    }
}

/// A user or a role that is being ended.
#[derive(Debug)]
pub struct Ending {
    found: Found,
    arn: String,
    /// Whether its guard was made to deny everything too, besides its boundary.
    is_guarded: bool,
    /// Whether it was deleted here; until that is known, nothing proves that it was there.
    was_deleted: bool,
}

impl Iam {
    /// Looks for the user or the role: nothing where as many looks as `known` asks for do not show it.
    pub async fn find(&self, found: Found, known: Prior) -> Result<Option<Ending>, CallError> {
        let arn = self.look(&found, known.looks()).await?;
        Ok(arn.map(|arn| Ending { found, arn, is_guarded: false, was_deleted: false }))
    }

    /// Denies everything to it, at once and until it is gone: by its boundary, which nobody takes off any more, so that
    /// whatever a late worker still adds is dead from the start, and by its guard. Where it is known what was `made`, and the
    /// boundary denies everything, the guard is removed with the rest instead.
    pub async fn deny_now(&self, ending: &mut Ending, made: Option<&Made<'_>>) -> Result<(), CallError> {
        let boundary = self.put_deny_all_boundary(ending).await;
        if boundary.is_ok() && made.is_some() {
            return Ok(());
        }
        self.deny_by_guard(ending, boundary).await
    }

    /// Removes it with everything on it. `made` is what its record says was put on it, where there is one that does.
    pub async fn remove(&self, ending: &mut Ending, made: Option<&Made<'_>>) -> Result<(), CallError> {
        let name = ending.found.name.clone();
        ending.was_deleted = match ending.found.what {
            Principal::User => match self.remove_made_alone(ending, made).await {
                Some(was_there) => was_there,
                None => self.remove_user_whole(&name).await?,
            },
            Principal::Role => self.remove_role_whole(&name).await?,
        };
        Ok(())
    }

    /// Reads it back until it is seen to be gone: once after it was deleted here, else twice.
    pub async fn verify_gone(&self, ending: &Ending) -> Result<(), CallError> {
        let known = if ending.was_deleted { Prior::Gone } else { Prior::Settled };
        for _ in 0..READ_BACK_TRIES {
            if self.look(&ending.found, known.looks()).await?.is_none() {
                info!(name = ending.found.name, principal = %ending.found.what, "it is gone");
                return Ok(());
            }
            self.clock.sleep(READ_BACK_WAIT).await;
        }
        Err(match ending.found.what {
            Principal::User => CallError::incomplete("iam:GetUser", "sign that the deleted user is gone"),
            Principal::Role => CallError::incomplete("iam:GetRole", "sign that the deleted role is gone"),
        })
    }

    /// Removes what was made for the grant and nothing else; whether the user was there. Nothing where that is not enough:
    /// everything on it is denied then, and looked for.
    async fn remove_made_alone(&self, ending: &mut Ending, made: Option<&Made<'_>>) -> Option<bool> {
        let made = made.filter(|_| !ending.is_guarded)?;
        let user = ending.found.name.as_str();
        match self.remove_made(user, made).await {
            Ok(was_there) => return Some(was_there),
            Err(error) => {
                info!(user, %error, "not all of the user could be removed: everything on it is looked for");
            }
        }
        // The boundary denies everything already.
        if let Err(error) = self.deny_by_guard(ending, Ok(())).await {
            warn!(user = ending.found.name, %error, "the guard could not be set");
        }
        None
    }

    async fn remove_user_whole(&self, user: &str) -> Result<bool, CallError> {
        self.delete_keys(user).await?;
        let parts = self.remove_parts(user).await;
        for error in &parts {
            warn!(user, %error, "a part of the user could not be removed");
        }
        let deleted = self.delete_user(user).await;
        deleted.map_err(|conflict| parts.into_iter().next().unwrap_or(conflict))
    }

    /// Takes away what was made for the grant, the guard last, and then the user; says whether it was there. IAM refuses
    /// where somebody attached more.
    async fn remove_made(&self, user: &str, made: &Made<'_>) -> Result<bool, CallError> {
        if let Some(id) = made.key_id {
            self.delete_key(user, id).await?;
        }
        for policy_arn in made.policy_arns {
            self.detach(user, policy_arn).await?;
        }
        if made.has_role_policy {
            self.delete_user_policy(user, ROLE_POLICY).await?;
        }
        self.delete_user_policy(user, GUARD_POLICY).await?;
        self.delete_user(user).await
    }

    async fn deny_by_guard(
        &self,
        ending: &mut Ending,
        boundary: Result<(), CallError>,
    ) -> Result<(), CallError> {
        let (name, deny_all) = (&ending.found.name, domain::policy::deny_all());
        let guard = match ending.found.what {
            Principal::User => self.put_guard(name, &deny_all).await,
            Principal::Role => self.put_role_guard(name, &deny_all).await,
        };
        all_that_denies(name, boundary, ignore_code(guard, NOT_THERE))?;
        ending.is_guarded = true;
        Ok(())
    }

    async fn put_deny_all_boundary(&self, ending: &Ending) -> Result<(), CallError> {
        let (name, boundary) = (&ending.found.name, deny_all_boundary(&ending.arn));
        match ending.found.what {
            Principal::User => {
                let call = self.client.put_user_permissions_boundary().user_name(name);
                let outcome = call.permissions_boundary(boundary).send().await;
                outcome.map(|_| ()).map_err(|e| from_sdk("iam:PutUserPermissionsBoundary", e))
            }
            Principal::Role => {
                let call = self.client.put_role_permissions_boundary().role_name(name);
                let outcome = call.permissions_boundary(boundary).send().await;
                outcome.map(|_| ()).map_err(|e| from_sdk("iam:PutRolePermissionsBoundary", e))
            }
        }
    }

    /// Deletes the user, and says whether it was there.
    async fn delete_user(&self, user: &str) -> Result<bool, CallError> {
        let outcome = self.client.delete_user().user_name(user).send().await;
        match outcome.map_err(|e| from_sdk("iam:DeleteUser", e)) {
            Ok(_) => Ok(true),
            Err(error) if error.is(NOT_THERE) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Its ARN, unless so many looks, with time between them, do not show it.
    async fn look(&self, found: &Found, looks: u32) -> Result<Option<String>, CallError> {
        for _ in 1..looks {
            if let Some(arn) = self.arn_of(found).await? {
                return Ok(Some(arn));
            }
            self.clock.sleep(LOOKS_APART).await;
        }
        self.arn_of(found).await
    }

    async fn arn_of(&self, found: &Found) -> Result<Option<String>, CallError> {
        Ok(match found.what {
            Principal::User => self.describe_user(&found.name).await?.map(|user| user.arn),
            Principal::Role => self.describe_role(&found.name).await?.map(|role| role.arn),
        })
    }
}

/// Whether an end may succeed when it begins anew, after [`LOOKS_APART`]. The user or role may be gone: where the caller's policy names a path, a name
/// that IAM does not know is refused. Or something is on it that was not listed yet.
#[must_use]
pub fn may_be_behind(error: &CallError) -> bool {
    [DENIED, NOT_THERE, "DeleteConflict"].iter().any(|code| error.is(code))
}
