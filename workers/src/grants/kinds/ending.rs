//! The steps of an end, whatever the kind: everything is denied, then removed, then read back until it is gone. Each may be
//! repeated, and what is gone stays gone.

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::kinds::entitlement::EntitlementEnding;
use crate::grants::kinds::own_principal::PrincipalEnding;
use crate::grants::kinds::role_session::SessionEnding;
use crate::grants::kinds::step::StepFailed;

/// What is there of a grant, and is taken away.
#[derive(Debug)]
pub(crate) enum Ending<'a> {
    Principal(PrincipalEnding<'a>),
    Session(SessionEnding<'a>),
    Entitlement(EntitlementEnding<'a>),
}

impl Ending<'_> {
    /// Denies everything, where something can.
    pub(crate) async fn deny_now(&mut self, context: &Context) -> Result<(), StepFailed> {
        match self {
            Self::Principal(principal) => principal.deny_now().await,
            Self::Session(session) => Ok(session.deny_now(context).await.map_err(Failure::from)?),
            Self::Entitlement(_) => Ok(()),
        }
    }

    /// Removes it with everything on it.
    pub(crate) async fn remove(&mut self, context: &Context) -> Result<(), StepFailed> {
        match self {
            Self::Principal(principal) => principal.remove().await,
            Self::Session(session) => Ok(session.remove(context).await.map_err(Failure::from)?),
            Self::Entitlement(entitlement) => Ok(entitlement.remove(context).await?),
        }
    }

    /// Reads back that it is gone.
    pub(crate) async fn verify_gone(&self) -> Result<(), StepFailed> {
        match self {
            Self::Principal(principal) => principal.verify_gone().await,
            // A session that is denied stays until its time; what an entitlement was is read back while it is removed, which
            // takes several jobs.
            Self::Session(_) | Self::Entitlement(_) => Ok(()),
        }
    }
}
