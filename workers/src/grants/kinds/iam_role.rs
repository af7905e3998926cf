//! A grant as an IAM role of its own: role, guard, policies, and last of all who may assume it.

mod account_access;
mod claimed;

use aws::iam::{NewPrincipal, NewRole, Principal, ROLE_POLICY};
use domain::kind::Door;
use domain::policy::{
    account_access_door, check_role_inline, closed_door, guard, guard_with_sign_in, open_door,
};
use domain::principal::Requester;
use domain::{Request, UnixSeconds};
use service::CallError;

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::credential::Credential;
use crate::grants::kinds::iam_user::too_much;
use crate::grants::kinds::made::Made;
use crate::grants::kinds::making::{Making, boundary_in, cannot, tags};
use crate::grants::kinds::own_principal::PrincipalEnding;
use crate::grants::kinds::step::EndOf;
use crate::requests::identity;

/// A role to be made, or one to be taken away.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IamRole<'a> {
    pub(crate) account_role_arn: Option<&'a str>,
    pub(crate) policy_arns: &'a [String],
    pub(crate) inline_policy: Option<&'a str>,
    pub(crate) door: &'a Door,
}

/// The door of a role whose record cannot be read: whatever it is, it is closed.
static UNKNOWN_DOOR: Door = Door::AssumeRole { principals: Vec::new() };

impl<'a> IamRole<'a> {
    /// The role of a record that cannot be read.
    pub(crate) fn unknown(account_role_arn: Option<&'a str>) -> Self {
        Self { account_role_arn, policy_arns: &[], inline_policy: None, door: &UNKNOWN_DOOR }
    }

    /// Makes everything but who may come in; its ARN.
    pub(super) async fn prepare(
        &self,
        making: &mut Making<'_>,
        request: &Request,
    ) -> Result<String, Failure> {
        let expires_at = making.expires_at;
        let guard = self.guard(expires_at);
        if let Some(policy) = self.inline_policy {
            check_role_inline(&guard, policy).map_err(|fault| too_much(&fault))?;
        }
        let iam = making.context.iam(self.account_role_arn).await;
        let name = request.aws_name();
        let boundary_arn = boundary_in(self.account_role_arn, making.deps);
        let tags = tags(request, expires_at);
        let closed = closed_door();
        let role = NewRole {
            principal: NewPrincipal {
                name: &name,
                deployment: &making.context.deployment,
                tags: &tags,
                boundary_arn: boundary_arn.as_deref(),
            },
            trust: &closed,
            lasts_seconds: request.ask.duration.seconds(),
        };
        // A name is used once: whoever took over may have made the role, and taken it away again.
        making.confirm(request).await?;
        let Making { context, held, appearing, .. } = making;
        // As with a user: whoever stood still for longer puts nothing on it.
        let may_go_on = || held.has_time(context.now());
        may_go_on()?;
        let arn = iam.ensure_role(&role, appearing).await?;
        may_go_on()?;
        appearing.call(|| iam.put_role_guard(&name, &guard)).await?;
        if let Some(policy) = self.inline_policy {
            may_go_on()?;
            appearing.call(|| iam.put_role_policy(&name, ROLE_POLICY, policy)).await?;
        }
        for policy_arn in self.policy_arns {
            may_go_on()?;
            appearing.call(|| iam.attach_to_role(&name, policy_arn)).await?;
        }
        Ok(arn)
    }

    /// Makes it, or goes on where an earlier try stopped. Nobody gets in before everything else is on it.
    pub(super) async fn create(
        &self,
        making: &mut Making<'_>,
        request: &mut Request,
    ) -> Result<Made, Failure> {
        match self.door {
            Door::AssumeRole { .. } => {
                // What cannot be opened is not made.
                let trust = self.trust(making).await?;
                let principal = self.prepare(making, request).await?;
                self.open(making, request, &trust).await?;
                Ok(Made::Opened { principal, entitlement_id: None })
            }
            Door::AccountAccess => {
                let opening = account_access::find(making).await?;
                let principal = self.prepare(making, request).await?;
                self.open(making, request, &account_access_door(&opening.application.arn)).await?;
                let id = account_access::open(making, request, &opening, &principal).await?;
                Ok(Made::Opened { principal, entitlement_id: Some(id) })
            }
            Door::Claim => {
                let trust = self.trust(making).await?;
                let arn = self.prepare(making, request).await?;
                self.open(making, request, &trust).await?;
                self.first_session(making, request, &arn).await.map(Made::Credential)
            }
        }
    }

    async fn open(&self, making: &mut Making<'_>, request: &Request, trust: &str) -> Result<(), Failure> {
        making.confirm(request).await?;
        making.held.has_time(making.context.now())?;
        let iam = making.context.iam(self.account_role_arn).await;
        let name = request.aws_name();
        Ok(making.appearing.call(|| iam.put_trust(&name, trust)).await?)
    }

    /// A session that an earlier try opened was sealed to nobody, and ends with the role.
    async fn first_session(
        &self,
        making: &mut Making<'_>,
        request: &Request,
        arn: &str,
    ) -> Result<Credential, Failure> {
        let session = (making.expires_at, making.email.unwrap_or_default());
        loop {
            making.held.has_time(making.context.now())?;
            match claimed::open(making.context, self.account_role_arn, request, arn, session).await {
                Ok(credential) => return Ok(credential),
                // STS does not see a new role, or a trust policy that was just changed, at once.
                Err(error) => {
                    making.appearing.wait_unless_refused(error.is("AccessDenied"), error).await?;
                }
            }
        }
    }

    /// The next session, for the machine that claimed the first.
    pub(super) async fn renew(
        &self,
        context: &Context,
        request: &Request,
        session: (UnixSeconds, &str),
    ) -> Result<Option<Credential>, Failure> {
        let arn = request.access.principal.as_deref().filter(|_| *self.door == Door::Claim);
        let Some(arn) = arn else { return Ok(None) };
        Ok(Some(claimed::open(context, self.account_role_arn, request, arn, session).await?))
    }

    /// Who may assume it, until its end.
    async fn trust(&self, making: &Making<'_>) -> Result<String, Failure> {
        match self.door {
            Door::AssumeRole { principals } => {
                let user_id = identity::user_id(making.context, self.door, making.email).await?;
                let requester = Requester { email: making.email, identity_store_user_id: user_id.as_deref() };
                open_door(principals, &requester, making.expires_at).map_err(|fault| cannot(&fault))
            }
            Door::AccountAccess => {
                Ok(account_access_door(&account_access::find(making).await?.application.arn))
            }
            Door::Claim => claimed::trust(making.context, self.account_role_arn, making.expires_at).await,
        }
    }

    fn guard(&self, expires_at: UnixSeconds) -> String {
        match self.door {
            Door::AssumeRole { .. } | Door::Claim => guard(expires_at),
            Door::AccountAccess => guard_with_sign_in(expires_at),
        }
    }

    /// The role's tag names the end that is to be.
    pub(super) async fn tag_end(&self, making: &mut Making<'_>, request: &Request) -> Result<(), Failure> {
        let Making { context, expires_at, appearing, .. } = making;
        let iam = context.iam(self.account_role_arn).await;
        let name = request.aws_name();
        Ok(appearing.call(|| iam.tag_role_end(&name, *expires_at)).await?)
    }

    /// The trust policy gets the end that is to be, and then the guard: until it has that, nobody who comes in can do anything after
    /// the earlier end.
    pub(super) async fn extend_guard(
        &self,
        making: &mut Making<'_>,
        request: &Request,
    ) -> Result<(), Failure> {
        // Of account access manager it has no end.
        let trust = match self.door {
            Door::AssumeRole { .. } | Door::Claim => Some(self.trust(making).await?),
            Door::AccountAccess => None,
        };
        let Making { context, expires_at, appearing, .. } = making;
        let iam = context.iam(self.account_role_arn).await;
        let (name, guard) = (request.aws_name(), self.guard(*expires_at));
        if let Some(trust) = trust {
            appearing.call(|| iam.put_trust(&name, &trust)).await?;
        }
        Ok(appearing.call(|| iam.put_role_guard(&name, &guard)).await?)
    }

    /// Takes away what opened it, once it is gone itself.
    pub(super) async fn close(&self, context: &Context, request: &Request) -> Result<(), Failure> {
        account_access::close(context, request).await
    }

    /// Looks for the role, to take it away. Everything on it is looked for.
    pub(super) async fn find(
        &self,
        context: &Context,
        of: &EndOf<'a>,
        is_first_look: bool,
    ) -> Result<Option<PrincipalEnding<'a>>, CallError> {
        let place = (Principal::Role, self.account_role_arn);
        PrincipalEnding::find(context, place, of, None, is_first_look).await
    }
}
