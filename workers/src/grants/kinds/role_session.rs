//! A grant as a session of an existing role.

use aws::iam::{Denied, SESSION_MAX_SECONDS};
use aws::sts::{SESSION_DEFAULT_SECONDS, SessionRequest, Sessions};
use domain::cause::was_cut_off;
use domain::policy::session_policy;
use domain::{Request, UnixSeconds};
use service::CallError;
use tracing::warn;

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::credential::Credential;
use crate::grants::cut_off;
use crate::grants::kinds::iam_user::too_much;
use crate::grants::kinds::making::{Making, account};
use crate::grants::kinds::step::EndOf;

/// Longest session that AWS makes for a role's own credentials, in seconds.
const CHAINED_SESSION_MAX_SECONDS: u32 = SESSION_DEFAULT_SECONDS;

/// A session to be opened, or one to be ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RoleSession<'a> {
    pub(crate) account_role_arn: Option<&'a str>,
    pub(crate) role_arn: &'a str,
    pub(crate) inline_policy: Option<&'a str>,
}

impl<'a> RoleSession<'a> {
    /// Opens it. A session that an earlier try opened was never sent to anybody, and ends by its own policy.
    pub(super) async fn create(
        &self,
        making: &mut Making<'_>,
        request: &Request,
    ) -> Result<Credential, Failure> {
        let Making { context, held, expires_at, email, appearing, .. } = making;
        loop {
            held.has_time(context.now())?;
            match self.open(context, request, (*expires_at, email.unwrap_or_default())).await? {
                Ok(credential) => return Ok(credential),
                // STS does not see a new role, or a trust policy that was just changed, at once.
                Err(error) => appearing.wait_unless_refused(error.is("AccessDenied"), error).await?,
            }
        }
    }

    /// Whether its policy fits beside the guard.
    pub(super) fn check(&self, expires_at: UnixSeconds) -> Result<(), Failure> {
        session_policy(expires_at, self.inline_policy).map(drop).map_err(|fault| too_much(&fault))
    }

    /// Opens one, by a single call. AWS ends it after an hour; its own policy ends it with the grant.
    pub(super) async fn open(
        &self,
        context: &Context,
        request: &Request,
        (expires_at, source_identity): (UnixSeconds, &str),
    ) -> Result<Result<Credential, CallError>, Failure> {
        let policy = session_policy(expires_at, self.inline_policy).map_err(|fault| too_much(&fault))?;
        let sessions = Sessions::new(&context.account(self.account_role_arn).await);
        let left = u32::try_from(expires_at.seconds_since(context.now())).unwrap_or(0);
        let wanted = SessionRequest {
            role_arn: self.role_arn,
            name: &request.aws_name(),
            seconds: left.min(CHAINED_SESSION_MAX_SECONDS),
            policy: Some(&policy),
            source_identity,
        };
        Ok(sessions.assume(&wanted).await.map(|session| Credential {
            account: account(&session.arn),
            principal: session.arn,
            access_key_id: session.access_key_id,
            secret_access_key: session.secret_access_key,
            session_token: Some(session.session_token),
            ends_at: Some(session.ends_at.min(expires_at)),
            assumed_role_id: Some(session.id),
        }))
    }

    /// The session, where the record says that one was opened.
    pub(super) fn find(self, of: &EndOf<'a>) -> Option<SessionEnding<'a>> {
        let request = of.record?;
        let id = request.access.assumed_role_id.as_deref()?;
        Some(SessionEnding { session: self, request, id })
    }
}

/// A session that is ended. It cannot be deleted: before its time it is denied by its id; after its time its own policy has
/// ended it, and the denial goes, so that the role's policies never fill up.
#[derive(Debug)]
pub(crate) struct SessionEnding<'a> {
    session: RoleSession<'a>,
    request: &'a Request,
    id: &'a str,
}

impl SessionEnding<'_> {
    pub(super) async fn deny_now(&self, context: &Context) -> Result<(), CallError> {
        let (request, role_arn, now) = (self.request, self.session.role_arn, context.now());
        // The policy that cut it off outlasts every session that began before it.
        if request.time_is_over(now) || was_cut_off(request) {
            return Ok(());
        }
        let iam = context.iam(self.session.account_role_arn).await;
        let until = request.access.expires_at.unwrap_or_else(|| now.plus_seconds(SESSION_MAX_SECONDS));
        match iam.deny_session(role_arn, self.id, until, now).await? {
            Denied::Alone => {}
            Denied::WithAllOthers => {
                warn!(
                    request_id = %request.request_id,
                    role_arn,
                    "this session could be denied only together with every other session on the role that began before now"
                );
                cut_off::end_others(context, role_arn, now, Some(&request.request_id)).await;
            }
        }
        Ok(())
    }

    /// Removes the denial of a session that is over.
    pub(super) async fn remove(&self, context: &Context) -> Result<(), CallError> {
        let (role_arn, now) = (self.session.role_arn, context.now());
        if !self.request.time_is_over(now) {
            return Ok(());
        }
        let iam = context.iam(self.session.account_role_arn).await;
        // Earlier releases named a denial after its session.
        iam.delete_role_policy(role_arn, &self.request.aws_name()).await?;
        if let Err(error) = iam.prune_denials(role_arn, now).await {
            warn!(role_arn, %error, "denials that no session needs any more stay until a sweep");
        }
        Ok(())
    }
}
