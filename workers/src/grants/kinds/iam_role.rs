//! A grant as an IAM role of its own: role, guard, policies, and last of all who may assume it.

use aws::iam::{NewPrincipal, NewRole, Principal, ROLE_POLICY};
use domain::Request;
use domain::kind::Door;
use domain::policy::{check_role_inline, closed_door, guard, open_door};
use domain::principal::Requester;
use service::CallError;

use crate::context::Context;
use crate::failure::Failure;
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

    /// Makes it, or goes on where an earlier try stopped. Nobody gets in before everything else is on it.
    pub(super) async fn create(&self, making: &mut Making<'_>, request: &Request) -> Result<Made, Failure> {
        let expires_at = making.expires_at;
        let guard = guard(expires_at);
        if let Some(policy) = self.inline_policy {
            check_role_inline(&guard, policy).map_err(|fault| too_much(&fault))?;
        }
        // What cannot be opened is not made.
        let trust = self.trust(making).await?;
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
        let appearing = &mut making.appearing;
        let arn = iam.ensure_role(&role, appearing).await?;
        appearing.call(|| iam.put_role_guard(&name, &guard)).await?;
        if let Some(policy) = self.inline_policy {
            appearing.call(|| iam.put_role_policy(&name, ROLE_POLICY, policy)).await?;
        }
        for policy_arn in self.policy_arns {
            appearing.call(|| iam.attach_to_role(&name, policy_arn)).await?;
        }
        making.confirm(request).await?;
        making.held.has_time(making.context.now())?;
        making.appearing.call(|| iam.put_trust(&name, &trust)).await?;
        Ok(Made::Opened { principal: arn })
    }

    /// Who may assume it, until its end.
    async fn trust(&self, making: &Making<'_>) -> Result<String, Failure> {
        let user_id = identity::user_id(making.context, self.door, making.email).await?;
        let requester = Requester { email: making.email, identity_store_user_id: user_id.as_deref() };
        match self.door {
            Door::AssumeRole { principals } => {
                open_door(principals, &requester, making.expires_at).map_err(|fault| cannot(&fault))
            }
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
        let trust = self.trust(making).await?;
        let Making { context, expires_at, appearing, .. } = making;
        let iam = context.iam(self.account_role_arn).await;
        let (name, guard) = (request.aws_name(), guard(*expires_at));
        appearing.call(|| iam.put_trust(&name, &trust)).await?;
        Ok(appearing.call(|| iam.put_role_guard(&name, &guard)).await?)
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
