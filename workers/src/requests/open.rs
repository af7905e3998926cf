//! The open requests of the whole installation, for what is asked about a person and not about one request. By the index
//! of open requests where there is one, else by the table.

use std::collections::BTreeSet;

use domain::{Request, RequestId, SlackUserId};
use tracing::warn;

use crate::context::Context;
use crate::failure::Failure;

/// Pages that are read, at most: of 100 keys each by the index, of 1 MB each by the table.
const PAGES_MAX: u32 = 100;

/// The open requests that `is_wanted` says so of, the oldest first. A record that cannot be read is the sweep's to report.
pub(crate) async fn open_requests(
    context: &Context,
    is_wanted: impl Fn(&Request) -> bool,
) -> Result<Vec<Request>, Failure> {
    let mut found = Vec::new();
    let mut start = None;
    for _ in 0..PAGES_MAX {
        let (page, next) = match &context.open_index {
            Some(index) => {
                let page = context.store.open_page(index, start).await?;
                let ids: BTreeSet<&RequestId> = page.ids.iter().collect();
                let requests = context.store.requests(&ids).await?;
                (requests.into_values().filter_map(Result::ok).collect(), page.next)
            }
            None => {
                let page = context.store.requests_page(start).await?;
                (page.requests, page.next)
            }
        };
        found
            .extend(page.into_iter().filter(|request: &Request| request.needs_sweep() && is_wanted(request)));
        start = next;
        if start.is_none() {
            found.sort_by_key(|request| request.ask.created_at);
            return Ok(found);
        }
    }
    warn!(pages = PAGES_MAX, "there are more open requests than are looked through");
    found.sort_by_key(|request| request.ask.created_at);
    Ok(found)
}

/// The open requests of one person, by one of these ids.
pub(crate) async fn open_requests_of(
    context: &Context,
    ids: &[SlackUserId],
) -> Result<Vec<Request>, Failure> {
    open_requests(context, |request| request.ask.requester_slack_id.is_in(ids)).await
}
