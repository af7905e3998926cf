//! Which grants are ended, which are ending already, and which are left alone and why.

use std::collections::BTreeSet;

use domain::Request;
use domain::sweep::WhenEnded;
use serde::Serialize;

use crate::cli::grants::Revoke;
use crate::commands::filter::filter;
use crate::commands::grants::id::request_id;
use crate::commands::scan::each_request;
use crate::env::Env;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// What is to become of the requests that were named.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// Live, or not decided yet: a job ends or closes each.
    pub(super) to_end: Vec<Request>,
    /// Ended already, and not known to be gone.
    pub(super) ending: Vec<Request>,
    /// Over and gone, where it was named by its id.
    pub(super) over: Vec<Skipped>,
    /// Cannot be ended, where it was named by its id.
    pub(super) refused: Vec<Skipped>,
}

/// A request that was named and is left alone.
#[derive(Debug, Serialize)]
pub(super) struct Skipped {
    pub(super) request_id: String,
    pub(super) why: String,
}

/// Finds them. The number is that of records that cannot be read.
pub(super) async fn choose(wanted: &Revoke, env: &Env) -> Result<(Chosen, usize), Failure> {
    let mut chosen = Chosen::default();
    if wanted.ids.is_empty() {
        if !wanted.all && wanted.project.is_none() && wanted.requester.is_none() {
            return Err(which_are_to_end());
        }
        let filter = filter(wanted.project.as_deref(), wanted.requester.as_deref(), env).await?;
        let unreadable = each_request(env, |request| {
            if filter.wants(&request) {
                chosen.add(request, false);
            }
        })
        .await?;
        chosen
            .to_end
            .sort_by(|a, b| (a.ask.created_at, &a.request_id).cmp(&(b.ask.created_at, &b.request_id)));
        return Ok((chosen, unreadable));
    }
    let typed = wanted.ids.iter().flat_map(|typed| typed.split(',')).filter(|typed| !typed.trim().is_empty());
    let ids = typed.map(request_id).collect::<Result<BTreeSet<_>, Failure>>()?;
    if ids.is_empty() {
        return Err(which_are_to_end());
    }
    let store = env.store().await?;
    for id in ids {
        match store.request(&id).await? {
            Some(request) => chosen.add(request, true),
            None => chosen
                .refused
                .push(Skipped { request_id: id.to_string(), why: "there is no such request".to_owned() }),
        }
    }
    Ok((chosen, 0))
}

fn which_are_to_end() -> Failure {
    Failure::wrong_usage("nothing says which grants are to end")
        .hint("name their ids, or give --requester, --project or --all")
}

impl Chosen {
    /// Sorts one in. What holds no access is only worth a word where it was named itself.
    fn add(&mut self, request: Request, by_id: bool) {
        match request.when_ended() {
            WhenEnded::Ends | WhenEnded::Closes => self.to_end.push(request),
            WhenEnded::IsEnding => self.ending.push(request),
            WhenEnded::IsOver if by_id => self.over.push(Skipped {
                request_id: request.request_id.to_string(),
                why: format!("it is {} already, and nothing of it is left", request.status),
            }),
            WhenEnded::IsOver => {}
        }
    }

    pub(super) fn note_skipped(&self, terminal: &Terminal) {
        for Skipped { request_id, why } in &self.over {
            terminal.note(&format!("{request_id}: {why}"));
        }
        for Skipped { request_id, why } in &self.refused {
            terminal.note(&format!("{} {request_id}: {why}", terminal.red("cannot be ended:")));
        }
    }
}
