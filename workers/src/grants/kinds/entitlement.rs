//! A grant as something that the requester's user of Identity Center gets: an assignment of a permission set, or membership of a
//! group.

use aws::identity_center::{IdentityCenter, IdentityUser, Lookup};
use domain::holding::Held;
use domain::request::SignIn;
use domain::{Job, Request};
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::{Failure, REASON_REFUSED};
use crate::grants::arm::ensure_end;
use crate::grants::holding::{Taken, release, take};
use crate::grants::kinds::made::Made;
use crate::grants::kinds::making::Making;
use crate::grants::kinds::step::EndOf;
use crate::grants::wanted::still_wanted;
use crate::unit_of_work::change::{edit, load};

/// What the user gets.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Entitlement<'a> {
    PermissionSet { permission_set_arn: &'a str, account_id: &'a str },
    Group { group_id: &'a str },
}

impl<'a> Entitlement<'a> {
    /// What this user would hold.
    pub(crate) fn of_user(&self, user_id: &str) -> Held {
        let user_id = user_id.to_owned();
        match *self {
            Self::PermissionSet { permission_set_arn, account_id } => Held::PermissionSet {
                account_id: account_id.to_owned(),
                permission_set_arn: permission_set_arn.to_owned(),
                user_id,
            },
            Self::Group { group_id } => Held::Group { group_id: group_id.to_owned(), user_id },
        }
    }

    /// Gives it, or goes on where an earlier try stopped.
    pub(super) async fn create(
        &self,
        making: &mut Making<'_>,
        request: &mut Request,
    ) -> Result<Made, Failure> {
        let context = making.context;
        let center = center(context).map_err(|error| refused(&error))?;
        let user_id = match (&request.access.principal, &request.access.sign_in) {
            (Some(user_id), Some(_)) => user_id.clone(),
            _ => self.note_user(making, center, request).await?,
        };
        let held = self.of_user(&user_id);
        let taken = take(making, center, held, &request.request_id).await;
        match taken {
            Ok(Taken { before }) => {
                if before != request.access.had_before {
                    edit(context, request, |request| {
                        request.access.had_before = before;
                        Ok(())
                    })
                    .await?;
                }
                Ok(Made::Opened { principal: user_id, entitlement_id: None })
            }
            Err(failure) => {
                // It may have ended before it was a holder, and then nobody looks again.
                let now = load(context, &request.request_id).await?;
                if now.status.is_final() {
                    hand_over(context, &now).await?;
                }
                Err(failure)
            }
        }
    }

    /// Who gets it, and how they sign in: noted before anything is given, so that its end knows whose it is.
    async fn note_user(
        &self,
        making: &mut Making<'_>,
        center: &IdentityCenter,
        request: &mut Request,
    ) -> Result<String, Failure> {
        let user = requester(center, making.email).await?;
        info!(
            user_id = user.id,
            matched_by = user.matched_by.as_str(),
            "the requester's user in Identity Center"
        );
        let set = match *self {
            Self::PermissionSet { permission_set_arn, .. } => {
                let set = center.permission_set(permission_set_arn).await?;
                Some(set.ok_or_else(|| refused("the permission set is not there"))?)
            }
            Self::Group { .. } => None,
        };
        let settings = center.settings();
        let sign_in = SignIn {
            portal_url: settings.portal_url.clone(),
            region: settings.region.clone().unwrap_or_default(),
            role_name: set.as_ref().map(|set| set.name.clone()),
        };
        let (held, expires_at) = (making.held, making.expires_at);
        let session_seconds = set.as_ref().map(|set| set.session_seconds);
        self.arm_for_sessions(making, request, session_seconds).await?;
        // Later tries go by this: its end was arranged.
        edit(making.context, request, |request| {
            still_wanted(request)?;
            held.holds(request)?;
            request.access.principal = Some(user.id.clone());
            request.access.sign_in = Some(sign_in.clone());
            request.access.session_seconds = session_seconds;
            request.set_end(expires_at);
            Ok(())
        })
        .await?;
        Ok(user.id)
    }

    /// The permission set's sessions may have become longer since somebody asked: then it is taken away earlier, if there is any
    /// time before that.
    async fn arm_for_sessions(
        &self,
        making: &mut Making<'_>,
        request: &Request,
        session_seconds: Option<u32>,
    ) -> Result<(), Failure> {
        let mut looked_up = request.clone();
        looked_up.access.session_seconds = session_seconds;
        let ends_at = looked_up.taken_away_for(making.expires_at);
        if ends_at == request.taken_away_for(making.expires_at) {
            return Ok(());
        }
        if ends_at <= making.context.now() {
            return Err(refused(
                "the sessions of the permission set last for as long as the grant by now, and none may go on after its end: \
                 ask for longer",
            ));
        }
        ensure_end(making, request, ends_at).await
    }

    /// What the user got, where the record names one. Without a user nothing was given.
    pub(super) fn find(self, of: &EndOf<'a>) -> Option<EntitlementEnding<'a>> {
        let request = of.record?;
        let user_id = request.access.principal.as_deref()?;
        Some(EntitlementEnding { entitlement: self, request, user_id })
    }
}

/// What is taken from a user of Identity Center. Nothing there denies one person what others have too.
#[derive(Debug)]
pub(crate) struct EntitlementEnding<'a> {
    entitlement: Entitlement<'a>,
    request: &'a Request,
    user_id: &'a str,
}

impl EntitlementEnding<'_> {
    /// Takes it away, unless others hold it or it was there before; done once it is read back as gone.
    pub(super) async fn remove(&self, context: &Context) -> Result<(), Failure> {
        let center = center(context).map_err(|error| Failure::NeedsOperator { error })?;
        release(context, center, self.entitlement.of_user(self.user_id), &self.request.request_id).await
    }
}

/// The request ended while it was given: the worker that ends grants takes it away, however long Identity Center takes.
pub(crate) async fn hand_over(context: &Context, request: &Request) -> Result<(), Failure> {
    warn!("the request ended meanwhile; its job takes away what was made");
    Ok(context.jobs.send(&Job::ExpireGrant { request_id: request.request_id.clone() }).await?)
}

/// The Identity Center that this installation was told of, or what to do where there is none.
pub(crate) fn center(context: &Context) -> Result<&IdentityCenter, String> {
    context.identity_center.as_ref().ok_or_else(|| {
        "this role is given through IAM Identity Center, which is not set up here: set IDENTITY_CENTER_INSTANCE_ARN and \
         IDENTITY_STORE_ID"
            .to_owned()
    })
}

/// The requester's user, by the address of their Slack profile.
pub(crate) async fn requester(
    center: &IdentityCenter,
    address: Option<&str>,
) -> Result<IdentityUser, Failure> {
    let address = address.ok_or_else(|| refused("the requester's Slack profile has no email address"))?;
    match center.find_user(address).await? {
        Lookup::Found(user) => Ok(user),
        Lookup::NotThere => {
            Err(refused("nobody in Identity Center has the address of the requester's Slack profile"))
        }
        Lookup::Disabled => Err(refused("the requester's user in Identity Center is disabled")),
    }
}

pub(crate) fn refused(error: &str) -> Failure {
    Failure::Reject { reason: REASON_REFUSED, error: error.to_owned() }
}
