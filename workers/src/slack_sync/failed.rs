//! What became of several calls to Slack in one job.

use crate::failure::Failure;

/// The failure that decides about the job: the first one, but not a final one where trying again helps another.
#[derive(Debug, Default)]
pub(super) struct Failed(pub(super) Option<Failure>);

impl Failed {
    pub(super) fn note(&mut self, outcome: Result<(), Failure>) {
        let Err(failure) = outcome else { return };
        if self.0.as_ref().is_none_or(|first| matches!(first, Failure::Reject { .. })) {
            self.0 = Some(failure);
        }
    }

    pub(super) fn into_result(self) -> Result<(), Failure> {
        self.0.map_or(Ok(()), Err)
    }
}
