//! Which grants are ended, which are ending already, and which are left alone and why.

use std::collections::BTreeSet;

use domain::{Request, Status};
use serde::Serialize;

use crate::cli::grants::Revoke;
use crate::commands::grants::list::each_request;
use crate::commands::grants::show::request_id;
use crate::failure::Failure;
use crate::surroundings::Surroundings;
use crate::terminal::Terminal;

/// What is to become of the requests that were named.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// Live: a job ends each.
    pub(super) to_end: Vec<Request>,
    /// Ended already, and not known to be gone.
    pub(super) ending: Vec<Request>,
    /// Over and gone, where it was named by its id.
    pub(super) over: Vec<LeftAlone>,
    /// Cannot be ended, where it was named by its id.
    pub(super) refused: Vec<LeftAlone>,
}

/// A request that was named and is left alone.
#[derive(Debug, Serialize)]
pub(super) struct LeftAlone {
    pub(super) request_id: String,
    pub(super) why: String,
}

/// Finds them. The number is that of records that cannot be read.
pub(super) async fn choose(wanted: &Revoke, surroundings: &Surroundings) -> Result<(Chosen, usize), Failure> {
    let mut chosen = Chosen::default();
    if wanted.ids.is_empty() {
        let unreadable = each_request(surroundings, |request| {
            if is_wanted(&request, wanted) {
                chosen.add(request, false);
            }
        })
        .await?;
        chosen.to_end.sort_by(|a, b| (a.created_at, &a.request_id).cmp(&(b.created_at, &b.request_id)));
        return Ok((chosen, unreadable));
    }
    let ids: Result<BTreeSet<_>, Failure> = wanted.ids.iter().map(|typed| request_id(typed)).collect();
    let store = surroundings.store().await?;
    for id in ids? {
        match store.request(&id).await? {
            Some(request) => chosen.add(request, true),
            None => chosen
                .refused
                .push(LeftAlone { request_id: id.to_string(), why: "there is no such request".to_owned() }),
        }
    }
    Ok((chosen, 0))
}

fn is_wanted(request: &Request, wanted: &Revoke) -> bool {
    wanted.project.as_deref().is_none_or(|project| project == request.project.as_str())
        && wanted
            .requester
            .as_deref()
            .is_none_or(|id| id.eq_ignore_ascii_case(request.requester_slack_id.as_str()))
}

impl Chosen {
    /// Sorts one in. What holds no access is only worth a word where it was named itself.
    fn add(&mut self, request: Request, by_id: bool) {
        let left_alone = |why: String| LeftAlone { request_id: request.request_id.to_string(), why };
        match request.status {
            Status::Approved | Status::Active => self.to_end.push(request),
            Status::Revoked | Status::Expired if request.gone_at.is_none() => self.ending.push(request),
            Status::Pending if by_id => self.refused.push(left_alone(
                "it is PENDING and holds no access: deny it in Slack, or let it lapse".to_owned(),
            )),
            Status::Revoked | Status::Expired | Status::Failed | Status::Denied | Status::Lapsed if by_id => {
                self.over
                    .push(left_alone(format!("it is {} already, and nothing of it is left", request.status)));
            }
            _ => {}
        }
    }

    /// A line for each that was named and is left alone.
    pub(super) fn tell_what_is_left_alone(&self, terminal: &Terminal) {
        for LeftAlone { request_id, why } in &self.over {
            terminal.note(&format!("{request_id}: {why}"));
        }
        for LeftAlone { request_id, why } in &self.refused {
            terminal.note(&format!("{} {request_id}: {why}", terminal.red("cannot be ended:")));
        }
    }
}
