//! A grant as an IAM user of its own: user, guard, policies, key.

use std::time::Duration;

use aws::iam::{Appearing, Iam, Made, NewPrincipal, Principal, ROLE_POLICY};
use aws::sts::is_known;
use domain::Request;
use domain::policy::{PolicyFault, check_user_inline, guard};
use service::CallError;
use tracing::warn;

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::credential::Credential;
use crate::grants::kinds::making::{Making, account, boundary_in, cannot, tags};
use crate::grants::kinds::own_principal::PrincipalEnding;
use crate::grants::kinds::step::EndOf;
use crate::unit_of_work::claim::Held;

/// How often a new key is tried before it is sent all the same.
const KEY_LOOKS_MAX: u32 = 10;
/// Wait between two of these tries.
const KEY_WAIT: Duration = Duration::from_secs(1);
/// What one of them takes at most, with the wait, in seconds.
const KEY_LOOK_SECONDS: i64 = 3;

/// A user to be made, or one to be taken away.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IamUser<'a> {
    pub(crate) account_role_arn: Option<&'a str>,
    pub(crate) policy_arns: &'a [String],
    pub(crate) inline_policy: Option<&'a str>,
}

impl<'a> IamUser<'a> {
    /// The user of a record that cannot be read, or does not say what was granted.
    pub(crate) const fn unknown(account_role_arn: Option<&'a str>) -> Self {
        Self { account_role_arn, policy_arns: &[], inline_policy: None }
    }

    /// Makes everything but the key, or goes on where an earlier try stopped; its ARN.
    pub(super) async fn prepare(
        &self,
        making: &mut Making<'_>,
        request: &Request,
    ) -> Result<String, Failure> {
        let Making { context, held, expires_at, appearing, .. } = making;
        // Whoever stood still for longer puts nothing on it: another may have made it, extended it, or taken it away.
        let may_go_on = || held.has_time(context.now());
        let guard = guard(*expires_at);
        if let Some(policy) = self.inline_policy {
            check_user_inline(&guard, policy).map_err(|fault| too_much(&fault))?;
        }
        let iam = context.iam(self.account_role_arn).await;
        let name = request.aws_name();
        let boundary_arn = boundary_in(self.account_role_arn, making.deps);
        let tags = tags(request, *expires_at);
        let user = NewPrincipal {
            name: &name,
            deployment: &context.deployment,
            tags: &tags,
            boundary_arn: boundary_arn.as_deref(),
        };
        may_go_on()?;
        let arn = iam.ensure_user(&user, appearing).await?;
        may_go_on()?;
        appearing.call(|| iam.put_guard(&name, &guard)).await?;
        if let Some(policy) = self.inline_policy {
            may_go_on()?;
            appearing.call(|| iam.put_user_policy(&name, ROLE_POLICY, policy)).await?;
        }
        for policy_arn in self.policy_arns {
            may_go_on()?;
            appearing.call(|| iam.attach(&name, policy_arn)).await?;
        }
        Ok(arn)
    }

    /// Makes it, or goes on where an earlier try stopped.
    pub(super) async fn create(
        &self,
        making: &mut Making<'_>,
        request: &Request,
    ) -> Result<Credential, Failure> {
        let arn = self.prepare(making, request).await?;
        let Making { context, held, appearing, .. } = making;
        let iam = context.iam(self.account_role_arn).await;
        let name = request.aws_name();
        // Whoever holds the claim after these were listed cannot have made one of them: what is deleted is never the key
        // of another worker that took over.
        let stale = earlier_keys(request, &iam, appearing).await?;
        held.confirm(context, request).await?;
        for id in stale {
            appearing.call(|| iam.delete_key(&name, &id)).await?;
        }
        let key = loop {
            held.has_time(context.now())?;
            match iam.create_key(&name).await {
                Ok(key) => break key,
                // Refused, so there is no key that this one could be the second of.
                Err(error) => appearing.wait_after(error).await?,
            }
        };
        // Nothing may fail from here on: a key that the caller does not know of would stay.
        Ok(Credential {
            principal: name,
            account: account(&arn),
            access_key_id: key.id,
            secret_access_key: key.secret,
            session_token: None,
            ends_at: None,
            assumed_role_id: None,
        })
    }

    /// What is to be done once the key is made and known to the caller: it becomes the only one, and AWS gets to know it.
    pub(super) async fn settle(
        &self,
        making: &mut Making<'_>,
        request: &Request,
        made: &Credential,
    ) -> Result<(), Failure> {
        let Making { context, held, appearing, .. } = making;
        let iam = context.iam(self.account_role_arn).await;
        if !appearing.is_made_now() {
            remove_unlisted(context, held, request, &iam, &made.access_key_id, appearing).await?;
        }
        until_known(context, held, self.account_role_arn, made).await;
        Ok(())
    }

    /// The user's tag names the end that is to be.
    pub(super) async fn tag_end(&self, making: &mut Making<'_>, request: &Request) -> Result<(), Failure> {
        let Making { context, expires_at, appearing, .. } = making;
        let iam = context.iam(self.account_role_arn).await;
        let name = request.aws_name();
        Ok(appearing.call(|| iam.tag_end(&name, *expires_at)).await?)
    }

    /// The guard gets the end that is to be, by one call: there is no moment without one.
    pub(super) async fn extend_guard(
        &self,
        making: &mut Making<'_>,
        request: &Request,
    ) -> Result<(), Failure> {
        let Making { context, expires_at, appearing, .. } = making;
        let iam = context.iam(self.account_role_arn).await;
        let (name, guard) = (request.aws_name(), guard(*expires_at));
        Ok(appearing.call(|| iam.put_guard(&name, &guard)).await?)
    }

    /// Undoes `create`: the record names another key than the one that was made, or none.
    pub(super) async fn undo_create(&self, context: &Context, made: &Credential) -> Result<(), CallError> {
        let iam = context.iam(self.account_role_arn).await;
        iam.delete_key(&made.principal, &made.access_key_id).await
    }

    /// Looks for the user, to take it away.
    pub(super) async fn find(
        &self,
        context: &Context,
        of: &EndOf<'a>,
        is_first_look: bool,
    ) -> Result<Option<PrincipalEnding<'a>>, CallError> {
        // A record that names no user was cut off in the middle of making it: what is on it is not known.
        let made = of.record.filter(|request| request.access.principal.is_some()).map(|request| Made {
            key_id: request.access.access_key_id.as_deref(),
            policy_arns: self.policy_arns,
            has_role_policy: self.inline_policy.is_some(),
        });
        let place = (Principal::User, self.account_role_arn);
        PrincipalEnding::find(context, place, of, made, is_first_look).await
    }
}

/// The keys that an earlier try left; none where this one made the user.
async fn earlier_keys(
    request: &Request,
    iam: &Iam,
    appearing: &mut Appearing,
) -> Result<Vec<String>, CallError> {
    if appearing.is_made_now() {
        return Ok(Vec::new());
    }
    let name = request.aws_name();
    let mut keys = appearing.call(|| iam.key_ids(&name)).await?;
    // The record may know of one that IAM does not list yet.
    keys.extend(request.access.access_key_id.clone().filter(|id| !keys.contains(id)));
    Ok(keys)
}

/// A key that an earlier try left may not have been listed yet when those were deleted.
async fn remove_unlisted(
    context: &Context,
    held: &Held,
    request: &Request,
    iam: &Iam,
    made: &str,
    appearing: &mut Appearing,
) -> Result<(), Failure> {
    let name = request.aws_name();
    let listed = appearing.call(|| iam.key_ids(&name)).await?;
    let others: Vec<String> = listed.into_iter().filter(|id| id != made).collect();
    if others.is_empty() {
        return Ok(());
    }
    held.confirm(context, request).await?;
    for id in others {
        appearing.call(|| iam.delete_key(&name, &id)).await?;
    }
    Ok(())
}

/// The mail goes out when the key can be used, so far as there is time to wait for that; its text says what to do where
/// a service is behind.
async fn until_known(context: &Context, held: &Held, account_role_arn: Option<&str>, made: &Credential) {
    let account = context.account(account_role_arn).await;
    for _ in 0..KEY_LOOKS_MAX {
        if !held.has_time_after(context.now(), KEY_LOOK_SECONDS) {
            break;
        }
        match is_known(&account, &made.access_key_id, &made.secret_access_key).await {
            Ok(true) => return,
            Ok(false) => context.clock.sleep(KEY_WAIT).await,
            Err(error) if error.is_retryable() => context.clock.sleep(KEY_WAIT).await,
            Err(error) => {
                warn!(%error, "whether AWS knows the new key cannot be found out");
                return;
            }
        }
    }
    warn!(access_key_id = made.access_key_id, "AWS does not know the new key yet; it is sent all the same");
}

pub(crate) fn too_much(fault: &PolicyFault) -> Failure {
    cannot(fault)
}
