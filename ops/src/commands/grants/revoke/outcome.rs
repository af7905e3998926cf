//! What became of the grants that were to end.

use domain::request::Access;
use domain::sweep::WhenEnded;
use domain::text::{count, some_of};
use domain::{Request, RequestId, Status, UnixSeconds};
use serde::{Serialize, Serializer};

use super::choose::{Chosen, Skipped};
use crate::failure::Failure;
use crate::terminal::{Shown, Terminal};

/// Request ids that an error names, at most; the result names all of them.
const NAMED_MAX: usize = 5;

#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    /// Over, and everything of it read back as gone.
    pub(super) gone: Vec<Finished>,
    /// Closed before anything was made.
    pub(super) closed: Vec<Finished>,
    /// Not known to be gone yet; a job for each was put on the queue.
    #[serde(serialize_with = "as_ended")]
    pub(super) not_gone: Vec<Request>,
    over_before: Vec<Skipped>,
    refused: Vec<Skipped>,
    /// Whether waiting was cut short.
    pub(super) stopped: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Finished {
    request_id: RequestId,
    status: Status,
    ended_at: Option<UnixSeconds>,
    gone_at: Option<UnixSeconds>,
}

impl Outcome {
    pub(super) fn of(chosen: Chosen) -> Self {
        let Chosen { mut to_end, ending, over, refused } = chosen;
        to_end.extend(ending);
        Self {
            gone: Vec::new(),
            closed: Vec::new(),
            not_gone: to_end,
            over_before: over,
            refused,
            stopped: false,
        }
    }

    /// Done, where everything that was named is gone, or was not to be waited for.
    pub(super) fn exit_status(&self, waited: bool) -> Result<(), Failure> {
        if waited && !self.not_gone.is_empty() {
            let these = some_of(self.not_gone.iter().map(|request| request.request_id.as_str()), NAMED_MAX);
            return Err(if self.stopped {
                Failure::new(format!("stopped before these were gone: {these}")).hint(
                    "the jobs are on the revoke queue and go on without you; run it again to wait for them",
                )
            } else {
                Failure::new(format!("not gone in time: {these}")).hint(
                    "the workers and the sweep go on trying; see why with `keylease dlq list revoke` and \
                     `keylease grants show ID`, and run it again to wait",
                )
            });
        }
        if self.refused.is_empty() {
            return Ok(());
        }
        Err(Failure::new("not everything that was named can be ended")
            .hint("what cannot is named above, with why"))
    }
}

impl From<Request> for Finished {
    fn from(request: Request) -> Self {
        let Request { request_id, status, access, .. } = request;
        let Access { ended_at, gone_at, .. } = access;
        Self { request_id, status, ended_at, gone_at }
    }
}

fn as_ended<S: Serializer>(requests: &[Request], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(requests.iter().cloned().map(Finished::from))
}

impl Shown for Outcome {
    fn text(&self, _: &Terminal) -> String {
        let pending =
            self.not_gone.iter().filter(|request| request.when_ended() == WhenEnded::Closes).count();
        let left = self.not_gone.len() - pending;
        let said = [
            (self.gone.len(), "grant", ["ended; nothing is left of it", "ended; nothing is left of them"]),
            (self.closed.len(), "pending request", ["closed", "closed"]),
            (
                left,
                "grant",
                ["is ending: the job is on the revoke queue", "are ending: the jobs are on the revoke queue"],
            ),
            (
                pending,
                "pending request",
                [
                    "is closing: the job is on the revoke queue",
                    "are closing: the jobs are on the revoke queue",
                ],
            ),
        ];
        let said = said.into_iter().filter(|(found, ..)| *found > 0).map(|(found, what, [one, many])| {
            let became = if found == 1 { one } else { many };
            format!("{} {became}.", count(found, what))
        });
        let said: Vec<String> = said.collect();
        if said.is_empty() && self.over_before.is_empty() && self.refused.is_empty() {
            return "Nothing that is live or pending matches.".to_owned();
        }
        said.join("\n")
    }
}
