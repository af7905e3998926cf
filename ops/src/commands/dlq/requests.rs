//! The requests that dead-lettered jobs are about, as the table has them now.

use std::collections::{BTreeMap, BTreeSet};

use aws::dynamodb::{Store, StoreError};
use domain::job::UnreadableJob;
use domain::replay::Lookup;
use domain::{Job, Request, RequestId};

/// What the table said, so far.
#[derive(Debug, Default)]
pub(super) struct Requests {
    records: BTreeMap<RequestId, Result<Request, StoreError>>,
    /// Why the table could not be asked. It is not asked again: jobs are listed and replayed without it.
    pub(super) failed: Option<StoreError>,
}

impl Requests {
    /// Reads those that these jobs are about, as they are now.
    pub(super) async fn look_up<'a>(
        &mut self,
        store: &Store,
        jobs: impl Iterator<Item = &'a Result<Job, UnreadableJob>>,
    ) {
        if self.failed.is_some() {
            return;
        }
        let ids: BTreeSet<&RequestId> = jobs.filter_map(|job| job.as_ref().ok()?.request_id()).collect();
        match store.requests(&ids).await {
            Ok(records) => self.records = records,
            Err(error) => self.failed = Some(error),
        }
    }

    /// What is known of the request that a job is about.
    pub(super) fn of(&self, job: &Job) -> Lookup<'_> {
        match job.request_id().and_then(|id| self.records.get(id)) {
            Some(Ok(request)) => Lookup::Record(request),
            Some(Err(StoreError::Newer { .. })) => Lookup::Newer,
            Some(Err(_)) => Lookup::Unreadable,
            None if self.failed.is_some() => Lookup::Unknown,
            None => Lookup::Missing,
        }
    }
}
