//! Sessions that were ended together with another one on their role, because AWS had no room to end that one alone.
//!
//! Their credentials stopped working at that moment: their records say so, and their people are told.

use domain::lifecycle::Event;
use domain::{Request, RequestId, Status, UnixSeconds};
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;
use crate::unit_of_work::change::apply;

/// Pages of requests, or of the index, that are looked through, at most.
const PAGES_MAX: u32 = 1_000;

/// Ends the requests whose sessions on `role_arn` began before `cut_off_at`, but for the one that they were ended with. What
/// fails is left to the next sweep, which finds the cut-off on the role.
pub(crate) async fn end_others(
    context: &Context,
    role_arn: &str,
    cut_off_at: UnixSeconds,
    with: Option<&RequestId>,
) {
    let others = match others(context, role_arn, cut_off_at, with).await {
        Ok(others) => others,
        Err(failure) => {
            return warn!(
                role_arn,
                ?failure,
                "whose sessions were cut off cannot be read; the next sweep does"
            );
        }
    };
    for request in others {
        let request_id = request.request_id.clone();
        match apply(context, request, &Event::CutOff { with: with.cloned() }).await {
            Ok(_) => info!(%request_id, role_arn, "its session was cut off together with another one"),
            Err(failure) => {
                warn!(%request_id, ?failure, "a cut-off could not be recorded; the next sweep does");
            }
        }
    }
}

/// Those whose credential was made before the cut-off, and would still work without it.
async fn others(
    context: &Context,
    role_arn: &str,
    cut_off_at: UnixSeconds,
    with: Option<&RequestId>,
) -> Result<Vec<Request>, Failure> {
    let mut others = Vec::new();
    let mut start = None;
    for _ in 0..PAGES_MAX {
        let (requests, next) = match &context.open_index {
            Some(index) => {
                let page = context.store.open_page(index, start).await?;
                let found = context.store.requests(&page.ids.iter().collect()).await?;
                (found.into_values().filter_map(Result::ok).collect::<Vec<_>>(), page.next)
            }
            None => {
                let page = context.store.requests_page(start).await?;
                (page.requests, page.next)
            }
        };
        others.extend(requests.into_iter().filter(|request| {
            Some(&request.request_id) != with && is_cut_off(request, role_arn, cut_off_at)
        }));
        start = next;
        if start.is_none() {
            break;
        }
    }
    Ok(others)
}

fn is_cut_off(request: &Request, role_arn: &str, cut_off_at: UnixSeconds) -> bool {
    let grant = request.decision.grant.as_ref();
    let is_on_role = grant.is_some_and(|grant| grant.role.session_role_arn() == Some(role_arn));
    let made_at =
        request.audit.history.iter().rev().find(|change| change.to == Status::Active).map(|change| change.at);
    request.status == Status::Active && is_on_role && made_at.is_some_and(|at| at <= cut_off_at)
}
