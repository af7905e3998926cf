//! What became of the grants that were to end.

use domain::{Request, RequestId, Status, UnixSeconds};
use serde::{Serialize, Serializer};

use super::choose::{Chosen, LeftAlone};
use crate::failure::Failure;
use crate::terminal::{Shown, Terminal};

/// Request ids that an error names, at most; the result names all of them.
const NAMED_MAX: usize = 5;

/// What became of them.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    /// Over, and everything of it read back as gone.
    pub(super) gone: Vec<Finished>,
    /// Not known to be gone yet; a job for each was put on the queue.
    #[serde(serialize_with = "as_ended")]
    pub(super) not_gone: Vec<Request>,
    over_before: Vec<LeftAlone>,
    refused: Vec<LeftAlone>,
    /// Whether waiting was cut short.
    pub(super) stopped: bool,
}

/// One grant.
#[derive(Debug, Serialize)]
pub(super) struct Finished {
    request_id: RequestId,
    status: Status,
    ended_at: Option<UnixSeconds>,
    gone_at: Option<UnixSeconds>,
}

impl Outcome {
    /// Before anything is known.
    pub(super) fn of(chosen: Chosen) -> Self {
        let Chosen { mut to_end, ending, over, refused } = chosen;
        to_end.extend(ending);
        Self { gone: Vec::new(), not_gone: to_end, over_before: over, refused, stopped: false }
    }

    /// Done, where everything that was named is gone, or was not to be waited for.
    pub(super) fn judge(&self, waited: bool) -> Result<(), Failure> {
        let unfinished = self.not_gone.len();
        if waited && unfinished > 0 {
            let named: Vec<&str> =
                self.not_gone.iter().take(NAMED_MAX).map(|request| request.request_id.as_str()).collect();
            let more = if unfinished > named.len() { " and more" } else { "" };
            let these = format!("{}{more}", named.join(", "));
            return Err(if self.stopped {
                Failure::new(format!("stopped before this was gone: {these}")).hint(
                    "the jobs are on the revoke queue and go on without you; type it again to wait for them",
                )
            } else {
                Failure::new(format!("this is not gone in time: {these}")).hint(
                    "the workers and the sweep go on trying; see why with `keylease dlq list revoke` and \
                     `keylease grants show ID`, and type it again to wait",
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
        let Request { request_id, status, ended_at, gone_at, .. } = request;
        Self { request_id, status, ended_at, gone_at }
    }
}

fn as_ended<S: Serializer>(requests: &[Request], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(requests.iter().cloned().map(Finished::from))
}

impl Shown for Outcome {
    fn text(&self, _: &Terminal) -> String {
        let grants = |count: usize| if count == 1 { "1 grant".to_owned() } else { format!("{count} grants") };
        match (self.gone.len(), self.not_gone.len()) {
            (0, 0) if self.over_before.is_empty() && self.refused.is_empty() => {
                "No live grant matches.".to_owned()
            }
            (0, 0) => String::new(),
            (1, 0) => "1 grant ended; nothing is left of it.".to_owned(),
            (gone, 0) => format!("{} ended; nothing is left of them.", grants(gone)),
            (0, 1) => "1 grant is ending: the job is on the revoke queue.".to_owned(),
            (0, left) => format!("{} are ending: the jobs are on the revoke queue.", grants(left)),
            (gone, left) => format!("{} ended and gone; {} not gone yet.", grants(gone), left),
        }
    }
}
