//! Denials of sessions that ended before their time, as inline policies of their role.
//!
//! Several workers write to one role, and IAM cannot be told "unless another was first". So no denial is ever changed:
//! each is written once, under a name of its own, and several are merged by writing what they all deny under a new name
//! before they are deleted. Whatever two workers do at once, what one has denied is in a policy that nobody overwrites.
//!
//! A name says until when its denial is needed: `keylease-ended-<Unix seconds>-<sessions>-<which>`.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use domain::UnixSeconds;
use domain::policy::{deny_issued_before, deny_sessions, sessions_denied};
use tracing::{error, info, warn};

use super::{Iam, role_name};
use crate::error::{CallError, Remedy};

/// How the names of denials begin.
pub const DENIAL_PREFIX: &str = "keylease-ended-";
/// So many small denials of one role are merged.
const MERGE_EVERY: usize = 6;
/// Sessions that one policy denies, at most: some 2,500 of the 10,240 characters that IAM takes for a role.
const SESSIONS_MAX: usize = 40;
/// A new policy is in force everywhere after this long; what it stands for is deleted then.
const IN_FORCE_AFTER: Duration = Duration::from_secs(5);
/// How often room is made for one denial before all sessions are cut off.
const ROUNDS_MAX: u32 = 4;
/// IAM's code for a role whose inline policies are full.
const FULL: &str = "LimitExceeded";
/// Longest session of a session grant, in seconds: a role's session that starts another lasts an hour at most.
pub const SESSION_MAX_SECONDS: i64 = 3_600;
/// How many sessions a cut-off says that it denies: by their time, not by their ids.
const CUT_OFF: usize = 0;

/// How a session was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// It alone, by its id.
    Alone,
    /// With every other session of Keylease's on the role that began before this moment: there was no room for its id.
    WithAllOthers,
}

/// What pruning the denials of a role came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Denials that were deleted.
    pub denials: u64,
    /// The moment before which every session of Keylease's on the role must have begun to be denied with all others, where
    /// there was such a cut-off of late.
    pub cut_off_at: Option<UnixSeconds>,
}

/// A denial on a role, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Denial {
    name: String,
    until: UnixSeconds,
    sessions: usize,
}

impl Denial {
    fn named(until: UnixSeconds, sessions: usize, which: &str) -> Self {
        Self { name: format!("{DENIAL_PREFIX}{}-{sessions}-{which}", until.0), until, sessions }
    }

    fn read(name: &str) -> Option<Self> {
        let mut parts = name.strip_prefix(DENIAL_PREFIX)?.splitn(3, '-');
        let until = UnixSeconds(parts.next()?.parse().ok()?);
        let sessions = parts.next()?.parse().ok()?;
        Some(Self { name: name.to_owned(), until, sessions })
    }
}

impl Iam {
    /// Denies everything to one session of a role, by its id (`AROA…:session-name`), until its credential runs out.
    ///
    /// A role that is full is made room on; as the last resort every session of Keylease's that began before now is
    /// denied. Only a role that other policies fill is left as it is, for now.
    pub async fn deny_session(
        &self,
        role_arn: &str,
        id: &str,
        until: UnixSeconds,
        now: UnixSeconds,
    ) -> Result<Denied, CallError> {
        let session = id.rsplit(':').next().unwrap_or(id);
        let own = Denial::named(until, 1, session);
        let document = deny_sessions(&[id]);
        for round in 0..=ROUNDS_MAX {
            match self.put_role_policy(role_arn, &own.name, &document).await {
                Ok(()) => {
                    if let Err(error) = self.tidy_denials(role_arn, now, MERGE_EVERY).await {
                        warn!(role_arn, %error, "the denials of ended sessions could not be tidied");
                    }
                    return Ok(Denied::Alone);
                }
                Err(error) if error.is(FULL) && round < ROUNDS_MAX => {
                    info!(role_arn, "the role's inline policies are full: making room");
                    // Where even the union has no room, another worker may be about to delete what it merged.
                    if let Err(error) = self.tidy_denials(role_arn, now, 2).await {
                        warn!(role_arn, %error, "no room was made");
                    }
                    self.clock.sleep(IN_FORCE_AFTER).await;
                }
                Err(error) if error.is(FULL) => break,
                Err(error) => return Err(never_final(error)),
            }
        }
        self.cut_off(role_arn, now).await.map_err(never_final)?;
        Ok(Denied::WithAllOthers)
    }

    /// Deletes the denials that no session needs any more, and says how many there were.
    pub async fn prune_denials(&self, role_arn: &str, now: UnixSeconds) -> Result<Pruned, CallError> {
        let mut pruned = Pruned::default();
        for denial in self.denials(role_arn).await? {
            if denial.until <= now {
                self.delete_role_policy(role_arn, &denial.name).await?;
                pruned.denials += 1;
            } else if denial.sessions == CUT_OFF {
                let cut_off_at = denial.until.plus_seconds(-SESSION_MAX_SECONDS);
                pruned.cut_off_at = pruned.cut_off_at.max(Some(cut_off_at));
            }
        }
        Ok(pruned)
    }

    /// The policy that denies this session on its role, where there is one: the document.
    pub async fn denial_seen(&self, role_arn: &str, session: &str) -> Result<Option<String>, CallError> {
        // Earlier releases named a denial after the session.
        if let Some(document) = self.role_policy_seen(role_arn, session).await? {
            return Ok(Some(document));
        }
        for denial in self.denials(role_arn).await? {
            let Some(document) = self.role_policy_seen(role_arn, &denial.name).await? else { continue };
            let is_named = |id: &String| id.rsplit(':').next() == Some(session);
            if denial.sessions == CUT_OFF || sessions_denied(&document).iter().any(is_named) {
                return Ok(Some(document));
            }
        }
        Ok(None)
    }

    /// Deletes what is over, and merges small denials where there are at least so many, or just that many more.
    async fn tidy_denials(&self, role_arn: &str, now: UnixSeconds, from: usize) -> Result<(), CallError> {
        self.prune_denials(role_arn, now).await?;
        let denials = self.denials(role_arn).await?;
        let small: Vec<Denial> =
            denials.into_iter().filter(|d| d.sessions != CUT_OFF && d.sessions < SESSIONS_MAX).collect();
        // Of several workers that end sessions at once, one in so many merges, so that they do not fill the role with
        // the same union.
        if small.len() < from || (from == MERGE_EVERY && !small.len().is_multiple_of(from)) {
            return Ok(());
        }
        let mut ids: Vec<String> = Vec::new();
        let mut merged: Vec<Denial> = Vec::new();
        for denial in small {
            if ids.len() + denial.sessions > SESSIONS_MAX {
                continue;
            }
            // What is gone was merged by somebody else.
            let Some(document) = self.role_policy_seen(role_arn, &denial.name).await? else { continue };
            let new = sessions_denied(&document).into_iter().filter(|id| !ids.contains(id));
            ids.extend(new.collect::<Vec<_>>());
            merged.push(denial);
        }
        let Some(until) = merged.iter().map(|denial| denial.until).max().filter(|_| merged.len() > 1) else {
            return Ok(());
        };
        let union = Denial::named(until, ids.len(), &which(&ids));
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        self.put_role_policy(role_arn, &union.name, &deny_sessions(&ids)).await?;
        self.clock.sleep(IN_FORCE_AFTER).await;
        for denial in merged {
            self.delete_role_policy(role_arn, &denial.name).await?;
        }
        Ok(())
    }

    /// Denies every session of Keylease's on the role that began before now. It stands for all denials that were there
    /// before it, which make room for it one after another.
    async fn cut_off(&self, role_arn: &str, now: UnixSeconds) -> Result<(), CallError> {
        let before = self.denials(role_arn).await.unwrap_or_else(|error| {
            warn!(role_arn, %error, "the denials on the role cannot be listed");
            Vec::new()
        });
        let cut_off = Denial::named(now.plus_seconds(SESSION_MAX_SECONDS), CUT_OFF, "all");
        // Whole seconds: what began within this one is denied too.
        let document = deny_issued_before(now.plus_seconds(1));
        let mut in_the_way = before.iter();
        loop {
            match self.put_role_policy(role_arn, &cut_off.name, &document).await {
                Ok(()) => break,
                Err(error) if error.is(FULL) => {
                    let Some(denial) = in_the_way.next() else {
                        // Somebody else's policies fill the role; when they are less, the next try goes through.
                        error!(
                            role_arn,
                            "no session of this role can be denied: its inline policies are full"
                        );
                        return Err(error);
                    };
                    self.delete_role_policy(role_arn, &denial.name).await?;
                }
                Err(error) => return Err(error),
            }
        }
        error!(
            role_arn,
            "the role had no room for one more denial: EVERY session of Keylease's on it that began before now is denied"
        );
        self.clock.sleep(IN_FORCE_AFTER).await;
        for denial in in_the_way {
            self.delete_role_policy(role_arn, &denial.name).await?;
        }
        Ok(())
    }

    /// The denials on a role, the first to be over first; none where there is no such role.
    async fn denials(&self, role_arn: &str) -> Result<Vec<Denial>, CallError> {
        let names = self.role_policy_names(role_name(role_arn)).await?;
        let mut denials: Vec<Denial> = names.iter().filter_map(|name| Denial::read(name)).collect();
        denials.sort_by(|left, right| (left.until, &left.name).cmp(&(right.until, &right.name)));
        Ok(denials)
    }
}

/// Tells unions apart: two workers that merge the same write the same.
fn which(ids: &[String]) -> String {
    let mut hasher = DefaultHasher::new();
    ids.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// An ending is never given up: what IAM refuses waits for an operator.
fn never_final(error: CallError) -> CallError {
    if error.is_final() { CallError { remedy: Remedy::NeedsOperator, ..error } } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_it_is() {
        let denial = Denial::named(UnixSeconds(1_795_442_607), 12, "keylease-r-0");
        assert_eq!(denial.name, "keylease-ended-1795442607-12-keylease-r-0");
        assert_eq!(Denial::read(&denial.name), Some(denial));
        for other in
            ["keylease-r-0", "keylease-ended-", "keylease-ended-x-1-y", "keylease-ended-1-y-z", "more"]
        {
            assert_eq!(Denial::read(other), None, "{other}");
        }
    }
}
