//! Ending a user: denied first, then everything of it is taken away, then it is read back until it is gone.
//!
//! IAM deletes no user with anything left on it. So where the boundary denies everything, what was made for the grant is
//! taken away and the user deleted; what somebody else attached is looked for when IAM refuses that.
//!
//! "Not there" is believed when two calls say so that cannot both be stale: a `DeleteUser` that succeeded and a look
//! after it, or two looks with time between them.

use std::time::Duration;

use tracing::{info, warn};

use super::principal::refused;
use super::{DENIED, GUARD_POLICY, Iam, NOT_THERE, Principal, ROLE_POLICY, UserInfo};
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
    pub(super) fn looks(self) -> u32 {
        match self {
            Self::Gone => 1,
            Self::Settled => 2,
            Self::MayBeNew => 7,
        }
    }
}

/// What was made for a grant, and so is on its user.
#[derive(Debug, Clone, Copy, Default)]
pub struct Made<'a> {
    /// Its access key.
    pub key_id: Option<&'a str>,
    /// Managed policies.
    pub policy_arns: &'a [String],
    /// Whether it has the inline policy that the catalogue gives its role.
    pub has_role_policy: bool,
}

/// Time between two looks, of which the second proves the first.
pub(super) const LOOKS_APART: Duration = Duration::from_secs(3);
/// How often a deleted user or role is looked for before its removal is tried again later.
pub(super) const READ_BACK_TRIES: usize = 12;
/// Wait between two of those looks.
pub(super) const READ_BACK_WAIT: Duration = Duration::from_millis(500);
/// How often the removal of a user or role begins anew because it may be gone, or not be seen whole yet.
pub(super) const ROUNDS_MAX: usize = 3;
/// AWS's own policy that denies everything, after the partition.
const DENY_ALL_POLICY: &str = ":iam::aws:policy/AWSDenyAll";

/// Whether a permissions boundary is the one that ends a user or a role. It goes with its bearer only.
#[must_use]
pub fn is_ended(boundary_arn: &str) -> bool {
    boundary_arn.ends_with(DENY_ALL_POLICY)
}

/// The boundary that ends whoever has this ARN, which names its partition: `arn:aws:iam::111122223333:user/…`.
pub(super) fn deny_all_boundary(arn: &str) -> String {
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
pub(super) fn all_that_denies(
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

impl Iam {
    /// Denies everything to the user, removes it with everything of it, and returns when IAM says that it is gone;
    /// whether there was any. `made` is what its record says was put on it, where there is one that does.
    pub async fn end_user(
        &self,
        user: &str,
        known: Prior,
        made: Option<&Made<'_>>,
    ) -> Result<bool, CallError> {
        let mut rounds = 0;
        loop {
            let looks = if rounds == 0 { known.looks() } else { Prior::Settled.looks() };
            let Some(seen) = self.find(user, looks).await? else { return Ok(rounds > 0) };
            rounds += 1;
            match self.deny_and_remove(user, &seen.arn, made).await {
                Ok(()) => return Ok(true),
                Err(error) if rounds < ROUNDS_MAX && may_be_behind(&error) => {
                    info!(user, %error, "the user may be gone, or not all of it is seen yet: it is looked for again");
                    self.clock.sleep(LOOKS_APART).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn deny_and_remove(&self, user: &str, arn: &str, made: Option<&Made<'_>>) -> Result<(), CallError> {
        let boundary = self.put_deny_all_boundary(user, arn).await;
        if let (Ok(()), Some(made)) = (&boundary, made) {
            match self.remove_made(user, made).await {
                Ok(was_there) => return self.read_back_gone(user, was_there).await,
                Err(error) => {
                    info!(user, %error, "not all of the user could be removed: everything on it is looked for");
                }
            }
        }
        self.deny_everything(user, boundary).await?;
        self.delete_keys(user).await?;
        let parts = self.remove_parts(user).await;
        for error in &parts {
            warn!(user, %error, "a part of the user could not be removed");
        }
        let deleted = self.delete_user(user).await;
        let was_there = deleted.map_err(|conflict| parts.into_iter().next().unwrap_or(conflict))?;
        self.read_back_gone(user, was_there).await
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

    /// Denies everything to the user, at once and until it is gone: by its boundary, which nobody takes off any more, so
    /// that whatever a late worker still adds is dead from the start, and by its guard.
    async fn deny_everything(&self, user: &str, boundary: Result<(), CallError>) -> Result<(), CallError> {
        let guard = ignore_code(self.put_guard(user, &domain::policy::deny_all()).await, NOT_THERE);
        all_that_denies(user, boundary, guard)
    }

    async fn put_deny_all_boundary(&self, user: &str, arn: &str) -> Result<(), CallError> {
        let boundary = deny_all_boundary(arn);
        let call = self.client.put_user_permissions_boundary().user_name(user).permissions_boundary(boundary);
        call.send().await.map(|_| ()).map_err(|e| from_sdk("iam:PutUserPermissionsBoundary", e))
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

    /// Looks until the user is seen to be gone: once after it was deleted here, else twice.
    async fn read_back_gone(&self, user: &str, was_deleted: bool) -> Result<(), CallError> {
        for _ in 0..READ_BACK_TRIES {
            let known = if was_deleted { Prior::Gone } else { Prior::Settled };
            if self.find(user, known.looks()).await?.is_none() {
                return Ok(());
            }
            self.clock.sleep(READ_BACK_WAIT).await;
        }
        Err(CallError::incomplete("iam:GetUser", "sign that the deleted user is gone"))
    }

    /// The user, unless so many looks, with time between them, do not show it.
    async fn find(&self, user: &str, looks: u32) -> Result<Option<UserInfo>, CallError> {
        for _ in 1..looks {
            if let Some(seen) = self.describe_user(user).await? {
                return Ok(Some(seen));
            }
            self.clock.sleep(LOOKS_APART).await;
        }
        self.describe_user(user).await
    }
}

/// Whether another look may show something else. It may be gone: where the caller's policy names a path, a name
/// that IAM does not know is refused. Or something is on it that was not listed yet.
pub(super) fn may_be_behind(error: &CallError) -> bool {
    [DENIED, NOT_THERE, "DeleteConflict"].iter().any(|code| error.is(code))
}
