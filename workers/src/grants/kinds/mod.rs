//! The kinds of grants, one file for each. [`Kind`] is the one place that tells them apart.

pub(crate) mod ending;
pub(crate) mod entitlement;
pub(crate) mod iam_role;
pub(crate) mod iam_user;
pub(crate) mod made;
pub(crate) mod making;
mod own_principal;
mod role_session;
pub(crate) mod step;

use aws::iam::Principal;
use domain::kind::RoleKind;
use domain::request::Grant;
use domain::{Request, Status, UnixSeconds};
use service::CallError;

use crate::context::Context;
use crate::failure::{Failure, REASON_REFUSED};
use crate::grants::credential::Credential;
use ending::Ending;
use entitlement::Entitlement;
use iam_role::IamRole;
use iam_user::IamUser;
use made::Made;
use making::Making;
use role_session::RoleSession;
use step::EndOf;

/// What a grant is in AWS. Each step may be repeated.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind<'a> {
    IamUser(IamUser<'a>),
    RoleSession(RoleSession<'a>),
    IamRole(IamRole<'a>),
    Entitlement(Entitlement<'a>),
}

impl<'a> Kind<'a> {
    pub(crate) fn of(grant: &'a Grant) -> Self {
        let account_role_arn = grant.account_role_arn.as_deref();
        match &grant.role {
            RoleKind::User { policy_arns, inline_policy } => Self::IamUser(IamUser {
                account_role_arn,
                policy_arns,
                inline_policy: inline_policy.as_deref(),
            }),
            RoleKind::Session { role_arn, inline_policy } => Self::RoleSession(RoleSession {
                account_role_arn,
                role_arn,
                inline_policy: inline_policy.as_deref(),
            }),
            RoleKind::Role { policy_arns, inline_policy, door } => Self::IamRole(IamRole {
                account_role_arn,
                policy_arns,
                inline_policy: inline_policy.as_deref(),
                door,
            }),
            RoleKind::PermissionSet { permission_set_arn, account_id, .. } => {
                Self::Entitlement(Entitlement::PermissionSet { permission_set_arn, account_id })
            }
            RoleKind::Group { group_id } => Self::Entitlement(Entitlement::Group { group_id }),
        }
    }

    /// What is to be taken away for a request, also when its record does not say what was granted.
    pub(crate) fn of_request(request: &'a Request) -> Self {
        request.decision.grant.as_ref().map_or(Self::IamUser(IamUser::unknown(None)), Self::of)
    }

    /// What was found in an account whose record cannot be read.
    pub(crate) fn of_principal(what: Principal, account_role_arn: Option<&'a str>) -> Self {
        match what {
            Principal::User => Self::IamUser(IamUser::unknown(account_role_arn)),
            Principal::Role => Self::IamRole(IamRole::unknown(account_role_arn)),
        }
    }

    /// Makes everything but the credential.
    pub(crate) async fn prepare(&self, making: &mut Making<'_>, request: &Request) -> Result<(), Failure> {
        match self {
            Self::IamUser(user) => user.prepare(making, request).await.map(drop),
            // Of a session nothing is there before it is opened.
            Self::RoleSession(session) => session.check(making.expires_at),
            Self::IamRole(role) => role.prepare(making, request).await.map(drop),
            // It has no credential that could be claimed.
            Self::Entitlement(_) => Ok(()),
        }
    }

    /// Makes the next credential of one that its machine renews; nothing for a kind whose credential lasts.
    pub(crate) async fn renew(
        &self,
        context: &Context,
        request: &Request,
        (expires_at, source_identity): (UnixSeconds, &str),
    ) -> Result<Option<Credential>, Failure> {
        match self {
            Self::IamUser(_) | Self::Entitlement(_) => Ok(None),
            Self::IamRole(role) => role.renew(context, request, (expires_at, source_identity)).await,
            Self::RoleSession(session) => {
                Ok(Some(session.open(context, request, (expires_at, source_identity)).await??))
            }
        }
    }

    /// Makes it, the guard before the credential. What the caller does not get to know of is undone by an end (`find`).
    pub(crate) async fn create(
        &self,
        making: &mut Making<'_>,
        request: &mut Request,
    ) -> Result<Made, Failure> {
        match self {
            Self::IamUser(user) => user.create(making, request).await.map(Made::Credential),
            Self::RoleSession(session) => session.create(making, request).await.map(Made::Credential),
            Self::IamRole(role) => role.create(making, request).await,
            Self::Entitlement(entitlement) => entitlement.create(making, request).await,
        }
    }

    /// What follows once the caller knows the credential: it becomes the only one, and can be used.
    pub(crate) async fn settle(
        &self,
        making: &mut Making<'_>,
        request: &Request,
        made: &Made,
    ) -> Result<(), Failure> {
        match (self, made) {
            (Self::IamUser(user), Made::Credential(key)) => user.settle(making, request, key).await,
            (Self::IamUser(_), Made::Opened { .. })
            | (Self::RoleSession(_) | Self::IamRole(_) | Self::Entitlement(_), _) => Ok(()),
        }
    }

    /// Undoes `create` for a credential that the record does not name: another worker took over and made its own.
    pub(crate) async fn undo_create(&self, context: &Context, made: &Credential) -> Result<(), CallError> {
        match self {
            Self::IamUser(user) => user.undo_create(context, made).await,
            // A session was sent to nobody, and ends by its own policy; the others have no credential.
            Self::RoleSession(_) | Self::IamRole(_) | Self::Entitlement(_) => Ok(()),
        }
    }

    /// Says in AWS, for the sweep, that the grant lasts until then. The guard still has the earlier end.
    pub(crate) async fn tag_end(&self, making: &mut Making<'_>, request: &Request) -> Result<(), Failure> {
        match self {
            Self::IamUser(user) => user.tag_end(making, request).await,
            Self::IamRole(role) => role.tag_end(making, request).await,
            // Nothing in AWS says when it ends: the record does, which the sweep goes by.
            Self::Entitlement(_) => Ok(()),
            Self::RoleSession(_) => Err(cannot_be_extended()),
        }
    }

    /// Gives the guard the later end.
    pub(crate) async fn extend_guard(
        &self,
        making: &mut Making<'_>,
        request: &Request,
    ) -> Result<(), Failure> {
        match self {
            Self::IamUser(user) => user.extend_guard(making, request).await,
            Self::IamRole(role) => role.extend_guard(making, request).await,
            // It has no guard.
            Self::Entitlement(_) => Ok(()),
            Self::RoleSession(_) => Err(cannot_be_extended()),
        }
    }

    /// Looks for what is there of a grant, to take it away by the steps of [`Ending`]: this undoes all that `create` did, also
    /// what it did in part.
    pub(crate) async fn find(
        self,
        context: &Context,
        of: &EndOf<'a>,
        is_first_look: bool,
    ) -> Result<Option<Ending<'a>>, Failure> {
        Ok(match self {
            Self::IamUser(user) => user.find(context, of, is_first_look).await?.map(Ending::Principal),
            Self::IamRole(role) => role.find(context, of, is_first_look).await?.map(Ending::Principal),
            Self::RoleSession(session) => session.find(of).map(Ending::Session),
            Self::Entitlement(entitlement) => entitlement.find(of).map(Ending::Entitlement),
        })
    }

    /// Takes away what opened it, once it is gone itself: whatever fails here, access is over.
    pub(crate) async fn close(&self, context: &Context, request: &Request) -> Result<(), Failure> {
        match self {
            Self::IamRole(role) => role.close(context, request).await,
            Self::IamUser(_) | Self::RoleSession(_) | Self::Entitlement(_) => Ok(()),
        }
    }

    /// Whether something is still to be done at the time at which the grant would have ended.
    pub(crate) fn needs_its_schedule(&self, context: &Context, request: &Request) -> bool {
        match self {
            Self::IamUser(_) | Self::IamRole(_) | Self::Entitlement(_) => false,
            // The denial of a session that ended early goes then.
            Self::RoleSession(_) => request.status == Status::Revoked && !request.time_is_over(context.now()),
        }
    }
}

fn cannot_be_extended() -> Failure {
    Failure::Reject { reason: REASON_REFUSED, error: "access of this kind cannot be extended".to_owned() }
}
