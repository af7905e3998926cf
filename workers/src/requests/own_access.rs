//! `/access list` and `/access end`: what somebody has, with a button at each grant, and the end of the one that is meant.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use domain::job::{Click, OwnAccess};
use domain::own_access::{Meant, meant};
use domain::{ClickId, Job};
use slack::messages::own_access::{Asked, gave_up, own_access as list};
use tracing::warn;

use crate::context::Context;
use crate::failure::Failure;
use crate::requests::open::open_requests_of;
use crate::slack_sync::direct::post_direct;

/// Uses of the command that are remembered, at most.
const HANDLED_MAX: usize = 1_000;

/// The uses of the command that were answered, so that a second delivery is not. It lives in this process: another worker
/// may answer once more, and what it may end is bounded by `domain::own_access`.
#[derive(Debug, Default)]
pub(crate) struct OwnHandled(Mutex<VecDeque<String>>);

impl OwnHandled {
    fn contains(&self, asked: &OwnAccess) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&asked.idempotency_key)
    }

    fn remember(&self, asked: &OwnAccess) {
        let mut handled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if handled.len() == HANDLED_MAX {
            handled.pop_front();
        }
        handled.push_back(asked.idempotency_key.clone());
    }
}

/// Handles the job `own_access`.
pub(crate) async fn own_access(
    context: &Context,
    handled: &OwnHandled,
    asked: &OwnAccess,
) -> Result<(), Failure> {
    if handled.contains(asked) {
        return Ok(());
    }
    let requests = open_requests_of(context, std::slice::from_ref(&asked.user_id)).await?;
    let now = context.now();
    let why = match &asked.end {
        None => Asked::List,
        Some(which) => match meant(&requests, which, asked.received_at, now) {
            Meant::One(request) => {
                let click = Click {
                    request_id: request.request_id.clone(),
                    user_id: asked.user_id.clone(),
                    clicked_at: Some(asked.received_at),
                    click_id: ClickId::parse(&asked.idempotency_key).ok(),
                    message: None,
                    reason: None,
                    submitted: None,
                };
                context.jobs.send(&Job::EndGrant(click)).await?;
                handled.remember(asked);
                return Ok(());
            }
            Meant::Several => Asked::Which,
            Meant::NoSuch => Asked::NoSuch(which),
            Meant::NothingLive => Asked::NothingLive,
        },
    };
    post_direct(context, &asked.user_id, list(&requests, now, why)).await?;
    handled.remember(asked);
    Ok(())
}

/// Nobody else tells whoever asked that nothing comes of it.
pub(crate) async fn on_exhausted(context: &Context, asked: &OwnAccess) {
    let content = gave_up(asked.end.is_some());
    if let Err(failure) = post_direct(context, &asked.user_id, content).await {
        warn!(?failure, "whoever asked what they have could not be told that it is not known");
    }
}
