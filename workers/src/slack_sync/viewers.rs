//! Who opened their App Home lately, in this process. A request that changes finds here whose page shows it, without any
//! call: of people who never opened theirs nothing is known, and nothing is done.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::job::PublishHome;
use domain::{ProjectName, Request, SlackUserId, UnixSeconds};

/// People whose pages are kept up to date, at most: the latest who opened theirs.
const VIEWERS_MAX: usize = 50;
/// For so long after it was opened a page is kept up to date, in seconds.
const LATELY_SECONDS: i64 = 60 * 60;
/// A job that draws a page is waited for so long, in seconds; then another one is sent.
const PENDING_SECONDS: i64 = 60;

/// Who opened their App Home lately.
#[derive(Debug, Clone, Default)]
pub(crate) struct Viewers(Arc<Mutex<VecDeque<Viewer>>>);

#[derive(Debug, Clone)]
struct Viewer {
    person: SlackUserId,
    opened_at: UnixSeconds,
    /// Of which projects their page shows requests of others.
    projects: BTreeSet<ProjectName>,
    /// What was asked for before this moment, in milliseconds since 1970, is on their page.
    drawn_ms: i64,
    /// When a job that draws it was sent that was not worked on yet.
    pending_since: Option<UnixSeconds>,
}

impl Viewers {
    /// Whether the page shows what this job is to show.
    pub(crate) fn covers(&self, asked: &PublishHome) -> bool {
        self.lock().iter().any(|one| one.person == asked.user_id && one.drawn_ms >= asked.asked_at_ms)
    }

    /// A job that draws somebody's page is worked on: what changes from now on needs another one.
    pub(crate) fn begin(&self, person: &SlackUserId) {
        if let Some(viewer) = self.lock().iter_mut().find(|one| one.person == *person) {
            viewer.pending_since = None;
        }
    }

    /// Their page was drawn, from what was read after `drawn_ms`.
    pub(crate) fn drawn(&self, asked: &PublishHome, projects: BTreeSet<ProjectName>, drawn_ms: i64) {
        let mut viewers = self.lock();
        let known =
            viewers.iter().position(|one| one.person == asked.user_id).and_then(|at| viewers.remove(at));
        if known.is_none() && viewers.len() == VIEWERS_MAX {
            viewers.pop_front();
        }
        viewers.push_back(Viewer {
            person: asked.user_id.clone(),
            opened_at: known.as_ref().map_or(asked.opened_at, |known| known.opened_at.max(asked.opened_at)),
            projects,
            drawn_ms,
            pending_since: known.and_then(|known| known.pending_since),
        });
    }

    /// The jobs that draw the pages on which this request stands, or stood.
    pub(crate) fn due(&self, request: &Request, now: UnixSeconds) -> Vec<PublishHome> {
        let mut viewers = self.lock();
        viewers.retain(|one| (0..=LATELY_SECONDS).contains(&now.seconds_since(one.opened_at)));
        let mut jobs = Vec::new();
        for viewer in viewers.iter_mut() {
            let shows = viewer.person.is_same(&request.ask.requester_slack_id)
                || viewer.projects.contains(&request.ask.project);
            let is_pending =
                viewer.pending_since.is_some_and(|since| now.seconds_since(since) < PENDING_SECONDS);
            if shows && !is_pending {
                viewer.pending_since = Some(now);
                let asked_at_ms = now.0.saturating_mul(1_000).max(viewer.drawn_ms.saturating_add(1));
                jobs.push(PublishHome {
                    user_id: viewer.person.clone(),
                    opened_at: viewer.opened_at,
                    asked_at_ms,
                });
            }
        }
        jobs
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Viewer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
