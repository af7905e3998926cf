//! The outbox of a request: jobs that follow from its changes and are not known to be on their queues yet.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::job::Job;

/// The jobs, oldest first. One that this version does not know stays there for the version that wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Outbox(Vec<Entry>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Entry {
    Known(Unsent),
    Unknown(Value),
}

/// A job, and the write that put it there. Only that entry is removed once it was sent: an equal job that a later
/// change put there stands for that change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Unsent {
    #[serde(flatten)]
    job: Job,
    /// The version of the record that brought it; absent until it is written, and in records of earlier programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entry_id: Option<u64>,
}

impl Outbox {
    /// Adds a job. An equal one that is there already gives way to it.
    pub fn push(&mut self, job: Job) {
        self.0.retain(|entry| entry.job() != Some(&job));
        self.0.push(Entry::Known(Unsent { job, entry_id: None }));
    }

    /// The jobs that this version knows.
    pub fn iter(&self) -> impl Iterator<Item = &Job> {
        self.0.iter().filter_map(Entry::job)
    }

    /// Whether this job is there.
    #[must_use]
    pub fn contains(&self, job: &Job) -> bool {
        self.iter().any(|other| other == job)
    }

    /// Whether nothing is there, not even a job that this version does not know.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many jobs are there that this version does not know.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.0.iter().filter(|entry| entry.job().is_none()).count()
    }

    /// Removes every known job.
    pub fn clear(&mut self) {
        self.0.retain(|entry| entry.job().is_none());
    }

    /// Removes the entries that were sent, as they stood then. One whose id an earlier program took away goes by its job.
    pub fn remove(&mut self, sent: &Self) {
        self.0.retain(|entry| match entry {
            Entry::Known(Unsent { job, entry_id: None }) => !sent.contains(job),
            Entry::Known(Unsent { .. }) => !sent.0.contains(entry),
            Entry::Unknown(_) => true,
        });
    }

    /// Marks what was added since the last write with the version that is about to be written.
    pub fn stamp(&mut self, version: u64) {
        for entry in &mut self.0 {
            match entry {
                Entry::Known(unsent) => {
                    unsent.entry_id.get_or_insert(version);
                }
                Entry::Unknown(_) => {}
            }
        }
    }
}

impl Entry {
    fn job(&self) -> Option<&Job> {
        match self {
            Self::Known(unsent) => Some(&unsent.job),
            Self::Unknown(_) => None,
        }
    }
}

impl FromIterator<Job> for Outbox {
    fn from_iter<I: IntoIterator<Item = Job>>(jobs: I) -> Self {
        let mut outbox = Self::default();
        jobs.into_iter().for_each(|job| outbox.push(job));
        outbox
    }
}

impl<const N: usize> From<[Job; N]> for Outbox {
    fn from(jobs: [Job; N]) -> Self {
        jobs.into_iter().collect()
    }
}

/// By the jobs alone.
impl<const N: usize> PartialEq<[Job; N]> for Outbox {
    fn eq(&self, jobs: &[Job; N]) -> bool {
        self.unknown() == 0 && self.iter().eq(jobs)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ids::RequestId;

    fn tell() -> Job {
        Job::SyncSlack { request_id: RequestId::parse("r-0").unwrap() }
    }

    fn provision() -> Job {
        Job::Provision { request_id: RequestId::parse("r-0").unwrap() }
    }

    #[test]
    fn an_equal_job_of_a_later_change_is_not_removed_with_the_one_that_was_sent() {
        let mut outbox = Outbox::from([provision(), tell()]);
        outbox.stamp(4);
        let sent = outbox.clone();
        outbox.push(tell());
        outbox.stamp(5);
        outbox.remove(&sent);
        assert_eq!(outbox, [tell()]);
        let sent = outbox.clone();
        outbox.remove(&sent);
        assert!(outbox.is_empty());
    }

    #[test]
    fn an_entry_whose_id_an_earlier_program_took_away_is_removed_by_its_job() {
        let mut outbox = Outbox::from([provision(), tell()]);
        outbox.stamp(4);
        let sent = outbox.clone();
        let mut stripped: Outbox = [tell()].into();
        stripped.remove(&sent);
        assert!(stripped.is_empty());
    }

    #[test]
    fn an_entry_of_an_earlier_program_is_read_and_one_of_ours_is_a_job_to_it() {
        let mut outbox: Outbox =
            serde_json::from_value(json!([{"job": "tell", "request_id": "r-0"}])).unwrap();
        assert_eq!(outbox, [tell()]);
        let sent = outbox.clone();
        outbox.remove(&sent);
        assert!(outbox.is_empty());

        outbox.push(tell());
        outbox.stamp(7);
        let written = serde_json::to_value(&outbox).unwrap();
        assert_eq!(written, json!([{"job": "tell", "request_id": "r-0", "entry_id": 7}]));
        assert_eq!(serde_json::from_value::<Vec<Job>>(written).unwrap(), [tell()]);
    }

    #[test]
    fn a_job_of_a_newer_program_stays_and_holds_nothing_up() {
        let newer = json!({"job": "remind", "request_id": "r-0", "after": [1, {"x": null}]});
        let written = json!([newer, {"job": "provision", "request_id": "r-0"}]);
        let mut outbox: Outbox = serde_json::from_value(written).unwrap();
        assert_eq!(outbox.iter().collect::<Vec<_>>(), [&provision()]);
        let sent = outbox.clone();
        outbox.remove(&sent);
        outbox.clear();
        assert!(!outbox.is_empty() && outbox.unknown() == 1);
        outbox.stamp(3);
        assert_eq!(serde_json::to_value(&outbox).unwrap(), json!([newer]));
    }
}
